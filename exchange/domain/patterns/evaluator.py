"""Judge one person: which patterns show, on which events, and why the others do not.

The whole timeline is judged anew each time. Order of arrival does not matter, and judging twice changes nothing.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from exchange.domain.patterns import chains, solving
from exchange.domain.patterns.algebra import Absent, Clause, Match, Open, Pattern, Silent, Unexamined, Variant
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.searching import Search
from exchange.domain.patterns.suppressing import Suppressed, suppressors
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Event, Timeline

SEVERITIES: Final = ("info", "medium", "high", "critical")
CERTAINTIES: Final = ("possible", "likely", "certain")
STAGES: Final = ("risk", "imminent", "done")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clause of a finding: its sentence, and the numbers of the events that it rests on.

    A clause that says that something is missing names instead the window that was searched and was empty: the events
    after which and before which. None is the beginning of what is known, or the moment of judging.
    """

    clause: str
    words: str
    events: tuple[int, ...]
    window: tuple[int | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern seen in a timeline. (family, anchor) is its identity: a longer chain is the same finding, grown."""

    pattern: Pattern
    variant: str
    anchor: int
    severity: str
    certainty: str
    stage: str
    acting: tuple[str, ...]
    complained_of: frozenset[str]
    destination: str
    clauses: tuple[Evidence, ...]
    suppressors: tuple[Suppressed, ...]


@dataclass(frozen=True, slots=True)
class Timer:
    """A deadline of absence: judge the person again when it has passed."""

    pattern: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a timeline shows: findings, for each silent pattern why not, and the deadlines to come."""

    findings: tuple[Finding, ...]
    why_not: Mapping[str, str]
    timers: tuple[Timer, ...]


class _Standing(NamedTuple):
    """The match that stands for an identity so far."""

    pattern: Pattern
    variant: Variant
    match: Match
    severity: str
    certainty: str
    against: tuple[Suppressed, ...]


@dataclass(slots=True)
class _Judging:
    """Findings, reasons and deadlines so far."""

    known: Known
    now: datetime
    explain: bool
    found: dict[tuple[str, int], _Standing] = field(default_factory=dict)
    ranks: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    """How bad, far and sure each is, and the place of the event that may be stopped: of two alike the later stands."""
    silent: dict[str, str] = field(default_factory=dict)
    timers: set[Timer] = field(default_factory=set)


def evaluate(timeline: Timeline, patterns: Sequence[Pattern], now: datetime, *, explain: bool = True) -> Verdict:
    """Judge a timeline at a moment. Absence is never judged before its deadline; the deadline becomes a timer.

    Without `explain` nothing is said of the patterns that are silent, and those that lack an event are passed over.
    """
    judging = _Judging(Known(timeline), now, explain)
    for pattern in patterns:
        _judge(judging, pattern)
    timers = sorted(judging.timers, key=lambda t: (t.due, t.pattern))
    found = tuple(_finding(judging.known, anchor, of) for (_, anchor), of in judging.found.items())
    return Verdict(found, judging.silent, tuple(timers))


def _judge(judging: _Judging, pattern: Pattern) -> None:
    seen = False
    reached = []
    for variant in pattern.variants:
        if not judging.explain and not all(map(judging.known.groups, variant.needed)):
            continue
        search = _search(judging, pattern, variant)
        for match in solving.solve(search):
            seen = True
            _keep(judging, pattern, variant, match)
        judging.timers |= {Timer(pattern.id, due) for due in search.due}
        reached.append((search, variant))
    if judging.explain and not seen:
        judging.silent[pattern.id] = _why_not(*max(reached, key=lambda pair: pair[0].deepest))


def _keep(judging: _Judging, pattern: Pattern, variant: Variant, match: Match) -> None:
    """Keep what a match shows, unless something as bad, as far and as sure stands for that identity."""
    known = judging.known
    key = pattern.family, _anchor(known, variant, match)
    raised = _raised(variant.severity, by=_modifiers(known, variant, match))
    flagged = any(event.flagged for event in match.events.values())
    main = _main(known, variant, match)
    stands = judging.ranks.get(key, ())
    if stands >= (*_rank(raised, variant.stage, _certainty(match, lowered=flagged)), main):
        return  # what speaks against it could only make it less
    against = suppressors(known, pattern.suppressors, variant, match)
    severity = "info" if any(one.hides for one in against) else raised
    certainty = _certainty(match, lowered=flagged or bool(against))
    rank = *_rank(severity, variant.stage, certainty), main
    if stands < rank:
        judging.ranks[key] = rank
        judging.found[key] = _Standing(pattern, variant, match, severity, certainty, against)


def _finding(known: Known, anchor: int, of: _Standing) -> Finding:
    """Put into words what stands for an identity."""
    variant, match = of.variant, of.match
    legs = _legs(known, variant, match)
    return Finding(
        pattern=of.pattern,
        variant=variant.name,
        anchor=anchor,
        severity=of.severity,
        certainty=of.certainty,
        stage=variant.stage,
        acting=tuple(dict.fromkeys((*(match.states[name] for name in variant.acting), *(e.state for e in legs)))),
        complained_of=frozenset(match.states[name] for name in variant.complained_of),
        destination=match.states[variant.destination],
        clauses=(*(_evidence(known, clause, match) for clause in variant.clauses), *map(_earlier, legs)),
        suppressors=of.against,
    )


def _main(known: Known, variant: Variant, match: Match) -> int:
    """Return the place of the event that may be stopped, or was done; of a clause that counts, of the last one."""
    event = match.events.get(variant.main)
    return match.many[variant.main].bit_length() - 1 if event is None else known.order.place(event)


def _search(judging: _Judging, pattern: Pattern, variant: Variant) -> Search:
    """Return the search for a variant, told what of a match makes a difference to the finding."""
    known = judging.known

    def identity(match: Match) -> Hashable:
        number = _anchor(known, variant, match)
        if "S6" not in pattern.suppressors:
            return number
        return number, tuple(e.ref for e in known.promised(match.states["B"], match.events[variant.anchor]))

    kept = {variant.main} if pattern.suppressors else set()
    if "S3" in pattern.suppressors:
        kept.add("protection")  # of two, one may have been confirmed since, and the other not
    return Search(
        known,
        judging.now,
        WINDOWS,
        variant.clauses,
        variant.asked,
        frozenset(kept),
        anchor=variant.anchor,
        main=variant.main,
        identity=identity,
        explain=judging.explain,
    )


def _anchor(known: Known, variant: Variant, match: Match) -> int:
    """Return the identity of a finding; the states say which way, where a decision names several destinations."""
    return chains.anchor(known, variant.anchored, match.events[variant.anchor], _led(variant, match))


def _led(variant: Variant, match: Match) -> tuple[str, str, str | None]:
    """Return what the anchor is, and from which state to which it leads; an act towards nobody has None."""
    act = variant.anchoring
    by, event = match.states.get(act.by or "", ""), match.events[variant.anchor]
    to = None if act.to is None else match.states.get(act.to) or event.counterpart
    return act.notion, by or event.state, to


def _legs(known: Known, variant: Variant, match: Match) -> tuple[Event, ...]:
    """Return the legs that led to the anchor of a chain, the last first."""
    if not variant.chained:
        return ()
    _, by, to = _led(variant, match)
    return chains.before(known, match.events[variant.anchor], (by, to))


def _earlier(leg: Event) -> Evidence:
    return Evidence("before", f"Before that, {leg.state} handed the person over to {leg.counterpart}.", (leg.ref,))


def _modifiers(known: Known, variant: Variant, match: Match) -> int:
    """Return by how much severity is raised: V, the person has a safeguard; R, the state sends people like them on."""
    onward = match.states[variant.destination] in known.timeline.onward
    return bool(known.timeline.safeguards) + onward


def _evidence(known: Known, clause: Clause, match: Match) -> Evidence:
    event, many = match.events.get(clause.name), match.many.get(clause.name, 0)
    found = [known.order.events[place] for place in places(many)] if event is None else [event]
    events = tuple(one.ref for one in found)
    return Evidence(clause.name, clause.words.format(**match.states), events, _window(clause, match))


def _window(clause: Clause, match: Match) -> tuple[int | None, int | None] | None:
    """Return the window of a clause about something missing; None for any other."""
    match clause:
        case Absent():
            return _ref(match, clause.since), _ref(match, clause.until)
        case Silent():
            return match.events[clause.after].ref, None
        case Unexamined():
            return None, _ref(match, clause.before)
        case Open():
            return match.events[clause.plan].ref, None
        case _:
            return None


def _ref(match: Match, name: str | None) -> int | None:
    return match.events[name].ref if name else None


def _rank(severity: str, stage: str, certainty: str) -> tuple[int, int, int]:
    return SEVERITIES.index(severity), STAGES.index(stage), CERTAINTIES.index(certainty)


def _raised(severity: str, *, by: int) -> str:
    return SEVERITIES[min(SEVERITIES.index(severity) + by, len(SEVERITIES) - 1)]


def _certainty(match: Match, *, lowered: bool) -> str:
    """Certain, unless an order or a window rests on an approximate time, or a link on equal tokens alone.

    `lowered` says that something speaks against the match, or that it rests on a flagged event.
    """
    if not match.certain or lowered:
        return "possible"
    return "likely" if not match.confirmed else "certain"


def _why_not(search: Search, variant: Variant) -> str:
    """Name the first clause that failed, with the states as far as they are known, and the events that came nearest."""
    clause = variant.clauses[min(search.deepest + 1, len(variant.clauses) - 1)]
    states, events = search.nearest
    nearest = f"; nearest: {', '.join(map(str, events))}" if events else ""
    examined = _decided(search) if isinstance(clause, Unexamined) else ""
    return f"not shown: {clause.name} ({clause.words.format_map(_Names(states))}){nearest}{examined}"


def _decided(search: Search) -> str:
    """Name the full decisions on the merits that speak against a finding: they are logged, as S1 must be."""
    served = search.known.examined_by(search.now) & search.known.trusted()
    return f"; examined: {', '.join(str(search.known.order.events[place].ref) for place in places(served))}"


class _Names(dict[str, str]):
    """Leaves the variables of a sentence as they are."""

    def __missing__(self, key: str) -> str:
        return key
