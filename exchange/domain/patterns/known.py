"""What has been worked out about a timeline, once for all patterns."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar, cast

from exchange.domain.patterns import examination
from exchange.domain.patterns.notions import NOTIONS
from exchange.domain.patterns.ordering import Order, places
from exchange.domain.timeline import Event, Timeline

Groups = Mapping[str, Mapping[str | None, int]]
"""Who acts -> towards whom -> the set of events."""
T = TypeVar("T")


class Known:
    """A timeline with its order, and answers that are kept, because many matches ask the same."""

    def __init__(self, timeline: Timeline) -> None:
        """Work out the order of a timeline; everything else when it is asked for."""
        self.timeline = timeline
        self.order = Order(timeline.events)
        self._kept: dict[Hashable, Any] = {}

    def once(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the answer to a question, worked out the first time."""
        if question not in self._kept:
            self._kept[question] = answer()
        return cast("T", self._kept[question])

    def groups(self, notion: str) -> Groups:
        """Return the events that are of a notion, by the states between which they are."""
        return self.once(("groups", notion), lambda: self._group(notion))

    def _group(self, notion: str) -> Groups:
        groups: dict[str, dict[str | None, int]] = {}
        for place, event in enumerate(self.timeline.events):
            for by, to in NOTIONS[notion](event):
                towards = groups.setdefault(by, {})
                towards[to] = towards.get(to, 0) | 1 << place
        return groups

    def confirmed(self) -> int:
        """Return the events whose link to the person is confirmed."""
        return self.once("confirmed", lambda: self._where(lambda event: event.grade == "confirmed"))

    def exact(self) -> int:
        """Return the events whose time is not approximate."""
        return self.once("exact", lambda: self._where(lambda event: event.when.exact))

    def unexamined(self) -> int:
        """Return the events before which nobody's examination was served."""
        return self.once("unexamined", self._unexamined)

    def _unexamined(self) -> int:
        decided = examination.decisions(self.timeline)
        return self._where(lambda event: examination.unexamined(decided, event))

    def _where(self, test: Callable[[Event], bool]) -> int:
        return sum(1 << place for place, event in enumerate(self.timeline.events) if test(event))

    def blocked(self, since: Event, among: int) -> int:
        """Return the events that come after one of a set which comes after `since`."""
        return self.once(("blocked", since.ref, among), lambda: self._blocked(since, among))

    def _blocked(self, since: Event, among: int) -> int:
        later = 0
        for place in places(among & self.order.after(since)):
            later |= self.order.after(self.order.events[place])
        return later

    def heard(self, state: str) -> Event | None:
        """Return `examination.heard`."""
        return self.once(("heard", state), lambda: examination.heard(self.timeline, state))

    def promised(self, by: str, before: Event) -> Event | None:
        """Return `examination.promised`."""
        kept = self.once(("promises", by), lambda: examination.promises(self.timeline, by))
        return self.once(("promised", by, before.ref), lambda: examination.fresh(kept, before))

    def called_off(self, planned: Event, to: str) -> Event | None:
        """Return `examination.called_off`."""
        return self.once(("called off", planned.ref, to), lambda: examination.called_off(self.timeline, planned, to))
