"""P09 to P11, P14 and P18: what their examples alone do not say."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.patterns import oracle
from domain.patterns.histories import DAYS, KINDS, START, STATES, World, event, outline
from exchange.domain import members, timeline
from exchange.domain.edtf import read
from exchange.domain.patterns import describe
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.changes import CHANGED
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.patterns.telling import last, told

BY_ID = {pattern.id: pattern for pattern in PATTERNS}
FORM = {"physically_returned": ("yes",), "reason_letter": ("I", "not_recorded"), "form_signed": ("yes", "no", "no")}
TOLD_OF = {kind[0]: kind for kind in KINDS} | {"entry_refused": ("entry_refused", 3, FORM)}
NARROW = (
    ("merits_decision", "claim_not_taken", "responsibility_reply", "removal_executed", "protection_status"),
    ("return_decision", "removal_planned", "removal_executed", "responsibility_reply", "admissibility_decision"),
    ("encounter", "entry_refused", "removal_executed", "responsibility_request", "return_decision"),
    ("claim_registered", "arrival", "detention", "merits_decision", "return_decision"),
    ("merits_decision", "removal_planned", "removal_executed"),
)
"""What each of the five is about: histories of these alone, so that the rare meetings happen."""


def found(pattern: str, lines: str, danger: str = "AFG", now: str = "") -> tuple[Finding, ...]:
    history = told(lines, danger)
    return evaluate(history, [BY_ID[pattern]], read(now).latest if now else last(history)).findings


def only(pattern: str, lines: str, danger: str = "AFG", now: str = "") -> Finding:
    (finding,) = found(pattern, lines, danger, now)
    return finding


def test_the_oracle_agrees_on_histories_about_little_else() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    shown: set[str] = set()
    for number in range(1000):
        kinds = tuple(TOLD_OF[kind] for kind in rng.choice(NARROW))
        of = World(rng, STATES, tuple(rng.sample(DAYS, rng.choice((3, 6, len(DAYS))))), kinds, 0.8)
        count = rng.choice((4, 6, 8))
        events = tuple(event(of, ref, place) for ref, place in enumerate(rng.sample(range(20), count), start=100))
        danger = frozenset(rng.choice(((), ("AFG",), ("SYR",), ("AFG", "SYR"))))
        safeguards = frozenset(rng.choice(((), ("pregnant",))))
        history = timeline.build(events, danger, safeguards, members.STATES)
        now = START + timedelta(days=rng.choice(DAYS) + rng.choice((0, 17, 60, 400)))
        ours, theirs = outline(evaluate(history, PATTERNS, now)), oracle.judge(history, now)
        assert ours == theirs, f"history {number} of seed {seed}: {ours} is not {theirs}"
        shown |= {pattern for pattern, *_ in theirs[0].values()}
    assert {"P09", "P10", "P11", "P14", "P18"} <= shown


# nobody examines

ENDED = "2026-01-10 merits_decision HUN outcome=discontinued merits_scope=none\n"
AGREED = "2026-02-01 responsibility_reply HUN>CZE reply=accepted\n"
FULL = "2026-03-01 merits_decision CZE outcome=rejected merits_scope=full served_at=2026-03-01"
DATED_BACK = FULL.replace("03-01", "01-20")


def test_a_person_has_one_finding_however_many_states_close_the_case() -> None:
    steps = [
        ENDED,
        AGREED,
        "2026-03-01 claim_not_taken POL\n",
        "2026-04-01 admissibility_decision SVK outcome=inadmissible",
    ]
    grown = [only("P09", "".join(steps[:count])) for count in (2, 3, 4)]
    assert {one.anchor for one in grown} == {1}
    assert [one.acting[0] for one in grown] == ["CZE", "POL", "SVK"]


def test_a_full_decision_at_last_takes_it_away_and_one_dated_back_does_not() -> None:
    """L23: what a state did counts, what it says afterwards of the time before does not."""
    assert only("P09", ENDED + AGREED).certainty == "certain"
    assert found("P09", f"{ENDED}{AGREED}{FULL}") == ()
    back = only("P09", f"{ENDED}{AGREED}{DATED_BACK}")
    assert (back.severity, back.certainty) == ("high", "possible")
    assert found("P09", f"{ENDED}{AGREED}{DATED_BACK} author=UNO") == ()
    assert only("P09", f"{ENDED}{AGREED}{FULL} flagged=yes").severity == "high"


def test_closing_again_after_a_full_decision_raises_nothing() -> None:
    assert found("P09", f"{ENDED}{AGREED}{FULL}\n2026-04-01 claim_not_taken POL") == ()


@pytest.mark.parametrize(
    ("pattern", "path", "danger"),
    [
        ("P03", "2026-01-06 removal_executed SVK>UKR", "AFG"),
        ("P05", "2026-01-06 removal_executed SVK>UKR\n2026-02-01 return_decision UKR>AFG", "AFG"),
        ("P09", "2026-01-06 removal_executed SVK>UKR\n2026-02-01 claim_not_taken UKR", "AFG"),
        ("P19", "2026-01-06 removal_executed SVK>AFG", "AFG"),
    ],
)
def test_why_not_names_the_full_decision_that_keeps_a_pattern_silent(pattern: str, path: str, danger: str) -> None:
    """S1: it is inside the clause that asks who has examined, and it is logged all the same."""
    history = told(f"2026-01-01 claim_registered SVK\n{FULL.replace('03-01', '01-04')}\n{path}", danger)
    verdict = evaluate(history, [BY_ID[pattern]], last(history))
    assert verdict.findings == ()
    assert verdict.why_not[pattern].startswith("not shown: unexamined (")
    assert verdict.why_not[pattern].endswith("; examined: 2")


# destinations and handovers

TO_SRB = "2026-01-05 return_decision HUN>SRB\n"
TO_AFG = "2026-01-08 removal_planned HUN>AFG\n"


def test_a_changed_plan_that_was_called_off_is_told_of_and_hidden_by_the_word_of_another_alone() -> None:
    off = "2026-01-09 removal_planned HUN>AFG cancelled=yes"
    own, others = only("P10", TO_SRB + TO_AFG + off), only("P10", f"{TO_SRB}{TO_AFG}{off} author=UNO")
    assert (own.severity, own.certainty) == ("critical", "possible")
    assert (others.severity, [one.hides for one in others.suppressors]) == ("info", [True])


def test_the_plan_and_the_removal_to_the_other_state_are_one_finding() -> None:
    planned = only("P10", TO_SRB + TO_AFG)
    done = only("P10", TO_SRB + TO_AFG + "2026-01-09 removal_executed HUN>AFG")
    assert (planned.stage, done.stage, planned.anchor) == ("imminent", "done", done.anchor)


def test_an_interview_without_fear_hides_a_handover_when_another_tells_of_it() -> None:
    out = "2026-01-07 removal_executed SVN>HRV legal_act=none\n"
    no = "2026-01-06 encounter SVN fear_asked=yes fear_answer=no language_understood=yes"
    own, others = only("P11", f"{no}\n{out}"), only("P11", f"{no} author=UNO\n{out}")
    assert (own.severity, own.certainty) == ("high", "possible")
    assert (others.severity, [one.code for one in others.suppressors]) == ("info", ["S2"])


# after return

RETURNED = "2026-01-05 claim_registered BEL\n2026-03-02 removal_executed BEL>GRC\n"
LOCKED = "2026-03-03 detention GRC step=start\n"


def test_the_state_that_received_the_person_is_asked_and_the_sender_is_told() -> None:
    arrived = "2026-03-02 arrival GRC>BEL outcome=arrived\n"
    one = only("P14", f"{RETURNED}{arrived}{LOCKED}2026-03-04 return_decision GRC>TUR", now="2026-04-01")
    assert (one.acting, one.complained_of, one.anchor) == (("GRC", "BEL"), frozenset({"GRC"}), 4)


def test_the_ten_days_are_those_of_the_receiving_state() -> None:
    """The twenty-fifth of March is a holiday in Greece, and none in Belgium."""
    lines = (RETURNED + LOCKED).replace("03-02", "03-16").replace("03-03", "03-17")
    timers = evaluate(told(lines, "AFG"), [BY_ID["P14"]], read("2026-03-20").latest).timers
    assert [timer.due for timer in timers] == [read("2026-03-31").latest.replace(microsecond=999999)]


def test_a_state_mends_it_by_what_it_does_and_not_by_what_it_dates_back() -> None:
    full = "merits_decision GRC outcome=rejected merits_scope=full served_at"
    back = only("P14", f"{RETURNED}{LOCKED}2026-03-01 {full}=2026-03-01", now="2026-04-01")
    assert (back.severity, back.certainty) == ("high", "possible")
    assert found("P14", f"{RETURNED}{LOCKED}2026-03-20 {full}=2026-03-20", now="2026-04-01") == ()


# stale merits


def test_a_stale_rejection_is_medium_and_high_for_somebody_with_a_safeguard() -> None:
    lines = "2024-01-10 merits_decision DEU outcome=rejected merits_scope=full\n2026-01-06 removal_executed GBR>IRN"
    assert only("P18", lines, "IRN").severity == "medium"
    history = replace(told(lines, "IRN"), safeguards=frozenset({"pregnant"}))
    (raised,) = evaluate(history, [BY_ID["P18"]], last(history)).findings
    assert raised.severity == "high"


def test_the_list_of_changes_is_told_as_a_setting_and_never_as_law() -> None:
    """Which states stand in it moves no ground, and no sentence of a finding says which state or when."""
    assert CHANGED
    assert all(since <= START.replace(year=2026) for since in CHANGED.values())
    page = describe.page()
    assert not any(f"{since:%Y-%m-%d}" in page for since in CHANGED.values())
    assert "setting of this exchange" in BY_ID["P18"].false_alarms
