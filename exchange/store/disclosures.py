"""Who was told what: acts, acknowledgements and alerts about notices, read for a disclosure report.

Acts have no index but their order: each of these goes over all of them, so they are for rare use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.store.session import Tx, rows


@dataclass(frozen=True, slots=True)
class Done:
    """An act about a notice: when, by or for whom, what, which notice (`urn id`), the rest of its object, purpose."""

    at: datetime
    slug: str
    what: str
    notice: str
    rest: tuple[str, ...]
    purpose: str


_ABOUT = """
SELECT at, slug, what, object, purpose FROM act
 WHERE what = ANY(%s) AND slug IS NOT NULL AND split_part(object, ' ', 1) || ' ' || split_part(object, ' ', 2) = ANY(%s)
 ORDER BY no
"""


def acts(tx: Tx, names: list[str], whats: Sequence[str]) -> list[Done]:
    """Return the acts of these sorts about notices given as `urn id`, in their order."""
    found = []
    for at, slug, what, of, purpose in rows(tx, _ABOUT, (list(whats), names)):
        urn, notice_id, *rest = of.split(" ")
        found.append(Done(at, slug, what, f"{urn} {notice_id}", tuple(rest), purpose))
    return found


_SHOWN = """
SELECT d.slug, d.seq, min(a.at) FROM unnest(%s::text[], %s::bigint[]) AS d (slug, seq)
  JOIN act a ON a.slug = d.slug
   AND CASE WHEN a.what = 'shown' THEN d.seq BETWEEN split_part(a.object, ' ', 1)::bigint
                                                 AND split_part(a.object, ' ', 2)::bigint END
 GROUP BY d.slug, d.seq
"""


def first_shown(tx: Tx, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], datetime]:
    """Return when numbers of inboxes, as (slug, number), were first shown to whose they are."""
    found = rows(tx, _SHOWN, ([slug for slug, _ in places], [seq for _, seq in places]))
    return {(slug, seq): at for slug, seq, at in found}


def acknowledged(tx: Tx, notices: list[int]) -> dict[int, list[tuple[str, str, datetime]]]:
    """Return what was acknowledged of notices, in order: number -> (slug, state, when)."""
    sql = (
        "SELECT notice, slug, split_part(says, ' ', 1), received_at FROM acknowledgement"
        " WHERE notice = ANY(%s) ORDER BY no"
    )
    said: dict[int, list[tuple[str, str, datetime]]] = {}
    for notice, slug, state, at in rows(tx, sql, (notices,)):
        said.setdefault(notice, []).append((slug, state, at))
    return said


def enrolled_at(tx: Tx) -> Mapping[str, datetime]:
    """Return when each authority was enrolled, by its slug."""
    return dict(rows(tx, "SELECT slug, enrolled_at FROM authority"))


def kept_at(tx: Tx, step: str, notices: list[int]) -> dict[int, datetime]:
    """Return when a step was done because a notice was accepted, by its number; without those that still wait."""
    sql = (
        "SELECT subject, done_at FROM outbox WHERE step = %s AND cause = 'accepted' AND done_at IS NOT NULL"
        " AND subject = ANY(%s)"
    )
    return dict(rows(tx, sql, (step, notices)))


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert in somebody's queue: whose, its family and anchor, and when it was raised."""

    slug: str
    family: str
    anchor: int
    pattern: str
    title: str
    severity: str
    raised_at: datetime


def alerts(tx: Tx, notices: list[int]) -> list[Raised]:
    """Return every alert that is anchored in these notices, whatever became of it, the oldest first."""
    sql = (
        "SELECT slug, family, anchor, pattern, body ->> 'title', severity, raised_at FROM alert"
        " WHERE anchor = ANY(%s) ORDER BY raised_at, id"
    )
    return [Raised(*found) for found in rows(tx, sql, (notices,))]
