"""What has been worked out about a timeline, once for all patterns."""

from collections.abc import Callable, Container, Hashable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from exchange.domain.edtf import Interval
from exchange.domain.kinds import TERMS
from exchange.domain.patterns import endings, examination
from exchange.domain.patterns.noting import Notion, plan
from exchange.domain.patterns.notions import DOUBTS, NOTIONS
from exchange.domain.patterns.ordering import Order, places
from exchange.domain.patterns.shapes import SHAPES
from exchange.domain.timeline import Event, Timeline

Groups = Mapping[str, Mapping[str | None, int]]
"""Who acts -> towards whom -> the set of events."""
Passing = tuple[int, int]
"""The events that pass, and those for which that is not certain."""
T = TypeVar("T")
_UNASKED = object()
_KINDS = {
    notion: frozenset(shape.kind for shape in SHAPES[notion]) if notion in SHAPES else frozenset(TERMS)
    for notion in NOTIONS
}
"""Notion -> the kinds of events that can be of it."""


class Known:
    """A timeline with its order, and answers that are kept, because many matches ask the same."""

    def __init__(self, timeline: Timeline) -> None:
        """Nothing is worked out before it is asked for."""
        self.timeline = timeline
        self._kept: dict[Hashable, Any] = {}
        self._groups: dict[str, Groups] = {}

    @cached_property
    def order(self) -> Order:
        """The order of the events."""
        return Order(self.timeline.events)

    @cached_property
    def _by_kind(self) -> Mapping[str, list[tuple[int, Event]]]:
        found: dict[str, list[tuple[int, Event]]] = {}
        for place, event in enumerate(self.timeline.events):
            found.setdefault(event.kind, []).append((place, event))
        return found

    def once(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the answer to a question, worked out the first time."""
        found = self._kept.get(question, _UNASKED)
        if found is _UNASKED:
            found = self._kept[question] = answer()
        return found  # type: ignore[no-any-return]  # what is kept under a question is what its answer was

    def groups(self, notion: str) -> Groups:
        """Return the events that are of a notion, by the states between which they are."""
        found = self._groups.get(notion)
        if found is None:
            found = self._groups[notion] = self._group(NOTIONS[notion], _KINDS[notion])
        return found

    def _group(self, between: Notion, kinds: Container[str]) -> Groups:
        groups: dict[str, dict[str | None, int]] = {}
        for kind, events in self._by_kind.items():
            for place, event in events if kind in kinds else ():
                for by, to in between(event):
                    towards = groups.setdefault(by, {})
                    towards[to] = towards.get(to, 0) | 1 << place
        return groups

    def perhaps(self, notion: str) -> int:
        """Return the events that may be of a notion, and leave out whether they are."""
        if notion not in DOUBTS:
            return 0
        return self.once(("perhaps", notion), lambda: self._where(DOUBTS[notion]))

    def confirmed(self) -> int:
        """Return the events whose link to the person is confirmed."""
        return self.once("confirmed", lambda: self._where(lambda event: event.grade == "confirmed"))

    def exact(self) -> int:
        """Return the events whose time is not approximate."""
        return self.once("exact", lambda: self._where(lambda event: event.when.exact))

    def unexamined(self, own_word: frozenset[str]) -> Passing:
        """Return the events before which no examination was served, as far as counts."""
        return self.once(("unexamined", own_word), lambda: self._unexamined(own_word))

    def _unexamined(self, own_word: frozenset[str]) -> Passing:
        examined = mended = 0
        for event, effect in self.once("decisions", lambda: examination.decisions(self.timeline)):
            later = self.order.begun_after(effect.latest)
            counts, (undone, surely) = self._counts(event, own_word), self.undone(event)
            examined |= later & counts & ~undone
            mended |= later & (~counts | undone) & ~surely
        return self.order.everything & ~examined, mended

    def undone(self, decision: Event) -> Passing:
        """Return the events before which a decision was undone, and those for which that is certain."""
        return self.once(("undone", decision.ref), lambda: self._undone(decision))

    def _undone(self, decision: Event) -> Passing:
        every, certain = self._undoings(decision)
        undone = surely = 0
        for place in places(every):
            ending = self.order.events[place]
            undone |= self.order.after(ending)
            surely |= self.order.surely_after(ending) if certain & 1 << place else 0
        return undone, surely

    def _undoings(self, decision: Event) -> Passing:
        """Return `examination.undoings`, and those that certainly undo it."""
        return self.once(("undoings", decision.ref), lambda: self._work_out_undoings(decision))

    def _work_out_undoings(self, decision: Event) -> Passing:
        ends = self.once("ends", lambda: self._where(lambda e: endings.annuls(e) or endings.withdraws(e)))
        every = certain = 0
        for place in places(ends & ~self.order.surely_before(decision) if ends else 0):
            ending = self.order.events[place]
            how = endings.undoes(ending, decision)
            every |= 1 << place if how != "no" else 0
            sure = how == "yes" and not ending.flagged and decision.when.before(ending.when)
            certain |= 1 << place if sure else 0
        return every, certain

    def unexamined_yet(self, now: datetime, own_word: frozenset[str]) -> Passing:
        """Return the events for which nothing has examined up to a moment, as far as counts.

        Of the own word counts what was told before such an event, and what was decided certainly after it.
        """
        return self.once(("unexamined yet", now, own_word), lambda: self._unexamined_yet(now, own_word))

    def _unexamined_yet(self, now: datetime, own_word: frozenset[str]) -> Passing:
        examined = mended = 0
        for place in places(self.examined_by(now)):
            event = self.order.events[place]
            earlier = 0 if event.flagged else self.order.surely_before(event)
            counts = self._counts(event, own_word) | earlier
            examined |= counts
            mended |= self.order.everything & ~counts
        doubtful = self.order.everything if self._perhaps_examined_by(now) else 0
        return self.order.everything & ~examined, mended | doubtful

    def word_of(self, states: frozenset[str]) -> int:
        """Return the events that are the word of these states."""
        return self.once(("word", states), lambda: self._where(lambda event: endings.is_word_of(event, states)))

    def examined_by(self, now: datetime) -> int:
        """Return the full decisions on the merits and grants of protection that certainly took effect by a moment."""
        return self.once(("examined by", now), lambda: self._examined_by(now))

    def _examined_by(self, now: datetime) -> int:
        return sum(1 << self.order.place(e) for e in self._served_by(now) if not self._undoings(e)[0] & self._past(now))

    def _perhaps_examined_by(self, now: datetime) -> bool:
        """Tell whether a decision was perhaps undone by a moment, and perhaps not."""
        undoings = (self._undoings(event) for event in self._served_by(now))
        return any(every & self._past(now) and not certain & self._past(now) for every, certain in undoings)

    def _served_by(self, now: datetime) -> list[Event]:
        kept = self.once("decisions", lambda: examination.decisions(self.timeline))
        return [event for event, effect in kept if effect.latest <= now]

    def _past(self, now: datetime) -> int:
        return self.order.ended_by(now)

    def trusted(self) -> int:
        """Return the events that may speak against a finding: those that no key in other hands signed."""
        return self.once("trusted", lambda: self._where(lambda event: not event.flagged))

    def _counts(self, event: Event, own_word: frozenset[str]) -> int:
        """Return the events against which an event counts: none when it is flagged; after it was told, its own word."""
        if event.flagged:
            return 0
        return self.order.told_after(event) if endings.is_word_of(event, own_word) else self.order.everything

    def told_again(self, notion: str) -> int:
        """Return the events of a notion that may only tell again what another authority told before, in the ledger.

        Their times overlap, and they are between the same states. Each notice stands for one of each other authority.
        """
        return self.once(("told again", notion), lambda: self._told_again(self.groups(notion)))

    def _told_again(self, groups: Groups) -> int:
        again = 0
        for group in (group for towards in groups.values() for group in towards.values()):
            spent: dict[tuple[str, str], int] = {}  # what each authority said, and what it told again
            for event in sorted((self.order.events[place] for place in places(group)), key=lambda e: e.index):
                author = event.author_state, event.author_kind
                taken = spent.get(author, 0) | 1 << self.order.place(event)
                found = group & self.trusted() & self.order.overlapping(event) & ~(self.order.told_after(event))
                first = found & ~again & ~taken
                if first:
                    again |= 1 << self.order.place(event)
                spent[author] = taken | first & -first
        return again

    def _where(self, test: Callable[[Event], bool]) -> int:
        return sum(1 << place for place, event in enumerate(self.timeline.events) if test(event))

    def since(self, event: Event | None) -> int:
        """Return the events after one; after None, all."""
        return self.order.everything if event is None else self.order.after(event)

    def ending(self, given: Event, among: int, own_word: frozenset[str]) -> Passing:
        """Return the events of a set that may end what an event gave (`endings`), and those that only may."""
        return self.once(("ending", given.ref, among, own_word), lambda: self._ending(given, among, own_word))

    def _ending(self, given: Event, among: int, own_word: frozenset[str]) -> Passing:
        found = doubtful = 0
        for place in places(among):
            end = self.order.events[place]
            how = endings.alike(given, end)
            vain = endings.is_vain(given, end, own_word)
            found |= 1 << place if how != "no" else 0
            doubtful |= 1 << place if how == "perhaps" or vain else 0
        return found, found & doubtful

    def absent(self, since: Event | None, among: Passing, own_word: frozenset[str]) -> Passing:
        """Return the events between which and `since` none of a set comes, as far as counts; None is the beginning.

        `among` is the set, and those of it that only lower certainty.
        """
        question = "absent", since.ref if since else None, among, own_word
        return self.once(question, lambda: self._absent(among[0] & self.since(since), among[1], own_word))

    def _absent(self, among: int, doubtful: int, own_word: frozenset[str]) -> Passing:
        blocked = mended = 0
        for place in places(among):
            event = self.order.events[place]
            later = self.order.after(event)
            counts = 0 if doubtful & 1 << place else self._counts(event, own_word)
            blocked |= later & counts
            mended |= later & ~counts
        return self.order.everything & ~blocked, mended

    def during(self, period: Event) -> Passing:
        """Return the events that were while another was in force."""
        return self.once(("during", period.ref), lambda: self._during(*examination.in_force(period)))

    def _during(self, since: Interval, until: Interval | None) -> Passing:
        order = self.order
        maybe, surely = order.everything & ~order.ended_before(since.earliest), order.begun_after(since.latest)
        if until is not None:
            maybe, surely = maybe & order.begun_by(until.latest), surely & order.ended_before(until.earliest)
        return maybe, maybe & ~surely

    def held(self, state: str) -> int:
        """Return the notices in which a state holds a removal, unless whoever asked for that ended it."""
        return self.once(("held", state), lambda: self._held(state))

    def _held(self, state: str) -> int:
        found = 0
        for asker, answers in self.groups("removal held").get(state, {}).items():
            ended = self.groups("hold lifted").get(asker or "", {}).get(state, 0)
            for place in places(answers):
                if not self.order.after(self.order.events[place]) & ended:
                    found |= 1 << place
        return found

    def heard(self, state: str) -> tuple[Event, ...]:
        """Return `examination.heard`."""
        return self.once(("heard", state), lambda: examination.heard(self.timeline, state))

    def promised(self, by: str, before: Event) -> tuple[Event, ...]:
        """Return `examination.promised`."""
        kept = self.once(("promises", by), lambda: examination.promises(self.timeline, by))
        return self.once(("promised", by, before.ref), lambda: examination.fresh(kept, before))

    def called_off(self, planned: Event, to: str) -> tuple[Event, ...]:
        """Return `examination.called_off`."""
        if not plan(planned):
            return ()
        groups = self.once("calling off", lambda: self._group(examination.calls_off, TERMS)).get(planned.state, {})
        closing = (groups.get(to, 0) | groups.get(None, 0)) & self.order.after(planned)
        return tuple(self.order.events[place] for place in places(closing))
