"""Evidence and weights to a score: how probable it is that two notices concern one person, and why."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exchange.domain.weighing import few
from exchange.domain.weighing.evidence import CROWDED, Evidence
from exchange.domain.weighing.signs import together
from exchange.domain.weighing.weights import Weights

_MOST: Final = 60.0
"""Bits above which a probability is 1 for a float."""


@dataclass(frozen=True)
class Part:
    """One reason of a score: a type of token that "agrees" or "differs", in which band of rarity, worth how many bits.

    Where `says` is "together", `type` is a sign of several types (`signs.together`) and `band` is 0.
    """

    type: str
    says: str
    band: int
    bits: float


@dataclass(frozen=True)
class Score:
    """How sure a link is.

    `bits` is the logarithm to base 2 of the odds, `probability` the same as a probability; `weight` is how much was
    compared: the sum of what the parts say for and against, in bits. `grade` is "probable", "possible" or "none".
    """

    bits: float
    probability: float
    weight: float
    grade: str
    parts: tuple[Part, ...]


def score(evidence: Evidence, weights: Weights) -> Score:
    """Return the score of a pair: the prior, what each type says, and what they say together.

    Of a pair with few types in common each kind of evidence says its best (`few`); the prior then is one in as many
    persons as there are.
    """
    is_few = few.is_few(evidence, len(weights.agree))
    parts = tuple(Part(*said) for said in few.bits(evidence)) if is_few else tuple(_parts(evidence, weights))
    prior = -float(evidence.population) if is_few else weights.prior(evidence.population)
    bits = prior + math.fsum(part.bits for part in parts)
    probability = 1 / (1 + 2 ** -max(-_MOST, min(_MOST, bits)))
    sure = prior + math.fsum(part.bits for part in parts if not (is_few and part.band == CROWDED))
    grade = "none"
    if bits >= weights.possible:
        grade = "probable" if sure >= weights.probable and _may_join(evidence) else "possible"
    return Score(bits, probability, math.fsum(abs(part.bits) for part in parts), grade, parts)


def _parts(evidence: Evidence, weights: Weights) -> Iterator[Part]:
    for one in evidence.agree:
        if one.type in weights.agree:
            yield Part(one.type, "agrees", one.band, weights.agree[one.type][one.band - 1])
    for kind in sorted(evidence.differ & weights.differ.keys()):
        yield Part(kind, "differs", 0, weights.differ[kind])
    for sign in together(evidence):
        if sign in weights.together:
            yield Part(sign, "together", 0, weights.together[sign])


def _may_join(evidence: Evidence) -> bool:
    """Say whether two notices may be taken for one person without anybody looking, however likely it is.

    Two types must agree (record 0006), and two name parts that are not crowded: brothers and sisters have one, children
    stand on one passport, and weights cannot know how many families there are. Twins have a family name and a day, and
    given names that sound alike or begin alike: where the day is the same and one part is spelled alike but no pair is,
    unless that part is the given name, or where double names differ, it is for a person to see. So it is where both
    know but a year of birth, unless a document agrees.
    """
    pairs = {one.type for one in evidence.agree if one.type[1] == "2" and one.band < CROWDED}
    agreeing = {one.type for one in evidence.agree}
    spelled = agreeing & (_TWO_SPELLED | {_GIVEN})
    one_day = _SAME_DAY in agreeing and bool(agreeing & _ONE_SPELLED)
    like_twins = one_day and not spelled and bool(evidence.differ & _TWO_SPELLED)
    by_year = {_DAY, _ESTIMATE} & (agreeing | evidence.differ) == {_ESTIMATE} and _DOCUMENT not in agreeing
    return bool(pairs) and len(agreeing) > 1 and not (like_twins or by_year or _DOUBLE in evidence.differ)


_DOUBLE: Final = "CAD"
_DOCUMENT: Final = "DOC"
_DAY: Final = "C1D"
_SAME_DAY: Final = "C1DE"
_ESTIMATE: Final = "C1D0"
_GIVEN: Final = "VGD"
_ONE_SPELLED: Final = frozenset({"X1D", "V1D", "V1Y"})
_TWO_SPELLED: Final = frozenset({"V2Y", "V2NS", "X2Y"})
