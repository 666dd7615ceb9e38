"""The queue of a caseworker: read it, and do to alerts what `exchange.domain.alertlife` allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import uuid_utils

from exchange import viewing
from exchange.domain import alertlife
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.domain.withdrawals import LINK_UNDONE
from exchange.hiding import hiding
from exchange.store import queue
from exchange.store.queue import Alert, Closing
from exchange.store.session import Tx

ACTOR: Final = "exchange"
FORGOTTEN: Final[Mapping[str, Any]] = {"clauses": [], "notices": [], "suppressors": [], "contradictions": []}
"""What an alert says of persons when it is recalled: the link under it was undone."""
GONE_SHOWN: Final = timedelta(days=30)
"""A queue holds the live alerts, and for so long those gone, so that nobody goes on acting on one. Later they are found
by their ids: a queue must not grow with all that was ever withdrawn."""

MOST_CLOSED: Final = 200
"""Closed alerts that are listed at most; older ones are found by their ids, which stand in the authority's log."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a caseworker does to an alert. `name` is one of `alertlife.ACTS`.

    Closing and reopening have a `reason`, a comment a `code` and perhaps a `reference` of the authority's own (a UUID),
    a snooze `days`; a monitor that speaks on another authority's closing names it, by URN, as `authority`. `seen` are
    the alerts that a snooze is meant for as they were read: `id` and `changed_at` of each.
    """

    name: str
    alert_id: str
    reason: str | None = None
    code: str | None = None
    reference: str | None = None
    days: int | None = None
    authority: str | None = None
    seen: Sequence[Mapping[str, str]] | None = None

    @property
    def detail(self) -> dict[str, str]:
        """What is said with the act, as the history keeps it."""
        said = {name: getattr(self, name) for name in _SAID}
        return {name: str(value) for name, value in said.items() if value is not None}


_SAID: Final = tuple(field.name for field in fields(Act) if field.name not in {"name", "alert_id", "seen"})


def in_queue(tx: Tx, who: Reader, now: datetime) -> list[dict[str, Any]]:
    """Return an authority's queue, the worst first, without history; without what a suspension hides (L16)."""
    hidden = hiding(tx, who, now).alert
    found = queue.of_authority(tx, who.slug, list(alertlife.LIVE), (list(alertlife.GONE), now - GONE_SHOWN))
    return viewing.views(tx, who, [alert for alert in found if not hidden(alert)], now)


def closed(tx: Tx, who: Reader, now: datetime) -> list[dict[str, Any]]:
    """Return what an authority closed last, the last one first, so that it can be opened again; without history."""
    hidden = hiding(tx, who, now).alert
    return viewing.views(tx, who, [one for one in queue.closed(tx, who.slug, MOST_CLOSED) if not hidden(one)], now)


def show(tx: Tx, who: Reader, alert_id: str, now: datetime) -> dict[str, Any]:
    """Return one alert of an authority with its history. Raises Refusal `no-such-alert`."""
    alert = _find(tx, who, alert_id, now)
    (view,) = viewing.views(tx, who, [alert], now)
    return view | {"history": [{**event, "at": viewing.moment(event["at"])} for event in queue.history(tx, alert.id)]}


def of_a_kind(tx: Tx, who: Reader, alert_id: str, now: datetime) -> list[dict[str, str]]:
    """Return what is put aside with an alert, itself among it, as `Act.seen`. Raises Refusal `no-such-alert`."""
    alert = _find(tx, who, alert_id, now)
    hidden = hiding(tx, who, now).alert
    return [_as_read(one) for one in queue.alike(tx, alert) if one.status in alertlife.LIVE and not hidden(one)]


def is_open_work(view: dict[str, Any]) -> bool:
    """Tell whether an alert, as it is shown, waits for somebody: it is live, and neither put aside nor inhibited."""
    return view["status"] in alertlife.LIVE and "snooze" not in view and "inhibited_by" not in view


def act(tx: Tx, who: Caseworker, done: Act, now: datetime) -> dict[str, Any]:
    """Do an act on an alert; returns the alert as it stands then. The same act again, straight away, changes nothing.

    Raises Refusal `no-such-alert`, those of `alertlife.act` and `alertlife.monitored`, and `changed-since-read` when
    a snooze says what it is meant for and there is more, or it has changed.
    """
    found = _find(tx, who.authority, done.alert_id, now)
    held = {alert.id: alert for alert in _hold(tx, found, done)}
    alert = held[found.id]
    latest = queue.history(tx, alert.id)[-1]
    asked = _asked(tx, who.authority, alert, done, now)
    if _is_again(latest, who, done) and (asked is None or asked.at < latest["at"]):
        return show(tx, who.authority, alert.id, now)
    if done.authority is not None:
        _speak(tx, who, (alert, list(held.values()), asked), done, now)
    elif done.name in {"snooze", "unsnooze"}:
        _snooze(tx, who, (alert, list(held.values())), done, now)
    else:
        _do(tx, who, alert, done, now)
    return show(tx, who.authority, alert.id, now)


