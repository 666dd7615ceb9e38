"""Why an alert was withdrawn, as its reader may know it.

Asked is the reader's own projection and nothing else (L22): the history that it knows is judged again as it was before
each notice that the alert was not computed from, the last one first, until the finding shows again. That notice took it
away. A reader that may not know of what happened finds nothing here, and is told nothing; but of such a one no alert is
withdrawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from exchange.domain import corrections, disclosure, findings, linkage, third_country
from exchange.domain.linkage import Agreements, Person
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate

MOST_TRIED: Final = 32
"""Notices that the alert was not computed from: so many at most, the last ones. An alert that says the same is not
stored again, so there may be more."""
LINK_UNDONE: Final = "link_undone"
WEIGHED: Final = "weights:"
"""Begins the cause of judging somebody anew by other weights, which undo links as a judgement does."""
NOT_SHOWN: Final = "not_shown"
"""No notice did it: time went by, a key, the standing of a state or a rule changed."""
_BECAUSE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "correction": "correction",
        "admissibility_decision": "decision",
        "merits_decision": "decision",
        "protection_status": "decision",
        "return_decision": "decision",
        "remedy": "remedy",
        "interim_measure": "interim_measure",
        "arrival": "confirmation",
        "detention": "confirmation",
        "claim_registered": "claim_registered",
        "claim_not_taken": "claim_registered",
        "responsibility_reply": "reply",
        "information_reply": "reply",
        "hold_request": "reply",
        "assurance": "assurance",
        "removal_planned": "removal_plan",
        "encounter": "interview",
    }
)
"""Kind of the notice that took a finding away -> the kind of reason."""
OTHER: Final = "other_notice"
REASONS: Final = (*sorted(set(_BECAUSE.values())), OTHER, LINK_UNDONE, NOT_SHOWN)
_REFERRED: Final = frozenset({disclosure.AUTHOR, disclosure.OFFICE, disclosure.UNIT, disclosure.MONITOR})
"""Columns of readers that have a notice, and know it by its reference."""


@dataclass(frozen=True, slots=True)
class Gone:
    """An alert to be withdrawn: its key, and what the person was made of when it was computed.

    `doubted` says that it was about a doubtful person, as a monitor is told of.
    """

    family: str
    anchor: int
    person: frozenset[int]
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """What took a finding away: the notice that did, if one did; `is_parted` says that the person is two by now."""

    notice: Notice | None
    is_parted: bool


def cause(gone: Gone, known: Sequence[Notice], agreements: Agreements, now: datetime) -> Cause:
    """Return what took a finding away.

    `known` are the notices that the reader may know of, uncorrected, as the ledger has them.
    """
    whole = sorted(known, key=lambda n: n.no)
    new = [place for place, notice in enumerate(whole) if notice.no not in gone.person][-MOST_TRIED:]
    last = next((place for place in reversed(new) if _shows(gone, whole[:place], agreements, now)), None)
    return Cause(None if last is None else whole[last], is_parted(gone, whole, agreements))


def told(of: Cause, reader: Reader) -> dict[str, str]:
    """Return the reason as `because`, and `iss` and `id` of the notice behind it where the reader has that notice."""
    notice = of.notice
    if notice is not None and not third_country.may_hint(reader, notice):
        notice = None
    kind = NOT_SHOWN if notice is None else _BECAUSE.get(notice.kind, OTHER)
    return {"because": LINK_UNDONE if of.is_parted else kind} | _reference(notice, reader)


def _shows(gone: Gone, notices: Sequence[Notice], agreements: Agreements, now: datetime) -> bool:
    person = _person(gone, notices, agreements)
    if person is None:
        return False
    patterns = [p for p in PATTERNS if p.family == gone.family]
    found = evaluate(findings.of_person(person), patterns, now, explain=False).findings
    return any(one.anchor == gone.anchor for one in found)


def is_parted(gone: Gone, notices: Sequence[Notice], agreements: Agreements) -> bool:
    """Tell whether notices that made up the person are another person's now."""
    person = _person(gone, notices, agreements)
    return person is not None and not gone.person <= {n.no for n in person.notices}


def _person(gone: Gone, notices: Sequence[Notice], agreements: Agreements) -> Person | None:
    """Return the person of the anchor; of several doubtful ones that which has most of what it was made of."""
    persons = linkage.resolve(corrections.corrected(notices), agreements)
    doubted = linkage.doubtful(persons, agreements) if gone.doubted else ()
    numbers = [(frozenset(n.no for n in p.notices), p) for p in (*persons, *doubted)]
    found = [(len(among & gone.person), person) for among, person in numbers if gone.anchor in among]
    return max(found, key=lambda one: one[0])[1] if found else None


def _reference(notice: Notice | None, reader: Reader) -> dict[str, str]:
    """Return how a reader that has a notice knows it."""
    if notice is None or third_country.column(reader, notice, "probable") not in _REFERRED:
        return {}
    return {"iss": notice.author.urn, "id": notice.id}
