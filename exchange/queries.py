"""A query: has anybody something about the person of my own open case?

The answer is a mailbox or `nothing_to_tell`, made at a fixed time after receipt and in one size. It is computed on the
asker's projection, so that it is the same whether there is nothing or nothing that may be told (L02, L05, L22).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from exchange import access, linking, reading
from exchange.access import Caller
from exchange.checking import Said, check_jws
from exchange.deps import Hub
from exchange.domain import disclosure, linkage, retention, third_country
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.domain.projection import holding, projections
from exchange.store import boxes, directory, ledger, links, members, notices, outbox
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json
from schemas.messages import QUESTION
from schemas.reading import read

NOTHING: Final = (
    "Nothing can be told to you. This does not mean that no claim or risk exists, and replaces no examination."
)


@dataclass(frozen=True, slots=True)
class _Query:
    """A query that was verified: who says what, and what it asks."""

    said: Said
    asked: dict[str, Any]

    @property
    def id(self) -> str:
        return self.said.claims.id


def deadline(hub: Hub, received: datetime, ready: datetime) -> datetime:
    """Return the moment at which an answer that is ready then is sent: whole deadlines after its query was received.

    One deadline, unless the work outlasts it: then the next, so that the time of a late answer tells little too.
    """
    one = timedelta(seconds=hub.query_deadline)
    return received + max(1, -((received - ready) // one)) * one


def ask(caller: Caller, body: bytes, hub: Hub, now: datetime) -> str:
    """Answer a query. It is in the ledger before the answer is computed; the answer is put there by `enter`.

    The work is the same whatever the answer is: the same statements, one signature over as many bytes. Whom it is told
    to hears of it by the step `queried`, which is promised for every query.

    Raises Refusal: those of the wire and the schema, `foreign-key`, `foreign-iss`, `not-a-member`, `no-own-case`,
    `id-conflict`, `too-many`.
    """
    query = _check(caller, body, hub, now)
    given = _record(caller, query, hub, now)
    if given is not None:
        return given
    with hub.database.transaction() as tx:
        boxes.hold_query(tx, caller.authority.slug, query.id)
        given = boxes.answer(tx, caller.authority.slug, query.id)
        if given is not None:  # the same query was asked twice at once
            return given
        own = _own(tx, caller.authority, query, now)
        for number in links.not_linked(tx, own):
            linking.link(tx, hub, number, "accepted", now)
        links.hold_for_judging(tx)
        holders = _holders(tx, caller.authority, own, now)
        mailbox = str(uuid4())
        answer = _answer(hub, mailbox if holders else None, now)
        stored = {"slug": caller.authority.slug, "id": query.id, "mailbox": mailbox, "hit": bool(holders)}
        boxes.add_answer(tx, stored | {"holders": [holder.slug for holder in holders], "jws": answer})
        outbox.promise(tx, [("queried", own[0], query.id)], now)
    return answer


def enter(hub: Hub, answer: str, now: datetime) -> None:
    """Put an answer into the ledger when it is sent: the time of its leaf does not tell how long it took."""
    with hub.database.transaction() as tx:
        (leaf,) = ledger.append(tx, now, [(answer.encode(), secrets.token_bytes(32))])
        boxes.add_answer_leaf(tx, answer, leaf.index)


def _check(caller: Caller, body: bytes, hub: Hub, now: datetime) -> _Query:
    said = check_jws(caller, body, statements.QUERY, hub, now)
    return _Query(said, read(QUESTION, said.members, "query"))


def _record(caller: Caller, query: _Query, hub: Hub, now: datetime) -> str | None:
    """Put the query into the ledger; returns the answer that was given to it before, if there was one."""
    with hub.database.transaction() as tx:
        book = access.begin(tx, caller, now)
        if not members.standing(tx, now).may_say(caller.authority.state):
            raise Refusal("not-a-member", "Your state is no full member: it may not ask about anybody.")
        asked = {"slug": caller.authority.slug, "id": query.id, "sha256": query.said.sha256, "at": now}
        asked |= {name: query.asked[name] for name in ("case", "purpose", "legal_basis")}
        if boxes.add_query(tx, asked) != query.said.sha256:
            raise Refusal("id-conflict", "Another query of yours was asked under this id.")
        if not _own(tx, caller.authority, query, now):
            raise Refusal(
                "no-own-case", "The case is not that of a notice of yours that shares a token with the query."
            )
        leaf = book.add(query.said.signing_input, secrets.token_bytes(32))
        given = boxes.answer(tx, caller.authority.slug, query.id)
        if given == "":
            raise Refusal("id-conflict", "This query was asked so long ago that it is forgotten. Ask under a new id.")
        book.close()
        boxes.add_query_leaf(tx, caller.authority.slug, query.id, leaf.index)
    return given


def _own(tx: Tx, asker: Reader, query: _Query, now: datetime) -> list[int]:
    """Return the asker's notices of the case that share a token with the query, and are in sight still."""
    asked = set(query.asked["tokens"])
    found = [notices.one(tx, number) for number in notices.of_case(tx, asker.slug, query.asked["case"])]
    found = [n for n in found if "hub" in retention.in_sight(reading.decode(n), now)]
    return [
        n.no for n in found if asked.intersection(reading.parts(n).get("hub", {}).get("tokens", {}).get("values", ()))
    ]


def _holders(tx: Tx, asker: Reader, own: list[int], now: datetime) -> list[Reader]:
    """Return the asylum offices of the states that, as the asker may know, said something of the person.

    A holder is told of the query only if it shares the asker's projection and may receive anything about the person.
    An asker whose state is suspended for the person gets no hit (L16), nor one past the third-country gate (L07).
    """
    readers = [r for r in directory.authorities(tx) if r.kind == "asylum_office" and r != asker]
    holders: set[Reader] = set()
    for number in own:
        around = reading.around(tx, number, now)
        of = (around.notices, around.agreements, around.standing)
        known = holding(projections(asker, *of), number)
        if known is None or around.standing.hides(asker.state, known.notices):
            continue
        persons = linkage.resolve(known.notices, around.agreements)
        person = next(p for p in persons if number in {n.no for n in p.notices})
        heard = [n for n in person.notices if n.author.urn != asker.urn and third_country.may_hint(asker, n)]
        authors = {n.author.state for n in heard}
        sharing = [r for r in readers if known in projections(r, *of)]
        told = [r for r in sharing if r.state in authors]
        holders |= {r for r in told if disclosure.may_receive(r, known.notices, around.standing)}
    return sorted(holders, key=lambda r: r.slug)


def _answer(hub: Hub, mailbox: str | None, now: datetime) -> str:
    """Return the answer. Equal answers differ in iat, jti, pad and mailbox only."""
    said: dict[str, Json] = {"answer": "nothing_to_tell", "words": NOTHING}
    if mailbox is not None:
        said = {"answer": "mailbox", "mailbox": mailbox}
    members = {"iat": int(now.timestamp()), "jti": str(uuid4()), **said}
    return statements.state_padded(statements.ANSWER, members, hub.keys["words"], _padding)


def _padding(length: int) -> str:
    return secrets.token_urlsafe(length)[:length]
