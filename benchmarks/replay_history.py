"""A made-up history for the benchmark of replay, made by DuckDB: many persons, 17 notices each, few of them in a chain.

The stories are made so that what is common in life is common here: most persons have claimed, half have had a decision
on the merits, a quarter was removed after one, one in sixty was transferred to another state, and one in seventy was
passed on or put out unexamined. That is the order of magnitude of public figures on transfers, from memory; it decides
how many persons the rules must judge, which every figure of the benchmark is told with. It shows how fast a sweep is,
nothing else.
"""

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exchange import traces
from exchange.domain.members import STATES

STEPS = 17
Step = tuple[str, str, str | None, dict[str, object]]
"""Kind, who acts, towards whom, facts: A, B, C are states, O is the origin, {day} the day of the step."""


def _said(**facts: object) -> dict[str, object]:
    return facts


CLAIM: list[Step] = [
    ("encounter", "A", None, _said(circumstances="border", fear_asked="yes", fear_answer="yes")),
    ("claim_expressed", "A", None, _said(channel="oral", interpreter="yes")),
    ("claim_registered", "A", None, _said(previous_applications_known="no")),
]
OTHER: list[Step] = [
    ("information_request", "A", "B", _said(question="family")),
    ("information_reply", "B", "A", _said(answer="none")),
    ("safeguard", "A", None, {}),
    ("detention", "A", None, _said(ground="identity")),
    ("encounter", "A", None, _said(circumstances="interview", interview_held="yes")),
]
SERVED = _said(outcome="rejected", merits_scope="full", served_at="{day}")
GRANTED = _said(outcome="subsidiary_protection", merits_scope="full", served_at="{day}")
STORIES: list[tuple[int, list[Step]]] = [
    (
        355,
        [
            *CLAIM,
            *OTHER,
            ("merits_decision", "A", None, GRANTED),
            ("protection_status", "A", None, _said(change="granted")),
        ],
    ),
    (
        250,
        [
            *CLAIM,
            *OTHER,
            ("merits_decision", "A", None, SERVED),
            ("remedy", "A", None, _said(step="lodged", suspensive="automatic")),
            ("remedy", "A", None, _said(step="decided", suspensive="automatic")),
            ("return_decision", "A", "O", _said(destinations=["{O}"], suspensive="automatic")),
            ("removal_planned", "A", "O", _said(cancelled="no")),
            ("removal_executed", "A", "O", _said(destination="{O}", means="air")),
        ],
    ),
    (
        365,
        [
            *CLAIM,
            *OTHER,
            ("responsibility_request", "A", "B", {}),
            ("responsibility_reply", "B", "A", _said(reply="refused")),
        ],
    ),
    (
        15,
        [
            *CLAIM,
            ("responsibility_request", "A", "B", {}),
            ("responsibility_reply", "B", "A", _said(reply="accepted", intended_procedure="full_merits")),
            ("removal_executed", "A", "B", _said(destination="{B}", means="land")),
            ("arrival", "B", "A", _said(procedure_opened="yes")),
            ("claim_registered", "B", None, {}),
            ("merits_decision", "B", None, GRANTED),
            *OTHER,
        ],
    ),
    (
        5,
        [
            *CLAIM,
            ("admissibility_decision", "A", "B", _said(outcome="inadmissible", suspensive="none")),
            ("removal_executed", "A", "B", _said(destination="{B}", means="land")),
            *OTHER,
        ],
    ),
    (
        2,
        [
            *CLAIM,
            ("removal_executed", "A", "B", _said(destination="{B}", means="land")),
            ("return_decision", "B", "O", _said(destinations=["{O}"])),
            ("removal_executed", "B", "O", _said(destination="{O}", means="air")),
            *OTHER,
        ],
    ),
    (
        8,
        [
            ("claim_expressed", "A", None, _said(channel="oral")),
            ("entry_refused", "A", "B", _said(physically_returned="yes", reason_letter="C")),
            ("arrival", "B", "A", _said(procedure_opened="yes")),
            *OTHER,
        ],
    ),
]
"""Of a thousand persons so many; a story that is short is filled up with what says little."""


