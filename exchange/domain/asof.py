"""A history as of twice: what had happened by one moment, of what was known by another (detection.md, Data).

So a past verdict can be rebuilt: what did the exchange know on the day of the removal? What came later counts for
nothing: no notice, no correction, no agreement to one, no word that a key was in other hands, no erasure.

A silence is judged at the earlier of the two moments: never before its deadline, and never on the strength of what
nobody could have heard by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from exchange.domain.notice import Notice
from exchange.domain.timeline import ERASED, Event, Timeline

SAFEGUARDS: Final = "safeguards"
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AsOf:
    """What may have happened by `happened`, of what stood in the ledger by `known`; each is included."""

    happened: datetime = FOR_EVER
    known: datetime = FOR_EVER

    @property
    def judged(self) -> datetime:
        """The moment at which a silence is judged."""
        return min(self.happened, self.known)


@dataclass(frozen=True, slots=True)
class Past:
    """What the store knows of the past of notices, beside when each was received.

    `flagged` are those that counted as signed by a key in other hands, by what was known at the moment; `gone` are the
    parts that were erased after it, by the number of the notice.
    """

    flagged: frozenset[int] = frozenset()
    gone: Mapping[int, frozenset[str]] = field(default_factory=dict)


def notices(said: Sequence[Notice], known: datetime, past: Past) -> tuple[Notice, ...]:
    """Return the notices that had come by a moment, as they were then: what corrections make of them is not in yet.

    Which safeguards an erased part held nobody knows any more; that there were some raises the severity, as it did.
    """
    return tuple(_as_it_was(notice, past) for notice in said if notice.received_at <= known)


def _as_it_was(notice: Notice, past: Past) -> Notice:
    lost = SAFEGUARDS in past.gone.get(notice.no, ())
    safeguards = notice.safeguards | {ERASED} if lost else notice.safeguards
    return replace(notice, flagged=notice.no in past.flagged, safeguards=safeguards)


def timeline(history: Timeline, as_of: AsOf) -> Timeline:
    """Return the part of a timeline that had happened, and was known, by two moments.

    An event that may have happened by then, and may not, is doubted: it may protect, and never speaks against a
    finding. What the notices say of the person, danger and safeguards, does not hang on when things happened.
    """
    kept = (one for one in history.events if one.when.earliest <= as_of.happened and one.recorded <= as_of.known)
    return replace(history, events=tuple(_doubted(one, as_of.happened) for one in kept))


def _doubted(event: Event, happened: datetime) -> Event:
    return replace(event, flagged=True) if event.when.latest > happened else event
