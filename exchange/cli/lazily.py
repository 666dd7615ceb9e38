"""A group whose commands are imported when they are asked for.

Whoever reads an inbox needs no Celery, and a second of starting is long for a caseworker who waits.
"""

import importlib
from collections.abc import Mapping
from typing import Final, cast

import click

_WHERE: Final = "exchange.cli."


class Commands(click.Group):
    """A group of commands by name, each given as `module:attribute` in exchange.cli."""

    def __init__(self, places: Mapping[str, str], **said: object) -> None:
        super().__init__(**said)  # type: ignore[arg-type]  # click's own arguments
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's form
        """Return the names of the commands."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's form
        """Return a command by its name."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name].partition(":")
        return cast("click.Command", getattr(importlib.import_module(_WHERE + module), attribute))
