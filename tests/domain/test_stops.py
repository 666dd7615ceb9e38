"""What stops a removal: L03, L12, L13, L14, each by itself, with what makes it and what ends it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders import NOW, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR, notice, reader
from exchange.domain import stops
from exchange.domain.notice import CONTESTED, WITHDRAWN, Corrected, Notice, Reader
from exchange.domain.stops import Stop

SK_COURT = reader("sk-court", "court_liaison", "SVK")
SK_MONITOR = reader("sk-monitor", "monitor", "SVK")
SK_RETURN = reader("sk-return", "return_unit", "SVK")
CLAIM = notice(1, "claim_expressed", author=SK_ASYLUM, event_time="2026-03-01")
CONSENT = {"basis": "written_consent", "approval_reference": "X-1"}
DECIDED = {"outcome": "rejected", "merits_scope": "full", "served_at": "2026-04-01"}
INDICATED: dict[str, Any] = {"step": "indicated", "body": "ecthr_rule_39"}
BODIES = ("ecthr_rule_39", "cat", "hrc", "crc", "ced", "national")
LIFTED = {**INDICATED, "step": "lifted"}
CHILD = notice(1, "encounter", safeguards=["unaccompanied_minor"])
CARED: dict[str, Any] = {"guardian_appointed": "yes", "best_interests_assessed": "yes"}


def contact(no: int = 5, **said: Any) -> Notice:
    return notice(no, "origin_contact", author=SK_BORDER, event_time="2026-05-01", facts=said)


def decision(**said: Any) -> Notice:
    return notice(3, "merits_decision", author=SK_ASYLUM, event_time="2026-04-01", facts=DECIDED | said)


def plan(days: int | None = None, **said: Any) -> Notice:
    day = {} if days is None else {"planned_at": (NOW + timedelta(days=days)).date().isoformat()}
    return notice(7, "removal_planned", counterpart="UKR", facts={"destination": "UKR", **day, **said})


def taken_back(one: Notice, how: str, *, agreed: bool = False) -> Notice:
    return replace(one, corrected=Corrected(how=how, agreed=agreed))


def only(notices: list[Notice], rule: str) -> Stop | None:
    """The one stop of these notices, which must be of this rule; None when there is none."""
    found = stops.stops(notices, NOW)
    assert [one.rule for one in found] in ([], [rule])
    return found[0] if found else None


@pytest.mark.rule("L03")
@pytest.mark.parametrize(
    ("notices", "rests_on"),
    [
        ([contact()], None),
        ([CLAIM, contact()], (1, 5)),
        ([CLAIM, contact(**CONSENT)], (1, 5)),
        ([CLAIM, decision(), contact()], (1, 5)),
        ([CLAIM, decision(), contact(**CONSENT)], None),
        ([CLAIM, decision(), contact(basis="written_consent")], (1, 5)),
        ([CLAIM, decision(merits_scope="partial"), contact(**CONSENT)], (1, 5)),
        ([CLAIM, decision(served_at="2026-06-01"), contact(**CONSENT)], (1, 5)),
        ([CLAIM, taken_back(decision(), CONTESTED), contact(**CONSENT)], (1, 5)),
        ([notice(1, "claim_expressed", event_time="2026-06-01"), contact()], None),
        ([notice(1, "claim_expressed", event_time="2026~"), contact()], (1, 5)),
        ([taken_back(CLAIM, WITHDRAWN), contact()], (1, 5)),
        ([taken_back(CLAIM, WITHDRAWN, agreed=True), contact()], None),
    ],
)
def test_l03_the_state_of_origin_is_not_asked(notices: list[Notice], rests_on: tuple[int, ...] | None) -> None:
    found = only(notices, "L03")
    assert (None if found is None else found.notices) == rests_on


@pytest.mark.rule("L12")
@pytest.mark.parametrize(
    ("notices", "days"),
    [
        ([notice(1), plan()], None),
        ([CHILD, plan(60)], ...),
        ([notice(1, safeguards=["age_disputed"]), plan(60)], ...),
        ([CHILD, notice(2, "safeguard", author=SK_ASYLUM, facts=CARED | {"guardian_appointed": "no"}), plan(60)], ...),
        ([CHILD, taken_back(notice(2, "safeguard", author=SK_ASYLUM, facts=CARED), CONTESTED), plan(60)], ...),
        ([CHILD, notice(2, "safeguard", author=SK_ASYLUM, facts=CARED), plan(60)], None),
        ([CHILD, notice(2, "safeguard", author=SK_BORDER, facts=CARED), plan(60)], ...),
        ([CHILD, notice(2, "safeguard", author=SK_RETURN, facts=CARED), plan(60)], ...),
        ([CHILD, notice(2, "safeguard", author=SK_ASYLUM, facts=CARED), plan(20)], 21),
        ([CHILD, notice(2, "safeguard", author=SK_ASYLUM, facts=CARED), plan()], 21),
        ([CHILD, notice(2, "safeguard", author=SK_ASYLUM, facts=CARED), plan(20, cancelled="yes")], None),
        ([taken_back(CHILD, WITHDRAWN, agreed=True), plan(20)], None),
    ],
)
def test_l12_a_child_is_prepared_for(notices: list[Notice], days: Any) -> None:
    found = only(notices, "L12")
    if days is None:
        assert found is None
    else:
        assert found is not None
        assert found.until == (None if days is ... else NOW + timedelta(days=days))
        assert {1, 7} <= set(found.notices)


@pytest.mark.rule("L13")
def test_l13_whoever_was_trafficked_has_thirty_days() -> None:
    signs = [notice(n, safeguards=["trafficking_indicator"], received_at=NOW - timedelta(days=30 - n)) for n in (1, 2)]
    found = only(signs, "L13")
    assert found == Stop("L13", (1, 2), NOW + timedelta(days=1))
    assert stops.stops(signs, NOW + timedelta(days=1)) == ()
    assert stops.stops([notice(1, safeguards=["pregnant"])], NOW) == ()


def lifted(author: Reader, **said: Any) -> Notice:
    """A word, told later, that a measure which binds Slovakia is lifted; by the body of INDICATED."""
    when = said.pop("event_time", "2026-06-01")
    return notice(4, "interim_measure", author=author, state="SVK", event_time=when, facts=LIFTED | said)


@pytest.mark.rule("L14", "L23")
@pytest.mark.parametrize(
    ("body", "later", "stands"),
    [
        *((body, [], True) for body in BODIES),
        *((body, [lifted(UNHCR, body=body)], False) for body in BODIES),
        *((body, [lifted(SK_MONITOR, body=body)], False) for body in BODIES),
        *((body, [lifted(SK_COURT, body=body)], body != "national") for body in BODIES),
        *((body, [lifted(SK_ASYLUM, body=body)], True) for body in BODIES),
        *((body, [lifted(UA_ASYLUM, body=body)], True) for body in BODIES),
        ("cat", [lifted(SK_COURT, body="national")], True),
        ("cat", [lifted(UNHCR, body="ecthr_rule_39")], True),
        ("cat", [lifted(UNHCR, body="not_recorded")], True),
        ("not_recorded", [lifted(UNHCR, body="not_recorded")], True),
        ("cat", [lifted(UNHCR, body="cat", step="not_recorded")], True),
        ("cat", [lifted(UNHCR, body="cat", event_time="2026-04-01")], True),
        ("cat", [taken_back(lifted(UNHCR, body="cat"), CONTESTED)], True),
        ("cat", [taken_back(lifted(UNHCR, body="cat"), WITHDRAWN)], True),
        ("cat", [replace(lifted(UNHCR, body="cat"), flagged=True)], True),
    ],
)
def test_l14_a_measure_binds_its_state_until_its_body_lifts_it(body: str, later: list[Notice], stands: bool) -> None:  # noqa: FBT001
    said = INDICATED | {"body": body}
    measure = notice(3, "interim_measure", author=SK_COURT, event_time="2026-05-01", facts=said)
    found = only([measure, *later], "L14")
    assert (found is not None and 3 in found.notices) == stands
    assert found is None or (found.until, found.binds) == (None, {"SVK"})


@pytest.mark.rule("L14", "L23")
def test_l14_a_measure_that_leaves_out_its_step_stops_and_can_be_lifted() -> None:
    unsaid = notice(3, "interim_measure", author=SK_COURT, facts=INDICATED | {"step": "not_recorded"})
    assert only([unsaid], "L14") == Stop("L14", (3,), None, frozenset({"SVK"}))
    assert stops.stops([unsaid, notice(4, "interim_measure", author=UNHCR, state="SVK", facts=LIFTED)], NOW) == ()


@pytest.mark.rule("L14")
def test_l14_a_measure_ends_with_its_day_and_one_that_was_refused_is_none() -> None:
    today = notice(3, "interim_measure", author=SK_COURT, facts=INDICATED | {"in_force_until": NOW.date().isoformat()})
    found = only([today], "L14")
    assert found is not None
    assert found.until is not None
    assert found.until.date() == NOW.date()
    assert stops.stops([today], NOW + timedelta(days=1)) == ()
    refused = notice(3, "interim_measure", author=SK_COURT, facts=INDICATED | {"step": "refused"})
    assert stops.stops([refused], NOW) == ()


@pytest.mark.rule("L08", "L14")
def test_who_is_told_and_who_is_told_why() -> None:
    measure, child = Stop("L14", (3,), None, frozenset({"SVK"})), Stop("L12", (1,), None)
    idle, planning = [notice(8, author=SK_RETURN)], [plan()]
    assert stops.for_case([measure, child], idle, SK_RETURN) == (measure,)
    assert stops.for_case([measure, child], idle, SK_COURT) == ()
    assert stops.for_case([measure, child], idle, UA_ASYLUM) == ()
    assert stops.for_case([measure, child], planning, SK_BORDER) == (measure, child)
    assert stops.for_case([measure, child], [plan(cancelled="yes")], UA_ASYLUM) == ()
    assert stops.for_case([child], [contact()], SK_ASYLUM) == (child,)
    assert [stops.sees_why(one) for one in (SK_BORDER, SK_RETURN, SK_ASYLUM, UNHCR)] == [False, False, True, True]


def test_what_cannot_stop_anything_is_passed_over() -> None:
    assert not stops.concerns([notice(1), plan(), CLAIM, decision()])
    for one in (CHILD, contact(), notice(1, "interim_measure", author=SK_COURT, facts=INDICATED)):
        assert stops.concerns([notice(9), one])


@pytest.mark.rule("L23")
def test_safeguards_that_their_author_had_erased_stop_on_until_somebody_agrees() -> None:
    erased = replace(notice(1, "encounter"), corrected=Corrected(erased=True))
    assert [one.rule for one in stops.stops([erased, plan()], NOW)] == ["L12", "L13"]
    assert stops.concerns([erased])
    agreed = replace(erased, corrected=Corrected(agreed=True))
    assert stops.stops([agreed, plan()], NOW) == ()
    assert not stops.concerns([agreed])
