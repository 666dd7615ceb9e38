"""Commands of officers about the directory of neighbours."""

from pathlib import Path

import click

from exchange import directory_room, neighbours
from exchange.cli.officer import as_officer, officer, say, working_hub
from exchange.commands import Given


@officer.command()
@click.argument("state")
def entry(state: str) -> None:
    """Print the entry of STATE that is in force, to be edited; says which version it is."""
    with working_hub() as hub:
        version, text = directory_room.in_force(hub, state)
    click.echo(text)
    click.echo(f"To change it, give --replaces {version}.", err=True)


@officer.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replaces", type=click.IntRange(0), required=True, help="The version in force; 0 for a first entry.")
@as_officer
def directory(file: Path, replaces: int, me: Path) -> None:
    """Ask for the entry in FILE to be entered into the directory of neighbours. One other officer approves.

    Prints what would change. `officer entry STATE` prints what is in force.
    """
    text = file.read_text(encoding="utf-8")
    say(me, "directory", neighbours.members(text, replaces), Given(bundle=text))
