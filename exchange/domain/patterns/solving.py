"""Find the events that satisfy clauses, one clause after the other, with states bound on the way.

Clauses are made into steps once for each variant (`routing`). A step looks for the event of a `First` among its
candidates, the events of its act in groups of two states, with every clause applied that can be asked of a whole group.

Of two ways to get as far as a clause that differ in nothing that a later clause, a suppressor or the identity of the
finding asks about, only the surer is followed; and no way that cannot be better than what stands for its finding. So a
person whose history is made to explode costs steps, not products.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from exchange.domain.patterns import conditions
from exchange.domain.patterns.algebra import Clause
from exchange.domain.patterns.conditions import Condition
from exchange.domain.patterns.filtering import Filter
from exchange.domain.patterns.searching import CERTAIN, CONFIRMED, SUREST, Layout, PlacedAct, Reach, Search

_SURER: Final = ((0, 1, 2, 3), (1, 3), (2, 3), (3,))
"""How sure a match is -> how sure those are that are at least as certain and as confirmed."""


class Step(Protocol):
    """What is done with a match so far."""

    def run(self, search: Search, sureness: int) -> None:
        """Follow the match that stands in the search, and is so sure."""


class Keep:
    """All clauses hold."""

    def run(self, search: Search, sureness: int) -> None:
        """See `Step`."""
        search.goal.keep(search, sureness)


class Ask:
    """A clause that finds no event, asked of each match."""

    def __init__(self, clause: Clause, depth: int, found: Layout, then: Step) -> None:
        """`found` is what is found before, `then` the step that follows."""
        self.condition: Condition = conditions.placed(clause, found)
        self.depth, self.found, self.then = depth, found, then

    def run(self, search: Search, sureness: int) -> None:
        """See `Step`."""
        held = self.condition.holds(search)
        if held is not None:
            search.reached(self.depth, self.found)
            self.then.run(search, held & sureness)


class AskTime:
    """A match is not certain where the time of an event is approximate from which a deadline runs."""

    def __init__(self, number: int, then: Step) -> None:
        """`number` says which event of the search it is, `then` is the step that follows."""
        self.number, self.then = number, then

    def run(self, search: Search, sureness: int) -> None:
        """See `Step`."""
        exact = search.known.exact >> search.events[self.number] & 1
        self.then.run(search, sureness if exact else sureness & CONFIRMED)


@dataclass(slots=True)
class Find:
    """A clause that finds an event: among groups of two states that its act binds."""

    number: int
    """Which event of the search it finds."""
    depth: int
    act: PlacedAct
    binds: tuple[int | None, int | None]
    """Where the states go that it binds: who acts, and towards whom."""
    reach: Reach
    beforehand: tuple[Filter, ...]
    """The clauses that are asked of a whole group before anything is followed to it: the states decide them."""
    filters: tuple[tuple[int, Filter], ...]
    """The other clauses that are asked of a whole group, each with its place among the clauses."""
    found: Layout
    """What is found when a group is chosen, and not yet its event."""
    then: Step
    ahead: "Find | None"
    """The next clause that finds an event."""
    skips: bool
    """Whether a group can be left out when nothing is ready for that."""
    single: bool
    """Whether one event stands for all that are as sure."""
    memory: tuple[int, ...] | None
    """Of the events before, those that are asked about later; None where that is all of them."""
    bounded: bool
    """Whether the identity of the finding is known with this event, and no deadline is asked about later."""
    main: int | None
    """Which event of the search is the one that may be stopped; None where a clause counts."""
    anchored: bool
    """Whether the anchor was found before."""
    is_anchor: bool

    def prepare(self, search: Search) -> bool:
        """Find the candidates: groups that pass all that the states alone decide. Tell whether there are any."""
        ready: list[tuple[str, str, int, int]] = []
        search.ready[self.number] = ready
        groups = self.act.groups(search)
        doubtful = search.known.doubtful(self.act.notion) if groups else 0
        if not self.beforehand and not (self.is_anchor and self.bounded):
            ready.extend([(by, to, group, doubtful) for by, to, group in groups])
            return bool(groups)
        for by, to, group in groups:
            fit, doubt = group, doubtful
            self._bind(search, by, to)
            for one in self.beforehand:
                passing, perhaps = one.passing(search, fit)
                fit, doubt = fit & passing, doubt | perhaps
                if not fit:
                    break
            if fit and self.is_anchor and self.bounded:
                latest = None if self.main == self.number else len(search.known.events)
                fit = search.goal.better_anchors(search, fit, SUREST, latest)
            if fit:
                ready.append((by, to, fit, doubt))
        self._bind(search, "", "")
        return bool(ready)

    def run(self, search: Search, sureness: int) -> None:
        """See `Step`."""
        if self.single and search.followed and self._is_done(search):
            return
        found, sure = self.reach.of(search)
        ready: bool | None = None if self.ahead is not None else True
        for by, to, group, doubt in search.ready[self.number]:
            if not group & found:
                continue
            self._bind(search, by, to)
            fit, doubtful = self._filtered(search, group & found, doubt)
            if not fit:
                continue
            if self.ahead is not None and (ready is None or self.binds != (None, None)):
                ready = self.ahead.prepare(search)
            if ready or not self.skips:
                self._follow(search, fit, sure & ~doubtful, sureness)
        self._bind(search, "", "")

    def _bind(self, search: Search, by: str, to: str) -> None:
        if self.binds[0] is not None:
            search.states[self.binds[0]] = by
        if self.binds[1] is not None:
            search.states[self.binds[1]] = to

    def _filtered(self, search: Search, fit: int, doubt: int) -> tuple[int, int]:
        """Apply the clauses that are asked of a whole group, as far as that was not done beforehand."""
        search.reached(self.depth, self.found, fit)
        for depth, one in self.filters:
            passing, perhaps = one.passing(search, fit)
            fit, doubt = fit & passing, doubt | perhaps
            if not fit:
                break
            search.reached(depth, self.found, fit)
        return fit, doubt

    def _follow(self, search: Search, fit: int, sure: int, sureness: int) -> None:
        """Follow the events worth following, the surest first."""
        certain = sure if sureness & CERTAIN else 0
        confirmed = search.known.confirmed if sureness & CONFIRMED else 0
        followed = self._followed(search)
        for grade in (SUREST, CERTAIN, CONFIRMED, 0):
            new = fit & (certain if grade & CERTAIN else fit) & (confirmed if grade & CONFIRMED else fit)
            fit ^= new
            if new and followed is not None:
                new = self._anew(followed, grade, new)
            if new:
                self._each(search, grade, new)
            if not fit:
                return

    def _is_done(self, search: Search) -> bool:
        """Tell whether of each candidate one was followed already of which everything is sure."""
        if self.memory is None:
            return False
        for by, to, _, _ in search.ready[self.number]:
            self._bind(search, by, to)
            followed = self._followed(search)
            if followed is not None and not followed[SUREST]:
                return False
        return True

    def _followed(self, search: Search) -> list[int] | None:
        """Return what was followed so far from what a later clause asks about; None where there cannot be anything."""
        if self.memory is None:
            return [0, 0, 0, 0] if self.single else None
        events = [search.events[number] for number in self.memory]
        identity = search.goal.identity(search) if self.anchored else None
        key = (self.number, *search.states[: len(self.found.states)], *events, identity)
        return search.followed.setdefault(key, [0, 0, 0, 0])

    def _anew(self, followed: list[int], grade: int, new: int) -> int:
        """Return those of some events, as sure as said, that nothing as sure makes needless, and note them."""
        surer = 0
        for other in _SURER[grade]:
            surer |= followed[other]
        if self.single:
            new = 0 if surer else _one(new, last=self.number == self.main)
        followed[grade] |= new & ~surer
        return new & ~surer

    def _each(self, search: Search, grade: int, new: int) -> None:
        """Follow events that are as sure as said.

        Of the main clause from the last on, for the last of equals stands.
        """
        goal, run, is_main = search.goal, self.then.run, self.main == self.number
        better = goal.better_anchors if self.is_anchor else goal.better
        latest = None if is_main or not self.bounded else self._latest(search)
        kept = -1
        while new:
            if self.bounded and goal.kept != kept:
                kept, new = goal.kept, better(search, new, grade, latest)
                if not new:
                    return
            place = (new if is_main and not search.explain else new & -new).bit_length() - 1
            new ^= 1 << place
            search.events[self.number] = place
            run(search, grade)

    def _latest(self, search: Search) -> int:
        """Return the place of the event of the main clause, or a later one where it is still to be found."""
        if self.main is not None and self.main < self.number:
            return search.events[self.main]
        if self.ahead is not None and self.main == self.ahead.number:
            return max((fit for _, _, fit, _ in search.ready[self.main]), default=0).bit_length() - 1
        return len(search.known.events)


def _one(of: int, *, last: bool) -> int:
    """Return the first or the last of these places."""
    return 1 << of.bit_length() - 1 if last else of & -of
