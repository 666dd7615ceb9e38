"""The command `up`: the whole exchange on one machine, and the demo on it."""

import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from exchange import logs, settings
from exchange.demo import ceremony, neighbours
from exchange.demo.play import DemoFailed, close, play, set_up
from exchange.demo.sandboxing import NotASandbox
from exchange.demo.sandboxing import set_up as set_up_sandbox
from exchange.deps import open_hub
from exchange.embedded.processes import NotStarted
from exchange.embedded.services import Running
from exchange.embedded.state import forget
from exchange.embedded.up import run, to_stderr

OFFICERS = "officers"
PLAYED = "played.json"


@click.command()
@click.option("--var", type=click.Path(path_type=Path), help="Where data, keys and logs are kept: var, or DIR/var.")
@click.option("--fresh", is_flag=True, help="Forget what is in var and start anew.")
@click.option("--no-demo", is_flag=True, help="Start an empty exchange.")
@click.option("--exit-after-demo", is_flag=True, help="Stop when the alerts of the demo stand.")
@click.option(
    "--sandbox",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Enrol authorities with known keys; write DIR/sandbox.json.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the alerts of the demo as JSON to standard output.")
def up(*, var: Path | None, sandbox: Path | None, fresh: bool, **how: bool) -> None:
    """Run PostgreSQL, Redis and the exchange from installed packages, and play the demo once.

    With --sandbox there is no demo: authorities of every participant are enrolled, with keys that everybody knows.
    """
    logs.configure("WARNING")
    where = var or (Path("var") if sandbox is None else sandbox / "var")
    ready = _ready(**how) if sandbox is None else _sandbox(sandbox)
    try:
        if fresh:
            forget(where)
        sys.exit(run(where, on_ready=ready))
    except (NotStarted, NotASandbox) as reason:
        click.echo(str(reason), err=True)
    except DemoFailed as failed:
        click.echo(f"the demo failed: {failed}", err=True)
    sys.exit(1)


def _sandbox(folder: Path) -> Callable[[Running], int | None]:
    def on_ready(running: Running) -> int | None:
        _write_environment(running)
        loaded = replace(settings.load(running.environment), log_level="WARNING")
        hub = open_hub(loaded, connections=1)
        try:
            office = ceremony.begin(hub, running.var / OFFICERS)
            path = set_up_sandbox(office, folder)
            neighbours.enter(office)
        finally:
            hub.database.close()
        to_stderr(f"sandbox      {path} has the address, the hub's keys, and the keys of every authority")
        to_stderr("running      Ctrl-C stops it")
        return None

    return on_ready


def _ready(*, no_demo: bool, exit_after_demo: bool, as_json: bool) -> Callable[[Running], int | None]:
    def on_ready(running: Running) -> int | None:
        _write_environment(running)
        _officers(running)
        played = None if no_demo else _demo(running)
        if as_json and played is not None:
            click.echo(json.dumps(played, indent=2, ensure_ascii=False))
        to_stderr(f"console      {running.console}")
        if played is not None:
            note = running.var / "demo" / "console-password"
            to_stderr(f"sign in      authority sk-asylum, pseudonym case-1 or chief-1, password in {note}")
        if exit_after_demo:
            return 0
        to_stderr("running      Ctrl-C stops it")
        return None

    return on_ready


def _write_environment(running: Running) -> None:
    """Write the settings of this exchange to a file that a shell can read, for the commands of officers."""
    told = {name: value for name, value in running.environment.items() if name.startswith(settings.PREFIX)}
    lines = "".join(f"{name}={shlex.quote(value)}\n" for name, value in told.items())
    path = running.var / "environment"
    path.touch(mode=0o600)
    path.write_text(lines, encoding="utf-8")


def _officers(running: Running) -> None:
    """Make three officers and begin with them, when this exchange has none; let them enter the first neighbours."""
    hub = open_hub(replace(settings.load(running.environment), log_level="WARNING"), connections=1)
    try:
        neighbours.enter(ceremony.begin(hub, running.var / OFFICERS))
    finally:
        hub.database.close()


def _demo(running: Running) -> dict[str, Any]:
    """Play the demo, or return what it brought about when it was played before."""
    folder = running.var / "demo"
    result = folder / PLAYED
    if result.exists():
        to_stderr("demo         was played before; --fresh starts anew")
        return dict(json.loads(result.read_text(encoding="utf-8")))
    if folder.exists():
        raise DemoFailed("An earlier demo did not end. Start anew with --fresh.")
    loaded = replace(settings.load(running.environment), log_level="WARNING")
    hub = open_hub(loaded, connections=1)
    stage = set_up(ceremony.begin(hub, running.var / OFFICERS), folder, to_stderr)
    try:
        played = play(stage).as_json()
    finally:
        close(stage)
        hub.database.close()
    result.write_text(json.dumps(played, indent=1), encoding="utf-8")
    return played
