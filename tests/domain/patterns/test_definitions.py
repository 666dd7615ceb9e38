"""The definitions on which the patterns rest, each by an example of its own."""

import pytest

from exchange.domain.patterns import examination
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.patterns.telling import last, told
from exchange.domain.timeline import Timeline

BY_ID = {pattern.id: pattern for pattern in PATTERNS}
LEG = "2026-01-06 removal_executed SVK>UKR\n"
FULL = "merits_decision SVK outcome=rejected merits_scope=full served_at"
NO = "2026-01-02 encounter SVK fear_asked=yes fear_answer=no language_understood=yes"
REMEDY = "2026-01-02 remedy SVK step=lodged suspensive=granted\n"
PROMISE = "2026-01-03 responsibility_reply UKR>SVK reply=accepted intended_procedure=full_merits\n"


def found(pattern: str, history: Timeline) -> tuple[Finding, ...]:
    return evaluate(history, [BY_ID[pattern]], last(history)).findings


def only(pattern: str, lines: str, danger: str = "AFG", safeguards: str = "") -> Finding:
    (finding,) = found(pattern, told(lines, danger, safeguards))
    return finding


def against(finding: Finding) -> list[tuple[str, bool]]:
    return [(one.code, one.hides) for one in finding.suppressors]


# who has examined


@pytest.mark.parametrize(
    ("examined", "decision"),
    [
        (True, f"2026-01-04 {FULL}=2026-01-05"),
        (False, f"2026-01-04 {FULL}=2026-01-08"),  # served two days after the flight: Ozdil
        (False, f"2026-01-04 {FULL}=2026-01-06"),  # the same day: not certainly before
        (False, f"2026-01-04 {FULL}=2026-01"),
        (False, f"2026-01-04 {FULL}=2026-01-05~"),
        (False, "2026-01-04 merits_decision SVK outcome=rejected merits_scope=full"),  # never served
        (False, f"2026-01-04 {FULL}=2026-01-05".replace("full", "partial")),  # T.I., Adan
        (False, f"2026-01-04 {FULL}=2026-01-05".replace("full", "none")),
        (False, f"2026-01-04 {FULL}=2026-01-05".replace("full", "not_recorded")),
        (False, f"2026-01-04 {FULL}=2026-01-05".replace("rejected", "discontinued")),
        (True, f"2026-01-04 {FULL}=2026-01-05".replace("rejected", "geneva_convention")),
        (True, "2026-01-04 protection_status DEU change=granted"),
        (True, "2026-01-04 protection_status DEU change=renewed"),
        (False, "2026-01-04 protection_status DEU change=withdrawn"),
        (False, "2026-01-04 protection_status DEU change=granted effective_at=2026-02-01"),
        (False, "2026-01-04 admissibility_decision SVK>UKR outcome=inadmissible"),
    ],
)
def test_who_has_examined_the_merits(decision: str, *, examined: bool) -> None:
    history = told(f"{decision}\n{LEG}")
    assert (examination.examined(history, history.events[-1]) is not None) == examined


def test_nobody_mends_a_removal_afterwards_by_a_decision_of_its_own() -> None:
    own = f"2026-01-04 {FULL}=2026-01-05"
    after = told(LEG + own)
    assert examination.examined(after, after.events[-1], frozenset({"SVK"})) is None
    assert examination.examined(after, after.events[-1], frozenset({"UKR"})) is not None
    others = told(LEG + own + " author=DEU")
    assert examination.examined(others, others.events[-1], frozenset({"SVK"})) is not None


# who was heard


@pytest.mark.parametrize(
    ("heard", "lines", "safeguards"),
    [
        (True, NO, ""),
        (True, NO, "pregnant"),
        (False, NO, "age_disputed"),
        (False, NO, "unaccompanied_minor"),
        (False, f"{NO} relayed_interpreting=yes", ""),
        (False, NO.replace("language_understood=yes", "language_understood=no"), ""),
        (False, NO.replace("fear_asked=yes", "fear_asked=not_recorded"), ""),
        (False, NO.replace("fear_answer=no", "fear_answer=unclear"), ""),
        (False, NO.replace("SVK", "UKR"), ""),
        (False, f"{NO}\n2026-01-20 claim_registered UKR", ""),
        (False, f"{NO}\n2025-12-20 claim_expressed POL", ""),
        (False, f"{NO}\n2026-02-20~ claim_not_taken UKR", "age_disputed"),
        (True, f"{NO}\n2026-03-20 claim_registered UKR", ""),
        (False, f"{NO}\n2026-02 claim_registered UKR", ""),
    ],
)
def test_a_no_counts_when_it_was_well_asked_and_nothing_contradicts_it(
    lines: str, safeguards: str, *, heard: bool
) -> None:
    assert bool(examination.heard(told(lines, safeguards=safeguards), "SVK")) == heard


# whose word hides


def test_the_word_of_the_acting_state_never_hides() -> None:
    claim = "2026-03-20 claim_registered UKR\n"
    own = only("P03", claim + LEG + NO)
    assert (own.severity, own.certainty, against(own)) == ("critical", "possible", [("S2", False)])


def test_the_word_of_another_hides() -> None:
    claim = "2026-03-20 claim_registered UKR\n"
    others = only("P03", f"{claim}{LEG}{NO} author=UNO")
    assert (others.severity, others.certainty, against(others)) == ("info", "possible", [("S2", True)])


@pytest.mark.parametrize("lines", [f"{NO}\n{NO} author=UNO", f"{NO} author=UNO\n{NO}"])
def test_it_hides_once_another_says_the_same(lines: str) -> None:
    both = only("P03", f"2026-03-20 claim_registered UKR\n{LEG}{lines}")
    assert (both.severity, sorted(against(both))) == ("info", [("S2", False), ("S2", True)])


