"""Commands that try rules on all history: export it, replay it, report what would change."""

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from exchange import clock, replaying, sweeping, traces
from exchange.cli.officer import working_hub
from exchange.cli.patterns import BY_ID, say, with_json
from exchange.cli.processes import own_settings
from exchange.domain import difference
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.sweeping import Counts

DATABASE: Final = "database"
_LOOK: Final = 0.5
"""Seconds between two looks at what the workers have done."""
_AGAIN: Final = timedelta(seconds=60)
"""So long without a bucket, and those that are left are sent to the workers again."""
_FOLDER = click.Path(file_okay=False, path_type=Path)


class Patterns(click.ParamType):  # type: ignore[type-arg]  # generic in the stubs alone
    """Ids of patterns between commas."""

    name = "P04,P05"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Pattern, ...]:  # noqa: ANN401 -- click's
        """Return the patterns, with all others of their families."""
        if isinstance(value, tuple):
            return value
        ids = [one.strip().upper() for one in str(value).split(",")]
        unknown = [one for one in ids if one not in BY_ID]
        if unknown:
            self.fail(f"there is no such pattern; there are {', '.join(BY_ID)}", param, ctx)
        return replaying.of_families([BY_ID[one] for one in ids])


@click.command()
@click.argument("directory", type=_FOLDER)
@click.option("--buckets", type=click.IntRange(1, 4096), default=replaying.BUCKETS, help="Into so many files.")
def export(directory: Path, buckets: int) -> None:
    """Write the history of every person into a new DIRECTORY. It is personal: keep it where the hub is."""
    with working_hub() as hub:
        made = replaying.export(hub, directory, buckets, clock.now())
    click.echo(f"{made.persons} persons, {made.events} events, {made.buckets} buckets; {made.sha256}", err=True)


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--patterns", type=Patterns(), default=PATTERNS, show_default="all", help="With those of their families.")
@click.option("--workers", type=click.IntRange(0), default=os.cpu_count() or 1, help="Processes of this machine.")
@click.option("--celery", is_flag=True, help="By the workers of the exchange instead; they must reach DIRECTORY.")
@click.option("--results", type=_FOLDER, help="Where results are kept; by default in DIRECTORY, by rules.")
@click.option("--against", help="`database`: what stood at the export. Or a folder of results of other rules.")
@with_json
def replay(directory: Path, patterns: tuple[Pattern, ...], **options: Any) -> None:  # noqa: ANN401 -- click's
    """Try the rules of this version on the history in DIRECTORY, and report what would change.

    Begun again, it goes on. What it reports does not count until two officers have signed it: see `officer replay`.
    """
    progress = Progress(traces.manifest(directory).buckets, clock.now())
    if options["celery"]:
        report = _by_workers(directory, patterns, progress)
    else:
        report = _here(directory, patterns, progress, options)
    if options["as_json"]:
        click.echo(difference.canonical(report).decode())
    else:
        say(_page(report))


class Progress:
    """Tells on standard error how far a replay is."""

    def __init__(self, buckets: int, begun: datetime) -> None:
        """`begun` is when this command began."""
        self._buckets, self._begun = buckets, begun

    def __call__(self, done: int, counts: Counts) -> None:
        """Print one line."""
        took = (clock.now() - self._begun).total_seconds()
        looked = f"{counts.persons:,} persons, {counts.events:,} events, {counts.candidates:,} candidates"
        click.echo(f"{done} of {self._buckets} buckets, {looked}, {counts.findings:,} findings, {took:.1f} s", err=True)


def _here(
    directory: Path, patterns: tuple[Pattern, ...], progress: Callable[[int, Counts], None], options: dict[str, Any]
) -> dict[str, Any]:
    """Judge in processes of this machine; return the report, or what was looked at when there is nothing to compare."""
    rules = sweeping.rules(patterns)
    results = options["results"] or directory / f"results-{rules['definition'][:12]}"
    counts = sweeping.run(directory, results, patterns, options["workers"], progress)
    if options["against"] is None:
        return replaying.counted(directory, results, counts)
    if options["against"] == DATABASE:
        return replaying.report_against_standing(directory, results, counts)
    return replaying.report_against_results(directory, results, counts, Path(options["against"]))


def _by_workers(
    directory: Path, patterns: tuple[Pattern, ...], progress: Callable[[int, Counts], None]
) -> dict[str, Any]:
    """Let the workers of the exchange judge; wait for them, and return the report against what stood."""
    from workers.app import connected  # noqa: PLC0415 -- it needs a second to start, and Redis
    from workers.replays import send  # noqa: PLC0415 -- as above

    app, pause = connected(own_settings()), threading.Event()
    with working_hub() as hub:
        begun, left = replaying.begin(hub, directory, patterns, clock.now())
        sent, shown = None, -1
        while left:
            done = replaying.progress(hub, begun.id)
            if done.buckets != shown:
                progress(done.buckets, Counts(done.persons, done.events, done.candidates, done.findings))
            if sent is None or (done.buckets == shown and clock.now() - sent > _AGAIN):
                send(app, begun.id, left)
            if sent is None or done.buckets != shown:
                sent = clock.now()
            shown = done.buckets
            pause.wait(_LOOK)
            left = replaying.left(hub, begun.id)
        return replaying.report_of(hub, begun.id)


def _page(report: dict[str, Any]) -> list[str]:
    looked = ("persons", "events", "candidates", "findings")
    lines = [", ".join(f"{report[name]:,} {name}" for name in looked), f"rules {report['rules']['definition']}"]
    if "same" not in report:
        return lines
    against = "what stood" if report["against"] == DATABASE else f"rules {report['against']['definition']}"
    kinds = ("same", *difference.KINDS)
    lines += ["", f"Against {against}: " + ", ".join(f"{report[kind]:,} {kind}" for kind in kinds)]
    for head, member in (
        ("By pattern", "patterns"),
        ("By state that acts", "states"),
        ("By who was told", "recipients"),
    ):
        lines += ["", head] if report[member] else []
        for name, counts in report[member].items():
            lines.append(f"  {name}: " + ", ".join(f"{counts[kind]:,} {kind}" for kind in difference.KINDS))
    return [*lines, "", f"Report {difference.digest(report)}. Two officers sign it: see docs/replay.md."]
