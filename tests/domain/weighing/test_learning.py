"""Weights from labelled pairs, and without any label: both find again what made the pairs."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from exchange.domain.weighing import em, training, weights
from exchange.domain.weighing.evidence import Agreed, Evidence
from exchange.domain.weighing.measures import Judged, measure
from exchange.domain.weighing.scoring import score
from exchange.domain.weighing.training import Labelled

SEED = 20261201
TYPES = {"C2D": (0.8, 0.002), "C2Y": (0.9, 0.1), "V2Y": (0.7, 0.05), "C1D": (0.85, 0.05), "DOB": (0.8, 0.2)}
"""Type -> how often it agrees among pairs that are one person, and by chance."""


def pairs(rng: random.Random, number: int, *, same: bool) -> Iterator[Evidence]:
    made = 0
    while made < number:
        agree = [kind for kind, shares in TYPES.items() if rng.random() < shares[not same]]
        if agree:
            made += 1
            found = tuple(Agreed(kind, 1, 1 if same or rng.random() < 0.3 else 2) for kind in sorted(agree))
            yield Evidence(found, frozenset(TYPES.keys() - set(agree)), 12)


def f1(known: weights.Weights, rng: random.Random) -> float:
    told = [(one, same) for same, number in ((True, 300), (False, 700)) for one in pairs(rng, number, same=same)]
    judged = [Judged(str(at), same, score(one, known).bits) for at, (one, same) in enumerate(told)]
    return measure(judged, {str(at): "" for at in range(300)}, known.shipped).f1


def test_labels_teach_weights() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    told = [Labelled(one, same) for same in (True, False) for one in pairs(rng, 600, same=same)]
    found = training.train(told, 4000, "test")
    known = weights.read(found.document)
    assert known.agree["C2D"][0] > known.agree["DOB"][0]
    assert known.differ["C2Y"] < 0
    assert len(found.out_of_fold) == len(told)
    assert f1(known, rng) > 0.9


def test_the_same_labels_teach_the_same_weights() -> None:
    told = [Labelled(one, same) for same in (True, False) for one in pairs(random.Random(SEED), 200, same=same)]
    assert training.train(told, 4000, "test").document == training.train(told, 4000, "test").document


def test_the_threshold_is_the_middle_of_where_the_measure_is_best_but_for_noise() -> None:
    """The last of 2,000 true pairs come one by one among as many others: F1 is best at their end by a hair."""
    same = np.array([True] * 1990 + [False, True] * 10 + [False] * 500)
    bits = np.arange(len(same), 0, -1, dtype=float)
    assert training.best_threshold(bits, same) == (bits[1982] + bits[2018]) / 2


def test_where_all_pairs_part_the_threshold_lies_between_them() -> None:
    assert training.best_threshold(np.array([9.0, 7.0, 3.0, 1.0]), np.array([True, True, False, False])) == 5.0


def test_too_few_labels_teach_nothing() -> None:
    told = [Labelled(one, same=True) for one in pairs(random.Random(SEED), 50, same=True)]
    with pytest.raises(ValueError, match="fewer"):
        training.train(told, 4000, "test")


def test_without_labels_the_pairs_of_one_authority_show_what_chance_is() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    chance = list(pairs(rng, 1400, same=False))
    across = [*pairs(rng, 300, same=True), *chance[:700]]
    known = weights.read(em.learn(across, chance[700:], 1.0, 4000))
    assert f1(known, rng) > 0.9


def test_without_pairs_nothing_is_learned() -> None:
    with pytest.raises(ValueError, match="fewer"):
        em.learn([], [], 1.0, 100)


def test_the_first_weights_without_labels_join_nobody() -> None:
    known = em.start(TYPES)
    everything = Evidence(tuple(Agreed(kind, 1, 1) for kind in TYPES), frozenset(), 12)
    assert score(everything, known).grade == "possible"
