"""Who may say what, and who may see what: every kind, authority and state, against the two tables of the pages.

The tables stand here as the pages have them, and are read by this test alone; the code has tables of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from builders import ADMITTED, NOW, reader, subject
from builders import facts as unrecorded
from exchange import delivering
from exchange.domain import acceptance, addressing, disclosure, third_country
from exchange.domain.errors import Refusal
from exchange.domain.kinds import ENUMERATED, KINDS
from exchange.domain.members import ALL, SUSPENDED, Change, Standing
from exchange.domain.notice import Notice, Reader, Subject
from exchange.domain.projection import holding, projections
from exchange.domain.vocabulary import AUTHORITY_KINDS
from exchange.reading import Around
from schemas import examples
from schemas.parts import FACTS

ACCEPTANCE = """
| kind | border_guard | asylum_office | return_unit | court_liaison | monitor |
| claim_expressed | Y | Y | Y | Y | M |
| claim_registered, claim_not_taken | claim_not_taken | Y | - | - | M (claim_not_taken) |
| entry_refused, encounter | Y | - | Y | - | M |
| admissibility_decision, merits_decision, protection_status | - | Y | - | Y | M (UNHCR mandate status) |
| responsibility_request, responsibility_reply | readmission only | Y | readmission only | - | - |
| return_decision, removal_planned, removal_executed, voluntary_return | Y | return_decision | Y | - | M |
| arrival | Y | Y | Y | - | M |
| remedy, interim_measure | - | Y | - | Y | M |
| assurance, detention, safeguard | detention, safeguard | Y | Y | Y | M |
| information_request, information_reply, hold_request | - | Y | hold_request reply | Y | M |
| correction | Y | Y | Y | Y | Y |
| origin_contact | Y | Y | Y | - | M |
"""
"""decided.md, acceptance. The row of corrections there: "of its own, by any author"."""
HELD_TO = {
    "readmission only": ("request_type", {"readmission", "accelerated_readmission", "transit"}),
    "hold_request reply": ("step", {"held", "refused"}),
    "M (UNHCR mandate status)": ("granted_by", {"unhcr_mandate"}),
}
"""What the cells in words hold the facts to. The last two name one kind of their row."""
OF_ONE_KIND = {"hold_request reply": "hold_request", "M (UNHCR mandate status)": "protection_status"}
OF_OTHER_STATES = {"claim_expressed", "claim_not_taken"}
"""domain.md E.3: claims of another state, as the person told them, by offices and courts. A monitor has no own."""

DISCLOSURE = """
| part | author | office | unit | confirmed | probable | monitor |
| event | Y | Y | Y | kind, states, day | kind, states, month | Y |
| facts | Y | Y | destination, date, means, legal_act, stand-still | outcome and merits_scope of decisions | - | Y |
| safeguards | Y | Y | `stop` yes or no | - | - | Y |
| hub | Y | - | - | - | - | danger set, source |
"""
"""decided.md, disclosure, without the last column (no notice is an answer) and the row `sealed` (tests/attacks).

