"""What a suspended member is no longer shown of what it was given before: retroactive hiding (L16).

A member that is suspended for all is shown nothing about persons. One that is suspended for a nationality must not
learn from what goes missing who has that nationality by others' words. So what it has seen already is hidden without
looking at the persons (its inbox), or by its own state's words alone (its alerts); what it never saw is hidden by
anybody's words. Only words count that had come when it was suspended: what is said later changes nothing that it holds,
as for a withheld state (docs/decisions/0005).
"""

from dataclasses import dataclass
from datetime import datetime

from exchange import reading
from exchange.domain import linkage, members
from exchange.domain.notice import Notice, Reader
from exchange.reading import Around
from exchange.store import members as stored
from exchange.store.queue import Alert
from exchange.store.session import Tx

_OWN_THINGS = ("report:", "acknowledgement:")
"""Causes of words that are about the member's own notices."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What is hidden from one reader; only `hiding` makes one."""

    tx: Tx
    who: Reader
    standing: members.Standing
    shown: dict[str, int]
    read: dict[str, datetime | None]

    def items(self, seqs: list[int]) -> frozenset[int]:
        """Return those of these numbers of the reader's inbox that are hidden."""
        if not self._closed and not self.standing.is_shut(self.who.state):
            return frozenset()
        found = stored.deliveries(self.tx, self.who.slug, seqs)
        return frozenset(seq for seq, delivered in found.items() if self._item(seq, *delivered))

    def notice(self, number: int) -> bool:
        """Tell whether a notice that was delivered to the reader is hidden."""
        seq = stored.delivery(self.tx, self.who.slug, number)
        return seq is not None and seq in self.items([seq])

    def _item(self, seq: int, at: datetime, cause: str, notice: int | None) -> bool:
        if self.standing.is_shut(self.who.state):
            return not cause.startswith(_OWN_THINGS)
        before = {n: since for n, since in self._closed.items() if at <= since}
        if notice is None or not before:  # a word names no person
            return False
        return any(seq <= self.shown[n] or self._is_named(notice, n, since) for n, since in before.items())

    def alert(self, alert: Alert) -> bool:
        """Tell whether an alert in the reader's queue is hidden."""
        if self.standing.is_shut(self.who.state):
            return True
        return any(self._alert(alert, n, since) for n, since in self._closed.items())

    def _alert(self, alert: Alert, nationality: str, since: datetime) -> bool:
        number = alert.anchor if alert.anchor is not None else next(iter(alert.person), None)
        if number is None:  # about an authority: it names no person
            return False
        around = reading.around(self.tx, number, self.standing.now)
        own = [n for n in around.notices if n.author.state == self.who.state]
        persons = linkage.components(own, around.agreements)
        if any(nationality in members.home(p) for p in persons if not {n.no for n in p}.isdisjoint(alert.person)):
            return True
        read = self.read[nationality]
        is_new = alert.raised_at <= since and (read is None or alert.raised_at > read)
        return is_new and nationality in members.home(_by_then(around, number, since))

    @property
    def _closed(self) -> dict[str, datetime]:
        return dict(self.standing.closed(self.who.state))

    def _is_named(self, number: int, nationality: str, since: datetime) -> bool:
        around = reading.around(self.tx, number, self.standing.now)
        return nationality in members.home(_by_then(around, number, since))


def hiding(tx: Tx, who: Reader, now: datetime) -> Hiding:
    """Return what is hidden from a reader now."""
    standing = stored.standing(tx, now)
    closed = {} if standing.is_shut(who.state) else standing.closed(who.state)
    return Hiding(
        tx,
        who,
        standing,
        shown={n: stored.shown_until(tx, who.slug, since) for n, since in closed.items()},
        read={n: stored.queue_read(tx, who.slug, since) for n, since in closed.items()},
    )


def _by_then(around: Around, number: int, since: datetime) -> tuple[Notice, ...]:
    """Return what was tied to a notice by all that had come until a moment."""
    by_then = [n for n in around.notices if n.received_at <= since]
    tied = linkage.components(by_then, around.agreements)
    return next((one for one in tied if number in {n.no for n in one}), ())
