"""What judging costs: rules as data against rules written by hand, the worst person, and each pattern for itself.

`bench_detect.py [persons] [seed]`; all of it on one core, nothing but Python. Both sides judge the same persons, and
the run stops when they do not find the same.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import hand_written
from measuring import figure

from domain.patterns.histories import history
from exchange import simulating, traces
from exchange.domain import members, timeline
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.patterns.telling import events, last
from exchange.domain.timeline import Event, Timeline
from exchange.domain.world.dealing import World

USUAL, EVENTS = 1000, 17
ROUNDS, SHORT_ROUNDS = 7, 25
CHAINS = tuple(pattern for pattern in PATTERNS if pattern.id in {"P03", "P04", "P05"})
BY_HAND, WORST, EACH = 1.4, 0.005, 500.0
WORST_EVENTS = 1000
Person = tuple[Timeline, datetime]


def cpu(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the CPU seconds of each work in the quickest of some rounds: in turn, so that all meet the same load."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, took, strict=True):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
    return list(map(min, took))


def by_rule(persons: Sequence[Person]) -> list[list[Finding]]:
    """Return, for each person, what the chain patterns find."""
    return [sorted(evaluate(of, CHAINS, now, explain=False).findings, key=_anchor) for of, now in persons]


def by_hand(persons: Sequence[Person]) -> list[list[Finding]]:
    """Return the same, found by the rules that are written by hand."""
    return [sorted(hand_written.judge(of), key=_anchor) for of, _ in persons]


def _anchor(finding: Finding) -> int:
    return finding.anchor


def _outline(found: list[list[Finding]]) -> list[list[tuple[int, str, str, str, str]]]:
    """Return what was found. Which events are named may differ: where two would do, each side may name another."""
    return [[(f.anchor, f.pattern.id, f.severity, f.stage, f.certainty) for f in person] for person in found]


def hostile() -> dict[str, Person]:
    """Return persons whose history is made to explode, each of a thousand events."""
    start = datetime(2024, 1, 1)  # noqa: DTZ001 -- a day, to write lines with

    def days(count: int) -> list[str]:
        return [(start + timedelta(days=n)).date().isoformat() for n in range(count)]

    pong = [f"{day} removal_executed {'SVK>UKR' if n % 2 else 'UKR>SVK'}" for n, day in enumerate(days(WORST_EVENTS))]
    one_day = [f"2026-01-01 removal_executed {'SVK>UKR' if n % 2 else 'UKR>SVK'}" for n in range(WORST_EVENTS)]
    refused = [f"{day} entry_refused POL>BLR physically_returned=yes" for day in days(WORST_EVENTS)]
    rng = random.Random(7)  # noqa: S311 -- a history, no secret
    states = ("SVK", "UKR", "POL", "BLR", "LTU", "MDA", "ROU", "HUN")
    kinds = ("removal_executed", "return_decision", "removal_planned", "claim_registered", "claim_not_taken")
    mixed = [f"{day} {rng.choice(kinds)} {'>'.join(rng.sample(states, 2))}" for day in days(WORST_EVENTS)]
    lines = {"ping-pong": pong, "one day": one_day, "refusals": refused, "mixed": mixed}
    return {name: _told("2023-12-01 claim_expressed POL\n" + "\n".join(of)) for name, of in lines.items()}


def _told(lines: str) -> Person:
    told: tuple[Event, ...] = events(lines)
    of = timeline.build(told, frozenset({"AFG"}), frozenset(), members.STATES)
    return of, last(of)


def invented(count: int, seed: int) -> list[Person]:
    """Return persons of an invented world, with some 17 events each."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        simulating.write(folder, World(seed), count, 1, lambda *_: None)
        return [(of, last(of)) for _, of in traces.read(folder, 0) if of.events]


def against_hand(name: str, persons: list[Person]) -> None:
    """Print how rules as data and rules written by hand compare on some persons, and what a person costs."""
    if _outline(by_rule(persons)) != _outline(by_hand(persons)):
        sys.exit("The rules as data and those written by hand do not find the same: nothing to compare.")
    data, hand = cpu(lambda: by_rule(persons), lambda: by_hand(persons))
    figure(f"detect.{name}.rules_as_data_to_hand_written", data / hand, "ratio", BY_HAND)
    (whole,) = cpu(lambda: [evaluate(of, PATTERNS, now, explain=False) for of, now in persons])
    figure(f"detect.{name}.all_patterns_per_person", whole / len(persons) * 1e6, "us", EACH)
    count = sum(len(of.events) for of, _ in persons)
    figure(f"detect.{name}.events_per_person", count / len(persons), "events", EVENTS, at_most=False)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)  # noqa: S311 -- a history, no secret
    print("seed", seed, file=sys.stderr)
    rng = random.Random(seed)  # noqa: S311 -- a history, no secret
    against_hand("invented", invented(count, seed))
    against_hand("made_to_hurt", [history(rng, 2 * EVENTS) for _ in range(count)])
    for name, (of, now) in hostile().items():
        chains, whole = cpu(
            lambda of=of, now=now: evaluate(of, CHAINS, now, explain=False),  # type: ignore[misc]
            lambda of=of, now=now: evaluate(of, PATTERNS, now, explain=False),  # type: ignore[misc]
            rounds=SHORT_ROUNDS,
        )
        figure(f"detect.worst_person.{name}.chain_patterns", chains, "s", WORST)
        figure(f"detect.worst_person.{name}.all_patterns", whole, "s", WORST)


if __name__ == "__main__":
    main()
