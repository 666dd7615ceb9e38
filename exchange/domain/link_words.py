"""Why tokens speak for a link, or against it, in words: which composites agree, how rare that is, how much it weighs.

Never a name: the exchange has none. A type of token says what it was made of, and not what that was.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from exchange.domain.weighing.scoring import Part, Score

TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "C2D": "two name parts by their consonants, and the birth date",
        "C2MD": "two name parts by their consonants, and day and month of birth",
        "C2Y": "two name parts by their consonants, sex, and the year of birth or the one beside it",
        "C2NS": "two name parts by their consonants, sex, nationality, and about the same age",
        "E2Y": "two name parts by their consonants but for one of them, and the year of birth",
        "F2Y": "two name parts by their finer consonants, and the year of birth",
        "V2Y": "two name parts with their vowels, and the year of birth",
        "V2NS": "two name parts with their vowels, and about the same age",
        "W2Y": "two name parts with their vowels, of one its first or last three letters, and the year of birth",
        "X2Y": "two name parts as they are spelled, and the year of birth",
        "C1D": "one name part by its consonants, sex, and the birth date",
        "C1DE": "one name part by its consonants, sex, and the birth date but for a digit of the day",
        "C1MD": "one name part by its consonants, sex, day and month of birth, and about the same age",
        "C1D0": "one name part by its consonants, sex, nationality and year of birth, where no day is known",
        "V1D": "one name part with its vowels, and the birth date",
        "V1Y": "one name part with its vowels, sex, and the year of birth",
        "X1D": "one name part as it is spelled, and the birth date",
        "W1D": "the first or last three letters of a name part with its vowels, and the birth date",
        "CAD": "all name parts of a double name by their consonants, and the birth date",
        "VGD": "the whole given name with its vowels, and the birth date",
        "DOB": "birth date, sex and nationality",
        "DOC": "a document: its number, type and issuer",
        "DOCE": "a document but for one character of its number",
    }
)
"""Type of token -> what it is made of (docs/linkage.md)."""
RARITY: Final[Mapping[int, str]] = MappingProxyType(
    {1: "at most four persons", 2: "5 to 16 persons", 3: "17 to 50 persons", 4: "more than fifty persons"}
)
"""Band of rarity -> how many persons hold what agrees. Fewer than five is one band (L22)."""
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X2": "two name parts are spelled alike",
        "V2": "two name parts agree with their vowels",
        "F2": "two name parts agree in their finer consonants",
        "C2": "two name parts agree in their consonants",
        "W2": "two name parts agree with their vowels, one of them only at its beginning or end",
        "E2": "two name parts agree in their consonants but for one",
        "X1": "one name part is spelled alike",
        "V1": "one name part agrees with its vowels",
        "C1": "one name part agrees in its consonants",
        "W1": "one name part agrees with its vowels at its beginning or end",
        "none": "no name agrees",
    }
)
_DATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "day": "the birth date agrees",
        "near": "the birth date agrees but for a digit",
        "birthday": "day and month of birth agree",
        "year": "the year of birth agrees",
        "era": "the age is about the same",
        "none": "no birth date agrees",
    }
)
"""What `exchange.domain.weighing.signs` sees together: how near the names are, and the dates."""
SAYS = AGREES, DIFFERS, TOGETHER = ("agrees", "differs", "together")
"""Whether a type of token agrees or differs, or several show something together."""


def told(score: Score, weights: str) -> dict[str, Any]:
    """Return the score of a link as it is shown, in whole bits, the weightiest reason first; `weights` is a version."""
    parts = sorted(score.parts, key=lambda part: (-abs(part.bits), part.type))
    return {
        "weights": weights,
        "bits": round(score.bits),
        "weight": round(score.weight),
        "reasons": [
            {"type": part.type, "says": part.says, "bits": round(part.bits), "words": _words(part)} for part in parts
        ],
    }


def _words(part: Part) -> str:
    if part.says == TOGETHER:
        return f"Taken together: {_sign(part.type)}."
    made_of = TYPES.get(part.type, f"what the type {part.type} is made of")
    if part.says == DIFFERS:
        return f"Both hold {made_of}, and these differ."
    rarity = RARITY.get(part.band)
    return f"The same: {made_of}" + (f"; held by {rarity}." if rarity else ".")


def _sign(sign: str) -> str:
    """Return a sign of several types in words; one that is new is returned as it is."""
    first, *rest = sign.removeprefix("dates ").split(", ")
    said = [_NAMES.get(first.removeprefix("names ")) if not sign.startswith("dates ") else _DATES.get(first)]
    said += [_DATES.get(one, one) for one in rest]
    return ", ".join(str(one) for one in said) if said[0] else sign
