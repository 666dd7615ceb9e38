"""What is left out, and whose word ends what: each by an example, and the oracle on little else (decision 0037)."""

import random

import pytest

from domain.patterns import oracle
from domain.patterns.histories import DAYS, KINDS, STATES, World, event, outline
from exchange.domain import members, timeline
from exchange.domain.edtf import read
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.patterns.telling import last, told

NARROW = (
    ("interim_measure", "removal_executed"),
    ("interim_measure", "removal_planned"),
    ("protection_status", "removal_executed", "information_request"),
    ("protection_status", "merits_decision", "removal_executed"),
    ("protection_status", "merits_decision", "claim_not_taken"),
    ("protection_status", "voluntary_return", "removal_executed"),
    ("detention", "voluntary_return"),
    ("claim_registered", "removal_executed", "detention"),
    ("remedy", "removal_executed"),
    ("encounter", "entry_refused", "removal_executed"),
    ("return_decision", "removal_executed"),
    ("claim_registered", "admissibility_decision", "removal_executed"),
    ("merits_decision", "removal_executed"),
    ("merits_decision", "protection_status", "return_decision"),
    ("responsibility_request", "responsibility_reply", "removal_executed"),
    ("responsibility_reply", "return_decision", "admissibility_decision"),
    ("assurance", "admissibility_decision", "removal_executed"),
    ("hold_request", "removal_planned"),
    ("origin_contact", "merits_decision", "responsibility_request"),
)
"""Histories of these alone, between three states, so that the rare meetings happen."""


def narrow(rng: random.Random) -> timeline.Timeline:
    about = rng.choice(NARROW)
    kinds = tuple(kind for kind in KINDS if kind[0] in about)
    days = tuple(rng.sample(DAYS, rng.choice((3, 6))))
    of = World(rng, tuple(rng.sample(STATES, 3)), days, kinds, 0.85)
    count = rng.choice((4, 6, 8))
    events = tuple(event(of, ref, place) for ref, place in enumerate(rng.sample(range(20), count), start=100))
    return timeline.build(events, frozenset(rng.choice(((), ("AFG",)))), frozenset(), members.STATES)


def compare(count: int, seed: int) -> set[tuple[str, ...]]:
    """Let the oracle and the evaluator judge; returns which patterns showed, how certain."""
    rng = random.Random(seed)
    shown: set[tuple[str, ...]] = set()
    for number in range(count):
        history = narrow(rng)
        now = last(history)
        ours, theirs = outline(evaluate(history, PATTERNS, now)), oracle.judge(history, now)
        assert ours == theirs, f"history {number} of seed {seed}"
        shown |= {(one[0], one[3]) for one in ours[0].values()}
    return shown


def test_the_oracle_agrees_on_histories_about_little_else() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    shown = compare(1000, seed)
    both = {
        (pattern, how)
        for pattern in ("P03", "P06", "P07", "P08", "P11", "P15", "P16", "P19", "P22")
        for how in ("certain", "possible")
    }
    assert both <= shown


def shown(pattern: str, lines: str, danger: str = "AFG") -> list[tuple[str, str]]:
    """How bad and how certain a pattern shows."""
    found = evaluate(told(lines, danger), [one for one in PATTERNS if one.id == pattern], read("2026-03-01").latest)
    return [(one.severity, one.certainty) for one in found.findings]


LEG = "2026-01-09 removal_executed POL>BLR means=land legal_act=return_decision\n"

# whose word ends a measure

STRASBOURG = "2026-01-05 interim_measure POL step=indicated body=ecthr_rule_39\n"
LIFTED = "2026-01-06 interim_measure POL step=lifted body=ecthr_rule_39 by=court_liaison"
OWN = STRASBOURG.replace("ecthr_rule_39", "national")
SURE, PERHAPS = [("critical", "certain")], [("critical", "possible")]


