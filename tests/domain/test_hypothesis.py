"""What a removal that is asked about would show: what it begins or completes, what stands, and what stops it."""

from datetime import timedelta
from typing import Any

import pytest

from builders import NOW, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, notice, reader
from exchange.domain import hypothesis
from exchange.domain.errors import Refusal
from exchange.domain.hypothesis import Outlook, Removal
from exchange.domain.linkage import Person
from exchange.domain.notice import Notice
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.p03 import P03
from exchange.domain.patterns.p05 import P05

PL_ASYLUM = reader("pl-asylum", "asylum_office", "POL")
CLAIM = notice(1, "claim_registered", author=SK_ASYLUM, event_time="2026-10-01")
ORDER = notice(
    2, "return_decision", author=UA_BORDER, counterpart="AFG", event_time="2026-09-01", facts={"destinations": ("AFG",)}
)
CHILD = notice(3, "encounter", author=SK_BORDER, safeguards=["unaccompanied_minor"])


def day(days: int) -> str:
    return (NOW + timedelta(days=days)).date().isoformat()


def measure(state: str, until: str) -> Notice:
    told: dict[str, Any] = {"step": "indicated", "body": "ecthr_rule_39", "in_force_until": until}
    return notice(4, "interim_measure", author=UNHCR, state=state, facts=told)


def trafficked(days_ago: int) -> Notice:
    return notice(5, author=SK_BORDER, safeguards=["trafficking_indicator"], received_at=NOW - timedelta(days=days_ago))


def outlook(*notices: Notice, to: str = "UKR", date: str = day(10), **how: Any) -> Outlook:
    person = Person(notices, grade="probable")
    return hypothesis.outlook(person, Removal(SK_ASYLUM, to, date), how.get("patterns", PATTERNS), how.get("now", NOW))


def shown(found: Outlook) -> dict[str, tuple[str, str]]:
    return {one.finding.pattern.id: (one.finding.stage, one.shows) for one in found.shown}


def test_a_plan_onwards_is_imminent_once_the_removal_is_planned() -> None:
    found = outlook(CLAIM, ORDER)
    assert shown(found)["P05"] == ("imminent", "planned")
    assert found.shown[0].finding.pattern.id == "P05"
    assert found.shown[0].notices == (2,)
    assert shown(outlook(CLAIM, patterns=(P03, P05))) == {"P03": ("risk", "carried_out")}
    assert outlook(ORDER, to="POL", patterns=(P03, P05)).shown == ()


def test_a_removal_may_be_the_last_leg_of_a_chain_and_is_told_at_its_worst() -> None:
    into = notice(
        6,
        "removal_executed",
        author=PL_ASYLUM,
        counterpart="SVK",
        event_time="2026-09-20",
        facts={"destination": "SVK"},
    )
    found = shown(outlook(CLAIM, into))
    assert found["P04"] == ("done", "carried_out")
    direct = shown(outlook(CLAIM, to="AFG"))
    assert direct["P19"] == ("done", "carried_out")


def test_every_pattern_is_told_once_the_worst_first() -> None:
    found = outlook(CLAIM, ORDER, CHILD, measure("SVK", day(20)), to="AFG")
    ranks = [one.rank for one in found.shown]
    assert ranks == sorted(ranks, reverse=True)
    assert len(shown(found)) == len(found.shown) > 1


def test_what_stands_is_told_when_the_same_state_acts() -> None:
    planned = notice(
        7, "removal_planned", author=SK_BORDER, counterpart="UKR", event_time="2026-10-20", facts={"destination": "UKR"}
    )
    assert shown(outlook(CLAIM, ORDER, planned))["P05"] == ("imminent", "now")
    elsewhere = notice(
        7, "removal_planned", author=PL_ASYLUM, counterpart="AFG", event_time="2026-10-20", facts={"destination": "AFG"}
    )
    assert "P19" not in shown(outlook(CLAIM, elsewhere, to="CZE"))


def test_what_a_promise_of_the_receiving_state_hides_is_no_warning() -> None:
    promise = notice(
        8,
        "responsibility_reply",
        author=UA_ASYLUM,
        counterpart="SVK",
        event_time=day(-1),
        facts={"reply": "accepted", "intended_procedure": "full_merits", "request_type": "readmission"},
    )
    assert "P03" not in shown(outlook(CLAIM, promise, date=day(1)))


@pytest.mark.parametrize(
    "date", ["2026-12", "2026-12~", "2026-12-05T06:00:00Z", "1999-01-01", "2036-11", "2026/", "0002"]
)
def test_any_time_of_edtf_can_be_asked_about(date: str) -> None:
    assert outlook(CLAIM, ORDER, date=date).stop is False


@pytest.mark.parametrize(
    ("found", "date", "stops"),
    [
        (CHILD, day(30), True),
        (CLAIM, day(10), False),
        (measure("SVK", day(20)), day(10), True),
        (measure("SVK", day(20)), day(30), False),
        (measure("POL", day(20)), day(10), False),
        (trafficked(10), day(10), True),
        (trafficked(10), day(25), False),
    ],
)
def test_a_stop_counts_on_the_day_of_the_removal(found: Notice, date: str, stops: bool) -> None:  # noqa: FBT001
    assert outlook(found, date=date).stop is stops


def test_a_child_needs_twenty_one_days_between_the_plan_and_the_day() -> None:
    cared = {"guardian_appointed": "yes", "best_interests_assessed": "yes"}
    ready = notice(9, "safeguard", author=SK_ASYLUM, facts=cared)
    assert [outlook(CHILD, ready, date=day(days)).stop for days in (20, 22)] == [True, False]


@pytest.mark.parametrize(("to", "date", "refused"), [("SVK", day(1), "states"), ("UKR", "9999", "times")])
def test_a_removal_leads_elsewhere_and_is_not_ages_away(to: str, date: str, refused: str) -> None:
    with pytest.raises(Refusal) as raised:
        hypothesis.require_sense(Removal(SK_ASYLUM, to, date), NOW)
    assert raised.value.code == f"contradictory-{refused}"


def test_nothing_that_is_asked_is_kept_in_what_is_known() -> None:
    person = Person((CLAIM, ORDER), grade="probable")
    before = person.notices
    first, again = (hypothesis.outlook(person, Removal(SK_ASYLUM, "UKR", day(10)), (P05,), NOW) for _ in range(2))
    assert person.notices is before
    assert first == again