def _hold(tx: Tx, found: Alert, done: Act) -> list[Alert]:
    """Return the alerts that an act may change, held in the order of their ids."""
    if done.name in {"snooze", "unsnooze"}:
        held = next(one for one in queue.alike(tx, found) if one.id == found.id)
        return queue.alike(tx, held)  # again: while the first look waited for them, another may have been stored
    if done.authority is not None and found.anchor is not None:
        return queue.standing(tx, [found.anchor])
    return [one for one in (queue.one(tx, found.slug, found.id, hold=True),) if one is not None]


def _do(tx: Tx, who: Caseworker, alert: Alert, done: Act, now: datetime) -> None:
    """Do an act that changes one alert and no other."""
    outcome = alertlife.act(viewing.stands(alert, now), (done.name, who.pseudonym, who.role))
    if done.name == "comment":
        queue.put(tx, alert, {"at": now, "act": done.name, "actor": who.pseudonym, "detail": done.detail})
        return
    until = now + alertlife.ACKNOWLEDGED_FOR if done.name == "acknowledge" else alert.expires_at
    is_live = outcome.status in alertlife.LIVE
    changed = replace(
        alert,
        status=outcome.status,
        closing_by=outcome.closing_by,
        changed_at=now,
        taken_by=who.pseudonym if done.name == "take" else None if done.name == "reopen" else alert.taken_by,
        expires_at=until if outcome.status == "acknowledged" else None,
        snoozed_by=alert.snoozed_by if is_live else None,
        snoozed_until=alert.snoozed_until if is_live else None,
    )
    asked = done.name == "close" and is_live
    name = "close_asked" if asked else done.name
    queue.put(tx, changed, {"at": now, "act": name, "actor": who.pseudonym, "detail": done.detail})


def _snooze(tx: Tx, who: Caseworker, found: tuple[Alert, list[Alert]], done: Act, now: datetime) -> None:
    """Put aside what the queue holds of one pattern family about one person, or end that; a critical one never."""
    alert, alike = found
    hidden = hiding(tx, who.authority, now).alert
    live = [a for a in alike if a.id != alert.id and a.status in alertlife.LIVE and not hidden(a)]
    ending = done.name == "unsnooze"
    also = [a for a in live if a.is_snoozed(now) or not ending]
    for one in (alert, *also):
        alertlife.act(viewing.stands(one, now), (done.name, who.pseudonym, who.role))
    if done.seen is not None and any(_as_read(one) not in done.seen for one in (alert, *live)):
        raise Refusal("changed-since-read", "There is more of this kind than you read, or it changed. Read it again.")
    until = now + timedelta(days=done.days or 0)
    by, end = (None, None) if ending else (who.pseudonym, until)
    detail = done.detail | ({} if ending else {"until": viewing.moment(until)})
    for one in (alert, *also):
        event = {"at": now, "act": done.name, "actor": who.pseudonym, "detail": detail}
        queue.put(tx, replace(one, snoozed_by=by, snoozed_until=end, changed_at=now), event)


def _as_read(alert: Alert) -> dict[str, str]:
    return {"id": alert.id, "changed_at": viewing.moment(alert.changed_at)}


def _speak(tx: Tx, who: Caseworker, found: tuple[Alert, list[Alert], Closing | None], done: Act, now: datetime) -> None:
    """Let a monitor agree to a closing that another authority asks for, or speak against it."""
    own, alike, asked = found
    theirs = next((one for one in alike if asked is not None and one.id == asked.theirs), None)
    if asked is None or theirs is None:
        raise alertlife.nothing_asked()
    slug, spoke = who.authority.slug, set(theirs.against if theirs.monitor_disagrees else ())
    against = spoke - {slug} if done.name == "agree" else spoke | {slug}
    same = [one for one in alike if (one.family, one.beside) == (own.family, own.beside)]
    held = alertlife.holds(against, _agreed(tx, asked, same) | {slug})
    outcome = alertlife.monitored(own.status, viewing.stands(theirs, now), done.name, held=held)
    is_closed = outcome.status == "closed"
    changed = replace(
        theirs,
        status=outcome.status,
        closing_by=outcome.closing_by,
        changed_at=now,
        expires_at=None if is_closed else theirs.expires_at,
        monitor_disagrees=bool(against) and not is_closed,
        against=[] if is_closed else sorted(against),
    )
    word = {"at": now, "act": f"monitor_{done.name}d", "actor": viewing.MONITOR, "detail": {"reason": asked.reason}}
    queue.put(tx, changed, word)
    event = {"at": now, "act": done.name, "actor": who.pseudonym, "detail": done.detail | {"asked": asked.reason}}
    queue.put(tx, own, event)


