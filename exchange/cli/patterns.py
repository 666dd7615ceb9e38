"""Commands that show the patterns, and what the commands about them share."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import click

from exchange.domain import edtf
from exchange.domain.errors import Refusal
from exchange.domain.patterns import describe
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS

BY_ID: Final = {pattern.id: pattern for pattern in PATTERNS}
with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class PatternId(click.ParamType):  # type: ignore[type-arg]  # generic in the stubs alone
    """The id of a pattern."""

    name = "PATTERN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pattern:  # noqa: ANN401 -- click's
        """Return the pattern."""
        if isinstance(value, Pattern):
            return value
        found = BY_ID.get(str(value).upper())
        return found or self.fail(f"there is no such pattern; there are {', '.join(BY_ID)}", param, ctx)


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic in the stubs alone
    """A moment, or the end of a day, a month or a year, in UTC."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401 -- click's
        """Return the moment."""
        if isinstance(value, datetime):
            return value
        try:
            return edtf.read(str(value)).latest
        except Refusal:
            self.fail("no date like 2026-11-24, or 2026-11-24T17:10:00Z", param, ctx)


def printable(text: str) -> str:
    """Return a text that a terminal shows and does not obey: a file, or a name in it, may come from anybody."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def say(lines: Iterable[str]) -> None:
    """Print lines, on whatever terminal: what it cannot show is spelled out."""
    encoding = sys.stdout.encoding or "ascii"
    for line in lines:
        click.echo(printable(line).encode(encoding, "backslashreplace").decode(encoding))


def print_json(value: object) -> None:
    """Print a value as JSON; in ASCII, so that no terminal and no encoding changes it."""
    click.echo(json.dumps(value, indent=1))


@click.command("list")
@with_json
def list_command(*, as_json: bool) -> None:
    """List the patterns: severity, stages, family and how many variants each has."""
    if as_json:
        print_json([describe.row(pattern) for pattern in PATTERNS])
        return
    for pattern in PATTERNS:
        severity = " to ".join(dict.fromkeys(describe.severities(pattern)))
        stages = ", ".join(describe.stages(pattern))
        click.echo(f"{pattern.id}  {pattern.title}")
        click.echo(f"     {severity}; {stages}; family {pattern.family}; variants: {len(pattern.variants)}")


@click.command()
@click.argument("pattern", type=PatternId())
@with_json
def show(pattern: Pattern, *, as_json: bool) -> None:
    """Print everything about a PATTERN: meaning, ground, clauses, windows, what speaks against it, examples."""
    found = describe.told(pattern)
    if as_json:
        print_json(found)
    else:
        say(_page(found))


def _page(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['id']} {found['title']} (version {found['version']}, family {found['family']})"
    for head, member in (
        ("What it means", "meaning"),
        ("Ask first", "question"),
        ("Ground", "ground"),
        ("Known false alarms", "false_alarms"),
    ):
        yield from ("", f"{head}: {found[member]}")
    for variant in found["variants"]:
        yield from ("", f"Variant {variant['name']}: {variant['severity']}, {variant['stage']}")
        yield f"  told to {', '.join(variant['acting'])}; about {', '.join(variant['complained_of'])}"
        yield from (f"  {clause['name']}: {clause['words']}" for clause in variant["clauses"])
    yield from _listed("Windows", found["windows"])
    yield from _listed("What speaks against it", found["suppressors"])
    for head, wanted in (("Examples that show it", True), ("Examples that do not", False)):
        yield from ("", head)
        for example in found["examples"]:
            if bool(example["finds"]) == wanted:
                yield from _example(example)


def _listed(head: str, found: dict[str, str]) -> Iterator[str]:
    yield from ("", head, *(f"  {name}: {words}" for name, words in found.items()))
    if not found:
        yield "  none"


def _example(example: dict[str, Any]) -> Iterator[str]:
    finds = f" [{', '.join(example['finds'])}]" if example["finds"] else ""
    yield f"  {example['words']}{finds}"
    sets = (f"{name} {' '.join(example[name])}" for name in ("danger", "safeguards", "doubted") if name in example)
    yield f"    judged {'; '.join([example['judged'], *sets])}"
    yield from (f"    {line}" for line in example["events"])
