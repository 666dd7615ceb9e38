"""Find the events that satisfy clauses, one clause after the other, with states bound on the way.

Of two ways to get as far as a clause that differ in nothing that a later clause, a suppressor or the identity of the
finding asks about, only the surer is followed. So a person whose history is made to explode costs steps, not products.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from exchange.domain import due_times, workdays
from exchange.domain.patterns.algebra import (
    Absent,
    Act,
    Among,
    Apart,
    Clause,
    First,
    Match,
    Not,
    Open,
    Silent,
    Unexamined,
)
from exchange.domain.patterns.known import Known, Passing
from exchange.domain.patterns.ordering import places
from exchange.domain.timeline import Event


@dataclass(slots=True)
class Search:
    """One search for one variant.

    `asked` is as in `algebra.asked`; `kept` names the clauses whose events are asked about when all clauses hold;
    `identity` tells apart the findings of two matches, once the event of clause `anchor` is found. `due` collects
    deadlines met on the way, `deepest` is the furthest clause that held, and `nearest` the states and events that got
    there.
    """

    known: Known
    now: datetime
    windows: Mapping[str, timedelta]
    clauses: tuple[Clause, ...]
    asked: tuple[frozenset[str], ...]
    kept: frozenset[str] = frozenset()
    anchor: str = ""
    identity: Callable[[Match], Hashable] = lambda _: None
    due: set[datetime] = field(default_factory=set)
    deepest: int = -1
    nearest: tuple[Mapping[str, str], tuple[int, ...]] = ({}, ())
    followed: dict[Hashable, dict[tuple[bool, bool], int]] = field(default_factory=dict)

    def reached(self, depth: int, match: Match, more: int = 0) -> None:
        """Note that a clause held: for a match, and perhaps one event more, of the events at these places."""
        if depth > self.deepest:
            self.deepest = depth
            events = [*match.events.values(), *(self.known.order.events[place] for place in islice(places(more), 1))]
            self.nearest = match.states, tuple(event.ref for event in events)


def solve(search: Search) -> Iterator[Match]:
    """Yield the ways in which all clauses hold, leaving out those that a surer one makes needless."""
    return _solve(search, Match({}, {}), 0)


def _solve(search: Search, match: Match, depth: int) -> Iterator[Match]:
    if depth == len(search.clauses):
        yield match
        return
    clause = search.clauses[depth]
    if isinstance(clause, First):
        for then, extended in _first(search, clause, match, depth):
            yield from _solve(search, extended, then)
    else:
        held = _holds(search, clause, match)
        if held is not None:
            search.reached(depth, held)
            yield from _solve(search, held, depth + 1)


def _first(search: Search, clause: First, match: Match, depth: int) -> Iterator[tuple[int, Match]]:
    """Yield the matches with one more event, and the clause at which to go on."""
    reach, sure = _reach(search, clause, match)
    for states, group in _groups(search.known, clause.act, match.states):
        towards = Match(match.events, states, match.certain, match.confirmed)
        then, fit, doubt = _filtered(search, depth, towards, group & reach)
        for event, certain, confirmed in (
            _chosen(search, (then, clause.name), towards, fit, sure & ~doubt) if fit else ()
        ):
            yield then, Match({**match.events, clause.name: event}, states, certain, confirmed)


def _groups(known: Known, act: Act, states: Mapping[str, str]) -> Iterator[tuple[Mapping[str, str], int]]:
    """Yield the events of an act in groups, each with the states that it binds."""
    for by, towards in _only(known.groups(act.notion), states.get(act.by or "")):
        for to, group in _only(towards, states.get(act.to or "")):
            bound = dict(states)
            if act.by is not None:
                bound[act.by] = by
            if act.to is None or (to is not None and bound.setdefault(act.to, to) == to):
                yield bound, group


def _only(groups: Mapping[Any, Any], state: str | None) -> Iterator[tuple[Any, Any]]:
    if state is None:
        yield from groups.items()
    elif state in groups:
        yield state, groups[state]


def _all(known: Known, act: Act, states: Mapping[str, str]) -> int:
    """Return every event of an act."""
    every = 0
    for _, group in _groups(known, act, states):
        every |= group
    return every


def _reach(search: Search, clause: First, match: Match) -> tuple[int, int]:
    """Return the events after the clause's start and within its window, and those of which that is certain.

    A window that touches an approximate date is never certain (domain.md D.1).
    """
    order = search.known.order
    if clause.after is None:
        return order.everything, order.everything
    start = match.events[clause.after]
    if clause.within is None:
        return order.after(start), order.surely_after(start)
    window = search.windows[clause.within]
    reach = order.after(start) & order.begun_by(start.when.latest + window)
    if not start.when.exact:
        return reach, 0
    return reach, order.surely_after(start) & order.ended_by(start.when.earliest + window) & search.known.exact()


def _filtered(search: Search, depth: int, match: Match, fit: int) -> tuple[int, int, int]:
    """Apply the clauses after a `First` that can be asked of a whole group.

    Returns the clause at which to go on, the events that are left, and those that are left but not for certain.
    """
    if not fit:
        return depth, 0, 0
    doubt = 0
    name = search.clauses[depth].name
    search.reached(depth, match, fit)
    for then in range(depth + 1, len(search.clauses)):
        passing = _passing(search, search.clauses[then], match, name)
        if passing is None:
            return then, fit, doubt
        fit, doubt = fit & passing[0], doubt | passing[1]
        if not fit:
            return then, 0, 0
        search.reached(then, match, fit)
    return len(search.clauses), fit, doubt


def _passing(search: Search, clause: Clause, match: Match, name: str) -> Passing | None:
    """Return the events, as that of clause `name`, for which a clause holds; None when it must be asked later."""
    order = search.known.order
    if isinstance(clause, Absent) and clause.until == name and clause.since in match.events:
        among = _all(search.known, clause.act, match.states)
        return search.known.absent(match.events[clause.since], among, _said_by(clause, match))
    if isinstance(clause, Unexamined) and clause.before == name:
        return search.known.unexamined(_said_by(clause, match))
    inner = clause.clause if isinstance(clause, Not) else clause
    if isinstance(inner, Apart | Among):
        return (order.everything, 0) if _holds(search, clause, match) else (0, 0)
    return None


def _said_by(clause: Absent | Unexamined, match: Match) -> frozenset[str]:
    return frozenset(match.states[name] for name in clause.own_word if name in match.states)


def _passes(search: Search, passing: Passing, event: Event, match: Match) -> Match | None:
    """Return the match, perhaps less certain, when an event is among those that pass."""
    at = 1 << search.known.order.place(event)
    if not passing[0] & at:
        return None
    return replace(match, certain=match.certain and not passing[1] & at)


def _chosen(
    search: Search, at: tuple[int, str], match: Match, fit: int, sure: int
) -> Iterator[tuple[Event, bool, bool]]:
    """Yield the events worth following, the surest first, and whether the match stays certain and confirmed.

    `at` is the clause at which to go on, and the name of the clause that the event is for.
    """
    then, name = at
    live = search.asked[then] | search.kept
    known = [match.events[other].ref for other in match.events if other in live]
    identity = search.identity(match) if search.anchor in match.events else None
    followed = search.followed.setdefault((at, *match.states.items(), *known, identity), {})
    # a flagged event makes a match less sure, so it must not stand for one that no key in other hands signed
    certain = sure & search.known.trusted() if match.certain else 0
    confirmed = search.known.confirmed() if match.confirmed else 0
    for surely in (True, False):
        for linked in (True, False):
            new = fit & (certain if surely else ~certain) & (confirmed if linked else ~confirmed)
            if not new:
                continue
            surer = [done for (s, c), done in followed.items() if s >= surely and c >= linked]
            if name in live or name == search.anchor:
                for done in surer:
                    new &= ~done
            else:
                new = 0 if surer else new & -new  # one stands for all
            if new:
                followed[surely, linked] = followed.get((surely, linked), 0) | new
            for place in places(new):
                yield search.known.order.events[place], surely, linked


def _absent(search: Search, clause: Absent, match: Match) -> Match | None:
    among = _all(search.known, clause.act, match.states)
    passing = search.known.absent(match.events[clause.since], among, _said_by(clause, match))
    return _passes(search, passing, match.events[clause.until], match)


def _silent(search: Search, clause: Silent, match: Match) -> Match | None:
    after = match.events[clause.after]
    if _all(search.known, clause.act, match.states) & search.known.order.after(after) & search.known.trusted():
        return None
    deadline = _deadline(search, clause, after)
    if search.now < deadline:
        search.due.add(deadline)
        return None
    return replace(match, certain=match.certain and after.when.exact)


def _deadline(search: Search, clause: Silent, after: Event) -> datetime:
    window, start = search.windows[clause.within], max(after.when.latest, after.recorded)
    if clause.counted == "working days":
        return workdays.after(start, window.days, after.state)
    if clause.counted == "as asked":
        others = [e for e in search.known.order.events if e.state == after.counterpart]
        return due_times.hold_due(after, others, window)
    return start + window


def _unexamined(search: Search, clause: Unexamined, match: Match) -> Match | None:
    passing = search.known.unexamined(_said_by(clause, match))
    return _passes(search, passing, match.events[clause.before], match)


def _open(search: Search, clause: Open, match: Match) -> Match | None:
    planned = match.events[clause.plan]
    legs = search.known.groups("leg").get(planned.state, {}).get(match.states[clause.to], 0)
    return None if legs & search.known.order.after(planned) & search.known.trusted() else match


def _apart(_: Search, clause: Apart, match: Match) -> Match | None:
    return match if match.states[clause.one] != match.states[clause.other] else None


def _among(search: Search, clause: Among, match: Match) -> Match | None:
    return match if match.states[clause.state] in _members(search, clause) else None


def _members(search: Search, clause: Among) -> frozenset[str]:
    timeline = search.known.timeline
    return timeline.danger if clause.of == "danger" else timeline.participants


def _not(search: Search, clause: Not, match: Match) -> Match | None:
    inner = clause.clause
    if isinstance(inner, First):
        reach, _ = _reach(search, inner, match)
        return None if reach & _all(search.known, inner.act, match.states) & search.known.trusted() else match
    if isinstance(inner, Among):
        surely = _members(search, inner) - search.known.timeline.doubted
        return match if match.states[inner.state] not in surely else None
    return match if _holds(search, inner, match) is None else None


_HOLD: Mapping[type, Callable[[Search, Any, Match], Match | None]] = {
    Absent: _absent,
    Silent: _silent,
    Unexamined: _unexamined,
    Open: _open,
    Apart: _apart,
    Among: _among,
    Not: _not,
}


def _holds(search: Search, clause: Clause, match: Match) -> Match | None:
    """Return the match when a clause holds, perhaps less certain than before."""
    return _HOLD[type(clause)](search, clause, match)
