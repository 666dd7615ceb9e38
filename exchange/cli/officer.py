"""Commands of the secretariat. They act on the database that the settings name."""

import json
from pathlib import Path

import click

from exchange import clock, officers, settings, signing_in
from exchange.deps import open_hub
from exchange.wire.encoding import read_json


@click.group()
def officer() -> None:
    """Enrol authorities and their caseworkers; erase parts of notices."""


@officer.command()
@click.argument("enrolment", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def enrol(enrolment: Path) -> None:
    """Enrol an authority from the file that it made with `authority keys`; prints what it must know of the hub."""
    hub = open_hub(settings.load(), connections=1)
    officers.enrol(hub, officers.read_enrolment(read_json(enrolment.read_bytes())), clock.now())
    click.echo(json.dumps(officers.introduction(hub), indent=2))
    hub.database.close()


@officer.command()
@click.argument("iss")
@click.argument("notice_id")
@click.option("--part", type=click.Choice(officers.ERASABLE), required=True)
@click.option("--reason", type=click.Choice(officers.ERASURE_REASONS), required=True)
def erase(iss: str, notice_id: str, part: str, reason: str) -> None:
    """Erase a part of a notice here. Signature, digests, receipt and leaves stay, and verify."""
    hub = open_hub(settings.load(), connections=1)
    officers.erase(hub, iss, notice_id, (part, reason), clock.now())
    hub.database.close()


@officer.command()
@click.argument("authority")
@click.argument("pseudonym")
@click.option("--role", type=click.Choice(["caseworker", "supervisor"]), default="caseworker")
@click.password_option(help="Read from the terminal when it is not given.")
def caseworker(authority: str, pseudonym: str, role: str, password: str) -> None:
    """Give a caseworker of an authority an account on the console."""
    hub = open_hub(settings.load(), connections=1)
    signing_in.add_caseworker(hub, signing_in.find_authority(hub, authority), pseudonym, role, password)
    hub.database.close()
