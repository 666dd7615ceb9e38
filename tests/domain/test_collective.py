"""P20: what is a sighting, when many of them are a pattern, and what is told of it."""

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from builders import NOW, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR, notice, reader, subject
from exchange.domain import collective, corrections, sightings
from exchange.domain.collective import ALIKE, BESIDE, GAP, UNASKED, body, judge
from exchange.domain.linkage import Person
from exchange.domain.notice import Notice
from exchange.domain.sightings import ASKED, DECIDED, MET, NO, Place, Sighting, of_person

POST = Place("SVK", "SKVNE")
DAY = date(2026, 11, 20)
SEEN = Sighting(
    notice=1,
    person=1,
    place=POST,
    day=DAY,
    code="entry_refused C",
    looked_at=NO,
    record="same",
    noted=False,
    elsewhere=False,
    heard=False,
    named=frozenset({"AFG"}),
    since=NOW,
    received_at=NOW,
)
OURS = reader("sk-monitor", "monitor", "SVK")


def seen(first: int, last: int, **said: Any) -> list[Sighting]:
    return [replace(SEEN, notice=n, person=n, **said) for n in range(first, last + 1)]


def heard(first: int, last: int, **said: Any) -> list[Sighting]:
    return seen(first, last, elsewhere=True, heard=True, **said)


def signs(found: list[Sighting]) -> list[tuple[str, ...]]:
    made = judge(POST, DAY, found)
    return [group.signs for group in made.groups] if made else []


def certainty(found: list[Sighting]) -> str:
    made = judge(POST, DAY, found)
    assert made
    return made.certainty


ASKED_ALIKE = {"looked_at": ASKED}
YESTERDAY = DAY - timedelta(days=1)
FIRES = {
    "five whom nobody asked": (seen(1, 5), [(UNASKED,)]),
    "five unasked among others who were": (seen(1, 5) + seen(6, 20, looked_at=ASKED), [(UNASKED,)]),
    "others heard each of them": (heard(1, 5), [(UNASKED, GAP)]),
    "others heard one in four": (heard(1, 5) + seen(6, 20, elsewhere=True), [(UNASKED, GAP)]),
    "the state noted one claim of three": (heard(1, 4) + heard(5, 6, noted=True), [(UNASKED, GAP)]),
    "heard on other days of the window": (
        seen(1, 5) + heard(6, 10, day=DAY - timedelta(days=29)),
        [(UNASKED, GAP)],
    ),
    "asked, says the state; others heard claims": (heard(1, 5, looked_at=ASKED), [(ALIKE, GAP)]),
    "asked each differently; others heard claims": (
        [replace(s, record=str(s.person)) for s in heard(1, 5, looked_at=ASKED)],
        [(GAP,)],
    ),
    "decided on before; others heard claims": (heard(1, 5, looked_at=DECIDED), [(GAP,)]),
    "asked alike, and others of the lorry claimed": (
        seen(1, 19, **ASKED_ALIKE) + seen(20, 31, code=MET, noted=True),
        [(ALIKE, BESIDE)],
    ),
    "five beside fifteen who did not ask": (
        seen(1, 15, **ASKED_ALIKE) + seen(16, 20, code=MET, noted=True),
        [(ALIKE, BESIDE)],
    ),
    "unasked, and others of the lorry claimed": (
        seen(1, 5) + seen(6, 10, code=MET, heard=True),
        [(UNASKED, BESIDE)],
    ),
    "unasked, and whom others heard was not put out": (
        seen(1, 5) + heard(6, 10, code=MET),
        [(UNASKED, BESIDE)],
    ),
    "unasked and asked alike; others heard claims": (heard(1, 5) + heard(6, 10, looked_at=ASKED), [(UNASKED, GAP)]),
    "five asked alike beside five who claimed": (
        seen(1, 5, **ASKED_ALIKE) + seen(6, 10, code=MET, noted=True),
        [(ALIKE, BESIDE)],
    ),
    "of nine one claimed, of six others four": (
        seen(1, 8, **ASKED_ALIKE)
        + seen(9, 9, looked_at=ASKED, noted=True)
        + seen(10, 13, code=MET, noted=True)
        + seen(14, 15, code=MET),
        [(ALIKE, BESIDE)],
    ),
    "heard on the day after": (seen(1, 5) + heard(6, 10, day=DAY + timedelta(days=1)), [(UNASKED,)]),
    "two reasons, five each": (seen(1, 5) + seen(6, 10, code="removal_executed none"), [(UNASKED,), (UNASKED,)]),
}
SILENT = {
    "four": seen(1, 4),
    "five notices of four persons": [*seen(1, 4), replace(SEEN, notice=9, person=4)],
    "five on two days": [*seen(1, 4), replace(SEEN, notice=5, person=5, day=YESTERDAY)],
    "five at two posts": [*seen(1, 4), replace(SEEN, notice=5, person=5, place=Place("SVK", "SKUBL"))],
    "five of two states": [*seen(1, 4), replace(SEEN, notice=5, person=5, place=Place("POL", "SKVNE"))],
    "five for two reasons": [*seen(1, 4), replace(SEEN, notice=5, person=5, code="entry_refused A")],
    "five met and let in": seen(1, 5, code=MET),
    "each was asked": seen(1, 20, looked_at=ASKED),
    "each was decided on before": seen(1, 20, looked_at=DECIDED),
    "one of five was asked": seen(1, 4) + seen(5, 5, looked_at=ASKED),
    "others asked, and few claimed": heard(1, 4) + seen(5, 17, elsewhere=True),
    "the state noted more than a third": heard(1, 3) + heard(4, 5, noted=True),
    "others claimed at another post": seen(1, 9, **ASKED_ALIKE)
    + seen(10, 20, code=MET, noted=True, place=Place("SVK", "SKUBL")),
    "others claimed the day before": seen(1, 9, **ASKED_ALIKE) + seen(10, 20, code=MET, noted=True, day=YESTERDAY),
    "four others claimed": seen(1, 9, **ASKED_ALIKE) + seen(10, 13, code=MET, noted=True),
    "fewer than one in four claimed": seen(1, 16, **ASKED_ALIKE) + seen(17, 21, code=MET, noted=True),
    "these claimed as others did": seen(1, 9, looked_at=ASKED, noted=True) + seen(10, 20, code=MET, noted=True),
    "asked, each with a record of their own": [replace(s, record=str(s.person)) for s in seen(1, 9, **ASKED_ALIKE)]
    + seen(10, 20, code=MET, noted=True),
}


