"""A record's match keys: what is compared when two authorities hold one person.

Each key says a name together with a date, or a document: never one field alone, so that whoever counts equal keys
learns little (linkage.md, frequency attack). `RULES` is the whole of profile N1: what of the name, what of the birth
date, and what else stands in each type of key.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, islice, permutations, product
from typing import Final

from exchange.client.linkage import when
from exchange.client.linkage.dates import Day
from exchange.client.linkage.forms import FORMS
from exchange.client.linkage.parts import parts
from exchange.client.linkage.record import Document, Record, Spelling

MOST_DAYS: Final = 3
"""Birth dates of one record that are compared."""
MOST_SPELLINGS: Final = 6
"""Spellings of one record that are compared, the first ones."""
MOST_FORMS: Final = 48
"""Names of one kind that one record may make."""
MOST_READ: Final = 3
"""Readings of one name part, and of one pair of them, that are compared."""
MOST_SHORTENED: Final = 4
"""Pairs of name parts that are also compared with one letter left out, and with one part by an end of it alone."""
LONGEST_NUMBER: Final = 20
"""Signs of a document's number that are compared."""
SHORTEST_NUMBER: Final = 6
"""Signs of a document's number below which it needs an issuer to say anything."""
_SHORTEST: Final = 3
"""Letters of a form of which one may be left out."""
_END: Final = 3
"""Letters of a beginning or an end: one wrong letter in a longer word leaves one of the two as it is."""


@dataclass(frozen=True, slots=True, order=True)
class MatchKey:
    """A type of comparison and the value to compare. The value says who the person is: it never shows in a repr."""

    type: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A type of key: functions that say the names, the dates and the rest of a record that go into its value."""

    type: str
    names: Callable[["_Names"], Iterable[str]]
    dates: Callable[[Day], Iterable[str]]
    rest: Callable[[Record], Iterable[str]]


def match_keys(record: Record) -> frozenset[MatchKey]:
    """Return the match keys of a record, none when it holds too little. Cost: below 1 ms."""
    names = _Names(record.names)
    found = {MatchKey(rule.type, value) for rule in RULES for value in _values(rule, names, record)}
    return frozenset(found.union(*map(_document_keys, record.documents)))


def _values(rule: Rule, names: "_Names", record: Record) -> Iterator[str]:
    days = record.days[:MOST_DAYS] or (when.NO_DAY,)
    dates = {date for day in days for date in rule.dates(day)}
    if dates:
        rest = tuple(rule.rest(record))
        yield from map("|".join, product(rule.names(names), sorted(dates), rest))


class _Names:
    """The name parts of a record, and the pairs that they make, in each form; each is worked out once."""

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        held = [list(_words(spelling)) for spelling in spellings[:MOST_SPELLINGS]]
        self._pairs = [pair for words in held for pair in combinations(words, 2) if _belong(*pair)]
        self._several = [words for spelling in spellings[:MOST_SPELLINGS] if (words := _several(spelling))]
        self._given = [text for spelling in spellings[:MOST_SPELLINGS] if (text := _given(spelling))]
        self._words = list(dict.fromkeys(text for words in held for _, text in words))
        self._known: dict[str, tuple[str, ...]] = {}

    def one(self, form: str) -> tuple[str, ...]:
        """Return each name part."""
        return self._once(f"1{form}", lambda: (text for word in self._words for text, _ in FORMS[form](word)))

    def two(self, form: str) -> tuple[str, ...]:
        """Return each pair of name parts, in the order of their text: which is the given name is often mistaken."""
        return self._once(
            f"2{form}", lambda: (text for pair in self._pairs for text in _likeliest(form, pair, MOST_READ))
        )

    def several(self) -> tuple[str, ...]:
        """Return double names as one text, which tell Mohammad Reza from his twin Mohammad Ali."""
        return self._once("several", lambda: (t for words in self._several for t in _likeliest("C", words, MOST_READ)))

    def one_end(self, form: str) -> tuple[str, ...]:
        """Return beginning and end of each name part in its likeliest reading."""
        return self._once(
            f"1-{form}",
            lambda: (end for word in self._words for text, _ in FORMS[form](word)[:1] for end in _ends(text)),
        )

    def given(self) -> tuple[str, ...]:
        """Return given names with their vowels, several as one: what twins differ in."""
        return self._once("given", lambda: (text for whole in self._given for text, _ in FORMS["V"](whole)))

    def two_with_an_end(self, form: str) -> tuple[str, ...]:
        """Return the first pairs of name parts in their likeliest reading: one as it is, of the other an end."""
        return self._once(
            f"2-{form}",
            lambda: (
                f"{whole} {end}"
                for pair in self._pairs[:MOST_SHORTENED]
                for text in _likeliest(form, pair, 1)
                for whole, other in permutations(text.split(" "))
                for end in _ends(other)
            ),
        )

    def two_but_one(self, form: str) -> tuple[str, ...]:
        """Return the first pairs of name parts in their likeliest reading, and with any one letter left out."""
        return self._once(
            f"2~{form}",
            lambda: (
                short
                for pair in self._pairs[:MOST_SHORTENED]
                for text in _likeliest(form, pair, 1)
                for short in _shortened(text)
            ),
        )

    def _once(self, what: str, say: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        if what not in self._known:
            self._known[what] = tuple(islice(dict.fromkeys(say()), MOST_FORMS))
        return self._known[what]


def _words(spelling: Spelling) -> Iterator[tuple[str, str]]:
    """Yield role and text of each name part; the parts of a double name also as one (Amir Hossein, Amirhossein).

    One letter is no name: an initial would agree with everybody's of the same family.
    """
    fields = [name for name in (spelling.given, spelling.family, spelling.patronymic) if name]
    held = [one for one in parts(spelling.given, spelling.family, spelling.patronymic) if len(one.text) > 1]
    yield from ((one.role if len(fields) > 1 else "unknown", one.text) for one in held)
    for role in ("given", "family") if len(fields) > 1 else ():
        same = [one.text for one in held if one.role == role]
        if len(same) > 1:
            yield role, "".join(same)


def _belong(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether two parts make a pair: of two fields, the given name among them, which siblings do not share.

    Where a whole name stands in one field, any two of its parts do.
    """
    roles = {one[0], other[0]}
    return roles == {"unknown"} or (len(roles) > 1 and "given" in roles)


