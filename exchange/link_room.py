"""Links by way of the API: what an authority reads of them, and what its caseworkers say."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from exchange import access, judging
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.judging import Asked, Judging
from exchange.store import accounts
from exchange.wire.encoding import write_json


def links(caller: Caller, asked: Asked, hub: Hub, now: datetime) -> list[Any]:
    """Return the links of the caller; `asked` as in `judging.in_view`.

    Noted first, in a transaction of its own: a long list keeps nobody from noting an act, nor the ledger waiting.
    """
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "links", asked.which, now)
    with hub.database.transaction() as tx:
        return judging.in_view(tx, hub, caller.authority, asked, now)


def link(caller: Caller, link_id: str, hub: Hub, now: datetime) -> dict[str, Any]:
    """Return one link. Raises Refusal `no-such-link`."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "link", link_id, now)
        return judging.show(tx, hub, caller.authority, link_id, now)  # in here: the refusal spends the nonce


def act(caller: Caller, pseudonym: str, done: Judging, hub: Hub, now: datetime) -> bytes:
    """Say something of a link for a caseworker of the caller; returns the link as JSON.

    Raises Refusal `unknown-caseworker`, and those of `judging.act`. All that takes long comes before the end of the
    ledger is held, which everybody who writes waits for.
    """
    with hub.database.transaction() as tx:
        who = accounts.find(tx, caller.authority.slug, pseudonym)
        if who is None:
            raise Refusal("unknown-caseworker", "No caseworker of yours is enrolled under this pseudonym.")
        seen = judging.act(tx, hub, who, replace(done, kid=caller.verified.keyid), now)
        answer = write_json(seen.view)
        book = access.begin(tx, caller, now)
        seen.keep()
        for record in (caller.record, access.record_of(answer)):
            book.add(record, secrets.token_bytes(32))
        book.close()
    return answer
