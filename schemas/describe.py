"""Describe the notices from their schemas: `python -m schemas.describe > docs/notices.md`. The schema is the truth."""

import sys
from collections.abc import Iterator

from marshmallow import Schema, fields

from exchange.domain import codes
from exchange.domain.acceptance import AUTHORS, ONLY
from exchange.domain.codes import CodeList
from exchange.domain.kinds import TERMS
from exchange.domain.vocabulary import AUTHORITY_KINDS
from schemas.fields import Choice, Edtf, Text, Whole
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES, Subject, Tokens, Transfer

INTRODUCTION = """# Notices

Made from the schemas by `python -m schemas.describe > docs/notices.md`; a test compares the two.

A notice has the parts `hub`, `event` and `facts`, and perhaps `safeguards`. A member that is not listed is refused.
`not_recorded` is a value: absence is data. States are ISO 3166-1 alpha-3, for persons also XXA, XXB, XXC, XXX and
RKS (ICAO Doc 9303), for authorities also UNO. Times are EDTF (ISO 8601-2)."""
KINDS = """## facts, kind by kind

Each kind stands under its term of the EMN glossary or of the law of the Union, with the authorities that may send it.
A monitor speaks for itself, or for an organisation or counsel whose accreditation it records. Of another state's acts
an asylum office or a court sends claims only, a monitor everything that it may send."""
LISTS = """## Code lists

A list grows by a new version, and never loses a code or changes what one means. Where a bare code does not say it all,
its meaning follows. A member that holds several codes never holds `not_recorded`: there it is left out."""


def page() -> str:
    """Return the page."""
    parts = [INTRODUCTION, "## hub", _table(HUB), "`subject`:", _table(Subject()), "`tokens`:", _table(Tokens())]
    parts += ["`transfer`:", _table(Transfer()), "## event", _table(EVENT), "## safeguards", _table(SAFEGUARD_CODES)]
    parts.append(KINDS)
    for kind, schema in FACTS.items():
        parts += [f"### {kind}", f"{TERMS[kind]}. From: {_authors(kind)}.", _table(schema)]
    return "\n\n".join([*parts, LISTS, _lists()]) + "\n"


def _authors(kind: str) -> str:
    """Return who may send a kind, each with what it is held to."""
    said = []
    for author in [one for one in AUTHORITY_KINDS if one in AUTHORS[kind]]:
        only = ONLY.get((kind, author))
        said.append(author + (f" (`{only.member}`: {', '.join(only.values)})" if only else ""))
    return ", ".join(said)


def _table(schema: Schema) -> str:
    return "\n".join(["| member | needed | holds |", "|---|---|---|", *_rows(schema)])


def _rows(schema: Schema) -> Iterator[str]:
    for name, field in schema.fields.items():
        yield f"| `{name}` | {'yes' if field.required else 'no'} | {_holds(field)} |"


def _holds(field: object) -> str:
    if isinstance(field, fields.List):
        return f"a list: {_holds(field.inner)}"
    if isinstance(field, Choice):
        return field.shown if field.listed is None else f"a code of `{field.listed.name}`"
    if isinstance(field, Edtf):
        return "a time"
    if isinstance(field, Whole):
        return f"a whole number from {field.low} to {field.high}"
    if isinstance(field, Text):
        return f"text of the form `{field.pattern.pattern}`".replace("|", "\\|")
    return "an object, see below"


def _lists() -> str:
    rows = [f"| `{one.name}` | {one.version} | {one.source} | {_meanings(one)} |" for one in codes.LISTS]
    return "\n".join(["| list | version | source | codes |", "|---|---|---|---|", *rows])


def _meanings(listed: CodeList) -> str:
    meant = [f"{code}: {listed.meaning[code]}" if code in listed.meaning else code for code in listed.codes]
    return ("; " if listed.meaning else ", ").join(meant)


if __name__ == "__main__":
    sys.stdout.write(page())
