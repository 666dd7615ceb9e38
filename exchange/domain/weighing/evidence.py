"""What the hub knows of a pair of notices: which types of tokens agree, how rare, and which differ.

Missing is not mismatch: a type that one side does not hold stands nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

BANDS: Final = (4, 16, 50)
"""Most persons of each band of rarity; the last band, above 50, is called crowded.

Below five is one band: a notice that a reader may not see must not move what he sees (L22).
"""
CROWDED: Final = len(BANDS) + 1


@dataclass(frozen=True)
class Agreed:
    """A type whose tokens agree: `count` tokens, the rarest of them held by the persons of `band` (1 rare to 4)."""

    type: str
    count: int
    band: int


@dataclass(frozen=True)
class Evidence:
    """The evidence of a pair.

    `differ` are types that both notices hold and of which no token agrees. `population` is the number of persons
    in the index as a binary order of magnitude (`magnitude`).
    """

    agree: tuple[Agreed, ...]
    differ: frozenset[str]
    population: int


def band(persons: int) -> int:
    """Return the band of rarity of a token that so many persons hold: 1 (below five) to 4 (above fifty, crowded)."""
    return next((number for number, most in enumerate(BANDS, 1) if persons <= most), CROWDED)


def magnitude(persons: int) -> int:
    """Return the number of persons as a binary order of magnitude: the bits that the number takes."""
    return persons.bit_length()


def as_json(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as it is stored with a decision, so that the decision can be explained."""
    agree = [[one.type, one.count, one.band] for one in evidence.agree]
    return {"agree": agree, "differ": sorted(evidence.differ), "population": evidence.population}


def of_json(told: Mapping[str, Any]) -> Evidence:
    """Return stored evidence. What was decided before evidence was stored has none."""
    agree = tuple(Agreed(str(kind), int(count), int(place)) for kind, count, place in told.get("agree", ()))
    return Evidence(agree, frozenset(told.get("differ", ())), int(told.get("population", 0)))
