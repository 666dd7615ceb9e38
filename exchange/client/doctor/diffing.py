"""The first difference between two signature bases, told so that a person sees it: what no eye sees gets a name."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "nothing more",
        "\n": "the end of the line (LF)",
        "\r": "a carriage return (CR)",
        "\t": "a tab",
        " ": "a space",
        "\u00a0": "a no-break space (U+00A0)",
        "\ufeff": "a byte order mark (U+FEFF)",
        '"': 'a straight double quote "',
        "'": "a straight single quote '",
        "\u201c": "a curly quote (U+201C)",
        "\u201d": "a curly quote (U+201D)",
    }
)
_SHOWN: Final = str.maketrans({"\r": "␍", "\t": "␉", "\u00a0": "⍽", "\ufeff": "⌖"})


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two bases part: line and character count from 1; `ours` and `yours` name what stands there."""

    line: int
    character: int
    ours: str
    yours: str
    words: str


def text_of(base: bytes) -> str:
    """Return a base from a file as text; bytes that are no UTF-8 are shown one character each."""
    try:
        return base.decode("utf-8")
    except UnicodeDecodeError:
        return base.decode("latin-1")


def first_difference(ours: str, yours: str) -> Difference | None:
    """Return where `yours` first differs from `ours`, or None when they are the same."""
    if ours == yours:
        return None
    at = next((i for i, (a, b) in enumerate(zip(ours, yours, strict=False)) if a != b), min(len(ours), len(yours)))
    line = ours.count("\n", 0, at) + 1
    character = at - (ours.rfind("\n", 0, at) + 1) + 1
    return Difference(line, character, _name(ours, at), _name(yours, at), _why(ours, yours, at))


def _name(text: str, at: int) -> str:
    found = text[at : at + 1]
    rest = text[at:].partition("\n")[0]
    if found and rest and rest.strip(" \t\r") == "" and rest != "\r":
        return f"{_named(found)} at the end of the line"
    return _named(found)


def _named(character: str) -> str:
    if character in _NAMES:
        return _NAMES[character]
    if "!" <= character <= "~":
        return character
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _why(ours: str, yours: str, at: int) -> str:
    """Return in words what the difference is, the whole text before the one line."""
    whole = [
        (yours == ours + "\n", "There is a line feed behind the last line: the base ends without one."),
        (yours.replace("\r\n", "\n") in (ours, ours + "\n"), "The lines end with CR LF: they are joined by LF alone."),
        (yours.replace("\\n", "\n") == ours, "The lines are joined by a backslash and an n, not by a line feed."),
        (yours.startswith("\ufeff"), "The file starts with a byte order mark."),
        (sorted(yours.split("\n")) == sorted(ours.split("\n")), "The lines are the right ones, in another order."),
    ]
    for holds, words in whole:
        if holds:
            return words
    start = ours.rfind("\n", 0, at) + 1
    return _of_line(ours[start:].partition("\n")[0], yours[start:].partition("\n")[0])


def _of_line(ours: str, yours: str) -> str:
    name = ours.partition(": ")[0]
    if not ours:
        return "Your base goes on behind the hub's last line."
    if not yours:
        return f"The line of {name} is missing."
    if yours.rstrip() == ours:
        return f"There is white space at the end of the line of {name}."
    if yours.partition(": ")[0] != name:
        return f"Here stands the line of {name}; yours begins otherwise."
    return _BY_COMPONENT.get(name, f"The value of {name} is another one.")


_BY_COMPONENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        '"@method"': "The method is another one: it stands in upper case, as it is sent.",
        '"@target-uri"': "The target is another one: base_url, then path and query exactly as they are sent.",
        '"content-type"': "Content-Type is another one than that which was sent.",
        '"content-digest"': "Content-Digest is another one than that which was sent.",
        '"@signature-params"': "The parameters are others: they are those of Signature-Input, byte for byte, no label.",
    }
)


def side_by_side(ours: str, yours: str) -> Iterator[str]:
    """Yield both bases line by line, ours first; a mark stands under the first character that differs."""
    found = first_difference(ours, yours)
    pairs = zip_longest(ours.split("\n"), yours.split("\n"))
    for number, (mine, its) in enumerate(pairs, 1):
        if mine == its:
            yield f"{number:3} both   {visible(mine)}"
            continue
        yield f"{number:3} hub's  {visible(mine)}"
        yield f"    yours  {visible(its)}"
        if found is not None and found.line == number:
            yield " " * (10 + found.character) + "^"


def visible(line: str | None) -> str:
    """Return a line with a sign for each character that no eye sees."""
    if line is None:
        return "(no such line)"
    kept = line.rstrip(" ")
    shown = (kept + "·" * (len(line) - len(kept))).translate(_SHOWN)
    return "".join(c if c.isprintable() else "�" for c in shown)
