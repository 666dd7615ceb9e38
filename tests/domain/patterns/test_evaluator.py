"""What the evaluator says: how sure, how grave, from when on, under which identity, and in which words."""

from datetime import timedelta

import pytest

from exchange.domain.edtf import read
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.patterns.telling import last, told
from exchange.domain.timeline import Timeline

BY_ID = {pattern.id: pattern for pattern in PATTERNS}
LEG = "2026-01-06 removal_executed SVK>UKR\n"
CLAIM = "2026-01-01 claim_registered SVK\n"
PLAN = "2026-01-05 removal_planned SVK>UKR\n"


def found(pattern: str, history: Timeline) -> tuple[Finding, ...]:
    return evaluate(history, [BY_ID[pattern]], last(history)).findings


def only(pattern: str, lines: str, danger: str = "AFG", safeguards: str = "") -> Finding:
    (finding,) = found(pattern, told(lines, danger, safeguards))
    return finding


@pytest.mark.parametrize(
    ("certainty", "first", "second"),
    [
        ("certain", "2026-01-06", "2026-03-01"),
        ("possible", "2026-01-06~", "2026-03-01"),  # a window that touches an approximate date
        ("possible", "2026-01-06", "2026-03"),
        ("possible", "2026-01-06", "2026-01-06"),
        ("certain", "2026-01-06T10:00:00Z", "2026-01-06T11:00:00Z"),
    ],
)
def test_approximate_times_lower_certainty_alone(certainty: str, first: str, second: str) -> None:
    chain = only("P04", f"{first} removal_executed SVK>UKR\n{second} removal_executed UKR>AFG")
    assert (chain.severity, chain.certainty) == ("critical", certainty)


def test_a_link_on_tokens_alone_is_likely() -> None:
    assert only("P04", f"{LEG.strip()} grade=probable\n2026-03-01 removal_executed UKR>AFG").certainty == "likely"


def test_a_safeguard_raises_severity_by_one() -> None:
    assert only("P03", CLAIM + PLAN).severity == "high"
    assert only("P03", CLAIM + PLAN, safeguards="pregnant").severity == "critical"
    assert only("P03", CLAIM + LEG, safeguards="pregnant elderly").severity == "critical"


# absence and its deadline


def test_absence_is_not_judged_before_its_deadline() -> None:
    history = told("2026-01-01 removal_executed SVK>UKR means=air recorded=2026-01-05")
    late = read("2026-01-05").latest + timedelta(hours=72)
    before = evaluate(history, PATTERNS, late - timedelta(microseconds=1))
    assert before.findings == ()
    assert [(timer.pattern, timer.due) for timer in before.timers] == [
        ("P13", late),
        ("P13", late + timedelta(days=14)),
    ]
    then = evaluate(history, PATTERNS, late)
    assert [(f.pattern.id, f.severity) for f in then.findings] == [("P13", "medium")]
    assert [timer.due for timer in then.timers] == [late + timedelta(days=14)]
    long = evaluate(history, PATTERNS, late + timedelta(days=14))
    assert [(f.pattern.id, f.severity) for f in long.findings] == [("P13", "high")]
    assert long.timers == ()


def test_a_late_confirmation_makes_it_go_away() -> None:
    lines = "2026-01-01 removal_executed SVK>UKR means=air\n2026-01-02 arrival UKR outcome=arrived recorded=2026-03-01"
    verdict = evaluate(told(lines), PATTERNS, read("2026-03-01").latest)
    assert (verdict.findings, verdict.timers) == ((), ())


# one chain, one identity


