"""Working days of a state: no Saturday, no Sunday, no public holiday (the `holidays` package, a table of dates).

Ukraine has no holidays off under martial law; the package has none for it from 2025 on, and here it has none at all. A
working Saturday that a government decrees is not known, so a deadline is never early.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import holidays

_WITHOUT_HOLIDAYS: Final = frozenset({"UKR"})
_SATURDAY: Final = 5
_END_OF_DAY: Final = time(23, 59, 59, 999999, tzinfo=UTC)


@lru_cache(maxsize=1024)
def _off(state: str, year: int) -> frozenset[date]:
    """The first call in a process takes as long as 200 others: the package imports the calendars of all countries."""
    if state in _WITHOUT_HOLIDAYS:
        return frozenset()
    try:
        return frozenset(holidays.country_holidays(state, years=year))
    except NotImplementedError:  # a state without a calendar, and the United Nations
        return frozenset()


def is_one(day: date, state: str) -> bool:
    """Tell whether a day is a working day of a state (ISO 3166-1 alpha-3)."""
    return day.weekday() < _SATURDAY and day not in _off(state, day.year)


def after(moment: datetime, days: int, state: str) -> datetime:
    """Return the end (UTC) of the last of so many working days after the day of a moment.

    The day itself does not count (Regulation (EEC, Euratom) 1182/71 Art 3).
    """
    day, left = moment.astimezone(UTC).date(), days
    while left > 0:
        day += timedelta(days=1)
        left -= is_one(day, state)
    return datetime.combine(day, _END_OF_DAY)
