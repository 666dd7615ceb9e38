"""Judge one person: which patterns show, on which events, and why the others do not.

The whole timeline is judged anew each time. Order of arrival does not matter, and judging twice changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from exchange.domain.patterns import algebra, chains
from exchange.domain.patterns.algebra import Pattern, Unexamined
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.preparing import Prepared, RestsOn, prepared
from exchange.domain.patterns.searching import Search
from exchange.domain.patterns.standing import Standard, Standing, Standings
from exchange.domain.patterns.suppressing import Suppressed
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Event, Timeline

SEVERITIES: Final = algebra.SEVERITIES
CERTAINTIES: Final = algebra.CERTAINTIES
STAGES: Final = algebra.STAGES


class Evidence(NamedTuple):
    """One clause of a finding: its sentence, and the numbers of the events that it rests on.

    A clause that says that something is missing names instead the window that was searched and was empty: the events
    after which and before which. None is the beginning of what is known, or the moment of judging.
    """

    clause: str
    words: str
    events: tuple[int, ...]
    window: tuple[int | None, int | None] | None = None


class Finding(NamedTuple):
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
    """What a timeline shows: findings, for each silent pattern why not, and the deadlines to come.

    Findings are in the order of their patterns, and of the notices that identify them.
    """

    findings: tuple[Finding, ...]
    why_not: Mapping[str, str]
    timers: tuple[Timer, ...]


class _Searched(NamedTuple):
    """A search that was made, and what came of it."""

    search: Search
    goal: Standard
    rule: Prepared


def evaluate(timeline: Timeline, patterns: Sequence[Pattern], now: datetime, *, explain: bool = True) -> Verdict:
    """Judge a timeline at a moment. Absence is never judged before its deadline; the deadline becomes a timer.

    Without `explain` nothing is said of the patterns that are silent, and those that lack an event are passed over.
    """
    known, standings = Known(timeline), Standings()
    silent: dict[str, str] = {}
    timers: set[Timer] = set()
    for pattern in patterns:
        searched = [
            _search(known, standings, rule, now, explain=explain)
            for rule in prepared(pattern)
            if explain or (known.sorted.may_be(rule.kinds) and all(map(known.groups, rule.needed)))
        ]
        for one in searched:
            timers.update([Timer(pattern.id, due) for due in one.search.due])
        if explain and not any(one.goal.kept for one in searched):
            silent[pattern.id] = _why_not(max(searched, key=lambda one: one.search.deepest))
    shown = sorted(standings.items(), key=lambda item: (item[1].rule.pattern.id, item[0][1]))
    found = tuple(_finding(known, anchor, of) for (_, anchor), of in shown)
    return Verdict(found, silent, tuple(sorted(timers, key=lambda t: (t.due, t.pattern))))


def _search(known: Known, standings: Standings, rule: Prepared, now: datetime, *, explain: bool) -> _Searched:
    goal, route = Standard(standings, known, rule), rule.explaining if explain else rule.route
    events, states = [0] * len(route.layout.events), [""] * len(route.layout.states)
    search = Search(known, now, WINDOWS, route.layout, goal, explain, events, states)
    route.run(search)
    return _Searched(search, goal, rule)


def _finding(known: Known, anchor: int, of: Standing) -> Finding:
    """Put into words what stands for an identity."""
    rule, variant = of.rule, of.rule.variant
    states = dict(zip(rule.route.layout.states, of.states, strict=True))
    legs = _legs(known, of)
    return Finding(
        pattern=rule.pattern,
        variant=variant.name,
        anchor=anchor,
        severity=SEVERITIES[of.severity],
        certainty=CERTAINTIES[of.certainty],
        stage=variant.stage,
        acting=tuple(dict.fromkeys((*(states[name] for name in variant.acting), *(leg.state for leg in legs)))),
        complained_of=frozenset(states[name] for name in variant.complained_of),
        destination=states[variant.destination],
        clauses=(*_evidence(known, of, states), *map(_earlier, legs)),
        suppressors=of.against,
    )


def _legs(known: Known, of: Standing) -> list[Event]:
    """Return the legs that led to the anchor of a chain, the last first."""
    if not of.rule.variant.chained:
        return []
    by, to = of.rule.led
    way = of.states[by], None if to is None else of.states[to]
    return [known.events[place] for place in chains.before(known, of.events[of.rule.anchor], way)]


def _earlier(leg: Event) -> Evidence:
    return Evidence("before", f"Before that, {leg.state} handed the person over to {leg.counterpart}.", (leg.ref,))


def _evidence(known: Known, of: Standing, states: Mapping[str, str]) -> Iterator[Evidence]:
    """Yield the clauses with what they rest on."""
    said = known.once((of.rule, of.states), lambda: _said(of.rule, states))
    refs = [known.events[place].ref for place in of.events]
    for row, evidence in said:
        if row is None:
            yield evidence
        elif row.counts:
            counted = places(of.many[row.clause])
            yield evidence._replace(events=tuple([known.events[place].ref for place in counted]))
        else:
            window = row.window and (_ref(refs, row.window[0]), _ref(refs, row.window[1]))
            yield Evidence(evidence.clause, evidence.words, tuple([refs[event] for event in row.events]), window)


def _said(rule: Prepared, states: Mapping[str, str]) -> list[tuple[RestsOn | None, Evidence]]:
    """Return the clauses in words, each with what it rests on; None where that is the states alone."""
    rows = zip(rule.rests_on, rule.variant.clauses, strict=True)
    return [
        (row if row.says_more else None, Evidence(row.clause, clause.words.format(**states), ()))
        for row, clause in rows
    ]


def _ref(refs: Sequence[int], event: int | None) -> int | None:
    return None if event is None else refs[event]


def _why_not(of: _Searched) -> str:
    """Name the first clause that failed, with the states as far as they are known, and the events that came nearest."""
    clauses, search = of.rule.variant.clauses, of.search
    clause = clauses[min(search.deepest + 1, len(clauses) - 1)]
    states, events = search.nearest
    nearest = f"; nearest: {', '.join(map(str, events))}" if events else ""
    examined = _decided(search) if isinstance(clause, Unexamined) else ""
    return f"not shown: {clause.name} ({clause.words.format_map(_Names(states))}){nearest}{examined}"


def _decided(search: Search) -> str:
    """Name the full decisions on the merits that speak against a finding: they are logged, as S1 must be."""
    served = search.known.examined_by(search.now) & search.known.trusted
    return f"; examined: {', '.join(str(search.known.events[place].ref) for place in places(served))}"


class _Names(dict[str, str]):
    """Leaves the variables of a sentence as they are."""

    def __missing__(self, key: str) -> str:
        return key
