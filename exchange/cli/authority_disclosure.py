"""Command of an authority that has a disclosure report made of its own case."""

import json
from pathlib import Path
from typing import Any

import click

from exchange.cli.authority import authority
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.domain.disclosure_report import FOR, LEGAL_BASES, PURPOSES


@authority.command("disclosure-report")
@click.argument("case")
@click.option("--for", "for_whom", type=click.Choice(FOR), required=True, help="Into whose hands it is given.")
@click.option("--purpose", type=click.Choice(PURPOSES), default="access_by_the_person", show_default=True)
@click.option("--legal-basis", type=click.Choice(LEGAL_BASES), required=True)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a paper into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print it with its signature and its proof, as JSON.")
@click.pass_obj
def disclosure_report(folder: Folder, /, case: str, pdf: Path | None, *, as_json: bool, **said: Any) -> None:  # noqa: ANN401 -- as click read it
    """Have a report made of who was told what of the person of a CASE of yours, when, and for which purpose.

    The paper says who asked for protection. Hand it to the person, or to accredited counsel, outside the states that it
    names.
    """
    asked = {"case": case, "for": said["for_whom"], "purpose": said["purpose"], "legal_basis": said["legal_basis"]}
    with Speaker(folder) as speaker:
        handed = speaker.disclosures.proven(speaker.disclosures.report(asked))
    if pdf is not None:
        from exchange.printing import disclosure  # noqa: PLC0415 -- whoever prints nothing need not load it

        pdf.touch(mode=0o600)
        pdf.write_bytes(disclosure.pdf(handed))
        click.echo(f"written to {pdf.name}; write the name of the person on it by hand", err=True)
    if as_json:
        click.echo(json.dumps(handed.members(), indent=2, ensure_ascii=False))
    elif pdf is None:
        said_of = handed.said["notices"]
        told = {one["to"] for notice in said_of for one in notice["told"]}
        click.echo(f"report {handed.said['id']}: {len(said_of)} notices, told to {len(told)} authorities; kept")
