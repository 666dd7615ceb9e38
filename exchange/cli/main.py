"""asylum-exchange: the command line of the exchange."""

import importlib
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

import click

from exchange.domain.errors import Refusal
from exchange.settings import SecretsMissing, SettingMissing

_COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "up": "up:up",
        "authority": "authority_commands:authority",
        "doctor": "doctor:doctor_command",
        "ledger": "audit:ledger",
        "witness-key": "witness:witness_key",
        "witness": "witness:witness",
        "officer": "officer_commands:officer",
        "hub-keys": "processes:hub_keys",
        "migrate": "migrating:migrate",
        "web": "processes:web",
        "relay": "working:relay",
        "worker": "working:worker",
        "beat": "working:beat",
        "signer": "processes:signer",
        "cosigner": "processes:cosigner",
    }
)
"""Command -> where it is in exchange.cli. It is imported when it is asked for: whoever reads an inbox needs no Celery,
and a second of starting is long for a caseworker who waits."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's form
        """Return the names of the commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's form
        """Return a command by its name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        return cast("click.Command", getattr(importlib.import_module(f"exchange.cli.{module}"), attribute))


@click.group(cls=_Commands)
def cli() -> None:
    """Signed notices about asylum cases between authorities, and a warning before chain refoulement."""


def explain(refusal: Refusal) -> str:
    """Return a refusal in a form for a terminal."""
    return f"refused: {refusal.code}\n{refusal.detail}\nWhat to do next stands in docs/errors.md under {refusal.code}."


def main() -> None:
    """Run the command line; a refusal or a missing setting is told in words, not as a traceback."""
    try:
        cli.main(prog_name="asylum-exchange")
    except Refusal as refusal:
        click.echo(explain(refusal), err=True)
        sys.exit(1)
    except (SettingMissing, SecretsMissing) as missing:
        click.echo(str(missing), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
