"""The disclosure report: who was told what of a person, when, and for which purpose (rules L10, L20, L22, L25).

An authority has it made of its own case and hands it over; a monitor has it made of the whole person. It is signed by
the exchange, and its bytes are the record of a leaf. That it was made is an act, which stands in the next report.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import uuid4

from exchange import access, linking, reading, tellings
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain import corrections, disclosure_report, linkage
from exchange.domain.codes import NOT_RECORDED
from exchange.domain.errors import Refusal
from exchange.domain.notice import Notice, Reader
from exchange.store import disclosures, ledger, links, members, notices
from exchange.store.session import Tx
from exchange.tellings import Known
from exchange.wire import statements
from exchange.wire.encoding import Json, b64encode

MADE: Final = "disclosure_report"
TOLD: Final = ("query_told", "check_told")
_KEPT_OF_EVENT: Final = ("kind", "event_time", "state", "counterpart_state", "reference")


def make(caller: Caller, asked: Mapping[str, str], hub: Hub, now: datetime) -> dict[str, Json]:
    """Return the report of a case as a JWS, with the leaf of the ledger whose record that JWS is.

    `asked` has case, purpose, legal_basis and for. Raises Refusal `not-yours-to-read`, `no-own-case`,
    `not-handed-over`.
    """
    own = _begin(caller, asked, hub, now)
    with hub.database.transaction() as tx:
        for number in links.not_linked(tx, own):
            linking.link(tx, hub, number, "accepted", now)
        report = _report(tx, caller.authority, asked, own, now)
    head: dict[str, Json] = {"v": 1, "ex": hub.exchange_id, "id": str(uuid4()), "iat": int(now.timestamp())}
    signed = statements.state(statements.DISCLOSURE_REPORT, {**head, **report}, hub.keys["words"])
    done = {"slug": caller.authority.slug, "purpose": asked["purpose"]}
    return _end(signed, {**done, "object": f"{asked['for']} {asked['legal_basis']}"}, own[0], hub, now)


def _begin(caller: Caller, asked: Mapping[str, str], hub: Hub, now: datetime) -> list[int]:
    """Put the request into the ledger before anything is computed; returns the caller's notices of the case."""
    if caller.authority.kind not in disclosure_report.MAKERS:
        raise Refusal("not-yours-to-read", "Asylum offices, courts and monitors have disclosure reports made.")
    with hub.database.transaction() as tx:
        book = access.begin(tx, caller, now)
        own = notices.of_case(tx, caller.authority.slug, asked["case"])
        if not own:
            raise Refusal("no-own-case", "There is no notice of yours under this case.")
        said = _said_by_its_state(tx, caller.authority, own, now)
        if not disclosure_report.is_handed_over(caller.authority, said, members.standing(tx, now)):
            raise Refusal("not-handed-over", "A report on this case is not handed over to an authority of your state.")
        book.add(caller.record, secrets.token_bytes(32))
        book.close()
    return own


def _said_by_its_state(tx: Tx, maker: Reader, own: Sequence[int], now: datetime) -> list[Notice]:
    """Return what the maker's state told of the person of a case, as far as its own words tie it together."""
    around = reading.around(tx, own[0], now)
    told = [n for n in around.notices if n.author.state == maker.state]
    tied = [part for part in linkage.components(told, around.agreements) if {n.no for n in part}.intersection(own)]
    not_tied_yet = [reading.decode(notices.one(tx, number)) for number in own if number not in around.stored]
    return not_tied_yet + [n for part in tied for n in corrections.corrected(part)]


def _report(tx: Tx, maker: Reader, asked: Mapping[str, str], own: Sequence[int], now: datetime) -> dict[str, Json]:
    """Return what the report says, computed on the maker's projection alone."""
    around = tellings.of_notices(tx, maker, own, now)
    found: dict[int, tuple[Known, Notice]] = {}
    persons: dict[int, tuple[Known, Notice]] = {}
    for known, number in around:
        person = tellings.person(known, number)
        persons |= {n.no: (known, n) for n in person.notices}
        of_it = person.notices if maker.kind == "monitor" else [n for n in person.notices if n.no in own]
        found |= {n.no: (known, n) for n in of_it}
    told = [n for _, n in (persons if maker.kind == "monitor" else found).values()]
    report = {
        "to": maker.urn,
        **asked,
        "not_into": disclosure_report.not_into(told, members.standing(tx, now)),
        "notices": [_notice(*found[number], maker) for number in sorted(found)],
        "queries": _queries(tx, maker, [n for _, n in persons.values()]),
        "reports": _reports(tx, maker, [n for _, n in found.values()]),
    }
    return cast("dict[str, Json]", report)


def _notice(known: Known, notice: Notice, maker: Reader) -> dict[str, Any]:
    hub = reading.parts(known.around.stored[notice.no]).get("hub", {})
    said: dict[str, Any] = {
        "iss": notice.author.urn,
        "id": notice.id,
        **{member: notice.event[member] for member in _KEPT_OF_EVENT if member in notice.event},
        "received": int(notice.received_at.timestamp()),
        "source": notice.source,
        "purpose": hub.get("purpose", NOT_RECORDED),
        "legal_basis": hub.get("legal_basis", NOT_RECORDED),
        "told": known.told(notice),
        "alerts": known.alerts(notice),
    }
    return said | ({"case": notice.case} if notice.author == maker and notice.case else {})


def _queries(tx: Tx, maker: Reader, person: Sequence[Notice]) -> list[dict[str, Any]]:
    """Return the queries and checks about the person that the maker was told of."""
    told = disclosures.acts(tx, [tellings.name(n) for n in person], TOLD)
    return [
        {
            "asked_by": one.rest[0],
            "legal_basis": one.rest[1],
            "purpose": one.purpose,
            "at": int(one.at.timestamp()),
        }
        for one in told
        if one.slug == maker.slug
    ]


def _reports(tx: Tx, maker: Reader, about: Sequence[Notice]) -> list[dict[str, Any]]:
    """Return the reports that the maker had made of the case before."""
    made = disclosures.acts(tx, [tellings.name(n) for n in about], (MADE,))
    return [
        {"for": one.rest[0], "legal_basis": one.rest[1], "purpose": one.purpose, "at": int(one.at.timestamp())}
        for one in made
        if one.slug == maker.slug
    ]


def _end(report: str, done: Mapping[str, object], number: int, hub: Hub, now: datetime) -> dict[str, Json]:
    """Put the report into the ledger, and note that it was made: `done` lacks the notice that it is about.

    The maker gets it with the salt of its leaf; the exchange keeps neither, since the person would not go with them.
    """
    with hub.database.transaction() as tx:
        (leaf,) = ledger.append(tx, now, [(report.encode(), secrets.token_bytes(32))])
        ledger.keep_closed(tx, leaf.index)
        about = tellings.name(reading.decode(notices.one(tx, number)))
        ledger.act(tx, {**done, "at": now, "what": MADE, "object": f"{about} {done['object']}"})
    place: dict[str, Json] = {"index": leaf.index, "hash": b64encode(leaf.hash), "salt": b64encode(leaf.salt)}
    return {"report": report, "leaf": place}