The author's Y for `hub` is its own notice read back whole (tests/api/test_own_things.py); a view has its source.
"""
IN_WORDS = {
    "kind": {"kind"},
    "states": {"state", "counterpart_state"},
    "destination": {"destination", "destinations"},
    "date": {"planned_at"},  # of a plan: when it happened stands in the event
    "means": {"means"},
    "legal_act": {"legal_act"},
    "stand-still": {"stand_still_until", "hold_until", "in_force_until"},
    "outcome and merits_scope of decisions": {"outcome", "merits_scope"},
}
WHETHER_IT_STANDS = {("interim_measure", "step"), ("hold_request", "step")}
"""Part of "stand-still": asked for, refused and lifted must not look alike to who has to stand still."""
OFFICES, UNITS = {"asylum_office", "court_liaison"}, {"border_guard", "return_unit"}
MOMENT, DAY, MONTH = "2010-09-23T10:11:12Z", "2010-09-23", "2010-09"


def cells(table: str) -> Iterator[tuple[str, str, str]]:
    """(row, column, cell) of a table of a page."""
    head, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines())
    for row in rows:
        yield from ((row[0], column, cell) for column, cell in zip(head[1:], row[1:], strict=True))


MAY_SAY = {(kind, author): cell for row, author, cell in cells(ACCEPTANCE) for kind in row.split(", ") if cell != "-"}
SHOWN = {(part, column): cell for part, column, cell in cells(DISCLOSURE) if cell != "-"}


def may_say(kind: str, author: str, facts: Mapping[str, Any], *, own: bool) -> bool:
    cell = MAY_SAY.get((kind, author), "-")
    if not own and author != "monitor" and not (kind in OF_OTHER_STATES and author in OFFICES):
        return False
    if cell in {"Y", "M"}:
        return True
    if cell in HELD_TO:
        member, values = HELD_TO[cell]
        return kind == OF_ONE_KIND.get(cell, kind) and facts[member] in values
    return kind in cell.removeprefix("M (").removesuffix(")").split(", ")


def accepted(author: Reader, event: Mapping[str, str], facts: Mapping[str, Any]) -> bool:
    try:
        acceptance.accept(author, event, facts)
    except Refusal as refusal:
        if refusal.code == "not-yours-to-say":
            return False
        raise
    return True


def sayings(kind: str) -> Iterator[dict[str, Any]]:
    """Facts of a kind in which each member once has each of its codes."""
    for member, codes in ENUMERATED[kind].items():
        yield from (unrecorded(kind, **{member: code}) for code in codes)


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_say_what(kind: str) -> None:
    said = refused = 0
    for author_kind in AUTHORITY_KINDS:
        author = reader("author", author_kind, "UNO" if author_kind == "monitor" else "SVK")
        for facts in sayings(kind):
            for state in ("SVK", "UKR"):
                event = {"kind": kind, "state": state, "event_time": DAY}
                expected = may_say(kind, author_kind, facts, own=state == author.state)
                assert accepted(author, event, facts) == expected, (author_kind, state, facts)
                said, refused = said + expected, refused + (not expected)
    assert min(said, refused) > 0


class Standpoint(NamedTuple):
    """A state by what it is to the person, and what somebody of it may at most learn: `all`, `gated`, `none`."""

    state: str
    about: Subject
    learns: str
    standing: Standing
    author_state: str = "KAZ"
    transfer: bool = True


PERSON = subject(nationality={"AFG"}, origin={"PAK"}, former_residence={"IRN"}, feared={"BLR"})
SEATS = (*ADMITTED, *(Change(s, "full", ALL, NOW - timedelta(days=9)) for s in ("PAK", "IRN", "RUS", "MDA")))
NORMAL = Standing(NOW, SEATS)
STANDPOINTS = {
    "own": Standpoint("KAZ", PERSON, "all", NORMAL),
    "third": Standpoint("UKR", PERSON, "all", NORMAL),
    "nationality": Standpoint("AFG", PERSON, "none", NORMAL),
    "origin": Standpoint("PAK", PERSON, "none", NORMAL),
    "former residence": Standpoint("IRN", PERSON, "none", NORMAL),
    "feared": Standpoint("BLR", PERSON, "none", NORMAL),
    "ally of feared": Standpoint("RUS", PERSON, "none", NORMAL),
    "suspended": Standpoint("UKR", PERSON, "none", Standing(NOW, (*SEATS, Change("UKR", SUSPENDED, ALL, NOW)))),
    "suspended for a nationality": Standpoint(
        "UKR", PERSON, "none", Standing(NOW, (*SEATS, Change("UKR", SUSPENDED, "AFG", NOW)))
    ),
    "suspended for another nationality": Standpoint(
        "UKR", PERSON, "all", Standing(NOW, (*SEATS, Change("UKR", SUSPENDED, "SYR", NOW)))
    ),
    "no member": Standpoint("UKR", PERSON, "none", Standing(NOW, tuple(c for c in SEATS if c.state != "UKR"))),
    "author's state is withheld": Standpoint("UKR", subject(nationality={"KAZ"}), "nothing to others", NORMAL),
    "nobody knows the origin": Standpoint("UKR", subject(nationality=set()), "involved", NORMAL),
    "past the gate": Standpoint("UKR", PERSON, "gated", NORMAL, "SVK", transfer=False),
    "past the gate with a basis": Standpoint("UKR", PERSON, "all", NORMAL, "SVK"),
}


def full_notice(kind: str, author: Reader, at: Standpoint, aud: frozenset[str]) -> Notice:
    """A notice with every member that its schemas have."""
    event: dict[str, str] = examples.EVENT | {"kind": kind, "state": author.state, "event_time": MOMENT}
    said = examples.facts(kind, list(FACTS[kind].fields))
    return Notice(
        no=1,
        id=examples.ID,
        author=author,
        subject=at.about,
        case="KZ-1",
        aud=aud,
        source="own_act",
        event=event,
        facts={name: tuple(value) if isinstance(value, list) else value for name, value in said.items()},
        safeguards=frozenset({"torture_survivor"}),
        received_at=NOW,
        transfer=at.transfer,
    )


def is_for(who: Reader, notice: Notice) -> bool:
    """L08 (A/58/281 para 11): claims before guards are for the asylum office there. L14: measures for all who move."""
    referred = notice.kind == "claim_expressed" and notice.author.kind in UNITS and who.kind == "asylum_office"
    bound = notice.kind == "interim_measure" and who.kind in {"asylum_office", *UNITS}
    return who.urn in notice.aud or ((referred or bound) and who.state == notice.author.state)


def column_of(who: Reader, notice: Notice, at: Standpoint, grade: str) -> str:
    if who.urn == notice.author.urn:
        return "author"
    if who.kind in {"secretariat", "observer"}:  # in no column; observers hear of critical alerts as of a probable link
        return "probable" if who.kind == "observer" else "nobody"
    if at.learns == "gated":
        return "probable"
    if who.kind == "monitor":
        return "monitor"
    if is_for(who, notice):
        return "office" if who.kind in OFFICES else "unit"
    return grade


def expected_view(notice: Notice, column: str) -> dict[str, Any]:
    """What the table shows of a notice in a column, in the form of a view."""
    view: dict[str, Any] = {}
    cell = SHOWN.get(("event", column), "")
    names = {name for word in cell.split(", ") for name in IN_WORDS.get(word, ())}
    view["event"] = dict(notice.event) if cell == "Y" else {n: v for n, v in notice.event.items() if n in names}
    if "day" in cell or "month" in cell:
        view["event"]["event_time"] = DAY if "day" in cell else MONTH
    cell = SHOWN.get(("facts", column), "")
    view["facts"] = {n: listed(v) for n, v in notice.facts.items() if fact_shown(notice.kind, n, cell)}
    cell = SHOWN.get(("safeguards", column), "")
    view |= {"safeguards": sorted(notice.safeguards)} if cell == "Y" else {}
    view |= {"stop": "yes" if notice.safeguards else "no"} if "stop" in cell else {}
    hub = SHOWN.get(("hub", column), "")
    view |= {"source": notice.source} if hub else {}
    if "danger set" in hub:
        view["danger"] = sorted(notice.subject.nationality | notice.subject.origin | notice.subject.feared)
    return {name: value for name, value in view.items() if value}


def fact_shown(kind: str, member: str, cell: str) -> bool:
    if cell == "outcome and merits_scope of decisions":
        return kind.endswith("_decision") and member in IN_WORDS[cell]
    named = {name for word in cell.split(", ") for name in IN_WORDS.get(word, ())}
    return cell == "Y" or member in named or ("stand-still" in cell and (kind, member) in WHETHER_IT_STANDS)


def listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def may_learn(who: Reader, notice: Notice, at: Standpoint) -> bool:
    """Whether anything about the person may reach a reader that is not the author."""
    if at.learns == "none":
        return False
    if at.learns == "nothing to others":  # L01: not even other authorities of the author's own, withheld state
        return who.state != notice.author.state
    if at.learns == "involved":  # L01: fail closed to monitors, and to the offices that are in it already
        return who.kind == "monitor" or (who.kind in OFFICES and is_for(who, notice))
    return True


def authors(kind: str, state: str) -> list[Reader]:
    able = [author for of, author in MAY_SAY if of == kind and may_say_something(kind, author)]
    return [reader("author", author, state) for author in able]


def may_say_something(kind: str, author: str) -> bool:
    return any(may_say(kind, author, facts, own=True) for facts in sayings(kind))


def observed(who: Reader, notice: Notice, at: Standpoint, grade: str) -> dict[str, Any]:
    """What the code lets a reader see, whether or not it is addressed: through an alert, or a delivery."""
    around = [notice]
    known = holding(projections(who, around, {}, at.standing), notice.no)
    if known is None or not disclosure.may_receive(who, known.notices, at.standing):
        return {}
    return disclosure.shown(notice, third_country.column(who, notice, grade))


def is_delivered(who: Reader, notice: Notice, at: Standpoint) -> bool:
    around = Around((notice,), {}, {}, at.standing)
    return disclosure.is_addressed(who, notice) and delivering.may_have(who, notice, around)


@pytest.mark.parametrize("relation", STANDPOINTS)
def test_who_may_see_what(relation: str) -> None:
    at = STANDPOINTS[relation]
    seen = hidden = 0
    for kind in KINDS:
        for author in authors(kind, at.author_state):
            for reader_kind in AUTHORITY_KINDS:
                who = reader("reader", reader_kind, at.state)
                for aud in (frozenset({who.urn}), frozenset[str]()):
                    notice = full_notice(kind, author, at, aud)
                    for grade in ("probable", "confirmed"):
                        may = may_learn(who, notice, at)
                        expected = expected_view(notice, column_of(who, notice, at, grade)) if may else {}
                        assert observed(who, notice, at, grade) == expected, (kind, author.kind, reader_kind, aud)
                        seen, hidden = seen + bool(expected), hidden + (not expected)
                    served = may_learn(who, notice, at) and reader_kind not in {"secretariat", "observer"}
                    gated = at.learns == "gated" and reader_kind != "asylum_office"  # L07: the asylum office, or nobody
                    assert is_delivered(who, notice, at) == (is_for(who, notice) and served and not gated), (kind, who)
    assert seen or at.learns == "none"
    assert hidden


def test_an_author_sees_its_own_notice_also_of_a_person_withheld_from_it() -> None:
    for kind in KINDS:
        for author in authors(kind, "AFG"):
            notice = full_notice(kind, author, STANDPOINTS["own"], frozenset())
            (known,) = projections(author, [notice], {}, NORMAL)
            assert known.notices == (notice,)
            assert disclosure.shown(notice, disclosure.column(author, notice, "probable")) == expected_view(
                notice, "author"
            )


def test_a_monitor_is_told_nothing_of_its_own_when_it_is_seated_in_a_withheld_state() -> None:
    """L25: an office of a monitor in a withheld state is withheld as well; the one outside it is told."""
    inside, outside = reader("one", "monitor", "AFG"), reader("two", "monitor", "UNO")
    notice = full_notice("claim_expressed", reader("author", "asylum_office", "KAZ"), STANDPOINTS["third"], frozenset())
    finding = {"acting": ["UKR"], "complained_of": [], "severity": "critical"}
    readers = [inside, outside, reader("office", "secretariat", "UKR"), reader("watch", "observer", "UNO")]
    found = addressing.recipients(finding, readers, [notice], readers, NORMAL)
    assert [one.kind for one in found] == ["monitor", "observer"]
    assert found[0] is outside


def test_the_tables_are_whole() -> None:
    assert {kind for row, _, _ in cells(ACCEPTANCE) for kind in row.split(", ")} == set(KINDS)
    words = {w for (_, _), cell in SHOWN.items() for w in cell.split(", ")} - {"Y", "day", "month", "`stop` yes or no"}
    assert words - {"danger set", "source"} == set(IN_WORDS)
    assert replace(full_notice("arrival", reader(), STANDPOINTS["third"], frozenset()), no=2).no == 2
