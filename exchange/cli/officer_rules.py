"""Commands of officers about changed rules: sign the report of a replay, and read one that waits."""

import json
from pathlib import Path

import click

from exchange import rulebook, secretariat, sweeping
from exchange.cli.officer import as_officer, officer, say, working_hub
from exchange.commands import Given
from exchange.domain.errors import Refusal
from exchange.domain.patterns.catalogue import PATTERNS


@officer.command()
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_officer
def replay(report: Path, me: Path) -> None:
    """Sign the REPORT that `patterns replay --json` printed, so that its rules count. One other officer approves."""
    text = report.read_text(encoding="utf-8").strip()
    say(me, rulebook.ACT, rulebook.members(text), Given(bundle=text))


@officer.command("replay-report", context_settings={"ignore_unknown_options": True})
@click.argument("command")
def replay_report(command: str) -> None:
    """Print the report that a waiting COMMAND would have signed, to be read before it is approved."""
    with working_hub() as hub:
        found = [one for one, _ in secretariat.waiting(hub) if one.act == rulebook.ACT and one.digest == command]
    if not found:
        raise Refusal("no-such-command", "No such command waits. `officer waiting` shows those that do.")
    click.echo(found[0].attached)


@officer.command()
def rules() -> None:
    """Say which rules this version has, and since when they count: null while nobody has signed their replay."""
    told = sweeping.rules(PATTERNS)
    with working_hub() as hub:
        since = rulebook.counts(hub, told["definition"])
    click.echo(json.dumps({**told, "since": since and since.isoformat()}, indent=2))
