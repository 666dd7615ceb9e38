"""A search for one variant: what it has found so far, and which events an act or a window can be of (see `solving`).

What does not change from search to search is worked out once: a clause is *placed* when it knows at which place of a
search the events and the states stand that it speaks of.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol

from exchange.domain.patterns import examination
from exchange.domain.patterns.algebra import Act, Count, First
from exchange.domain.patterns.known import Known, Passing
from exchange.domain.patterns.ordering import places

CERTAIN: Final = 2
CONFIRMED: Final = 1
SUREST: Final = CERTAIN | CONFIRMED
"""How sure a match is, as bits: every order and window is certain; every link is confirmed."""


class Goal(Protocol):
    """What is done with the matches of a search."""

    def keep(self, search: "Search", sureness: int) -> None:
        """Take a match: the events and states of the search, and how sure it is."""

    kept: int
    """How many matches were taken so far."""

    def better(self, search: "Search", among: int, sureness: int, main: int | None) -> int:
        """Return those of some events with which a match may be taken that is so sure at most; the anchor is found.

        `main` is the last place that the event of clause `main` can have, or None where it is one of them.
        """

    def better_anchors(self, search: "Search", among: int, sureness: int, main: int | None) -> int:
        """Return the same of events of clause `anchor`."""

    def identity(self, search: "Search") -> Hashable:
        """Return what tells apart the findings of two matches, once the event of clause `anchor` is found."""


@dataclass(frozen=True, slots=True)
class Layout:
    """At which place of a search the events of clauses and the states of variables stand, as far as they are found."""

    events: Mapping[str, int]
    states: Mapping[str, int]


@dataclass(slots=True)
class Search:
    """One search for one variant.

    `events` are the places in the timeline of the events found so far, `states` the states, both as `layout` says;
    `many` holds the events of clauses that count. `due` collects deadlines met on the way, `deepest` is the furthest
    clause that held, and `nearest` the states and events that got there.
    """

    known: Known
    now: datetime
    windows: Mapping[str, timedelta]
    layout: Layout
    goal: Goal
    explain: bool
    events: list[int]
    states: list[str]
    many: dict[str, int] = field(default_factory=dict)
    due: set[datetime] = field(default_factory=set)
    deepest: int = -1
    nearest: tuple[Mapping[str, str], tuple[int, ...]] = ({}, ())
    ready: dict[int, list[tuple[str, str, int, int]]] = field(default_factory=dict)
    followed: dict[Hashable, list[int]] = field(default_factory=dict)

    def event(self, name: str) -> int:
        """Return the place of the event of a clause."""
        return self.events[self.layout.events[name]]

    def state(self, name: str) -> str:
        """Return the state that a variable stands for."""
        return self.states[self.layout.states[name]]

    def reached(self, depth: int, found: Layout, more: int = 0) -> None:
        """Note that a clause held: for what is found so far, and perhaps one event more, of those at these places."""
        if self.explain and depth > self.deepest:
            self.deepest = depth
            events = [*(self.events[at] for at in found.events.values()), *islice(places(more), 1)]
            states = {name: self.states[at] for name, at in found.states.items()}
            self.nearest = states, tuple(self.known.events[place].ref for place in events)


class PlacedAct:
    """An act whose states are found, or still to be found."""

    def __init__(self, act: Act, found: Layout) -> None:
        """`found` is what is found before."""
        self.notion = act.notion
        self.by = found.states.get(act.by or "")
        self.to = found.states.get(act.to or "")
        self.towards_somebody = act.to is not None
        self.towards_itself = act.to is not None and act.by == act.to

    def groups(self, search: Search) -> Sequence[tuple[str, Any, int]]:
        """Return the events of the act in groups: who acts, towards whom, and the set of events."""
        if self.by is None and self.to is None and not self.towards_itself:
            return search.known.sorted.pairs(self.notion, self.towards_somebody)
        groups = search.known.groups(self.notion)
        by, to = (None if at is None else search.states[at] for at in (self.by, self.to))
        of = groups.items() if by is None else ((by, groups.get(by, {})),)
        return [
            (one, other, group)
            for one, towards in of
            for other, group in (towards.items() if to is None else ((to, towards.get(to, 0)),))
            if group and (not self.towards_somebody or (other and (other == one or not self.towards_itself)))
        ]

    def every(self, search: Search) -> int:
        """Return every event of the act."""
        found = 0
        for _, _, group in self.groups(search):
            found |= group
        return found

    def surely(self, search: Search) -> int:
        """Return the events that may speak against a finding: nobody doubts them, and they leave nothing out."""
        found = self.every(search)
        return found and found & ~search.known.doubtful(self.notion)


class Reach:
    """The events after the start of a clause and within its windows, and those of which that is certain.

    A window that touches an approximate date is never certain (domain.md D.1).
    """

    def __init__(self, clause: First | Count, found: Layout) -> None:
        """`found` is what is found before."""
        self.start = None if clause.after is None else found.events[clause.after]
        self.within = clause.within
        self.beyond = self.surely_within = None
        self.unordered = self.served = False
        self.anew = clause.act.notion if isinstance(clause, Count) or clause.anew else None
        if isinstance(clause, First):
            self.beyond, self.surely_within = clause.beyond, clause.surely_within
            self.unordered, self.served = clause.unordered, clause.served
        self.windowed = (self.within, self.beyond, self.surely_within) != (None, None, None)

    def of(self, search: Search) -> Passing:
        """Return both sets."""
        if self.start is None:
            return search.known.everything, search.known.everything
        start, order = search.events[self.start], search.known.order
        found, sure = order.after(start), order.surely_after(start)
        if self.unordered:
            found |= _same_day(search.known, start)
        if self.anew is not None:
            anew = ~search.known.told_again(self.anew)
            found, sure = found & anew, sure & anew
        if self.windowed:
            found, sure = self._within(search, start, (found, sure))
        return found, sure

    def _within(self, search: Search, start: int, reached: Passing) -> Passing:
        (found, sure), order, event = reached, search.known.order, search.known.events[start]
        since = examination.known_to_the_person(event) if self.served else event.when
        if self.within is not None:
            window = search.windows[self.within]
            found &= order.begun_by(since.latest + window)
            sure &= order.ended_by(since.earliest + window)
        if self.beyond is not None:
            window = search.windows[self.beyond]
            found &= ~order.ended_by(since.earliest + window)
            sure &= order.begun_after(since.latest + window)
        if self.surely_within is not None:
            sure &= order.ended_by(since.earliest + search.windows[self.surely_within])
        return found, sure & search.known.exact if event.when.exact and since.exact else 0


def _same_day(known: Known, place: int) -> int:
    """Return the other events of the day, or the moment, of an event: which came first, nobody can tell."""
    if not known.events[place].when.exact:
        return 0
    return known.order.overlapping(place) & known.exact & ~(1 << place)
