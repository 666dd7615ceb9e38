"""Clauses that can be asked of many events at once: which of them, as that of one clause, pass."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from exchange.domain import due_times, workdays
from exchange.domain.patterns.algebra import (
    Absent,
    Among,
    Apart,
    Clause,
    During,
    Not,
    Open,
    Safeguarded,
    Silent,
    Unexamined,
)
from exchange.domain.patterns.known import Passing
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.searching import Layout, PlacedAct, Search


class Filter(Protocol):
    """A clause asked of many events."""

    about: str | None
    """The clause whose events are asked about; None where it makes no difference which they are."""
    by_states: bool
    """Whether the answer rests on the states alone, and not on the events that other clauses have found."""

    def passing(self, search: Search, among: int) -> Passing:
        """Return those of these events, and perhaps others, that pass, and those for which that is not certain."""


def placed(clause: Clause, found: Layout) -> Filter | None:
    """Return a clause as a filter; None for one that must be asked of each match by itself."""
    if isinstance(clause, Not):
        return NotOfStates(clause, found) if isinstance(clause.clause, Apart | Among) else None
    make = _FILTERS.get(type(clause))
    made: Filter | None = None if make is None else make(clause, found)
    return made


def about(clause: Clause, name: str, found: Layout) -> Filter | None:
    """Return a clause as a filter of the events of clause `name`; None where it cannot be one yet."""
    match clause:
        case Absent(until=of, since=other) | During(event=of, period=other):
            fits = of == name and (other is None or other in found.events)
        case Unexamined():
            fits = name in {clause.before, clause.since}
        case Open(plan=of) | Silent(after=of):
            fits = of == name
        case _:
            fits = True
    return placed(clause, found) if fits else None


class OwnWord:
    """The states whose own word cannot mend what a clause is about."""

    def __init__(self, names: tuple[str, ...], found: Layout) -> None:
        """`found` is what is found before."""
        self._places = tuple(found.states[name] for name in names if name in found.states)

    def of(self, search: Search) -> frozenset[str]:
        """Return them."""
        return frozenset([search.states[at] for at in self._places])


class AbsentFilter:
    """See `algebra.Absent`."""

    def __init__(self, clause: Absent, found: Layout) -> None:
        """`found` is what is found before."""
        self.about = clause.until
        self.act = PlacedAct(clause.act, found)
        self.since = None if clause.since is None else found.events[clause.since]
        self.ending = clause.ending and self.since is not None
        self.own_word = OwnWord(clause.own_word, found)
        self.by_states = clause.since is None

    def missing(self, search: Search) -> Passing:
        """Return the events that are asked for, and those of them that only lower certainty, if they are there."""
        among = self.act.every(search)
        if not among:
            return 0, 0
        doubtful = among & search.known.perhaps(self.act.notion)
        if not self.ending or self.since is None:
            return among, doubtful
        found, vain = search.known.ending(search.events[self.since], among, self.own_word.of(search))
        return found, found & doubtful | vain

    def passing(self, search: Search, among: int) -> Passing:
        """See `Filter`."""
        missing = self.missing(search)
        if not missing[0]:
            return among, 0
        since = None if self.since is None else search.events[self.since]
        return search.known.absent(since, missing, self.own_word.of(search))


class UnexaminedFilter:
    """See `algebra.Unexamined`."""

    by_states = True

    def __init__(self, clause: Unexamined, found: Layout) -> None:
        """`found` is what is found before."""
        self.about = clause.before or clause.since
        self.up_to_now = clause.before is None
        self.own_word = OwnWord(clause.own_word, found)

    def passing(self, search: Search, among: int) -> Passing:
        """See `Filter`."""
        known = search.known
        if not known.decisions:
            return among, 0
        own = self.own_word.of(search)
        return known.unexamined_yet(search.now, own) if self.up_to_now else known.unexamined(own)


class DuringFilter:
    """See `algebra.During`."""

    by_states = False

    def __init__(self, clause: During, found: Layout) -> None:
        """`found` is what is found before."""
        self.about = clause.event
        self.period = found.events[clause.period]

    def passing(self, search: Search, _: int) -> Passing:
        """See `Filter`."""
        return search.known.during(search.events[self.period])


class OpenFilter:
    """See `algebra.Open`."""

    by_states = True

    def __init__(self, clause: Open, found: Layout) -> None:
        """`found` is what is found before."""
        self.about = clause.plan
        self.to = found.states[clause.to]

    def passing(self, search: Search, among: int) -> Passing:
        """See `Filter`."""
        return among & ~search.known.carried_out(among, search.states[self.to]), 0


class SilentFilter:
    """See `algebra.Silent`. A deadline that has not passed is noted as due.

    Whether the time is certain from which it runs is another question (`solving.AskTime`).
    """

    by_states = False

    def __init__(self, clause: Silent, found: Layout) -> None:
        """`found` is what is found before."""
        self.about = clause.after
        self.act = PlacedAct(clause.act, found)
        self.within, self.counted = clause.within, clause.counted

    def passing(self, search: Search, among: int) -> Passing:
        """See `Filter`."""
        silent = among & ~self._answered(search, among)
        starts = search.known.starts
        passed: set[str] = set()
        deadlines: dict[tuple[datetime, str], datetime] = {}
        for place in sorted(places(silent), key=starts.__getitem__, reverse=True):
            whose = self._whose(search, place)
            if whose in passed:  # deadlines of one state are in the order of their starts
                continue
            start = starts[place], whose
            if start not in deadlines or self.counted == "as asked":
                deadlines[start] = self._deadline(search, place, whose)
            deadline = deadlines[start]
            if search.now < deadline:
                search.due.add(deadline)
                silent ^= 1 << place
            elif self.counted != "as asked":
                passed.add(whose)
        return silent, 0

    def _answered(self, search: Search, among: int) -> int:
        """Return those that were answered, after or on the same day: who tells sooner of the day is not silent."""
        answers, known, found = self.act.surely(search), search.known, 0
        for place in places(among) if answers else ():
            if answers & (known.order.after(place) | known.exact & ~known.order.surely_before(place)):
                found |= 1 << place
        return found

    def _whose(self, search: Search, place: int) -> str:
        return search.known.events[place].state if self.act.by is None else search.states[self.act.by]

    def _deadline(self, search: Search, place: int, whose: str) -> datetime:
        known, window = search.known, search.windows[self.within]
        if self.counted == "working days":
            return workdays.after(known.starts[place], window.days, whose)
        if self.counted == "as asked":
            asked = known.events[place]
            return due_times.hold_due(asked, [e for e in known.events if e.state == asked.counterpart], window)
        return known.starts[place] + window


class OfStates:
    """See `algebra.Apart`, `Among` and `Safeguarded`: whether they hold for the states, and the person."""

    about: str | None = None
    by_states = True

    def __init__(self, clause: Apart | Among | Safeguarded, found: Layout) -> None:
        """`found` is what is found before."""
        self.clause = clause
        names = {Apart: ("one", "other"), Among: ("state",), Safeguarded: ()}[type(clause)]
        self.places = tuple(found.states[getattr(clause, name)] for name in names)

    def holds(self, search: Search, *, surely: bool = False) -> bool:
        """Tell whether the clause holds; `surely`, leaving out what is doubted."""
        timeline = search.known.timeline
        match self.clause:
            case Apart():
                return search.states[self.places[0]] != search.states[self.places[1]]
            case Among(of="danger"):
                return self._among(search, timeline.danger, surely=surely)
            case Among():
                return self._among(search, timeline.participants, surely=surely)
            case _:
                return bool(timeline.safeguards)

    def _among(self, search: Search, states: frozenset[str], *, surely: bool) -> bool:
        state = search.states[self.places[0]]
        return state in states and not (surely and state in search.known.timeline.doubted)

    def passing(self, search: Search, among: int) -> Passing:
        """See `Filter`."""
        return (among, 0) if self.holds(search) else (0, 0)


class NotOfStates(OfStates):
    """The same, where it must not hold: of danger, not for certain."""

    def __init__(self, clause: Not, found: Layout) -> None:
        """`found` is what is found before."""
        inner: Any = clause.clause
        super().__init__(inner, found)

    def passing(self, search: Search, among: int) -> Passing:
        """See `Filter`."""
        return (0, 0) if self.holds(search, surely=True) else (among, 0)


_FILTERS: Final[Mapping[type, Any]] = {
    Absent: AbsentFilter,
    Unexamined: UnexaminedFilter,
    During: DuringFilter,
    Open: OpenFilter,
    Silent: SilentFilter,
    Apart: OfStates,
    Among: OfStates,
    Safeguarded: OfStates,
}
