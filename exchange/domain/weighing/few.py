"""What equal tokens say where two notices hold few types in common: a record with little in it, or another client's.

The weights were learned on records that hold some twenty types; where only a few can be compared, what the others would
have said is not known. Then each kind of evidence, a name with a date and a document, counts once for by its best type,
log2(m / u) as Fellegi and Sunter (1969) have it, and once against by the type that says most where it differs.
"""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.weighing.evidence import CROWDED, Evidence

FEW: Final = 8
"""Types that both notices must hold for the weights to count."""
M_AND_U: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "C1D": (0.86, 8e-7), "C1D0": (0.82, 4e-5), "C1DE": (0.87, 3e-6), "C1MD": (0.94, 4e-6), "C2D": (0.61, 1e-7),
        "C2MD": (0.78, 7e-7), "C2NS": (0.75, 4e-5), "C2Y": (0.80, 5e-6), "CAD": (0.57, 2e-7), "DOB": (0.78, 3e-6),
        "DOC": (0.49, 4e-8), "DOCE": (0.51, 4e-7), "E1D": (0.78, 1e-6), "E2D": (0.72, 1e-6), "E2Y": (0.80, 1e-5),
        "F2Y": (0.72, 2e-6), "V1D": (0.78, 2e-7), "V1Y": (0.82, 6e-5), "V2NS": (0.50, 1e-5), "V2Y": (0.46, 4e-7),
        "W1D": (0.86, 2.8e-6), "W2Y": (0.68, 2.4e-6), "X1D": (0.67, 4e-6), "X2D": (0.28, 4e-7),
        "X2Y": (0.34, 4e-7),
    }
)  # fmt: skip
"""Type -> how often it agrees among true pairs, and among pairs by chance: the greater figure of linkage.md and of
persons-train. `E1D`, `E2D` and `X2D` are of linkage.md; profile N1 makes them no more."""
_DOCUMENT: Final = frozenset({"DOC", "DOCE"})


def is_few(evidence: Evidence, known: int) -> bool:
    """Say whether the two notices hold too few types in common for weights that know so many types."""
    return len(evidence.agree) + len(evidence.differ) < FEW <= known


def bits(evidence: Evidence) -> Iterator[tuple[str, str, int, float]]:
    """Yield what counts, as type, "agrees" or "differs", band and bits. What is crowded counts where nothing else does.

    It makes no probable link (`scoring.score`); were it worth nothing, invented persons could hide somebody.
    """
    for kind in (False, True):
        agreeing = [
            (one.band < CROWDED, _worth(one.type), one.type, one.band)
            for one in evidence.agree
            if one.type in M_AND_U and (one.type in _DOCUMENT) is kind
        ]
        if agreeing:
            _, worth, best, band = max(agreeing)
            yield best, "agrees", band, worth
        differing = [(_against(one), one) for one in evidence.differ & M_AND_U.keys() if (one in _DOCUMENT) is kind]
        if differing:
            worth, worst = min(differing)
            yield worst, "differs", 0, worth


def _worth(kind: str) -> float:
    m, u = M_AND_U[kind]
    return round(math.log2(m / u), 3)


def _against(kind: str) -> float:
    m, u = M_AND_U[kind]
    return round(math.log2((1 - m) / (1 - u)), 3)
