"""Commands of officers about keysets: name one under which tokens are compared, end one, list them."""

import json
from pathlib import Path

import click

from exchange import keysets
from exchange.cli.officer import as_officer, officer, say, working_hub
from exchange.wire.encoding import read_json


@officer.command("keyset")
@click.argument("entry", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ended", is_flag=True, help="Compare tokens under it no more; what is linked stays so.")
@as_officer
def name_keyset(entry: Path, me: Path, *, ended: bool) -> None:
    """Let tokens be compared under the keyset in ENTRY, which `authority keyset` printed. One other officer approves.

    Compare the check value over a second channel with two authorities, and the public key with the token service.
    """
    told = keysets.read(read_json(entry.read_bytes()), keysets.ENDED if ended else keysets.COMPARED)
    say(me, keysets.ACT, keysets.members(told))


@officer.command("keysets")
def list_keysets() -> None:
    """List the keysets that were named, with what was said last of each."""
    with working_hub() as hub, hub.database.reading() as tx:
        click.echo(json.dumps(keysets.listed(tx), indent=2))
