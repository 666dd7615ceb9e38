"""Which events come before which, as sets of places: an integer with a bit for each event.

A person with a thousand hostile events has a million pairs; with sets, a question about one event is a few steps.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property

from exchange.domain.timeline import Event


def places(of: int) -> Iterator[int]:
    """Yield the places in a set, the lowest first."""
    while of:
        lowest = of & -of
        yield lowest.bit_length() - 1
        of ^= lowest


class Order:
    """The order of events: by time, or by the ledger where their times overlap (`examination.precedes`, in sets)."""

    def __init__(self, events: Sequence[Event]) -> None:
        """`events` are ordered by the beginning of their time, as a timeline has them."""
        self.events = events
        self.everything = (1 << len(events)) - 1
        self._begins = [event.when.earliest for event in events]
        self._around: list[tuple[int, int] | None] = [None] * len(events)

    @cached_property
    def _by_end(self) -> tuple[list[datetime], list[int]]:
        """The ends of the events in their order, and the sets of the first none, one, two ... that end."""
        ends = sorted((event.when.latest, place) for place, event in enumerate(self.events))
        return [end for end, _ in ends], _growing([place for _, place in ends])

    @cached_property
    def _by_index(self) -> tuple[list[int], list[int]]:
        """The ledger indexes of the events in their order, and the sets of the first none, one, two ... of them."""
        told = sorted((event.index, place) for place, event in enumerate(self.events))
        return [index for index, _ in told], _growing([place for _, place in told])

    def begun_by(self, moment: datetime) -> int:
        """Return the events that may have begun by a moment."""
        return (1 << bisect_right(self._begins, moment)) - 1

    def begun_after(self, moment: datetime) -> int:
        """Return the events that certainly begin after a moment."""
        return self.everything & -(1 << bisect_right(self._begins, moment))

    def ended_by(self, moment: datetime) -> int:
        """Return the events that have certainly ended by a moment."""
        ends, ended = self._by_end
        return ended[bisect_right(ends, moment)]

    def ended_before(self, moment: datetime) -> int:
        """Return the events that have certainly ended before a moment."""
        ends, ended = self._by_end
        return ended[bisect_left(ends, moment)]

    def surely_after(self, place: int) -> int:
        """Return the events that certainly come after one."""
        return self.begun_after(self.events[place].when.latest)

    def surely_before(self, place: int) -> int:
        """Return the events that certainly come before one."""
        return self.ended_before(self._begins[place])

    def after(self, place: int) -> int:
        """Return the events that come after one."""
        around = self._around[place] or self._work_out(place)
        return around[1]

    def before(self, place: int) -> int:
        """Return the events that come before one."""
        around = self._around[place] or self._work_out(place)
        return around[0]

    def _work_out(self, place: int) -> tuple[int, int]:
        """Return the events before and after one, and keep them: the ledger is asked of those that overlap alone."""
        before, after = self.surely_before(place), self.surely_after(place)
        overlapping = self.everything & ~before & ~after
        if overlapping != 1 << place:
            indexes, told = self._by_index
            index = self.events[place].index
            after |= overlapping & ~told[bisect_right(indexes, index)]
            before |= overlapping & told[bisect_left(indexes, index)]
        self._around[place] = before, after
        return before, after

    def overlapping(self, place: int) -> int:
        """Return the events whose order to one cannot be told from their times; it is one of them."""
        return self.everything & ~self.surely_after(place) & ~self.surely_before(place)

    def told_after(self, place: int) -> int:
        """Return the events that stand in the ledger after one."""
        indexes, told = self._by_index
        return self.everything & ~told[bisect_right(indexes, self.events[place].index)]


def _growing(order: Sequence[int]) -> list[int]:
    """Return the sets of the first none, one, two ... of these places."""
    sets = [0]
    for place in order:
        sets.append(sets[-1] | 1 << place)
    return sets
