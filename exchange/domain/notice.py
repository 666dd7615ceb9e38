"""A notice as the rules see it: who said what about a person, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from exchange.domain import edtf
from exchange.domain.edtf import Interval
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


CONTESTED, WITHDRAWN, REPLACED = "contested", "withdrawn", "replaced"


@dataclass(frozen=True, slots=True)
class Corrected:
    """What corrections make of a notice among others that a reader knows; `exchange.domain.corrections` works it out.

    `how` is `contested` (its author takes it back and nobody has agreed: it may protect, and never suppress),
    `withdrawn` or `replaced` (it is no event any more), or empty. `agreed` says that somebody else agreed that it goes.
    `formerly` is what it said of the person before its author made that smaller, as long as nobody agreed to that.
    `erased` says that its author had its safeguards erased, and nobody has agreed. `astray` says that it was about
    somebody else, and somebody agreed: its tokens are another person's and link it to nobody.
    """

    how: str = ""
    agreed: bool = False
    formerly: Subject | None = None
    erased: bool = False
    astray: bool = False


UNCORRECTED = Corrected()
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Notice:
    """An accepted notice, decoded. `no` is its number, given in the order of the ledger; `flagged` as in `Event`.

    `cautioned` says that its author's state was suspended when it said so, or had left (L16); `transfer` that it may
    pass the third-country gate (L07). `sent_on` is what the directory said of onward returns (modifier R) at the moment
    for which the notice was loaded: (the state that sent on, the origin of those whom it sent).
    """

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
    cautioned: bool = False
    transfer: bool = False
    sent_on: frozenset[tuple[str, str]] = frozenset()
    corrected: Corrected = UNCORRECTED

    @property
    def happened(self) -> Interval:
        """When it happened, by its author's word; what is told has happened by the time at which it was received.

        So an interval that ends late, or never, puts off no deadline (L23); nor does one begin before anybody lived.
        """
        when = edtf.read(self.event["event_time"])
        earliest = max(when.earliest, LONG_AGO)
        return Interval(earliest, max(earliest, min(when.latest, self.received_at)), when.exact)

    @property
    def doubted(self) -> bool:
        """Whether it may protect and never speaks against a finding (L23)."""
        return self.flagged or self.cautioned or self.corrected.how == CONTESTED

    @property
    def stands(self) -> bool:
        """Whether it is an event still: it was neither withdrawn nor replaced."""
        return self.corrected.how not in {WITHDRAWN, REPLACED}

    @property
    def counts(self) -> bool:
        """Whether what it says of the person counts: also of one withdrawn, until somebody has agreed."""
        return self.stands or not self.corrected.agreed

    @property
    def kind(self) -> str:
        """The kind of the notice."""
        return self.event["kind"]


def as_event(notice: Notice, grade: str) -> Event:
    """Return the notice as an event of a timeline, its link to the person graded.

    A refusal of entry that does not say whether the person was returned is doubted: who leaves that out gains nothing
    (L23), and nothing is certain by it.
    """
    unsaid = notice.kind == "entry_refused" and notice.facts.get("physically_returned") == "not_recorded"
    return Event(
        ref=notice.no,
        kind=notice.kind,
        state=notice.event["state"],
        counterpart=notice.event.get("counterpart_state"),
        when=notice.happened,
        recorded=notice.received_at,
        index=notice.no,
        author_state=notice.author.state,
        author_kind=notice.author.kind,
        source=notice.source,
        grade=grade,
        facts=notice.facts,
        flagged=notice.doubted or unsaid,
    )
