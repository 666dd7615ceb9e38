"""Command of an authority that reads the directory of neighbours."""

import json

import click

from exchange.cli.authority import authority
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.console import neighbour_words, words


@authority.command()
@click.argument("state", required=False)
@click.option("--version", "number", type=click.IntRange(1), help="An old version; without it, the one in force.")
@click.option("--json", "as_json", is_flag=True, help="As the exchange sent it.")
@click.pass_obj
def directory(folder: Folder, state: str | None, number: int | None, *, as_json: bool) -> None:
    """Print the states of the directory of neighbours, or the page of one STATE (ISO 3166-1 alpha-3)."""
    if state is None and number is not None:
        raise click.UsageError("--version needs a STATE.")
    with Speaker(folder) as speaker:
        found = speaker.directory(state or "", number or 0)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    elif state is not None:
        click.echo("\n".join(neighbour_words.lines(found)))
    else:
        for one in found["entries"]:
            name = words.said("state", one["state"])
            click.echo(f"{one['state']} {name}, version {one['version']}: {neighbour_words.readmission(one['entry'])}")