@pytest.mark.parametrize(
    ("measure", "lifted", "found"),
    [
        (STRASBOURG, LIFTED, PERHAPS),  # the state that removes says so, in time
        (STRASBOURG, LIFTED.replace("court_liaison", "return_unit"), PERHAPS),
        (STRASBOURG, LIFTED + " author=LTU", []),
        (STRASBOURG, LIFTED.replace("court_liaison", "monitor") + " author=UNO", []),
        (STRASBOURG, LIFTED + " author=UNO flagged=yes", PERHAPS),
        (STRASBOURG, LIFTED.replace("ecthr_rule_39", "national"), SURE),  # of another body: says nothing of this one
        (STRASBOURG, LIFTED.replace("ecthr_rule_39", "cat") + " author=UNO", SURE),
        (STRASBOURG, LIFTED.replace("ecthr_rule_39", "not_recorded") + " author=UNO", PERHAPS),
        (STRASBOURG, LIFTED.replace("=lifted", "=not_recorded") + " author=UNO", PERHAPS),
        (STRASBOURG.replace("ecthr_rule_39", "not_recorded"), LIFTED + " author=UNO", PERHAPS),
        (OWN, LIFTED.replace("ecthr_rule_39", "national"), []),
        (OWN, LIFTED.replace("ecthr_rule_39", "national").replace("court_liaison", "asylum_office"), PERHAPS),
        (STRASBOURG.replace("=indicated", "=not_recorded"), "", PERHAPS),
    ],
)
def test_only_the_body_that_indicated_a_measure_lifts_it(
    measure: str, lifted: str, found: list[tuple[str, str]]
) -> None:
    assert shown("P06", f"{measure}{lifted}\n{LEG}") == found


# what a notice leaves out

LODGED = "2026-01-02 remedy POL step=lodged suspensive=granted result=pending\n"
DECIDED = "2026-01-05 remedy POL step=decided suspensive=granted result=dismissed\n"
FORM = "2026-01-02 voluntary_return POL>BLR counsel=yes interpreter=yes detained=no\n"
OUT = LEG.replace("return_decision", "not_recorded")
BORDER = "2026-01-09 entry_refused POL>BLR physically_returned=yes reason_letter=not_recorded form_signed=no\n"
REFUSED = "2026-01-05 admissibility_decision POL>BLR outcome=inadmissible\n"
REPLY = "2026-01-05 responsibility_reply BLR>POL reply=accepted request_type=readmission\n"
ONWARD = "2026-01-20 return_decision BLR>RUS\n"
STATUS_THERE = "2025-01-05 protection_status LTU change=granted granted_by=state\n"
ASSURED = "2026-01-01 assurance BLR>POL step=given text=no_onward_removal\n"
CONTACT = "2026-01-20 origin_contact POL>AFG claim_state=open\n"
PART = "2026-01-02 merits_decision POL outcome=rejected merits_scope=partial served_at=2026-01-02\n"
HOLD = "2026-01-20 hold_request LTU>POL step=asked\n"
GRAVE, GRAVE_PERHAPS = [("high", "certain")], [("high", "possible")]


