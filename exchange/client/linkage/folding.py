"""A name part as it is written becomes a folded word of one script: no case, no punctuation, no variant of a letter."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from anyascii import anyascii

from exchange.client.linkage.letters import SCRIPTS

LONGEST: Final = 40
"""Letters of a name part that are looked at."""
_TEXT: Final = 4096
"""Characters of a name part that are looked at before it is folded."""
OTHER: Final = ""
_BLOCKS: Final = (
    (0x0250, "latin"), (0x0370, OTHER), (0x0400, "greek"), (0x0530, "cyrillic"), (0x0590, "armenian"),
    (0x0600, "hebrew"), (0x0700, "arabic"), (0x0750, OTHER), (0x0780, "arabic"), (0x0870, OTHER),
    (0x0900, "arabic"), (0x10A0, OTHER), (0x1100, "georgian"), (0x1200, OTHER), (0x13A0, "ethiopic"),
    (0x1C80, OTHER), (0x1C90, "cyrillic"), (0x1CC0, "georgian"), (0x1E00, OTHER), (0x1F00, "latin"),
    (0x2000, "greek"), (0x2C60, OTHER), (0x2C80, "latin"), (0x2D00, OTHER), (0x2D30, "georgian"),
    (0x2D80, OTHER), (0x2DE0, "ethiopic"), (0x2E00, "cyrillic"), (0xA640, OTHER), (0xA6A0, "cyrillic"),
)  # fmt: skip
"""End of each block of Unicode and its script, as far as names need it."""
_PLAIN: Final[Mapping[int, str]] = MappingProxyType({0x0131: "i", 0x04CF: "", 0x0640: ""})
"""Letters that case folding leaves apart: dotless i is i; the Caucasian palochka and the Arabic kashida say nothing."""
_WIDE: Final[Mapping[int, str]] = MappingProxyType(
    {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ø"): "oe", ord("å"): "aa"}
)


def fold(part: str) -> tuple[str, str]:
    """Return the name of the script of a name part and its folded word, at most `LONGEST` letters; "" has no letters.

    Compatibility forms are resolved (NFKC), letters lower case, marks dropped unless the script's table knows the
    letter with its mark. Letters of other scripts that look like one of this script's become that; Devanagari, Han and
    all that has no table are romanised.
    """
    plain = _plain(part)
    script = _most(plain)
    if script == OTHER:
        return "latin", _romanised(plain)
    return script, "".join(_letter(script, one) for one in plain[: 2 * LONGEST])[:LONGEST]


def script_of(part: str) -> str:
    """Return the script that most letters of a name part are in; "" when it has no table or there is no letter."""
    return _most(_plain(part))


def spelled(part: str) -> tuple[str, ...]:
    """Return the ASCII spellings of a name part: of its letters, and with ae, oe, ue, aa for the Nordic and German."""
    plain = _plain(part)
    return tuple(dict.fromkeys(map(_romanised, (plain, plain.translate(_WIDE)))))


def _most(plain: str) -> str:
    found = Counter(filter(None, map(_script, filter(str.isalpha, plain)))).most_common(1)
    return found[0][0] if found else OTHER


def _plain(part: str) -> str:
    """Return the letters of a part and their marks, composed and in lower case."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", part[:_TEXT]).casefold()).translate(_PLAIN)
    return "".join(one for one in folded if one.isalpha() or unicodedata.category(one).startswith("M"))


def _romanised(plain: str) -> str:
    return "".join(letter for letter in anyascii(plain[: 2 * LONGEST]).lower() if letter.isalpha())[:LONGEST]


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    code = ord(letter)
    if code >= _BLOCKS[-1][0]:
        return OTHER
    return next(script for end, script in _BLOCKS if code < end)


@lru_cache(maxsize=8192)
def _letter(name: str, letter: str) -> str:
    """Return a letter as the script's table has it: itself, what it looks like, or itself without its marks."""
    script = SCRIPTS[name]
    for one in (letter, script.like.get(letter, "")):
        if one in script.vowels or one in script.readings:
            return one
    bare = "".join(one for one in unicodedata.normalize("NFD", letter) if not unicodedata.combining(one))
    if _script(letter) == name:
        return bare
    return anyascii(bare).lower() if name == "latin" else ""
