"""P03, P04 and P05 as an engineer would write them by hand, to measure the rules as data against (`bench_detect.py`).

They find and explain the same; `bench_detect.py` refuses to compare them when they do not. Where two events would do as
evidence, each may name another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from exchange.domain.patterns import endings, examination
from exchange.domain.patterns.algebra import Open, Pattern, Unexamined, Variant
from exchange.domain.patterns.evaluator import CERTAINTIES, SEVERITIES, STAGES, Evidence, Finding
from exchange.domain.patterns.examination import precedes
from exchange.domain.patterns.notions import DOUBTS, inadmissible, leg, passed_on, path, plan
from exchange.domain.patterns.notions_deciding import claim_shown
from exchange.domain.patterns.p03 import P03
from exchange.domain.patterns.p04 import P04
from exchange.domain.patterns.p05 import P05
from exchange.domain.patterns.suppressing import Suppressed, words
from exchange.domain.timeline import Event, Timeline

Way = tuple[str, str]
Rank = tuple[int, int, int, int]
Against = tuple[tuple[str, tuple[Event, ...]], ...]
ONWARD = timedelta(days=731)


@dataclass(slots=True)
class Facts:
    """What the three rules ask about, sorted out once."""

    of: Timeline
    legs: list[tuple[Event, Way]] = field(default_factory=list)
    plans: list[tuple[Event, Way]] = field(default_factory=list)
    inadmissible: list[tuple[Event, Way]] = field(default_factory=list)
    passed: list[tuple[Event, Way]] = field(default_factory=list)
    claims: list[Event] = field(default_factory=list)
    said: dict[Way, int] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    found: dict[int, tuple[Rank, "Shown"]] = field(default_factory=dict)


@dataclass(slots=True)
class Shown:
    """One way in which a rule shows: what is kept of it until it is clear which stands."""

    pattern: Pattern
    variant: Variant
    anchor: tuple[Event, Way]
    events: dict[str, Event]
    states: dict[str, str]
    main: Event
    sure: bool
    against: Against


def judge(of: Timeline) -> tuple[Finding, ...]:
    """Return the findings of the three rules."""
    facts = _sorted_out(of)
    for shown in chain(_three(facts), _four(facts), _five(facts)):
        _keep(facts, shown)
    return tuple(_finding(facts, ref, *kept) for ref, kept in facts.found.items())


def _sorted_out(of: Timeline) -> Facts:
    facts = Facts(of, places={event.ref: place for place, event in enumerate(of.events)})
    first: dict[Way, tuple[bool, int, int]] = {}
    for event in of.events:
        for notion, kept in (
            (leg, facts.legs),
            (plan, facts.plans),
            (inadmissible, facts.inadmissible),
            (passed_on, facts.passed),
        ):
            kept.extend((event, (by, to)) for by, to in notion(event) if to)
        ways = path(event)
        for by, to in ways:
            if to:
                told = event.flagged and len(ways) > 1, event.index, event.ref
                first[by, to] = min(first.get((by, to), told), told)
        if claim_shown(event):
            facts.claims.append(event)
    facts.said = {way: ref for way, (_, _, ref) in first.items()}
    return facts


def _merits(facts: Facts, before: Event, fault: frozenset[str]) -> bool | None:
    """Nobody examined (True), somebody did (None), or the state at fault says so afterwards (False)."""
    sure = True
    for event, effect in examination.decisions(facts.of):
        if effect.before(before.when):
            undone = [one for one in examination.undoings(facts.of, event) if precedes(one, before)]
            if not undone and not examination.mends(event, before, fault):
                return None
            if not any(_surely_undone(event, one, before) for one in undone):
                sure = False
    return sure


def _surely_undone(decision: Event, ending: Event, before: Event) -> bool:
    ends = endings.undoes(ending, decision) == "yes" and not ending.flagged
    return ends and decision.when.before(ending.when) and ending.when.before(before.when)


def _three(facts: Facts) -> Iterator[Shown]:
    for variant, events in zip(P03.variants, (facts.inadmissible, facts.plans, facts.legs), strict=True):
        for act, (by, to) in events:
            surely_safe = to not in facts.of.danger - facts.of.doubted
            shows_claim = variant is P03.variants[0]
            sure = _merits(facts, act, frozenset({by})) if facts.claims and surely_safe else None
            if sure is None:
                continue
            no = (
                ("S2", examination.heard(facts.of, by)),
                ("S6", examination.promised(facts.of, to, act)),
                ("called_off", examination.called_off(facts.of, act, to)),
            )
            asked = [{"path": act}] if shows_claim else [{"claim": claim, "path": act} for claim in facts.claims]
            doubted = DOUBTS["inadmissible" if shows_claim else "claim shown"]
            for events_of in asked:
                surely = sure and not doubted(next(iter(events_of.values())))
                yield Shown(P03, variant, (act, (by, to)), events_of, {"A": by, "B": to}, act, surely, no)


def _four(facts: Facts) -> Iterator[Shown]:
    for first, (start, middle) in facts.legs:
        for second, (by, end) in facts.legs:
            if by == middle and end != start and _either_order(first, second) and _within(first, second):
                sure = _merits(facts, second, frozenset({start, middle}))
                if sure is not None:
                    surely = sure and _surely(first, second)
                    events = {"first_leg": first, "second_leg": second}
                    states = {"A": start, "B": middle, "C": end}
                    yield Shown(P04, P04.variants[0], (first, (start, middle)), events, states, second, surely, ())


def _five(facts: Facts) -> Iterator[Shown]:
    after, standing = P05.variants
    for planned, (middle, end) in facts.plans:
        done = (e for e, way in facts.legs if way == (middle, end) and precedes(planned, e) and not e.flagged)
        if any(done):
            continue
        for step, (start, to) in facts.passed:
            if to == middle and end != start and precedes(step, planned) and _within(step, planned):
                yield from _imminent(facts, after, (step, planned), (start, middle, end))
        for step, (start, to) in (*facts.plans, *facts.legs):
            if to == middle and end != start and precedes(planned, step):
                yield from _imminent(facts, standing, (step, planned), (start, middle, end))


def _imminent(
    facts: Facts, variant: Variant, events: tuple[Event, Event], states: tuple[str, str, str]
) -> Iterator[Shown]:
    (step, planned), (start, middle, end) = events, states
    order = (step, planned) if variant is P05.variants[0] else (planned, step)
    sure = _merits(facts, order[1], frozenset({start, middle}))
    if sure is not None:
        no = (
            ("S6", examination.promised(facts.of, middle, step)),
            ("called_off", examination.called_off(facts.of, planned, end)),
        )
        bound = {"A": start, "B": middle, "C": end}
        named = {"first_leg": step, "next_plan": planned}
        surely = sure and _surely(*order) and not DOUBTS["passed on"](step)
        yield Shown(P05, variant, (step, (start, middle)), named, bound, planned, surely, no)


def _either_order(first: Event, then: Event) -> bool:
    """Two removals of one day may have been in either order."""
    alike = first is not then and first.when.exact and then.when.exact and first.when.overlaps(then.when)
    return alike or precedes(first, then)


def _within(first: Event, then: Event) -> bool:
    return then.when.earliest - first.when.latest <= ONWARD


def _surely(first: Event, then: Event) -> bool:
    certain = first.when.before(then.when) and first.when.exact and then.when.exact
    return certain and then.when.latest - first.when.earliest <= ONWARD


def _keep(facts: Facts, shown: Shown) -> None:
    fault = frozenset(shown.states[name] for name in shown.variant.acting)
    events = shown.events.values()
    raised = SEVERITIES.index(shown.variant.severity) + bool(facts.of.safeguards)
    raised = min(3, raised + (shown.states[shown.variant.destination] in facts.of.onward))
    no = [event for _, those in shown.against for event in those]
    if any(_hides(e, fault) for e in no):
        raised = 0
    certainty = 2 if all(e.grade == "confirmed" for e in events) else 1
    if not shown.sure or no or any(e.flagged for e in events):
        certainty = 0
    rank = raised, STAGES.index(shown.variant.stage), certainty, facts.places[shown.main.ref]
    key = _walked(facts, *shown.anchor)[0]
    if key not in facts.found or facts.found[key][0] < rank:
        facts.found[key] = rank, shown


def _hides(event: Event, fault: frozenset[str]) -> bool:
    return not endings.is_word_of(event, fault) and not event.flagged


def _finding(facts: Facts, ref: int, rank: Rank, shown: Shown) -> Finding:
    variant, states = shown.variant, shown.states
    fault = frozenset(states[name] for name in variant.acting)
    legs = _walked(facts, *shown.anchor)[1] if variant.chained else ()
    clauses = []
    for clause in variant.clauses:
        told = (shown.events[clause.name].ref,) if clause.name in shown.events else ()
        window = None
        if isinstance(clause, Unexamined):
            window = None, shown.events[str(clause.before)].ref
        elif isinstance(clause, Open):
            window = shown.events[clause.plan].ref, None
        clauses.append(Evidence(clause.name, clause.words.format(**states), told, window))
    clauses.extend(
        Evidence("before", f"Before that, {e.state} handed the person over to {e.counterpart}.", (e.ref,)) for e in legs
    )
    against = tuple(
        Suppressed(code, words(code), e.ref, hides=_hides(e, fault)) for code, those in shown.against for e in those
    )
    return Finding(
        pattern=shown.pattern,
        variant=variant.name,
        anchor=ref,
        severity=SEVERITIES[rank[0]],
        certainty=CERTAINTIES[rank[2]],
        stage=variant.stage,
        acting=tuple(dict.fromkeys((*(states[name] for name in variant.acting), *(e.state for e in legs)))),
        complained_of=frozenset(states[name] for name in variant.complained_of),
        destination=states[variant.destination],
        clauses=tuple(clauses),
        suppressors=against,
    )


def _walked(facts: Facts, event: Event, way: Way) -> tuple[int, tuple[Event, ...]]:
    """Return the notice that first said the first leg of the chain, and the legs, the last first."""
    legs = []
    seen = {event.ref}
    while True:
        into = [
            (e, w) for e, w in facts.legs if w[1] == way[0] and w[0] != way[0] and not e.flagged and precedes(e, event)
        ]
        if not into or into[-1][0].ref in seen:
            return facts.said[way], tuple(legs)
        event, way = into[-1]
        legs.append(event)
        seen.add(event.ref)
