"""A history as of twice: what came later counts for nothing, and what may not have happened yet is doubted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from builders import NOW, SK_BORDER, UA_ASYLUM, notice
from exchange.domain import asof, corrections, edtf, findings, linkage, references
from exchange.domain.asof import AsOf, Past
from exchange.domain.notice import Notice
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.patterns.telling import told
from exchange.domain.timeline import ERASED, Timeline

CHAIN = """
2026-01-06 removal_executed SVK>UKR
2026-02-01 removal_executed UKR>AFG recorded=2026-03-01
2026-01-04 merits_decision DEU outcome=rejected merits_scope=full served_at=2026-01-04 recorded=2026-04-01
"""
DAY = timedelta(days=1)


def day(text: str) -> datetime:
    return edtf.read(text).latest


def shown(history: Timeline, as_of: AsOf) -> dict[str, str]:
    found = evaluate(asof.timeline(history, as_of), PATTERNS, as_of.judged).findings
    return {one.pattern.id: one.certainty for one in found}


@pytest.mark.parametrize(
    ("happened", "known", "chain"),
    [
        ("2026-05-01", "2026-02-15", False),  # the second removal is not told yet
        ("2026-05-01", "2026-03-01", True),
        ("2026-05-01", "2026-03-31", True),
        ("2026-05-01", "2026-04-01", False),  # somebody had examined it all along
        ("2026-01-31", "2026-03-31", False),  # the second removal has not happened yet
        ("2026-02-01", "2026-03-31", True),
    ],
)
def test_a_chain_shows_by_what_had_happened_and_was_known(happened: str, known: str, *, chain: bool) -> None:
    assert ("P04" in shown(told(CHAIN), AsOf(day(happened), day(known)))) == chain


def test_what_may_have_happened_by_then_is_doubted_and_speaks_against_nothing() -> None:
    about = told(CHAIN.replace("2026-02-01", "2026-02-01~").replace("2026-01-04 merits", "2026-01-10~ merits"))
    assert shown(about, AsOf(day("2026-02-02"), day("2026-03-31")))["P04"] == "possible"
    examined = told("2025-12-01~ merits_decision DEU outcome=rejected merits_scope=full served_at=2025-12-01" + CHAIN)
    assert "P04" not in shown(examined, AsOf(day("2026-02-02"), day("2026-03-31")))
    whole = asof.timeline(examined, AsOf(day("2025-11-30"), day("2026-03-31")))
    assert [event.flagged for event in whole.events] == [True]


def test_a_silence_is_judged_at_the_earlier_of_the_two_moments() -> None:
    flown = told("2026-01-06 removal_executed SVK>UKR means=air", "AFG")
    late, early = day("2026-01-20"), day("2026-01-07")
    assert "P13" in shown(flown, AsOf(late, late))
    assert "P13" not in shown(flown, AsOf(late, early))  # an answer might have come by then: nobody knew
    assert "P13" not in shown(flown, AsOf(early, late))  # it was not due yet


def test_without_limits_nothing_is_left_out_and_nothing_doubted() -> None:
    history = told(CHAIN.replace("2026-02-01", "2026-02"), "AFG", "elderly")
    assert asof.timeline(history, AsOf()) == history


# Notices, with corrections among them


def person(notices: tuple[Notice, ...]) -> Timeline:
    (one,) = linkage.resolve(corrections.corrected(notices), {})
    return findings.of_person(one)


def story() -> list[Notice]:
    claim = notice(1, "claim_expressed", event_time="2026-07-01", received_at=NOW - 9 * DAY, safeguards=["elderly"])
    leg = notice(2, "removal_executed", event_time="2026-07-02", received_at=NOW - 6 * DAY, counterpart="UKR")
    said = notice(3, "correction", received_at=NOW - 3 * DAY, facts={"act": "withdraw", "reason": "wrong_facts"})
    return [claim, leg, replace(said, event={**said.event, "withdraws": references.urn(SK_BORDER.urn, claim.id)})]


def as_known(said: list[Notice], known: datetime, past: Past | None = None) -> Timeline:
    return person(asof.notices(said, known, past or Past()))


def test_a_withdrawal_counts_from_when_it_came() -> None:
    said = story()
    told = {days: as_known(said, NOW - days * DAY).events for days in (7, 6, 4, 3)}
    assert {days: len(events) for days, events in told.items()} == {7: 1, 6: 2, 4: 2, 3: 3}
    doubted = {days: [event.ref for event in events if event.flagged] for days, events in told.items()}
    assert doubted == {7: [], 6: [], 4: [], 3: [1]}


def test_a_key_counts_as_stolen_by_what_was_known_and_not_by_what_is() -> None:
    said = [replace(one, flagged=True) for one in story()]  # as they are today
    assert [event.flagged for event in as_known(said, NOW - 6 * DAY).events] == [False, False]
    assert [event.flagged for event in as_known(said, NOW - 6 * DAY, Past(frozenset({2}))).events] == [False, True]


def test_safeguards_that_were_erased_since_count_though_nobody_knows_which() -> None:
    said = [replace(one, safeguards=frozenset()) for one in story()]
    past = Past(gone={1: frozenset({"safeguards", "sealed"}), 2: frozenset({"facts"})})
    assert as_known(said, NOW - 6 * DAY, past).safeguards == {ERASED}
    assert as_known(said, NOW - 6 * DAY).safeguards == frozenset()


def test_a_link_is_there_once_both_its_notices_are() -> None:
    other = notice(4, "claim_registered", author=UA_ASYLUM, event_time="2026-08-01", received_at=NOW - DAY)
    said = [*story(), other]
    agreements = {(1, 4): "probable"}
    grades = {
        days: [one.grade for one in linkage.resolve(asof.notices(said, NOW - days * DAY, Past()), agreements)]
        for days in (2, 1)
    }
    assert grades == {2: ["confirmed"], 1: ["probable"]}


def test_moments_are_in_utc() -> None:
    assert AsOf().judged == asof.FOR_EVER
    assert AsOf(datetime(2026, 1, 1, tzinfo=UTC)).judged == datetime(2026, 1, 1, tzinfo=UTC)
