"""A name part with its vowels, in plain letters: what spellings by one table share that skeletons do not tell apart.

Between a skeleton, which has consonants alone, and the exact letters: it tells Amin from Yamina, and holds Mateen and
Metin for near. Latin digraphs become one letter, vowels fall into three classes, doubled letters into one.
"""

import re
from functools import lru_cache
from typing import Final

from exchange.client.linkage.skeletons import exact

_CACHE: Final = 65_536
_SOUNDS: Final[dict[str, str]] = {
    **dict.fromkeys(("sch", "sh", "sz", "zh"), "s"),
    **dict.fromkeys(("tch", "dzh", "ch", "ts", "tz", "cz"), "c"),
    "kh": "h",
    "gh": "g",
    "ph": "f",
    "th": "t",
    **dict.fromkeys(("ou", "oo", "yu", "ju", "o", "w"), "u"),
    **dict.fromkeys(("ee", "ei", "ey", "y", "j"), "i"),
    **dict.fromkeys(("ai", "ay", "ye", "je", "ie"), "e"),
    **dict.fromkeys(("ya", "ia", "ja"), "a"),
    "q": "k",
    "z": "s",
}
_SOUND: Final = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_ENDING: Final = 4
"""Letters above which an -s at the end is taken for the ending of a Baltic or Greek nominative."""


@lru_cache(maxsize=_CACHE)
def vowelled(part: str) -> frozenset[str]:
    """Return the plain forms of a name part; one for each exact form of it."""
    return frozenset(filter(None, map(_plain, exact(part))))


def _plain(letters: str) -> str:
    sounds = re.sub(r"(.)\1+", r"\1", _SOUND.sub(lambda found: _SOUNDS[found[0]], letters))
    if len(sounds) > _ENDING:
        sounds = sounds.rstrip("s")
    return sounds.rstrip("ah") or sounds