@pytest.mark.parametrize("name", FIRES)
def test_it_fires(name: str) -> None:
    found, expected = FIRES[name]
    assert signs(found) == expected


@pytest.mark.parametrize("name", SILENT)
def test_it_is_silent(name: str) -> None:
    assert signs(SILENT[name]) == []


def test_a_claim_older_than_the_window_compares_nothing() -> None:
    old = heard(6, 10, day=DAY - sightings.WINDOW)
    assert signs(seen(1, 5) + old) == [(UNASKED,)]


def test_only_both_windows_together_are_likely() -> None:
    assert certainty(heard(1, 5)) == "likely"
    assert certainty(seen(1, 5)) == "possible"
    assert certainty(heard(1, 5, looked_at=ASKED)) == "possible"


def test_neither_order_nor_repetition_matters() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    for found, expected in FIRES.values():
        more = [*found, *(replace(s, notice=s.notice + 100) for s in found)]
        rng.shuffle(more)
        assert signs(more) == expected


def test_an_alert_changes_with_the_band_and_not_with_each_person() -> None:
    def told(count: int) -> dict[str, Any]:
        made = judge(POST, DAY, seen(1, count))
        assert made
        return body(made)

    assert told(5) == told(9)
    assert told(10) == told(19) != told(9)
    assert [collective.band(n) for n in (5, 9, 10, 49, 50, 99, 100, 4000)] == [
        "5-9", "5-9", "10-19", "20-49", "50-99", "50-99", "100+", "100+",
    ]  # fmt: skip


def test_it_names_state_post_and_day_and_nothing_of_a_person() -> None:
    made = judge(POST, DAY, [replace(s, person=s.notice + 7000, record="deadbeef") for s in heard(8001, 8009)])
    assert made
    text = json.dumps(body(made))
    for told in ("SVK", "SKVNE", "2026-11-20", "5-9"):
        assert told in text
    assert [hidden for hidden in ("8001", "15001", "deadbeef", "AFG") if hidden in text] == []
    assert body(made)["notices"] == []


@pytest.mark.parametrize(
    ("code", "post", "words"),
    [
        ("entry_refused C", "SKVNE", "SVK refused entry to 5-9 persons, letter C, at SKVNE, on 2026-11-20."),
        (
            "removal_executed readmission_agreement",
            "not_recorded",
            "SVK removed 5-9 persons, legal act readmission agreement, at no post that it named, on 2026-11-20.",
        ),
    ],
)
def test_its_words(code: str, post: str, words: str) -> None:
    place = Place("SVK", post)
    made = judge(place, DAY, seen(1, 5, code=code, place=place))
    assert made
    assert next(c["words"] for c in body(made)["clauses"]) == words


