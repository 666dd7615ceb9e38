"""asylum-exchange: the command line of the exchange."""

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import click

from exchange.cli.lazily import Commands
from exchange.domain.errors import Refusal
from exchange.settings import SecretsMissing, SettingMissing

_COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "up": "up:up",
        "simulate": "simulate:simulate",
        "authority": "authority_commands:authority",
        "doctor": "doctor:doctor_command",
        "ledger": "audit:ledger",
        "witness-key": "witness:witness_key",
        "witness": "witness:witness",
        "officer": "officer_commands:officer",
        "patterns": "pattern_commands:patterns",
        "linkage": "linkage:linkage",
        "token-service": "token_service:token_service",
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
"""Command -> where it is in exchange.cli."""


@click.group(cls=Commands, places=_COMMANDS)
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
