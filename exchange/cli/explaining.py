"""The command `patterns why`: why a pattern shows for a person of this hub, or does not, as of any moment."""

from collections.abc import Iterator
from datetime import datetime

import click

from exchange import clock, explaining
from exchange.cli.patterns import Moment, PatternId, say
from exchange.cli.processes import own_settings
from exchange.deps import open_hub
from exchange.domain import asof
from exchange.domain.asof import AsOf
from exchange.domain.patterns import retelling
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.evaluator import Finding
from exchange.domain.timeline import Event
from exchange.explaining import Explained, Question


@click.command()
@click.argument("person")
@click.argument("pattern", type=PatternId())
@click.option("--at", "happened", type=Moment(), help="What may have happened by DATE; without it, until now.")
@click.option("--known", type=Moment(), help="What the exchange knew by DATE; without it, now.")
@click.option("--for", "reader", help="The slug of an authority: as it may know it, and not the whole.")
def why(person: str, pattern: Pattern, happened: datetime | None, known: datetime | None, reader: str | None) -> None:
    """Say why PATTERN shows for a person, or does not. It is noted. Runs on the hub's machine alone.

    PERSON is a notice about them, by its number or its URN. `--known` rebuilds the verdict of a past day: what did the
    exchange know on the day of the removal? Prints numbers of notices, kinds, states and dates, no more.
    """
    as_of = AsOf(happened or asof.FOR_EVER, known or asof.FOR_EVER)
    hub = open_hub(own_settings(), connections=1)
    try:
        found = explaining.why(hub, Question(person, pattern, as_of, reader), clock.now())
    finally:
        hub.database.close()
    say(_lines(found, pattern, reader))


def _lines(found: Explained, pattern: Pattern, reader: str | None) -> Iterator[str]:
    events = {event.ref: event for event in found.timeline.events}
    yield f"{pattern.id} {pattern.title}"
    yield f"as known to {reader}" if reader else "as everything known tells"
    happened = "any time" if found.as_of.happened == asof.FOR_EVER else retelling.moment(found.as_of.happened)
    yield f"happened by {happened}, known by {retelling.moment(found.as_of.known)}; links {found.grade}"
    yield ""
    for one in found.findings:
        yield f"shows: {one.severity}, {one.certainty}, {one.stage}, variant {one.variant}"
        yield from (f"  {line}" for line in retelling.clauses(one, events))
        yield from _instead(one, found)
    if found.why_not:
        yield found.why_not
    yield from ("", "judged on")
    yield from (f"  {_told(event)}" for event in sorted(events.values(), key=lambda event: event.index))
    yield from (f"cannot be rebuilt: {words}" for words in found.lost)


def _instead(one: Finding, found: Explained) -> Iterator[str]:
    for other in found.instead:
        if other.anchor == one.anchor:
            yield f"  {other.pattern.id} {other.pattern.title} of the same family stands for it: {other.severity}"


def _told(event: Event) -> str:
    doubted = ", doubted" if event.flagged else ""
    return f"{event.ref}: {retelling.brief(event)}, received {retelling.moment(event.recorded)}{doubted}"
