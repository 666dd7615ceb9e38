"""What an authority owes an answer, and by when: read by API or on the console, reckoned on its own projection."""

from datetime import datetime
from typing import Any, Final

from exchange import access, reading, reminding
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain import clocks
from exchange.domain.caseworker import Caseworker
from exchange.domain.notice import Reader
from exchange.store import clocks as stored
from exchange.store import ledger
from exchange.store.session import Tx

MOST: Final = 100
"""So many of the notices given last are looked at."""
WHAT: Final = "due"
_KINDS: Final = [duty.kind for duty in clocks.DUTIES]


def for_caller(caller: Caller, hub: Hub, now: datetime) -> list[Any]:
    """Return what the caller owes, the soonest due first: iss, id, kind, what, due (Unix seconds), perhaps law."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, WHAT, "", now)
        return _owed(tx, caller.authority, now)


def for_caseworker(hub: Hub, who: Caseworker, now: datetime) -> list[Any]:
    """Return the same of a caseworker's authority."""
    with hub.database.transaction() as tx:
        done = {"at": now, "slug": who.authority.slug, "pseudonym": who.pseudonym, "what": WHAT, "object": ""}
        found = _owed(tx, who.authority, now)
        ledger.act(tx, done | {"purpose": "own_cases"})
    return found


def _owed(tx: Tx, reader: Reader, now: datetime) -> list[dict[str, Any]]:
    found = (_one(tx, reader, number, now) for number in stored.given_of(tx, reader.slug, _KINDS, MOST))
    return sorted((one for one in found if one is not None), key=lambda one: one["due"])


def _one(tx: Tx, reader: Reader, number: int, now: datetime) -> dict[str, Any] | None:
    told = reminding.told(tx, reader, reading.around(tx, number, now), number)
    if not told:
        return None
    notice, last = told[-1]
    owed = {"iss": notice.author.urn, "id": notice.id, "kind": notice.kind, "what": last.what}
    return owed | {"due": int(last.end.timestamp())} | ({"law": last.law} if last.law else {})
