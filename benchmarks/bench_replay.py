"""What a replay costs for a million events: reading and picking, judging, against the same patterns in plain SQL.

`bench_replay.py N` makes N events (see replay_history.py), 500,000 unless told. Sweep and SQL find the same persons,
which is asserted; the sweep also explains, and writes what it found. CPU time is that of this process, one thread each;
`at_100m` is that figure times 100 on two cores, an extrapolation, with the share of candidates that is printed.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import replay_history
from measuring import figure

from exchange import replaying, sweeping, traces
from exchange.domain.manifest import Manifest
from exchange.domain.patterns import necessary
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.store.sweeps import Sweep

EVENTS = 500_000
A_BUCKET = 400_000
CHAINS = [pattern for pattern in PATTERNS if pattern.id in {"P03", "P04", "P05"}]
MOST_MEMORY = 512
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
"""P03, P04 and P05 as an analyst would write them, for dates that are exact. It says who, and nothing else."""


def plain(folder: Path, told: Manifest) -> tuple[float, int]:
    """Return CPU seconds of plain SQL, and how many persons it found."""
    began, found = time.process_time(), 0
    for number in range(told.buckets):
        with duckdb.connect(config={"threads": 1, "memory_limit": f"{sweeping.MEMORY}MiB"}) as connection:
            files = {"events": folder / traces.events_file(number), "persons": folder / traces.persons_file(number)}
            found += len(connection.execute(PLAIN.format(**files, day=DAY)).fetchall())
    return time.process_time() - began, found


def picking(folder: Path, told: Manifest, patterns: Sequence[Pattern]) -> float:
    """Return CPU seconds of picking alone."""
    began = time.process_time()
    wanted = {pattern.id: necessary.conditions(pattern) for pattern in patterns}
    for number in range(told.buckets):
        with Sweep(sweeping.MEMORY) as sweep:
            files = folder / traces.events_file(number), folder / traces.persons_file(number)
            sweep.read(files, told.participants)
            sweep.pick(wanted)
    return time.process_time() - began


def swept(folder: Path, results: Path, patterns: Sequence[Pattern]) -> tuple[float, sweeping.Counts]:
    """Return CPU seconds of a whole sweep, explained and written, and what was looked at."""
    began = time.process_time()
    counts = sweeping.run(folder, results, patterns, 0, lambda *_: None)
    return time.process_time() - began, counts


def told_of(name: str, took: float, counts: sweeping.Counts, target: float) -> None:
    figure(f"replay.{name}_events_per_cpu_second", counts.events / took, "1/s", 0, at_most=False)
    figure(f"replay.{name}_candidates", counts.candidates / counts.persons, "of persons", 1)
    figure(f"replay.{name}_at_100m", took / counts.events * 1e8 / 2, "s on two cores, extrapolated", target)


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "history"
        make = [sys.executable, __file__, str(events), str(folder)]
        subprocess.run(make, check=True, env=os.environ)  # in a process of its own: its memory is not that of a sweep
        told = traces.manifest(folder)
        base, persons = plain(folder, told)
        picked = picking(folder, told, CHAINS)
        took, counts = swept(folder, Path(place) / "chains", CHAINS)
        assert counts.findings
        seen = {one.anchor // replay_history.STEPS for one in sweeping.found_in(Path(place) / "chains", told.buckets)}
        assert len(seen) == persons, (len(seen), persons)
        figure("replay.plain_sql", base / events * 1e6, "CPU s per 1M", 0.45)
        figure("replay.picking_chains", picked / base, "x plain SQL", 1.15)
        figure("replay.sweep_chains", took / base, "x plain SQL", 1.15)
        figure("replay.a_candidate", (took - picked) / counts.candidates * 1e6, "us, read and judged", 100)
        told_of("chains", took, counts, 30)
        took, counts = swept(folder, Path(place) / "all", PATTERNS)
        told_of("all", took, counts, 90)
        began = time.process_time()
        changed = [pattern for pattern in CHAINS if pattern.id != "P04"]
        took, counts = swept(folder, Path(place) / "changed", changed)
        replaying.report_against_results(folder, Path(place) / "changed", counts, Path(place) / "chains")
        told_of("changed_rule", time.process_time() - began, counts, 60)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figure("replay.peak_memory", peak, "MiB", MOST_MEMORY)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        count = int(sys.argv[1])
        replay_history.make(Path(sys.argv[2]), count, max(1, round(count / A_BUCKET)))
    else:
        main()
