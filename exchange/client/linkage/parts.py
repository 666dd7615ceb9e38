"""A spelling of a name becomes name parts: given, family, patronymic; particles dropped; at most four parts."""

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from exchange.client.linkage.letters import read_particles

MOST: Final = 4
"""Parts of one spelling that are looked at."""
LONGEST: Final = 64
"""Characters of one part that are looked at."""
_TEXT: Final = 1024
"""Characters of one field that are looked at."""
PARTICLES: Final = read_particles()
"""Words that one office writes and another leaves out. They count only where a name has nothing else."""
_JOINERS: Final = frozenset(
    "'`\u00b4\u00b7\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2018\u2019\u2032\u05f3\u05f4\u0640"
)
"""Marks inside a word, written or not: apostrophes, the Catalan middle dot, geresh, kashida."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One name part and which part of the name it is: given, family or patronymic. The text never shows in a repr."""

    role: str
    text: str = field(repr=False)


def parts(given: str, family: str = "", patronymic: str = "") -> tuple[Part, ...]:
    """Return at most four parts of one spelling, each once: the first word of each field before all further words."""
    found = [
        [Part(role, word) for word in words(text)]
        for role, text in (("given", given), ("family", family), ("patronymic", patronymic))
    ]
    firsts = [of[0] for of in found if of]
    rest = [part for of in found for part in of[1:]]
    return tuple(dict.fromkeys(firsts + rest))[:MOST]


def words(text: str) -> list[str]:
    """Return the words of one field of a name, in lower case, without particles unless nothing else is there."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:_TEXT]).casefold())
    found = [word[:LONGEST] for word in "".join(map(_place, folded)).split()]
    return [word for word in found if word not in PARTICLES] or found


@lru_cache(maxsize=8192)
def _place(character: str) -> str:
    """Return a letter, mark or digit as it is, nothing for what stands inside words, a space for all else."""
    if character in _JOINERS or unicodedata.category(character) == "Cf":
        return ""
    return character if unicodedata.category(character)[0] in "LMN" else " "
