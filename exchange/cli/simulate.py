"""The command `simulate`: an invented world, into Parquet files or through a running sandbox."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import click

from exchange import clock, simulating
from exchange.client.doctor.identity import NotUsable
from exchange.demo.looking import live_through
from exchange.demo.play import DemoFailed
from exchange.demo.world import Sandbox
from exchange.domain.errors import Refusal
from exchange.domain.world.dealing import LEAST_EVENTS, MOST, MOST_EVENTS, World
from exchange.domain.world.steps import ENDS
from exchange.domain.world.stories import LAWFUL_SHARE, Mix
from exchange.embedded.up import to_stderr
from exchange.wire.encoding import read_json

_SHARE = click.FloatRange(0, 1)
MOST_ALIVE = 2000
"""Persons through a sandbox: each has some 17 notices, and each alert is read."""


@click.command()
@click.option("--persons", type=click.IntRange(1, MOST - 1), required=True, help="How many persons.")
@click.option("--seed", type=click.IntRange(0, MOST - 1), default=1, show_default=True, help="Decides the world.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="An empty folder for Parquet files.")
@click.option("--through", metavar="SANDBOX", help="sandbox.json, its folder, or the address of the sandbox.")
@click.option("--buckets", type=click.IntRange(1, 100), default=16, show_default=True, help="Files of events.")
@click.option(
    "--events", type=click.FloatRange(LEAST_EVENTS, MOST_EVENTS), default=17.0, show_default=True, help="Mean a person."
)
@click.option(
    "--lawful", type=_SHARE, default=LAWFUL_SHARE, show_default=True, help="Share that nothing may be found of."
)
@click.option(
    "--noise", type=click.FloatRange(0, 5), default=1.0, show_default=True, help="0: all told in time, and once."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON to standard output.")
def simulate(*, out: Path | None, through: str | None, as_json: bool, **how: Any) -> None:  # noqa: ANN401 -- click converts them
    """Invent persons on their way between states, with the truth about each.

    With --out their events are written as Parquet, in buckets, and the truth beside them as truth.parquet: the same
    seed gives the same files. With --through every notice is signed and posted by its authority, and the queues are
    looked through for the alerts that must come; it ends with 1 when one is missing, false, or a notice was refused.
    """
    if (out is None) == (through is None):
        raise click.UsageError("Give --out DIR, or --through SANDBOX.")
    world = World(how["seed"], Mix(how["lawful"], live=through is not None), how["events"], how["noise"])
    done = _written(out, world, how) if out is not None else _lived(str(through), world, how["persons"])
    if as_json:
        click.echo(json.dumps({"seed": world.seed, **done}, indent=2))
    sys.exit(1 if any(done.get(name) for name in ("missing", "false", "refused")) else 0)


def _written(out: Path, world: World, how: dict[str, Any]) -> dict[str, Any]:
    """Write the world into a folder that is empty, or made."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise click.BadParameter(
                f"{out} is not empty: a world is written into a folder of its own.", param_hint="--out"
            )
        written = simulating.write(out, world, how["persons"], how["buckets"], _tell("events"))
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror or error}.", param_hint="--out") from None
    to_stderr(f"written      {written.persons} persons, {written.events} events, and the truth in {out}")
    return {"out": str(out), **asdict(written)}


def _lived(through: str, world: World, persons: int) -> dict[str, Any]:
    """Let the persons live through a sandbox."""
    if persons > MOST_ALIVE:
        raise click.BadParameter(f"Through a sandbox at most {MOST_ALIVE}.", param_hint="--persons")
    if clock.now() < ENDS:
        raise click.ClickException(f"The world ends at {ENDS:%Y-%m-%d}, and a notice tells of no later day than today.")
    described = _described(through)
    try:
        with tempfile.TemporaryDirectory(prefix="world-") as folder, Sandbox(described, Path(folder)) as sandbox:
            done = live_through(sandbox, world, range(persons), lambda: clock.pause(0.05), _tell("notices"))
    except (NotUsable, DemoFailed) as reason:
        raise click.ClickException(str(reason)) from None
    to_stderr(
        f"alerts       {len(done['expected'])} must come; missing {len(done['missing'])}, false {len(done['false'])}"
    )
    return done


def _described(through: str) -> dict[str, Any]:
    """Return what sandbox.json says: the hub's keys stand in it, and are never taken from whoever answers."""
    address = through.startswith(("http://", "https://"))
    path = Path("sandbox" if address else through)
    path = path / "sandbox.json" if path.is_dir() else path
    try:
        described = cast("dict[str, Any]", read_json(path.read_bytes()))
        fits = not address or described["base_url"] == through.rstrip("/")
    except (OSError, Refusal, KeyError, TypeError):
        fits = False
    if not fits:
        advice = "Start one with `asylum-exchange up --sandbox sandbox`, here, or name its sandbox.json."
        raise click.BadParameter(f"No sandbox.json of that sandbox is to be found. {advice}", param_hint="--through")
    return described


def _tell(what: str) -> simulating.Tell:
    return lambda persons, count: to_stderr(f"so far       {persons} persons, {count} {what}")
