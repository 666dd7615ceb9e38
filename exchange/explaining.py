"""Why a pattern shows for a person, or does not: as things are, or as they were known at any moment before.

The past is rebuilt from what carries its time: notices and corrections by when they were received, links because they
follow from the tokens of notices, members and allies by what officers said by then, keys by their open records. What
was erased since is lost, and said to be. The rules are those of today: what they said then stands in the alerts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from exchange import reading
from exchange.deps import Hub
from exchange.domain import asof, corrections, findings, linkage, references
from exchange.domain.asof import AsOf, Past
from exchange.domain.errors import Refusal
from exchange.domain.linkage import Person
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.projection import Projection, holding, projections
from exchange.domain.timeline import Timeline
from exchange.reading import Around
from exchange.store import directory, key_events, ledger, links, notices, past
from exchange.store.session import Tx
from exchange.wire import key_judging
from exchange.wire.key_history import SECRETARIAT, History

WHAT: Final = "explained"
"""What an act says of such a read."""
PURPOSE: Final = "explanation"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_URN: Final = re.compile(r"urn:asylum-exchange:notice:[a-z0-9-]{1,63}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_LOST: Final[Mapping[str, str]] = MappingProxyType(
    {
        "facts": "what it said then is not in this",
        asof.SAFEGUARDS: "that there were some counts, which they were is lost",
    }
)
"""Part -> what its loss means for a verdict on the past."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which person, by the number or the URN of a notice; which pattern; as of when; as known to whom (slug)."""

    person: str
    pattern: Pattern
    as_of: AsOf
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The timeline that was judged, and what the pattern says of it: findings, or why not.

    `instead` are findings of the same family that stand in place of these, because they are worse. `lost` says, in
    words, what was erased since and cannot be rebuilt.
    """

    as_of: AsOf
    timeline: Timeline
    grade: str
    findings: tuple[Finding, ...]
    instead: tuple[Finding, ...]
    why_not: str
    lost: tuple[str, ...]


def why(hub: Hub, asked: Question, now: datetime) -> Explained:
    """Judge the person of a notice as of twice, and note that it was asked.

    Raises Refusal `not-found` for a notice that is not there, or was not then, or that the reader may not know of;
    `no-such-authority`.
    """
    as_of = replace(asked.as_of, known=min(asked.as_of.known, now))
    with hub.database.transaction() as tx:
        links.hold_for_judging(tx)
        number = _number(tx, asked.person)
        around, then = _then(tx, hub, number, as_of.known)
        reader = None if asked.reader is None else _reader(tx, asked.reader, as_of.known)
        person = _person(around, number, reader)
        ledger.act(tx, {"at": now, "what": WHAT, "object": _object(around, number, asked), "purpose": PURPOSE})
    history = asof.timeline(findings.of_person(person), as_of)
    return _explained(history, person, asked.pattern, (as_of, then))


def _number(tx: Tx, named: str) -> int:
    """Return the number of the notice that names the person."""
    if _NUMBER.fullmatch(named):
        return int(named)
    found = notices.of_id(tx, *references.name(named)) if _URN.fullmatch(named) else None
    if found is None:
        raise Refusal("not-found", "There is no such notice: name one by its number or its URN.")
    return found.no


def _then(tx: Tx, hub: Hub, number: int, known: datetime) -> tuple[Around, Past]:
    """Return what was tied to a notice by all that was known at a moment, each notice as it was then."""
    around = reading.around(tx, number, known, said_until=known)
    if any("hub" not in stored.disclosures for stored in around.stored.values()):
        raise Refusal("not-found", "What was known of this person was erased: its time was over.")
    numbers = [n.no for n in around.notices]
    then = Past(_flagged(tx, hub, around, known), past.erased_after(tx, numbers, known))
    by_then = asof.notices(around.notices, known, then)
    tied = linkage.components(by_then, around.agreements)
    mine = next((one for one in tied if number in {n.no for n in one}), None)
    if mine is None:
        raise Refusal("not-found", "There is no such notice, it had not come by then, or it is not linked yet.")
    return replace(around, notices=mine), then


def _flagged(tx: Tx, hub: Hub, around: Around, known: datetime) -> frozenset[int]:
    """Return the notices that had come under a key which was known, at a moment, to be in other hands by then."""
    owners = [SECRETARIAT, *{n.author.urn for n in around.notices}]
    leaves = past.key_events_by(tx, owners, known)
    history = History(hub.exchange_id)
    for stored in key_events.records(tx, owners):
        if stored.leaf in leaves:
            key_judging.add(history, stored.record, stored.leaf)
    since = {kid: life.compromised_since for kid, life in history.lives.items() if life.compromised_since is not None}
    signed = past.signed_with(tx, list(around.stored))
    return frozenset(n.no for n in around.notices if _is_since(n, since.get(signed[n.no])))


def _is_since(notice: Notice, since: int | None) -> bool:
    return since is not None and notice.received_at >= datetime.fromtimestamp(since, UTC)


def _reader(tx: Tx, slug: str, known: datetime) -> Reader:
    found = next((one for one in directory.authorities(tx) if one.slug == slug), None)
    if found is None or not past.enrolled_by(tx, slug, known):
        raise Refusal("no-such-authority", "No such authority is enrolled, or was by then.")
    return found


def _person(around: Around, number: int, reader: Reader | None) -> Person:
    """Return the person of a notice, by everything that was known or by what a reader might know of it."""
    if reader is None:
        mine: Projection | None = Projection("whole", corrections.corrected(around.notices))
    else:
        known = projections(reader, around.notices, around.agreements, around.standing)
        mine = holding(known, number)
    if mine is None:
        raise Refusal("not-found", "This authority may not know of this notice, by what was known then.")
    persons = linkage.resolve(mine.notices, around.agreements)
    return next(person for person in persons if number in {n.no for n in person.notices})


def _object(around: Around, number: int, asked: Question) -> str:
    """Return what was asked, as an act has it: of which notice, which pattern, as of when, for whom."""
    named = next(n for n in around.notices if n.no == number)
    moments = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (asked.as_of.happened, around.standing.now)]
    return " ".join([named.author.urn, named.id, asked.pattern.id, *moments, *([asked.reader] if asked.reader else [])])


def _explained(history: Timeline, person: Person, pattern: Pattern, when: tuple[AsOf, Past]) -> Explained:
    """Return what all patterns together, and where it does not stand among them this one alone, say of a timeline."""
    as_of, then = when
    together = evaluate(history, PATTERNS, as_of.judged)
    found = tuple(one for one in together.findings if one.pattern.id == pattern.id)
    alone = evaluate(history, [pattern], as_of.judged)
    instead: tuple[Finding, ...] = ()
    if not found and alone.findings:
        found = alone.findings
        keys = {(one.pattern.family, one.anchor) for one in found}
        instead = tuple(one for one in together.findings if (one.pattern.family, one.anchor) in keys)
    why_not = "" if found else alone.why_not[pattern.id]
    return Explained(as_of, history, person.grade, found, instead, why_not, tuple(_lost(person.notices, then)))


def _lost(told: Sequence[Notice], then: Past) -> list[str]:
    return [
        f"{name} of notice {notice.no}: erased since; {_LOST[name]}"
        for notice in told
        for name in _LOST
        if notice.counts and name in then.gone.get(notice.no, ())
    ]
