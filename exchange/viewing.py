"""How alerts look to the authority whose queue they are in: with their dossier, and what covers them or is asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from exchange import reading
from exchange.domain import alertlife, dossiers
from exchange.domain.alertlife import Stands
from exchange.domain.dossiers import Work
from exchange.domain.notice import Reader
from exchange.domain.projection import holding, projections
from exchange.hiding import hiding
from exchange.store import directory, queue
from exchange.store.queue import Alert, Closing
from exchange.store.session import Tx

MONITOR: Final = "monitor"
"""A kind of authority; and all that an authority is told of who agreed to its closing, or spoke against it."""


def views(tx: Tx, who: Reader, wanted: Sequence[Alert], now: datetime) -> list[dict[str, Any]]:
    """Return alerts as their authority sees them, each with its dossier and what covers it, or asks of it."""
    around = _around(tx, who, wanted, now)
    dossier = dossiers.grouped((one.id, one.person) for one in around)
    covered = dossiers.inhibited([_work(one, now) for one in around])
    asked: dict[str, list[dict[str, str]]] = {}
    for one in closings(tx, who, wanted, now):
        asked.setdefault(one.mine, []).append({"authority": one.authority, "reason": one.reason, "at": moment(one.at)})
    shown = []
    for alert in wanted:
        found = {"dossier": dossier, "inhibited_by": covered, "closings": asked}
        also = {name: of[alert.id] for name, of in found.items() if alert.id in of}
        shown.append(_summary(alert, now) | also | alert.body)
    return shown


def _around(tx: Tx, who: Reader, wanted: Sequence[Alert], now: datetime) -> list[Alert]:
    """Return these alerts, and all that the reader has about the same persons, whatever became of them."""
    hidden = hiding(tx, who, now).alert
    known = {alert.id: alert for alert in wanted}
    seen: set[int] = set()
    left = {number for alert in wanted for number in alert.person}
    while left:
        seen |= left
        found = [one for one in queue.of_persons(tx, who.slug, sorted(left), list(known)) if not hidden(one)]
        known |= {one.id: one for one in found}
        left = {number for one in found for number in one.person} - seen
    return list(known.values())


def _work(alert: Alert, now: datetime) -> Work:
    return Work(
        id=alert.id,
        person=frozenset(alert.person),
        rests_on=frozenset(alert.rests_on),
        stage=alert.body.get("stage", "") if alert.anchor is not None else "",  # what is asked about is not done
        severity=alert.severity,
        status=alert.status,
        is_snoozed=alert.is_snoozed(now),
        is_doubtful=alert.is_doubtful,
    )


def _summary(alert: Alert, now: datetime) -> dict[str, Any]:
    """Return what stands about an alert, beside its evidence."""
    shown: dict[str, Any] = {
        "id": alert.id,
        "status": alert.status,
        "raised_at": moment(alert.raised_at),
        "changed_at": moment(alert.changed_at),
        "taken_by": alert.taken_by,
        "expires_at": moment(alert.expires_at) if alert.expires_at else None,
        "closing_by": alert.closing_by,
        "superseded_by": alert.superseded_by,
        "monitor_disagrees": "yes" if alert.monitor_disagrees else None,
    }
    if alert.is_snoozed(now) and alert.snoozed_until is not None:
        shown["snooze"] = {"by": alert.snoozed_by, "until": moment(alert.snoozed_until)}
    return {name: value for name, value in shown.items() if value is not None}


def stands(alert: Alert, now: datetime) -> Stands:
    """Return how an alert stands, for `alertlife` to judge acts by."""
    return Stands(
        status=alert.status,
        severity=alert.severity,
        closing_by=alert.closing_by,
        monitor_disagrees=alert.monitor_disagrees,
        is_snoozed=alert.is_snoozed(now),
        has_evidence=bool(alert.body["clauses"]),
    )


def closings(tx: Tx, who: Reader, alerts: Sequence[Alert], now: datetime) -> list[Closing]:
    """Return the closings on which a reader can speak: it is a monitor, and shares its projection with who asks.

    So its word can rest on nothing that the other may not know of, and nobody is answered who may be told nothing
    (L21, L22).
    """
    if who.kind != MONITOR:
        return []
    anchors = {alert.id: alert.anchor for alert in alerts}
    asked = queue.closings(tx, list(anchors), list(alertlife.LIVE))
    return [one for one in asked if _share(tx, who, one.slug, anchors[one.mine], now)]


def _share(tx: Tx, who: Reader, slug: str, anchor: int | None, now: datetime) -> bool:
    """Tell whether a reader and another authority know the same of whatever is tied to a notice."""
    other = next(one for one in directory.authorities(tx) if one.slug == slug)
    if anchor is None:
        return False
    around = reading.around(tx, anchor, now)
    of = (around.notices, around.agreements, around.standing)
    mine, theirs = (holding(projections(reader, *of), anchor) for reader in (who, other))
    return mine is not None and mine == theirs


def moment(at: datetime) -> str:
    """Return a moment as the API writes it, to the second (RFC 3339)."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
