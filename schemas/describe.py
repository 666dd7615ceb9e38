"""Describe the notices from their schemas: `python -m schemas.describe > docs/notices.md`. The schema is the truth."""

import sys
from collections.abc import Iterator

from marshmallow import Schema, fields

from schemas.fields import Choice, Edtf, Text, Whole
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES, Subject, Tokens

INTRODUCTION = """# Notices

Made from the schemas by `python -m schemas.describe > docs/notices.md`; a test compares the two.

A notice has the parts `hub`, `event` and `facts`, and perhaps `safeguards`. A member that is not listed is refused.
`not_recorded` is a value: absence is data. States are ISO 3166-1 alpha-3, for persons also XXA, XXB, XXC, XXX and
RKS (ICAO Doc 9303), for authorities also UNO. Times are EDTF (ISO 8601-2)."""


def page() -> str:
    """Return the page."""
    parts = [INTRODUCTION, "## hub", _table(HUB), "`subject`:", _table(Subject()), "`tokens`:", _table(Tokens())]
    parts += ["## event", _table(EVENT), "## safeguards", _table(SAFEGUARD_CODES), "## facts, kind by kind"]
    for kind, schema in FACTS.items():
        parts += [f"### {kind}", _table(schema)]
    return "\n\n".join(parts) + "\n"


def _table(schema: Schema) -> str:
    return "\n".join(["| member | needed | holds |", "|---|---|---|", *_rows(schema)])


def _rows(schema: Schema) -> Iterator[str]:
    for name, field in schema.fields.items():
        yield f"| `{name}` | {'yes' if field.required else 'no'} | {_holds(field)} |"


def _holds(field: object) -> str:
    if isinstance(field, fields.List):
        return f"a list: {_holds(field.inner)}"
    if isinstance(field, Choice):
        return field.shown
    if isinstance(field, Edtf):
        return "a time"
    if isinstance(field, Whole):
        return f"a whole number from {field.low} to {field.high}"
    if isinstance(field, Text):
        return f"text of the form `{field.pattern.pattern}`".replace("|", "\\|")
    return "an object, see below"


if __name__ == "__main__":
    sys.stdout.write(page())
