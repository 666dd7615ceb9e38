"""Which states are known in public to send persons on: modifier R (domain.md D.1; Musisi, AAA).

The officers enter such returns in the directory of neighbours, each with its day and its public source. Nothing of it
is worked out from notices: a state would learn from a severity what was done to somebody of whom it may not know (L22).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.domain import edtf
from exchange.domain.edtf import Interval
from exchange.domain.neighbours import NOT_VERIFIED
from exchange.domain.notice import Subject
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.vocabulary import UNKNOWN_ORIGIN

SentOn = frozenset[tuple[str, str]]
"""(the state that sent on, the origin of those whom it sent)."""


@dataclass(frozen=True, slots=True)
class OnwardReturn:
    """A documented return: `state` sent persons of an origin on, at a time that the source tells."""

    state: str
    origin: str
    when: Interval


def of_entry(state: str, said: Sequence[Mapping[str, Any]]) -> tuple[OnwardReturn, ...]:
    """Return what the entry of a state says of onward returns; what nobody compared with its source is left out."""
    return tuple(
        OnwardReturn(state, one["origin"], edtf.read(one["returned"]))
        for one in said
        if one["verified_at"] != NOT_VERIFIED
    )


def counting(returns: Iterable[OnwardReturn], now: datetime) -> SentOn:
    """Return those of the last twelve months, and of no time to come."""
    since = now - WINDOWS["onward.documented"]
    return frozenset(
        (one.state, one.origin) for one in returns if one.when.latest >= since and one.when.earliest <= now
    )


def senders(sent_on: SentOn, subjects: Iterable[Subject]) -> frozenset[str]:
    """Return the states that sent on persons of the origin or nationality that somebody named."""
    named = frozenset().union(*(one.nationality | one.origin for one in subjects)) - UNKNOWN_ORIGIN
    return frozenset(state for state, origin in sent_on if origin in named)
