"""Bring a database to the schema of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def migrate(url: str) -> None:
    """Run every migration that the database at `url` lacks. A second run does nothing."""
    config = Config()
    # configparser would read a percent sign in a path as the start of a reference
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["url"] = url
    command.upgrade(config, "head")
