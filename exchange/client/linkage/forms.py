"""The forms in which a name part is compared, from the roughest to the letters as they are, the likeliest first."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from exchange.client.linkage import skeletons, vowelled
from exchange.client.linkage.folding import fold
from exchange.client.linkage.letters import SCRIPTS

Form = tuple[str, int]
"""A text, and what its reading costs in hundredths of a nat."""
_CACHE: Final = 65_536


def _ranked(part: str, held: frozenset[str], classes: Mapping[str, str]) -> tuple[Form, ...]:
    script, word = fold(part)
    costs = skeletons.readings(SCRIPTS[script], word, classes) if len(held) > 1 else {}
    return tuple(sorted(((text, costs.get(text, 0)) for text in held), key=lambda form: (form[1], form[0])))


@lru_cache(maxsize=_CACHE)
def coarse(part: str) -> tuple[Form, ...]:
    """Return the coarse skeletons."""
    return _ranked(part, skeletons.coarse(part), skeletons.COARSE)


@lru_cache(maxsize=_CACHE)
def fine(part: str) -> tuple[Form, ...]:
    """Return the fine skeletons."""
    return _ranked(part, skeletons.fine(part), skeletons.FINE)


def plain(part: str) -> tuple[Form, ...]:
    """Return the plain letters with vowels."""
    return tuple((text, 0) for text in sorted(vowelled.vowelled(part)))


def exact(part: str) -> tuple[Form, ...]:
    """Return the letters as they are spelled, in ASCII."""
    return tuple((text, 0) for text in sorted(skeletons.exact(part)))


FORMS: Final[Mapping[str, Callable[[str], tuple[Form, ...]]]] = MappingProxyType(
    {"C": coarse, "F": fine, "V": plain, "X": exact}
)
"""First letter of a type of key -> the forms that it compares."""
