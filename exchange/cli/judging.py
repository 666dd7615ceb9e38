"""The command `patterns judge`: what the patterns say of the cases in a file."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from exchange import clock
from exchange.cli.patterns import Moment, print_json, printable, say, with_json
from exchange.domain import asof, judged_cases
from exchange.domain.asof import AsOf
from exchange.domain.errors import Refusal
from exchange.domain.judged_cases import Judged, Unreadable
from exchange.domain.patterns import retelling
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.wire.encoding import read_json

BROKEN = 2
"""Exit status when the file, or one of its cases, could not be read."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_json
@click.option("--at", "happened", type=Moment(), help="What may have happened by DATE; without it, by the last event.")
@click.option("--known", type=Moment(), help="What was known by DATE; an event of a file is known when it happens.")
def judge(file: Path, happened: datetime | None, known: datetime | None, *, as_json: bool) -> None:
    """Say of every case in FILE which patterns show, and why the others do not.

    FILE is JSON of the form of judged-cases.json. What cannot be used is told on standard error: events that no notice
    can tell are left out; a case that is not of the form is named and the others are judged, and the command ends
    with 2.
    """
    as_of = AsOf(happened or asof.FOR_EVER, known or asof.FOR_EVER) if happened or known else None
    try:
        told = judged_cases.listed(read_json(file.read_bytes()))
    except (Refusal, Unreadable, OSError) as reason:
        _complain(f"{file}: {_words(reason)}")
        sys.exit(BROKEN)
    whole = True
    found = []
    for place, one in enumerate(told, start=1):
        try:
            case = judged_cases.check(one, place, clock.now())
        except Unreadable as reason:
            _complain(str(reason))
            whole = False
        else:
            found.append(judged_cases.judge(case, PATTERNS, as_of))
    _tell(found, as_json=as_json)
    sys.exit(0 if whole else BROKEN)


def _words(reason: Exception) -> str:
    match reason:
        case Refusal():
            return f"no JSON that can be read: {reason.detail}"
        case OSError():
            return f"cannot be read: {reason.strerror}"
        case _:
            return str(reason)


def _complain(text: str) -> None:
    click.echo(printable(text), err=True)


def _tell(found: list[Judged], *, as_json: bool) -> None:
    for name, count in Counter(one.case.id for one in found).items():
        if count > 1:
            _complain(f"case {name}: {count} cases have this id")
    for one in found:
        for warning in one.warnings:
            _complain(f"case {one.case.id}: {warning}")
    if as_json:
        print_json({"cases": [judged_cases.as_json(one) for one in found]})
    else:
        for one in found:
            say(_lines(one))


def _lines(one: Judged) -> Iterator[str]:
    yield f"{one.case.id}  {one.case.title}".rstrip()
    events = {event.ref: event for event in one.timeline.events}
    for found in one.findings:
        yield f"  {found.pattern.id} {found.pattern.title}: {found.severity}, {found.certainty}, {found.stage}"
        yield from (f"    {line}" for line in retelling.clauses(found, events))
    yield from (f"  {pattern} {words}" for pattern, words in one.why_not.items())
    yield ""
