"""Weights learned without labels, for a hub that nobody has judged links for yet.

Pairs within one authority are known to be two persons: it holds a person once. They show what chance brings, by type
and by rarity. Among pairs of two authorities the same chance is at work, and beside it the matches: the share of pairs
that chance does not explain. Expectation-maximisation (Dempster, Laird and Rubin 1977; Fellegi and Sunter 1969 for
linkage) with the logistic form of the weights, so that types which depend on each other are not counted twice.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from exchange.domain.weighing import evidence as evidences
from exchange.domain.weighing import training
from exchange.domain.weighing.evidence import Evidence
from exchange.domain.weighing.weights import TYPE, Weights

ROUNDS: Final = 4
FEWEST: Final = 20
"""Pairs of each kind without which nothing can be learned."""
_STRENGTH: Final = 1.0
"""Inverse of the ridge penalty: stronger than with labels, since what is guessed should not be followed far."""
_SHIPPED: Final = 0.45
"""Probability from which pairs are linked: about half the F1 measure that is expected is the best (Lipton 2014)."""
Floats = NDArray[np.float64]


def start(kinds: Collection[str]) -> Weights:
    """Return weights to look for candidates with before anything was learned: whatever agrees and is rare counts."""
    return Weights(
        version="start",
        profile="N1",
        trained_on=1,
        intercept=0.0,
        agree=dict.fromkeys(kinds, (4.0, 3.5, 3.0, 2.0)),
        differ=dict.fromkeys(kinds, -0.1),
        probable=1000.0,
        possible=-30.0,
        shipped=1000.0,
    )


def learn(across: Sequence[Evidence], within: Sequence[Evidence], ratio: float, persons: int) -> dict[str, Any]:
    """Return a document of weights that is learned from the pairs of two authorities and of one.

    `ratio`: how many pairs across there are to look at for each pair within, found or not.

    Raises:
        ValueError: when there are fewer than `FEWEST` pairs across.
    """
    if len(across) < FEWEST:
        raise ValueError(f"There are fewer than {FEWEST} pairs to learn from.")
    pairs = [*across, *within]
    signs = training.Signs(pairs)
    first = len(across)
    chance = np.full(len(pairs), ratio)
    chance[:first] = 0.0
    match = np.ones(len(pairs))
    match[first:] = 0.0
    for round_ in range(ROUNDS):
        logits, model = signs.fit(match, chance, _STRENGTH)
        if round_ == 0:  # odds of a pair across, however it came about, to chance alone: what exceeds 1 are matches
            likely = np.clip(1 - np.exp(-np.clip(logits[:first], 0, 50)), 0, 1)
        else:
            drawn = chance.sum() / max(1e-9, chance[:first].sum())
            likely = 1 / (1 + np.exp(-np.clip(logits[:first] + math.log(drawn), -50, 50)))
            model["intercept"] = round(model["intercept"] + math.log2(drawn), 3)
        match[:first] = likely
        chance[:first] = 1 - likely
    return {
        "v": 1,
        "typ": TYPE,
        "profile": "N1",
        "version": "learned without labels",
        "trained_on": evidences.magnitude(persons),
        **model,
        "thresholds": {
            "probable": training.logit(training.PROBABLE),
            "possible": training.logit(training.POSSIBLE),
            "shipped": training.logit(_SHIPPED),
        },
    }