@pytest.mark.parametrize(
    ("pattern", "lines", "found"),
    [
        ("P07", LODGED + DECIDED + LEG, []),
        ("P07", LODGED + DECIDED.replace("decided", "not_recorded") + LEG, PERHAPS),
        ("P07", LODGED + DECIDED.replace("dismissed", "not_recorded") + LEG, PERHAPS),
        ("P07", LODGED + DECIDED.replace("decided", "withdrawn").replace("dismissed", "not_recorded") + LEG, []),
        ("P07", LODGED.replace("lodged", "not_recorded") + LEG, PERHAPS),
        ("P03", REFUSED, [("medium", "certain")]),
        ("P03", REFUSED.replace("=inadmissible", "=not_recorded"), [("medium", "possible")]),
        ("P03", REFUSED.replace("outcome=inadmissible", ""), []),
        ("P03", REFUSED.replace("=inadmissible", "=admissible") + LEG, SURE),  # a decision shows that there was a claim
        ("P03", PART + LEG, SURE),
        ("P03", PART.replace("rejected", "temporary_protection") + LEG, []),
        ("P03", REPLY + LEG, []),
        ("P03", REPLY.replace("readmission", "take_charge") + LEG, PERHAPS),
        ("P05", REPLY + ONWARD, SURE),
        ("P05", REPLY.replace("accepted", "not_recorded") + ONWARD, PERHAPS),
        ("P09", "2026-01-02 claim_not_taken LTU\n" + REFUSED.replace("=inadmissible", "=not_recorded"), GRAVE_PERHAPS),
        ("P10", REPLY.replace("accepted", "not_recorded") + LEG, []),  # who refuses says so
        ("P10", REPLY.replace("accepted", "refused") + REPLY.replace("accepted", "not_recorded") + LEG, PERHAPS),
        ("P12", ASSURED.replace("given", "not_recorded"), []),
        ("P12", ASSURED + ONWARD, SURE),
        ("P12", ASSURED.replace("given", "not_recorded") + ONWARD, PERHAPS),
        ("P12", ASSURED + ASSURED.replace("given", "not_recorded").replace("01-01", "01-05"), PERHAPS),
        ("P15", CONTACT, SURE),
        ("P15", CONTACT.replace("open", "not_recorded"), PERHAPS),
        ("P15", CONTACT.replace("claim_state=open", ""), []),
        ("P22", HOLD, GRAVE),
        ("P22", HOLD.replace("asked", "not_recorded"), GRAVE_PERHAPS),
        ("P11", LEG, []),
        ("P11", LEG.replace("return_decision", "none"), GRAVE),
        ("P11", OUT, GRAVE_PERHAPS),
        ("P11", "2026-01-08 removal_planned POL>BLR\n" + OUT, []),
        ("P11", BORDER, GRAVE),
        ("P11", BORDER.replace("signed=no", "signed=not_recorded"), GRAVE_PERHAPS),
        ("P16", FORM, []),
        ("P16", FORM.replace("counsel=yes", "counsel=no"), [("medium", "certain")]),
        ("P16", FORM.replace("counsel=yes", "counsel=not_recorded"), [("medium", "possible")]),
        (
            "P16",
            FORM.replace("preter=yes", "preter=not_recorded").replace("counsel=yes", "counsel=no"),
            [("medium", "certain")],
        ),
        ("P16", FORM.replace("detained=no", "detained=yes"), [("medium", "possible")]),
        ("P16", FORM.replace("detained=no", "detained=yes hours_since_arrest=90"), []),
    ],
)
def test_what_is_left_out_shows_as_possible_and_takes_nothing_away(
    pattern: str, lines: str, found: list[tuple[str, str]]
) -> None:
    assert shown(pattern, lines) == found


def test_what_is_left_out_of_a_status_or_an_examination_shows_as_possible() -> None:
    home = LEG.replace("BLR", "AFG")
    assert shown("P08", STATUS_THERE + home) == SURE
    assert shown("P08", STATUS_THERE.replace("granted gr", "not_recorded gr") + home) == PERHAPS
    assert shown("P08", STATUS_THERE + STATUS_THERE.replace("granted gr", "not_recorded gr") + home) == PERHAPS
    assert shown("P08", PART.replace("rejected", "not_recorded").replace("POL", "LTU") + home) == PERHAPS
    assert shown("P18", PART + home) == [("medium", "certain")]
    assert shown("P18", PART.replace("partial", "not_recorded") + home) == [("medium", "possible")]
    assert shown("P18", PART.replace("merits_scope=partial", "") + home) == []


def test_only_a_state_that_agreed_promises_anything() -> None:
    promise = REPLY.strip() + " intended_procedure=full_merits\n"
    claim = "2026-01-01 claim_registered POL\n"
    assert shown("P03", claim + promise + LEG) == [("info", "possible")]
    assert shown("P03", claim + promise.replace("accepted", "tacit") + LEG) == [("info", "possible")]
    assert shown("P03", claim + promise.replace("accepted", "not_recorded") + LEG) == SURE
    assert shown("P03", claim + promise.replace("reply=accepted", "") + LEG) == SURE


