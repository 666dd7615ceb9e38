"""Commands of the processes that carry Celery: relay, worker, beat."""

from datetime import timedelta
from pathlib import Path

import click

from exchange.cli.processes import own_settings, stopping
from exchange.store.session import Database
from workers import relay as relaying
from workers.app import connected


@click.command()
def relay() -> None:
    """Send promised work to the workers until told to stop."""
    loaded = own_settings()
    stop = stopping()
    app = connected(loaded)
    database = Database(loaded.database_url, most=1)
    relaying.run(
        database,
        lambda step, numbers: app.send_task(step, args=[numbers]),
        timedelta(seconds=loaded.relay_resend),
        stop,
    )
    database.close()


@click.command()
def worker() -> None:
    """Keep the promises of the outbox."""
    connected(own_settings()).worker_main(
        ["worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    )


@click.command()
@click.option("--schedule", type=click.Path(path_type=Path), default=Path("beat-schedule"), help="Beat's own file.")
def beat(schedule: Path) -> None:
    """Ask for the work that is due by the clock."""
    app = connected(own_settings())
    app.Beat(schedule=str(schedule), loglevel="WARNING").run()