def _asked(tx: Tx, who: Reader, own: Alert, done: Act, now: datetime) -> Closing | None:
    """Return the closing that a monitor speaks on, if it is asked for and theirs to speak on."""
    asked = viewing.closings(tx, who, [own], now) if done.authority is not None else []
    return next((one for one in asked if one.authority == done.authority), None)


def _agreed(tx: Tx, asked: Closing, alike: list[Alert]) -> set[str]:
    """Return the slugs of the monitors that have agreed to a closing since it was asked for."""
    return {
        one.slug
        for one in alike
        for event in queue.history(tx, one.id)
        if event["act"] == "agree" and event["at"] >= asked.at and event["detail"].get("authority") == asked.authority
    }


def _is_again(latest: dict[str, Any], who: Caseworker, done: Act) -> bool:
    """Tell whether this is what happened last: a client that got no answer sends its message again."""
    same = latest["act"] in {done.name, f"{done.name}_asked"} and latest["actor"] == who.pseudonym
    return same and {name: latest["detail"][name] for name in _SAID if name in latest["detail"]} == done.detail


def _find(tx: Tx, who: Reader, alert_id: str, now: datetime) -> Alert:
    """Return the alert; another authority's, one that is hidden and one that does not exist are answered alike."""
    try:
        found = queue.one(tx, who.slug, str(UUID(alert_id)))
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


def is_news(held: Alert | None, body: Mapping[str, Any]) -> bool:
    """Tell whether an alert does not stand yet, or says something else than this."""
    return held is None or held.body != body or held.status in alertlife.GONE


def stand(tx: Tx, held: Alert | None, wanted: Alert, now: datetime, *, asleep: bool = True) -> None:
    """Make an alert say what `wanted` says: raise it, change it or open it again; nothing when it is so already.

    Whatever is new of a pattern about a person brings back what was put aside of it; `asleep` says that something may
    be. That the same rests on other notices now is noted in silence: a monitor's word on a closing is about these.
    """
    if held is None:
        queue.put(tx, wanted, told("raised", wanted.body, now))
    elif is_news(held, wanted.body):
        changed = replace(
            wanted,
            id=held.id,
            status=alertlife.after_change(held.status, taken=held.taken_by is not None),
            raised_at=held.raised_at,
            taken_by=held.taken_by,
            monitor_disagrees=held.monitor_disagrees and _rests_on_the_same(held, wanted),
            against=held.against,
        )
        event = told("changed" if held.status in alertlife.LIVE else "reopened", wanted.body, now)
        if not set(held.person) <= set(wanted.person):  # some of what it said was about another person
            event["detail"] |= {"because": LINK_UNDONE}
        queue.put(tx, changed, event)
    else:
        queue.rest(tx, held.id, wanted)
        return
    for one in queue.aside(tx, wanted) if asleep else ():
        rouse(tx, one, "snooze_broken", now)


def _rests_on_the_same(held: Alert, wanted: Alert) -> bool:
    """Tell whether the evidence is what it was. A case of the reader's own that is new, or a contradiction, is none."""
    said = ("pattern", "severity", "certainty", "stage")
    return held.rests_on == wanted.rests_on and all(held.body.get(n) == wanted.body.get(n) for n in said)


def rouse(tx: Tx, alert: Alert, act: str, now: datetime) -> None:
    """Bring back an alert that was put aside."""
    awake = replace(alert, snoozed_by=None, snoozed_until=None, changed_at=now)
    queue.put(tx, awake, told(act, alert.body, now))


def told(act: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the event that the exchange itself did something to an alert which says this then."""
    detail = {name: body[name] for name in ("pattern", "severity", "certainty", "stage") if name in body}
    return {"at": now, "act": act, "actor": ACTOR, "detail": detail}