def test_a_handover_without_papers_to_a_feared_state_is_never_silent() -> None:
    """Without a claim it is P11; with one, whoever tells of it and whenever, P19 asks who examined it."""
    without = LEG.replace("return_decision", "none")
    assert (shown("P11", without, "BLR"), shown("P19", without, "BLR")) == (GRAVE, [])
    for claim in ("2026-01-02 claim_expressed POL author=UNO\n", "2026-02-02 claim_registered LTU\n"):
        assert (shown("P11", without + claim, "BLR"), shown("P19", without + claim, "BLR")) == ([], SURE)
    own = "2026-01-02 claim_expressed POL\n"
    assert (shown("P11", own + without, "BLR"), shown("P19", own + without, "BLR")) == ([], SURE)
    assert (shown("P11", without + own, "BLR"), shown("P19", without + own, "BLR")) == (GRAVE_PERHAPS, SURE)
    forged = "2026-01-02 claim_expressed POL flagged=yes\n"
    assert (shown("P11", without + forged, "BLR"), shown("P19", without + forged, "BLR")) == (GRAVE_PERHAPS, PERHAPS)


# a status that was withdrawn

GIVEN = "2024-01-02 merits_decision POL outcome=geneva_convention merits_scope=full served_at=2024-01-02\n"
STATUS = "2024-01-02 protection_status POL change=granted granted_by=state\n"
WITHDRAWN = "2025-06-02 protection_status POL change=withdrawn granted_by=state\n"
LOOKED = "2025-06-02 merits_decision POL outcome=rejected merits_scope=full served_at=2025-06-04\n"


@pytest.mark.parametrize("given", [GIVEN, STATUS, STATUS.replace("granted gr", "renewed gr")])
def test_a_status_withdrawn_examined_nobody(given: str) -> None:
    assert shown("P19", given + LEG, "BLR") == []
    assert shown("P19", given + WITHDRAWN + LEG, "BLR") == SURE
    assert shown("P19", given + WITHDRAWN.replace("withdrawn", "ended") + LEG, "BLR") == SURE
    assert shown("P19", given + WITHDRAWN + LOOKED + LEG, "BLR") == []  # withdrawn by a full decision
    assert shown("P19", given + WITHDRAWN.replace("2025", "2023") + LEG, "BLR") == []
    assert shown("P19", given + WITHDRAWN.replace("2025-06", "2026-02") + LEG, "BLR") == []
    assert shown("P19", given + WITHDRAWN.replace("POL", "LTU") + LEG, "BLR") == []
    assert shown("P19", given + WITHDRAWN.replace("=state", "=unhcr_mandate") + LEG, "BLR") == []
    assert shown("P19", given + WITHDRAWN.replace("=state", "=not_recorded") + LEG, "BLR") == PERHAPS
    assert shown("P19", given + WITHDRAWN.strip() + " flagged=yes\n" + LEG, "BLR") == PERHAPS
    assert shown("P19", LOOKED.replace("2025", "2023") + given + WITHDRAWN + LEG, "BLR") == []  # a rejection stands


def test_who_withdrew_has_not_examined_up_to_now() -> None:
    closed = "2025-07-01 claim_not_taken LTU\n2025-07-05 claim_not_taken LVA\n"
    assert shown("P09", GIVEN + closed) == []
    assert shown("P09", GIVEN + WITHDRAWN + closed) == GRAVE
    assert shown("P09", GIVEN + WITHDRAWN.strip() + " flagged=yes\n" + closed) == GRAVE_PERHAPS
    assert shown("P09", GIVEN + WITHDRAWN + LOOKED + closed) == []


# standing orders, and removals of one day


@pytest.mark.parametrize(("year", "certainty"), [("2024", "certain"), ("2023", "possible"), ("2016", "possible")])
def test_an_order_that_nobody_called_off_stands_however_old_it_is(year: str, certainty: str) -> None:
    order = f"{year}-02-01 return_decision BLR>RUS\n"
    assert shown("P05", order + LEG) == [("critical", certainty)]
    off = f"{year}-03-01 return_decision BLR>RUS annulled=yes author=LTU\n"
    assert shown("P05", order + off + LEG) == [("info", "possible")]


@pytest.mark.parametrize("then", ["2026-01-09", "2026-01-09T10:00:00Z"])
def test_of_two_removals_on_one_day_nobody_gains_by_telling_sooner(then: str) -> None:
    on = f"{then} removal_executed BLR>RUS\n"
    assert shown("P04", LEG + on) == shown("P04", on + LEG) == PERHAPS
    assert shown("P04", LEG + on.replace("-09", "-10")) == SURE
    assert shown("P04", on.replace("-09", "-08") + LEG) == []
