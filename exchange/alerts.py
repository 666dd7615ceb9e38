"""The queue of a caseworker: read it, take an alert, acknowledge it, close it with a reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import uuid_utils

from exchange.domain import alertlife
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.hiding import hiding
from exchange.store import queue
from exchange.store.queue import Alert
from exchange.store.session import Tx

ACTOR: Final = "exchange"
MOST_SHOWN: Final = ("open", "taken", "acknowledged", "withdrawn")
"""What a queue holds: the live alerts, and those withdrawn, so that nobody goes on acting on one."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a caseworker does to an alert. `name` is one of `alertlife.ACTS`; closing has a reason."""

    name: str
    alert_id: str
    reason: str | None = None


def in_queue(tx: Tx, who: Reader, now: datetime) -> list[dict[str, Any]]:
    """Return an authority's queue, the worst first, without history; without what a suspension hides (L16)."""
    hidden = hiding(tx, who, now).alert
    return [summary(alert) for alert in queue.of_authority(tx, who.slug, list(MOST_SHOWN)) if not hidden(alert)]


def show(tx: Tx, who: Reader, alert_id: str, now: datetime) -> dict[str, Any]:
    """Return one alert of an authority with its history. Raises Refusal `no-such-alert`."""
    alert = _find(tx, who, alert_id, now)
    return summary(alert) | {"history": [_told(event) for event in queue.history(tx, alert.id)]}


def act(tx: Tx, who: Caseworker, done: Act, now: datetime) -> dict[str, Any]:
    """Do an act on an alert; returns the alert as it stands then. The same act again, straight away, changes nothing.

    Raises Refusal `no-such-alert`, `wrong-status`, `four-eyes`.
    """
    alert = _find(tx, who.authority, done.alert_id, now, hold=True)
    if _is_again(queue.history(tx, alert.id)[-1], who, done):
        return show(tx, who.authority, alert.id, now)
    outcome = alertlife.act(alert.status, alert.severity, alert.closing_by, (done.name, who.pseudonym, who.role))
    until = now + alertlife.ACKNOWLEDGED_FOR if done.name == "acknowledge" else alert.expires_at
    changed = replace(
        alert,
        status=outcome.status,
        closing_by=outcome.closing_by,
        changed_at=now,
        taken_by=who.pseudonym if done.name == "take" else alert.taken_by,
        expires_at=until if outcome.status == "acknowledged" else None,
    )
    asked = done.name == "close" and outcome.status != "closed"
    detail = {"reason": done.reason} if done.reason else {}
    event = {"at": now, "act": "close_asked" if asked else done.name, "actor": who.pseudonym, "detail": detail}
    queue.put(tx, changed, event)
    return show(tx, who.authority, alert.id, now)


def _is_again(latest: dict[str, Any], who: Caseworker, done: Act) -> bool:
    """Tell whether this is what happened last: a client that got no answer sends its message again."""
    same = latest["act"] in {done.name, f"{done.name}_asked"} and latest["actor"] == who.pseudonym
    return same and latest["detail"].get("reason") == done.reason


def _find(tx: Tx, who: Reader, alert_id: str, now: datetime, *, hold: bool = False) -> Alert:
    """Return the alert; another authority's, one that is hidden and one that does not exist are answered alike."""
    try:
        found = queue.one(tx, who.slug, str(UUID(alert_id)), hold=hold)
    except ValueError:
        found = None
    if found is None or hiding(tx, who, now).alert(found):
        raise Refusal("no-such-alert", "There is no such alert in your queue.")
    return found


def fresh(key: tuple[str, str], body: dict[str, Any], now: datetime) -> Alert:
    """Return an alert (slug, family) that nobody has seen yet; what it is about is the caller's to add."""
    return Alert(
        id=str(uuid_utils.uuid7()),
        slug=key[0],
        family=key[1],
        anchor=None,
        person=[],
        status="open",
        pattern=body["pattern"],
        severity=body["severity"],
        body=body,
        raised_at=now,
        changed_at=now,
        taken_by=None,
        expires_at=None,
        closing_by=None,
    )


def stand(tx: Tx, held: Alert | None, wanted: Alert, now: datetime) -> None:
    """Make an alert say what `wanted` says: raise it, change it or open it again; nothing when it is so already."""
    if held is None:
        queue.put(tx, wanted, told("raised", wanted.body, now))
    elif held.body != wanted.body or held.status == "withdrawn":
        changed = replace(
            wanted,
            id=held.id,
            status=alertlife.after_change(held.status, taken=held.taken_by is not None),
            raised_at=held.raised_at,
            taken_by=held.taken_by,
        )
        queue.put(tx, changed, told("changed" if held.status in alertlife.LIVE else "reopened", wanted.body, now))


def told(act: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the event that the exchange itself did something to an alert which says this then."""
    detail = {name: body[name] for name in ("pattern", "severity", "certainty", "stage") if name in body}
    return {"at": now, "act": act, "actor": ACTOR, "detail": detail}


def summary(alert: Alert) -> dict[str, Any]:
    """Return an alert as its authority sees it: what stands, and the evidence in `body`."""
    shown = {
        "id": alert.id,
        "status": alert.status,
        "raised_at": _moment(alert.raised_at),
        "changed_at": _moment(alert.changed_at),
        "taken_by": alert.taken_by,
        "expires_at": _moment(alert.expires_at) if alert.expires_at else None,
        "closing_by": alert.closing_by,
    }
    return {name: value for name, value in shown.items() if value is not None} | alert.body


def _told(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "at": _moment(event["at"])}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
