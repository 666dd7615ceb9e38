"""Commands about one notice in the ledger: `openings` writes what its party needs, `audit` shows what became of it."""

import json
from pathlib import Path
from typing import Any

import click

from exchange import clock, openings
from exchange.cli.ledger import ledger, read_jwk, with_json, with_vkey, with_witnesses
from exchange.cli.processes import own_settings
from exchange.deps import open_hub
from exchange.mirror import auditing
from exchange.mirror import openings as opened
from exchange.mirror.ground import Stated, Trusted
from exchange.wire.encoding import write_json

_MADE = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.command("openings")
@click.argument("iss")
@click.argument("notice_id")
@click.argument("file", type=_NEW)
@click.option("--for", "to", help="The slug of an authority: only what it said, read and was shown itself.")
def openings_command(iss: str, notice_id: str, file: Path, to: str | None) -> None:
    """Write the openings of one notice from the database into FILE, for a party entitled to them. It is noted."""
    if file.exists():
        raise click.BadParameter("the file is there already", param_hint="FILE")
    hub = open_hub(own_settings(), connections=1)
    try:
        made = openings.hand_out(hub, iss, notice_id, to, clock.now())
    finally:
        hub.database.close()
    with file.open("xb") as out:
        out.write(write_json(made))
    click.echo(f"{len(made['acts'])} acts, {len(made['acknowledgements'])} acknowledgements, {made['waiting']} waiting")


@click.command()
@click.argument("folder", type=_MADE)
@click.argument("openings_file", type=_FILE)
@with_vkey
@with_witnesses
@click.option("--receipt-key", type=_FILE, help="The hub's public key for receipts, a JWK.")
@click.option("--secretariat", help="The hash of the first key event, as an introduction has it (`secretariat`).")
@click.option("--before", type=_FILE, help="Openings of another notice, before which this one is to stand.")
@with_json
def audit(folder: Path, openings_file: Path, **said: Any) -> None:  # noqa: ANN401 -- click's
    """Say what a mirrored or exported ledger and openings show of a notice: by whom, under which key, shown to whom."""
    receipt = None if said["receipt_key"] is None else read_jwk(said["receipt_key"], "receipt")
    trusted = Trusted(said["key"], said["witnesses"], receipt, said["secretariat"])
    before = None if said["before"] is None else opened.read(said["before"].read_bytes())
    shown = auditing.audit(folder, opened.read(openings_file.read_bytes()), trusted, before)
    if said["as_json"]:
        click.echo(json.dumps([_members(one) for one in shown], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_told(number, one) for number, one in enumerate(shown, 1)))


def _members(one: Stated) -> dict[str, str]:
    return {"says": one.says, "word" if one.is_word else "proof": one.proof}


def _told(number: int, one: Stated) -> str:
    how = "Nothing but the hub's word" if one.is_word else "Proven by"
    return f"{number}. {one.says}\n   {how}: {one.proof}"


ledger.add_command(openings_command)
ledger.add_command(audit)
