"""Whoever shows a pattern is picked for it, whatever the history; and far fewer are picked than there are."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.patterns import histories
from exchange import traces
from exchange.domain import members
from exchange.domain.edtf import Interval
from exchange.domain.kinds import TERMS
from exchange.domain.patterns import necessary
from exchange.domain.patterns.algebra import Act, AnyOf, First, Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.changes import CHANGED
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.patterns.p04 import P04
from exchange.domain.timeline import Event, Timeline
from exchange.store.sweeps import Sweep

WANTED = {pattern.id: necessary.conditions(pattern) for pattern in PATTERNS}
SELECTIVE = ("P01", "P03", "P04", "P05", "P07", "P19")
"""Patterns of which random histories show enough, with clauses that the condition knows."""


def moved(event: Event, by: timedelta) -> Event:
    when = Interval(event.when.earliest + by, event.when.latest + by, event.when.exact)
    return replace(event, when=when, recorded=event.recorded + by)


def decided_first(rng: random.Random, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Events of which the first is a full decision on the merits, mostly signed by a key in other hands."""
    first = min(events, key=lambda event: event.index)
    began = min(event.when.earliest for event in events) - timedelta(days=30)
    facts = {"outcome": "rejected", "merits_scope": "full", "served_at": began.date().isoformat()}
    decided = replace(first, kind="merits_decision", when=Interval(began, began, exact=True), facts=facts)
    flagged = rng.random() < 0.8
    return replace(decided, ref=10_000, index=first.index - 1, counterpart=None, flagged=flagged), *events


def some(rng: random.Random, count: int) -> list[tuple[int, Timeline, datetime]]:
    """Random adversarial histories, some about a change at home, some events signed by a key in other hands."""
    found = []
    for person in range(count):
        told, now = histories.history(rng, rng.choice((5, 9, 16)))
        back = CHANGED["AFG"] - histories.START - timedelta(days=rng.choice((0, 10, 400)))
        by = back if rng.random() < 0.3 else timedelta(0)
        events = tuple(moved(replace(event, flagged=rng.random() < 0.1), by) for event in told.events)
        events = decided_first(rng, events) if rng.random() < 0.3 else events
        doubted = frozenset(rng.sample(sorted(told.danger), 1) if told.danger and rng.random() < 0.1 else ())
        now = rng.choice((now + by, now + by, max(event.recorded for event in events) + timedelta(days=400)))
        found.append((person, replace(told, events=events, doubted=doubted), now))
    return found


def picked(
    folder: Path, told: list[tuple[int, Timeline, datetime]], wanted: dict[str, tuple[necessary.Condition, ...]]
) -> dict[int, set[str]]:
    """Return who is picked for which patterns, the persons looked at in two parts."""
    traces.write(folder, ((person, timeline) for person, timeline, _ in told), 1)
    found: dict[int, int] = {}
    with Sweep(memory=100) as sweep:
        files = folder / traces.events_file(0), folder / traces.persons_file(0)
        for part in range(2):
            sweep.read(files, members.STATES, (part, 2))
            count = sweep.pick(wanted)
            some = sweep.picked()
            every = [TERMS.keys()] * len(wanted)
            back = [person for person, _ in traces.timelines(sweep.events(every), sweep.persons(), members.STATES)]
            assert (back, count) == (sorted(some), len(some))
            assert not found.keys() & some.keys()
            found |= some
    return {person: {p for place, p in enumerate(wanted) if bits & 1 << place} for person, bits in found.items()}


def test_whoever_shows_a_pattern_is_picked_for_it_and_far_fewer_than_all(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    told = some(random.Random(seed), 1200)
    chosen = picked(tmp_path, told, WANTED)
    shown = dict.fromkeys(WANTED, 0)
    for person, timeline, now in told:
        for found in evaluate(timeline, PATTERNS, now).findings:
            shown[found.pattern.id] += 1
            assert found.pattern.id in chosen.get(person, set()), f"person {person} of seed {seed}: {found.pattern.id}"
    many = {pattern: sum(pattern in of for of in chosen.values()) for pattern in WANTED}
    print("shown", shown, "picked", many)
    assert sum(shown.values()) > 300
    for pattern in SELECTIVE:  # P03 picks whoever has a claim found inadmissible: the decision proves the claim
        assert many[pattern] < len(told) / (2 if pattern == "P03" else 3), (pattern, many)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: one.id)
