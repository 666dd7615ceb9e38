"""Commands of an authority: its own keys, its own words, its own inbox and queue. Nothing here knows the hub inside."""

import json
from pathlib import Path
from typing import Any

import click

from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.domain.alertlife import ACTS
from exchange.domain.errors import Refusal
from exchange.domain.vocabulary import ACTING_STATES, AUTHORITY_KINDS, CLOSING_REASONS
from exchange.wire.encoding import read_json
from exchange.wire.keys import ALGORITHMS

_JSON_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _print(value: Any) -> None:  # noqa: ANN401 -- JSON
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _load(path: Path) -> Any:  # noqa: ANN401 -- JSON
    return read_json(path.read_bytes())


@click.group()
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Folder of the authority's keys.")
@click.pass_context
def authority(context: click.Context, folder: Path) -> None:
    """Speak with the exchange as one authority."""
    context.obj = Folder(folder)


@authority.command()
@click.argument("slug")
@click.option("--kind", type=click.Choice(AUTHORITY_KINDS), required=True)
@click.option("--state", required=True, help="ISO 3166-1 alpha-3, or UNO.")
@click.option("--alg", type=click.Choice(sorted(ALGORITHMS)), default="Ed25519")
@click.pass_obj
def keys(folder: Folder, slug: str, kind: str, state: str, alg: str) -> None:
    """Make keys, and the file to hand to the secretariat."""
    if state not in ACTING_STATES:
        raise click.BadParameter("no such state", param_hint="--state")
    click.echo(folder.make(slug, kind, state, alg))


@authority.command()
@click.argument("introduction", type=_JSON_FILE)
@click.pass_obj
def pin(folder: Folder, introduction: Path) -> None:
    """Keep what the secretariat printed when it enrolled you: where the hub is, and its keys."""
    folder.pin(_load(introduction))


@authority.command()
@click.argument("notice", type=_JSON_FILE)
@click.pass_obj
def post(folder: Folder, notice: Path) -> None:
    """Sign and send a notice from a JSON file with hub, event, facts and perhaps safeguards; prints its receipt."""
    with Speaker(folder) as speaker:
        _print(speaker.post(_load(notice)))


@authority.command("send-pending")
@click.pass_obj
def send_pending(folder: Folder) -> None:
    """Send again what has no receipt yet."""
    with Speaker(folder) as speaker:
        click.echo(f"{speaker.send_pending()} sent again")


@authority.command()
@click.option("--after", type=int, default=0)
@click.pass_obj
def inbox(folder: Folder, after: int) -> None:
    """Print the inbox from a number on."""
    with Speaker(folder) as speaker:
        _print(speaker.inbox(after))


@authority.command()
@click.pass_obj
def alerts(folder: Folder) -> None:
    """Print the queue."""
    with Speaker(folder) as speaker:
        _print(speaker.alerts())


@authority.command()
@click.argument("alert_id")
@click.pass_obj
def alert(folder: Folder, alert_id: str) -> None:
    """Print one alert with its history."""
    with Speaker(folder) as speaker:
        _print(speaker.alert(alert_id))


@authority.command()
@click.argument("act", type=click.Choice(ACTS))
@click.argument("alert_id")
@click.option("--caseworker", required=True, help="Pseudonym.")
@click.option("--reason", type=click.Choice(CLOSING_REASONS), help="Needed to close.")
@click.pass_obj
def act(folder: Folder, act: str, alert_id: str, caseworker: str, reason: str | None) -> None:
    """Take, acknowledge or close an alert."""
    with Speaker(folder) as speaker:
        _print(speaker.act(alert_id, act, {"caseworker": caseworker, **({"reason": reason} if reason else {})}))


@authority.command()
@click.argument("question", type=_JSON_FILE)
@click.pass_obj
def query(folder: Folder, question: Path) -> None:
    """Ask about the person of an own case, from a JSON file with purpose, legal_basis, case and tokens."""
    with Speaker(folder) as speaker:
        _print(speaker.query(_load(question)))


def explain(refusal: Refusal) -> str:
    """Return a refusal in a form for a terminal."""
    return f"refused: {refusal.code}\n{refusal.detail}\nWhat to do next stands in docs/errors.md under {refusal.code}."
