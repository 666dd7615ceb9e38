"""Birth dates in four calendars, as the days of the Gregorian calendar that they may be.

A document says a date in the calendar of its state. A year or a month of another calendar lies across two of the
Gregorian ones, and tables of the Hijri calendar differ by a day or two, as sightings of the moon do: then each reading
is held. A date that is impossible is refused, never mended in silence.

Sources: Hijri by Umm al-Qura (package hijridate, 1343 to 1500 AH) and by the tabular calendar (leap years 2, 5, 7, 10,
13, 16, 18, 21, 24, 26, 29 of 30; epoch 16 July 622 Julian), Solar Hijri of Iran and Afghanistan by package jdatetime,
Ethiopian by Reingold and Dershowitz, Calendrical Calculations (epoch 29 August 8 Julian; every fourth year is leap).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import jdatetime
from hijridate import Hijri

from exchange.domain.errors import Refusal

OLDEST: Final = 130
"""Years: nobody was older."""
_EDTF: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FILLERS: Final = frozenset({"0000", "0000-00", "0000-00-00", "0001-01-01", "1900-01-01", "9999", "9999-12-31"})
"""What data bases write where nobody knows: one such date would link strangers."""
_TABULAR_LEAP: Final = frozenset({2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29})
_TABULAR_EPOCH: Final = date(622, 7, 19)
_ETHIOPIC_EPOCH: Final = date(8, 8, 27)


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A Gregorian day, month or year: what is not known is 0. It says who a person is, so a repr does not show it."""

    year: int = field(repr=False)
    month: int = field(default=0, repr=False)
    day: int = field(default=0, repr=False)


Convert = Callable[[int, int, int], tuple[date, ...]]


def _gregorian(year: int, month: int, day: int) -> tuple[date, ...]:
    return (date(year, month, day),)


def _persian(year: int, month: int, day: int) -> tuple[date, ...]:
    return (jdatetime.date(year, month, day).togregorian(),)


def _islamic(year: int, month: int, day: int) -> tuple[date, ...]:
    """Return the day by each table that has it, and the day between where they are two apart: Umm al-Qura's first."""
    found = [one for one in (_umm_al_qura(year, month, day), _tabular(year, month, day)) if one]
    if not found:
        raise ValueError(month)
    days = [min(found) + timedelta(days=one) for one in range((max(found) - min(found)).days + 1)]
    return tuple(days if days[0] == found[0] else reversed(days))


def _umm_al_qura(year: int, month: int, day: int) -> date | None:
    """Return the day of the calendar of Umm al-Qura; None when the table does not reach so far, or has no such day."""
    try:
        return date(*Hijri(year, month, day).to_gregorian().datetuple())
    except (ValueError, OverflowError):
        return None


def _tabular(year: int, month: int, day: int) -> date | None:
    """Return the day of the tabular calendar; None when its month has no such day."""
    leap = year % 30 in _TABULAR_LEAP
    length = 30 if month % 2 or (month == 12 and leap) else 29  # noqa: PLR2004 -- the twelfth month has the leap day
    if not (1 <= month <= 12 and 1 <= day <= length):  # noqa: PLR2004 -- months
        return None
    before = 354 * (year - 1) + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
    return _TABULAR_EPOCH + timedelta(days=before + day - 1)


def _ethiopic(year: int, month: int, day: int) -> tuple[date, ...]:
    """Twelve months of 30 days, and a thirteenth of five or, in the year before a leap year, six."""
    last = 30 if month <= 12 else 5 + (year % 4 == 3)  # noqa: PLR2004 -- months, and the fourth year
    if not (1 <= month <= 13 and 1 <= day <= last):  # noqa: PLR2004 -- months
        raise ValueError(month)
    return (_ETHIOPIC_EPOCH + timedelta(days=365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1),)


CALENDARS: Final[Mapping[str, Convert]] = MappingProxyType(
    {"gregorian": _gregorian, "islamic": _islamic, "persian": _persian, "ethiopic": _ethiopic}
)
"""Calendar -> how its day becomes Gregorian days. A fifth word, `unknown`, means: whichever of these is possible."""


def readings(text: str, calendar: str = "gregorian", today: date | None = None) -> tuple[Day, ...]:
    """Return the days, months or years that a birth date may be, the likeliest first; none for `unknown`.

    `text` is YYYY, YYYY-MM or YYYY-MM-DD (EDTF level 0) in its calendar. Without `today` only years that can be the
    birth of nobody are refused. Raises Refusal `bad-record`, without the date.
    """
    if text in ("", "unknown", "XXXX"):
        return ()
    said = _parts(text)
    if calendar != "unknown":
        return _by(calendar, said, today)
    found = tuple(dict.fromkeys(day for one in CALENDARS for day in _perhaps(one, said, today)))
    if not found:
        raise _refused("is possible in no calendar")
    return found


def _parts(text: str) -> tuple[int, int, int]:
    """Return year, month and day as they are said, 0 for what is not."""
    match = _EDTF.fullmatch(text)
    if match is None:
        raise _refused("is not of the form YYYY, YYYY-MM or YYYY-MM-DD")
    if text in _FILLERS:
        raise _refused("is one that is written where nobody knows: leave it out")
    if "00" in (match[2], match[3]):
        raise _refused("has a month or day 00: leave out what is not known")
    year, month, day = (int(part or 0) for part in match.groups())
    return year, month, day


def _perhaps(calendar: str, said: tuple[int, int, int], today: date | None) -> tuple[Day, ...]:
    try:
        return _by(calendar, said, today)
    except Refusal:
        return ()


def _by(calendar: str, said: tuple[int, int, int], today: date | None) -> tuple[Day, ...]:
    if calendar not in CALENDARS:
        raise _refused("is in a calendar that is not known here")
    try:
        spans = _spans(CALENDARS[calendar], said)
    except (ValueError, OverflowError):  # whose words may hold the date
        raise _refused(f"does not exist in the {calendar} calendar") from None
    now = today or date(2199, 12, 31)
    oldest = now.year - OLDEST if today else 1800
    held = tuple(Day(*one) for one in dict.fromkeys(spans) if _possible(one, oldest, now))
    if not held:
        raise _refused(
            f"is in the future or more than {OLDEST} years ago by the {calendar} calendar, as if of another one"
        )
    return held


def _spans(convert: Convert, said: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """Return year, month, day as far as they were said, for the first and the last day of what was said."""
    year, month, day = said
    if day:
        return [(one.year, one.month, one.day) for one in convert(year, month, day)]
    if month:
        first = convert(year, month, 1)[0]
        last = _next_month(convert, year, month) - timedelta(days=1)
        return [(one.year, one.month) for one in (first, last)]
    first = convert(year, 1, 1)[0]
    last = convert(year + 1, 1, 1)[0] - timedelta(days=1)
    return [(one.year,) for one in (first, last)]


def _next_month(convert: Convert, year: int, month: int) -> date:
    """Return the first day after a month: of the next month, or where there is none of the next year."""
    try:
        return convert(year, month + 1, 1)[0]
    except ValueError:
        return convert(year + 1, 1, 1)[0]


def _possible(said: tuple[int, ...], oldest: int, now: date) -> bool:
    year, month, day = (*said, 0, 0)[:3]
    first = date(year, month or 1, day or 1)
    return first <= now and year >= oldest


def _refused(words: str) -> Refusal:
    return Refusal("bad-record", f"A birth date {words}.")