def _several(spelling: Spelling) -> tuple[tuple[str, str], ...]:
    """Return, as role and text, the words of those fields of a spelling that have several; none of a patronymic."""
    fields = [[one for one in parts(text) if len(one.text) > 1] for text in (spelling.given, spelling.family)]
    return tuple((one.role, one.text) for words in fields if len(words) > 1 for one in words) if all(fields) else ()


def _given(spelling: Spelling) -> str:
    """Return the words of the given name as one; none where it is not known which part of the name that is."""
    known = spelling.given and spelling.family
    return "".join(one.text for one in parts(spelling.given) if len(one.text) > 1) if known else ""


def _likeliest(form: str, words: Sequence[tuple[str, str]], most: int) -> list[str]:
    """Return the likeliest readings of several words together, at most so many."""
    each = product(*(FORMS[form](text) for _, text in words))
    ranked = sorted((sum(cost for _, cost in read), " ".join(sorted(text for text, _ in read))) for read in each)
    return list(dict.fromkeys(text for _, text in ranked))[:most]


def _ends(text: str) -> tuple[str, str]:
    """Return the beginning and the end of a text."""
    return f"{text[:_END]}-", f"-{text[-_END:]}"


def _shortened(text: str) -> Iterator[str]:
    """Yield a pair of forms, and with one letter left out of one of them: pairs of one wrong letter then agree."""
    yield text
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) >= _SHORTEST:
            for at in range(len(word)):
                short = [*words]
                short[place] = word[:at] + word[at + 1 :]
                yield " ".join(sorted(short))


