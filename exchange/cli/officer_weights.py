"""Commands of officers about link weights: sign other ones, say which count, and learn new ones from judgements."""

import json
from pathlib import Path

import click

from exchange import clock, link_weights
from exchange.cli.officer import as_officer, officer, say, working_hub
from exchange.commands import Given


@officer.command("link-weights")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_officer
def sign_weights(file: Path, me: Path) -> None:
    """Sign the weights in FILE, so that links are scored by them. One other officer approves.

    Once they count, every notice is weighed anew: links are made, and dissolved, where the weights say so.
    """
    text = file.read_text(encoding="utf-8").strip()
    say(me, link_weights.ACT, link_weights.members(text), Given(bundle=text))


@officer.command("weights")
@click.option("--profile", default="N1", show_default=True, help="The profile of the tokens that are scored.")
def weights(profile: str) -> None:
    """Print the weights by which links are scored now."""
    with working_hub() as hub:
        told = link_weights.counting(hub, profile)
    click.echo(json.dumps(told, indent=2, sort_keys=True))


@officer.command("link-training")
@click.option("--version", help="Version of the new weights; without it, only the report is printed.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the new weights are written.")
def train(version: str | None, out: Path | None) -> None:
    """Learn weights from the links that caseworkers confirmed and refused, and print how good they are.

    The report has counts, precision and recall by cross-validation, and how the weights differ from those that count.
    Nothing changes until two officers sign the file (`officer link-weights`).
    """
    from exchange import link_training  # noqa: PLC0415 -- scikit-learn takes a second to load: here alone

    if (version is None) != (out is None):
        raise click.UsageError("Name --version and --out together.")
    with working_hub() as hub:
        told, document = link_training.train(hub, version or "not signed", clock.now())
    if out is not None:
        out.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    click.echo(json.dumps(told, indent=2, sort_keys=True))
