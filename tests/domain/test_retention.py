"""Retention: what is over, never early, and the last notice of a person decides when the person is (L09)."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import NOW, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER
from builders import notice as build
from exchange.domain import retention
from exchange.domain.kinds import KINDS
from exchange.domain.linkage import Person
from exchange.domain.notice import Corrected, Notice
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.retention import FIRST, KEPT, LAST, due

DAY = timedelta(days=1)
FINAL = {"outcome": "rejected", "merits_scope": "full", "instance": "final"}
ARRIVED = {"outcome": "arrived"}


def over(*notices: Notice, after: timedelta, evidence: dict[int, datetime] | None = None) -> set[int]:
    """The notices whose own time is over so long after `NOW`, at which all were received unless they say otherwise."""
    return set(due([Person(notices, grade="probable")], evidence or {}, NOW + after).parts)


def test_every_kind_has_a_class_and_no_window_of_a_pattern_outlasts_a_person() -> None:
    assert {retention.class_of(build(1, kind)) for kind in KINDS} == {"transfer", "case", "evidence"}
    assert set(KINDS) >= retention.TRANSFER_KINDS | retention.EVIDENCE_KINDS
    assert max(WINDOWS.values()) <= KEPT["person"]
    assert KEPT["person"] >= timedelta(days=36 * 30.5)


def test_transfer_data_go_a_year_after_the_person_arrived() -> None:
    leg = build(1, "removal_executed", counterpart="UKR")
    claim = build(2, "claim_registered", author=UA_ASYLUM)
    arrived = build(3, "arrival", author=UA_BORDER, facts=ARRIVED, received_at=NOW + 10 * DAY)
    year = KEPT["transfer"]
    assert over(leg, claim, arrived, after=year + 10 * DAY - timedelta(seconds=1)) == set()
    assert over(leg, claim, arrived, after=year + 10 * DAY) == {1, 3}
    assert over(leg, claim, after=KEPT["silent"] - DAY) == set()
    for nobodys_word in (
        replace(arrived, flagged=True),
        replace(arrived, corrected=Corrected("withdrawn")),
        replace(arrived, corrected=Corrected("contested")),
        replace(arrived, facts={"outcome": "not_arrived"}),
        replace(arrived, no=0),  # it came before the removal: of another one
    ):
        assert 1 not in over(leg, claim, nobodys_word, after=year + 10 * DAY)


@pytest.mark.parametrize(
    ("kind", "facts", "kept"),
    [
        ("merits_decision", FINAL, "case"),
        ("merits_decision", {**FINAL, "instance": "first"}, "silent"),
        ("merits_decision", {"outcome": "geneva_convention", "instance": "first"}, "case"),
        ("protection_status", {"change": "granted"}, "case"),
        ("protection_status", {"change": "withdrawn"}, "silent"),
        ("return_decision", {}, "silent"),
    ],
)
def test_a_case_is_kept_two_years_after_its_end_or_ten_after_its_last_notice(
    kind: str, facts: dict[str, str], kept: str
) -> None:
    claim = build(1, "claim_registered", author=SK_ASYLUM, received_at=NOW - 30 * DAY)
    end = build(2, kind, author=SK_ASYLUM, facts=facts)
    elsewhere = build(3, "claim_registered", author=UA_ASYLUM)
    own = KEPT["evidence"] if retention.class_of(end) == "evidence" else KEPT[kept]
    assert over(claim, end, after=KEPT[kept] - DAY) == set()
    assert over(claim, end, elsewhere, after=KEPT[kept]) >= {1}
    assert 2 not in over(claim, end, after=own - DAY)
    assert 2 in over(claim, end, after=own)
    assert 3 not in over(claim, end, elsewhere, after=KEPT["silent"] - DAY)  # of a case that nobody ended
    late = replace(claim, no=4, received_at=NOW + 400 * DAY)
    assert 1 not in over(claim, end, elsewhere, late, after=KEPT["case"])  # the case went on


def test_evidence_is_kept_until_limitation_ends() -> None:
    leg = build(1, "removal_executed", author=SK_BORDER, counterpart="UKR")
    arrived = build(2, "arrival", author=UA_BORDER, facts=ARRIVED)
    final = build(3, "merits_decision", author=SK_ASYLUM, facts=FINAL)
    held = build(4, "hold_request", author=SK_ASYLUM)
    grant = build(5, "protection_status", author=SK_ASYLUM, facts={"change": "granted"})
    for kept in (held, grant):
        assert over(leg, arrived, final, kept, after=KEPT["evidence"] - DAY) == {1, 2, 3}
        assert over(leg, arrived, final, kept, after=KEPT["evidence"]) == {1, 2, 3, kept.no}
    raised = {1: NOW + 100 * DAY}
    assert over(leg, arrived, final, after=KEPT["evidence"] + 99 * DAY, evidence=raised) == {2, 3}
    assert over(leg, arrived, final, after=KEPT["evidence"] + 100 * DAY, evidence=raised) == {1, 2, 3}


@pytest.mark.rule("L09")
def test_facts_and_hub_go_with_the_person_only() -> None:
    claim = build(1, "claim_registered", author=SK_ASYLUM)
    end = build(2, "merits_decision", author=SK_ASYLUM, facts=FINAL)
    other = build(3, "encounter", author=UA_BORDER, received_at=NOW + DAY)
    alone = [Person((claim, end), grade="confirmed")]
    assert due(alone, {}, NOW + KEPT["case"]).parts == {1: FIRST, 2: FIRST}
    assert due(alone, {}, NOW + KEPT["case"]).next == NOW + KEPT["person"]
    assert due(alone, {}, NOW + KEPT["person"] - DAY).parts == {1: FIRST, 2: FIRST}
    last = due(alone, {}, NOW + KEPT["person"])
    assert (last.parts, last.is_over, last.next) == ({1: FIRST + LAST, 2: FIRST + LAST}, True, None)
    tied = [*alone, Person((other,), grade="confirmed")]  # by a possible link: enough to wait for
    assert due(tied, {}, NOW + KEPT["person"]).parts == {1: FIRST, 2: FIRST}
    assert due(tied, {}, NOW + KEPT["silent"] + DAY).is_over


def random_person(rng: random.Random) -> list[Person]:
    kinds = (
        ("removal_executed", {}),
        ("arrival", ARRIVED),
        ("merits_decision", FINAL),
        ("claim_registered", {}),
        ("hold_request", {}),
        ("protection_status", {"change": "granted"}),
    )
    made = []
    days = sorted(rng.randint(0, 2000) for _ in range(rng.randint(1, 7)))
    for no, day in enumerate(days, start=1):
        kind, facts = rng.choice(kinds)
        author = rng.choice((SK_BORDER, SK_ASYLUM, UA_ASYLUM))
        made.append(build(no, kind, author=author, counterpart="HUN", facts=facts, received_at=NOW + day * DAY))
    made = [replace(n, flagged=rng.random() < 0.2) for n in made]
    cut = rng.randint(0, len(made))
    return [Person(tuple(part), grade="probable") for part in (made[:cut], made[cut:]) if part]


@pytest.mark.rule("L09")
def test_nothing_goes_early_nothing_comes_back_and_the_next_time_is_the_next() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    steps = 0
    for _ in range(150):
        persons = random_person(rng)
        evidence = {1: NOW + rng.randint(0, 3000) * DAY} if rng.random() < 0.3 else {}
        at: datetime | None = NOW
        before: set[tuple[int, str]] = set()
        by_no = {n.no: n for p in persons for n in p.notices}
        received = {no: n.received_at for no, n in by_no.items()}
        while at is not None:
            found = due(persons, evidence, at)
            now = parts(found.parts)
            assert before < now or at == NOW, seed
            assert all(received[no] + retention.SHORTEST <= at for no in found.parts), seed
            assert not [no for no, name in now if name in retention.in_sight(by_no[no], at)], seed
            if found.next is not None:
                assert parts(due(persons, evidence, found.next - timedelta(seconds=1)).parts) == now, seed
            before, at, steps = now, found.next, steps + 1
        assert before == {(no, name) for no in received for name in FIRST + LAST}, seed
    assert steps > 400


def parts(found: Mapping[int, tuple[str, ...]]) -> set[tuple[int, str]]:
    return {(no, name) for no, names in found.items() for name in names}


@pytest.mark.rule("L22")
def test_what_is_in_sight_hangs_on_the_notice_alone() -> None:
    whole, rest, nothing = set(FIRST + LAST), set(LAST), set[str]()
    for kind, first, last, between in (
        ("removal_executed", KEPT["transfer"], KEPT["person"], rest),
        ("claim_registered", KEPT["case"], KEPT["person"], rest),
        ("hold_request", KEPT["evidence"], KEPT["evidence"], nothing),
    ):
        moments = (first - DAY, first, last)
        seen = [retention.in_sight(build(1, kind), NOW + after) - {"event"} for after in moments]
        assert seen == [whole, between, nothing]
