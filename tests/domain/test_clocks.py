"""Clocks: by when which word is due to whom, and that nobody's word depends on what it may not know of (L21, L22)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders import BY_ASYLUM, NOW, READERS, SK_ASYLUM, SK_BORDER, STANDING, UA_ASYLUM, UNHCR, reader, subject
from builders import notice as build
from exchange import delivering, reminding
from exchange.domain import clocks, linkage, references, workdays
from exchange.domain.clocks import DUTIES, Said, Scene
from exchange.domain.linkage import Agreements
from exchange.domain.notice import WITHDRAWN, Corrected, Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.projection import projections
from exchange.reading import Around
from exchange.reminding import Boxes

UA_RETURN = reader("ua-return", "return_unit", "UKR")
MEMBERS = (*READERS, UA_RETURN, reader("by-border", "border_guard", "BLR"), reader("af-asylum", "asylum_office", "AFG"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENT = "2026-11-24T12:00:00Z"  # NOW, a Tuesday
THURSDAY, FRIDAY = (datetime(2026, 11, day, 23, 59, 59, 999999, tzinfo=UTC) for day in (26, 27))
WORLDS = 150


def made(no: int, kind: str, author: Reader, **said: Any) -> Notice:
    one = build(no, kind, author=author, case="x", **{"event_time": MOMENT, **said})
    return replace(one, event={**one.event, **({"in_reply_to": said["to"]} if "to" in said else {})})


def name(notice: Notice) -> str:
    return references.urn(notice.author.urn, notice.id)


CLAIM = made(1, "claim_expressed", SK_BORDER)
HOLD = made(1, "hold_request", UA_ASYLUM, counterpart="SVK", aud=[SK_ASYLUM.urn], facts={"step": "asked"})
ASKED = made(1, "information_request", UA_ASYLUM, aud=[SK_ASYLUM.urn], facts={"asked": ("stage",)})
TAKE_BACK = made(
    1, "responsibility_request", UA_ASYLUM, counterpart="SVK", aud=[SK_ASYLUM.urn], facts={"request_type": "take_back"}
)
CORRECTION = made(1, "correction", UA_ASYLUM, aud=[], facts={"act": "withdraw"})


def told(who: Reader, notice: Notice, *others: Notice, **scene: Any) -> list[tuple[timedelta, str, str]]:
    """What a reader is told, with the time from `NOW`; it was given the notice, unless something else is said."""
    around = Scene((notice, *others), scene.pop("replies", ()), MEMBERS, given=True, acknowledged=False)
    return [(one.at - NOW, one.word, one.what) for one in clocks.words(who, notice, replace(around, **scene))]


def test_each_row_says_what_it_means_and_names_a_pattern_that_exists() -> None:
    assert len({row.name for row in DUTIES}) == len({row.kind for row in DUTIES}) == len(DUTIES)
    ids = {pattern.id for pattern in PATTERNS}
    for row in DUTIES:
        assert row.owed_by
        assert row.within
        assert row.ground
        assert row.what in clocks.WHAT
        assert all(0 < share <= 1 for share in row.reminders)
        assert not row.alert or row.alert in ids


def test_a_claim_voiced_at_the_border_goes_to_the_asylum_office_with_a_clock() -> None:
    registration = FRIDAY - NOW
    everything = [(0 * DAY, "referral", ""), (DAY, "reminder", "acknowledge"), (registration, "reminder", "register")]
    assert told(SK_ASYLUM, CLAIM) == everything
    assert told(SK_ASYLUM, CLAIM, acknowledged=True) == [everything[0], everything[2]]
    assert told(SK_ASYLUM, CLAIM, given=False) == []
    assert [told(who, CLAIM) for who in (SK_BORDER, UA_ASYLUM, UNHCR)] == [[], [], []]
    for author in (SK_ASYLUM, UNHCR):
        assert told(SK_ASYLUM, made(1, "claim_expressed", author, state="SVK")) == []
    stops = [made(2, "claim_registered", SK_ASYLUM), made(2, "claim_not_taken", SK_ASYLUM)]
    assert [told(SK_ASYLUM, CLAIM, one) for one in stops] == [[], []]
    goes_on = [
        made(2, "claim_not_taken", SK_BORDER),  # who must hand it over cannot say so
        made(2, "claim_not_taken", UA_ASYLUM, state="SVK"),
        made(2, "claim_registered", UA_ASYLUM),
        made(2, "claim_registered", SK_ASYLUM, event_time="2026-11-20"),  # of another claim, before
        made(2, "encounter", SK_BORDER),
        replace(stops[0], corrected=Corrected(WITHDRAWN)),
    ]
    assert [told(SK_ASYLUM, CLAIM, one) for one in goes_on] == [everything] * len(goes_on)
    by_name = made(2, "claim_registered", SK_ASYLUM, event_time="2026-11-20")
    assert told(SK_ASYLUM, CLAIM, replies=(by_name,)) == []


def test_a_clock_starts_at_the_later_of_event_and_ledger() -> None:
    late = replace(CLAIM, event={**CLAIM.event, "event_time": "2026-11-20"})
    assert told(SK_ASYLUM, late)[1:] == told(SK_ASYLUM, CLAIM)[1:]
    whole_day = replace(CLAIM, event={**CLAIM.event, "event_time": "2026-11-24"})
    assert told(SK_ASYLUM, whole_day)[1:] == told(SK_ASYLUM, CLAIM)[1:]  # it was told, so it had happened
    for never_ending in ("2026-11-20/9999-12-31", "2026-11-20/"):
        put_off = replace(CLAIM, event={**CLAIM.event, "event_time": never_ending})
        assert told(SK_ASYLUM, put_off)[1:] == told(SK_ASYLUM, CLAIM)[1:]


def test_a_doubted_word_ends_no_clock() -> None:
    registered = made(2, "claim_registered", SK_ASYLUM)
    assert told(SK_ASYLUM, CLAIM, registered) == []
    for doubted in ({"flagged": True}, {"cautioned": True}, {"corrected": Corrected(WITHDRAWN)}):
        assert told(SK_ASYLUM, CLAIM, replace(registered, **doubted)) != []


@pytest.mark.parametrize(
    ("start", "state", "last"),
    [
        ("2026-11-24", "SVK", "2026-11-27"),
        ("2026-11-26", "SVK", "2026-12-01"),  # Saturday and Sunday
        ("2026-04-02", "POL", "2026-04-08"),  # Easter Monday; Good Friday is a working day there
        ("2026-04-02", "SVK", "2026-04-09"),
        ("2026-12-23", "UKR", "2026-12-28"),  # no holidays under martial law
        ("2026-12-23", "LTU", "2026-12-30"),
        ("2026-12-23", "UNO", "2026-12-28"),
    ],
)
def test_working_days_are_those_of_the_state(start: str, state: str, last: str) -> None:
    found = workdays.after(datetime.fromisoformat(f"{start}T10:00:00+00:00"), 3, state)
    assert found.isoformat() == f"{last}T23:59:59.999999+00:00"


HALF, WHOLE = (12 * HOUR, "reminder", "answer"), (24 * HOUR, "reminder", "answer")
UNANSWERED = (24 * HOUR, "unanswered", "")


def plan(at: str, author: Reader = SK_BORDER, no: int = 2, **facts: str) -> Notice:
    facts = {"planned_at": at, "cancelled": "no", **facts}
    return made(no, "removal_planned", author, counterpart="BLR", facts=facts)


@pytest.mark.parametrize(
    ("hours", "facts", "others"),
    [
        (24, {}, []),
        (48, {"due_at": "2026-11-26T12:00:00Z"}, []),
        (36, {"due_at": "2026-11-25"}, []),  # a day is over at its end
        (24, {"due_at": "2026-11-20"}, []),  # it had passed already
        (6, {}, [plan("2026-11-24T18:00:00Z")]),
        (6, {"due_at": "2026-11-26"}, [plan("2026-11-24T18:00:00Z")]),
        (12, {}, [plan("2026-11-25")]),  # by the beginning of that day
        (12, {}, [plan("2026-11-24")]),  # today: by its end
        (24, {}, [plan("2026-11-24T11:00:00Z")]),  # had left already
        (24, {}, [plan("2026-12-24")]),
        (24, {}, [plan("2026-11-24T18:00:00Z", UA_RETURN)]),  # of the one that asks
        (24, {}, [plan("2026-11-24T18:00:00Z"), plan("2026-11-24T18:00:00Z", no=3, cancelled="yes")]),
        (6, {}, [plan("2026-11-24T18:00:00Z"), plan("2026-11-24T18:00:00Z", UA_RETURN, no=3, cancelled="yes")]),
    ],
)
def test_a_hold_is_answered_before_the_removal(hours: int, facts: dict[str, str], others: list[Notice]) -> None:
    asked = replace(HOLD, facts=HOLD.facts | facts)
    end = hours * HOUR
    late = [round((at - end) / HOUR) for at, _, _ in told(SK_ASYLUM, asked, *others)]
    assert late == [-round(hours / 2), 0]
    ((at, word, _),) = told(UA_ASYLUM, asked, *others)
    assert (round((at - end) / HOUR), word) == (0, "unanswered")


def test_a_hold_is_answered_by_name_and_the_one_that_asked_hears_when_it_is_not() -> None:
    assert told(SK_ASYLUM, HOLD) == [HALF, WHOLE]
    assert told(UA_ASYLUM, HOLD) == [UNANSWERED]
    held = made(2, "hold_request", SK_ASYLUM, facts={"step": "held"})
    refused = made(2, "hold_request", SK_ASYLUM, facts={"step": "refused"})
    for answer in (held, refused):
        assert told(SK_ASYLUM, HOLD, replies=(answer,)) == told(UA_ASYLUM, HOLD, replies=(answer,)) == []
    for none in (made(2, "encounter", SK_ASYLUM), made(2, "hold_request", BY_ASYLUM, facts={"step": "held"})):
        assert told(SK_ASYLUM, HOLD, replies=(none,)) == [HALF, WHOLE]
        assert told(UA_ASYLUM, HOLD, replies=(none,)) == [UNANSWERED]
    assert told(SK_ASYLUM, HOLD, held) == [HALF, WHOLE]  # it does not say which request it answers
    assert told(SK_BORDER, replace(HOLD, aud=frozenset({SK_BORDER.urn}))) == []  # cannot answer
    assert told(BY_ASYLUM, replace(HOLD, aud=frozenset({BY_ASYLUM.urn}))) == []  # of a state that is not asked
    lifted = made(2, "hold_request", UA_ASYLUM, facts={"step": "lifted"})
    assert told(SK_ASYLUM, HOLD, lifted) == told(UA_ASYLUM, HOLD, lifted) == []
    assert told(UA_ASYLUM, replace(HOLD, aud=frozenset())) == [UNANSWERED]
    two = replace(ASKED, aud=frozenset({SK_ASYLUM.urn, BY_ASYLUM.urn}))
    one = made(2, "information_reply", SK_ASYLUM)
    assert [word for _, word, _ in told(UA_ASYLUM, two, replies=(one,))] == ["unanswered"]
    assert told(UA_ASYLUM, two, replies=(one, made(3, "information_reply", BY_ASYLUM))) == []


def test_the_clocks_of_requests_and_corrections() -> None:
    weeks = timedelta(weeks=5)
    assert told(SK_ASYLUM, ASKED) == [(timedelta(weeks=4), "reminder", "answer")]
    assert told(UA_ASYLUM, ASKED) == [(weeks, "unanswered", "")]
    assert told(UA_ASYLUM, replace(ASKED, corrected=Corrected("contested"))) == []  # it took its question back
    assert told(UA_ASYLUM, replace(HOLD, corrected=Corrected("contested"))) == [UNANSWERED]  # L23
    ends = {
        ("take_back", ()): timedelta(weeks=2),
        ("take_charge", ()): timedelta(days=31),
        ("take_charge", ("visa",)): timedelta(weeks=2),
        ("readmission", ()): None,
    }
    for (kind, evidence), end in ends.items():
        request = replace(TAKE_BACK, facts={"request_type": kind, "evidence": evidence})
        words = clocks.words(UA_ASYLUM, request, Scene((request,), (), MEMBERS, given=True, acknowledged=False))
        assert [(one.at - NOW, one.law) for one in words] == ([] if end is None else [(end, clocks.SILENCE)])
    reply = made(2, "responsibility_reply", SK_ASYLUM, counterpart="UKR")
    assert told(UA_ASYLUM, TAKE_BACK, reply) == []
    assert told(SK_ASYLUM, CORRECTION) == told(SK_BORDER, CORRECTION) == [(7 * DAY, "reminder", "acknowledge")]
    assert told(SK_ASYLUM, CORRECTION, acknowledged=True) == told(UA_ASYLUM, CORRECTION) == []


# non-interference


ASKING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("claim_expressed", {}),
    ("hold_request", {"step": "asked"}),
    ("information_request", {"asked": ("stage",)}),
    ("responsibility_request", {"request_type": "take_back"}),
)
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "claim_expressed": ("claim_registered", {}),
    "hold_request": ("hold_request", {"step": "held"}),
    "information_request": ("information_reply", {}),
    "responsibility_request": ("responsibility_reply", {}),
}
BESIDE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("hold_request", {"step": "lifted"}),
    ("removal_planned", {"planned_at": "2026-11-24T20:00:00Z", "cancelled": "no"}),
)
KAZ: dict[str, set[str]] = {"nationality": {"KAZ"}}


@dataclass(frozen=True)
class World:
    """Notices of which a state must not know those of others, since others say that the person fears it."""

    rng: random.Random
    feared: str
    notices: list[Notice]

    def add(self) -> None:
        rng, no = self.rng, len(self.notices) + 1
        asked = [n for n in self.notices if n.kind in ANSWERS and n.facts.get("step") != "held"]
        author = rng.choice([m for m in MEMBERS if m.state in {self.feared, "SVK", "UKR", "BLR"}])
        kind, facts = rng.choice((*ASKING, *BESIDE))
        said: dict[str, Any] = {}
        if asked and rng.random() < 0.6:
            to = rng.choice(asked)
            kind, facts = ANSWERS[to.kind]
            said = {"to": name(to)} if rng.random() < 0.7 else {}
            author = rng.choice([m for m in MEMBERS if m.state == to.event["counterpart_state"]] or [author])
        others = [s for s in ("BLR", "UKR", "SVK") if s != author.state]
        hides = author.state != self.feared and rng.random() < 0.5
        one = made(
            no,
            kind,
            author,
            counterpart=rng.choice(others),
            facts=facts,
            subject=subject(**KAZ, feared={self.feared})
            if hides
            else subject(**rng.choice((KAZ, KAZ, KAZ, {"nationality": set()}))),
            aud=rng.sample([m.urn for m in MEMBERS], rng.randint(2, 5)),
            received_at=NOW - timedelta(hours=rng.randint(0, 12)),
            **said,
        )
        self.notices.append(replace(one, case=rng.choice("xxxy")))


def random_agreements(rng: random.Random, count: int) -> Agreements:
    pairs = [(a, b) for b in range(1, count + 1) for a in range(1, b)]
    return {pair: "probable" if rng.random() < 0.8 else "possible" for pair in pairs if rng.random() < 0.9}


def components(notices: Sequence[Notice], agreements: Agreements) -> list[Around]:
    return [Around(tied, agreements, {}, STANDING) for tied in linkage.components(notices, agreements)]


def boxes(notices: Sequence[Notice], agreements: Agreements, acknowledged: set[tuple[str, int]]) -> Boxes:
    """What stands in the boxes after everything was delivered."""
    given = {
        (member.slug, one.no)
        for around in components(notices, agreements)
        for one in around.notices
        for member in MEMBERS
        if clocks.disclosure.is_addressed(member, one) and delivering.may_have(member, one, around)
    }
    by_name = {name(one): one for one in notices}
    replies: dict[int, tuple[Notice, ...]] = {}
    for one in notices:
        answered = by_name.get(one.event.get("in_reply_to", ""))
        if answered is not None:
            replies[answered.no] = (*replies.get(answered.no, ()), one)
    return Boxes(MEMBERS, replies, given, acknowledged & given)


def transcript(
    member: Reader, notices: Sequence[Notice], agreements: Agreements, acknowledged: set[tuple[str, int]]
) -> list[tuple[int, Said]]:
    found = boxes(notices, agreements, acknowledged)
    words = [w for around in components(notices, agreements) for w in reminding.words(member, around, found)]
    return sorted(((one.no, said) for one, said in words), key=str)


def known(member: Reader, notices: Sequence[Notice], agreements: Agreements) -> list[Notice]:
    around = components(notices, agreements)
    of = (p.numbers for a in around for p in projections(member, a.notices, agreements, STANDING))
    numbers = frozenset().union(*of)
    return [one for one in notices if one.no in numbers]


def test_nobodys_clock_depends_on_what_it_may_not_know_of() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    heard: dict[str, int] = {}
    for number in range(WORLDS):
        world = World(rng, rng.choice(("BLR", "BLR", "UKR", "SVK")), [])
        for _ in range(rng.randint(3, 6)):
            world.add()
        agreements = random_agreements(rng, len(world.notices))
        acknowledged = {(m.slug, n.no) for m in MEMBERS for n in world.notices if rng.random() < 0.3}
        for member in MEMBERS:
            if member.state in {world.feared, "UNO"}:
                theirs = known(member, world.notices, agreements)
                whole = transcript(member, world.notices, agreements, acknowledged)
                assert transcript(member, theirs, agreements, acknowledged) == whole, (seed, number, member)
                for _, said in whole if len(theirs) < len(world.notices) else ():
                    heard[said.word] = heard.get(said.word, 0) + 1
    assert min(heard.get(word, 0) for word in ("reminder", "unanswered", "referral")) > 0, heard


def test_nobody_hears_of_what_it_was_not_given_or_may_not_be_told() -> None:
    def hears(notice: Notice, given: set[tuple[str, int]]) -> list[str]:
        around = Around((notice,), {}, {}, STANDING)
        found = Boxes(MEMBERS, {}, given, set())
        return [f"{m.slug} {said.word}" for m in MEMBERS for _, said in reminding.words(m, around, found)]

    kaz = replace(HOLD, subject=subject(**KAZ))
    assert hears(kaz, set()) == ["ua-asylum unanswered"]
    assert hears(kaz, {("sk-asylum", 1)}) == ["sk-asylum reminder"] * 2 + ["ua-asylum unanswered"]
    for state in ("SVK", "UKR"):  # by the asker's own word the person fears one of the two (L21)
        fears = replace(HOLD, subject=subject(**KAZ, feared={state}))
        assert {line.split("-")[0] for line in hears(fears, {("sk-asylum", 1)})} == {"sk", "ua"} - {
            {"SVK": "sk", "UKR": "ua"}[state]
        }


def test_the_one_that_asks_cannot_tell_who_was_not_given_its_question_from_who_is_silent() -> None:
    """Belarus is asked about somebody who fears it, by one who does not know that; and about somebody who does not."""
    heard = []
    for feared in ({"BLR"}, set()):
        asked = [
            made(
                1,
                kind,
                UA_ASYLUM,
                aud=[BY_ASYLUM.urn],
                counterpart="BLR",
                facts=facts,
                subject=subject(nationality={"KAZ"}),
            )
            for kind, facts in ASKING[1:]
        ]
        other = made(2, "encounter", SK_BORDER, subject=subject(nationality={"KAZ"}, feared=feared))
        for one in asked:
            agreements: Agreements = {(1, 2): "probable"}
            by = transcript(BY_ASYLUM, [one, other], agreements, set())
            assert bool(by) == (not feared)
            heard.append(transcript(UA_ASYLUM, [one, other], agreements, set()))
    assert heard[:3] == heard[3:]
    assert all(heard)
