"""Skeletons of a name part: short strings that the spellings of one name share, in whatever script they are.

A skeleton holds the classes of the consonants, and `A` at the start for a name that starts with a vowel. A letter may
have several readings (Polish ch and English ch); each has a cost, learned from pairs of spellings, and the three
cheapest skeletons are kept. Profile N1: what these functions return is frozen by tests/vectors/linkage-names.json.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from exchange.client.linkage.folding import fold, spelled
from exchange.client.linkage.letters import SCRIPTS, Script, Token

READINGS: Final = 3
"""Skeletons of one name part that are kept."""
_CACHE: Final = 65_536
_BEAM: Final = 12
"""Readings of the start of a word that are followed."""
_LIMITS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType({"latin": (200, 200, 400)})
_LIMIT: Final = (400, 400)
"""Cost above the cheapest up to which a skeleton of one, two (three) letters is kept: chance matches are made of short
ones, most of all in Latin letters, which are read by many orthographies."""
_TOLD_APART: Final = 2
"""Letters up to which a coarse skeleton tells h from k: there, taking them for one makes most of the chance matches."""
_ENDINGS: Final = ("ienė", "aitė", "ytė", "utė", "ijus", "ejus", "ius", "jus", "as", "is", "us", "ys", "ė")
"""Endings of Lithuanian names, the longest first; source: Lithuanian Language Commission, resolution 60 (2006)."""
_HONORIFICS: Final = ("jon", "xon", "khon", "bek", "жон", "ҷон", "хон", "бек")
"""Uzbek and Tajik words at the end of a given name that one office writes and another leaves out: Odil, Odiljon."""
_STEM: Final = 3
"""Letters that must stand before an ending or an honorific."""
_TWICE: Final = 2
VOWEL: Final = "."
"""The class of vowels and glides while a word is read."""
UNDOUBLED: Final = frozenset({"latin", "cyrillic", "georgian", "armenian", "greek", "ethiopic"})
"""Scripts that write vowels: there two equal classes side by side are one. In Arabic and Hebrew a vowel is between."""


def _classes(groups: str) -> Mapping[str, str]:
    said = dict.fromkeys("aeiouy", VOWEL)
    said |= {sound: group[0].upper() for group in groups.split() for sound in group}
    return MappingProxyType(said)


FINE: Final = MappingProxyType({**_classes("bp vf dt sz kg h m n l r"), **dict.fromkeys("SZCJc", "C")})
"""Sound -> its fine class: voiced and voiceless together; hissing and hushing sounds apart."""
COARSE: Final = MappingProxyType({**FINE, **dict.fromkeys("SZCJc", "S")})
"""Sound -> its coarse class: hissing and hushing sounds together. What `_rougher` says holds for a whole skeleton."""


def coarse(part: str) -> frozenset[str]:
    """Return the coarse skeletons of a name part: none when it has no letter, at most three. Cost: some 25 µs."""
    return _coarse(*fold(part))


def fine(part: str) -> frozenset[str]:
    """Return the fine skeletons of a name part: s and z apart from sh, zh, ch, j and ts, and h from k, always."""
    return _fine(*fold(part))


def exact(part: str) -> frozenset[str]:
    """Return the ASCII spellings of a name part, lower case letters alone: none, one, or two (ue for ü)."""
    return frozenset(filter(None, spelled(part)))


@lru_cache(maxsize=_CACHE)
def _coarse(script: str, word: str) -> frozenset[str]:
    return kept(readings(SCRIPTS[script], word, COARSE), _LIMITS.get(script, _LIMIT))


@lru_cache(maxsize=_CACHE)
def _fine(script: str, word: str) -> frozenset[str]:
    return kept(readings(SCRIPTS[script], word, FINE), _LIMITS.get(script, _LIMIT))


def readings(script: Script, word: str, classes: Mapping[str, str]) -> dict[str, int]:
    """Return every skeleton of a folded word that was followed, with its cost in hundredths of a nat.

    A word with a Lithuanian ending is read twice, once as Lithuanian, and one with an honorific also without it: the
    likeliest skeleton of either costs nothing.
    """
    found = _readings(script, word, classes)
    other = (_as_lithuanian(word) if script.name == "latin" else "") or _without_honorific(word)
    if other:
        least = min(found.values(), default=0)
        found = {text: cost - least for text, cost in found.items()}
        also = _readings(script, other, classes)
        least = min(also.values(), default=0)
        for text, cost in also.items():
            found[text] = min(found.get(text, cost), cost - least)
    return found


def _as_lithuanian(word: str) -> str:
    """Return a word without its Lithuanian ending and in letters that all orthographies read alike, or nothing.

    Lithuanian declines foreign names, and writes kh as ch, y as j, and ts as c (Зелимхан is Zelimchanas). A word with
    two ch is read so too, whatever its end: no orthography has both sounds.
    """
    ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _STEM), "")
    if not ending and word.count("ch") < _TWICE:
        return ""
    stem = word.removesuffix(ending).replace("ch", "kh")
    return stem.replace("j", "y").replace("c", "ts") if ending else stem


def _without_honorific(word: str) -> str:
    """Return a word without its honorific, or nothing."""
    stem = next((word.removesuffix(end) for end in _HONORIFICS if word.endswith(end)), "")
    return stem if len(stem) >= _STEM else ""


def _readings(script: Script, word: str, classes: Mapping[str, str]) -> dict[str, int]:
    undoubled = script.name in UNDOUBLED
    found = {"": 0}
    for token in script.tokens(word):
        options = _options(script.name, token, classes is COARSE)
        longer: dict[str, int] = {}
        for start, spent in found.items():
            for classed, cost in options:
                text = joined(start, classed, undoubled=undoubled)
                _cheaper(longer, text, spent + cost)
        found = longer if len(longer) <= _BEAM else dict(_cheapest(longer)[:_BEAM])
    ends: dict[str, int] = {}
    for text, cost in found.items():
        skeleton = whole(text)
        _cheaper(ends, _rougher(skeleton) if classes is COARSE else skeleton, cost)
    ends.pop("", None)
    return ends


def _rougher(skeleton: str) -> str:
    """Return a coarse skeleton with K for H (Hüseyin and Guseyn, Rachimi and Rahimi), unless it is short."""
    return skeleton.replace("H", "K") if len(skeleton) > _TOLD_APART else skeleton


def kept(found: Mapping[str, int], limits: tuple[int, ...]) -> frozenset[str]:
    """Return the cheapest three of some skeletons; one of n letters costs at most limits[n - 1] above the cheapest."""
    ranked = _cheapest(found)
    near = [text for text, cost in ranked if len(text) > len(limits) or cost <= ranked[0][1] + limits[len(text) - 1]]
    return frozenset(near[:READINGS])


@lru_cache(maxsize=_CACHE)
def _options(script: str, token: Token, is_coarse: bool) -> tuple[tuple[str, int], ...]:  # noqa: FBT001 -- a cache key
    """Return the readings of a token in classes, each once and with its lowest cost."""
    classes = COARSE if is_coarse else FINE
    found: dict[str, int] = {}
    for reading, cost in SCRIPTS[script].options(token):
        _cheaper(found, "".join(classes[sound] for sound in reading), cost)
    return tuple(found.items())


def joined(start: str, classed: str, *, undoubled: bool) -> str:
    """Return the start of a word with one more reading in classes; vowels side by side are one."""
    text = start
    for one in classed:
        if text[-1:] != one or not (undoubled or one == VOWEL):
            text += one
    return text


def whole(text: str) -> str:
    """Return the skeleton of a word in classes: vowels dropped, but remembered at the start."""
    return ("A" if text.startswith(VOWEL) else "") + text.replace(VOWEL, "")


def _cheaper(found: dict[str, int], text: str, cost: int) -> None:
    if found.get(text, cost) >= cost:
        found[text] = cost


def _cheapest(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda one: (one[1], one[0]))
