"""What a review found: alarms that say nothing, and one act that was two findings (decision 0035)."""

import pytest

from exchange.domain.edtf import read
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.patterns.telling import last, told

NOW = read("2026-03-01").latest
LEG = "2026-01-06 removal_executed SVK>UKR means=air\n"


def shown(lines: str, danger: str = "AFG") -> dict[str, list[tuple[int, str]]]:
    """Pattern -> anchor and certainty of each finding."""
    found: dict[str, list[tuple[int, str]]] = {}
    for one in evaluate(told(lines, danger), PATTERNS, NOW).findings:
        found.setdefault(one.pattern.id, []).append((one.anchor, one.certainty))
    return found


@pytest.mark.parametrize(
    ("pattern", "answer", "asked"),
    [
        ("P13", "2026-01-06 arrival UKR>SVK outcome=arrived\n", LEG),
        ("P21", "2026-01-06 claim_registered SVK by=asylum_office\n", "2026-01-06 claim_expressed SVK\n"),
        ("P22", "2026-01-06 hold_request UKR>SVK step=held\n", "2026-01-06 hold_request SVK>UKR step=asked\n"),
    ],
)
def test_who_is_quicker_to_tell_of_the_same_day_is_not_silent(pattern: str, answer: str, asked: str) -> None:
    assert pattern in shown(asked)
    assert pattern not in shown(answer + asked)
    assert pattern in shown(answer.replace("01-06", "01-05") + asked)  # of the day before: of something else
    assert pattern in shown(answer.replace("2026-01-06", "2026-01") + asked)  # of any day
    assert pattern in shown(answer.strip() + " flagged=yes\n" + asked)


def test_two_measures_that_bind_one_state_are_one_finding_whatever_else_they_name() -> None:
    measure = "2026-01-02 interim_measure SVK{} step=indicated\n"
    lines = measure.format(">UKR") + measure.format(">POL") + measure.format("") + LEG
    assert shown(lines)["P06"] == [(1, "certain")]


def test_a_removal_that_a_monitor_tells_of_too_is_one() -> None:
    again = LEG.strip() + " author=UNO by=monitor\n"
    claim = "2026-01-05 claim_expressed SVK author=UNO by=monitor\n"
    assert "P17" not in shown(claim + LEG + again)
    assert "P17" in shown(claim + LEG + again + again.replace("01-06", "01-09"))
    assert "P17" in shown(claim + LEG + again + again)  # it tells of two
    assert "P17" in shown(claim + LEG.strip() + " flagged=yes\n" + again + LEG)  # a forged one stands for none


@pytest.mark.parametrize(("by", "shows"), [("asylum_office", True), ("court_liaison", True), ("monitor", False)])
def test_a_monitor_is_independent_of_the_state_it_is_seated_in(by: str, shows: bool) -> None:  # noqa: FBT001
    """L23: a decision told after the act, by the state that acted or by the monitor that it hosts (decision 0037)."""
    decided = "2026-01-03 merits_decision SVK outcome=rejected merits_scope=full served_at=2026-01-03"
    claim = "2026-01-02 claim_registered SVK\n"
    assert ("P03" in shown(f"{claim}{LEG}{decided} by={by}")) == shows
    assert "P03" not in shown(f"{claim}{decided} by={by}\n{LEG}")


def test_a_wide_notice_told_first_does_not_swallow_what_a_monitor_counts() -> None:
    """L23: the state at fault may not hide the second removal behind a removal at any time of the year."""
    wide = LEG.replace("2026-01-06", "2026")
    times = "".join(LEG.replace("01-06", day).strip() + " author=UNO by=monitor\n" for day in ("01-06", "02-06"))
    assert shown(wide + times)["P17"] == [(1, "certain")]


def test_silence_of_the_state_that_the_person_fears_says_nothing() -> None:
    assert "P13" in shown(LEG)
    assert "P13" not in shown(LEG, "UKR")


