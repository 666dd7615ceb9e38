"""Findings, alerts with their history, and the timers of what must not stay away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from exchange.store.session import Tx, many, row, rows

Key = tuple[str, int]
"""Family of the pattern, and number of the anchor notice."""


def replace_findings(
    tx: Tx, notices: list[int], found: list[tuple[str, str, int, dict[str, Any]]], now: datetime
) -> None:
    """Store the findings (projection, family, anchor, body) of a neighbourhood in place of those that stood."""
    tx.execute("DELETE FROM finding WHERE anchor = ANY(%s)", (notices,))
    many(
        tx,
        "INSERT INTO finding (projection, family, anchor, body, found_at) VALUES (%s, %s, %s, %s, %s)",
        [(projection, family, anchor, Jsonb(body), now) for projection, family, anchor, body in found],
    )


def findings(tx: Tx, notices: list[int]) -> dict[str, dict[Key, dict[str, Any]]]:
    """Return the findings anchored in these notices: projection -> key -> body."""
    sql = "SELECT projection, family, anchor, body FROM finding WHERE anchor = ANY(%s)"
    by_projection: dict[str, dict[Key, dict[str, Any]]] = {}
    for projection, family, anchor, body in rows(tx, sql, (notices,)):
        by_projection.setdefault(projection, {})[family, anchor] = body
    return by_projection


def set_timers(tx: Tx, notices: list[int], timers: list[tuple[int, str, datetime]]) -> None:
    """Store the timers (notice, pattern, due) of a neighbourhood in place of those that stood."""
    tx.execute("DELETE FROM timer WHERE notice = ANY(%s)", (notices,))
    many(
        tx,
        "INSERT INTO timer (notice, pattern, due_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        list(timers),
    )


def due_timers(tx: Tx, now: datetime) -> list[tuple[int, str, datetime]]:
    """Take the timers that are due: (notice, pattern, due)."""
    sql = "DELETE FROM timer WHERE due_at <= %s RETURNING notice, pattern, due_at"
    return [(notice, pattern, due) for notice, pattern, due in rows(tx, sql, (now,))]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert in one authority's queue. `body` is what that authority may see of it.

    `person` holds the numbers of the notices that made up the person, as the authority knew it, when it was computed.
    An alert about an authority has its slug in `about`, and neither anchor nor person.
    """

    id: str
    slug: str
    family: str
    anchor: int | None
    person: list[int]
    status: str
    pattern: str
    severity: str
    body: dict[str, Any]
    raised_at: datetime
    changed_at: datetime
    taken_by: str | None
    expires_at: datetime | None
    closing_by: str | None
    about: str | None = None


_ALERT = (
    "SELECT id::text, slug, family, anchor, person, status, pattern, severity, body, raised_at, changed_at,"
    " taken_by, expires_at, closing_by, about FROM alert"
)
_WORST_FIRST = " ORDER BY array_position(ARRAY['critical','high','medium','info'], severity), changed_at DESC, id"


def standing(tx: Tx, notices: list[int]) -> list[Alert]:
    """Return, and hold, every alert anchored in these notices, whatever its status."""
    sql = _ALERT + " WHERE anchor = ANY(%s) ORDER BY id FOR UPDATE"
    return [Alert(*found) for found in rows(tx, sql, (notices,))]


def of_authority(tx: Tx, slug: str, statuses: list[str]) -> list[Alert]:
    """Return an authority's queue, the worst first."""
    sql = _ALERT + " WHERE slug = %s AND status = ANY(%s)" + _WORST_FIRST
    return [Alert(*found) for found in rows(tx, sql, (slug, statuses))]


def one(tx: Tx, slug: str, alert_id: str, *, hold: bool = False) -> Alert | None:
    """Return one alert of an authority's queue; `hold` keeps others from changing it until the transaction ends."""
    found = row(tx, _ALERT + " WHERE slug = %s AND id = %s" + (" FOR UPDATE" if hold else ""), (slug, alert_id))
    return None if found is None else Alert(*found)


def about(tx: Tx, slug: str, family: str, authority: str) -> Alert | None:
    """Return, and hold, the alert of this family in an authority's queue that is about another authority."""
    sql = _ALERT + " WHERE slug = %s AND family = %s AND about = %s FOR UPDATE"
    found = row(tx, sql, (slug, family, authority))
    return None if found is None else Alert(*found)


_PUT = """
INSERT INTO alert (id, slug, family, anchor, person, status, pattern, severity, body, raised_at, changed_at,
                   taken_by, expires_at, closing_by, about)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET person = EXCLUDED.person, status = EXCLUDED.status,
    pattern = EXCLUDED.pattern, severity = EXCLUDED.severity, body = EXCLUDED.body,
    changed_at = EXCLUDED.changed_at, taken_by = EXCLUDED.taken_by,
    expires_at = EXCLUDED.expires_at, closing_by = EXCLUDED.closing_by
"""


def put(tx: Tx, alert: Alert, event: dict[str, Any]) -> None:
    """Store an alert as it stands now, and what happened to it: at, act, actor, detail."""
    a = alert
    first = (a.id, a.slug, a.family, a.anchor, a.person, a.status, a.pattern)
    then = (a.severity, Jsonb(a.body), a.raised_at, a.changed_at)
    tx.execute(_PUT, (*first, *then, a.taken_by, a.expires_at, a.closing_by, a.about))
    tx.execute(
        "INSERT INTO alert_event (alert, at, act, actor, detail) VALUES (%s, %s, %s, %s, %s)",
        (a.id, event["at"], event["act"], event["actor"], Jsonb(event["detail"])),
    )


def history(tx: Tx, alert_id: str) -> list[dict[str, Any]]:
    """Return what happened to an alert, oldest first: at, act, actor, detail."""
    sql = "SELECT at, act, actor, detail FROM alert_event WHERE alert = %s ORDER BY no"
    found = rows(tx, sql, (alert_id,))
    return [{"at": at, "act": act, "actor": actor, "detail": detail} for at, act, actor, detail in found]


def expired(tx: Tx, now: datetime) -> list[Alert]:
    """Return, and hold, the acknowledged alerts whose acknowledgement has run out."""
    sql = _ALERT + " WHERE status = 'acknowledged' AND expires_at <= %s ORDER BY id FOR UPDATE SKIP LOCKED"
    return [Alert(*found) for found in rows(tx, sql, (now,))]
