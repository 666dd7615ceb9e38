"""Find the events that satisfy clauses, one clause after the other, with states bound on the way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from exchange.domain.patterns import examination
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
    Search,
    Silent,
    Unexamined,
)
from exchange.domain.patterns.notions import NOTIONS
from exchange.domain.timeline import Event, Timeline

Found = list[tuple[Event, str, str | None]]


def index(timeline: Timeline) -> dict[str, Found]:
    """Return, for each notion, the events that are of it with the states between which they are."""
    return {
        name: [(event, by, to) for event in timeline.events for by, to in notion(event)]
        for name, notion in NOTIONS.items()
    }


def solve(search: Search, clauses: Sequence[Clause], match: Match, depth: int = 0) -> Iterator[Match]:
    """Yield every way in which all clauses hold."""
    if depth == len(clauses):
        yield match
        return
    clause = clauses[depth]
    for extended in _SOLVERS[type(clause)](search, clause, match):
        search.deepest = max(search.deepest, depth)
        yield from solve(search, clauses, extended, depth + 1)


def _bound(act: Act, match: Match, by: str, to: str | None) -> Mapping[str, str] | None:
    """Return the states with those of one event, or None when they do not agree with what is bound."""
    states = dict(match.states)
    for variable, state in ((act.by, by), (act.to, to)):
        if variable is None:
            continue
        if state is None or states.setdefault(variable, state) != state:
            return None
    return states


def _first(search: Search, clause: First, match: Match) -> Iterator[Match]:
    start = match.events[clause.after] if clause.after else None
    for event, by, to in search.index[clause.act.notion]:
        states = _bound(clause.act, match, by, to)
        if states is None or event in match.events.values():
            continue
        if start is None:
            yield match.bind(clause.name, event, states, certain=True)
        elif examination.precedes(start, event):
            reach = search.windows[clause.within] if clause.within else None
            if reach is None or event.when.earliest - start.when.latest <= reach:
                yield match.bind(clause.name, event, states, certain=_certain(start, event, reach))


def _certain(start: Event, event: Event, reach: timedelta | None) -> bool:
    """Tell whether the order is certain; a window that touches an approximate date never is (domain.md D.1)."""
    if reach is None:
        return start.when.before(event.when)
    exact = start.when.exact and event.when.exact
    return exact and start.when.before(event.when) and event.when.latest - start.when.earliest <= reach


def _absent(search: Search, clause: Absent, match: Match) -> Iterator[Match]:
    since, until = match.events[clause.since], match.events[clause.until]
    between = [
        event
        for event, by, to in search.index[clause.act.notion]
        if _bound(clause.act, match, by, to) is not None
        and event not in (since, until)
        and examination.precedes(since, event)
        and examination.precedes(event, until)
    ]
    if not between:
        yield match


def _silent(search: Search, clause: Silent, match: Match) -> Iterator[Match]:
    after = match.events[clause.after]
    word = any(
        _bound(clause.act, match, by, to) is not None and examination.precedes(after, event)
        for event, by, to in search.index[clause.act.notion]
        if event is not after
    )
    deadline = max(after.when.latest, after.recorded) + search.windows[clause.within]
    if word:
        return
    if search.now >= deadline:
        yield replace(match, certain=match.certain and after.when.exact)
    else:
        search.due.add(deadline)


def _unexamined(search: Search, clause: Unexamined, match: Match) -> Iterator[Match]:
    if examination.examined(search.timeline, match.events[clause.before]) is None:
        yield match


def _open(search: Search, clause: Open, match: Match) -> Iterator[Match]:
    if not examination.carried_out(search.timeline, match.events[clause.plan], match.states[clause.to]):
        yield match


def _apart(_: Search, clause: Apart, match: Match) -> Iterator[Match]:
    if match.states[clause.one] != match.states[clause.other]:
        yield match


def _among(search: Search, clause: Among, match: Match) -> Iterator[Match]:
    members = search.timeline.danger if clause.of == "danger" else search.timeline.participants
    if match.states[clause.state] in members:
        yield match


def _not(search: Search, clause: Not, match: Match) -> Iterator[Match]:
    inner = clause.clause
    if next(_SOLVERS[type(inner)](search, inner, match), None) is None:
        yield match


_SOLVERS: Mapping[type, Callable[[Search, Any, Match], Iterator[Match]]] = {
    First: _first,
    Absent: _absent,
    Silent: _silent,
    Unexamined: _unexamined,
    Open: _open,
    Apart: _apart,
    Among: _among,
    Not: _not,
}
