"""Keys as authorities see and change them: the published history, and what an authority says of its own keys."""

import secrets
from datetime import datetime
from typing import Any

from exchange import access, key_book, possession, receipts, sandbox
from exchange.accepting import Receipt
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.merkle import leaf_hash
from exchange.key_book import URN
from exchange.store import directory, key_events
from exchange.wire import key_statements
from exchange.wire.encoding import Json, b64encode, read_json, write_json
from exchange.wire.key_history import SECRETARIAT
from exchange.wire.key_statements import KEY, AnyKey, Statement
from exchange.wire.sealing_keys import SealPublicKey
from schemas.keys import CHALLENGE, STATEMENT
from schemas.reading import read


def published(hub: Hub, of: str | None) -> dict[str, Any]:
    """Return the open records of key events with their leaves, in the order of the ledger.

    `of` is a slug: those of that authority and of the secretariat. None: all.
    """
    owners = None if of is None else [SECRETARIAT, URN + of]
    with hub.database.reading() as tx:
        found = key_events.records(tx, owners)
    return {
        "ex": hub.exchange_id,
        "events": [
            {
                "record": one.record.decode(),
                "leaf": {"index": one.leaf, "hash": b64encode(leaf_hash(one.entry)), "salt": b64encode(one.salt)},
            }
            for one in found
        ],
    }


def has_key(hub: Hub, slug: str, kid: str) -> bool:
    """Tell whether this very key is, or was, enrolled for an authority."""
    with hub.database.reading() as tx:
        return any(known == kid for known, *_ in directory.key_dates(tx, slug))


def read_keys(caller: Caller, of: str | None, hub: Hub, now: datetime) -> dict[str, Any]:
    """Return `published` to an authority."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "keys", of or "", now)
    return published(hub, of)


def challenge(caller: Caller, body: bytes, hub: Hub, now: datetime) -> bytes:
    """Return, as JSON, the nonce over which the caller is to show that it holds a key that it wants to introduce.

    `body` is JSON with `purpose` and `key`, a JWK. Of a seal key the answer holds a secret sealed for it. Raises
    Refusal `bad-schema`, `bad-key`, `weak-key`, `sandbox-key`.
    """
    asked = read(CHALLENGE, read_json(body), "question for a nonce")
    key = _public_key(hub, asked["key"], asked["purpose"])
    nonce = possession.nonce(hub, caller.authority.slug, key.kid, now)
    given: dict[str, Json] = {"nonce": nonce}
    if isinstance(key, SealPublicKey):
        given["sealed"] = possession.sealed(hub, nonce, key)
    answer = write_json(given)
    with hub.database.transaction() as tx:
        book = access.begin(tx, caller, now)
        for record in (caller.record, answer):
            book.add(record, secrets.token_bytes(32))
        book.close()
    return answer


def say(caller: Caller, body: bytes, hub: Hub, now: datetime) -> Receipt:
    """Let what an authority says of its own keys take effect: a successor, or that a key is revoked.

    The leaf of the request is over the open record. The same statement again gets the receipt of the first time.
    Raises Refusal: those of `exchange.wire.key_statements` and `key_judging.add`; `foreign-iss`, `stale-nonce`,
    `no-possession`, `sandbox-key`.
    """
    text = body.decode("ascii", errors="replace")
    said = key_statements.read(text, KEY, hub.exchange_id)
    if said.claims.iss != caller.authority.urn:
        raise Refusal("foreign-iss", "iss is not the authority whose key signed the request.")
    read(STATEMENT, dict(said.members), "statement about a key")
    with hub.database.transaction() as tx:
        book = access.begin(tx, caller, now)
        earlier = key_events.receipt(tx, said.digest)
        if earlier is None:
            history = key_book.load(tx, hub.exchange_id, said.claims.iss)
            _check_successor(caller, said, hub, now)
            entered = key_book.enter(book, history, (said.claims.iss, said.text("act")), [text])
            told = receipts.write(hub, said.claims, said.digest, entered.leaf, now)
            key_book.note(tx, entered, said.digest, told)
        else:
            told = earlier
            book.add(caller.record, secrets.token_bytes(32))
        book.add(told.encode(), secrets.token_bytes(32))
        book.close()
    return Receipt(told, again=earlier is not None)


def _check_successor(caller: Caller, said: Statement, hub: Hub, now: datetime) -> None:
    """Check what the hub alone can: that the nonce is its own and fresh, and that a seal key was held."""
    if said.members["act"] != "rotate":
        return
    key = _public_key(hub, said.members.get("key"), said.text("purpose"))
    possession.check_nonce(hub, caller.authority.slug, key.kid, said.text("nonce"), now)
    if isinstance(key, SealPublicKey):
        possession.check_opened(hub, said.text("nonce"), key, said.members.get("possession"))


def _public_key(hub: Hub, jwk: Json, purpose: str) -> AnyKey:
    key = key_statements.public_key(jwk, purpose)
    sandbox.refuse_its_keys(hub.exchange_id, {purpose: key})
    return key
