"""The clauses of a variant made into steps, once: what needs no timeline is not worked out for each person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exchange.domain.patterns import filtering
from exchange.domain.patterns.algebra import Act, Clause, During, First, Open, Silent, asked
from exchange.domain.patterns.filtering import Filter
from exchange.domain.patterns.searching import SUREST, Layout, PlacedAct, Reach, Search
from exchange.domain.patterns.solving import Ask, AskTime, Find, Keep, Step


class Kept(NamedTuple):
    """What of a match makes a difference to the finding.

    `names` are the clauses whose events are asked about when all clauses hold. The event of clause `anchor` identifies
    the finding. Of events of clause `main` that differ in nothing else the last is followed, of others the first.
    """

    names: frozenset[str] = frozenset()
    anchor: str = ""
    main: str = ""
    explain: bool = False
    """Whether each clause is asked in its turn, and deadlines and plans one by one, to tell which failed."""


class _Piece(NamedTuple):
    """A clause, from its place up to that of the next piece: a clause that finds an event has its filters in it."""

    clause: Clause
    depth: int
    then: int
    before: Layout
    found: Layout
    filters: tuple[tuple[int, Filter], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The steps of a search, and where in it the events and states stand."""

    first: Step
    prepared: Find | None
    layout: Layout

    def run(self, search: Search) -> None:
        """Find all matches that are worth keeping, for the goal of the search."""
        if self.prepared is None or self.prepared.prepare(search) or search.explain:
            self.first.run(search, SUREST)


def route(clauses: Sequence[Clause], kept: Kept = Kept()) -> Route:  # noqa: B008 -- a constant
    """Return the steps that find the matches of these clauses."""
    pieces = _pieces(clauses, explain=kept.explain)
    step: Step = Keep()
    ahead: Find | None = None
    for piece in reversed(pieces):
        if isinstance(piece.clause, First):
            step = ahead = _find(piece.clause, piece, _Rest(clauses, kept, step, ahead))
        else:
            step = Ask(piece.clause, piece.depth, piece.before, step)
    return Route(step, ahead, pieces[-1].found if pieces else Layout({}, {}))


def _pieces(clauses: Sequence[Clause], *, explain: bool) -> list[_Piece]:
    found = Layout({}, {})
    pieces: list[_Piece] = []
    depth = 0
    while depth < len(clauses):
        clause = clauses[depth]
        if not isinstance(clause, First):
            pieces.append(_Piece(clause, depth, depth + 1, found, found, ()))
            depth += 1
            continue
        chosen = Layout(found.events, _bound(found, clause.act))
        filters = _filters(clauses, depth, chosen, explain=explain)
        then = depth + 1 + len(filters)
        after = Layout({**found.events, clause.name: len(found.events)}, chosen.states)
        pieces.append(_Piece(clause, depth, then, found, after, filters))
        found, depth = after, then
    return pieces


def _bound(found: Layout, act: Act) -> dict[str, int]:
    states = dict(found.states)
    for name in (act.by, act.to):
        if name is not None:
            states.setdefault(name, len(states))
    return states


def _filters(clauses: Sequence[Clause], depth: int, chosen: Layout, *, explain: bool) -> tuple[tuple[int, Filter], ...]:
    found: list[tuple[int, Filter]] = []
    for place in range(depth + 1, len(clauses)):
        one = filtering.about(clauses[place], clauses[depth].name, chosen)
        if one is None or (explain and isinstance(clauses[place], Open | Silent)):
            break
        found.append((place, one))
    return tuple(found)


class _Rest(NamedTuple):
    """What follows a step."""

    clauses: Sequence[Clause]
    kept: Kept
    then: Step
    ahead: Find | None


def _find(clause: First, piece: _Piece, rest: _Rest) -> Find:
    before, found, kept = piece.before, piece.found, rest.kept
    live = asked(rest.clauses)[piece.then] | kept.names
    memory = tuple(number for name, number in before.events.items() if name in live)
    timed = any(isinstance(rest.clauses[depth], Silent) for depth, _ in piece.filters)
    next_find = len(rest.clauses) if rest.ahead is None else rest.ahead.depth
    return Find(
        number=len(before.events),
        depth=piece.depth,
        act=PlacedAct(clause.act, before),
        binds=(_binds(clause.act.by, before, found), _binds(clause.act.to, before, found)),
        reach=Reach(clause, before),
        beforehand=() if kept.explain else tuple(one for _, one in piece.filters if one.by_states),
        filters=tuple((depth, one) for depth, one in piece.filters if kept.explain or not one.by_states),
        found=Layout(before.events, found.states),
        then=AskTime(len(before.events), rest.then) if timed else rest.then,
        ahead=rest.ahead,
        skips=not kept.explain and not any(map(_is_timed, rest.clauses[piece.then : next_find])),
        single=clause.name not in live and clause.name != kept.anchor,
        memory=None if len(memory) == len(before.events) and clause.act.by and clause.act.to else memory,
        bounded=not {kept.anchor} - found.events.keys() - {""} and not any(map(_is_timed, rest.clauses[piece.then :])),
        main=_all_events(rest.clauses).get(kept.main),
        anchored=kept.anchor in before.events,
        is_anchor=clause.name == kept.anchor,
    )


def _binds(name: str | None, before: Layout, found: Layout) -> int | None:
    return None if name is None or name in before.states else found.states[name]


def _is_timed(clause: Clause) -> bool:
    """Tell whether a clause makes deadlines: each match must be followed up to it."""
    return isinstance(clause, Silent) or (isinstance(clause, During) and clause.event is None)


def _all_events(clauses: Sequence[Clause]) -> dict[str, int]:
    return {name: at for at, name in enumerate(one.name for one in clauses if isinstance(one, First))}
