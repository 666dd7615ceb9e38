"""Frozen quarterly releases, and what is read once a quarter to make one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.store.session import Tx, row, rows

_CHUNK: Final = 5000


@dataclass(frozen=True, slots=True)
class Release:
    """A frozen release: the name of its quarter, its bytes as text, their SHA-256, when, and its leaf with the salt."""

    quarter: str
    body: str
    sha256: bytes
    frozen_at: datetime
    leaf_index: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A notice to be counted: its number and kind, kind and state of its author, and two of its Disclosures.

    A Disclosure is None when that part was erased.
    """

    no: int
    kind: str
    author_kind: str
    author_state: str
    event: str | None
    facts: str | None


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding that was raised: severities as the first alerts about it had them, and the notice that anchors it."""

    severities: tuple[str, ...]
    author_state: str
    event: str | None


def begun(tx: Tx) -> datetime | None:
    """Return when the ledger got its first leaf, or None when it has none."""
    found = row(tx, "SELECT appended_at FROM leaf ORDER BY index LIMIT 1", ())
    return None if found is None else found[0]


def last(tx: Tx) -> str | None:
    """Return the name of the quarter that was frozen last, or None."""
    found = row(tx, "SELECT quarter FROM release ORDER BY quarter DESC LIMIT 1", ())
    return None if found is None else str(found[0])


def add(tx: Tx, release: Release) -> None:
    """Store a release."""
    given = (release.quarter, release.body, release.sha256, release.frozen_at, release.leaf_index, release.salt)
    tx.execute(
        "INSERT INTO release (quarter, body, sha256, frozen_at, leaf_index, salt) VALUES (%s, %s, %s, %s, %s, %s)",
        given,
    )


_RELEASE = "SELECT quarter, body, sha256, frozen_at, leaf_index, salt FROM release"


def every(tx: Tx) -> list[Release]:
    """Return all releases, the latest first."""
    return [Release(*found) for found in rows(tx, _RELEASE + " ORDER BY quarter DESC")]


def one(tx: Tx, quarter: str) -> Release | None:
    """Return the release of a quarter, if there is one."""
    found = row(tx, _RELEASE + " WHERE quarter = %s", (quarter,))
    return None if found is None else Release(*found)


_RECEIVED = """
SELECT n.no, n.kind, a.kind, a.state, e.disclosure, f.disclosure
  FROM notice n JOIN authority a USING (slug)
  LEFT JOIN part e ON e.notice = n.no AND e.name = 'event'
  LEFT JOIN part f ON f.notice = n.no AND f.name = 'facts'
 WHERE n.received_at >= %s AND n.received_at < %s AND n.kind = ANY(%s) AND n.no > %s ORDER BY n.no LIMIT %s
"""


def received(tx: Tx, start: datetime, end: datetime, kinds: list[str]) -> Iterator[Received]:
    """Yield the notices of these kinds that were received from `start` on and before `end`, in their order."""
    after = 0
    while found := rows(tx, _RECEIVED, (start, end, kinds, after, _CHUNK)):
        yield from (Received(*one) for one in found)
        after = found[-1][0]


_RAISED = """
WITH first AS (
    SELECT family, anchor FROM alert GROUP BY family, anchor
    HAVING min(raised_at) >= %(start)s AND min(raised_at) < %(end)s)
SELECT array_agg(DISTINCT v.detail ->> 'severity'), min(a.state), min(e.disclosure)
  FROM first f JOIN alert l USING (family, anchor)
  JOIN alert_event v ON v.alert = l.id AND v.act = 'raised' AND v.at >= %(start)s AND v.at < %(end)s
  JOIN notice n ON n.no = f.anchor JOIN authority a ON a.slug = n.slug
  LEFT JOIN part e ON e.notice = n.no AND e.name = 'event'
 GROUP BY f.family, f.anchor
"""


def raised(tx: Tx, start: datetime, end: datetime) -> list[Raised]:
    """Return what alerts were first raised about from `start` on and before `end`: each finding once."""
    found = rows(tx, _RAISED, {"start": start, "end": end})
    return [Raised(tuple(severities), state, event) for severities, state, event in found]
