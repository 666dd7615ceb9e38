"""What a pair's evidence says, as signs that weights are given to.

A type is a sign by itself: it agrees, in one of four bands of rarity, or it differs. Types are not independent of each
other, so a few signs say what they show together: how near the names are, and how near the dates.
"""

from collections.abc import Collection, Iterator
from typing import Final

from exchange.domain.weighing.evidence import Evidence

NAMES: Final = ("X2", "V2", "F2", "C2", "W2", "E2", "X1", "V1", "C1", "W1")
"""How near the names are, the nearest first: the first letters of a type that agrees.

X exact letters, V plain letters with vowels, F and C skeletons; W plain letters, of one part the beginning or the end
alone; E coarse skeletons but for one letter; 2 a pair of name parts, 1 one part.
"""
_DATES: Final = (
    ("day", ("C2D", "C1D", "C1D0", "V1D", "X1D", "W1D", "VGD", "DOB")),
    ("near", ("C1DE",)),
    ("birthday", ("C2MD", "C1MD")),
    ("year", ("C2Y", "F2Y", "V2Y", "W2Y", "X2Y", "E2Y", "V1Y")),
    ("era", ("C2NS", "V2NS")),
)
"""How near the dates are, the nearest first, and the types that say so."""


def together(evidence: Evidence) -> Iterator[str]:
    """Yield the signs of what the types show together: names, dates, and both.

    Such as `names V2`, `dates year, one estimated` and `V2, year, one estimated`; and `held no state` where a side does
    not know the nationality, so that less can agree.
    """
    agreeing = {one.type for one in evidence.agree}
    names = next((level for level in NAMES if any(kind.startswith(level) for kind in agreeing)), "none")
    dates = next((level for level, kinds in _DATES if agreeing.intersection(kinds)), "none")
    dates = f"{dates}, {_known(agreeing | evidence.differ)}"
    yield f"names {names}"
    yield f"dates {dates}"
    if "C2Y" in agreeing | evidence.differ and "C2NS" not in agreeing | evidence.differ:
        yield "held no state"
    yield f"{names}, {dates}"


def _known(held: Collection[str]) -> str:
    """Say how much both sides know of the birth date, by the types that both hold."""
    if "C1D" in held:
        return "both known"
    if "C1D0" in held:
        return "both estimated"
    return "one estimated" if "C2Y" in held else "one unknown"
