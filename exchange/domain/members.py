"""Who takes part, since when, and from what a state is shut out (rules L07, L16, L24).

The table of participants is data of version `VERSION`, from `SOURCE`. How a state stands on this exchange is no table:
it is what the officers said, in order, and `Standing` answers from that. A state of which nothing was said is no
member.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final, Protocol

from exchange.domain.notice import Subject

VERSION: Final = "2026-11-24"
SOURCE: Final = (
    "A/58/281 para 9 (tracks); Treaty of Accession 2003 and 2005 (European Union); Council of Europe Treaty Office,"
    " Statute (ETS 1) and Convention (ETS 5), from memory"
)
NORTH, SOUTH = "north", "south"


@dataclass(frozen=True, slots=True)
class Participant:
    """A state of the Process: its tracks, and since when it is in the Union, the Council, and under the Convention."""

    state: str
    tracks: tuple[str, ...]
    eu_since: date | None
    council_since: date | None
    echr_since: date | None


_ACCESSION: Final = date(2004, 5, 1)
PARTICIPANTS: Final = (
    Participant("BLR", (NORTH,), None, None, None),
    Participant("EST", (NORTH,), _ACCESSION, date(1993, 5, 14), date(1996, 4, 16)),
    Participant("HUN", (SOUTH,), _ACCESSION, date(1990, 11, 6), date(1992, 11, 5)),
    Participant("LTU", (NORTH,), _ACCESSION, date(1993, 5, 14), date(1995, 6, 20)),
    Participant("LVA", (NORTH,), _ACCESSION, date(1995, 2, 10), date(1997, 6, 27)),
    Participant("MDA", (SOUTH,), None, date(1995, 7, 13), date(1997, 9, 12)),
    Participant("POL", (NORTH,), _ACCESSION, date(1991, 11, 26), date(1993, 1, 19)),
    Participant("ROU", (SOUTH,), date(2007, 1, 1), date(1993, 10, 7), date(1994, 6, 20)),
    Participant("SVK", (SOUTH,), _ACCESSION, date(1993, 6, 30), date(1993, 1, 1)),
    Participant("UKR", (NORTH, SOUTH), None, date(1995, 11, 9), date(1997, 9, 11)),
)
STATES: Final = frozenset(one.state for one in PARTICIPANTS)
BY_STATE: Final[Mapping[str, Participant]] = MappingProxyType({one.state: one for one in PARTICIPANTS})


def in_union(state: str, at: datetime) -> bool:
    """Tell whether a participant was in the European Union at a moment."""
    found = BY_STATE.get(state)
    return found is not None and found.eu_since is not None and found.eu_since <= at.date()


def track(state: str) -> str:
    """Return the tracks of a state, with a `+` between two; an empty text for one that is no participant."""
    found = BY_STATE.get(state)
    return "+".join(found.tracks) if found is not None else ""


@dataclass(frozen=True, slots=True)
class Ally:
    """`state` may act for `of` against a person: it is withheld when `of` is (L24). `until` is None while it lasts."""

    state: str
    of: str
    since: datetime
    until: datetime | None = None

    def reaches(self, told_at: datetime, now: datetime) -> bool:
        """Tell whether it lasted at any moment from when something was told until now.

        So the end of an alliance opens nothing: whoever was told of before it ended stays withheld from the ally.
        """
        return self.since <= now and (self.until is None or self.until > told_at)


_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
ALLIES: Final = (Ally("RUS", "BLR", _SINCE), Ally("BLR", "RUS", _SINCE))
"""Where every exchange begins; officers add to it, and end what they must."""

OBSERVER, FULL, SUSPENDED, LEFT = STATUSES = ("observer", "full", "suspended", "left")
ALL: Final = "all"
"""The scope of a change that is not about one nationality."""


class Told(Protocol):
    """Something that was said of a person, and when it was received: a notice is one."""

    @property
    def subject(self) -> Subject:
        """The states that the person has to do with."""

    @property
    def received_at(self) -> datetime:
        """When the exchange received it."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says of a person, before it is a notice."""

    subject: Subject
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What officers said of a state, in the order in which it took effect. `scope` is `all`, or a nationality."""

    state: str
    status: str
    scope: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AllyChange:
    """An alliance that officers added or ended."""

    state: str
    of: str
    ended: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class _Stand:
    status: str = ""
    since: datetime | None = None
    closed: Mapping[str, datetime] = field(default_factory=dict)


def home(told: Iterable[Told]) -> frozenset[str]:
    """Return every nationality and origin that somebody named."""
    return frozenset().union(*(one.subject.nationality | one.subject.origin for one in told))


def alliances(changes: Iterable[AllyChange], first: Sequence[Ally] = ALLIES) -> tuple[Ally, ...]:
    """Return the alliances, past ones included, that the first ones became by what officers said, in order."""
    found = list(first)
    for one in changes:
        lasting = [a for a in found if (a.state, a.of, a.until) == (one.state, one.of, None)]
        if one.ended:
            found = [Ally(a.state, a.of, a.since, one.since) if a in lasting else a for a in found]
        elif not lasting:
            found.append(Ally(one.state, one.of, one.since))
    return tuple(found)


@dataclass(frozen=True)
class Standing:
    """How every state stands as of `now`: a value that the rules of disclosure are asked with."""

    now: datetime
    changes: tuple[Change, ...] = ()
    allies: tuple[Ally, ...] = ALLIES

    @cached_property
    def _stands(self) -> Mapping[str, _Stand]:
        return _replay(c for c in self.changes if c.since <= self.now)

    def _of(self, state: str) -> _Stand:
        return self._stands.get(state, _Stand())

    def status(self, state: str) -> str:
        """Return the status of a state, an empty text when it never was a member."""
        return self._of(state).status

    def may_say(self, state: str) -> bool:
        """Tell whether notices of a state are taken: also of one suspended, since none that protects may be lost."""
        return self.status(state) in {FULL, SUSPENDED, LEFT}

    def is_shut(self, state: str) -> bool:
        """Tell whether a state receives nothing about anybody: all but full members (L16)."""
        return self.status(state) != FULL

    def closed(self, state: str) -> Mapping[str, datetime]:
        """Return the nationalities for which a state is suspended, and since when."""
        return self._of(state).closed

    def suspended_since(self, state: str, scope: str) -> datetime | None:
        """Return since when a state is suspended for all, or for a nationality; None when it is not."""
        if scope != ALL:
            return self.closed(state).get(scope)
        return self._of(state).since if self.status(state) == SUSPENDED else None

    def hides(self, state: str, told: Iterable[Told]) -> bool:
        """Tell whether a person is hidden from a state by its suspension, by what is told of the person (L16)."""
        return self.is_shut(state) or (bool(closed := self.closed(state)) and not home(told).isdisjoint(closed))

    def doubts(self, state: str, told: Told) -> bool:
        """Tell whether a state was suspended, or had left, for such a person when it said this.

        Such a word may protect and never speaks against a finding (L23), also when the suspension is over. The state's
        own words alone decide, so that no other's show.
        """
        then = _replay(c for c in self.changes if c.state == state and c.since <= told.received_at)
        stood = then.get(state, _Stand())
        return stood.status in {SUSPENDED, LEFT} or not home([told]).isdisjoint(stood.closed)

    def allies_of(self, named: frozenset[str], told_at: datetime) -> frozenset[str]:
        """Return the allies of the states that something told at a moment names."""
        return frozenset(a.state for a in self.allies if a.of in named and a.reaches(told_at, self.now))


def _replay(changes: Iterable[Change]) -> Mapping[str, _Stand]:
    stands: dict[str, _Stand] = {}
    for one in changes:
        before = stands.get(one.state, _Stand())
        if one.scope == ALL:
            since = before.since if one.status == before.status else one.since
            stands[one.state] = _Stand(one.status, since, before.closed)
        elif one.status == SUSPENDED:
            stands[one.state] = replace(before, closed={one.scope: one.since, **before.closed})
        else:
            rest = {n: s for n, s in before.closed.items() if n != one.scope}
            stands[one.state] = replace(before, closed=rest)
    return stands
