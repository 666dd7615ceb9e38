"""Rates of the patterns: what is counted, what is hidden, and of what the officers are warned."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.domain import rates
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.rates import Counts, Heard, Rate, Watched, told

START = datetime(2026, 9, 1, tzinfo=UTC)
CHAIN = Watched("P04", "Chain completed", (told(["removal_executed"] * 2),), counted="persons")
POSTS = Watched("P20", "Collective pattern", counted="days of posts")
PROBING = Watched("Q01", "Repeated probing")
TWO, ONE = told(["removal_executed", "removal_executed", "encounter"]), told(["removal_executed"])


def rate(**said: Any) -> Rate:
    given = {"raised": 0, "withdrawn": 0, "superseded": 0, "open_now": 0} | said
    return Rate("P04", said.pop("authority", "sk-asylum"), **{n: v for n, v in given.items() if n != "authority"})


def counts(**said: Any) -> Counts:
    given = {"rates": (), "findings": {}, "persons": {}, "chances": {}, "authorities": ()} | said
    return Counts(**given)


def warned(of: Watched, **said: Any) -> list[tuple[str, str]]:
    return [(one["about"], one["warning"]) for one in rates.warnings([of], counts(**said), START)]


SILENT, OFTEN = ("P04", "silent"), ("P04", "too_often")
MISTAKEN, SHORT = ("P04", "mistaken"), ("P04", "short_lived")


@pytest.mark.parametrize(
    ("of", "said", "expected"),
    [
        (CHAIN, {"persons": {TWO: 100}}, [SILENT]),
        (CHAIN, {"persons": {TWO: 99, ONE: 5000}}, []),
        (CHAIN, {"persons": {TWO: 100}, "findings": {"P04": 1}}, []),
        (CHAIN, {"persons": {TWO: 100}, "findings": {"P03": 9}}, [SILENT]),
        (CHAIN, {"persons": {TWO: 100}, "findings": {"P04": 20}}, []),
        (CHAIN, {"persons": {TWO: 100}, "findings": {"P04": 21}}, [OFTEN]),
        (CHAIN, {"persons": {TWO: 50, ONE: 50}, "findings": {"P04": 21}}, [OFTEN]),
        (CHAIN, {"persons": {TWO: 99}, "findings": {"P04": 99}}, []),
        (POSTS, {"chances": {"days of posts": 100}}, [("P20", "silent")]),
        (POSTS, {"chances": {"days of posts": 100}, "findings": {"P20": 21}}, [("P20", "too_often")]),
        (POSTS, {"persons": {TWO: 100}}, []),
        (PROBING, {"persons": {TWO: 1000}, "chances": {"days of posts": 1000}}, []),
        (CHAIN, {"rates": [rate(closed={"wrong_link": 11, "too_late": 9})]}, [MISTAKEN]),
        (
            CHAIN,
            {"rates": [rate(closed={"wrong_link": 6}), rate(closed={"wrong_facts": 5, "too_late": 9})]},
            [MISTAKEN],
        ),
        (CHAIN, {"rates": [rate(closed={"wrong_link": 10, "too_late": 10})]}, []),
        (CHAIN, {"rates": [rate(closed={"wrong_facts": 19})]}, []),
        (CHAIN, {"rates": [rate(raised=39, withdrawn=20)]}, [SHORT]),
        (CHAIN, {"rates": [rate(raised=40, withdrawn=20)]}, []),
        (CHAIN, {"rates": [rate(raised=19, withdrawn=19)]}, []),
    ],
)
def test_what_is_warned_of(of: Watched, said: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert warned(of, **said) == expected


def test_an_authority_that_is_not_heard_of_is_named_when_it_was_there_all_the_time() -> None:
    before = START - timedelta(days=1)
    heard = [
        Heard("sk-border", "border_guard", before, 0),
        Heard("ua-border", "border_guard", before, 1),
        Heard("new-border", "border_guard", START, 0),
        Heard("secretariat", "secretariat", before, 0),
        Heard("iom", "observer", before, 0),
        Heard("unhcr", "monitor", before, 0),
    ]
    assert warned(PROBING, authorities=heard) == [("sk-border", "unheard"), ("unhcr", "unheard")]


def test_small_counts_are_hidden_and_others_rounded() -> None:
    assert [rates.count(n) for n in (0, 1, 4, 5, 7, 8, 12, 13)] == [0, "<5", "<5", 5, 5, 10, 10, 15]
    shown = rates.shown(
        rate(raised=4, open_now=8, closed={"too_late": 1, "wrong_link": 11}, hours=(1.0, 2.0, 3.0, 90.0))
    )
    assert (shown["raised"], shown["open_now"], shown["withdrawn"]) == ("<5", 10, 0)
    assert shown["closed"] == {"too_late": "<5", "wrong_link": 10}
    assert shown["median_hours_to_close"] is None
    assert rates.shown(rate(hours=(1.0, 2.0, 3.2, 90.0, 91.0)))["median_hours_to_close"] == 3


def test_a_window_is_of_whole_days_and_ends_before_today() -> None:
    start, end = rates.window(datetime(2026, 12, 1, 9, 45, tzinfo=UTC), 30)
    assert (start, end) == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_every_pattern_could_be_shown_by_each_of_its_own_examples(pattern: Any) -> None:
    of = rates.watched(pattern)
    assert of.inputs
    for example in pattern.examples:
        if example.finds:
            person = told(event.kind for event in example.timeline.events)
            assert rates.chances(of, counts(persons={person: 1})) == 1
    assert rates.chances(of, counts(persons={told(["detention"]): 1})) == 0
