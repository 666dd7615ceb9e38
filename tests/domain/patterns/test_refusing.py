"""Serial refusal, measures defied, loops: what the examples cannot say of P02, P06, P17, S4 and modifier R."""

from datetime import timedelta

import pytest

from exchange.domain.edtf import read
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, Verdict, evaluate
from exchange.domain.patterns.telling import last, told

BY_ID = {pattern.id: pattern for pattern in PATTERNS}
MEASURE = "2026-01-05T17:10:00Z interim_measure POL step=indicated served_at=2026-01-05T17:10:00Z body=ecthr_rule_39\n"
TRAIN = "2026-01-05T15:00:00Z removal_planned POL>BLR planned_at=2026-01-05T17:25:00Z\n"
LEFT = "2026-01-05T17:25:00Z removal_executed POL>BLR means=land\n"
REFUSED = "2026-01-05 entry_refused POL>BLR\n"


def judged(pattern: str, lines: str, now: str = "", safeguards: str = "") -> Verdict:
    history = told(lines, "AFG", safeguards)
    return evaluate(history, [BY_ID[pattern]], read(now).latest if now else last(history))


def only(pattern: str, lines: str, now: str = "", safeguards: str = "") -> Finding:
    (finding,) = judged(pattern, lines, now, safeguards).findings
    return finding


def outline(finding: Finding) -> tuple[str, str, str, str]:
    return finding.variant, finding.severity, finding.stage, finding.certainty


def against(finding: Finding) -> list[tuple[str, bool]]:
    return [(one.code, one.hides) for one in finding.suppressors]


def evidence(finding: Finding) -> dict[str, tuple[int, ...]]:
    return {clause.clause: clause.events for clause in finding.clauses}


# a measure, to the minute (D.A. v. Poland)


def test_a_measure_served_a_quarter_of_an_hour_before_the_train() -> None:
    assert judged("P06", TRAIN, "2026-01-05T17:09:00Z").findings == ()
    between = only("P06", TRAIN + MEASURE, "2026-01-05T17:11:00Z")
    assert outline(between) == ("planned", "critical", "imminent", "certain")
    assert between.acting == ("POL",)
    gone = only("P06", TRAIN + MEASURE + LEFT)
    assert outline(gone) == ("removed", "critical", "done", "certain")
    assert (between.pattern.family, between.anchor) == (gone.pattern.family, gone.anchor)


def test_a_train_that_left_the_minute_before_service_defied_nothing() -> None:
    assert judged("P06", TRAIN + LEFT.replace("17:25", "17:09") + MEASURE).findings == ()


def test_a_measure_counts_from_its_event_where_nobody_told_of_its_service() -> None:
    told_only = MEASURE.replace(" served_at=2026-01-05T17:10:00Z", "")
    assert only("P06", told_only + LEFT).certainty == "certain"
    assert judged("P06", LEFT.replace("17:25", "17:09") + told_only).findings == ()


@pytest.mark.parametrize(
    ("certainty", "served"), [("certain", "2026-01-05T17:10:00Z"), ("possible", "2026-01-05"), ("possible", "2026-01")]
)
def test_a_service_on_the_day_of_the_removal_makes_it_possible(certainty: str, served: str) -> None:
    measure = f"2026-01-04 interim_measure POL step=indicated served_at={served}\n"
    assert only("P06", measure + LEFT).certainty == certainty


def test_a_measure_is_over_when_its_time_is_and_the_person_is_judged_again_then() -> None:
    measure = "2026-01-05 interim_measure POL step=indicated in_force_until=2026-01-20\n"
    end = read("2026-01-20").latest
    history = told("2026-01-02 return_decision POL>BLR\n" + measure)
    verdict = evaluate(history, [BY_ID["P06"]], end)
    (due,) = [timer.due for timer in verdict.timers]
    assert [f.variant for f in verdict.findings] == ["planned"]
    assert due == end + timedelta(microseconds=1)
    over = evaluate(history, [BY_ID["P06"]], due)
    assert (over.findings, over.timers) == ((), ())


def test_a_measure_that_is_to_be_served_later_is_judged_when_it_is() -> None:
    verdict = judged("P06", TRAIN + MEASURE, "2026-01-05T17:00:00Z")
    assert verdict.findings == ()
    assert [timer.due for timer in verdict.timers] == [read("2026-01-05T17:10:00Z").earliest]


