"""Subtle points of the patterns on protection: who confirms it, what an assurance rules out, how grave it is."""

import pytest

from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.patterns.telling import last, told

BY_ID = {pattern.id: pattern for pattern in PATTERNS}
GIVEN = "2025-01-01 protection_status ITA change=granted\n"
BACK = "2026-01-06 removal_executed DEU>ITA\n"


def only(pattern: str, lines: str, danger: str = "SYR", safeguards: str = "") -> Finding:
    history = told(lines, danger, safeguards)
    (finding,) = evaluate(history, [BY_ID[pattern]], last(history)).findings
    return finding


def test_a_return_to_the_protecting_state_is_worth_a_look_with_a_safeguard() -> None:
    assert only("P08", GIVEN + BACK).severity == "info"
    assert only("P08", GIVEN + BACK, safeguards="pregnant").severity == "medium"


@pytest.mark.parametrize(
    "word",
    [
        "2026-01-03 information_reply ITA>DEU outcome=hit\n",
        "2026-01-03 assurance ITA>DEU step=given individual=yes\n",
    ],
)
def test_the_protecting_state_may_confirm_it(word: str) -> None:
    confirmed = only("P08", GIVEN + word + BACK, safeguards="pregnant")
    assert (confirmed.severity, [(s.code, s.hides) for s in confirmed.suppressors]) == ("info", [("S3", True)])
    danger = only("P08", GIVEN + word + BACK.replace("ITA", "SYR"))
    assert (danger.severity, danger.suppressors) == ("critical", ())


@pytest.mark.parametrize(
    "word",
    [
        "2026-01-03 information_reply ITA>DEU outcome=no_hit\n",
        "2026-01-03 information_reply FRA>DEU outcome=hit\n",
        "2026-01-03 information_reply ITA>FRA outcome=hit\n",
        "2024-01-03 information_reply ITA>DEU outcome=hit\n",
        "2026-01-03 assurance ITA>DEU step=given individual=no\n",
        "2026-01-03 assurance ITA>DEU step=refused individual=yes\n",
    ],
)
def test_nothing_else_confirms_it(word: str) -> None:
    assert only("P08", GIVEN + word + BACK, safeguards="pregnant").suppressors == ()


def test_the_removing_state_cannot_confirm_in_the_name_of_the_other() -> None:
    own = only(
        "P08", GIVEN + "2026-01-03 information_reply ITA>DEU outcome=hit author=DEU\n" + BACK, safeguards="elderly"
    )
    assert (own.severity, own.certainty) == ("medium", "possible")


def test_an_extradition_that_was_called_off_is_logged_and_only_anothers_word_hides_it() -> None:
    plan = "2026-01-05 return_decision DEU>TUR ground=extradition\n"
    off = "2026-01-09 return_decision DEU>TUR ground=extradition annulled=yes"
    assert only("P08", GIVEN + plan + off, danger="TUR").severity == "critical"
    assert only("P08", f"{GIVEN}{plan}{off} author=UNO", danger="TUR").severity == "info"


def test_an_assurance_whose_text_nobody_recorded_is_broken_at_most_possibly() -> None:
    word = "2026-01-01 assurance SRB>HUN step=given text={}\n2026-02-01 removal_executed SRB>MKD"
    assert only("P12", word.format("not_recorded")).certainty == "possible"
    assert only("P12", word.format("no_onward_removal")).certainty == "certain"


def test_a_missing_assurance_is_medium_because_the_person_needs_care() -> None:
    lines = "2026-01-01 claim_registered HUN\n2026-01-05 removal_planned HUN>SRB"
    assert only("P12", lines, safeguards="torture_survivor").severity == "medium"


def test_a_doubtful_form_is_told_of_before_the_person_leaves() -> None:
    form = "2026-01-10 voluntary_return TUR counsel=no\n"
    before = only("P16", form)
    after = only("P16", form + "2026-01-12 removal_executed TUR>SYR")
    assert (before.stage, before.severity) == ("imminent", "medium")
    assert (after.stage, after.severity, after.anchor) == ("done", "high", before.anchor)
