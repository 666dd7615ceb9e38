"""What queries and checks share: each is in the ledger before its answer is computed, and has one answer for ever.

The answer is made at a fixed time after receipt and in one size. Up to then the work is the same whatever it says: the
same statements, one signature over as many bytes.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from exchange import access, cold, linking, reading
from exchange.access import Caller
from exchange.checking import Said
from exchange.deps import Hub
from exchange.domain import retention
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store import boxes, ledger, links, members, notices
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json

QUERY, CHECK = "query", "check"
NOTHING: Final = (
    "Nothing can be told to you. This does not mean that no claim or risk exists, and replaces no examination."
)
NOTHING_TO_TELL: Final[Mapping[str, Json]] = {"answer": "nothing_to_tell", "words": NOTHING}
"""What an answer says when there is nothing, or nothing that may be told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query or a check, as `what` says, that was verified: who says what, and what it asks."""

    what: str
    said: Said
    members: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id under which it was asked."""
        return self.said.claims.id


@dataclass(frozen=True, slots=True)
class Made:
    """An answer as its JWS; `hit` says whether it tells something. Of a query, its mailbox, and who is told of it."""

    jws: str
    hit: bool
    mailbox: str | None = None
    holders: tuple[str, ...] = ()


Make = Callable[[Tx, list[int]], Made]
"""Computes the answer, and promises what follows from it, given the asker's own notices of its case."""


def deadline(hub: Hub, received: datetime, ready: datetime) -> datetime:
    """Return the moment at which an answer that is ready then is sent: whole deadlines after what asks was received.

    One deadline, unless the work outlasts it: then the next, so that the time of a late answer tells little too.
    """
    one = timedelta(seconds=hub.query_deadline)
    return received + max(1, -((received - ready) // one)) * one


def answer(caller: Caller, asked: Asked, make: Make, hub: Hub, now: datetime) -> str:
    """Return the answer as a JWS: the one that was given before, or the one that `make` computes now, once.

    Raises Refusal: `not-a-member`, `no-own-case`, `id-conflict`, `nonce-replayed`, `too-many`.
    """
    given = _record(caller, asked, hub, now)
    if given is not None:
        return given
    key = caller.authority.slug, asked.id
    with hub.database.transaction() as tx:
        boxes.hold_query(tx, *key)
        given = boxes.answer(tx, *key)
        if given is not None:  # the same was asked twice at once
            return given
        own = _own(tx, hub, caller.authority, asked, now)
        for number in links.not_linked(tx, own):
            linking.link(tx, hub, number, "accepted", now)
        links.hold_for_judging(tx)
        made = make(tx, own)
        stored = {"slug": key[0], "id": key[1], "mailbox": made.mailbox, "hit": made.hit}
        boxes.add_answer(tx, stored | {"holders": list(made.holders), "jws": made.jws})
    return made.jws


def sign(hub: Hub, typ: str, said: Mapping[str, Json], now: datetime) -> str:
    """Return a signed answer of the one size of its typ. Equal answers differ in iat, jti and pad."""
    members = {"iat": int(now.timestamp()), "jti": str(uuid4()), **said}
    return statements.state_padded(typ, members, hub.keys["words"], _padding)


def enter(hub: Hub, jws: str, now: datetime) -> None:
    """Put an answer into the ledger when it is sent: the time of its leaf does not tell how long it took."""
    with hub.database.transaction() as tx:
        (leaf,) = ledger.append(tx, now, [(jws.encode(), secrets.token_bytes(32))])
        boxes.add_answer_leaf(tx, jws, leaf.index)


def _record(caller: Caller, asked: Asked, hub: Hub, now: datetime) -> str | None:
    """Put what is asked into the ledger; returns the answer that was given to it before, if there was one."""
    slug, what = caller.authority.slug, asked.what
    with hub.database.transaction() as tx:
        book = access.begin(tx, caller, now)
        if not members.standing(tx, now).may_say(caller.authority.state):
            raise Refusal("not-a-member", "Your state is no full member: it may not ask about anybody.")
        noted = {"slug": slug, "id": asked.id, "what": what, "sha256": asked.said.sha256, "at": now}
        noted |= {name: asked.members[name] for name in ("case", "purpose", "legal_basis")}
        if boxes.add_query(tx, noted) != asked.said.sha256:
            raise Refusal("id-conflict", f"Something else than this {what} was asked by you under this id.")
        if not _own(tx, hub, caller.authority, asked, now):
            raise Refusal(
                "no-own-case", f"The case is not that of a notice of yours that shares a token with the {what}."
            )
        leaf = book.add(asked.said.signing_input, secrets.token_bytes(32))
        given = boxes.answer(tx, slug, asked.id)
        if given == "":
            raise Refusal("id-conflict", f"This {what} was asked so long ago that it is forgotten. Ask under a new id.")
        book.close()
        boxes.add_query_leaf(tx, slug, asked.id, leaf.index)
    return given


def _own(tx: Tx, hub: Hub, asker: Reader, asked: Asked, now: datetime) -> list[int]:
    """Return the asker's notices of the case in sight, of these those that share a token when any is asked about."""
    found = notices.in_case(tx, asker.slug, asked.members["case"])
    found = [n for n in found if "hub" in retention.in_sight(reading.decode(n), now)]
    if "tokens" not in asked.members:
        return [n.no for n in found]
    tokens = set(asked.members["tokens"])
    return [n.no for n in found if tokens.intersection(cold.tokens(tx, hub, n).get("values", ()))]


def _padding(length: int) -> str:
    return secrets.token_urlsafe(length)[:length]
