"""A query: has anybody something about the person of my own open case?

The answer is a mailbox or `nothing_to_tell`, made at a fixed time after receipt and in one size. It is computed on the
asker's projection, so that it is the same whether there is nothing or nothing that may be told (L02, L05, L22).
"""

from datetime import datetime
from uuid import uuid4

from exchange import answering, reading
from exchange.access import Caller
from exchange.answering import NOTHING_TO_TELL, Asked, Made
from exchange.checking import check_jws
from exchange.deps import Hub
from exchange.domain import disclosure, linkage, third_country
from exchange.domain.notice import Reader
from exchange.domain.projection import holding, projections
from exchange.store import directory, outbox
from exchange.store.session import Tx
from exchange.wire import statements
from schemas.messages import QUESTION
from schemas.reading import read


def ask(caller: Caller, body: bytes, hub: Hub, now: datetime) -> str:
    """Answer a query. It is in the ledger before the answer is computed; the answer is put there by `answering.enter`.

    Whom it is told to hears of it by the step `queried`, which is promised for every query.

    Raises Refusal: those of the wire and the schema, `foreign-key`, `foreign-iss`, `not-a-member`, `no-own-case`,
    `id-conflict`, `too-many`.
    """
    said = check_jws(caller, body, statements.QUERY, hub, now)
    query = Asked(answering.QUERY, said, read(QUESTION, said.members, "query"))

    def make(tx: Tx, own: list[int]) -> Made:
        holders = _holders(tx, caller.authority, own, now)
        mailbox = str(uuid4())
        told = {"answer": "mailbox", "mailbox": mailbox} if holders else NOTHING_TO_TELL
        jws = answering.sign(hub, statements.ANSWER, told, now)
        outbox.promise(tx, [("queried", own[0], query.id)], now)
        return Made(jws, bool(holders), mailbox, tuple(holder.slug for holder in holders))

    return answering.answer(caller, query, make, hub, now)


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
