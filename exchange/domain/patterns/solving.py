"""Find the events that satisfy clauses, one clause after the other, with states bound on the way.

Of two ways to get as far as a clause that differ in nothing that a later clause, a suppressor or the identity of the
finding asks about, only the surer is followed. So a person whose history is made to explode costs steps, not products.
"""

from collections.abc import Iterator
from typing import Final

from exchange.domain.patterns.algebra import Absent, Among, Apart, Clause, During, First, Match, Not, Unexamined
from exchange.domain.patterns.conditions import holds
from exchange.domain.patterns.known import Passing
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.searching import Search, groups, missing, reach, said_by, unexamined
from exchange.domain.timeline import Event

_SUREST_FIRST: Final = ((True, True), (True, False), (False, True), (False, False))
"""Whether an order is certain, and a link confirmed."""


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
        held = holds(search, clause, match)
        if held is not None:
            search.reached(depth, held)
            yield from _solve(search, held, depth + 1)


def _first(search: Search, clause: First, match: Match, depth: int) -> Iterator[tuple[int, Match]]:
    """Yield the matches with one more event, and the clause at which to go on."""
    found, sure = reach(search, clause, match)
    sure &= ~search.known.perhaps(clause.act.notion)
    for states, group in groups(search.known, clause.act, match.states):
        towards = Match(match.events, states, match.certain, match.confirmed, match.many)
        then, fit, doubt = _filtered(search, depth, towards, group & found)
        for event, certain, confirmed in (
            _chosen(search, (then, clause.name), towards, fit, sure & ~doubt) if fit else ()
        ):
            events = {**match.events, clause.name: event}
            yield then, Match(events, states, certain, confirmed, match.many)


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
    if isinstance(clause, Absent) and clause.until == name and (clause.since is None or clause.since in match.events):
        since = None if clause.since is None else match.events[clause.since]
        return search.known.absent(since, missing(search, clause, match), said_by(clause, match))
    if isinstance(clause, Unexamined) and name in {clause.before, clause.since}:
        return unexamined(search, clause, match)
    if isinstance(clause, During) and clause.event == name and clause.period in match.events:
        return search.known.during(match.events[clause.period])
    inner = clause.clause if isinstance(clause, Not) else clause
    if isinstance(inner, Apart | Among):
        return (order.everything, 0) if holds(search, clause, match) else (0, 0)
    return None


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
    for surely, linked in _SUREST_FIRST:
        new = fit & (certain if surely else fit) & (confirmed if linked else fit)
        fit &= ~new
        surer = [done for (s, c), done in followed.items() if s >= surely and c >= linked] if followed else ()
        if name in live or name == search.anchor:
            for done in surer:
                new &= ~done
        elif new:
            new = 0 if surer else _one(new, last=name == search.main)  # one stands for all
        if new:
            followed[surely, linked] = followed.get((surely, linked), 0) | new
            for place in places(new):
                yield search.known.order.events[place], surely, linked
        if not fit:
            return


def _one(of: int, *, last: bool) -> int:
    """Return the first or the last of these places."""
    return 1 << of.bit_length() - 1 if last else of & -of
