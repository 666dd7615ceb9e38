"""Quarters of a year, in UTC: what a release covers, and from when on it may be frozen."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

SETTLED: Final = timedelta(hours=1)
"""How long after a quarter's end its release is frozen: an acceptance that began before the end is long over."""
_NAME: Final = re.compile(r"([1-9][0-9]{3})-Q([1-4])")
_MONTHS: Final = 3
_LAST: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year; `number` is from 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Return the quarter in which a moment lies, in UTC."""
        at = moment.astimezone(UTC)
        return cls(at.year, (at.month - 1) // _MONTHS + 1)

    @property
    def name(self) -> str:
        """The quarter as it is written, like 2026-Q3. Names stand in the order of time."""
        return f"{self.year:04}-Q{self.number}"

    @property
    def start(self) -> datetime:
        """The first moment of the quarter."""
        return datetime(self.year, _MONTHS * (self.number - 1) + 1, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after the quarter."""
        return self.next.start

    @property
    def next(self) -> "Quarter":
        """The quarter that follows."""
        return Quarter(self.year + 1, 1) if self.number == _LAST else Quarter(self.year, self.number + 1)


def read(name: str) -> Quarter | None:
    """Return the quarter that a name means, or None when it means none."""
    found = _NAME.fullmatch(name)
    return None if found is None else Quarter(int(found[1]), int(found[2]))


def due(last: Quarter | None, begun: datetime | None, now: datetime) -> Quarter | None:
    """Return the quarter to be frozen next, or None when that time has not come.

    `last` is the one frozen last; `begun` is when the ledger got its first leaf, None when it has none. A quarter in
    which nothing came has its turn like any other, and one that is over for long too: the hub may have been down.
    """
    if begun is None:
        return None
    follows = Quarter.of(begun) if last is None else last.next
    return follows if follows.end + SETTLED <= now else None