@pytest.mark.parametrize("lines", [LEFT, ""])
def test_a_state_cannot_lift_the_measure_that_binds_it_once_it_has_acted(lines: str) -> None:
    whole, night = TRAIN + MEASURE + lines, "2026-01-05T23:00:00Z"
    lifted = "2026-01-05T17:20:00Z interim_measure POL step=lifted body=ecthr_rule_39"
    before, after = only("P06", whole, night), only("P06", whole + lifted, night)
    assert (before.certainty, after.certainty) == ("certain", "possible")
    assert (after.severity, after.stage, after.anchor) == (before.severity, before.stage, before.anchor)
    assert judged("P06", f"{whole}{lifted} author=UNO", night).findings == ()
    assert judged("P06", f"{whole}{lifted} by=monitor", night).findings == ()  # seated there, and independent


def test_two_measures_on_one_state_are_one_finding_and_on_two_states_two() -> None:
    measures = MEASURE + MEASURE.replace("17:10", "17:12").replace("ecthr_rule_39", "cat")
    assert only("P06", TRAIN + measures).anchor == 2
    other = "2026-01-06 removal_planned LTU>BLR\n2026-01-07 interim_measure LTU step=indicated"
    assert {f.acting for f in judged("P06", TRAIN + measures + other).findings} == {("POL",), ("LTU",)}


# S4: the measure is complied with


OFF = "2026-01-05T17:20:00Z removal_planned POL>BLR cancelled=yes"
HELD = "2026-01-05T17:20:00Z hold_request POL>LTU step=held"


@pytest.mark.parametrize("said", [OFF, HELD])
def test_a_measure_complied_with_is_no_alarm_once_another_says_so(said: str) -> None:
    own = only("P06", f"{TRAIN}{MEASURE}{said}")
    assert (own.severity, own.certainty, against(own)) == ("critical", "possible", [("S4", False)])
    others = only("P06", f"{TRAIN}{MEASURE}{said} author=UNO")
    assert (others.severity, against(others)) == ("info", [("S4", True)])
    assert against(only("P06", f"{TRAIN}{MEASURE}{said} by=monitor")) == [("S4", True)]


@pytest.mark.parametrize(
    "said",
    [
        OFF.replace("POL>", "LTU>"),
        OFF.replace("17:20", "14:00"),  # before this plan was made
        OFF.replace("BLR", "UKR"),
        HELD.replace("POL>LTU", "LTU>POL"),
        HELD.replace("held", "refused"),
        HELD.replace("held", "asked"),
        HELD.replace("17:20", "14:00"),
        HELD + " author=UNO\n2026-01-05T17:22:00Z hold_request LTU>POL step=lifted",
    ],
)
def test_what_is_no_compliance(said: str) -> None:
    assert against(only("P06", TRAIN + MEASURE + said)) == []


def test_a_hold_lifted_by_somebody_else_stays() -> None:
    lifted = "2026-01-05T17:22:00Z hold_request UKR>POL step=lifted"
    assert against(only("P06", f"{TRAIN}{MEASURE}{HELD} author=UNO\n{lifted}")) == [("S4", True)]


@pytest.mark.parametrize("said", [OFF, HELD])
def test_a_removal_that_was_done_cannot_be_complied_with(said: str) -> None:
    done = only("P06", f"{TRAIN}{MEASURE}{LEFT}{said.replace('17:20', '17:30')} author=UNO")
    assert (outline(done), against(done)) == (("removed", "critical", "done", "certain"), [])


# what a key in other hands signed


NIGHT = "2026-01-05T23:00:00Z"
FLAG = " author=UNO flagged=yes"
LIFT = "2026-01-05T17:12:00Z interim_measure POL step=lifted body=ecthr_rule_39"


@pytest.mark.parametrize(("after", "said"), [("", LIFT), (LEFT, LIFT), ("", OFF), ("", HELD)])
def test_a_forged_word_of_the_end_of_a_measure_lowers_certainty_alone(after: str, said: str) -> None:
    whole = f"{TRAIN}{MEASURE}{said}{FLAG}\n{after}"
    forged = only("P06", whole, NIGHT)
    assert (forged.severity, forged.certainty) == ("critical", "possible")
    found = judged("P06", whole.replace(" flagged=yes", ""), NIGHT).findings
    assert [one.severity for one in found] in ([], ["info"])


def test_a_forged_end_of_a_hold_takes_the_hold_away() -> None:
    ended = "2026-01-05T17:22:00Z hold_request LTU>POL step=lifted flagged=yes"
    assert against(only("P06", f"{TRAIN}{MEASURE}{HELD} author=UNO\n{ended}", NIGHT)) == []