def test_what_speaks_against_it_is_said() -> None:
    def against(found: list[Sighting]) -> list[str]:
        made = judge(POST, DAY, found)
        assert made
        return [one["code"] for one in body(made)["suppressors"]]

    assert against(heard(1, 5)) == []
    assert against(seen(1, 5)) == ["alone"]
    assert against(heard(1, 5, looked_at=ASKED)) == ["alike"]


def test_a_monitor_seated_where_a_person_is_kept_from_is_told_of_the_others() -> None:
    russians, others = seen(1, 2, named=frozenset({"RUS"})), seen(3, 9)
    allies = {s.notice: frozenset({"BLR"}) if "RUS" in s.named else frozenset() for s in [*russians, *others]}
    assert collective.visible([*russians, *others], "UNO", allies) == [*russians, *others]
    for seat in ("RUS", "BLR"):
        assert collective.visible([*russians, *others], seat, allies) == others
    assert collective.visible(others, "AFG", allies) == []


def test_who_was_told_of_goes_on_counting_as_then_and_others_as_now() -> None:
    then, now = seen(1, 3), seen(2, 5, heard=True)
    assert sorted(s.notice for s in collective.known(now, then)) == [1, 2, 3, 4, 5]
    assert {s.notice: s.heard for s in collective.known(now, then)} == {n: n > 1 for n in range(1, 6)}


# What a notice is to the pattern.


def person(*notices: Notice) -> list[Sighting]:
    known = corrections.corrected(notices)
    return of_person(Person(known, grade="confirmed"), frozenset({"AFG"}), NOW)


REFUSED = {"reason_letter": "C", "border_point": "SKVNE"}


def put_out(no: int = 1, **said: Any) -> Notice:
    given = {"event_time": "2026-11-20", "counterpart": "UKR", "facts": REFUSED} | said
    return notice(no, "entry_refused", **given)


def other(kind: str, **said: Any) -> Sighting:
    """What is known of a person put out of whom another notice tells."""
    facts = said.pop("facts", {})
    given = {"event_time": "2026-11-20", "author": SK_BORDER, "no": 2} | said
    return person(put_out(), notice(given.pop("no"), kind, facts=facts, **given))[0]


def test_a_refusal_is_seen_at_its_post_on_its_day_for_its_letter() -> None:
    (one,) = person(put_out())
    assert (one.place, one.day, one.code, one.person) == (POST, DAY, "entry_refused C", 1)
    assert (one.looked_at, one.noted, one.elsewhere, one.heard) == (NO, False, False, False)


def test_a_post_that_is_not_named_is_one_post_of_the_state() -> None:
    (one,) = person(put_out(facts={"reason_letter": "A"}))
    assert (one.place, one.code) == (Place("SVK", "not_recorded"), "entry_refused A")


@pytest.mark.parametrize(
    ("met", "post"), [("2026-11-20", "SKVNE"), ("2026-11-19", "SKVNE"), ("2026-11-18", "not_recorded")]
)
def test_a_removal_began_where_the_person_was_met(met: str, post: str) -> None:
    removed = notice(1, "removal_executed", event_time="2026-11-20", counterpart="UKR", facts={"legal_act": "none"})
    place = notice(2, "encounter", event_time=met, facts={"place": "SKVNE"})
    (one,) = [s for s in person(removed, place) if s.notice == 1]
    assert (one.place.post, one.code) == (post, "removal_executed none")


@pytest.mark.parametrize("when", ["2026-11", "2026-11-20~", "2026-11-19/2026-11-20", "2026"])
def test_without_a_certain_day_nothing_is_seen(when: str) -> None:
    assert person(put_out(event_time=when)) == []


def test_what_was_erased_or_taken_back_with_agreement_is_not_seen() -> None:
    assert person(replace(put_out(), facts={})) == []
    gone = replace(put_out(), corrected=replace(put_out().corrected, how="withdrawn", agreed=True))
    assert of_person(Person((gone,), grade="confirmed"), frozenset(), NOW) == []
    contested = replace(put_out(), corrected=replace(put_out().corrected, how="contested"))
    assert len(of_person(Person((contested,), grade="confirmed"), frozenset(), NOW)) == 1


