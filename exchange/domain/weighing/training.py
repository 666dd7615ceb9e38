"""Weights learned from pairs of which it is known whether they are one person: logistic regression over their signs.

First the types alone, which is what the index sums up when it looks for candidates; then, on top of that sum, what the
types say together. Both are ridge-penalised, so that a sign that was seen seldom weighs little.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from exchange.domain.weighing import evidence as evidences
from exchange.domain.weighing.evidence import Evidence
from exchange.domain.weighing.signs import together
from exchange.domain.weighing.weights import TYPE

FOLDS: Final = 5
SEED: Final = 20261201
PROBABLE: Final = 0.99
"""Probability from which a link is graded probable."""
POSSIBLE: Final = 0.25
"""Probability from which a link is worth a look, and ties two persons for the withheld set (L24): with a lower one
everybody would hang together with somebody once there are many."""
_STRENGTH: Final = 5.0
"""Inverse of the ridge penalty where labels are known."""
_SELDOM: Final = 15
"""Pairs that must show what types say together before it is given a weight."""
_NOISE: Final = 0.002
"""Difference of two F1 measures that says nothing: some five of the true pairs of persons-train."""
_NOTHING: Final = 1e-4
"""Weight below which a pair is left out of a fit."""
_UNPENALISED: Final = 100.0
"""Scale of the sum over types in the second fit: so large that its factor is not shrunk."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """Evidence of a pair, whether it is one person, and whether it counts when the threshold is set.

    Invented persons teach what chance brings; the threshold is set without them.
    """

    evidence: Evidence
    same: bool
    usual: bool = True


@dataclass(frozen=True)
class Trained:
    """A document of weights, and the bits that each pair got from weights that were learned without it."""

    document: dict[str, Any]
    out_of_fold: Floats


def train(pairs: Sequence[Labelled], persons: int, version: str, usual: int | None = None) -> Trained:
    """Return weights learned from pairs that were found among so many persons, `usual` of them not invented.

    Raises:
        ValueError: when there are fewer than `FOLDS` pairs of either kind.
    """
    same = np.array([pair.same for pair in pairs])
    if min(same.sum(), (~same).sum()) < FOLDS:
        raise ValueError(f"There are fewer than {FOLDS} pairs of either kind.")
    unseen = np.zeros(len(pairs))
    for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(np.zeros(len(pairs)), same):
        model = _fit([pairs[i] for i in learn])
        unseen[test] = [_bits(model, pairs[i].evidence) for i in test]
    counts = np.array([pair.usual for pair in pairs])
    shift = math.log2(persons / (usual or persons))
    document = {
        "v": 1,
        "typ": TYPE,
        "profile": "N1",
        "version": version,
        "trained_on": evidences.magnitude(persons),
        "pairs": {"same": int(same.sum()), "other": int((~same).sum())},
        **_fit(pairs),
        "thresholds": {
            "probable": logit(PROBABLE),
            "possible": logit(POSSIBLE),
            "shipped": round(best_threshold(unseen[counts], same[counts]) + shift, 3),
        },
    }
    return Trained(document, unseen)


def _fit(pairs: Sequence[Labelled]) -> dict[str, Any]:
    same = np.array([float(pair.same) for pair in pairs])
    return Signs([pair.evidence for pair in pairs]).fit(same, 1 - same)[1]


def best_threshold(bits: Floats, same: NDArray[np.bool_]) -> float:
    """Return the bits from which on the F1 measure of all pairs is largest: the middle of where it is, but for noise.

    The measure is flat at its top, and where in it the largest lies is chance.
    """
    order = np.argsort(-bits, kind="stable")
    right = np.cumsum(same[order])
    measure = 2 * right / (np.arange(1, len(order) + 1) + same.sum())
    good = np.flatnonzero(measure >= measure.max() - _NOISE)
    return float(bits[order[[good[0], min(good[-1] + 1, len(order) - 1)]]].mean())


class Signs:
    """The signs of many pairs, as matrices that weights are fitted to: types first, then what they say together."""

    def __init__(self, pairs: Sequence[Evidence]) -> None:
        self._names = sorted({sign for pair in pairs for sign in _types(pair)})
        self._types = _matrix([_types(pair) for pair in pairs], self._names)
        said = [list(together(pair)) for pair in pairs]
        seen = Counter(sign for signs in said for sign in signs)
        self._joint = sorted(sign for sign, times in seen.items() if times >= _SELDOM)
        self._together = _matrix(said, self._joint)

    def fit(self, match: Floats, chance: Floats, strength: float = _STRENGTH) -> tuple[Floats, dict[str, Any]]:
        """Return each pair's log odds (natural) and the model in bits.

        `match` and `chance` are how much each pair counts as one person and as two: 1 and 0 where it is known;
        `strength` is the inverse of the ridge penalty.
        """
        first = _fitted(self._types, match, chance, strength)
        summed = self._types @ first.coef_[0]
        both = np.hstack([self._together, summed[:, None] * _UNPENALISED])
        second = _fitted(both, match, chance, strength)
        factor = second.coef_[0][-1] * _UNPENALISED
        bits = dict(zip(self._names, _in_bits(first.coef_[0] * factor), strict=True))
        kinds = sorted({sign[0] for sign in self._names})
        model = {
            "intercept": _in_bits(second.intercept_)[0],
            "agree": {k: [bits.get((k, b), 0.0) for b in range(1, evidences.CROWDED + 1)] for k in kinds},
            "differ": {k: bits[k, 0] for k in kinds if (k, 0) in bits},
            "together": dict(zip(self._joint, _in_bits(second.coef_[0][:-1]), strict=True)),
        }
        return both @ second.coef_[0] + second.intercept_[0], model


def _fitted(matrix: Floats, match: Floats, chance: Floats, strength: float) -> LogisticRegression:
    weight = np.concatenate([match, chance])
    counts = weight > _NOTHING
    said = np.concatenate([np.ones(len(match)), np.zeros(len(chance))])
    model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200)
    return model.fit(np.vstack([matrix, matrix])[counts], said[counts], sample_weight=weight[counts])


def _bits(model: Mapping[str, Any], evidence: Evidence) -> float:
    said = sum(model["agree"][one.type][one.band - 1] for one in evidence.agree if one.type in model["agree"])
    said += sum(model["differ"].get(kind, 0.0) for kind in evidence.differ)
    return float(model["intercept"] + said + sum(model["together"].get(sign, 0.0) for sign in together(evidence)))


def _types(evidence: Evidence) -> list[tuple[str, int]]:
    """Return each type with the band in which it agrees, 0 where it differs."""
    return [(one.type, one.band) for one in evidence.agree] + [(kind, 0) for kind in evidence.differ]


def _matrix(said: Sequence[Sequence[Any]], names: Sequence[Any]) -> Floats:
    """Return a matrix of 0 and 1: a row for each pair, a column for each name."""
    place = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(said), len(names)))
    for number, signs in enumerate(said):
        found[number, [place[sign] for sign in signs if sign in place]] = 1
    return found


def _in_bits(nats: Floats) -> list[float]:
    return [round(float(one) / math.log(2), 3) for one in nats]


def logit(probability: float) -> float:
    """Return the log odds of a probability, in bits."""
    return round(math.log2(probability / (1 - probability)), 3)
