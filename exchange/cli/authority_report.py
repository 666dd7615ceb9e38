"""Commands of an authority that reads the aggregate report: a monitor, an observer, the secretariat."""

import json

import click

from exchange.cli.authority import authority
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker


@authority.command()
@click.argument("quarter", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="As a table, for a spreadsheet.")
@click.pass_obj
def aggregates(folder: Folder, quarter: str | None, *, as_csv: bool) -> None:
    """Print which quarters are released, or the release of a QUARTER like 2026-Q3."""
    if quarter is None and as_csv:
        raise click.UsageError("--csv needs a QUARTER.")
    with Speaker(folder) as speaker:
        if quarter is None:
            _print(speaker.releases.index())
        elif as_csv:
            click.echo(speaker.releases.table(quarter), nl=False)
        else:
            _print(speaker.releases.one(quarter))


def _print(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
