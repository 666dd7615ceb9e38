"""Commands of a witness: an authority, or anybody whom readers of the ledger trust not to sign a fork."""

import signal
import threading
from pathlib import Path

import click

from exchange import clock
from exchange.witness import keeping
from exchange.witness.keeping import Witness
from exchange.witness.serving import Server


@click.command("witness-key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("name")
def witness_key(folder: Path, name: str) -> None:
    """Make the key of a witness and its witness.json in FOLDER; prints the verifier key, which readers need."""
    try:
        click.echo(keeping.make(folder, name).vkey)
    except FileExistsError:
        raise click.ClickException("There is a key in that folder already.") from None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from None


@click.command()
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
def witness(config: Path) -> None:
    """Serve a witness until told to stop: it cosigns checkpoints of the ledgers in witness.json (`logs`)."""
    told = keeping.load(config)
    server = Server(Witness(told, lambda: int(clock.now().timestamp())), told.bind)
    for number in (signal.SIGTERM, signal.SIGINT):
        # from another thread: `shutdown` waits for `serve_forever`, which runs in this one
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    host, port = server.server_address[:2]
    click.echo(f"witness {told.signer.name} at http://{host!s}:{port}, of {len(told.logs)} ledgers")
    server.serve_forever()
    server.server_close()