def test_a_forged_measure_and_a_forged_refusal_are_possible() -> None:
    assert only("P06", TRAIN + MEASURE.replace("POL ", "POL flagged=yes "), NIGHT).certainty == "possible"
    series = REFUSED + REFUSED.replace("01-05", "01-07") + REFUSED.replace("01-05", "01-09").strip()
    assert only("P02", series).certainty == "certain"
    assert only("P02", series + " flagged=yes").certainty == "possible"


# serial refusal


def refusals(days: range) -> str:
    return "".join(
        f"{read('2026-01-01').earliest.date() + timedelta(days=day)} entry_refused POL>BLR\n" for day in days
    )


def test_twenty_eight_refusals_are_one_finding_that_grows() -> None:
    few, many = only("P02", refusals(range(0, 27, 3))), only("P02", refusals(range(0, 84, 3)))
    assert (few.anchor, many.anchor) == (1, 1)
    assert evidence(few) == {"refused": (1,), "again": tuple(range(2, 10))}
    assert evidence(many) == {"refused": (1,), "again": tuple(range(2, 29))}
    assert (many.severity, many.stage, many.acting, many.destination) == ("high", "done", ("POL",), "BLR")


def test_it_rests_on_the_newest_refusals() -> None:
    """Else a caseworker would not be told of what happens now, because more happened long ago."""
    lines = refusals(range(0, 30, 3)) + refusals(range(300, 309, 3))
    assert evidence(only("P02", lines)) == {"refused": (11,), "again": (12, 13)}


def test_refusals_at_two_borders_are_two_findings() -> None:
    lines = refusals(range(0, 9, 3))
    both = judged("P02", lines + lines.replace("BLR", "UKR")).findings
    assert {(f.anchor, f.destination) for f in both} == {(1, "BLR"), (4, "UKR")}


def test_one_refusal_told_by_two_is_one() -> None:
    again = REFUSED.strip() + " author=UNO\n"
    claim = "2026-01-01 claim_expressed POL\n"
    assert judged("P02", claim + REFUSED + again).findings == ()
    assert only("P02", claim + REFUSED + again + again).certainty == "possible"  # the other told of two
    assert only("P02", claim + REFUSED + again.replace("01-05", "01-06")).certainty == "certain"


@pytest.mark.parametrize(("found", "moment"), [(1, "T00:00:00Z"), (0, "T00:00:01Z")])
@pytest.mark.parametrize(
    "lines",
    [
        "2026-01-01T00:00:00Z entry_refused POL>BLR\n2026-01-02 entry_refused POL>BLR\n{} entry_refused POL>BLR",
        "2026-01-01T00:00:00Z entry_refused POL>BLR\n2026-01-02 claim_registered LTU\n{} entry_refused POL>BLR",
        "2026-01-01T00:00:00Z claim_expressed LTU\n{} entry_refused POL>BLR\n2026-04-02 entry_refused POL>BLR",
    ],
)
def test_the_series_ends_after_ninety_days(lines: str, found: int, moment: str) -> None:
    assert len(judged("P02", lines.format(f"2026-04-01{moment}")).findings) == found


# loops


OUT, BACK = "2026-01-05 removal_executed LTU>BLR\n", "2026-02-05 removal_executed BLR>LTU\n"


def test_a_loop_keeps_its_identity_whichever_way_it_turns() -> None:
    turns = [OUT, BACK, OUT.replace("01-05", "03-05"), BACK.replace("02-05", "04-05")]
    found = [only("P17", "".join(turns[:count])) for count in (2, 3, 4)]
    assert {f.anchor for f in found} == {1}
    assert [(f.variant, f.acting, f.destination) for f in found] == [
        ("back and forth", ("BLR", "LTU"), "LTU"),
        ("back and forth", ("LTU", "BLR"), "BLR"),
        ("back and forth", ("BLR", "LTU"), "LTU"),
    ]
    assert max(evidence(found[2])["back"]) == 4


def test_twice_the_same_way_is_the_act_of_one_state() -> None:
    twice = only("P17", OUT + OUT.replace("01-05", "03-05"))
    assert (twice.variant, twice.acting, twice.complained_of) == ("twice", ("LTU",), frozenset({"LTU"}))


@pytest.mark.parametrize(("found", "moment"), [(1, "T00:00:00Z"), (0, "T00:00:01Z")])
@pytest.mark.parametrize("way", ["BLR>LTU", "LTU>BLR"])
def test_a_loop_is_closed_within_a_year(way: str, found: int, moment: str) -> None:
    first = "2026-01-05T00:00:00Z removal_executed LTU>BLR\n"
    assert len(judged("P17", f"{first}2027-01-06{moment} removal_executed {way}").findings) == found
