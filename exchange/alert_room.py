"""An authority's queue by way of the API: what it reads of it, and what its caseworkers do to alerts.

Who acts here is the authority's word: its request key signs, and names a caseworker who has an account. So nobody is a
supervisor here, and no authority closes a critical alert by its key alone (docs/decisions/0028).
"""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from exchange import access, alerts
from exchange.access import Caller
from exchange.alerts import Act
from exchange.deps import Hub
from exchange.domain.caseworker import CASEWORKER
from exchange.domain.errors import Refusal
from exchange.store import accounts
from exchange.wire.encoding import write_json


def queue(caller: Caller, hub: Hub, now: datetime) -> list[Any]:
    """Return the caller's queue, the worst first."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "alerts", "", now)
        return alerts.in_queue(tx, caller.authority, now)


def closed(caller: Caller, hub: Hub, now: datetime) -> list[Any]:
    """Return what the caller closed last, the last one first."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "closed_alerts", "", now)
        return alerts.closed(tx, caller.authority, now)


def alert(caller: Caller, alert_id: str, hub: Hub, now: datetime) -> dict[str, Any]:
    """Return one alert of the caller with its history. Raises Refusal `no-such-alert`."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "alert", alert_id, now)
        return alerts.show(tx, caller.authority, alert_id, now)  # in here: the refusal spends the nonce


def act(caller: Caller, pseudonym: str, done: Act, hub: Hub, now: datetime) -> bytes:
    """Do an act on an alert for a caseworker of the caller, whatever their role; returns the alert as JSON.

    Raises Refusal `unknown-caseworker`, and those of `exchange.alerts.act`.
    """
    with hub.database.transaction() as tx:
        book = access.begin(tx, caller, now)
        who = accounts.find(tx, caller.authority.slug, pseudonym)
        if who is None:
            raise Refusal("unknown-caseworker", "No caseworker of yours is enrolled under this pseudonym.")
        answer = write_json(alerts.act(tx, replace(who, role=CASEWORKER), done, now))
        for record in (caller.record, access.record_of(answer)):
            book.add(record, secrets.token_bytes(32))
        book.close()
    return answer
