"""The oracle once more, on histories in which serial refusal, measures and loops are not rare (P02, P06, P17)."""

import random
from dataclasses import replace

from domain.patterns import histories, oracle
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate

MINE = ("P02", "P06", "P17")
NEAR = {
    "claim_expressed",
    "entry_refused",
    "removal_executed",
    "removal_planned",
    "return_decision",
    "interim_measure",
    "hold_request",
}


def dense(rng: random.Random) -> histories.World:
    kinds = tuple(kind for kind in histories.KINDS if kind[0] in NEAR)
    states = tuple(rng.sample(histories.STATES, 3))
    days = tuple(rng.sample(histories.DAYS, rng.choice((3, 6, len(histories.DAYS)))))
    return histories.World(rng, states, days, tuple(rng.sample(kinds, rng.choice((3, 5, len(kinds))))), 0.8)


def compare(count: int) -> set[tuple[str, ...]]:
    """Let the oracle and the evaluator judge dense histories; returns what they found."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    found: set[tuple[str, ...]] = set()
    for number in range(count):
        whole, now = histories.history(rng, 1)
        world = dense(rng)
        size = rng.choice((4, 8, 12))
        places = rng.sample(range(size * 2), size)
        events = tuple(histories.event(world, ref, place) for ref, place in enumerate(places, start=100))
        ordered = tuple(sorted(events, key=lambda e: (e.when.earliest, e.index)))
        history = replace(whole, events=ordered)
        ours = histories.outline(evaluate(history, [one for one in PATTERNS if one.id in MINE], now))
        findings, timers = oracle.judge(history, now)
        theirs = (
            {key: value for key, value in findings.items() if value[0] in MINE},
            {timer for timer in timers if timer[0] in MINE},
        )
        assert ours == theirs, f"history {number} of seed {seed}"
        found |= {(value[0], *value[2:]) for value in ours[0].values()}
    return found


def test_the_oracle_agrees_where_these_patterns_are_many() -> None:
    found = compare(500)
    assert {(pattern, "done") for pattern in MINE} | {("P06", "imminent")} <= {one[:2] for one in found}
