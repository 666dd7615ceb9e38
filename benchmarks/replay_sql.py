"""The three chain patterns as plain SQL, for DuckDB and for PostgreSQL: who shows one, and nothing else.

Written as an analyst would write them, for dates that are exact. What they find is compared with what a sweep finds.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from measuring import cpu_seconds, with_children

from exchange import sweeping, traces
from exchange.domain.manifest import Manifest
from exchange.embedded.ports import free_port
from exchange.embedded.postgres import NOT_DURABLE, start_postgres

DAY = 86_400_000_000
PLAIN = """
WITH e AS (
    SELECT person, index, kind, state, counterpart, facts, flagged, author_state,
           epoch_us(earliest) AS earliest, epoch_us(latest) AS latest
      FROM read_parquet('{events}')
     WHERE kind IN ('claim_expressed', 'claim_registered', 'claim_not_taken', 'removal_executed', 'entry_refused',
                    'removal_planned', 'return_decision', 'admissibility_decision', 'responsibility_reply',
                    'merits_decision')),
claim AS (SELECT DISTINCT person FROM e WHERE kind IN ('claim_expressed', 'claim_registered', 'claim_not_taken')),
decision AS (
    SELECT person, index, author_state,
           epoch_us(CAST(regexp_extract(facts, '"served_at":"([0-9-]{{10}})"', 1) AS DATE)) + {day} AS served
      FROM e WHERE kind = 'merits_decision' AND NOT flagged AND contains(facts, '"merits_scope":"full"')
       AND contains(facts, '"served_at"')),
leg AS (
    SELECT person, index, state AS one, counterpart AS other, earliest, latest FROM e
     WHERE counterpart IS NOT NULL AND (kind = 'removal_executed'
        OR (kind = 'entry_refused' AND contains(facts, '"physically_returned":"yes"')))),
plan AS (
    SELECT person, index, state AS one,
           unnest(CASE WHEN contains(facts, '"destinations"')
                       THEN json_extract_string(facts, '$.destinations[*]') ELSE [counterpart] END) AS other,
           earliest, latest
      FROM e WHERE (kind = 'removal_planned' AND NOT contains(facts, '"cancelled":"yes"'))
                OR (kind = 'return_decision' AND NOT contains(facts, '"annulled":"yes"'))),
turned AS (
    SELECT person, index, state AS one, counterpart AS other, earliest, latest FROM e
     WHERE kind = 'admissibility_decision' AND contains(facts, '"outcome":"inadmissible"')),
passed AS (
    SELECT * FROM leg UNION ALL
    SELECT person, index, counterpart, state, earliest, latest FROM e
     WHERE kind = 'responsibility_reply'
       AND (contains(facts, '"reply":"accepted"') OR contains(facts, '"reply":"tacit"'))),
p03 AS (
    SELECT a.person FROM (FROM leg UNION ALL FROM plan UNION ALL FROM turned) a SEMI JOIN claim USING (person)
      JOIN read_parquet('{persons}') p USING (person)
     WHERE a.other IS NOT NULL AND NOT list_contains(p.danger, a.other)
       AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.person = a.person AND d.served <= a.earliest
                          AND (d.author_state <> a.one OR d.index < a.index))),
pair AS (
    SELECT b.person, a.one AS first, b.one AS then, b.earliest, b.index, b.other, 'leg' AS what
      FROM leg a JOIN leg b ON a.person = b.person AND b.one = a.other AND b.other <> a.one
       AND (b.earliest > a.latest OR (b.index > a.index AND b.latest >= a.earliest))
       AND b.earliest <= a.latest + 731 * {day}
    UNION ALL
    SELECT b.person, a.one, b.one, b.earliest, b.index, b.other, 'plan'
      FROM passed a JOIN plan b ON a.person = b.person AND b.one = a.other AND b.other <> a.one
       AND (b.earliest > a.latest OR (b.index > a.index AND b.latest >= a.earliest))
       AND b.earliest <= a.latest + 731 * {day}
    UNION ALL
    SELECT a.person, a.one, b.one, a.earliest, a.index, b.other, 'plan'
      FROM (FROM leg UNION ALL FROM plan) a JOIN plan b ON a.person = b.person AND b.one = a.other AND b.other <> a.one
       AND (a.earliest > b.latest OR (a.index > b.index AND a.latest >= b.earliest))
       AND a.earliest <= b.latest + 731 * {day}),
