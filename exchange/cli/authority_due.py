"""Command of an authority that lists what it owes an answer."""

import json
from datetime import UTC, datetime

import click

from exchange import clock
from exchange.cli.authority import authority
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.console import words
from exchange.domain import references


@authority.command()
@click.option("--json", "as_json", is_flag=True, help="As the exchange sent it.")
@click.pass_obj
def due(folder: Folder, *, as_json: bool) -> None:
    """List what you owe an answer, the soonest due first."""
    with Speaker(folder) as speaker:
        found = speaker.due()
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        at = datetime.fromtimestamp(one["due"], UTC)
        late = "  OVERDUE" if at <= clock.now() else ""
        click.echo(
            f"{at:%Y-%m-%d %H:%M} UTC{late}  {words.said('kind', one['kind'])}: {words.said('owed', one['what'])}"
        )
        click.echo(f"    {references.urn(one['iss'], one['id'])}")
        if "law" in one:
            click.echo(f"    {words.said('law', one['law'])}")
    if not found:
        click.echo("Nothing waits for an answer of yours.")
