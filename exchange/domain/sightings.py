"""Where a state met a person, and put them out: what the collective pattern counts (domain.md D.2, P20).

A sighting is one notice of a place and a day, with what is known of the person around that day: whether the state
recorded anything of this person and of nobody else, whether it noted a claim, whether somebody else did. It names
nobody, and lives as long as its day may be judged.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain.kinds import ENUMERATED
from exchange.domain.linkage import Person
from exchange.domain.notice import Notice

PUT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {"entry_refused": "reason_letter", "removal_executed": "legal_act"}
)
"""Kinds by which a person is put out -> the member that gives the reason."""
_PLACE: Final[Mapping[str, str]] = MappingProxyType(
    {"entry_refused": "border_point", "encounter": "place", "claim_expressed": "place"}
)
SEEN: Final = (*PUT_OUT, "encounter", "claim_expressed")
"""Kinds that make a sighting."""
_CLAIMS: Final = frozenset({"claim_expressed", "claim_registered", "claim_not_taken"})
_DECISIONS: Final = frozenset({"admissibility_decision", "merits_decision", "return_decision"})
NO, ASKED, DECIDED = LOOKED_AT = ("no", "asked", "decided")
"""What the state recorded of this person and of nobody else: nothing; that it asked about fear; a decision of an
earlier day. An order of the same day is part of the same operation (Conka; Asady had such orders)."""
MET: Final = ""
"""The code of a sighting that put nobody out."""
UNKNOWN_POST: Final = "not_recorded"

WINDOW: Final = timedelta(days=30)
"""A claim is of one journey with being put out when no more lies between (domain.md: 30 d)."""
NEAR: Final = timedelta(days=1)
"""A removal names no place: it began where the state met the person on that day or the day before."""
LATE: Final = timedelta(days=3)
"""What the state says in its own favour counts when it came within three days of the word that it put the person out:
it must not be able to fill in later what it is then told is missing (L23)."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A post of a state: its UN/LOCODE, or `not_recorded`. Absence is data: all that name none are one post."""

    state: str
    post: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A notice of a place and a day, by number, and what is known of its person around that day.

    `person` is the lowest number of the notices that links join. `code` is kind and reason of being put out, or `MET`.
    `record` stands for all codes that the state itself recorded of the person that day: equal for equal records.
    `noted` says that the state noted a claim, `elsewhere` that somebody else asked, `heard` that somebody else heard
    a claim. `named` are the states that anybody named as the person's or as feared, `since` when that began.
    """

    notice: int
    person: int
    place: Place
    day: date
    code: str
    looked_at: str
    record: str
    noted: bool
    elsewhere: bool
    heard: bool
    named: frozenset[str]
    since: datetime
    received_at: datetime


def of_person(person: Person, named: frozenset[str], since: datetime) -> list[Sighting]:
    """Return the sightings of a person, from notices to which corrections were applied."""
    standing = [n for n in person.notices if n.stands]
    first = min(n.no for n in person.notices)
    found = []
    for notice in standing:
        day = day_of(notice)
        if notice.kind not in SEEN or not notice.facts or day is None:
            continue
        around = _Around(notice, day, standing)
        found.append(
            Sighting(
                notice=notice.no,
                person=first,
                place=Place(around.state, around.post()),
                day=day,
                code=_code(notice),
                looked_at=around.looked_at(),
                record=around.record(),
                noted=around.noted(),
                elsewhere=around.elsewhere(),
                heard=around.heard(),
                named=named,
                since=since,
                received_at=notice.received_at,
            )
        )
    return found


def day_of(notice: Notice) -> date | None:
    """Return the day (UTC) of a notice, or None for one that names no certain day."""
    when = notice.happened
    return when.earliest.date() if when.exact else None


def _code(notice: Notice) -> str:
    member = PUT_OUT.get(notice.kind)
    return MET if member is None else f"{notice.kind} {notice.facts.get(member, UNKNOWN_POST)}"


@dataclass(frozen=True, slots=True)
class _Around:
    """One sighting among the notices of its person."""

    notice: Notice
    day: date
    standing: Sequence[Notice]

    @property
    def state(self) -> str:
        return self.notice.event["state"]

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.day, time(tzinfo=UTC))

    def post(self) -> str:
        """Return the place that the notice names, or that the person's other notices of that state name, near it."""
        own = _named_place(self.notice)
        if own:
            return own
        near = [
            (self.day - day, other.no, place)
            for other in self.standing
            if (place := _named_place(other)) and other.event["state"] == self.state and (day := day_of(other))
            if timedelta(0) <= self.day - day <= NEAR
        ]
        return min(near)[2] if near else UNKNOWN_POST

    def looked_at(self) -> str:
        if any(self._is_decision(n) for n in self._own_word()):
            return DECIDED
        asked = any(_asked(n) and self._is_near(n) for n in self._own_word())
        return ASKED if asked else NO

    def record(self) -> str:
        """Return a digest of the codes that the state recorded of the person that day."""
        codes = {
            (n.kind, member, str(n.facts.get(member)))
            for n in self.standing
            if _is_own(n, self.state) and n.kind in SEEN and self._is_near(n)
            for member in ENUMERATED[n.kind]
        }
        return hashlib.sha256(repr(sorted(codes)).encode()).hexdigest()[:16]

    def noted(self) -> bool:
        return any(self._is_claim(n) and n.event["state"] == self.state for n in self._own_word())

    def heard(self) -> bool:
        others = [n for n in self.standing if not _is_own(n, self.state)]
        feared = [n for n in others if n.facts.get("fear_answer") == "yes" and self._is_of_the_journey(n)]
        return bool(feared) or any(self._is_claim(n) for n in others)

    def elsewhere(self) -> bool:
        """Tell whether somebody but the state asked the person, or heard a claim."""
        others = [n for n in self.standing if not _is_own(n, self.state)]
        return self.heard() or any(_asked(n) and self._is_of_the_journey(n) for n in others)

    def _own_word(self) -> list[Notice]:
        """Return what the state says in its own favour and in time; what is doubted protects alone (L23).

        Time runs from the first word that the person was put out that day, whoever said so: a second one wins none.
        """
        words = [n for n in self.standing if n.kind in PUT_OUT and n.event["state"] == self.state]
        first = min((n.received_at for n in words if day_of(n) == self.day), default=self.notice.received_at)
        latest = max(self.begins + _DAY, first) + LATE
        return [n for n in self.standing if _is_own(n, self.state) and not n.doubted and n.received_at <= latest]

    def _is_decision(self, n: Notice) -> bool:
        return n.kind in _DECISIONS and n.event["state"] == self.state and n.happened.latest < self.begins

    def _is_claim(self, n: Notice) -> bool:
        return n.kind in _CLAIMS and self._is_of_the_journey(n)

    def _is_of_the_journey(self, n: Notice) -> bool:
        return n.happened.latest >= self.begins - WINDOW and n.happened.earliest <= self.begins + WINDOW

    def _is_near(self, n: Notice) -> bool:
        day = day_of(n)
        return day is not None and abs(self.day - day) <= NEAR


def _named_place(notice: Notice) -> str:
    return str(notice.facts.get(_PLACE.get(notice.kind, ""), ""))


def _is_own(notice: Notice, state: str) -> bool:
    """Tell whether a notice is the state's own word. A monitor speaks for lawyers and NGOs, wherever it is seated."""
    return notice.author.state == state and notice.author.kind != "monitor"


def _asked(notice: Notice) -> bool:
    """Tell whether a notice says that the person was asked about fear, so that they could answer (M.S.)."""
    said = notice.facts
    understood = said.get("language_understood") != "no" and said.get("relayed_interpreting") != "yes"
    return said.get("fear_asked") == "yes" and understood
