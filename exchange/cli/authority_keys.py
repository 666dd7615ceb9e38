"""Commands of an authority about keys: its own, and those of others."""

from datetime import UTC, datetime
from pathlib import Path

import click

from exchange.cli.authority import JSON_FILE, authority, load
from exchange.client import enrolling
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.wire.key_statements import ENDINGS, PURPOSES


@authority.command()
@click.argument("invitation", type=JSON_FILE)
@click.pass_obj
def answer(folder: Folder, invitation: Path) -> None:
    """Answer the invitation of the secretariat with a bundle; prints its fingerprint, to read to the officers.

    Read it to two of them, over a line that is not the exchange.
    """
    answered = enrolling.answer(folder, load(invitation))
    click.echo(f"hand to the secretariat: {answered.path}", err=True)
    click.echo(answered.fingerprint)


@authority.command()
@click.argument("slug")
@click.option("--fingerprint", prompt="Fingerprint of its bundle, as it was read to you", help="It is asked for.")
@click.pass_obj
def meet(folder: Folder, slug: str, fingerprint: str) -> None:
    """Pin the keys of another authority that is enrolled, and follow them as far as witnesses saw them."""
    with Speaker(folder) as speaker:
        click.echo(speaker.others.meet(slug, fingerprint))


@authority.command()
@click.argument("slugs", nargs=-1)
@click.pass_obj
def update(folder: Folder, slugs: tuple[str, ...]) -> None:
    """Follow the keys of the exchange and of these pinned authorities, by default all. Do it every week."""
    with Speaker(folder) as speaker:
        for line in speaker.others.follow_hub():
            click.echo(line)
        for slug in slugs or folder.others():
            for line in speaker.others.follow(slug):
                click.echo(line)


@authority.command()
@click.argument("purpose", type=click.Choice(PURPOSES))
@click.option("--recovery", is_flag=True, help="Let the recovery key introduce it: the old key is in other hands.")
@click.pass_obj
def rotate(folder: Folder, purpose: str, *, recovery: bool) -> None:
    """Make a new key that follows the one in use; the old one verifies for 30 days more. Prints its kid."""
    with Speaker(folder) as speaker:
        click.echo(speaker.keys.rotate(purpose, by_recovery=recovery))


@authority.command(context_settings={"ignore_unknown_options": True})  # a kid may begin with a hyphen
@click.argument("kid")
@click.option("--ending", type=click.Choice(ENDINGS), required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="UTC. What it signed from then is flagged.")
@click.pass_obj
def revoke(folder: Folder, kid: str, ending: str, since: datetime | None) -> None:
    """Revoke a key of ours with the recovery key. Let a successor follow it first, or the secretariat must help."""
    moment = None if since is None else int(since.replace(tzinfo=UTC).timestamp())
    with Speaker(folder) as speaker:
        speaker.keys.revoke(kid, ending, moment)
