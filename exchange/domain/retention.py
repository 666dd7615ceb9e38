"""How long the exchange keeps what, and what goes first (rule L09).

Erasing means: the part with its salt goes, digests, signature, receipt and leaf stay, and every proof goes on holding.
What a text was for is over before the fact that there was one is: sealed texts and safeguards go when their own time is
over. Facts, tokens and the hub part go with the person, when the time of everything that is tied together is over and
no pattern looks back so far: so nothing that a pattern could still need is missing while the person may be met again.

Times run from when the exchange received a notice, which nobody can choose. Words that are doubted, contested,
withdrawn or replaced end nothing: a state must not hasten the end of what it is complained of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain.linkage import Person
from exchange.domain.notice import Notice

_YEAR: Final = timedelta(days=365)
KEPT: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "query": timedelta(days=30),  # after it was asked
        "transfer": _YEAR,  # after the person arrived
        "case": 2 * _YEAR,  # after the case ended
        "silent": 10 * _YEAR,  # after the last notice of a case that nobody ended
        "evidence": 10 * _YEAR,  # after it was received, or after the alert that rests on it was raised
        "person": timedelta(days=3 * 366),  # after the last notice: the longest window of a pattern, 36 months
    }
)
"""Class -> how long. Another exchange's limitation periods and laws are put in here, and nowhere else."""
SHORTEST: Final = min(length for name, length in KEPT.items() if name != "query")
"""Nothing of a notice goes before this time after it was received."""
TRANSFER_KINDS: Final = frozenset(
    {"responsibility_request", "responsibility_reply", "removal_planned", "removal_executed", "arrival"}
)
EVIDENCE_KINDS: Final = frozenset({"hold_request", "interim_measure"})
FIRST: Final = ("sealed", "safeguards")
"""Parts that go when the time of a notice is over."""
LAST: Final = ("facts", "hub")
"""Parts that go with the person, as do the tokens in the index. The part `event` stays: without the others it is a
kind, two states and a time of nobody, and the aggregate report counts it."""
_GRANTS: Final = frozenset(
    {"geneva_convention", "subsidiary_protection", "humanitarian_status", "temporary_protection"}
)


@dataclass(frozen=True, slots=True)
class Due:
    """What is over at a moment: the parts of each notice, and whether the person as a whole is.

    `next` is when more will be over, as far as is known today; None when nothing is left.
    """

    parts: Mapping[int, tuple[str, ...]]
    is_over: bool
    next: datetime | None


def class_of(notice: Notice) -> str:
    """Return the class of a notice by itself. A grant of protection is evidence: it outlasts its case (P08)."""
    if notice.kind in EVIDENCE_KINDS or _grants(notice):
        return "evidence"
    return "transfer" if notice.kind in TRANSFER_KINDS else "case"


def in_sight(notice: Notice, now: datetime) -> frozenset[str]:
    """Return the parts of a notice that the exchange still shows to anybody, its author too.

    It hangs on the notice alone: when a part is really erased depends on what else was said of the person, and nobody
    may see that by looking at a notice of their own (L22). Nothing is erased while it is in sight.
    """
    first = notice.received_at + KEPT[class_of(notice)]
    last = max(first, notice.received_at + KEPT["person"])
    seen = [*(FIRST if now < first else ()), *(LAST if now < last else ())]
    return frozenset({"event", *seen})


def _grants(notice: Notice) -> bool:
    status = notice.kind == "protection_status" and notice.facts.get("change") in {"granted", "renewed"}
    return status or (notice.kind == "merits_decision" and notice.facts.get("outcome") in _GRANTS)


def ends_case(notice: Notice) -> bool:
    """Tell whether a notice ends its author's case: a final decision on the merits, a grant, or an arrival."""
    if notice.doubted or not notice.stands:
        return False
    final = notice.kind == "merits_decision" and notice.facts.get("instance") == "final"
    return final or _grants(notice) or _arrived(notice)


def _arrived(notice: Notice) -> bool:
    return notice.kind == "arrival" and notice.facts.get("outcome") == "arrived"


def due(persons: Sequence[Person], evidence: Mapping[int, datetime], now: datetime) -> Due:
    """Return what is over of everything that is tied together, as persons with their notices as corrected.

    `evidence` maps notices that an alert rests on to when the alert was raised.
    """
    until = {n.no: _until(n, person, evidence) for person in persons for n in person.notices}
    notices = [n for person in persons for n in person.notices]
    end = max([*until.values(), *(n.received_at + KEPT["person"] for n in notices)])
    is_over = end <= now
    parts = FIRST + LAST if is_over else FIRST
    over = {no: parts for no, at in until.items() if at <= now}
    return Due(over, is_over, min((at for at in (*until.values(), end) if at > now), default=None))


def _until(notice: Notice, person: Person, evidence: Mapping[int, datetime]) -> datetime:
    """Return when the time of a notice is over."""
    ends = [_class_end(notice, person)]
    if class_of(notice) == "evidence":
        ends.append(notice.received_at + KEPT["evidence"])
    if notice.no in evidence:
        ends.append(max(notice.received_at, evidence[notice.no]) + KEPT["evidence"])
    return max(ends)


def _class_end(notice: Notice, person: Person) -> datetime:
    after = [n for n in person.notices if n.no >= notice.no and _arrived(n) and ends_case(n)]
    if class_of(notice) == "transfer" and after:
        return min(n.received_at for n in after) + KEPT["transfer"]
    case = [n for n in person.notices if (n.author.slug, n.case) == (notice.author.slug, notice.case)]
    last = max(n.received_at for n in case)
    return last + KEPT["case" if any(ends_case(n) for n in case) else "silent"]
