"""A caseworker at the console: what they read and what they do. Each leaves its trace in the ledger (L20)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange import alerts, signing_in
from exchange.alerts import Act
from exchange.deps import Hub
from exchange.domain import alertlife
from exchange.domain.alertlife import Stands
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.store import ledger
from exchange.store.session import Tx


@dataclass(frozen=True, slots=True)
class Deed:
    """An act on an alert as it was asked for at the console.

    `password` is asked for anew with every act; `seen` is the number of entries in the history that the caseworker
    read before acting. The password never shows in a repr.
    """

    act: Act
    password: str = field(repr=False)
    seen: int


def queue(hub: Hub, who: Caseworker, now: datetime) -> list[dict[str, Any]]:
    """Return the queue of the caseworker's authority, the worst first."""
    with hub.database.transaction() as tx:
        _note(tx, who, ("alerts", ""), now)
        return alerts.in_queue(tx, who.authority, now)


def closed(hub: Hub, who: Caseworker, now: datetime) -> list[dict[str, Any]]:
    """Return what the caseworker's authority closed last, the last one first."""
    with hub.database.transaction() as tx:
        _note(tx, who, ("closed_alerts", ""), now)
        return alerts.closed(tx, who.authority, now)


def alert(hub: Hub, who: Caseworker, alert_id: str, now: datetime) -> dict[str, Any]:
    """Return one alert of the caseworker's authority with its history, and with it what `alerts.of_a_kind` tells.

    Raises Refusal `no-such-alert`.
    """
    with hub.database.transaction() as tx:
        found = alerts.show(tx, who.authority, alert_id, now)
        _note(tx, who, ("alert", found["id"]), now)
        return found | {"of_a_kind": alerts.of_a_kind(tx, who.authority, alert_id, now)}


def act(hub: Hub, who: Caseworker, deed: Deed, now: datetime) -> dict[str, Any]:
    """Do an act on an alert for the caseworker whose password this is; returns the alert as it stands then.

    Raises Refusal as `signing_in.check_password` and `alerts.act` do, and `changed-since-read` when something happened
    to the alert after the caseworker read it: nobody acts on evidence that they have not seen.
    """
    doer = signing_in.check_password(hub, who.authority.slug, who.pseudonym, deed.password, now)
    with hub.database.transaction() as tx:
        stands = alerts.act(tx, doer, deed.act, now)
        if len(stands["history"]) not in {deed.seen, deed.seen + 1}:  # nothing but this very act has come since
            raise Refusal("changed-since-read", "The alert changed after you read it. Read it again before you act.")
        _note(tx, doer, (deed.act.name, stands["id"]), now)
    return stands


def offered(who: Caseworker, found: dict[str, Any]) -> list[str]:
    """Return the acts that this caseworker could do to an alert as it stands, in the order of `alertlife.ACTS`."""
    return [name for name in alertlife.ACTS if _possible(who, found, name)]


def _possible(who: Caseworker, found: dict[str, Any], name: str) -> bool:
    if name in {"agree", "disagree"} and found.get("closings"):
        return True
    stands = Stands(
        status=found["status"],
        severity=found["severity"],
        closing_by=found.get("closing_by"),
        monitor_disagrees="monitor_disagrees" in found,
        is_snoozed="snooze" in found,
        has_evidence=bool(found["clauses"]),
    )
    try:
        alertlife.act(stands, (name, who.pseudonym, who.role))
    except Refusal:
        return False
    return True


def _note(tx: Tx, who: Caseworker, done: tuple[str, str], now: datetime) -> None:
    what, of = done
    ledger.act(
        tx,
        {
            "at": now,
            "slug": who.authority.slug,
            "pseudonym": who.pseudonym,
            "what": what,
            "object": of,
            "purpose": "own_cases",
        },
    )
