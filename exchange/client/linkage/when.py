"""What of a birth date stands in a match key: the date, a part of it, or a window of years that it lies in."""

from collections.abc import Iterable, Iterator
from typing import Final

from exchange.client.linkage.dates import Day

NO_DAY: Final = Day(0)
"""The birth date of a record that has none."""
_ERAS: Final = tuple(range(1900, 2040, 20))
"""First years of the twenty-year windows that a record without a birth date may lie in."""


def is_estimate(day: Day) -> bool:
    """Say whether only the year tells something: 1 January is what is written where the day is not known."""
    return not day.day or (day.month, day.day) == (1, 1)


def whole(day: Day) -> Iterator[str]:
    """Yield the date, smaller of day and month first: they are often exchanged. A year alone is its 1 January."""
    if day.year and (day.day or not day.month):
        low, high = sorted((day.month or 1, day.day or 1))
        yield f"{day.year}-{low}-{high}"


def precise(day: Day) -> Iterable[str]:
    """Yield the date unless it is an estimate."""
    return () if is_estimate(day) else whole(day)


def near(day: Day) -> Iterator[str]:
    """Yield the date with either digit of its day left out."""
    if not is_estimate(day):
        yield f"{day.year}-{day.month}-{day.day // 10}_"
        yield f"{day.year}-{day.month}-_{day.day % 10}"


def birthday(day: Day) -> Iterator[str]:
    """Yield day and month, in order of size."""
    if not is_estimate(day):
        yield "-".join(map(str, sorted((day.month, day.day))))


def birthday_near(day: Day) -> Iterator[str]:
    """Yield day and month with the two six-year windows that the year lies in."""
    for text in birthday(day):
        yield f"{text}-{day.year // 6 * 6}"
        yield f"{text}-{(day.year + 3) // 6 * 6 - 3}"


def estimate(day: Day) -> Iterator[str]:
    """Yield the year of an estimate."""
    if day.year and is_estimate(day):
        yield str(day.year)


def year(day: Day) -> Iterator[str]:
    """Yield the year."""
    if day.year:
        yield str(day.year)


def two_years(day: Day) -> Iterator[str]:
    """Yield the two windows of two years that the year lies in: of years next to each other one is equal."""
    if day.year:
        yield f"{day.year // 2 * 2}+2"
        yield f"{(day.year + 1) // 2 * 2 - 1}+2"


def twenty_years(day: Day) -> Iterator[str]:
    """Yield the two windows of twenty years that the year lies in; of an unknown one all of one kind."""
    if not day.year:
        yield from (f"{first}+20" for first in _ERAS)
    else:
        yield f"{day.year // 20 * 20}+20"
        yield f"{(day.year + 10) // 20 * 20 - 10}+20"
