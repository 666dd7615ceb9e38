"""Commands that run one process of the exchange each. docker-compose and the supervisor run these very commands."""

import os
import random
import signal
import sys
import threading
from pathlib import Path

import click

from exchange import logs, publishing, settings, witnessing
from exchange.deps import ledger_signer, make_secrets, witnesses_of
from exchange.publishing import LedgerChanged
from exchange.settings import Settings
from exchange.store.session import Database
from exchange.witnessing import WitnessLeft


def own_settings() -> Settings:
    """Return the settings of this process, with its log set up."""
    loaded = settings.load()
    logs.configure(loaded.log_level)
    return loaded


def stopping() -> threading.Event:
    """Return an event that is set when this process is told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@click.command("hub-keys")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def hub_keys(folder: Path | None) -> None:
    """Make the keys of the hub that its secrets folder lacks."""
    if folder is None:
        loaded = own_settings()
        made = make_secrets(loaded.secrets, loaded.ledger_key)
    else:
        made = make_secrets(folder)
    for name in made:
        click.echo(f"made {name}", err=True)


@click.command()
def web() -> None:
    """Serve the API and the console."""
    host, _, port = own_settings().bind.rpartition(":")
    threads = str(own_settings().web_threads)
    options = ["--interface", "wsgi", "--host", host, "--port", port, "--workers", "1", "--no-ws"]
    options += ["--blocking-threads", threads, "--backpressure", "64", "--log-level", "warning"]
    # granian is its own program: this process becomes it, so that signals reach it
    command = [sys.executable, "-m", "granian", *options, "exchange.wsgi:application"]
    os.execve(sys.executable, command, settings.for_the_server())  # noqa: S606 -- our own interpreter


@click.command()
def signer() -> None:
    """Sign what the ledger has become, once a second, until told to stop. It alone reads the ledger's key."""
    loaded = own_settings()
    stop = stopping()
    database = Database(loaded.database_url, most=1)
    try:
        publishing.run(database, ledger_signer(loaded), stop)
    except LedgerChanged as changed:
        click.echo(f"The ledger is not what was signed: {changed} docs/operations.md says what to do.", err=True)
        sys.exit(1)
    finally:
        database.close()


@click.command()
def cosigner() -> None:
    """Take the newest checkpoint to each witness, until told to stop. It reads no private key."""
    loaded = own_settings()
    witnesses = witnesses_of(loaded)
    stop = stopping()
    database = Database(loaded.database_url, most=2)
    try:
        witnessing.run(database, witnesses, stop, random.SystemRandom())
    except WitnessLeft as left:
        click.echo(str(left), err=True)
        sys.exit(1)
    finally:
        database.close()
