"""asylum-exchange: the command line of the exchange."""

import sys

import click

from exchange.cli.audit import audit, openings_command
from exchange.cli.authority import authority, explain
from exchange.cli.doctor import doctor_command
from exchange.cli.ledger import ledger
from exchange.cli.officer import officer
from exchange.cli.processes import beat, cosigner, hub_keys, migrate, relay, signer, web, worker
from exchange.cli.up import up
from exchange.cli.witness import witness, witness_key
from exchange.deps import SecretsMissing
from exchange.domain.errors import Refusal
from exchange.settings import SettingMissing


@click.group()
def cli() -> None:
    """Signed notices about asylum cases between authorities, and a warning before chain refoulement."""


for command in (
    up, authority, doctor_command, ledger, witness_key, witness, officer, hub_keys, migrate, web, relay, worker, beat,
    signer, cosigner,
):  # fmt: skip
    cli.add_command(command)

ledger.add_command(openings_command)
ledger.add_command(audit)


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
