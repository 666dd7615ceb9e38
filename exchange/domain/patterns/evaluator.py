"""Judge one person: which patterns show, on which events, and why the others do not.

The whole timeline is judged anew each time. Order of arrival does not matter, and judging twice changes nothing.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from exchange.domain.patterns import chains, solving
from exchange.domain.patterns.algebra import Absent, Clause, Match, Open, Pattern, Silent, Unexamined, Variant
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.solving import Search
from exchange.domain.patterns.suppressing import Suppressed, suppressors
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Timeline

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

    @property
    def rank(self) -> tuple[int, int, int]:
        """Order of findings of one identity: the worst, the furthest, the surest stands."""
        return _rank(self.severity, self.stage, self.certainty)


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


@dataclass(slots=True)
class _Judging:
    """Findings, reasons and deadlines so far."""

    known: Known
    now: datetime
    found: dict[tuple[str, int], Finding] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    timers: set[Timer] = field(default_factory=set)


def evaluate(timeline: Timeline, patterns: Sequence[Pattern], now: datetime) -> Verdict:
    """Judge a timeline at a moment. Absence is never judged before its deadline; the deadline becomes a timer."""
    judging = _Judging(Known(timeline), now)
    for pattern in patterns:
        _judge(judging, pattern)
    timers = sorted(judging.timers, key=lambda t: (t.due, t.pattern))
    return Verdict(tuple(judging.found.values()), judging.silent, tuple(timers))


def _judge(judging: _Judging, pattern: Pattern) -> None:
    seen = False
    reached = []
    for variant in pattern.variants:
        search = _search(judging.known, pattern, variant, judging.now)
        for match in solving.solve(search):
            seen = True
            _keep(judging, pattern, variant, match)
        judging.timers |= {Timer(pattern.id, due) for due in search.due}
        reached.append((search, variant))
    if not seen:
        judging.silent[pattern.id] = _why_not(*max(reached, key=lambda pair: pair[0].deepest))


def _keep(judging: _Judging, pattern: Pattern, variant: Variant, match: Match) -> None:
    """Keep what a match shows, unless something as bad, as far and as sure stands for that identity."""
    against = suppressors(judging.known, pattern.suppressors, variant, match)
    hidden = any(one.hides for one in against)
    severity = "info" if hidden else _raised(variant.severity, by=1 if judging.known.timeline.safeguards else 0)
    certainty = _certainty(match, lowered=bool(against) or any(event.flagged for event in match.events.values()))
    key = pattern.family, _anchor(judging.known, variant, match)
    standing = judging.found.get(key)
    if standing is None or standing.rank < _rank(severity, variant.stage, certainty):
        judging.found[key] = Finding(
            pattern=pattern,
            variant=variant.name,
            anchor=key[1],
            severity=severity,
            certainty=certainty,
            stage=variant.stage,
            acting=tuple(match.states[name] for name in variant.acting),
            complained_of=frozenset(match.states[name] for name in variant.complained_of),
            destination=match.states[variant.destination],
            clauses=tuple(_evidence(clause, match) for clause in variant.clauses),
            suppressors=against,
        )


def _search(known: Known, pattern: Pattern, variant: Variant, now: datetime) -> Search:
    """Return the search for a variant, told what of a match makes a difference to the finding."""

    def identity(match: Match) -> Hashable:
        number = _anchor(known, variant, match)
        if "S6" not in pattern.suppressors:
            return number
        return number, tuple(e.ref for e in known.promised(match.states["B"], match.events[variant.anchor]))

    kept = frozenset({variant.main}) if pattern.suppressors else frozenset()
    return Search(known, now, WINDOWS, variant.clauses, variant.asked, kept, variant.anchor, identity)


def _anchor(known: Known, variant: Variant, match: Match) -> int:
    """Return the identity of a finding; the states say which way, where a decision names several destinations."""
    by, to = variant.way
    way = match.states.get(by, ""), match.states.get(to, "")
    return chains.anchor(known, variant.anchored, match.events[variant.anchor], way)


def _evidence(clause: Clause, match: Match) -> Evidence:
    events = (match.events[clause.name].ref,) if clause.name in match.events else ()
    return Evidence(clause.name, clause.words.format(**match.states), events, _window(clause, match))


def _window(clause: Clause, match: Match) -> tuple[int | None, int | None] | None:
    """Return the window of a clause about something missing; None for any other."""
    match clause:
        case Absent():
            return match.events[clause.since].ref, match.events[clause.until].ref
        case Silent():
            return match.events[clause.after].ref, None
        case Unexamined():
            return None, match.events[clause.before].ref
        case Open():
            return match.events[clause.plan].ref, None
        case _:
            return None


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
    return f"not shown: {clause.name} ({clause.words.format_map(_Names(states))}){nearest}"


class _Names(dict[str, str]):
    """Leaves the variables of a sentence as they are."""

    def __missing__(self, key: str) -> str:
        return key
