"""What a key in other hands signed: it may raise a finding, and never takes one away."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.patterns.histories import STATES, history
from exchange.domain import timeline
from exchange.domain.edtf import read
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import SEVERITIES, Finding, evaluate
from exchange.domain.patterns.telling import last, told
from exchange.domain.timeline import Timeline

BY_ID = {pattern.id: pattern for pattern in PATTERNS}
EXAMPLES = [(example.timeline, example.now) for pattern in PATTERNS for example in pattern.examples]
FLAG = " flagged=yes"
CLAIM = "2025-11-01 claim_registered SVK\n"
LEG = "2026-01-06 removal_executed SVK>UKR"
PLAN = "2026-01-06 removal_planned SVK>UKR"
MERITS = "2026-01-02 merits_decision SVK merits_scope=full outcome=rejected served_at=2026-01-03 author=UNO"
PROMISE = "2026-01-04 responsibility_reply UKR>SVK reply=accepted intended_procedure=full_merits author=UNO"
INTERVIEW = "2026-01-04 encounter SVK fear_asked=yes fear_answer=no language_understood=yes author=UNO"
CANCELLED = "2026-01-07 removal_planned SVK>UKR cancelled=yes author=UNO"
REGISTERED = "2026-01-02 claim_registered SVK author=UNO"
OPENED = "2026-01-08 arrival SVK>UKR procedure_opened=yes author=UNO"
REMEDY = "2026-01-01 remedy SVK step=lodged suspensive=automatic\n"
DECIDED = "2026-01-04 remedy SVK step=decided suspensive=automatic author=UNO"
FLOWN = "2026-01-06 removal_executed SVK>UKR means=air\n"
ARRIVED = "2026-01-07 arrival UKR>SVK outcome=arrived author=UNO"
NEXT = "2025-12-20 return_decision UKR>AFG\n"
CARRIED_OUT = "2026-01-10 removal_executed UKR>AFG author=UNO"
SAID = "2026-01-01 claim_expressed SVK\n"
ASKED = "2026-01-01 hold_request SVK>UKR step=asked\n"
HELD = "2026-01-02 hold_request UKR>SVK step=held author=UNO"
LIFTED = "2026-01-02 hold_request SVK>UKR step=lifted author=UNO"

AGAINST = {
    "a full decision on the merits": ("P03", CLAIM, MERITS, LEG, ""),
    "a full decision, before a chain": ("P04", "", MERITS, LEG + "\n2026-02-06 removal_executed UKR>AFG", ""),
    "a full decision, before a direct return": ("P19", CLAIM, MERITS, LEG, "UKR"),
    "a promise to examine (S6)": ("P03", CLAIM, PROMISE, LEG, ""),
    "an interview without fear (S2)": ("P03", CLAIM, INTERVIEW, LEG, ""),
    "a plan called off": ("P03", CLAIM + PLAN + "\n", CANCELLED, "", ""),
    "a procedure opened there": ("P03", CLAIM + PLAN + "\n", OPENED, "", ""),
    "a registration in between": ("P01", SAID, REGISTERED, LEG, ""),
    "a remedy decided in between": ("P07", REMEDY, DECIDED, LEG, ""),
    "a claim taken up": ("P21", SAID, REGISTERED, "", ""),
    "a hold answered": ("P22", ASKED, HELD, "", ""),
    "a hold lifted": ("P22", ASKED, LIFTED, "", ""),
    "an arrival": ("P13", FLOWN, ARRIVED, "", ""),
    "a leg that closes a plan": ("P05", LEG + "\n" + NEXT, CARRIED_OUT, "", ""),
}
"""What speaks against a finding -> pattern, lines before it, its line, lines after it, where the person fears harm."""
AS_IF_NOT_SAID = {"an arrival", "a leg that closes a plan", "a claim taken up", "a hold answered", "a hold lifted"}
NOW = read("2026-03-01").latest


def shown(pattern: str, lines: str, danger: str = "") -> list[tuple[str, str]]:
    found = evaluate(told(lines, danger), [BY_ID[pattern]], NOW).findings
    return [(one.severity, one.certainty) for one in found if one.severity != "info"]


@pytest.mark.parametrize("what", AGAINST)
def test_what_keeps_a_finding_silent_does_so_no_more_when_it_is_flagged(what: str) -> None:
    pattern, before, line, after, danger = AGAINST[what]
    ((severity, certainty),) = shown(pattern, before + after, danger)
    assert shown(pattern, f"{before}{line}\n{after}", danger) == []
    ((again, less),) = shown(pattern, f"{before}{line}{FLAG}\n{after}", danger)
    assert again == severity
    assert (certainty, less) in {("certain", "possible"), ("certain", "certain")}
    assert less == "possible" or what in AS_IF_NOT_SAID


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        ("P03", CLAIM + LEG + FLAG),
        ("P03", CLAIM.strip() + FLAG + "\n" + LEG),
        ("P04", LEG + FLAG + "\n2026-02-06 removal_executed UKR>AFG"),
        ("P04", LEG + "\n2026-02-06 removal_executed UKR>AFG" + FLAG),
        ("P05", LEG + FLAG + "\n" + NEXT),
        ("P05", LEG + "\n" + NEXT.strip() + FLAG),
        ("P07", REMEDY.strip() + FLAG + "\n" + LEG),
        ("P13", FLOWN.strip() + FLAG),
        ("P01", SAID.strip() + FLAG + "\n" + LEG),
    ],
)
def test_a_finding_that_rests_on_a_flagged_event_is_shown_as_possible(pattern: str, lines: str) -> None:
    ((severity, _),) = shown(pattern, lines.replace(FLAG, ""))
    assert shown(pattern, lines) == [(severity, "possible")]


def test_a_flagged_word_against_a_word_against_still_protects() -> None:
    """A claim near an interview cancels it (S2), and what a state did against its promise cancels that (S6)."""
    claim = "2026-01-05 claim_expressed SVK"
    assert shown("P03", CLAIM + INTERVIEW + "\n" + LEG) == []
    assert shown("P03", f"{CLAIM}{INTERVIEW}\n{claim}{FLAG}\n{LEG}") == [("critical", "certain")]
    broken = "2026-01-05 claim_not_taken UKR"
    assert shown("P03", CLAIM + PROMISE + "\n" + LEG) == []
    assert shown("P03", f"{CLAIM}{PROMISE}\n{broken}{FLAG}\n{LEG}") == [("critical", "certain")]


def test_a_finding_that_stands_without_the_flagged_event_stays_as_sure_as_it_was() -> None:
    """A flagged claim beside a good one: the finding rests on the good one, whichever was told first."""
    forged = "2025-11-01 claim_registered POL" + FLAG + "\n"
    for lines in (forged + CLAIM, CLAIM + forged):
        assert shown("P03", lines + LEG) == [("critical", "certain")]


def test_a_forged_leg_does_not_join_two_findings_into_one() -> None:
    """Else the office of the one state would lose its alert to that of the other."""
    refused = "2026-01-22 admissibility_decision POL>LTU outcome=inadmissible"
    forged = "2026-01-10 removal_executed UKR>POL" + FLAG
    apart = evaluate(told(f"{CLAIM}{LEG}\n{refused}"), [BY_ID["P03"]], NOW).findings
    with_it = evaluate(told(f"{CLAIM}{LEG}\n{forged}\n{refused}"), PATTERNS, NOW).findings
    assert {(one.acting, one.severity) for one in apart} == {(("SVK",), "critical"), (("POL",), "medium")}
    told_of = [one.acting for one in with_it if one.pattern.family == "path"]
    assert any("SVK" in acting for acting in told_of)
    assert any("POL" in acting for acting in told_of)


def test_a_forged_decision_that_names_two_states_does_not_join_their_findings() -> None:
    forged = f"2025-12-01 return_decision SVK destinations=UKR,POL{FLAG}\n"
    lines = CLAIM + forged + PLAN + "\n2026-01-07 removal_planned SVK>POL"
    assert {one.destination for one in evaluate(told(lines), [BY_ID["P03"]], NOW).findings} == {"UKR", "POL"}


# Whatever the history, and whichever of its events are flagged.


def judged(of: Timeline, now: datetime, patterns: Sequence[Pattern]) -> tuple[Finding, ...]:
    return evaluate(of, patterns, now).findings if of.events else ()


def require_none_lost(
    of: Timeline, now: datetime, flagged: frozenset[int], doubted: frozenset[str] = frozenset()
) -> int:
    """Fail when a finding is lost that is there without the flagged events; returns how many there are without them.

    Each pattern judged alone, and all together, where findings of one family and identity are one. `doubted` are
    states of danger that flagged events alone name.
    """
    told_of = [replace(one, flagged=one.ref in flagged) for one in of.events]
    whole = timeline.build(tuple(told_of), of.danger | doubted, of.safeguards, of.participants, doubted - of.danger)
    whole = replace(whole, onward=of.onward)
    clean = replace(of, events=tuple(one for one in whole.events if not one.flagged))
    count = 0
    for patterns in (*([one] for one in PATTERNS), PATTERNS):
        there = judged(clean, now, patterns)
        found = judged(whole, now, patterns) if there else ()
        for one in there:
            count += 1
            worst = [SEVERITIES.index(other.severity) for other in found if _alike(other, one)]
            assert max(worst, default=-1) >= SEVERITIES.index(one.severity), (one.pattern.id, one.anchor, flagged)
    return count


def _alike(one: Finding, other: Finding) -> bool:
    return one.pattern.family == other.pattern.family


@settings(max_examples=400, deadline=None, print_blob=True)
@given(st.sampled_from(EXAMPLES), st.data())
def test_no_flagged_event_takes_a_finding_of_the_examples_away(
    given: tuple[Timeline, datetime], data: st.DataObject
) -> None:
    of, now = given
    flagged = data.draw(st.frozensets(st.sampled_from([one.ref for one in of.events])))
    require_none_lost(of, now, flagged, data.draw(st.frozensets(st.sampled_from(["UKR", "BLR", "AFG", "SVK"]))))


@settings(max_examples=400, deadline=None, print_blob=True)
@given(st.sampled_from(EXAMPLES), st.sampled_from(EXAMPLES), st.data())
def test_no_forged_event_beside_an_example_takes_a_finding_away(
    given: tuple[Timeline, datetime], other: tuple[Timeline, datetime], data: st.DataObject
) -> None:
    """Every event that is flagged comes from another example: what is forged says what somebody else once said."""
    of, now = given
    spoken = data.draw(st.lists(st.sampled_from(other[0].events), min_size=1, max_size=4))
    after = max(one.index for one in of.events)
    forged = [
        replace(one, ref=1000 + n, index=data.draw(st.sampled_from([after + 1 + n, -n])))
        for n, one in enumerate(spoken)
    ]
    made = timeline.build((*of.events, *forged), of.danger, of.safeguards, of.participants)
    require_none_lost(made, now, frozenset(one.ref for one in forged))


def test_no_flagged_event_takes_a_finding_of_random_histories_away() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    found = 0
    for _ in range(1500):
        of, now = history(rng, rng.choice((5, 9, 16)))
        flagged = frozenset(one.ref for one in of.events if rng.random() < 0.35)
        found += require_none_lost(of, now, flagged, frozenset(rng.sample(STATES, rng.choice((0, 1, 2)))))
    assert found > 500


def test_last_is_later_than_every_example_line() -> None:
    """The named cases are judged when all of them have been told."""
    for _, before, line, after, _ in AGAINST.values():
        assert last(told(f"{before}{line}\n{after}")) < NOW
