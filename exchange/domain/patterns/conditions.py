"""Clauses that find no event of their own, asked of one match: whether they hold for the events and states found."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from exchange.domain.edtf import Interval
from exchange.domain.patterns import examination, filtering
from exchange.domain.patterns.algebra import Absent, AnyOf, Clause, Count, During, First, Not, Plain, Silent, Unexamined
from exchange.domain.patterns.filtering import AbsentFilter, Filter, OwnWord
from exchange.domain.patterns.plain import QUESTIONS
from exchange.domain.patterns.searching import CERTAIN, CONFIRMED, SUREST, Layout, PlacedAct, Reach, Search

_TICK: Final = timedelta(microseconds=1)
_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


class Condition(Protocol):
    """A clause asked of one match."""

    def holds(self, search: Search) -> int | None:
        """Return how sure a match can be when the clause holds, as bits (`searching.SUREST`); None when it does not."""


def placed(clause: Clause, found: Layout) -> Condition:
    """Return a clause as a condition."""
    if isinstance(clause, Not | AnyOf):
        return _combined(clause, found)
    if isinstance(clause, Absent | During) and (clause.until if isinstance(clause, Absent) else clause.event) is None:
        return _Stands(clause, found) if isinstance(clause, Absent) else _InForce(clause, found)
    if isinstance(clause, Unexamined) and clause.before is None and clause.since is None:
        return _Unexamined(clause, found)
    if isinstance(clause, Count | Plain):
        return _Count(clause, found) if isinstance(clause, Count) else _Plain(clause)
    asked = filtering.placed(clause, found)
    if asked is None:
        raise TypeError(type(clause))
    return _Silent(asked, found) if isinstance(clause, Silent) else _Passes(asked, found)


def _combined(clause: Not | AnyOf, found: Layout) -> Condition:
    if isinstance(clause, AnyOf):
        return _AnyOf(clause, found)
    if isinstance(clause.clause, First):
        return _NoneSurely(clause.clause, found)
    asked = filtering.placed(clause, found)
    return _Fails(placed(clause.clause, found)) if asked is None else _Passes(asked, found)


class _Passes:
    """A filter, asked about the one event that was found."""

    def __init__(self, asked: Filter, found: Layout) -> None:
        self.asked = asked
        self.about = None if asked.about is None else found.events[asked.about]

    def holds(self, search: Search) -> int | None:
        at = 1 if self.about is None else 1 << search.events[self.about]
        passing, doubtful = self.asked.passing(search, at)
        if not passing & at:
            return None
        return CONFIRMED if doubtful & at else SUREST


class _Silent(_Passes):
    """The same for a deadline: not for certain where the time of the event is approximate from which it runs."""

    def holds(self, search: Search) -> int | None:
        held = super().holds(search)
        exact = self.about is not None and search.known.exact >> search.events[self.about] & 1
        return held if exact or held is None else CONFIRMED


class _Fails:
    """A clause that must not hold."""

    def __init__(self, inner: Condition) -> None:
        self.inner = inner

    def holds(self, search: Search) -> int | None:
        return SUREST if self.inner.holds(search) is None else None


class _NoneSurely:
    """There is no event of an act, after that of a clause: none that nobody doubts."""

    def __init__(self, clause: First, found: Layout) -> None:
        self.act, self.reach = PlacedAct(clause.act, found), Reach(clause, found)

    def holds(self, search: Search) -> int | None:
        surely = self.act.surely(search)
        return None if surely and surely & self.reach.of(search)[0] else SUREST


class _AnyOf:
    """The surest of the ways in which one of the clauses holds."""

    def __init__(self, clause: AnyOf, found: Layout) -> None:
        self.conditions = tuple(placed(one, found) for one in clause.clauses)

    def holds(self, search: Search) -> int | None:
        held = [sure for one in self.conditions if (sure := one.holds(search)) is not None]
        return max(held, default=None)


class _Count:
    def __init__(self, clause: Count, found: Layout) -> None:
        self.name, self.least = clause.name, clause.least
        self.act, self.reach = PlacedAct(clause.act, found), Reach(clause, found)

    def holds(self, search: Search) -> int | None:
        known = search.known
        of = self.act.every(search)
        if of.bit_count() < self.least:
            return None
        found, sure = self.reach.of(search)
        counted = of & found
        if counted.bit_count() < self.least:
            return None
        search.many[self.name] = counted
        surely = of & sure & ~known.doubtful(self.act.notion)
        certain = CERTAIN if surely.bit_count() >= self.least else 0
        return certain | (CONFIRMED if (surely & known.confirmed).bit_count() >= self.least else 0)


class _Stands:
    """Nothing of an act up to now; what does not count makes it less certain."""

    def __init__(self, clause: Absent, found: Layout) -> None:
        self.asked, self.own_word = AbsentFilter(clause, found), OwnWord(clause.own_word, found)

    def holds(self, search: Search) -> int | None:
        among, doubtful = self.asked.missing(search)
        if not among:
            return SUREST
        since = None if self.asked.since is None else search.events[self.asked.since]
        own = search.known.word_of(self.own_word.of(search))
        return _never(search, among & search.known.since(since), own | doubtful)


class _Unexamined:
    """Nobody has examined up to now."""

    def __init__(self, clause: Unexamined, found: Layout) -> None:
        self.own_word = OwnWord(clause.own_word, found)

    def holds(self, search: Search) -> int | None:
        own = search.known.word_of(self.own_word.of(search))
        return _never(search, search.known.examined_by(search.now), own)


def _never(search: Search, among: int, unheard: int) -> int | None:
    """Return how sure it is that none of these events counts; one that does not count makes it less certain."""
    if among & search.known.trusted & ~unheard:
        return None
    return CONFIRMED if among else SUREST


class _InForce:
    """A period goes on at the moment of judging; when it begins and after it ends, the person is judged again."""

    def __init__(self, clause: During, found: Layout) -> None:
        self.period = found.events[clause.period]

    def holds(self, search: Search) -> int | None:
        now = Interval(search.now, search.now, exact=True)
        since, until = examination.in_force(search.known.events[search.events[self.period]])
        search.due |= {due for due in _turns(since, until) if search.now < due}
        if now.before(since) or (until is not None and until.before(now)):
            return None
        sure = since.latest <= search.now and (until is None or now.before(until))
        return SUREST if sure else CONFIRMED


def _turns(since: Interval, until: Interval | None) -> Iterator[datetime]:
    """Yield when something may begin to be in force, and the first moment at which it certainly is no more."""
    yield since.earliest
    if until is not None and until.latest < _FOR_EVER:
        yield until.latest + _TICK


class _Plain:
    def __init__(self, clause: Plain) -> None:
        self.question, self.about = QUESTIONS[clause.question], clause.about

    def holds(self, search: Search) -> int | None:
        return _SURENESS[self.question(search.known, *(search.event(name) for name in self.about))]


_SURENESS: Final[Mapping[str, int | None]] = {"yes": SUREST, "perhaps": CONFIRMED, "no": None}
