"""Replays: the history that is exported for them, what they found so far, what stands, and which rules are signed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exchange.domain.difference import Found
from exchange.store.session import Tx, many, row, rows

_CHUNK: Final = 2000
WHOLE: Final = "whole"
"""The projection that replays are about: everything, as monitors know it."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay: its id, when it was begun, the folder with the history and its hash, hash and patterns of the rules."""

    id: str
    begun_at: datetime
    folder: str
    input: str
    definition: str
    patterns: list[str]
    buckets: int


@dataclass(frozen=True, slots=True)
class Done:
    """How much of a replay is done: buckets, and what was looked at in them."""

    buckets: int
    persons: int
    events: int
    candidates: int
    findings: int


@dataclass(frozen=True, slots=True)
class SignedRules:
    """A report that two officers stand behind: its digest, the rules that count by it, the command, when, the leaf."""

    report: str
    definition: str
    command: str
    at: datetime
    leaf: int


def snapshot(tx: Tx) -> None:
    """Let everything that this transaction reads be as of one moment. It comes first in a transaction."""
    tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def neighbourhoods(tx: Tx) -> Iterator[int]:
    """Yield the number of each neighbourhood, which is that of one of its notices, the lowest first."""
    after = -1
    sql = "SELECT DISTINCT no FROM neighbourhood WHERE no > %s ORDER BY no LIMIT %s"
    while found := rows(tx, sql, (after, _CHUNK)):
        yield from (no for (no,) in found)
        after = found[-1][0]


def waiting(tx: Tx) -> int:
    """Return how many persons wait to be linked or judged: what stands about them may not be what the rules say."""
    found = row(tx, "SELECT count(*) FROM outbox WHERE step IN ('link', 'detect') AND done_at IS NULL", ())
    return int(found[0]) if found else 0


def begin(tx: Tx, replay: Replay) -> None:
    """Store that a replay is begun. A second call changes nothing."""
    r = replay
    tx.execute(
        "INSERT INTO replay (id, begun_at, folder, input, definition, patterns, buckets)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (r.id, r.begun_at, r.folder, r.input, r.definition, r.patterns, r.buckets),
    )


def one(tx: Tx, replay: str) -> Replay | None:
    """Return a replay by its id."""
    sql = "SELECT id, begun_at, folder, input, definition, patterns, buckets FROM replay WHERE id = %s"
    found = row(tx, sql, (replay,))
    return None if found is None else Replay(*found)


def left(tx: Tx, replay: str) -> list[int]:
    """Return which buckets of a replay are not done."""
    sql = (
        "SELECT b FROM replay r, generate_series(0, r.buckets - 1) b WHERE r.id = %s"
        " AND NOT EXISTS (SELECT 1 FROM replay_bucket d WHERE d.replay = r.id AND d.bucket = b) ORDER BY b"
    )
    return [number for (number,) in rows(tx, sql, (replay,))]


def done(tx: Tx, replay: str) -> Done:
    """Return how much of a replay is done."""
    sql = (
        "SELECT count(*)::int, coalesce(sum(persons), 0)::bigint, coalesce(sum(events), 0)::bigint,"
        " coalesce(sum(candidates), 0)::bigint, coalesce(sum(findings), 0)::bigint"
        " FROM replay_bucket WHERE replay = %s"
    )
    ((buckets, persons, events, candidates, findings),) = rows(tx, sql, (replay,))
    return Done(buckets, persons, events, candidates, findings)


def keep(tx: Tx, at: tuple[str, int, datetime], counts: tuple[int, int, int, int], found: Iterable[Found]) -> bool:
    """Store what was found in a bucket: (replay, bucket, now), counts as in `Done`.

    Says whether it was the first to do so: a bucket that is done twice, or by two at once, stays as it is.
    """
    noted = tx.execute(
        "INSERT INTO replay_bucket (replay, bucket, done_at, persons, events, candidates, findings)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (*at, *counts),
    )
    if noted.rowcount:
        sql = (
            "INSERT INTO replay_found (replay, anchor, family, pattern, severity, stage, certainty, acting)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        )
        many(tx, sql, [(at[0], f.anchor, f.family, *f.says, list(f.acting)) for f in found])
    return noted.rowcount > 0


def found(tx: Tx, replay: str) -> Iterator[Found]:
    """Yield what a replay found, in the order of `Found.key`."""
    after: tuple[int, str] = (-1, "")
    sql = (
        "SELECT anchor, family, pattern, severity, stage, certainty, acting FROM replay_found"
        " WHERE replay = %s AND (anchor, family) > (%s, %s) ORDER BY anchor, family LIMIT %s"
    )
    while chunk := rows(tx, sql, (replay, *after, _CHUNK)):
        for anchor, family, pattern, severity, stage, certainty, acting in chunk:
            yield Found(anchor, family, pattern, severity, stage, certainty, tuple(acting))
        after = chunk[-1][0], chunk[-1][1]


_STANDING: Final = """
SELECT f.anchor, f.family COLLATE "C" AS family, f.body ->> 'pattern', f.body ->> 'severity', f.body ->> 'stage',
       f.body ->> 'certainty', ARRAY(SELECT jsonb_array_elements_text(f.body -> 'acting')),
       ARRAY(SELECT a.slug FROM alert a WHERE a.anchor = f.anchor AND a.family = f.family AND NOT a.doubtful
               AND a.status = ANY(%(live)s) ORDER BY a.slug)
  FROM finding f WHERE f.projection = %(whole)s
   AND (f.anchor > %(anchor)s OR (f.anchor = %(anchor)s AND f.family COLLATE "C" > %(family)s))
 ORDER BY 1, 2 LIMIT %(most)s
"""


def standing(tx: Tx, live: list[str]) -> Iterator[Found]:
    """Yield the findings that stand, in the order of `Found.key`; told: who has an alert with one of these statuses."""
    values: dict[str, Any] = {"whole": WHOLE, "live": live, "most": _CHUNK}
    after: tuple[int, str] = (-1, "")
    while chunk := rows(tx, _STANDING, {**values, "anchor": after[0], "family": after[1]}):
        for anchor, family, pattern, severity, stage, certainty, acting, told in chunk:
            yield Found(anchor, family, pattern, severity, stage, certainty, tuple(acting), tuple(told))
        after = chunk[-1][0], chunk[-1][1]


def sign(tx: Tx, signed: SignedRules) -> None:
    """Store that two officers stand behind a report. The caller holds the end of the ledger."""
    s = signed
    tx.execute(
        "INSERT INTO signed_rules (report, definition, command, at, leaf_index) VALUES (%s, %s, %s, %s, %s)",
        (s.report, s.definition, s.command, s.at, s.leaf),
    )


def is_signed(tx: Tx, report: str) -> bool:
    """Tell whether two officers stand behind a report, by its digest."""
    return row(tx, "SELECT 1 FROM signed_rules WHERE report = %s", (report,)) is not None


def signed(tx: Tx, definition: str) -> SignedRules | None:
    """Return the report by which rules of this definition count, the latest, or None when they do not."""
    sql = (
        "SELECT report, definition, command, at, leaf_index FROM signed_rules WHERE definition = %s"
        " ORDER BY leaf_index DESC LIMIT 1"
    )
    found = row(tx, sql, (definition,))
    return None if found is None else SignedRules(*found)
