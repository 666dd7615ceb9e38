"""Commands of an authority: its own keys, its own words, its own inbox and queue. Nothing here knows the hub inside."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from exchange.client import hsm
from exchange.client.folder import Folder
from exchange.client.opening import Opened
from exchange.client.speaker import Refused, Speaker
from exchange.domain.alertlife import ACTS, COMMENTS, LONGEST_SNOOZE, REOPENING_REASONS
from exchange.domain.vocabulary import ACTING_STATES, AUTHORITY_KINDS, CLOSING_REASONS
from exchange.wire.encoding import read_json
from exchange.wire.keys import ALGORITHMS
from exchange.wire.witnesses import MOST_ASKED

JSON_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False)


def _print(value: Any) -> None:  # noqa: ANN401 -- JSON
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def load(path: Path) -> Any:  # noqa: ANN401 -- JSON
    """Return the JSON in a file. Raises Refusal `bad-json`."""
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
@click.option("--module", type=_FILE, help="PKCS#11 module of an HSM that holds the notice key.")
@click.option("--token", help="Label of the token in it.")
@click.option("--key", help="Label of the key in the token, or its id in hexadecimal.")
@click.option("--pin-file", type=_FILE, help="File with the PIN, mode 0600.")
@click.option("--generate", is_flag=True, help="Make the notice key inside the token.")
@click.pass_obj
def keys(folder: Folder, /, slug: str, kind: str, state: str, **said: Any) -> None:  # noqa: ANN401 -- as click read it
    """Make keys, and the file to hand to the secretariat. The notice key may be one in an HSM."""
    if state not in ACTING_STATES:
        raise click.BadParameter("no such state", param_hint="--state")
    click.echo(folder.make(slug, kind, state, said["alg"], _in_module(said)))


def _in_module(said: dict[str, Any]) -> hsm.ModuleKey | None:
    """Return the notice key in a module when one is named: the one that is there, or a new one."""
    named = [said[name] for name in ("module", "token", "key", "pin_file")]
    if not any(named) and not said["generate"]:
        return None
    if not all(named):
        raise click.UsageError("A key in a module needs --module, --token, --key and --pin-file.")
    # links are kept: vendors point them at the newest module
    module, pin_file = (str(Path(said[name]).absolute()) for name in ("module", "pin_file"))
    where = hsm.Where(module, said["token"], said["key"], pin_file)
    return hsm.generate(where, said["alg"]) if said["generate"] else hsm.open_key(where)


@authority.command()
@click.argument("introduction", type=JSON_FILE)
@click.pass_obj
def pin(folder: Folder, introduction: Path) -> None:
    """Keep what the secretariat printed when it enrolled you: where the hub is, and its keys."""
    folder.pin(load(introduction))


@authority.command()
@click.argument("enrolments", type=JSON_FILE, nargs=-1, required=True)
@click.pass_obj
def know(folder: Folder, enrolments: tuple[Path, ...]) -> None:
    """Pin the keys of other authorities from the files that they made, compared over a second channel."""
    for enrolment in enrolments:
        click.echo(folder.know(load(enrolment)))


@authority.command()
@click.argument("notice", type=JSON_FILE)
@click.pass_obj
def post(folder: Folder, notice: Path) -> None:
    """Sign and send a notice from a JSON file with hub, event, facts, perhaps safeguards, perhaps texts to seal.

    `sealed` is a list of texts, each with `to` (URNs of known authorities), `person` and `narrative`. Prints the
    receipt.
    """
    with Speaker(folder) as speaker:
        _print(speaker.post(load(notice)))


@authority.command("post-batch")
@click.argument("notices", type=JSON_FILE)
@click.pass_obj
def post_batch(folder: Folder, notices: Path) -> None:
    """Sign and send up to 500 notices from a JSON file with a list of them; prints what became of each."""
    with Speaker(folder) as speaker:
        outcomes = speaker.post_batch(load(notices))
    _print([{"refused": one.code, "detail": one.detail} if isinstance(one, Refused) else one for one in outcomes])
    if any(isinstance(one, Refused) for one in outcomes):
        sys.exit(1)


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
@click.option("--after", type=int, default=0)
@click.option("--wait", type=click.IntRange(0, 30), default=0, help="Seconds to wait for something to come.")
@click.pass_obj
def receive(folder: Folder, after: int, wait: int) -> None:
    """Verify, open and acknowledge the notices of the inbox from a number on; prints what they say.

    What is printed holds names and narratives: keep it where such things are kept.
    """
    with Speaker(folder) as speaker:
        page = speaker.inbox(after, wait)
        for item in page["items"]:
            if item["type"] == "notice":
                _print(_told(item["seq"], speaker.receive(item)))
            elif item["type"] == "hidden":
                click.echo(f"{item['seq']}: hidden, since your state is suspended", err=True)
    click.echo(f"next: --after {page['next']}", err=True)


def _told(seq: int, opened: Opened) -> dict[str, Any]:
    texts = [{"person": text.person, "narrative": text.narrative} for text in opened.sealed]
    head = {"seq": seq, "iss": opened.iss, "id": opened.id, "sha256": opened.sha256}
    return {**head, "parts": dict(opened.parts), "view": dict(opened.view), "sealed": texts}


@authority.command()
@click.option("--which", type=click.Choice(["own", "addressed"]), default="own")
@click.option("--after", default="")
@click.pass_obj
def notices(folder: Folder, which: str, after: str) -> None:
    """List the notices that were accepted of you, or delivered to you."""
    with Speaker(folder) as speaker:
        _print(speaker.notices(which, after))


@authority.command()
@click.argument("iss")
@click.argument("notice_id")
@click.pass_obj
def notice(folder: Folder, iss: str, notice_id: str) -> None:
    """Print one notice, with its receipt and acknowledgements when it is yours."""
    with Speaker(folder) as speaker:
        _print(speaker.notice(iss, notice_id))


@authority.command()
@click.argument("theirs", type=JSON_FILE, nargs=-1)
@click.pass_obj
def checkpoint(folder: Folder, theirs: tuple[Path, ...]) -> None:
    """Print the ledger's checkpoint, to hand to others; THEIRS are files of what others were shown, to be compared."""
    with Speaker(folder) as speaker:
        shown = [speaker.checkpoint(), *(speaker.compare(other.read_bytes()) for other in theirs)]
    click.echo(shown[-1].note.raw, nl=False)