def _nothing(record: Record) -> tuple[str, ...]:  # noqa: ARG001 -- the form of a rule
    return ("",)


def _sex(record: Record) -> tuple[str, ...]:
    """Return the sex; both where it is not known."""
    return (record.sex,) if record.sex else ("F", "M")


def _sex_and_state(record: Record) -> tuple[str, ...]:
    """Return the sex with each nationality; none where no nationality is known."""
    return tuple(map("|".join, product(_sex(record), record.nationalities)))


def _document_keys(document: Document) -> Iterator[MatchKey]:
    """Yield the number with its issuer, with and without the type; and with any one sign of the number masked.

    A document whose issuer is not known is compared with its like alone, and not at all when its number is short.
    """
    number = document.number[:LONGEST_NUMBER]
    if document.issuer or len(number) >= SHORTEST_NUMBER:
        yield from (MatchKey("DOC", f"{number}|{kind}|{document.issuer}") for kind in {document.type, ""})
        for at in range(len(number)):
            yield MatchKey("DOCE", f"{number[:at]}_{number[at + 1 :]}|{document.issuer}")


def _one(form: str) -> Callable[[_Names], Iterable[str]]:
    return partial(_Names.one, form=form)


def _two(form: str) -> Callable[[_Names], Iterable[str]]:
    return partial(_Names.two, form=form)


def _one_end(form: str) -> Callable[[_Names], Iterable[str]]:
    return partial(_Names.one_end, form=form)


def _two_with_an_end(form: str) -> Callable[[_Names], Iterable[str]]:
    return partial(_Names.two_with_an_end, form=form)


def _two_but_one(form: str) -> Callable[[_Names], Iterable[str]]:
    return partial(_Names.two_but_one, form=form)


def _anybody(names: _Names) -> tuple[str, ...]:  # noqa: ARG001 -- the form of a rule
    return ("",)


RULES: Final = (
    Rule("C2D", _two("C"), when.whole, _nothing),
    Rule("C2MD", _two("C"), when.birthday, _nothing),
    Rule("C2Y", _two("C"), when.two_years, _sex),
    Rule("C2NS", _two("C"), when.twenty_years, _sex_and_state),
    Rule("E2Y", _two_but_one("C"), when.year, _nothing),
    Rule("F2Y", _two("F"), when.year, _nothing),
    Rule("V2Y", _two("V"), when.year, _nothing),
    Rule("V2NS", _two("V"), when.twenty_years, _nothing),
    Rule("W2Y", _two_with_an_end("V"), when.year, _nothing),
    Rule("X2Y", _two("X"), when.year, _nothing),
    Rule("C1D", _one("C"), when.precise, _sex),
    Rule("C1DE", _one("C"), when.near, _sex),
    Rule("C1MD", _one("C"), when.birthday_near, _sex),
    Rule("C1D0", _one("C"), when.estimate, _sex_and_state),
    Rule("V1D", _one("V"), when.precise, _nothing),
    Rule("V1Y", _one("V"), when.year, _sex),
    Rule("W1D", _one_end("V"), when.precise, _nothing),
    Rule("X1D", _one("X"), when.whole, _nothing),
    Rule("CAD", _Names.several, when.precise, _nothing),
    Rule("VGD", _Names.given, when.precise, _nothing),
    Rule("DOB", _anybody, when.precise, _sex_and_state),
)
"""The types of key that are made of names and dates; `DOC` and `DOCE` are made of documents."""
ORDER: Final = (
    "DOC", "C2D", "CAD", "C2Y", "C2MD", "F2Y", "V2Y", "C2NS", "C1D", "C1D0", "V1D", "VGD", "X1D", "DOB", "X2Y", "V2NS",
    "W1D", "C1DE", "V1Y", "C1MD", "W2Y", "DOCE", "E2Y",
)  # fmt: skip
"""Types in the order in which they are kept when a record makes more than a notice holds."""
