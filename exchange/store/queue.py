"""Findings, alerts with their history, and the timers of what must not stay away."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from exchange.store.session import Later, Tx, asked, many, row, rows

Key = tuple[str, int]
"""Family of the pattern, and number of the anchor notice."""
Findings = dict[str, dict[Key, dict[str, Any]]]
"""Name of a projection -> key -> body of the finding."""


_FOUND: Final = ("projection", "family", "anchor", "body")
_FIND: Final = """
INSERT INTO finding (projection, family, anchor, body, found_at) SELECT projection, family, anchor, body, %(now)s
  FROM jsonb_to_recordset(%(found)s) AS t (projection text, family text, anchor bigint, body jsonb)
"""


def replace_findings(
    tx: Tx, notices: list[int], found: list[tuple[str, str, int, dict[str, Any]]], now: datetime
) -> None:
    """Store the findings (projection, family, anchor, body) of a neighbourhood in place of those that stood."""
    tx.execute("DELETE FROM finding WHERE anchor = ANY(%s)", (notices,))
    if found:
        tx.execute(_FIND, {"found": Jsonb([dict(zip(_FOUND, one, strict=True)) for one in found]), "now": now})


def findings(tx: Tx, notices: list[int]) -> Findings:
    """Return the findings anchored in these notices."""
    return ask_findings(tx, notices)()


def ask_findings(tx: Tx, notices: list[int]) -> Later[Findings]:
    """Ask for what `findings` returns."""
    sql = "SELECT projection, family, anchor, body FROM finding WHERE anchor = ANY(%s)"
    found = asked(tx, sql, (notices,))

    def by_projection() -> Findings:
        them: Findings = {}
        for projection, family, anchor, body in found():
            them.setdefault(projection, {})[family, anchor] = body
        return them

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
    An alert about an authority has its slug in `about`, and neither anchor nor person. `rests_on` are the numbers of
    the notices that the finding rests on. `monitor_disagrees`: a monitor has spoken against closing it as it stands,
    and then `against` are the slugs of those that did. `beside`: it is about two persons taken as one, and stands
    beside what is known of each; this is the lowest number of the one in which the anchor is not. 0 for all others.
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
    rests_on: list[int] = field(default_factory=list)
    snoozed_by: str | None = None
    snoozed_until: datetime | None = None
    monitor_disagrees: bool = False
    superseded_by: str | None = None
    against: list[str] = field(default_factory=list)
    beside: int = 0

    @property
    def is_doubtful(self) -> bool:
        """Whether it is about two persons taken as one."""
        return self.beside != 0

    def is_snoozed(self, now: datetime) -> bool:
        """Tell whether somebody has put the alert aside till later than now."""
        return self.snoozed_until is not None and self.snoozed_until > now


_ALERT = (
    "SELECT id::text, slug, family, anchor, person, status, pattern, severity, body, raised_at, changed_at,"
    " taken_by, expires_at, closing_by, about, rests_on, snoozed_by, snoozed_until, monitor_disagrees,"
    " superseded_by::text, against, beside FROM alert"
)
_WORST_FIRST = " ORDER BY array_position(ARRAY['critical','high','medium','info'], severity), changed_at DESC, id"


def standing(tx: Tx, notices: list[int]) -> list[Alert]:
    """Return, and hold, every alert anchored in these notices, whatever its status."""
    return ask_standing(tx, notices)()


def ask_standing(tx: Tx, notices: list[int]) -> Later[list[Alert]]:
    """Ask for what `standing` returns."""
    found = asked(tx, _ALERT + " WHERE anchor = ANY(%s) ORDER BY id FOR UPDATE", (notices,))
    return lambda: [Alert(*one) for one in found()]


def of_authority(tx: Tx, slug: str, live: list[str], late: tuple[list[str], datetime]) -> list[Alert]:
    """Return an authority's queue, the worst first: what is `live`, and of other statuses what changed since."""
    sql = _ALERT + " WHERE slug = %s AND (status = ANY(%s) OR status = ANY(%s) AND changed_at > %s)" + _WORST_FIRST
    return [Alert(*found) for found in rows(tx, sql, (slug, live, *late))]


