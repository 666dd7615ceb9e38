"""Why a finding does not show any more, by what one reader knows; and when it has become another."""

from datetime import timedelta

import pytest

import builders
from builders import NOW, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR, notice
from exchange.domain import superseding, withdrawals
from exchange.domain.notice import Notice
from exchange.domain.superseding import Moved
from exchange.domain.withdrawals import Cause, Gone

LATE = NOW + timedelta(days=30)
SAME = "probable"
LOST = [notice(1, "removal_executed", counterpart="UKR", facts={"destination": "UKR"})]
"""One handover; thirty days later P13 shows, unless somebody reported an arrival."""
ARRIVED = notice(
    3, "arrival", author=UA_ASYLUM, counterpart="SVK", event_time="2010-09-24", facts={"outcome": "arrived"}
)


def cause(notices: list[Notice], person: set[int] | None = None) -> Cause:
    pairs = {(a.no, b.no): SAME for a in notices for b in notices if a.no < b.no}
    gone = Gone("p13", 1, frozenset(person or {1}))
    return withdrawals.cause(gone, notices, pairs, LATE)


def test_the_notice_that_came_last_before_it_was_gone_is_the_cause() -> None:
    before, after = (notice(no, "encounter", author=UNHCR, case=f"u-{no}") for no in (2, 4))
    found = cause([*LOST, before, ARRIVED, after])
    assert found == Cause(ARRIVED, is_parted=False)


def test_of_two_notices_that_would_each_do_it_the_first_is_the_cause() -> None:
    again = notice(
        5, "arrival", author=UA_ASYLUM, counterpart="SVK", event_time="2010-09-25", facts={"outcome": "arrived"}
    )
    assert cause([*LOST, ARRIVED, again]).notice == ARRIVED


def test_what_the_alert_was_computed_from_is_no_cause_however_much_it_is() -> None:
    many = [notice(no, "encounter", author=UNHCR, case=f"u-{no}") for no in range(4, 4 + 2 * withdrawals.MOST_TRIED)]
    assert cause([*LOST, ARRIVED, *many], {1, *(n.no for n in many)}).notice == ARRIVED
    assert cause([*LOST, ARRIVED, *many], {1, ARRIVED.no, *(n.no for n in many)}).notice is None


def test_its_reference_is_for_those_who_have_it() -> None:
    found = cause([*LOST, ARRIVED])
    named = {"because": "confirmation", "iss": UA_ASYLUM.urn, "id": ARRIVED.id}
    assert withdrawals.told(found, UNHCR) == withdrawals.told(found, UA_ASYLUM) == named
    assert withdrawals.told(found, SK_ASYLUM) == {"because": "confirmation"}


@pytest.mark.rule("L07")
def test_past_the_gate_nothing_is_told_of_a_notice_that_may_not_pass() -> None:
    kept = notice(3, "arrival", author=SK_ASYLUM, state="UKR", counterpart="SVK", transfer=False)
    monitor = builders.reader("ua-monitor", "monitor", "UKR")
    assert withdrawals.told(Cause(kept, is_parted=False), monitor) == {"because": "not_shown"}


def test_what_no_notice_did_is_told_as_that() -> None:
    assert withdrawals.told(cause(LOST, {1}), SK_BORDER)["because"] == "not_shown"


def test_a_person_who_turned_out_to_be_two_is_told_as_that() -> None:
    stranger = notice(2, "encounter", author=UNHCR, case="u-2")
    found = withdrawals.cause(Gone("path", 1, frozenset({1, 2})), [*LOST, stranger], {}, LATE)
    assert withdrawals.told(found, UNHCR)["because"] == "link_undone"


PERSON = frozenset({1, 2, 3})


@pytest.mark.parametrize(
    ("to", "moved"),
    [
        (Moved(PERSON, frozenset({3}), frozenset(), frozenset()), True),
        (Moved(frozenset({3}), frozenset({3}), frozenset(), frozenset()), False),  # somebody else
        (Moved(PERSON, frozenset({3}), PERSON, frozenset()), False),  # it stood beside it before
        (Moved(PERSON, frozenset({3}), frozenset({3}), frozenset()), True),  # two who turned out to be one
    ],
)
def test_a_finding_known_by_its_chain_moves_within_the_person(to: Moved, *, moved: bool) -> None:
    assert superseding.has_moved(("path", 1, frozenset({1})), to) is moved


def test_a_finding_known_by_one_notice_moves_with_its_evidence_or_its_replacement_only() -> None:
    new = frozenset[int]()
    assert not superseding.has_moved(("p13", 1, frozenset({1})), Moved(PERSON, frozenset({3}), new, frozenset()))
    assert superseding.has_moved(("p13", 1, frozenset({1})), Moved(PERSON, frozenset({1, 3}), new, frozenset()))
    assert superseding.has_moved(("p13", 1, frozenset({1})), Moved(PERSON, frozenset({3}), new, frozenset({1})))


def test_a_doubtful_person_who_is_told_apart_is_told_to_the_monitor_as_that_and_not_before() -> None:
    """The notice 3 fits 1 and 2, so that a monitor was told of 1 and 3 together; then that pair is refused."""
    fits = [*LOST, notice(2, "encounter", author=UNHCR, case="u-2"), notice(3, "encounter", author=UA_ASYLUM, case="x")]
    evidence = {(1, 3): "probable", (2, 3): "probable"}
    gone = Gone("p13", 1, frozenset({1, 3}), doubted=True)
    assert not withdrawals.is_parted(gone, fits, evidence)
    assert withdrawals.is_parted(gone, fits, evidence | {(1, 3): "refused"})
    assert withdrawals.is_parted(Gone("p13", 1, frozenset({1, 3})), fits, evidence)