@pytest.mark.parametrize(
    ("pattern", "lines", "own"),
    [
        ("P01", "2026-01-01 claim_expressed SVK\n" + LEG, "2026-01-02 claim_registered SVK"),
        ("P03", "2026-01-01 claim_registered SVK\n" + LEG, f"2026-01-04 {FULL}=2026-01-05"),
        ("P04", LEG + "2026-02-03 removal_executed UKR>MDA\n", f"2026-01-04 {FULL}=2026-01-05"),
        ("P04", LEG + "2026-02-03 removal_executed UKR>MDA\n", f"2026-01-04 {FULL}=2026-01-05".replace("SVK", "UKR")),
        ("P05", LEG + "2026-02-03 return_decision UKR>MDA\n", f"2026-01-04 {FULL}=2026-01-05"),
        ("P07", REMEDY + LEG, REMEDY.replace("lodged", "withdrawn").replace("01-02", "01-03").strip()),
    ],
)
def test_a_state_at_fault_only_lowers_certainty_by_what_it_tells_afterwards(pattern: str, lines: str, own: str) -> None:
    before, after = only(pattern, lines), only(pattern, lines + own)
    assert (after.severity, after.anchor) == (before.severity, before.anchor)
    assert (before.certainty, after.certainty) == ("certain", "possible")
    assert found(pattern, told(f"{lines}{own} author=UNO", "AFG")) == ()
    assert found(pattern, told(f"{own}\n{lines}", "AFG")) == ()


# promises


CLAIM = "2026-01-01 claim_registered SVK\n"


def test_a_promise_of_the_receiving_state_hides_the_path_to_it() -> None:
    kept = only("P03", CLAIM + PROMISE + LEG)
    assert (kept.severity, against(kept)) == ("info", [("S6", True)])


@pytest.mark.parametrize(
    "promise",
    [
        PROMISE.replace("full_merits", "resume"),
        PROMISE.replace("2026-01-03", "2025-12-01"),  # no longer fresh
        PROMISE.strip() + " recorded=2026-03-01\n",  # told long after the leg, and dated back
        PROMISE.replace("UKR>SVK", "POL>SVK"),
        PROMISE + "2026-01-09 claim_not_taken UKR\n",  # contradicted
        PROMISE + "2026-01-09 removal_planned UKR>MDA\n",
    ],
)
def test_a_promise_not_fresh_not_kept_or_not_theirs_hides_nothing(promise: str) -> None:
    assert against(only("P03", CLAIM + promise + LEG)) == []


def test_a_promise_of_a_state_complained_of_lowers_certainty_alone() -> None:
    order = "2025-12-01 return_decision UKR>MDA\n"
    imminent = only("P05", order + PROMISE + LEG)
    assert (imminent.variant, imminent.severity, imminent.certainty) == ("standing order", "critical", "possible")
    assert against(imminent) == [("S6", False)]


# open plans


PLAN = "2026-01-05 removal_planned SVK>UKR\n"


@pytest.mark.parametrize(
    "closing",
    [
        "2026-01-06 removal_planned SVK>UKR cancelled=yes",
        "2026-01-06 return_decision SVK>UKR annulled=yes",
        "2026-01-06 return_decision SVK destinations=MDA,UKR annulled=yes",
        "2026-01-06 protection_status SVK change=granted",
        "2026-01-06 merits_decision SVK outcome=geneva_convention merits_scope=full served_at=2026-01-06",
        "2026-01-06 arrival SVK procedure_opened=yes",
        "2026-01-06 admissibility_decision SVK outcome=admissible",
    ],
)
def test_a_plan_is_called_off(closing: str) -> None:
    off = told(PLAN + closing)
    assert examination.called_off(off, off.events[0], "UKR") == off.events[1:]
    assert against(only("P19", CLAIM + PLAN + closing, danger="UKR")) == [("called_off", False)]
    assert against(only("P19", f"{CLAIM}{PLAN}{closing} author=UNO", danger="UKR")) == [("called_off", True)]


@pytest.mark.parametrize(
    "closing",
    [
        "2026-01-06 removal_planned SVK>MDA cancelled=yes",
        "2026-01-06 removal_planned POL>UKR cancelled=yes",
        "2026-01-04 removal_planned SVK>UKR cancelled=yes",
        "2026-01-06 protection_status SVK change=withdrawn",
        "2026-01-06 protection_status POL change=granted",
        "2026-01-06 merits_decision SVK outcome=rejected merits_scope=partial served_at=2026-01-06",
        "2026-01-06 merits_decision POL outcome=rejected merits_scope=full served_at=2026-01-06",
        "2026-01-06 arrival SVK procedure_opened=no",
    ],
)
def test_a_plan_stands(closing: str) -> None:
    assert against(only("P19", CLAIM + PLAN + closing, danger="UKR")) == []


def test_what_was_done_cannot_be_called_off() -> None:
    done = only("P19", f"{CLAIM}{LEG}2026-02-01 protection_status SVK change=granted author=UNO", danger="UKR")
    assert (done.severity, done.certainty, against(done)) == ("critical", "certain", [])


def test_a_plan_that_was_carried_out_is_not_open() -> None:
    history = told(PLAN + LEG)
    assert examination.carried_out(history, history.events[0], "UKR")
    assert not examination.carried_out(history, history.events[0], "MDA")
    before = told(LEG + PLAN.replace("01-05", "01-07"))
    assert not examination.carried_out(before, before.events[1], "UKR")