def closed(tx: Tx, slug: str, most: int) -> list[Alert]:
    """Return the alerts that an authority closed last, the last one first."""
    sql = _ALERT + " WHERE slug = %s AND status = 'closed' ORDER BY changed_at DESC, id LIMIT %s"
    return [Alert(*found) for found in rows(tx, sql, (slug, most))]


def one(tx: Tx, slug: str, alert_id: str, *, hold: bool = False) -> Alert | None:
    """Return one alert of an authority's queue; `hold` keeps others from changing it until the transaction ends."""
    found = row(tx, _ALERT + " WHERE slug = %s AND id = %s" + (" FOR UPDATE" if hold else ""), (slug, alert_id))
    return None if found is None else Alert(*found)


_FEW: Final = 256


def of_persons(tx: Tx, slug: str, notices: list[int], known: list[str]) -> list[Alert]:
    """Return the alerts of an authority, whatever became of them, about persons made up of any of these notices.

    Without those whose ids are `known`: most of the time goes into reading the evidence inside alerts.
    """
    # the index serves one person; to compare each list with a long one takes the product of their lengths
    by_index = "person && %s::bigint[]"
    by_hash = "EXISTS (SELECT FROM unnest(person) AS of (no) WHERE of.no = ANY(%s::bigint[]))"
    about = by_index if len(notices) <= _FEW else by_hash
    sql = _ALERT + f" WHERE slug = %s AND {about} AND id <> ALL(%s::uuid[]) ORDER BY id"
    return [Alert(*found) for found in rows(tx, sql, (slug, notices, known))]


def alike(tx: Tx, of: Alert) -> list[Alert]:
    """Return, and hold, the alerts of the same queue and family about the same person, itself among them.

    Of a doubtful one those about the same two, and of another none that is doubtful.
    """
    sql = (
        _ALERT + " WHERE slug = %s AND family = %s AND beside = %s AND (id = %s OR person && %s::bigint[])"
        " ORDER BY id FOR UPDATE"
    )
    return [Alert(*found) for found in rows(tx, sql, (of.slug, of.family, of.beside, of.id, of.person))]


def aside(tx: Tx, of: Alert) -> list[Alert]:
    """Return, and hold, those of `alike` that somebody has put aside."""
    sql = (
        _ALERT + " WHERE snoozed_until IS NOT NULL AND slug = %s AND family = %s AND beside = %s"
        " AND person && %s::bigint[] ORDER BY id FOR UPDATE"
    )
    return [Alert(*found) for found in rows(tx, sql, (of.slug, of.family, of.beside, of.person))]


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing that another authority asks for: of which alert of one's own, whose, of which of theirs, why, when."""

    mine: str
    slug: str
    authority: str
    theirs: str
    reason: str
    at: datetime


_CLOSINGS: Final = """
SELECT mine.id::text, a.slug, a.urn, theirs.id::text, asked.detail ->> 'reason', asked.at
  FROM alert mine JOIN alert theirs USING (family, anchor, beside) JOIN authority a ON a.slug = theirs.slug
  JOIN LATERAL (SELECT e.detail, e.at FROM alert_event e WHERE e.alert = theirs.id AND e.act = 'close_asked'
                 ORDER BY e.no DESC LIMIT 1) asked ON true
 WHERE mine.id = ANY(%(ids)s::uuid[]) AND theirs.slug <> mine.slug AND theirs.rests_on = mine.rests_on
   AND mine.status = ANY(%(live)s) AND theirs.status = ANY(%(live)s) AND theirs.closing_by IS NOT NULL
 ORDER BY mine.id, a.urn
"""


def closings(tx: Tx, ids: list[str], live: list[str]) -> list[Closing]:
    """Return the closings that others ask for of the findings behind alerts, where both are `live`.

    Only where the two rest on the same notices. What else was the person then may differ: an alert that says the same
    and rests on the same is not stored again, and a case of its own that is new to one authority changes its alert
    alone.
    """
    return [Closing(*found) for found in rows(tx, _CLOSINGS, {"ids": ids, "live": live})]


