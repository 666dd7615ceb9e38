"""Shapes of enumeration: an office at work shows none, whoever tries names and dates at home shows them on day one."""

import random

from exchange.token_service.batchlog import Batch
from exchange.token_service.quotas import DAY, Quota
from exchange.token_service.shapes import HOUR, shapes

QUOTA = {"lt-asylum": Quota(10_000, 100_000)}
MONDAY = 20_000 * DAY


def batch(at: int, n: int) -> Batch:
    return Batch(at, "lt-asylum", n, "k1", "")


def office(days: int, seed: int, most: int = 150) -> list[Batch]:
    """Days of an office: from 7 to 18 o'clock, a record in a batch, 40 to 70 match keys each."""
    chance = random.Random(seed)
    return [
        batch(MONDAY + day * DAY + chance.randrange(7 * HOUR, 18 * HOUR), chance.randrange(40, 71))
        for day in range(days)
        for _ in range(chance.randrange(most // 2, most))
    ]


def names(batches: list[Batch], **notices: int) -> set[tuple[int, str]]:
    found = shapes(batches, QUOTA, {name.replace("_", "-"): n for name, n in notices.items()})
    return {(one.day - MONDAY // DAY, one.name) for one in found}


def test_an_office_at_work_shows_no_shape() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    assert names(office(60, seed), lt_asylum=150) == set()


def test_an_empty_log_shows_none() -> None:
    assert names([]) == set()


def test_going_on_at_the_quota_shows_on_the_first_day() -> None:
    enumeration = [batch(MONDAY + at, 2048) for at in range(0, DAY, 1800)]
    assert names(enumeration, lt_asylum=200) == {
        (0, "steady"),
        (0, "uniform"),
        (0, "near_quota"),
        (0, "beyond_notices"),
    }


def test_an_enumeration_in_office_hours_and_uneven_batches_is_a_surge_and_beyond_its_notices() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    hidden = [batch(MONDAY + 10 * DAY + 8 * HOUR + at * 60, chance.randrange(30, 160)) for at in range(600)]
    assert names(office(10, seed) + hidden, lt_asylum=150) == {(10, "surge"), (10, "beyond_notices")}


def test_a_slow_enumeration_shows_only_to_who_knows_the_notices() -> None:
    slow = [batch(MONDAY + 8 * HOUR + at * 300, 80 + at) for at in range(100)]
    assert names(slow) == set()
    assert names(slow, lt_asylum=20) == {(0, "beyond_notices")}
