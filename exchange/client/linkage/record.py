"""What an authority knows of one person, from which match keys are made. It never leaves the authority.

A record is read strictly: a member that is not known, a date that does not exist or a name without a letter is refused
in words that never quote it, since a record that was half understood could link two strangers.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from exchange.client.linkage.dates import CALENDARS, Day, readings
from exchange.domain.errors import Refusal
from exchange.domain.vocabulary import PERSON_STATES

LONGEST_NAME: Final = 512
"""Characters of one member of a name."""
MOST: Final = 16
"""Entries of each list."""
SEXES: Final = frozenset("MFX")
BIRTH_SOURCES: Final = frozenset({"document", "declared", "estimated", "age_assessment"})
DOCUMENT_TYPES: Final = frozenset("PICAVTRX")
"""First letter of the document code of ICAO 9303: P passport, I, C, A identity card, V visa; T, R travel document of a
refugee or stateless person; X any other."""
_UNKNOWN_STATE: Final = "XXX"
_FILLERS: Final = frozenset(
    {
        "unknown", "not known", "n a", "none", "null", "fnu", "lnu", "no name", "noname", "nn", "n n", "unbekannt",
        "inconnu", "nieznany", "nieznane", "brak", "nezinomas", "nežinomas", "nezinoma", "nežinoma", "nezinams",
        "nezināms", "teadmata", "tundmatu", "ismeretlen", "neznamy", "neznámy", "neznáme", "necunoscut", "bilinmiyor",
        "невідомо", "невідоме", "неизвестно", "неизвестный", "неизвестная", "невядома", "нет", "немає",
        "не установлено", "مجهول", "غير معروف", "نامعلوم", "ناشناس",
    }
)  # fmt: skip
"""What is written where nobody knows a name, in the exchange's languages: a name of this kind is no name."""
_BREAK: Final = re.compile(r"[\W\d_]+")
_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ")  # noqa: RUF001 -- that they look alike
"""Cyrillic capitals on documents that a reader takes for Latin ones: equal numbers are to be equal."""
_SHORTEST_NUMBER: Final = 4


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a person's name; a part that is not known is empty."""

    given: str = field(default="", repr=False)
    family: str = field(default="", repr=False)
    patronymic: str = field(default="", repr=False)
    script: str = field(default="", repr=False)
    source: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Birth:
    """One birth date as it was said, and the Gregorian days, months or years that it may be."""

    text: str = field(repr=False)
    calendar: str = "gregorian"
    source: str = ""
    readings: tuple[Day, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """One identity document: `number` in capital letters and digits alone; type and issuer, or empty."""

    number: str = field(repr=False)
    type: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One person, as one authority holds them. In each list the most certain stands first: long ones are cut."""

    names: tuple[Spelling, ...] = field(default=(), repr=False)
    births: tuple[Birth, ...] = field(default=(), repr=False)
    sex: str = field(default="", repr=False)
    nationalities: tuple[str, ...] = field(default=(), repr=False)
    documents: tuple[Document, ...] = field(default=(), repr=False)

    @property
    def days(self) -> tuple[Day, ...]:
        """Every Gregorian day, month or year that the person may be born on: the likeliest of each birth date first."""
        ranked = zip_longest(*(birth.readings for birth in self.births))
        return tuple(dict.fromkeys(day for rank in ranked for day in rank if day))


def read(obj: object, today: date | None = None) -> Record:
    """Return the record that a JSON object says. `today` bounds birth dates.

    Raises Refusal `bad-record`, which names the member and never a value.
    """
    said = _members(obj, "The record", {"names", "born", "sex", "nationalities", "documents"})
    born = [_birth(one, today) for one in _list(said, "born")]
    record = Record(
        names=tuple(dict.fromkeys(filter(_says, (_spelling(one) for one in _list(said, "names"))))),
        births=tuple(dict.fromkeys(one for one in born if one.readings)),
        sex=_one_of(said, "sex", SEXES).replace("X", ""),
        nationalities=tuple(dict.fromkeys(filter(None, (_state(one) for one in _list(said, "nationalities"))))),
        documents=tuple(dict.fromkeys(_document(one) for one in _list(said, "documents"))),
    )
    if not record.names and not record.documents:
        raise Refusal("bad-record", "The record has no name and no document: there is nothing to compare.")
    return record


def of_row(row: object) -> Record:
    """Return the record of a row of evaluation data: given, family, pat, dob, sex, nat (alpha-2), doc; others ignored.

    Such rows are made with faults on purpose, so a date that does not exist and a filler are taken as not known.
    Raises Refusal `bad-record`.
    """
    if not isinstance(row, Mapping):
        raise Refusal("bad-record", "The row is not a JSON object.")
    given, family, patronymic = (_filled(_text(row, name)) for name in ("given", "family", "pat"))
    sex, nation = _text(row, "sex").upper()[:1], _text(row, "nat").upper()
    number = _number(_text(row, "doc"))
    return Record(
        names=tuple(filter(_says, [Spelling(given, family, patronymic)])),
        births=_row_birth(_text(row, "dob")),
        sex=sex if sex in ("M", "F") else "",
        nationalities=(nation,) if nation not in ("", _UNKNOWN_STATE) else (),
        documents=(Document(number),) if number else (),
    )


def _row_birth(text: str) -> tuple[Birth, ...]:
    try:
        found = readings(text)
    except Refusal:
        return ()
    return (Birth(text, readings=found),) if found else ()


def _members(obj: object, what: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(obj, Mapping):
        raise Refusal("bad-record", f"{what} is not a JSON object.")
    if not all(name in known for name in obj):
        raise Refusal("bad-record", f"{what} has a member that is not known. Known are: {', '.join(sorted(known))}.")
    return obj


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    value = said.get(name, [])
    if not isinstance(value, list) or len(value) > MOST:
        raise Refusal("bad-record", f"`{name}` is not a list of at most {MOST} entries.")
    return value


def _text(said: Mapping[str, Any], name: str) -> str:
    """Return a member that is a text, without space around it; empty when it is absent."""
    value = said.get(name, "")
    if not isinstance(value, str):
        raise Refusal("bad-record", f"`{name}` is not a text.")
    if len(value) > LONGEST_NAME:
        raise Refusal("bad-record", f"`{name}` is longer than {LONGEST_NAME} characters.")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in value):
        raise Refusal("bad-record", f"`{name}` has a control character, or one that Unicode does not know.")
    return value.strip()


def _one_of(said: Mapping[str, Any], name: str, known: frozenset[str]) -> str:
    value = _text(said, name)
    if value and value not in known:
        raise Refusal("bad-record", f"`{name}` is none of: {', '.join(sorted(known))}.")
    return value


def _spelling(obj: object) -> Spelling:
    known = ("given", "family", "patronymic", "script", "source")
    said = _members(obj, "A name", set(known))
    given, family, patronymic, script, source = (_text(said, name) for name in known)
    if not any(_has_letter(one) for one in (given, family, patronymic)):
        raise Refusal("bad-record", "A name has no letter in it. Leave out what is not known.")
    return Spelling(_filled(given), _filled(family), _filled(patronymic), script, source)


def _says(spelling: Spelling) -> bool:
    return bool(spelling.given or spelling.family or spelling.patronymic)


def _has_letter(text: str) -> bool:
    return any(unicodedata.category(c)[0] == "L" for c in text)


def _filled(text: str) -> str:
    """Return a name, or nothing for what is written where nobody knows it: a filler, or one letter over and over."""
    plain = _BREAK.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return "" if plain in _FILLERS or not set(plain) - {"x", " "} else text


def _birth(obj: object, today: date | None) -> Birth:
    said = _members(obj, "A birth date", {"date", "calendar", "source"})
    calendar = _one_of(said, "calendar", frozenset({*CALENDARS, "unknown"})) or "gregorian"
    source = _one_of(said, "source", BIRTH_SOURCES)
    text = _text(said, "date")
    return Birth(text, calendar, source, readings(text, calendar, today))


def _state(value: object) -> str:
    if not isinstance(value, str) or value not in PERSON_STATES:
        raise Refusal("bad-record", "A nationality is no code of ISO 3166-1 alpha-3, nor XXA, XXB, XXC or XXX.")
    return "" if value == _UNKNOWN_STATE else value


def _document(obj: object) -> Document:
    said = _members(obj, "A document", {"type", "issuer", "number"})
    number = _number(_text(said, "number"))
    if not number:
        raise Refusal("bad-record", "A document's number is too short, or one that is written where nobody knows it.")
    issuer = _text(said, "issuer")
    if issuer not in PERSON_STATES | {"UNO"}:
        raise Refusal("bad-record", "A document's issuer is no code of ISO 3166-1 alpha-3.")
    return Document(number, _one_of(said, "type", DOCUMENT_TYPES), issuer)


def _number(text: str) -> str:
    """Return capital letters and digits of a number; nothing when fewer than four, or one over and over."""
    plain = _plain(text)
    return plain if len(plain) >= _SHORTEST_NUMBER and len(set(plain)) > 1 else ""


def _plain(text: str) -> str:
    capital = unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)
    return "".join(_digit(c) for c in capital if c.isalnum())


def _digit(char: str) -> str:
    number = unicodedata.digit(char, None)
    return char if number is None else str(number)
