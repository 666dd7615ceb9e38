"""A notice as the rules see it: who said what about a person, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange.domain import edtf
from exchange.domain.timeline import Event

FLAG = "key_compromised"
"""What a reader is told of a flagged notice."""
Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """An enrolled authority, as sender or as reader. `state` is where it is seated."""

    slug: str
    urn: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The states that a person has to do with, as one notice says; empty means not known."""

    nationality: frozenset[str]
    origin: frozenset[str]
    former_residence: frozenset[str]
    feared: frozenset[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """An accepted notice, decoded. `no` is its number, given in the order of the ledger; `flagged` as in `Event`."""

    no: int
    id: str
    author: Reader
    subject: Subject
    case: str
    aud: frozenset[str]
    source: str
    event: Mapping[str, str]
    facts: Mapping[str, Value]
    safeguards: frozenset[str]
    received_at: datetime
    flagged: bool = False

    @property
    def kind(self) -> str:
        """The kind of the notice."""
        return self.event["kind"]


def as_event(notice: Notice, grade: str) -> Event:
    """Return the notice as an event of a timeline, its link to the person graded."""
    return Event(
        ref=notice.no,
        kind=notice.kind,
        state=notice.event["state"],
        counterpart=notice.event.get("counterpart_state"),
        when=edtf.read(notice.event["event_time"]),
        recorded=notice.received_at,
        index=notice.no,
        author_state=notice.author.state,
        author_kind=notice.author.kind,
        source=notice.source,
        grade=grade,
        facts=notice.facts,
        flagged=notice.flagged,
    )
