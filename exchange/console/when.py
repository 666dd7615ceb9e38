"""Times in words. An event time stays as vague as it was said; a moment of the exchange is in UTC."""

import calendar
import re
from datetime import UTC, datetime
from typing import Final

_DATE: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?([~?%]?)")
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_MARKED: Final = {"": "{}", "~": "about {}", "?": "{} (uncertain)", "%": "about {} (uncertain)"}


def edtf(text: str) -> str:
    """Return an EDTF time (ISO 8601-2) in words; a form that has no words here is returned as it was written."""
    first, slash, last = text.partition("/")
    if slash and first and last and ".." not in (first, last):
        return f"between {_one(first)} and {_one(last)}"
    return _one(text)


def _one(text: str) -> str:
    moment = _MOMENT.fullmatch(text)
    if moment:
        zone = "UTC" if moment[3] == "Z" else f"UTC{moment[3]}"
        return f"{_one(moment[1])}, {moment[2]} {zone}"
    date = _DATE.fullmatch(text)
    if date is None:
        return text
    year, month, day, mark = date.groups()
    said = [str(int(day))] if day else []
    said += [calendar.month_name[int(month)]] if month else []
    return _MARKED[mark].format(" ".join([*said, year]))


def moment(text: str) -> str:
    """Return a moment that the exchange wrote (ISO 8601) in words, in UTC, to the minute."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{at.day} {calendar.month_name[at.month]} {at.year}, {at:%H:%M} UTC"


def seconds(at: int) -> str:
    """Return a moment given as Unix time in seconds as `moment` does."""
    return moment(datetime.fromtimestamp(at, UTC).isoformat())
