"""The log of what an authority read and did, for its programs and its supervisors (L20). Reading it is in it too."""

from datetime import datetime
from typing import Any, Final

from exchange import access
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.store import acts, ledger
from exchange.store.acts import Act
from exchange.wire.encoding import Json

WHAT: Final = "log"
"""What an act says of such a read."""
PAGE: Final = 100


def page(caller: Caller, after: int, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return up to 100 acts of the caller, numbered within its own, above the number `after`; the oldest first."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, WHAT, str(after), now)
        found = acts.of_authority(tx, caller.authority.slug, after, PAGE)
    items: list[Json] = [dict(_told(no, act)) for no, act in enumerate(found, start=after + 1)]
    return {"items": items, "next": after + len(items)}


def last(hub: Hub, who: Caseworker, before: int | None, now: datetime) -> dict[str, Any]:
    """Return up to 100 acts of a supervisor's authority, the latest first, with numbers up to `before`.

    Raises Refusal `supervisors-only`.
    """
    if who.role != "supervisor":
        raise Refusal("supervisors-only", "The log is read by supervisors.")
    slug = who.authority.slug
    with hub.database.transaction() as tx:
        done = {"at": now, "slug": slug, "pseudonym": who.pseudonym, "what": WHAT, "object": ""}
        ledger.act(tx, {**done, "purpose": acts.OWN_CASES})
        end = acts.count(tx, slug) if before is None else before
        skipped = max(0, end - PAGE)
        found = acts.of_authority(tx, slug, skipped, end - skipped)
    told = [_told(no, act) for no, act in enumerate(found, start=skipped + 1)]
    return {"acts": told[::-1], "older": skipped}


def _told(no: int, act: Act) -> dict[str, Any]:
    at, pseudonym, what, of, purpose = act
    told = {"no": no, "at": int(at.timestamp()), "what": what, "object": of, "purpose": purpose}
    return {**told, **({} if pseudonym is None else {"caseworker": pseudonym})}