def test_a_chain_that_grows_keeps_its_identity() -> None:
    steps = [
        "2026-01-01 claim_registered SVK",
        "2026-01-05 return_decision SVK>UKR",
        "2026-01-06 removal_executed SVK>UKR",
        "2026-02-01 return_decision UKR>MDA",
        "2026-02-03 removal_executed UKR>MDA",
        "2026-03-01 return_decision MDA>TUR",
        "2026-03-02 removal_executed MDA>TUR",
    ]
    seen = []
    for count in range(2, len(steps) + 1):
        history = told("\n".join(steps[:count]), "AFG")
        (chain,) = [f for f in evaluate(history, PATTERNS, last(history)).findings if f.pattern.family == "path"]
        assert (chain.pattern.family, chain.anchor) == ("path", 2)
        seen.append((chain.pattern.id, chain.stage))
    assert seen == [
        ("P03", "risk"),
        ("P03", "risk"),
        ("P05", "imminent"),
        ("P04", "done"),
        ("P04", "done"),
        ("P04", "done"),
    ]


def test_a_transfer_that_was_accepted_begins_the_chain() -> None:
    steps = "2026-01-05 responsibility_reply UKR>SVK reply=accepted\n2026-02-01 return_decision UKR>MDA\n"
    assert only("P05", steps).anchor == 1
    assert only("P05", steps + "2026-02-10 removal_executed SVK>UKR").anchor == 1


def test_one_of_two_destinations_keeps_its_own_way() -> None:
    steps = "2026-01-02 return_decision BGR>SRB\n2026-01-05 return_decision BGR destinations=SRB,TUR\n"
    lines = "2026-01-01 claim_registered BGR\n" + steps + "2026-01-09 removal_executed BGR>TUR"
    assert only("P19", lines, "TUR").anchor == 3


def test_a_ring_of_overlapping_times_ends() -> None:
    ring = "2026 removal_executed SVK>UKR\n2026-01 removal_executed UKR>MDA\n2026 removal_executed MDA>SVK\n"
    assert {f.pattern.id for f in found("P04", told(ring + ring))} == {"P04"}


# what is said of it


def test_a_silent_pattern_says_which_clause_failed() -> None:
    history = told("2026-01-06 removal_executed SVK>UKR")
    why = evaluate(history, PATTERNS, last(history)).why_not
    assert why["P04"] == "not shown: second_leg (UKR then sent the person on to C.); nearest: 1"
    assert why["P01"] == "not shown: claim (The person said in A that they seek protection.)"
    assert set(why) == {pattern.id for pattern in PATTERNS}


def test_the_words_of_a_finding_name_states_and_nothing_else() -> None:
    chain = only("P04", LEG + "2026-03-01 removal_executed UKR>AFG")
    assert [(c.clause, c.events, c.window) for c in chain.clauses] == [
        ("first_leg", (1,), None),
        ("second_leg", (2,), None),
        ("onward", (), None),
        ("unexamined", (), (None, 2)),
    ]
    assert chain.clauses[1].words == "UKR then sent the person on to AFG."
    assert not any(character.isdigit() for c in chain.clauses for character in c.words)


@pytest.mark.parametrize(
    ("pattern", "lines", "window"),
    [
        ("P01", "2026-01-01 claim_expressed SVK\n" + LEG, ("unregistered", 1, 2)),
        ("P05", LEG + "2026-02-01 return_decision UKR>MDA", ("open", 2, None)),
        ("P07", "2026-01-01 remedy SVK step=lodged suspensive=granted\n" + LEG, ("undecided", 1, 2)),
        ("P13", LEG + "2026-02-01 detention SVK", ("no_word", 1, None)),
    ],
)
def test_what_is_missing_names_the_window_that_was_searched(
    pattern: str, lines: str, window: tuple[str, int, int | None]
) -> None:
    windows = [(c.clause, *c.window) for c in only(pattern, lines).clauses if c.window]
    assert window in windows


def test_the_clause_about_the_merits_says_so() -> None:
    clauses = [c for p in PATTERNS for v in p.variants for c in v.clauses if c.name == "unexamined"]
    assert clauses
    assert all("merits" in clause.words for clause in clauses)


# what is left out of a search makes no difference


def test_an_order_carried_out_does_not_hide_the_one_that_stands() -> None:
    orders = "2026-01-01 return_decision GRC>TUR\n2026-01-05 removal_executed GRC>TUR\n"
    standing = "2026-01-10 return_decision GRC>TUR\n2026-02-01 removal_executed DEU>GRC"
    assert only("P05", orders + standing).variant == "standing order"


