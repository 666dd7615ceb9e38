"""Judge one person: which patterns show, on which events, and why the others do not.

The whole timeline is judged anew each time. Order of arrival does not matter, and judging twice changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.domain.patterns import chains, solving
from exchange.domain.patterns.algebra import Clause, First, Match, Pattern, Search, Variant
from exchange.domain.patterns.suppressing import Suppressed, suppressors
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Timeline

SEVERITIES: Final = ("info", "medium", "high", "critical")
CERTAINTIES: Final = ("possible", "likely", "certain")
STAGES: Final = ("risk", "imminent", "done")
MOST_MATCHES: Final = 2000
"""Matches of one variant that are looked at: a person with a thousand events must not stall the worker."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clause of a finding: its sentence, and the numbers of the events that it rests on."""

    clause: str
    words: str
    events: tuple[int, ...]


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
        return (
            SEVERITIES.index(self.severity),
            STAGES.index(self.stage),
            CERTAINTIES.index(self.certainty),
        )


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


def evaluate(timeline: Timeline, patterns: Sequence[Pattern], now: datetime) -> Verdict:
    """Judge a timeline at a moment. Absence is never judged before its deadline; the deadline becomes a timer."""
    found: dict[tuple[str, int], Finding] = {}
    silent: dict[str, str] = {}
    timers: set[Timer] = set()
    index = solving.index(timeline)
    for pattern in patterns:
        seen = False
        reached = []
        for variant in pattern.variants:
            search = Search(timeline, now, WINDOWS, index=index)
            for finding in _findings(search, pattern, variant):
                seen = True
                key = (pattern.family, finding.anchor)
                if key not in found or found[key].rank < finding.rank:
                    found[key] = finding
            timers |= {Timer(pattern.id, due) for due in search.due}
            reached.append((search.deepest, variant))
        if not seen:
            silent[pattern.id] = _why_not(*max(reached, key=lambda pair: pair[0]))
    return Verdict(tuple(found.values()), silent, tuple(sorted(timers, key=lambda t: (t.due, t.pattern))))


def _findings(search: Search, pattern: Pattern, variant: Variant) -> Iterator[Finding]:
    for count, match in enumerate(solving.solve(search, variant.clauses, Match({}, {}))):
        if count >= MOST_MATCHES:
            return
        yield _finding(search, pattern, variant, match)


def _finding(search: Search, pattern: Pattern, variant: Variant, match: Match) -> Finding:
    seen = suppressors(search.timeline, pattern.suppressors, variant, match)
    severity = _raised(variant.severity, by=1 if search.timeline.safeguards else 0)
    hidden = any(one.hides for one in seen)
    return Finding(
        pattern=pattern,
        variant=variant.name,
        anchor=chains.anchor(search.timeline, variant.anchored, match.events[variant.anchor], _way(variant, match)),
        severity="info" if hidden else severity,
        certainty=_certainty(match, lowered=bool(seen)),
        stage=variant.stage,
        acting=tuple(match.states[name] for name in variant.acting),
        complained_of=frozenset(match.states[name] for name in variant.complained_of),
        destination=match.states[variant.destination],
        clauses=tuple(_evidence(clause, match) for clause in variant.clauses),
        suppressors=seen,
    )


def _way(variant: Variant, match: Match) -> tuple[str, str | None]:
    """Return from where to where the anchor leads; a decision may name several destinations."""
    act = next(c.act for c in variant.clauses if isinstance(c, First) and c.name == variant.anchor)
    return match.states[act.by or ""], match.states[act.to or ""]


def _evidence(clause: Clause, match: Match) -> Evidence:
    events = (match.events[clause.name].ref,) if clause.name in match.events else ()
    return Evidence(clause.name, clause.words.format(**match.states), events)


def _raised(severity: str, *, by: int) -> str:
    return SEVERITIES[min(SEVERITIES.index(severity) + by, len(SEVERITIES) - 1)]


def _certainty(match: Match, *, lowered: bool) -> str:
    """Certain, unless an order or a window rests on an approximate time, or a link on equal tokens alone."""
    if not match.certain or lowered:
        return "possible"
    return "likely" if any(event.grade != "confirmed" for event in match.events.values()) else "certain"


def _why_not(depth: int, variant: Variant) -> str:
    clause = variant.clauses[min(depth + 1, len(variant.clauses) - 1)]
    return f"not shown: {clause.name} ({clause.words.format_map(_Names())})"


class _Names(dict[str, str]):
    """Leaves the variables of a sentence as they are."""

    def __missing__(self, key: str) -> str:
        return key
