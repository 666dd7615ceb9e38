"""Commands of officers about members: to suspend one takes two of them, and is done at once."""

import json
from pathlib import Path

import click

from exchange import clock, membership
from exchange.cli.officer import as_officer, officer, say, working_hub
from exchange.domain.members import ALL, FULL, LEFT, OBSERVER

_scope = click.option("--for", "scope", default=ALL, show_default=True, help="`all`, or one nationality (alpha-3).")


@officer.command()
def members() -> None:
    """List how every state stands, and which states count as allies."""
    with working_hub() as hub:
        click.echo(json.dumps(membership.table(hub, clock.now()), indent=2))


@officer.command("suspend-member")
@click.argument("state")
@_scope
@as_officer
def suspend_member(state: str, scope: str, me: Path) -> None:
    """Ask for STATE to be suspended, for all or for one nationality. One other officer approves; it holds at once."""
    say(me, membership.SUSPEND, {"state": state, "scope": scope})


@officer.command()
@click.argument("state")
@click.argument("status", type=click.Choice((OBSERVER, FULL, LEFT)))
@_scope
@as_officer
def member(state: str, status: str, scope: str, me: Path) -> None:
    """Ask for STATE to be an observer or a full member, or to have left. Two other officers approve.

    `full` also lifts a suspension, of all or --for one nationality.
    """
    say(me, membership.MEMBER, {"state": state, "status": status, "scope": scope})


@officer.command()
@click.argument("state")
@click.argument("of")
@click.option("--end", is_flag=True, help="It has ended. Who was told of until now stays withheld from STATE.")
@as_officer
def ally(state: str, of: str, end: bool, me: Path) -> None:  # noqa: FBT001 -- click passes a flag so
    """Ask for STATE to be withheld from wherever OF is. One other officer approves; to --end it, two."""
    say(me, membership.END_ALLY if end else membership.ALLY, {"state": state, "of": of})