p04_p05 AS (
    SELECT q.person FROM pair q
     WHERE NOT EXISTS (SELECT 1 FROM decision d WHERE d.person = q.person AND d.served <= q.earliest
                          AND (d.author_state NOT IN (q.first, q.then) OR d.index < q.index))
       AND (what = 'leg' OR NOT EXISTS (SELECT 1 FROM leg l WHERE l.person = q.person AND l.one = q.then
                                           AND l.other = q.other AND l.index > q.index)))
SELECT DISTINCT person FROM (FROM p03 UNION ALL FROM p04_p05)
"""
COLUMNS = ("person", "index", "kind", "state", "counterpart", "author_state", "flagged", "earliest", "latest", "facts")
TABLES = """
CREATE UNLOGGED TABLE event (person bigint, index bigint, kind text, state text, counterpart text, author_state text,
                             flagged boolean, earliest bigint, latest bigint, facts jsonb);
CREATE UNLOGGED TABLE person (person bigint, danger text[])
"""
POSTGRES = f"""
WITH e AS (
    SELECT * FROM event
     WHERE kind IN ('claim_expressed', 'claim_registered', 'claim_not_taken', 'removal_executed', 'entry_refused',
                    'removal_planned', 'return_decision', 'admissibility_decision', 'responsibility_reply',
                    'merits_decision')),
claim AS (SELECT DISTINCT person FROM e WHERE kind IN ('claim_expressed', 'claim_registered', 'claim_not_taken')),
decision AS (
    SELECT person, index, author_state,
           (extract(epoch FROM (facts ->> 'served_at')::date) * 1000000)::bigint + {DAY} AS served
      FROM e WHERE kind = 'merits_decision' AND NOT flagged AND facts ->> 'merits_scope' = 'full'
       AND facts ? 'served_at'),
leg AS (
    SELECT person, index, state AS one, counterpart AS other, earliest, latest FROM e
     WHERE counterpart IS NOT NULL AND (kind = 'removal_executed'
        OR (kind = 'entry_refused' AND facts ->> 'physically_returned' = 'yes'))),
plan AS (
    SELECT person, index, state AS one, d.other, earliest, latest
      FROM e, LATERAL (SELECT jsonb_array_elements_text(facts -> 'destinations') AS other WHERE facts ? 'destinations'
                        UNION ALL SELECT counterpart WHERE NOT coalesce(facts ? 'destinations', false)) d
     WHERE (kind = 'removal_planned' AND facts ->> 'cancelled' IS DISTINCT FROM 'yes')
        OR (kind = 'return_decision' AND facts ->> 'annulled' IS DISTINCT FROM 'yes')),
turned AS (
    SELECT person, index, state AS one, counterpart AS other, earliest, latest FROM e
     WHERE kind = 'admissibility_decision' AND facts ->> 'outcome' = 'inadmissible'),
passed AS (
    SELECT * FROM leg UNION ALL
    SELECT person, index, counterpart, state, earliest, latest FROM e
     WHERE kind = 'responsibility_reply' AND facts ->> 'reply' IN ('accepted', 'tacit')),
p03 AS (
    SELECT a.person FROM (TABLE leg UNION ALL TABLE plan UNION ALL TABLE turned) a JOIN claim USING (person)
      JOIN person p USING (person)
     WHERE a.other IS NOT NULL AND a.other <> ALL (p.danger)
       AND NOT EXISTS (SELECT FROM decision d WHERE d.person = a.person AND d.served <= a.earliest
                          AND (d.author_state <> a.one OR d.index < a.index))),
