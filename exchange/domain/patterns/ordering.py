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
        self._place = {event.ref: place for place, event in enumerate(events)}
        self._begins = [event.when.earliest for event in events]
        self._after: dict[int, int] = {}
        self._before: dict[int, int] = {}

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

    def place(self, event: Event) -> int:
        """Return the place of an event."""
        return self._place[event.ref]

    def begun_by(self, moment: datetime) -> int:
        """Return the events that may have begun by a moment."""
        return (1 << bisect_right(self._begins, moment)) - 1

    def begun_after(self, moment: datetime) -> int:
        """Return the events that certainly begin after a moment."""
        return self.everything & ~self.begun_by(moment)

    def ended_by(self, moment: datetime) -> int:
        """Return the events that have certainly ended by a moment."""
        ends, ended = self._by_end
        return ended[bisect_right(ends, moment)]

    def ended_before(self, moment: datetime) -> int:
        """Return the events that have certainly ended before a moment."""
        ends, ended = self._by_end
        return ended[bisect_left(ends, moment)]

    def surely_after(self, event: Event) -> int:
        """Return the events that certainly come after one."""
        return self.begun_after(event.when.latest)

    def surely_before(self, event: Event) -> int:
        """Return the events that certainly come before one."""
        return self.ended_before(event.when.earliest)

    def after(self, event: Event) -> int:
        """Return the events that come after one."""
        if event.ref not in self._after:
            self._after[event.ref] = self.surely_after(event) | (self.told_after(event) & ~self.surely_before(event))
        return self._after[event.ref]

    def overlapping(self, event: Event) -> int:
        """Return the events whose order to one cannot be told from their times; it is one of them."""
        return self.everything & ~self.surely_after(event) & ~self.surely_before(event)

    def told_after(self, event: Event) -> int:
        """Return the events that stand in the ledger after one."""
        indexes, told = self._by_index
        return self.everything & ~told[bisect_right(indexes, event.index)]

    def before(self, event: Event) -> int:
        """Return the events that come before one."""
        if event.ref not in self._before:
            indexes, told = self._by_index
            earlier = told[bisect_left(indexes, event.index)]
            self._before[event.ref] = self.surely_before(event) | (earlier & ~self.surely_after(event))
        return self._before[event.ref]


def _growing(order: Sequence[int]) -> list[int]:
    """Return the sets of the first none, one, two ... of these places."""
    sets = [0]
    for place in order:
        sets.append(sets[-1] | 1 << place)
    return sets