def test_the_persons_of_a_patterns_own_examples_are_picked(pattern: Pattern, tmp_path: Path) -> None:
    told = [(n, example.timeline, example.now) for n, example in enumerate(pattern.examples)]
    shown = {n for n, timeline, now in told if evaluate(timeline, [pattern], now).findings}
    chosen = picked(tmp_path, told, {pattern.id: WANTED[pattern.id]})
    assert shown
    assert shown <= set(chosen)


def only(timeline: Timeline, kinds: frozenset[str]) -> Timeline:
    return replace(timeline, events=tuple(event for event in timeline.events if event.kind in kinds))


AGAINST = {
    "encounter": {"fear_asked": "yes", "fear_answer": "no", "language_understood": "yes"},
    "information_reply": {"outcome": "hit"},
    "hold_request": {"step": "held"},
}
"""Kind -> facts of an event that speaks against a finding."""


def spoken_against(timeline: Timeline) -> Timeline:
    """Return a history with what suppressors look at: said by each state of it, long after."""
    last, told = timeline.events[-1], list(timeline.events)
    pairs = [(one.state, one.counterpart) for one in timeline.events] + [
        (e.counterpart or "POL", e.state) for e in told
    ]
    for state, other in dict.fromkeys(pairs):
        for kind, facts in AGAINST.items():
            said = replace(last, kind=kind, state=state, counterpart=other, facts=facts, flagged=False)
            told.append(replace(moved(said, timedelta(days=60)), ref=10_000 + len(told), index=10_000 + len(told)))
    return replace(timeline, events=tuple(told))


def test_events_of_kinds_that_a_pattern_cannot_ask_about_make_no_difference() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    told = [(timeline, now) for _, timeline, now in some(random.Random(seed), 200)]
    told += [(example.timeline, example.now) for pattern in PATTERNS for example in pattern.examples]
    told += [(spoken_against(timeline), now) for timeline, now in told[::2]]
    fewer, codes = 0, set()
    for timeline, now in told:
        for pattern in PATTERNS:
            less = only(timeline, necessary.kinds(pattern))
            fewer += len(timeline.events) - len(less.events)
            found = [evaluate(one, [pattern], now, explain=False).findings for one in (timeline, less)]
            assert found[0] == found[1], f"{pattern.id}, seed {seed}"
            codes |= {one.code for finding in found[0] for one in finding.suppressors}
    assert fewer > 10_000
    assert codes >= {"S2", "S3", "S4", "called_off"}


def test_what_is_not_known_counts_as_true(tmp_path: Path) -> None:
    unknown = First("x", "x", Act("what nobody has heard of", "A", "D"))
    strange = replace(P04.variants[0], clauses=(unknown, AnyOf("y", "y", (unknown,))))
    assert necessary.conditions(replace(P04, variants=(strange,))) == (necessary.Condition(),)
    assert necessary.kinds(replace(P04, variants=(strange,))) == TERMS.keys()
    assert necessary.kinds(replace(P04, suppressors=("what nobody has heard of",))) == TERMS.keys()
    told = some(random.Random(1), 20)
    assert len(picked(tmp_path, told, {"P04": (necessary.Condition(),)})) == 20


def test_a_condition_that_follows_from_another_is_left_out() -> None:
    (one,) = necessary.conditions(P04)
    narrower = replace(P04.variants[0], clauses=(*P04.variants[0].clauses, First("z", "z", Act("leg", "C"))))
    assert necessary.conditions(replace(P04, variants=(narrower, P04.variants[0]))) == (one,)
    assert one.needs[1].after == 0
    assert one.needs[1].unexamined
