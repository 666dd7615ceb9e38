"""The weights that turn evidence into a score: versioned, and read from a JSON document that is signed as it stands."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from exchange.domain.errors import Refusal
from exchange.domain.weighing import few
from exchange.domain.weighing.evidence import CROWDED

TYPE: Final = "asylum-exchange-link-weights"
MOST: Final = 40.0
"""Bits that one sign may weigh."""


@dataclass(frozen=True)
class Weights:
    """Weights in bits (logarithms to base 2 of odds).

    `agree` and `differ` are by type of token, `agree` then by band of rarity (1 rare to 4 crowded); `together` are by
    sign (`signs.together`). `trained_on` is the number of persons among whom the weights were learned, as a binary
    order of magnitude (`evidence.magnitude`). `probable` and `possible` are the least bits of these grades; `shipped`
    are those at which precision and recall are told.
    """

    version: str
    profile: str
    trained_on: int
    intercept: float
    agree: Mapping[str, tuple[float, ...]]
    differ: Mapping[str, float]
    probable: float
    possible: float
    shipped: float
    together: Mapping[str, float] = field(default_factory=dict)

    @property
    def kinds(self) -> frozenset[str]:
        """Return the types of token that say anything."""
        return frozenset(few.M_AND_U.keys() | self.agree.keys() | self.differ.keys())

    def prior(self, population: int) -> float:
        """Return the bits before any evidence: the more persons there are, the less one pair is expected."""
        return self.intercept - (population - self.trained_on)

    @property
    def near(self) -> float:
        """Return the bits that signs of several types add at most: what a sum over types alone may be short of."""
        best: dict[str, float] = {}
        for sign, bits in self.together.items():
            group = sign.partition(" ")[0] if sign.startswith(("names ", "dates ", "held ")) else ""
            best[group] = max(best.get(group, 0.0), bits)
        return sum(best.values())


def read(document: Mapping[str, Any]) -> Weights:
    """Return the weights that a document holds.

    Raises:
        Refusal: `bad-link-weights` when the document is not of this form.
    """
    try:
        return _read(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refusal("bad-link-weights", f"The weights are not of the form: {type(error).__name__}.") from None


def _read(document: Mapping[str, Any]) -> Weights:
    if document["v"] != 1 or document["typ"] != TYPE:
        raise ValueError
    thresholds = document["thresholds"]
    found = Weights(
        version=str(document["version"]),
        profile=str(document["profile"]),
        trained_on=int(document["trained_on"]),
        intercept=float(document["intercept"]),
        agree={str(kind): tuple(map(float, bits)) for kind, bits in document["agree"].items()},
        differ={str(kind): float(bits) for kind, bits in document["differ"].items()},
        probable=float(thresholds["probable"]),
        possible=float(thresholds["possible"]),
        shipped=float(thresholds["shipped"]),
        together={str(sign): float(bits) for sign, bits in document.get("together", {}).items()},
    )
    _check(found)
    return found


def _check(found: Weights) -> None:
    """Raise ValueError for weights that would decide nonsense: no numbers, bands that lack, a probable below possible.

    More than `MOST` bits for one sign is no weight that anything was learned from: it would link by one sign alone.
    """
    said = [*found.differ.values(), *found.together.values(), *chain.from_iterable(found.agree.values())]
    numbers = [*said, found.intercept, found.probable, found.possible, found.shipped]
    if not found.agree or not all(math.isfinite(one) for one in numbers) or any(abs(one) > MOST for one in said):
        raise ValueError
    if any(len(bits) != CROWDED for bits in found.agree.values()) or found.probable < found.possible:
        raise ValueError