def test_two_chains_over_the_same_border_are_two_findings() -> None:
    first = "2026-01-01 removal_executed SVK>UKR\n2026-01-02 removal_executed POL>SVK\n"
    second = "2026-01-03 removal_executed SVK>UKR\n2026-02-01 removal_executed UKR>AFG"
    assert {f.anchor for f in found("P04", told(first + second)) if f.destination == "AFG"} == {1, 2}


def test_a_plan_called_off_does_not_hide_the_one_that_stands() -> None:
    first = "2026-01-02 removal_executed SVK>UKR\n2026-01-05 removal_planned UKR>MDA\n"
    second = "2026-01-06 removal_planned UKR>MDA cancelled=yes author=UNO\n2026-01-07 removal_planned UKR>MDA"
    assert only("P05", first + second).severity == "critical"


# every window ends where it says


@pytest.mark.parametrize(
    ("pattern", "lines", "last_day"),
    [
        ("P01", "2026-01-01T00:00:00Z claim_expressed SVK\n{} removal_executed SVK>UKR", "2026-01-08"),
        ("P04", "2026-01-01T00:00:00Z removal_executed SVK>UKR\n{} removal_executed UKR>AFG", "2028-01-02"),
        ("P05", "2026-01-01T00:00:00Z removal_executed SVK>UKR\n{} return_decision UKR>AFG", "2028-01-02"),
        (
            "P07",
            "2026-01-01T00:00:00Z return_decision SVK>UKR suspensive=automatic\n{} removal_executed SVK>UKR",
            "2026-01-15",
        ),
    ],
)
def test_a_window_includes_its_last_moment(pattern: str, lines: str, last_day: str) -> None:
    inside = told(lines.format(f"{last_day}T00:00:00Z"))
    assert [f.certainty for f in found(pattern, inside)] == ["certain"]
    assert found(pattern, told(lines.format(f"{last_day}T00:00:01Z"))) == ()


@pytest.mark.parametrize(("certainty", "moment"), [("certain", "00:00:00Z"), ("possible", "00:00:01Z")])
def test_a_standing_order_is_certain_for_two_years(certainty: str, moment: str) -> None:
    lines = f"2026-01-01T00:00:00Z return_decision UKR>AFG\n2028-01-02T{moment} removal_planned SVK>UKR"
    assert [f.certainty for f in found("P05", told(lines))] == [certainty]


@pytest.mark.parametrize(("severity", "moment"), [("critical", "00:00:00Z"), ("high", "00:00:01Z")])
def test_put_out_again_within_ninety_days(severity: str, moment: str) -> None:
    once = "2026-01-01 claim_expressed SVK\n2026-01-02T00:00:00Z removal_executed SVK>UKR\n"
    assert only("P01", f"{once}2026-04-02T{moment} removal_executed SVK>UKR").severity == severity


@pytest.mark.parametrize(("codes", "moment"), [(["S6"], "00:00:00Z"), ([], "00:00:01Z")])
def test_a_promise_is_fresh_for_fourteen_days(codes: list[str], moment: str) -> None:
    promise = "2026-01-03T00:00:00Z responsibility_reply UKR>SVK reply=tacit intended_procedure=full_merits\n"
    path = only("P03", f"{CLAIM}{promise}2026-01-17T{moment} removal_executed SVK>UKR")
    assert [one.code for one in path.suppressors] == codes


@pytest.mark.parametrize(("codes", "moment"), [([], "00:00:00Z"), (["S2"], "00:00:01Z")])
def test_a_claim_within_thirty_days_cancels_a_no(codes: list[str], moment: str) -> None:
    no = "2026-01-01T00:00:00Z encounter SVK fear_asked=yes fear_answer=no language_understood=yes\n"
    path = only("P03", f"{no}2026-01-31T{moment} claim_registered UKR\n2026-02-06 removal_executed SVK>UKR")
    assert [one.code for one in path.suppressors] == codes
