"""A search for one variant: what it has met so far, and which events an act can be (see `solving`)."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from exchange.domain.patterns import examination
from exchange.domain.patterns.algebra import Absent, Act, Clause, Count, First, Match, Unexamined
from exchange.domain.patterns.known import Known, Passing
from exchange.domain.patterns.ordering import places
from exchange.domain.timeline import Event


@dataclass(slots=True)
class Search:
    """One search for one variant.

    `asked` is as in `algebra.asked`; `kept` names the clauses whose events are asked about when all clauses hold;
    `identity` tells apart the findings of two matches, once the event of clause `anchor` is found. Of events of clause
    `main` that differ in nothing else the last is followed, of others the first. `due` collects deadlines met on the
    way, `deepest` is the furthest clause that held, and `nearest` the states and events that got there.
    """

    known: Known
    now: datetime
    windows: Mapping[str, timedelta]
    clauses: tuple[Clause, ...]
    asked: tuple[frozenset[str], ...]
    kept: frozenset[str] = frozenset()
    anchor: str = ""
    main: str = ""
    identity: Callable[[Match], Hashable] = lambda _: None
    explain: bool = True
    due: set[datetime] = field(default_factory=set)
    deepest: int = -1
    nearest: tuple[Mapping[str, str], tuple[int, ...]] = ({}, ())
    followed: dict[Hashable, dict[tuple[bool, bool], int]] = field(default_factory=dict)

    def reached(self, depth: int, match: Match, more: int = 0) -> None:
        """Note that a clause held: for a match, and perhaps one event more, of the events at these places."""
        if self.explain and depth > self.deepest:
            self.deepest = depth
            events = [*match.events.values(), *(self.known.order.events[place] for place in islice(places(more), 1))]
            self.nearest = match.states, tuple(event.ref for event in events)


def groups(known: Known, act: Act, states: Mapping[str, str]) -> Iterator[tuple[Mapping[str, str], int]]:
    """Yield the events of an act in groups, each with the states that it binds."""
    for by, towards in _only(known.groups(act.notion), states.get(act.by or "")):
        for to, group in _only(towards, states.get(act.to or "")):
            bound = dict(states)
            if act.by is not None:
                bound[act.by] = by
            if act.to is None or (to is not None and bound.setdefault(act.to, to) == to):
                yield bound, group


def _only(of: Mapping[Any, Any], state: str | None) -> Iterator[tuple[Any, Any]]:
    if state is None:
        yield from of.items()
    elif state in of:
        yield state, of[state]


def every(known: Known, act: Act, states: Mapping[str, str]) -> int:
    """Return every event of an act."""
    found = 0
    for _, group in groups(known, act, states):
        found |= group
    return found


def reach(search: Search, clause: First | Count, match: Match) -> tuple[int, int]:
    """Return the events after the clause's start and within its windows, and those of which that is certain.

    A window that touches an approximate date is never certain (domain.md D.1).
    """
    order = search.known.order
    if clause.after is None:
        return order.everything, order.everything
    start = match.events[clause.after]
    found, sure = order.after(start), order.surely_after(start)
    if isinstance(clause, First) and clause.unordered:
        found |= _same_day(search, start)
    if isinstance(clause, Count) or clause.anew:
        anew = ~search.known.told_again(clause.act.notion)
        found, sure = found & anew, sure & anew
    beyond = clause.beyond if isinstance(clause, First) else None
    since = examination.known_to_the_person(start) if isinstance(clause, First) and clause.served else start.when
    if clause.within is not None:
        window = search.windows[clause.within]
        found, sure = (
            found & order.begun_by(since.latest + window),
            sure & order.ended_by(since.earliest + window),
        )
    if beyond is not None:
        window = search.windows[beyond]
        found, sure = (
            found & ~order.ended_by(since.earliest + window),
            sure & order.begun_after(since.latest + window),
        )
    surely_within = clause.surely_within if isinstance(clause, First) else None
    if surely_within is not None:
        sure &= order.ended_by(since.earliest + search.windows[surely_within])
    if (clause.within, beyond, surely_within) != (None, None, None):
        sure = sure & search.known.exact() if start.when.exact and since.exact else 0
    return found, sure


def _same_day(search: Search, event: Event) -> int:
    """Return the other events of the day, or the moment, of an event: which came first, nobody can tell."""
    order = search.known.order
    if not event.when.exact:
        return 0
    return order.overlapping(event) & search.known.exact() & ~(1 << order.place(event))


def missing(search: Search, clause: Absent, match: Match) -> Passing:
    """Return the events that an `Absent` asks for, and those of them that only lower certainty, if they are there."""
    among = every(search.known, clause.act, match.states)
    doubtful = among & search.known.perhaps(clause.act.notion)
    if not clause.ending or clause.since is None:
        return among, doubtful
    found, vain = search.known.ending(match.events[clause.since], among, said_by(clause, match))
    return found, found & doubtful | vain


def said_by(clause: Absent | Unexamined, match: Match) -> frozenset[str]:
    """Return the states whose own word cannot mend what the clause is about."""
    return frozenset(match.states[name] for name in clause.own_word if name in match.states)


def unexamined(search: Search, clause: Unexamined, match: Match) -> Passing:
    """Return the events, as that which the clause names, for which nobody has examined."""
    if clause.before is None:
        return search.known.unexamined_yet(search.now, said_by(clause, match))
    return search.known.unexamined(said_by(clause, match))


def passes(search: Search, passing: Passing, event: Event, match: Match) -> Match | None:
    """Return the match, perhaps less certain, when an event is among those that pass."""
    at = 1 << search.known.order.place(event)
    if not passing[0] & at:
        return None
    return match._replace(certain=match.certain and not passing[1] & at)
