"""Clauses that find no event of their own: whether they hold for the events and states found so far."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from exchange.domain import due_times, workdays
from exchange.domain.edtf import Interval
from exchange.domain.patterns import examination
from exchange.domain.patterns.algebra import (
    Absent,
    Act,
    Among,
    AnyOf,
    Apart,
    Clause,
    Count,
    During,
    First,
    Match,
    Not,
    Open,
    Plain,
    Safeguarded,
    Silent,
    Unexamined,
)
from exchange.domain.patterns.plain import QUESTIONS
from exchange.domain.patterns.searching import Search, every, missing, passes, reach, said_by, unexamined
from exchange.domain.timeline import Event

_TICK: Final = timedelta(microseconds=1)
_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


def holds(search: Search, clause: Clause, match: Match) -> Match | None:
    """Return the match when a clause holds, perhaps less certain than before."""
    return _HOLD[type(clause)](search, clause, match)


def _count(search: Search, clause: Count, match: Match) -> Match | None:
    known = search.known
    found, sure = reach(search, clause, match)
    of = every(known, clause.act, match.states)
    if (of & found).bit_count() < clause.least:
        return None
    surely = of & sure & known.trusted() & ~known.perhaps(clause.act.notion)
    linked = surely & known.confirmed()
    return match._replace(
        certain=match.certain and surely.bit_count() >= clause.least,
        confirmed=match.confirmed and linked.bit_count() >= clause.least,
        many={**match.many, clause.name: of & found},
    )


def _absent(search: Search, clause: Absent, match: Match) -> Match | None:
    among, doubtful = missing(search, clause, match)
    since = None if clause.since is None else match.events[clause.since]
    if clause.until is None:
        unheard = search.known.word_of(said_by(clause, match)) | doubtful
        return _never(search, among & search.known.since(since), unheard, match)
    passing = search.known.absent(since, (among, doubtful), said_by(clause, match))
    return passes(search, passing, match.events[clause.until], match)


def _never(search: Search, among: int, unheard: int, match: Match) -> Match | None:
    """Return the match when none of these events counts; one that does not count makes it less certain."""
    if among & search.known.trusted() & ~unheard:
        return None
    return match._replace(certain=match.certain and not among)


def _silent(search: Search, clause: Silent, match: Match) -> Match | None:
    after = match.events[clause.after]
    if _surely(search, clause.act, match) & _may_answer(search, after):
        return None
    deadline = _deadline(search, clause, match)
    if search.now < deadline:
        search.due.add(deadline)
        return None
    return match._replace(certain=match.certain and after.when.exact)


def _surely(search: Search, act: Act, match: Match) -> int:
    """Return the events of an act that may speak against a finding: nobody doubts them, and they leave nothing out."""
    return every(search.known, act, match.states) & search.known.trusted() & ~search.known.perhaps(act.notion)


def _may_answer(search: Search, event: Event) -> int:
    """Return the events that come after one, or on the same day: who is quicker to tell of the day is not silent."""
    order = search.known.order
    return order.after(event) | (search.known.exact() & ~order.surely_before(event))


def _deadline(search: Search, clause: Silent, match: Match) -> datetime:
    after = match.events[clause.after]
    window, start = search.windows[clause.within], max(after.when.latest, after.recorded)
    if clause.counted == "working days":
        return workdays.after(start, window.days, match.states.get(clause.act.by or "", after.state))
    if clause.counted == "as asked":
        others = [e for e in search.known.order.events if e.state == after.counterpart]
        return due_times.hold_due(after, others, window)
    return start + window


def _unexamined(search: Search, clause: Unexamined, match: Match) -> Match | None:
    asked_about = clause.before or clause.since
    if asked_about is None:
        own = search.known.word_of(said_by(clause, match))
        return _never(search, search.known.examined_by(search.now), own, match)
    return passes(search, unexamined(search, clause, match), match.events[asked_about], match)


def _open(search: Search, clause: Open, match: Match) -> Match | None:
    planned = match.events[clause.plan]
    legs = search.known.groups("leg").get(planned.state, {}).get(match.states[clause.to], 0)
    return None if legs & search.known.order.after(planned) & search.known.trusted() else match


def _during(search: Search, clause: During, match: Match) -> Match | None:
    period = match.events[clause.period]
    if clause.event is not None:
        return passes(search, search.known.during(period), match.events[clause.event], match)
    now = Interval(search.now, search.now, exact=True)
    since, until = examination.in_force(period)
    search.due |= {due for due in _turns(since, until) if search.now < due}
    if now.before(since) or (until is not None and until.before(now)):
        return None
    sure = since.latest <= search.now and (until is None or now.before(until))
    return match._replace(certain=match.certain and sure)


def _turns(since: Interval, until: Interval | None) -> Iterator[datetime]:
    """Yield when something may begin to be in force, and the first moment at which it certainly is no more."""
    yield since.earliest
    if until is not None and until.latest < _FOR_EVER:
        yield until.latest + _TICK


def _safeguarded(search: Search, _: Safeguarded, match: Match) -> Match | None:
    return match if search.known.timeline.safeguards else None


def _plain(search: Search, clause: Plain, match: Match) -> Match | None:
    answer = QUESTIONS[clause.question](search.known, match, clause.about)
    return None if answer == "no" else match._replace(certain=match.certain and answer == "yes")


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
        found, _ = reach(search, inner, match)
        return None if found & _surely(search, inner.act, match) else match
    if isinstance(inner, Among):
        surely = _members(search, inner) - search.known.timeline.doubted
        return match if match.states[inner.state] not in surely else None
    return match if holds(search, inner, match) is None else None


def _any_of(search: Search, clause: AnyOf, match: Match) -> Match | None:
    """Return the surest of the ways in which one of the clauses holds."""
    held = [found for one in clause.clauses if (found := holds(search, one, match)) is not None]
    return max(held, key=lambda found: (found.certain, found.confirmed), default=None)


_HOLD: Mapping[type, Callable[[Search, Any, Match], Match | None]] = {
    Count: _count,
    Absent: _absent,
    Silent: _silent,
    Unexamined: _unexamined,
    Open: _open,
    During: _during,
    Safeguarded: _safeguarded,
    Plain: _plain,
    Apart: _apart,
    Among: _among,
    Not: _not,
    AnyOf: _any_of,
}