def about(tx: Tx, slug: str, family: str, authority: str) -> Alert | None:
    """Return, and hold, the alert of this family in an authority's queue that is about another authority."""
    sql = _ALERT + " WHERE slug = %s AND family = %s AND about = %s FOR UPDATE"
    found = row(tx, sql, (slug, family, authority))
    return None if found is None else Alert(*found)


def ask_about_checks(tx: Tx, notices: list[int]) -> Later[list[Alert]]:
    """Ask for, and hold, the alerts about checks of persons made up of any of these notices."""
    found = asked(tx, _ALERT + " WHERE family = 'check' AND person && %s::bigint[] ORDER BY id FOR UPDATE", (notices,))
    return lambda: [Alert(*one) for one in found()]


_PUT = """
WITH happened AS (INSERT INTO alert_event (alert, at, act, actor, detail) VALUES (%s, %s, %s, %s, %s))
INSERT INTO alert (id, slug, family, anchor, person, status, pattern, severity, body, raised_at, changed_at,
                   taken_by, expires_at, closing_by, about, rests_on, snoozed_by, snoozed_until, monitor_disagrees,
                   superseded_by, against, beside)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET person = EXCLUDED.person, status = EXCLUDED.status,
    pattern = EXCLUDED.pattern, severity = EXCLUDED.severity, body = EXCLUDED.body,
    changed_at = EXCLUDED.changed_at, taken_by = EXCLUDED.taken_by,
    expires_at = EXCLUDED.expires_at, closing_by = EXCLUDED.closing_by, rests_on = EXCLUDED.rests_on,
    snoozed_by = EXCLUDED.snoozed_by, snoozed_until = EXCLUDED.snoozed_until,
    monitor_disagrees = EXCLUDED.monitor_disagrees, superseded_by = EXCLUDED.superseded_by,
    against = EXCLUDED.against
"""


def put(tx: Tx, alert: Alert, event: dict[str, Any]) -> None:
    """Store an alert as it stands now, and what happened to it: at, act, actor, detail."""
    a = alert
    first = (a.id, a.slug, a.family, a.anchor, a.person, a.status, a.pattern)
    then = (a.severity, Jsonb(a.body), a.raised_at, a.changed_at)
    last = (a.rests_on, a.snoozed_by, a.snoozed_until, a.monitor_disagrees, a.superseded_by, a.against, a.beside)
    happened = (a.id, event["at"], event["act"], event["actor"], Jsonb(event["detail"]))
    tx.execute(_PUT, (*happened, *first, *then, a.taken_by, a.expires_at, a.closing_by, a.about, *last))


def rest(tx: Tx, alert_id: str, on: Alert) -> None:
    """Note on which notices an alert rests that says the same as before: that changes nothing for its reader."""
    sql = "UPDATE alert SET person = %s, rests_on = %s WHERE id = %s AND rests_on <> %s::bigint[]"
    tx.execute(sql, (on.person, on.rests_on, alert_id, on.rests_on))


def history(tx: Tx, alert_id: str) -> list[dict[str, Any]]:
    """Return what happened to an alert, oldest first: at, act, actor, detail."""
    sql = "SELECT at, act, actor, detail FROM alert_event WHERE alert = %s ORDER BY no"
    found = rows(tx, sql, (alert_id,))
    return [{"at": at, "act": act, "actor": actor, "detail": detail} for at, act, actor, detail in found]


def slept(tx: Tx, now: datetime) -> list[Alert]:
    """Return, and hold, the alerts that were put aside until a moment that has come."""
    sql = _ALERT + " WHERE snoozed_until <= %s ORDER BY id FOR UPDATE SKIP LOCKED"
    return [Alert(*found) for found in rows(tx, sql, (now,))]


def expired(tx: Tx, now: datetime) -> list[Alert]:
    """Return, and hold, the acknowledged alerts whose acknowledgement has run out."""
    sql = _ALERT + " WHERE status = 'acknowledged' AND expires_at <= %s ORDER BY id FOR UPDATE SKIP LOCKED"
    return [Alert(*found) for found in rows(tx, sql, (now,))]
