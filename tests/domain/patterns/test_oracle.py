"""The evaluator and the naive oracle agree, whatever the order in which things arrive."""

import random
from dataclasses import replace

from domain.patterns.histories import compare, history
from exchange.domain import timeline
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate


def test_the_oracle_agrees_on_random_histories() -> None:
    compare(2000)


def test_neither_arrival_nor_judging_twice_matters() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(300):
        told, now = history(rng)
        shuffled = rng.sample(told.events, len(told.events))
        again = timeline.build(tuple(shuffled), told.danger, told.safeguards, told.participants)
        again = replace(again, onward=told.onward)
        first = evaluate(told, PATTERNS, now)
        assert evaluate(again, PATTERNS, now) == first
        assert evaluate(told, PATTERNS, now) == first
        assert evaluate(told, PATTERNS, now, explain=False) == replace(first, why_not={})