REJECTED = "2025-03-01 merits_decision SVK outcome=rejected merits_scope=full served_at=2025-03-02\n"
ANNULLED = "2025-08-01 merits_decision SVK outcome=annulled merits_scope=none\n"
ASKED = "2025-01-06 claim_registered SVK\n"


def test_a_rejection_that_a_court_annulled_examined_nobody() -> None:
    assert "P19" not in shown(ASKED + REJECTED + LEG, "UKR")
    assert shown(ASKED + REJECTED + ANNULLED + LEG, "UKR")["P19"] == [(4, "certain")]
    assert shown(ASKED + REJECTED + ANNULLED + LEG)["P03"] == [(4, "certain")]
    again = REJECTED.replace("2025-03", "2025-10")
    assert "P19" not in shown(ASKED + REJECTED + ANNULLED + again + LEG, "UKR")
    assert "P19" not in shown(ASKED + REJECTED + LEG + ANNULLED.replace("2025-08", "2026-02"), "UKR")
    assert "P19" not in shown(ASKED + REJECTED + ANNULLED.replace("SVK", "POL") + LEG, "UKR")
    unsure = ANNULLED.replace("2025-08-01", "2025-03")
    assert shown(ASKED + REJECTED + unsure + LEG, "UKR")["P19"] == [(4, "possible")]


def test_an_annulled_decision_ends_no_search_for_who_examines() -> None:
    closed = "2025-02-01 claim_not_taken POL\n2025-02-05 claim_not_taken LTU\n"
    assert "P09" not in shown(closed + REJECTED)
    assert "P09" in shown(closed + REJECTED + ANNULLED)


PROMISE = "2026-01-04 responsibility_reply UKR>SVK reply=accepted intended_procedure=full_merits\n"
BROKEN = (
    "2026-01-08 admissibility_decision UKR>POL outcome=inadmissible",
    "2026-01-08 merits_decision UKR outcome=discontinued merits_scope=not_recorded",
    "2026-01-08 merits_decision UKR outcome=not_recorded merits_scope=none",
    "2026-01-08 responsibility_reply UKR>SVK reply=suspended",
    "2026-01-08 responsibility_reply UKR>SVK reply=accepted intended_procedure=return",
    "2026-01-08 arrival UKR>SVK outcome=refused",
    "2026-01-08 entry_refused UKR>SVK",
)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_promise_to_examine_that_was_broken_hides_nothing(broken: str) -> None:
    def worst(lines: str) -> str:
        found = evaluate(told(ASKED + lines, "AFG"), PATTERNS, NOW).findings
        return next(one.severity for one in found if one.pattern.id == "P03" and "SVK" in one.acting)

    assert worst(PROMISE + LEG) == "info"
    assert worst(PROMISE + LEG + "2026-01-08 arrival UKR>SVK outcome=arrived") == "info"
    assert worst(PROMISE + LEG + broken) == "critical"
    assert worst(PROMISE.replace("accepted", "refused") + LEG) == "critical"


@pytest.mark.parametrize("pattern", PATTERNS, ids=[pattern.id for pattern in PATTERNS])
def test_no_pattern_shows_as_law_what_nobody_has_checked(pattern: Pattern) -> None:
    """domain.md: what is from memory may shape defaults, and is never shown to a user as law."""
    assert "memory" not in pattern.ground


def test_what_is_told_again_makes_nothing_sure() -> None:
    """A monitor tells of about a day, then the guards of that day: it is one refusal, and its day is not certain."""
    first = "2026-01-10 claim_expressed POL\n2026-01-15 entry_refused POL>BLR\n"
    about = "2026-01-22~ entry_refused POL>BLR author=UNO by=monitor\n"
    history = told(first + about + "2026-01-22 entry_refused POL>BLR")
    (serial,) = evaluate(history, [one for one in PATTERNS if one.id == "P02"], last(history)).findings
    assert serial.certainty == "possible"
