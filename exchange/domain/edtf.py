"""Event times: EDTF (ISO 8601-2) as an interval in UTC.

The usual forms (a day, a month, a year, a moment, each perhaps approximate) are read here; everything else goes to
the `edtf` package, which takes some 4 ms a string and forgets the time of day.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

from exchange.domain.errors import Refusal

LONGEST = 64
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"(\d{4})(?:-(0\d|1\d)(?:-(\d\d))?)?([~?%]?)")  # a "month" of 21 and more is a season
_PIECE = (
    r"[~?%]?\d\d(?:\d\d|\dX|XX)[~?%]?(?:-[~?%]?(?:\d\d|XX)[~?%]?(?:-[~?%]?(?:\d\d|XX)[~?%]?)?)?"
    r"(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?"
)
_SHAPE = re.compile(rf"{_PIECE}(?:/(?:{_PIECE})?)?|/{_PIECE}|\[{_PIECE}(?:,{_PIECE})*\]|\{{{_PIECE}(?:,{_PIECE})*\}}")
"""What the `edtf` package is given: dates, intervals and sets of years with four digits.

On years in exponents it works without end, and some forms that it refuses it prints to standard output.
"""
_END_OF_DAY = time(23, 59, 59, 999999, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """When something happened: from `earliest` to `latest`, both included, in UTC.

    `exact` is true for a certain day or moment; a month, a year or an approximate date is not exact, and a window
    that touches it is at most possible (domain.md D.1).
    """

    earliest: datetime
    latest: datetime
    exact: bool

    def before(self, other: "Interval") -> bool:
        """Tell whether this certainly ended before the other began."""
        return self.latest < other.earliest

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether the order of the two cannot be told from their times."""
        return not self.before(other) and not other.before(self)


def _days(first: date, last: date, *, exact: bool) -> Interval:
    return Interval(datetime.combine(first, time(tzinfo=UTC)), datetime.combine(last, _END_OF_DAY), exact)


def _usual(text: str) -> Interval | None:
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text).astimezone(UTC)
        return Interval(moment, moment, exact=True)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, mark = int(match[1]), match[2], match[3], match[4]
    if month is None:
        return _widen(_days(date(year, 1, 1), date(year, 12, 31), exact=False), mark, 365)
    if day is None:
        last = calendar.monthrange(year, int(month))[1]
        return _widen(_days(date(year, int(month), 1), date(year, int(month), last), exact=False), mark, 31)
    only = date(year, int(month), int(day))
    return _widen(_days(only, only, exact=not mark), mark, 3)


def _widen(interval: Interval, mark: str, days: int) -> Interval:
    """Give an approximate or uncertain date room of its own precision on both sides."""
    if not mark:
        return interval
    room = timedelta(days=days)
    return Interval(interval.earliest - room, interval.latest + room, exact=False)


def _unusual(text: str) -> Interval:
    if len(text) > LONGEST or not _SHAPE.fullmatch(text):
        raise ValueError(len(text))
    parsed = parse_edtf(text)
    first, last = date(*parsed.lower_strict()[:3]), date(*parsed.upper_strict()[:3])
    if last < first:  # such a time would be both before and after another
        raise ValueError(text)
    return _days(first, last, exact=False)


@lru_cache(maxsize=4096)
def read(text: str) -> Interval:
    """Return the interval that an EDTF string names. Raises Refusal `bad-time` when it names none."""
    try:
        return _usual(text[: LONGEST + 1]) or _unusual(text)
    except (ValueError, OverflowError, TypeError, AttributeError, EDTFParseException) as reason:
        raise Refusal("bad-time", "A time is no date of EDTF (ISO 8601-2) between the years 1 and 9999.") from reason
