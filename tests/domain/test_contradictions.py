"""L18: what does not fit together is shown side by side, to those who may see what it rests on."""

from typing import Any

import pytest

from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, notice, subject
from exchange.domain import contradictions, disclosure
from exchange.domain.notice import Notice

DAY = "2026-09-01"
CLAIM = notice(1, "claim_expressed", author=UA_ASYLUM, state="SVK", event_time=DAY)
NO_FEAR = notice(2, "encounter", author=SK_BORDER, event_time="2026-09-10", facts={"fear_answer": "no"})
PAIRS = {
    "no fear": (CLAIM, NO_FEAR),
    "not heard": (CLAIM, notice(2, "claim_not_taken", event_time=DAY, facts={"reason": "not_heard"})),
    "never came": (
        notice(1, "removal_executed", counterpart="UKR", event_time=DAY),
        notice(2, "arrival", author=UA_BORDER, event_time=DAY, facts={"outcome": "refused"}),
    ),
    "arrived": (
        notice(1, "arrival", author=UA_ASYLUM, event_time=DAY, facts={"outcome": "arrived"}),
        notice(2, "arrival", author=UA_BORDER, event_time=DAY, facts={"outcome": "not_arrived"}),
    ),
    "merits": (
        notice(1, "merits_decision", author=SK_ASYLUM, event_time=DAY, facts={"merits_scope": "full"}),
        notice(2, "merits_decision", author=UNHCR, state="SVK", event_time=DAY, facts={"merits_scope": "none"}),
    ),
    "nationality": (
        notice(1, subject=subject(nationality={"AFG"})),
        notice(2, author=UA_ASYLUM, subject=subject(nationality={"PAK"})),
    ),
}


def seen(column: str, *notices: Notice) -> dict[int, dict[str, Any]]:
    return {n.no: disclosure.shown(n, column) for n in notices}


def found(column: str, *notices: Notice) -> list[tuple[int, int]]:
    return [pair for _, pair in contradictions.found(contradictions.among(notices), seen(column, *notices))]


@pytest.mark.parametrize("way", PAIRS)
@pytest.mark.rule("L18")
def test_each_way_is_found_in_either_order_and_once(way: str) -> None:
    one, other = PAIRS[way]
    assert found("monitor", one, other) == [(1, 2)]
    assert found("monitor", other, one) == [(1, 2)]
    words = {
        words for words, _ in contradictions.found(contradictions.among([one, other]), seen("monitor", one, other))
    }
    assert len(words) == 1
    assert len(PAIRS) == len(contradictions.TABLE)


def test_a_contradiction_is_told_to_nobody_who_may_not_see_what_it_rests_on() -> None:
    assert found("office", CLAIM, NO_FEAR) == [(1, 2)]
    assert found("confirmed", CLAIM, NO_FEAR) == []
    assert found("probable", CLAIM, NO_FEAR) == []
    assert found("confirmed", *PAIRS["merits"]) == [(1, 2)]  # scopes of decisions are shown there
    assert found("office", *PAIRS["nationality"]) == []


@pytest.mark.parametrize(
    "other",
    [
        notice(2, "encounter", event_time="2026-10-02", facts={"fear_answer": "no"}),
        notice(2, "encounter", author=UA_BORDER, event_time=DAY, facts={"fear_answer": "no"}),
        notice(2, "encounter", event_time=DAY, facts={"fear_answer": "yes"}),
        notice(2, "encounter", author=UA_ASYLUM, state="SVK", event_time=DAY, facts={"fear_answer": "no"}),
    ],
    ids=["a month later", "another state", "no contradiction", "the same author"],
)
def test_words_about_different_things_do_not_contradict(other: Notice) -> None:
    assert found("monitor", CLAIM, other) == []
