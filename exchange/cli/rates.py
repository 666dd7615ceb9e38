"""The command `patterns rates`: how often each pattern fires, and what becomes of its alerts."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from exchange import clock, rating
from exchange.cli.patterns import print_json, say, with_json
from exchange.cli.processes import own_settings
from exchange.deps import open_hub
from exchange.domain.rates import WINDOWS
from exchange.rating import Rates

_DAYS = click.Choice([str(days) for days in WINDOWS])


@click.command()
@click.option("--days", type=_DAYS, default=str(WINDOWS[1]), show_default=True, help="Whole days, up to yesterday.")
@with_json
def rates(days: str, *, as_json: bool) -> None:
    """Show how often each pattern fired, for whom, and what became of it. It is noted. On the hub's machine alone.

    Counts are rounded to 5, and 1 to 4 are shown as <5.
    """
    hub = open_hub(own_settings(), connections=1)
    try:
        found = rating.rate(hub, int(days), clock.now())
    finally:
        hub.database.close()
    if as_json:
        first, until = (at.date().isoformat() for at in (found.first, found.until))
        print_json({**asdict(found), "first": first, "until": until})
    else:
        say(_lines(found))


def _lines(found: Rates) -> Iterator[str]:
    yield f"{found.first.date().isoformat()} to before {found.until.date().isoformat()} (UTC)"
    yield from ("", "patterns")
    for one in found.patterns:
        could = f" of {one['could_have_shown']} {one['counted']} that could show it" if one["counted"] else ""
        yield f"  {one['pattern']} {one['title']}: {one['findings']} findings{could}"
    yield from ("", "queues")
    yield from (f"  {_queue(one)}" for one in found.queues)
    yield from ("", "warnings")
    yield from (f"  {one['about']}: {one['warning']}. {one['words']}" for one in found.warnings)


def _queue(one: dict[str, Any]) -> str:
    closed = ", ".join(f"{reason} {n}" for reason, n in one["closed"].items())
    hours = one["median_hours_to_close"]
    told = [
        f"raised {one['raised']}",
        f"open now {one['open_now']}",
        f"withdrawn {one['withdrawn']}",
        f"superseded {one['superseded']}",
        f"closed: {closed or 0}",
        *([f"half of them within {hours} h"] if hours is not None else []),
    ]
    return f"{one['pattern']} {one['authority']}: {'; '.join(told)}"
