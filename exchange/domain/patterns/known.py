"""What has been worked out about a timeline, once for all patterns. Events are told by their place in it."""

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeVar

from exchange.domain.edtf import Interval
from exchange.domain.patterns import endings, examination
from exchange.domain.patterns.noting import Between, plan
from exchange.domain.patterns.notions import DOUBTS
from exchange.domain.patterns.ordering import Order, places
from exchange.domain.patterns.sorting import Groups, Sorted
from exchange.domain.timeline import Event, Timeline

Passing = tuple[int, int]
"""The events that pass, and those for which that is not certain."""
T = TypeVar("T")
_UNASKED = object()


class Known:
    """A timeline with its order, and answers that are kept, because many matches ask the same."""

    def __init__(self, timeline: Timeline) -> None:
        """Nothing is worked out before it is asked for."""
        self.timeline = timeline
        self.events = timeline.events
        self.everything = (1 << len(timeline.events)) - 1
        self.sorted = Sorted(timeline.events)
        self.groups = self.sorted.groups
        self.beginnings: dict[tuple[int, Between], Between] = {}
        """Event, and which way it leads -> the first leg of the chain that led there; so the next (see `chains`)."""
        self.legs_into: dict[str, int] = {}
        self.first_said: dict[tuple[str, Between], int] = {}
        self._kept: dict[Hashable, Any] = {}

    @cached_property
    def order(self) -> Order:
        """The order of the events."""
        return Order(self.events)

    def once(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the answer to a question, worked out the first time."""
        found = self._kept.get(question, _UNASKED)
        if found is _UNASKED:
            found = self._kept[question] = answer()
        return found  # type: ignore[no-any-return]  # what is kept under a question is what its answer was

    def every(self, notion: str) -> int:
        """Return the events that are of a notion, whoever acts."""
        return reduce(or_, (group for towards in self.groups(notion).values() for group in towards.values()), 0)

    def perhaps(self, notion: str) -> int:
        """Return the events that may be of a notion, and leave out whether they are."""
        if notion not in DOUBTS:
            return 0
        return self.once(("perhaps", notion), lambda: self._where(DOUBTS[notion]))

    def doubtful(self, notion: str) -> int:
        """Return the events that are not certainly of a notion: what they say is in doubt, or who signed them."""
        return self.perhaps(notion) | self.flagged if notion in DOUBTS else self.flagged

    @cached_property
    def confirmed(self) -> int:
        """The events whose link to the person is confirmed."""
        return self.everything & ~self._where(lambda event: event.grade != "confirmed")

    @cached_property
    def exact(self) -> int:
        """The events whose time is not approximate."""
        return self.everything & ~self._where(lambda event: not event.when.exact)

    @cached_property
    def trusted(self) -> int:
        """The events that may speak against a finding: those that no key in other hands signed."""
        return self.everything & ~self.flagged

    @cached_property
    def flagged(self) -> int:
        """The events that a key in other hands signed."""
        return self._where(lambda event: event.flagged)

    @cached_property
    def starts(self) -> list[datetime]:
        """From when the deadline of an answer to each event runs: the later of its time and the ledger's."""
        return [max(event.when.latest, event.recorded) for event in self.events]

    @cached_property
    def decisions(self) -> tuple[tuple[int, Interval], ...]:
        """The full decisions on the merits and grants of protection, each with when it took effect."""
        told = self.sorted.of_kinds("merits_decision", "protection_status")
        effects = ((place, examination.served(self.events[place])) for place in places(told))
        return tuple((place, effect) for place, effect in effects if effect is not None)

    def unexamined(self, own_word: frozenset[str]) -> Passing:
        """Return the events before which no examination was served, as far as counts."""
        if not self.decisions:
            return self.everything, 0
        return self.once(("unexamined", own_word), lambda: self._unexamined(own_word))

    def _unexamined(self, own_word: frozenset[str]) -> Passing:
        examined = mended = 0
        for place, effect in self.decisions:
            later = self.order.begun_after(effect.latest)
            counts, (undone, surely) = self._counts(place, own_word), self.undone(place)
            examined |= later & counts & ~undone
            mended |= later & (~counts | undone) & ~surely
        return self.everything & ~examined, mended

    def undone(self, decision: int) -> Passing:
        """Return the events before which a decision was undone, and those for which that is certain."""
        return self.once(("undone", decision), lambda: self._undone(decision))

    def _undone(self, decision: int) -> Passing:
        every, certain = self._undoings(decision)
        undone = surely = 0
        for ending in places(every):
            undone |= self.order.after(ending)
            surely |= self.order.surely_after(ending) if certain & 1 << ending else 0
        return undone, surely

    def _undoings(self, decision: int) -> Passing:
        """Return `examination.undoings`, and those that certainly undo it."""
        return self.once(("undoings", decision), lambda: self._work_out_undoings(decision))

    def _work_out_undoings(self, decision: int) -> Passing:
        decided = self.events[decision]
        every = certain = 0
        for place in places(self._ends & ~self.order.surely_before(decision) if self._ends else 0):
            ending = self.events[place]
            how = endings.undoes(ending, decided)
            every |= 1 << place if how != "no" else 0
            sure = how == "yes" and not ending.flagged and decided.when.before(ending.when)
            certain |= 1 << place if sure else 0
        return every, certain

    @cached_property
    def _ends(self) -> int:
        told, events = self.sorted.of_kinds("merits_decision", "protection_status"), self.events
        return sum(1 << p for p in places(told) if endings.annuls(events[p]) or endings.withdraws(events[p]))

    def unexamined_yet(self, now: datetime, own_word: frozenset[str]) -> Passing:
        """Return the events for which nothing has examined up to a moment, as far as counts.

        Of the own word counts what was told before such an event, and what was decided certainly after it.
        """
        if not self.decisions:
            return self.everything, 0
        return self.once(("unexamined yet", now, own_word), lambda: self._unexamined_yet(now, own_word))

    def _unexamined_yet(self, now: datetime, own_word: frozenset[str]) -> Passing:
        examined = mended = 0
        for place in places(self.examined_by(now)):
            earlier = 0 if self.events[place].flagged else self.order.surely_before(place)
            counts = self._counts(place, own_word) | earlier
            examined |= counts
            mended |= self.everything & ~counts
        doubtful = self.everything if self._perhaps_examined_by(now) else 0
        return self.everything & ~examined, mended | doubtful

    def word_of(self, states: frozenset[str]) -> int:
        """Return the events that are the word of these states."""
        return self.once(("word", states), lambda: self._where(lambda event: endings.is_word_of(event, states)))

    def examined_by(self, now: datetime) -> int:
        """Return the full decisions on the merits and grants of protection that certainly took effect by a moment."""
        return self.once(("examined by", now), lambda: self._examined_by(now))

    def _examined_by(self, now: datetime) -> int:
        past = self.order.ended_by(now)
        return sum(1 << place for place in self._served_by(now) if not self._undoings(place)[0] & past)

    def _perhaps_examined_by(self, now: datetime) -> bool:
        """Tell whether a decision was perhaps undone by a moment, and perhaps not."""
        past = self.order.ended_by(now)
        undoings = (self._undoings(place) for place in self._served_by(now))
        return any(every & past and not certain & past for every, certain in undoings)

    def _served_by(self, now: datetime) -> list[int]:
        return [place for place, effect in self.decisions if effect.latest <= now]

    def _counts(self, place: int, own_word: frozenset[str]) -> int:
        """Return the events against which an event counts: none when it is flagged; after it was told, its own word."""
        event = self.events[place]
        if event.flagged:
            return 0
        return self.order.told_after(place) if endings.is_word_of(event, own_word) else self.everything

    def told_again(self, notion: str) -> int:
        """Return the events of a notion that may only tell again what another authority told before, in the ledger.

        Their times overlap, and they are between the same states. Each notice stands for one of each other authority.
        """
        return self.once(("told again", notion), lambda: self._told_again(self.groups(notion)))

    def _told_again(self, groups: Groups) -> int:
        again = 0
        for group in (group for towards in groups.values() for group in towards.values() if group & group - 1):
            spent: dict[tuple[str, str], int] = {}  # what each authority said, and what it told again
            for place in sorted(places(group), key=lambda at: self.events[at].index):
                author = self.events[place].author_state, self.events[place].author_kind
                taken = spent.get(author, 0) | 1 << place
                found = group & self.trusted & self.order.overlapping(place) & ~self.order.told_after(place)
                first = found & ~again & ~taken
                if first:
                    again |= 1 << place
                spent[author] = taken | first & -first
        return again

    def _where(self, test: Callable[[Event], bool]) -> int:
        return sum([1 << place for place, event in enumerate(self.events) if test(event)])

    def since(self, place: int | None) -> int:
        """Return the events after one; after None, all."""
        return self.everything if place is None else self.order.after(place)

    def ending(self, given: int, among: int, own_word: frozenset[str]) -> Passing:
        """Return the events of a set that may end what an event gave (`endings`), and those that only may."""
        return self.once(("ending", given, among, own_word), lambda: self._ending(given, among, own_word))

    def _ending(self, given: int, among: int, own_word: frozenset[str]) -> Passing:
        found = doubtful = 0
        for place in places(among):
            how = endings.alike(self.events[given], self.events[place])
            vain = endings.is_vain(self.events[given], self.events[place], own_word)
            found |= 1 << place if how != "no" else 0
            doubtful |= 1 << place if how == "perhaps" or vain else 0
        return found, found & doubtful

    def absent(self, since: int | None, among: Passing, own_word: frozenset[str]) -> Passing:
        """Return the events between which and `since` none of a set comes, as far as counts; None is the beginning.

        `among` is the set, and those of it that only lower certainty.
        """
        found = among[0] & self.since(since) if among[0] else 0
        if not found:
            return self.everything, 0
        return self.once(("absent", found, among[1], own_word), lambda: self._absent(found, among[1], own_word))

    def _absent(self, among: int, doubtful: int, own_word: frozenset[str]) -> Passing:
        blocked = mended = 0
        for place in places(among):
            later = self.order.after(place)
            counts = 0 if doubtful & 1 << place else self._counts(place, own_word)
            blocked |= later & counts
            mended |= later & ~counts
        return self.everything & ~blocked, mended

    def during(self, period: int) -> Passing:
        """Return the events that were while another was in force."""
        return self.once(("during", period), lambda: self._during(*examination.in_force(self.events[period])))

    def _during(self, since: Interval, until: Interval | None) -> Passing:
        order = self.order
        maybe, surely = self.everything & ~order.ended_before(since.earliest), order.begun_after(since.latest)
        if until is not None:
            maybe, surely = maybe & order.begun_by(until.latest), surely & order.ended_before(until.earliest)
        return maybe, maybe & ~surely

    def carried_out(self, planned: int, to: str) -> int:
        """Return those of some plans after which the state that planned sent the person to another."""
        return self.once(("done", planned, to), lambda: self._carried_out(planned, to))

    def _carried_out(self, planned: int, to: str) -> int:
        legs = {by: group & self.trusted for by, towards in self.groups("leg").items() if (group := towards.get(to, 0))}
        done = (p for p in places(planned if legs else 0) if self.order.after(p) & legs.get(self.events[p].state, 0))
        return sum(1 << place for place in done)

    def held(self, state: str) -> int:
        """Return the notices in which a state holds a removal, unless whoever asked for that ended it."""
        return self.once(("held", state), lambda: self._held(state))

    def _held(self, state: str) -> int:
        found = 0
        for asker, answers in self.groups("removal held").get(state, {}).items():
            ended = self.groups("hold lifted").get(asker or "", {}).get(state, 0)
            for place in places(answers):
                if not self.order.after(place) & ended:
                    found |= 1 << place
        return found

    def heard(self, state: str) -> tuple[Event, ...]:
        """Return `examination.heard`."""
        return self.once(("heard", state), lambda: examination.heard(self.timeline, state))

    def promised(self, by: str, before: int) -> tuple[Event, ...]:
        """Return `examination.promised`."""
        kept = self.once(("promises", by), lambda: examination.promises(self.timeline, by))
        return examination.fresh(kept, self.events[before]) if kept else ()

    def called_off(self, planned: int, to: str) -> tuple[Event, ...]:
        """Return `examination.called_off`."""
        by_state = self.once("calling off", lambda: self.sorted.group(examination.calls_off, examination.CALLING_OFF))
        groups = by_state.get(self.events[planned].state)
        if groups is None or not plan(self.events[planned]):
            return ()
        closing = (groups.get(to, 0) | groups.get(None, 0)) & self.order.after(planned)
        return tuple(self.events[place] for place in places(closing))
