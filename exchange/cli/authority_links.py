"""Commands of an authority for the links between its cases and those of others."""

import json
from typing import Any

import click

from exchange.cli.authority import authority
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.domain.judgements import ACTS, COMPARED


def _print(value: Any) -> None:  # noqa: ANN401 -- JSON
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


@authority.command()
@click.option("--judged", is_flag=True, help="Those on which there is a word already, in place of those that wait.")
@click.option("--case", default="", help="Of one case of yours; else the newest of all.")
@click.pass_obj
def links(folder: Folder, *, judged: bool, case: str) -> None:
    """List the links of your cases, and why the exchange takes them to concern one person."""
    with Speaker(folder) as speaker:
        _print(speaker.links.index("judged" if judged else "waiting", case))


@authority.command()
@click.argument("link_id")
@click.pass_obj
def link(folder: Folder, link_id: str) -> None:
    """Print one link."""
    with Speaker(folder) as speaker:
        _print(speaker.links.one(link_id))


@authority.command("link-act")
@click.argument("act", type=click.Choice(tuple(ACTS)))
@click.argument("link_id")
@click.option("--caseworker", required=True, help="Pseudonym.")
@click.option("--compared", type=click.Choice(COMPARED), multiple=True, help="Two or more to confirm, one to refuse.")
@click.pass_obj
def link_act(folder: Folder, act: str, link_id: str, caseworker: str, compared: tuple[str, ...]) -> None:
    """Confirm a link, refuse it, or take your word back; none of these has an effect alone."""
    with Speaker(folder) as speaker:
        _print(speaker.links.say(link_id, act, caseworker, compared))
