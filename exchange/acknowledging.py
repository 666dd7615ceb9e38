"""An addressee acknowledges a notice: content counts as delivered only when it says `opened`, with its hash."""

import secrets
from datetime import datetime
from typing import Any

from exchange import access, delivering, reading, receipts
from exchange.accepting import Receipt
from exchange.access import Caller
from exchange.checking import Said, check_jws
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store import acknowledgements, boxes, notices, outbox
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import b64encode
from schemas.messages import ACKNOWLEDGEMENT
from schemas.reading import read


def acknowledge(caller: Caller, body: bytes, hub: Hub, now: datetime) -> Receipt:
    """Accept an acknowledgement, and promise that the author of the notice gets it; returns its receipt.

    Saying the same of a notice again gives the receipt of the first time, and the author hears it once.

    Raises Refusal: those of the wire and the schema, `not-found` for a notice that was not delivered to the caller,
    `not-the-content` for an `opened` of another plaintext, `id-conflict`.
    """
    said = check_jws(caller, body, statements.ACKNOWLEDGEMENT, hub, now)
    asked = read(ACKNOWLEDGEMENT, said.members, "acknowledgement")
    with hub.database.transaction() as tx:
        book = access.begin(tx, caller, now)
        stored = _delivered(tx, caller, asked, now)
        leaf = book.add(said.signing_input, secrets.token_bytes(32))
        says = " ".join([asked["state"], asked.get("pt_sha256", asked.get("reason", ""))])
        receipt = _earlier(tx, caller, said) or acknowledgements.alike(tx, caller.authority.slug, (stored.no, says))
        answer = receipt or receipts.write(hub, said.claims, b64encode(said.sha256), leaf, now)
        book.add(answer.encode(), secrets.token_bytes(32))
        book.close()
        if receipt is None:
            given = {"slug": caller.authority.slug, "id": said.claims.id, "sha256": said.sha256, "notice": stored.no}
            given["says"] = says
            given |= {"jws": said.text, "receipt": answer, "leaf": leaf.index}
            outbox.promise(tx, [("acknowledged", acknowledgements.add(tx, given, now), "accepted")], now)
    return Receipt(answer, again=receipt is not None)


def _delivered(tx: Tx, caller: Caller, asked: dict[str, Any], now: datetime) -> Stored:
    """Return the notice that is acknowledged, if the caller ever got it. Raises Refusal."""
    stored = notices.of_id(tx, asked["notice"]["iss"], asked["notice"]["id"])
    delivered = None if stored is None else boxes.delivered(tx, caller.authority.slug, stored.no)
    if stored is None or delivered is None:
        raise Refusal("not-found", "No such notice was delivered to you.")
    if asked["state"] != "delivered" and not delivered["sealed"]:
        raise Refusal("not-the-content", "No sealed part of that notice was delivered to you.")
    held, _ = delivering.as_held(tx, stored, (caller.authority.slug, now))
    signed = reading.parts(held).get("sealed")  # none, when it was erased meanwhile
    if asked["state"] == "opened" and signed is not None:
        opened = {signed[n]["pt_sha256"] for n in delivered["sealed"]}
        if asked["pt_sha256"] not in opened:
            raise Refusal("not-the-content", "pt_sha256 is not that of a sealed part that was delivered to you.")
    return stored


def _earlier(tx: Tx, caller: Caller, said: Said) -> str | None:
    found = acknowledgements.earlier(tx, caller.authority.slug, said.claims.id)
    if found is None:
        return None
    if found[0] != said.sha256:
        raise Refusal("id-conflict", "Another acknowledgement of yours was accepted under this id.")
    return found[1]
