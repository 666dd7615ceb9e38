"""The command that brings the database to this version's schema."""

import click

from exchange.cli.processes import own_settings
from exchange.store.migrating import migrate as run_migrations


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    run_migrations(own_settings().database_url)
