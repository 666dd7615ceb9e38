"""What a removal that somebody asks about would show (detection.md, Ask before you remove).

The person is judged three times: as known, as if the removal were planned now, and as if it were carried out on its
day. A hypothetical removal is a notice like any other, of the asker, the last of the ledger; it is never stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain import edtf, findings, linkage, stops
from exchange.domain.codes import NOT_RECORDED
from exchange.domain.errors import Refusal
from exchange.domain.kinds import ENUMERATED
from exchange.domain.linkage import Agreements, Person
from exchange.domain.notice import Notice, Reader, Subject
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.evaluator import CERTAINTIES, SEVERITIES, STAGES, Finding, evaluate

NOW, PLANNED, CARRIED_OUT = SHOWS = ("now", "planned", "carried_out")
"""Whether a pattern shows already, once the removal is planned, or once it is carried out."""
IF_DONE: Final = "If it were done: "
"""Begins each sentence of an alert that rests on the removal as it was asked about."""
_NOBODY: Final = Subject(frozenset(), frozenset(), frozenset(), frozenset())
_NOT_ASKED: Final = frozenset({"legal_act"})
"""What the question has no member for, and a pattern reads: nobody has left it out (decision 0037)."""
AHEAD: Final = timedelta(days=3653)
"""A removal that is asked about begins at most so much later than now."""
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal that is asked about: by whom, to which state, when (EDTF), and by which means."""

    by: Reader
    to: str
    date: str
    means: str = NOT_RECORDED


def asked(by: Reader, members: Mapping[str, str]) -> Removal:
    """Return the removal that the members of a check name."""
    return Removal(by, members["destination"], members["date"], members.get("means", NOT_RECORDED))


def require_sense(removal: Removal, now: datetime) -> None:
    """Return if a removal can be asked about. Raises Refusal `contradictory-states`, `contradictory-times`."""
    if removal.to == removal.by.state:
        raise Refusal("contradictory-states", "The destination is the state that asks: a removal leads to another one.")
    if edtf.read(removal.date).earliest > now + AHEAD:
        raise Refusal("contradictory-times", f"date lies more than {AHEAD.days} days ahead.")


def person(notices: Sequence[Notice], agreements: Agreements, number: int) -> Person:
    """Return the person of a notice among these, of which it is one."""
    return next(p for p in linkage.resolve(notices, agreements) if number in {n.no for n in p.notices})


@dataclass(frozen=True, slots=True)
class Shown:
    """A pattern that a removal completes or begins, or that stands and is its state's act; `shows` is of `SHOWS`.

    `notices` are the numbers of the notices that it rests on, without the removal itself.
    """

    finding: Finding
    shows: str
    removal: int
    notices: tuple[int, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """How bad, how far and how sure it is."""
        return _rank(self.finding)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be said of a removal: patterns, the worst first, each once; and whether a stop is in force."""

    shown: tuple[Shown, ...]
    stop: bool


def outlook(of: Person, removal: Removal, patterns: Sequence[Pattern], now: datetime) -> Outlook:
    """Return what a removal of this person would show, by what one reader knows of it as of `now`.

    A finding that a suppressor hides is information, and not told. Stops (L03, L12, L13, L14) are asked about the day
    of the removal.
    """
    number = max(n.no for n in of.notices) + 1
    stands = _judged(of, (), patterns, now)
    shown = [_shown(f, NOW, number) for f in stands.values() if removal.by.state in f.acting]
    for shows, made in ((PLANNED, _planned(removal, number, now)), (CARRIED_OUT, _executed(removal, number, now))):
        with_it = _judged(of, (made,), patterns, now)
        shown += [_shown(f, shows, number) for key, f in with_it.items() if _is_new(f, stands.get(key))]
    return Outlook(_worst(shown), _is_stopped(of, removal, number, now))


def _judged(of: Person, more: tuple[Notice, ...], patterns: Sequence[Pattern], now: datetime) -> Mapping[Key, Finding]:
    timeline = findings.of_person(replace(of, notices=(*of.notices, *more)))
    return {(f.pattern.family, f.anchor): f for f in evaluate(timeline, patterns, now, explain=False).findings}


def _is_new(finding: Finding, stood: Finding | None) -> bool:
    return stood is None or _rank(stood) < _rank(finding)


def _shown(finding: Finding, shows: str, removal: int) -> Shown:
    rests_on = {no for clause in finding.clauses for no in clause.events}
    return Shown(finding, shows, removal, tuple(sorted(rests_on - {removal})))


def _worst(shown: Sequence[Shown]) -> tuple[Shown, ...]:
    """Return the worst of each pattern, the worst first; of two alike the one that shows sooner."""
    order = sorted(shown, key=lambda one: (one.rank, -SHOWS.index(one.shows)))
    by_pattern = {one.finding.pattern.id: one for one in order if one.finding.severity != SEVERITIES[0]}
    ranked = sorted(by_pattern.items(), key=lambda item: (tuple(-place for place in item[1].rank), item[0]))
    return tuple(one for _, one in ranked)


def _rank(finding: Finding) -> tuple[int, int, int]:
    return (
        SEVERITIES.index(finding.severity),
        STAGES.index(finding.stage),
        CERTAINTIES.index(finding.certainty),
    )


def _is_stopped(of: Person, removal: Removal, number: int, now: datetime) -> bool:
    """Tell whether something stops the person, or would stop them when this was planned, on the day it is for."""
    notices = (*of.notices, _planned(removal, number, now))
    found = stops.stops(notices, max(now, edtf.read(removal.date).earliest))
    return any(not stop.binds or removal.by.state in stop.binds for stop in found)


def _planned(removal: Removal, number: int, now: datetime) -> Notice:
    made = min(now, edtf.read(removal.date).earliest).isoformat(timespec="seconds")
    return _made("removal_planned", removal, number, {"event_time": made}, now)


def _executed(removal: Removal, number: int, now: datetime) -> Notice:
    """Return the removal as carried out on its day. It is received when that is over, as a word in time would be."""
    told = max(now, min(edtf.read(removal.date).latest, now + AHEAD))
    return _made("removal_executed", removal, number, {"event_time": removal.date}, told)


def _made(kind: str, removal: Removal, number: int, event: Mapping[str, str], told: datetime) -> Notice:
    facts = {
        **{member: NOT_RECORDED for member in ENUMERATED[kind] if member not in _NOT_ASKED},
        "means": removal.means,
        "destination": removal.to,
        **({"planned_at": removal.date} if kind == "removal_planned" else {}),
    }
    return Notice(
        no=number,
        id="",
        author=removal.by,
        subject=_NOBODY,
        case="",
        aud=frozenset(),
        source="own_act",
        event=MappingProxyType(
            {"kind": kind, "state": removal.by.state, "counterpart_state": removal.to, **event},
        ),
        facts=MappingProxyType(facts),
        safeguards=frozenset(),
        received_at=told,
    )