pair AS (
    SELECT b.person, a.one AS first, b.one AS middle, b.earliest, b.index, b.other, 'leg' AS what
      FROM leg a JOIN leg b ON a.person = b.person AND b.one = a.other AND b.other <> a.one
       AND (b.earliest > a.latest OR (b.index > a.index AND b.latest >= a.earliest))
       AND b.earliest <= a.latest + 731 * {DAY}
    UNION ALL
    SELECT b.person, a.one, b.one, b.earliest, b.index, b.other, 'plan'
      FROM passed a JOIN plan b ON a.person = b.person AND b.one = a.other AND b.other <> a.one
       AND (b.earliest > a.latest OR (b.index > a.index AND b.latest >= a.earliest))
       AND b.earliest <= a.latest + 731 * {DAY}
    UNION ALL
    SELECT a.person, a.one, b.one, a.earliest, a.index, b.other, 'plan'
      FROM (TABLE leg UNION ALL TABLE plan) a
      JOIN plan b ON a.person = b.person AND b.one = a.other AND b.other <> a.one
       AND (a.earliest > b.latest OR (a.index > b.index AND a.latest >= b.earliest))
       AND a.earliest <= b.latest + 731 * {DAY}),
p04_p05 AS (
    SELECT q.person FROM pair q
     WHERE NOT EXISTS (SELECT FROM decision d WHERE d.person = q.person AND d.served <= q.earliest
                          AND (d.author_state NOT IN (q.first, q.middle) OR d.index < q.index))
       AND (what = 'leg' OR NOT EXISTS (SELECT FROM leg l WHERE l.person = q.person AND l.one = q.middle
                                           AND l.other = q.other AND l.index > q.index)))
SELECT DISTINCT person FROM (TABLE p03 UNION ALL TABLE p04_p05) found
"""  # noqa: S608 -- a number


def by_duckdb(folder: Path, told: Manifest) -> tuple[float, int]:
    """Return CPU seconds of DuckDB's SQL over the Parquet files, and how many persons it found."""
    began, found = time.process_time(), 0
    for number in range(told.buckets):
        with duckdb.connect(config={"threads": 1, "memory_limit": f"{sweeping.MEMORY}MiB"}) as connection:
            files = {"events": folder / traces.events_file(number), "persons": folder / traces.persons_file(number)}
            found += len(connection.execute(PLAIN.format(**files, day=DAY)).fetchall())
    return time.process_time() - began, found


def by_postgres(folder: Path, told: Manifest) -> tuple[float, int]:
    """Return CPU seconds of PostgreSQL's SQL over its tables, loading apart, and how many persons it found.

    One process serves the query, with room for its hash tables in memory. The server is started for this alone.
    """
    with tempfile.TemporaryDirectory() as place:
        settings = (*NOT_DURABLE, "shared_buffers=1GB", "work_mem=256MB", "max_parallel_workers_per_gather=0")
        server = start_postgres(Path(place) / "postgres", free_port(), settings=settings)
        try:
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(TABLES)
                _fill(connection, folder, told)
                connection.execute("VACUUM ANALYZE")
                pids = [*with_children(connection.info.backend_pid)]
                began = cpu_seconds(pids)
                found = connection.execute(POSTGRES).fetchall()
                return cpu_seconds(pids) - began, len(found)
        finally:
            server.stop()


def _fill(connection: psycopg.Connection, folder: Path, told: Manifest) -> None:
    with connection.cursor() as cursor:
        for number in range(told.buckets):
            with cursor.copy(f"COPY event ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in _rows(folder / traces.events_file(number)):
                    copy.write_row(row)
            with cursor.copy("COPY person FROM STDIN") as copy:
                persons = pq.read_table(folder / traces.persons_file(number), columns=["person", "danger"])
                for person, danger in zip(*persons.to_pydict().values(), strict=True):
                    copy.write_row((person, danger))


def _rows(path: Path) -> Iterator[tuple[object, ...]]:
    for batch in pq.ParquetFile(path).iter_batches(columns=list(COLUMNS)):
        columns = (batch.column(name) for name in COLUMNS)
        values = (one.cast("int64") if pa.types.is_timestamp(one.type) else one for one in columns)
        for *row, facts in zip(*(one.to_pylist() for one in values), strict=True):
            yield (*row, json.dumps(json.loads(facts)) if facts else None)