def _steps() -> pa.Table:
    rows = []
    for story, (_, told) in enumerate(STORIES):
        filled = (told + OTHER * 4)[:STEPS]
        for step, (kind, who, towards, facts) in enumerate(filled):
            text = json.dumps(facts, sort_keys=True, separators=(",", ":")) if facts else ""
            rows.append({"story": story, "step": step, "kind": kind, "who": who, "towards": towards, "facts": text})
    return pa.Table.from_pylist(rows)


_EVENTS = """
WITH person AS (
    SELECT p AS person, hash(p, 1) % 1000 AS dice, states[1 + (hash(p, 2) % len(states))::INT] AS A,
           states[1 + ((hash(p, 2) + 1 + hash(p, 3) % 3) % len(states))::INT] AS B,
           ['AFG', 'SYR', 'IRQ', 'SOM', 'RUS'][1 + (hash(p, 4) % 5)::INT] AS O,
           DATE '2019-01-01' + (hash(p, 5) % 2200)::INT AS first
      FROM UNNEST($persons) AS t(p)),
storied AS (
    SELECT person.*, (SELECT min(story) FROM bounds WHERE dice < upper_bound) AS story FROM person),
each AS (
    SELECT s.*, t.step, t.kind, t.who, t.towards, t.facts, first + (t.step * 9 + hash(person, t.step) % 6)::INT AS day
      FROM storied s JOIN steps t USING (story))
SELECT person, person * 17 + step AS ref, person * 17 + step AS index, kind,
       CASE who WHEN 'A' THEN A ELSE B END AS state,
       CASE towards WHEN 'A' THEN A WHEN 'B' THEN B WHEN 'O' THEN O END AS counterpart,
       epoch_us(day) AS earliest, epoch_us(day) + 86399999999 AS latest, epoch_us(day) + 86400000000 AS recorded,
       true AS exact, CASE who WHEN 'A' THEN A ELSE B END AS author_state, 'asylum_office' AS author_kind,
       'own_act' AS source, 'confirmed' AS grade, false AS flagged,
       replace(replace(replace(facts, '{O}', O), '{B}', B), '{day}', strftime(day, '%Y-%m-%d')) AS facts, O AS origin
  FROM each ORDER BY person, index
"""


def make(folder: Path, events: int, buckets: int) -> traces.Manifest:
    """Write a history of so many events, in so many buckets."""
    folder.mkdir(parents=True)
    numbers: list[list[int]] = [[] for _ in range(buckets)]
    for person in range(1, events // STEPS + 1):
        numbers[traces.bucket(person, buckets)].append(person)
    bounds, upper = [], 0
    for story, (weight, _) in enumerate(STORIES):
        upper += weight
        bounds.append({"story": story, "upper_bound": upper})
    with duckdb.connect(config={"threads": 1, "memory_limit": "400MiB"}) as connection:
        connection.register("steps", _steps())
        connection.register("bounds", pa.Table.from_pylist(bounds))
        sql = _EVENTS.replace("states[", f"{sorted(STATES)!r}[").replace("len(states)", str(len(STATES)))
        for number, persons in enumerate(numbers):
            made = connection.sql(sql, params={"persons": persons}).to_arrow_table()
            _write(folder / traces.events_file(number), traces.EVENTS, made)
            _write(folder / traces.persons_file(number), traces.PERSONS, _persons(made))
    return traces.seal(folder, buckets, STATES, {"at": "2026-12-01T00:00:00Z", "of": "made up for a benchmark"})


def _persons(events: pa.Table) -> pa.Table:
    first = events.select(["person", "origin"]).take(list(range(0, len(events), STEPS))).to_pylist()
    rows = [
        {"person": one["person"], "danger": [one["origin"]], "safeguards": [], "doubted": [], "onward": []}
        for one in first
    ]
    return pa.Table.from_pylist(rows, traces.PERSONS)


def _write(path: Path, schema: pa.Schema, told: pa.Table) -> None:
    columns = []
    for part in schema:
        column = told.column(part.name)
        columns.append(
            column.combine_chunks().dictionary_encode() if pa.types.is_dictionary(part.type) else column.cast(part.type)
        )
    columns = [c.cast(part.type) if c.type != part.type else c for c, part in zip(columns, schema, strict=True)]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), path, row_group_size=traces.ROWS, **traces.FORMAT)