def test_what_the_state_recorded_of_this_one_person() -> None:
    asked = {"fear_asked": "yes"}
    assert other("encounter", facts=asked).looked_at == ASKED
    assert other("encounter", facts={"fear_asked": "no"}).looked_at == NO
    assert other("encounter", facts=asked | {"language_understood": "no"}).looked_at == NO
    assert other("encounter", facts=asked | {"relayed_interpreting": "yes"}).looked_at == NO
    assert other("encounter", facts=asked, event_time="2026-11-10").looked_at == NO
    assert other("encounter", facts=asked, author=UNHCR, state="SVK").looked_at == NO
    assert other("return_decision", event_time="2026-11-19").looked_at == DECIDED
    assert other("return_decision").looked_at == NO  # on the same day it is part of the same operation
    assert other("return_decision", event_time="2026-11-19", author=UA_ASYLUM).looked_at == NO


def test_whose_word_a_claim_is() -> None:
    def of(sighting: Sighting) -> tuple[bool, bool, bool]:
        return sighting.noted, sighting.elsewhere, sighting.heard

    said = "claim_expressed"
    assert of(other(said)) == (True, False, False)
    assert of(other("claim_registered", author=SK_ASYLUM)) == (True, False, False)
    assert of(other(said, author=UNHCR, state="SVK")) == (False, True, True)
    assert of(other(said, author=OURS, state="SVK")) == (False, True, True)  # a monitor speaks for lawyers
    assert of(other(said, author=UA_ASYLUM, event_time="2026-12-01")) == (False, True, True)
    assert of(other("encounter", author=UA_ASYLUM, facts={"fear_asked": "yes"})) == (False, True, False)
    assert of(other("encounter", author=UA_ASYLUM, facts={"fear_answer": "yes"})) == (False, True, True)
    assert of(other("arrival", author=UA_ASYLUM)) == (False, False, False)
    assert of(other(said, author=UNHCR, state="SVK", event_time="2026-10-01")) == (False, False, False)


@pytest.mark.parametrize(
    ("when", "counts"), [("2026-10-20", False), ("2026-10-21", True), ("2026-12-20", True), ("2026-12-21", False)]
)
def test_a_claim_is_of_the_journey_within_thirty_days(when: str, counts: bool) -> None:  # noqa: FBT001 -- a table's column
    assert other("claim_expressed", author=UNHCR, state="SVK", event_time=when).heard is counts


def test_other_kinds_are_no_sighting_and_no_record() -> None:
    assert person(notice(1, "arrival", event_time="2026-11-20"), notice(2, "detention", event_time="2026-11-20")) == []
    alone, with_more = person(put_out()), person(put_out(), notice(2, "detention", event_time="2026-11-20"))
    assert [s.record for s in alone] == [s.record for s in with_more]
    assert other("encounter", facts={"fear_asked": "yes"}, event_time="2026-11-20~").looked_at == NO
    assert other("return_decision", state="POL", event_time="2026-11-19").looked_at == NO


def test_time_to_speak_runs_from_the_first_word_and_a_second_wins_none() -> None:
    begins = datetime(2026, 11, 20, tzinfo=UTC)
    ends = begins + timedelta(days=1) + sightings.LATE
    early = put_out(received_at=begins + timedelta(hours=1))

    def noted(received_at: datetime) -> set[bool]:
        again = put_out(2, received_at=received_at)
        claim = notice(3, "claim_expressed", event_time="2026-11-20", received_at=received_at)
        return {s.noted for s in person(early, again, claim) if s.code != MET}

    assert noted(ends) == {True}
    assert noted(ends + timedelta(seconds=1)) == {False}


def test_what_the_state_fills_in_later_or_with_a_stolen_key_speaks_for_nobody() -> None:
    in_time = NOW + sightings.LATE
    late = in_time + timedelta(seconds=1)
    asked = {"fear_asked": "yes"}
    assert other("claim_expressed", received_at=in_time).noted
    assert not other("claim_expressed", received_at=late).noted
    assert other("encounter", facts=asked, received_at=late).looked_at == NO
    assert other("claim_expressed", author=UNHCR, state="SVK", received_at=late).heard
    stolen = replace(notice(2, "claim_expressed", event_time="2026-11-20"), flagged=True)
    assert not person(put_out(), stolen)[0].noted


def test_records_are_alike_by_their_codes_alone() -> None:
    def record(**facts: str) -> str:
        return other("encounter", facts={"fear_asked": "yes", "fear_answer": "no"} | facts).record

    assert record() == record(place="SKVNE")
    assert record() != record(fear_answer="unclear")


def test_the_day_is_one_of_utc() -> None:
    at = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    (one,) = person(put_out(event_time="2026-11-21T00:30:00+01:00", subject=subject()))
    assert (one.day, one.received_at) == (at.date(), NOW)
