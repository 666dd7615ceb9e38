"""What happened to one person, in order, as one reader may know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from exchange.domain.edtf import Interval

ERASED = "erased"
"""Stands among the safeguards for those that an author had erased when nobody has agreed: which, nobody knows now."""


@dataclass(frozen=True, slots=True)
class Event:
    """One notice as the detector sees it.

    `ref` is the notice's number in the store, or `seq` in a judged-case file. `state` acts, `counterpart` is the other
    state. `recorded` and `index` are the ledger's time and order; `author_state` and `author_kind` say whose word it
    is. `facts` holds the members of the kind as strings (lists as tuples of strings, times as EDTF strings). `flagged`
    says that the key which signed it was in other hands: it may protect, and never speaks against a finding.
    """

    ref: int
    kind: str
    state: str
    counterpart: str | None
    when: Interval
    recorded: datetime
    index: int
    author_state: str
    author_kind: str
    source: str
    grade: str = "confirmed"
    facts: Mapping[str, str | tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events of one person, ordered, with what the notices say of the person.

    `danger` is origin, nationality and feared states (domain.md D.1); `safeguards` are the codes of B.2;
    `participants` are the member states of the exchange. `doubted` are the states of danger that flagged events alone
    name: where danger is asked for they count, where its absence is asked for they do not. `onward` are the states that
    are known in public to have sent persons of the same origin on, within the last year (modifier R).
    """

    events: tuple[Event, ...]
    danger: frozenset[str]
    safeguards: frozenset[str]
    participants: frozenset[str]
    doubted: frozenset[str] = frozenset()
    onward: frozenset[str] = frozenset()


def build(
    events: tuple[Event, ...],
    danger: frozenset[str],
    safeguards: frozenset[str],
    participants: frozenset[str],
    doubted: frozenset[str] = frozenset(),
) -> Timeline:
    """Order events by event time, those that overlap by ledger index."""
    return Timeline(
        tuple(sorted(events, key=lambda e: (e.when.earliest, e.index))), danger, safeguards, participants, doubted
    )
