"""The letter tables: what the letters of a script may stand for, and what each reading costs.

The tables are package data, one text file a script (exchange/data/letters, written by hand from the sources that each
file names): a key and its readings. A reading is written in sounds, one ASCII letter each: `b p f v d t s z k g h m n l
r`, `S` sh, `Z` zh, `C` ch, `J` dzh, `c` ts, `y a e i o u` glides and vowels. `costs.json` says how often each reading
of a key holds in which context, in hundredths of a nat; benchmarks/learn_letters.py makes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, cast

from exchange.wire.encoding import read_json

START: Final = "^"
END: Final = "$"
SILENCE: Final = "-"
ANY: Final = "*"
"""The context of a cost that holds wherever nothing nearer is known."""
_CONSONANT: Final = "c"
_FRONT: Final = "e"
_BACK: Final = "a"
_UNKNOWN: Final = 100
"""Cost of a further reading of a key that no training pair showed."""


@dataclass(frozen=True, slots=True)
class Token:
    """A key found in a word, with what stands before and after it: start, end, consonant, front or back vowel."""

    key: str
    context: str


@dataclass(frozen=True, slots=True)
class Script:
    """One script: `readings` by key, `lengths` of keys by their first character, `costs` by key and context.

    `like` holds letters of other scripts that are typed in place of its own.
    """

    name: str
    readings: Mapping[str, tuple[str, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    vowels: frozenset[str]
    front: frozenset[str]
    like: Mapping[str, str]
    costs: Mapping[str, Mapping[str, tuple[int, ...]]]

    def tokens(self, word: str) -> Iterator[Token]:
        """Yield the keys of a folded word from its start, the longest that fits; letters without a key are skipped."""
        text = f"{START}{word}{END}"
        at, last = 0, len(text) - 1
        while at < last:
            key = self._key(text, at)
            if key:
                yield Token(key, self._context(text, max(at, 1), at + len(key)))
            at += len(key) or 1

    def options(self, token: Token) -> Iterator[tuple[str, int]]:
        """Yield each reading of a token with its cost."""
        readings = self.readings[token.key]
        known = self.costs.get(token.key, {})
        costs = known.get(token.context) or known.get(ANY) or range(0, _UNKNOWN * len(readings), _UNKNOWN)
        yield from zip(readings, costs, strict=True)

    def _key(self, text: str, at: int) -> str:
        for length in self.lengths.get(text[at], ()):
            key = text[at : at + length]
            if key in self.readings:
                return key
        return ""

    def _context(self, text: str, start: int, end: int) -> str:
        last = len(text) - 1
        return (START if start == 1 else self._kind(text[start - 1])) + (END if end >= last else self._kind(text[end]))

    def _kind(self, letter: str) -> str:
        if letter in self.front:
            return _FRONT
        return _BACK if letter in self.vowels else _CONSONANT


def _read(name: str, costs: Mapping[str, Mapping[str, list[int]]]) -> Script:
    """Read a table; a vowel letter without a line stands for a vowel."""
    said: dict[str, list[str]] = {}
    for line in _FOLDER.joinpath(f"{name}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            key, *readings = line.split()
            said[key] = readings
    vowels, front = ("".join(said.pop(f"@{word}", [])) for word in ("vowels", "front"))
    like = {pair[0]: pair[1] for pair in said.pop("@like", [])}
    table: dict[str, tuple[str, ...]] = {letter: ("i" if letter in front else "a",) for letter in vowels}
    table |= {key: tuple("" if one == SILENCE else one for one in readings) for key, readings in said.items()}
    lengths: dict[str, set[int]] = {}
    for key in table:
        lengths.setdefault(key[0], set()).add(len(key))
    return Script(
        name=name,
        readings=MappingProxyType(table),
        lengths={first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
        vowels=frozenset(vowels),
        front=frozenset(front),
        like=like,
        costs={key: {context: tuple(cost) for context, cost in of.items()} for key, of in costs.items()},
    )


_FOLDER: Final = resources.files("exchange") / "data" / "letters"
NAMES: Final = ("latin", "cyrillic", "arabic", "georgian", "armenian", "greek", "hebrew", "ethiopic")


def read_scripts(costs: Mapping[str, Any]) -> Mapping[str, Script]:
    """Return every script by its name, with these costs by script, key and context."""
    return MappingProxyType({name: _read(name, costs.get(name, {})) for name in NAMES})


def read_particles() -> frozenset[str]:
    """Return the words of names that one office writes and another leaves out."""
    lines = _FOLDER.joinpath("particles.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


SCRIPTS: Final = read_scripts(cast("dict[str, Any]", read_json(_FOLDER.joinpath("costs.json").read_bytes()))["costs"])