@authority.command()
@click.argument("notice_id")
@click.option(
    "--cosigned", type=click.IntRange(1, MOST_ASKED), default=None, help="So many witnesses must have seen it."
)
@click.pass_obj
def prove(folder: Folder, notice_id: str, cosigned: int | None) -> None:
    """Fetch, verify and keep the proof that a notice of yours stands in the ledger."""
    with Speaker(folder) as speaker:
        found = speaker.prove(notice_id, cosigned or 0)
    click.echo(
        f"leaf {found.index} is in the ledger {found.checkpoint.head.origin} of {found.checkpoint.head.size} leaves"
    )


@authority.command()
@click.option("--after", type=int, default=0)
@click.pass_obj
def quarantine(folder: Folder, after: int) -> None:
    """Print why messages of yours were refused."""
    with Speaker(folder) as speaker:
        _print(speaker.quarantine(after))


@authority.command()
@click.option("--closed", is_flag=True, help="What was closed last, in place of the queue.")
@click.pass_obj
def alerts(folder: Folder, *, closed: bool) -> None:
    """Print the queue."""
    with Speaker(folder) as speaker:
        _print(speaker.closed_alerts() if closed else speaker.alerts())


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
@click.option("--reason", type=click.Choice((*CLOSING_REASONS, *REOPENING_REASONS)), help="To close, or to reopen.")
@click.option("--code", type=click.Choice(COMMENTS), help="To comment.")
@click.option("--reference", help="With a comment: a UUID of one's own files.")
@click.option("--days", type=click.IntRange(1, LONGEST_SNOOZE), help="To snooze.")
@click.option("--authority", help="For a monitor: URN of the authority whose closing it agrees to, or speaks against.")
@click.pass_obj
def act(folder: Folder, /, act: str, alert_id: str, **said: str | int | None) -> None:
    """Do an act on an alert, with what it needs to say."""
    with Speaker(folder) as speaker:
        _print(speaker.act(alert_id, act, {name: value for name, value in said.items() if value is not None}))


@authority.command()
@click.argument("question", type=JSON_FILE)
@click.pass_obj
def query(folder: Folder, question: Path) -> None:
    """Ask about the person of an own case, from a JSON file with purpose, legal_basis, case and tokens."""
    with Speaker(folder) as speaker:
        _print(speaker.query(load(question)))


@authority.command()
@click.argument("removal", type=JSON_FILE)
@click.pass_obj
def check(folder: Folder, removal: Path) -> None:
    """Ask before a removal, from a JSON file with purpose, legal_basis, case, destination and date.

    It may have tokens and means too. The answer is no clearance, whatever it says.
    """
    with Speaker(folder) as speaker:
        told = speaker.check(load(removal))
    _print({name: value for name, value in told.items() if name != "pad"})  # thousands of random characters
