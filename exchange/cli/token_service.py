"""Commands of the body that runs the token service. It is not the hub, and shares no key and no database with it."""

import json
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from exchange import clock
from exchange.domain.errors import Refusal
from exchange.mirror import published_keys
from exchange.mirror.folder import Mirror
from exchange.token_service import batchlog, evaluating, keysets, members
from exchange.token_service.evaluating import Service
from exchange.token_service.quotas import DAY, Quota
from exchange.token_service.serving import Server
from exchange.token_service.shapes import shapes
from exchange.wire.encoding import read_json
from exchange.wire.key_history import History, Life
from exchange.wire.keys import PublicKey
from exchange.wire.signed_note import NoteKey, read_vkey

URN: Final = "urn:asylum-exchange:authority:"
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("token-service", invoke_without_command=True)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the service."
)
@click.pass_context
def token_service(context: click.Context, folder: Path) -> None:
    """Serve tokens until told to stop, or do one of the operator's commands."""
    context.obj = folder
    if context.invoked_subcommand is None:
        _serve(folder)


def _serve(folder: Path) -> None:
    with Service(folder, clock.now) as service:
        server = Server(service)
        for number in (signal.SIGTERM, signal.SIGINT):
            # from another thread: `shutdown` waits for `serve_forever`, which runs in this one
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        host, port = server.server_address[:2]
        click.echo(f"token service at http://{host!s}:{port}, for {service.config.origin}")
        server.serve_forever()
        server.server_close()


@token_service.command()
@click.option("--origin", required=True, help="Origin that authorities sign requests for, as https://tokens.example.")
@click.option("--bind", default="127.0.0.1:8480", show_default=True)
@click.option("--per-minute", type=int, default=evaluating.DEFAULT_QUOTA.per_minute, show_default=True)
@click.option("--per-day", type=int, default=evaluating.DEFAULT_QUOTA.per_day, show_default=True)
@click.pass_obj
def init(folder: Path, origin: str, bind: str, per_minute: int, per_day: int) -> None:
    """Make the folder. The quotas are elements that one authority may ask for; a notice needs some 50."""
    evaluating.init(folder, origin, bind, Quota(per_minute, per_day))


@token_service.command()
@click.argument("keyset")
@click.pass_obj
def keyset(folder: Path, keyset: str) -> None:
    """Make a new key, under the id KEYSET."""
    click.echo(keysets.make(folder, keyset, int(clock.now().timestamp())).public_key)


@token_service.command("keyset-state")
@click.argument("keyset")
@click.argument("state", type=click.Choice((keysets.VERIFY_ONLY, keysets.ACTIVE, keysets.RETIRED)))
@click.pass_obj
def keyset_state(folder: Path, keyset: str, state: str) -> None:
    """Let a keyset evaluate no more, or again; `retired` destroys its key for good."""
    click.echo(keysets.set_state(folder, keyset, state).state)


@token_service.command()
@click.pass_obj
def introduction(folder: Path) -> None:
    """Print what authorities pin: the origin, and the public key of each active keyset. Compare it in person."""
    active = {one.id: one.public_key for one in keysets.load(folder).values() if one.state == keysets.ACTIVE}
    click.echo(json.dumps({"origin": evaluating.configured(folder).origin, "keysets": active}, indent=1))


@token_service.command()
@click.argument("enrolments", type=_FILE, nargs=-1, required=True)
@click.pass_obj
def admit(folder: Path, enrolments: tuple[Path, ...]) -> None:
    """Admit authorities by the files that they made (enrolment.json), compared over a second channel."""
    for enrolment in enrolments:
        one = members.admit(folder, read_json(enrolment.read_bytes()))
        click.echo(f"{one.slug} {one.state} {one.key.kid}")


@token_service.command()
@click.argument("mirror", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--vkey", type=_FILE, required=True, help="File with the ledger's verifier key, compared in person.")
@click.pass_obj
def follow(folder: Path, mirror: Path, vkey: Path) -> None:
    """Take over from a mirrored ledger which request key each admitted authority has now.

    Whose key was ended without a successor is suspended, and who was enrolled anew too, until `admit` compares the new
    key: officers of the exchange enrol, and their word admits nobody here. Nobody is taken up again.
    """
    history = _history(Mirror(mirror), read_vkey(vkey.read_text(encoding="utf-8").strip()))
    for slug, member in members.load(folder).items():
        life = history.current(URN + slug, "request")
        if life is None or not isinstance(life.key, PublicKey):
            members.set_state(folder, slug, members.SUSPENDED)
            click.echo(f"{slug} suspended: it has no request key")
        elif not _descends(history, life, member.key.kid):
            members.set_state(folder, slug, members.SUSPENDED)
            click.echo(f"{slug} suspended: its request key does not follow the one that was admitted")
        elif life.kid != member.key.kid:
            members.put_key(folder, slug, life.key)
            click.echo(f"{slug} {life.kid}")


def _descends(history: History, life: Life, kid: str) -> bool:
    """Tell whether a key is the one with this thumbprint, or was introduced by the authority as its successor."""
    while life.kid != kid:
        before = history.lives.get(life.predecessor or "")
        if before is None:
            return False
        life = before
    return True


def _history(mirror: Mirror, key: NoteKey) -> History:
    """Return what the published records of keys come to. Raises Refusal `bad-history`, `no-mirror`, `no-keys`."""
    newest = mirror.newest(key)
    if newest is None:
        raise Refusal("no-mirror", "The folder has no checkpoint: `ledger mirror` makes one.")
    published = published_keys.stored(mirror).up_to(newest.head.size)
    wrong = published_keys.faults(mirror, published, newest.head.size)
    if wrong:
        raise Refusal("bad-history", wrong[0])
    return published.judge()


@token_service.command()
@click.argument("slug")
@click.pass_obj
def suspend(folder: Path, slug: str) -> None:
    """Evaluate nothing more for an authority, from its next request on."""
    click.echo(members.set_state(folder, slug, members.SUSPENDED).state)


@token_service.command()
@click.argument("slug")
@click.pass_obj
def resume(folder: Path, slug: str) -> None:
    """Evaluate for an authority again."""
    click.echo(members.set_state(folder, slug, members.ACTIVE).state)


@token_service.command()
@click.argument("slug")
@click.option("--per-minute", type=click.IntRange(0), default=0, help="Elements; 0 is the usual.")
@click.option("--per-day", type=click.IntRange(0), default=0, help="Elements; 0 is the usual.")
@click.pass_obj
def quota(folder: Path, slug: str, per_minute: int, per_day: int) -> None:
    """Give an authority quotas of its own, say while it makes its tokens anew; without options the usual ones."""
    members.set_quota(folder, slug, per_minute, per_day)


@token_service.command()
@click.option("--days", type=click.IntRange(1), default=30, show_default=True)
@click.option("--notices", type=_FILE, help="JSON: most notices that an authority told in a day, by slug.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def report(folder: Path, days: int, notices: Path | None, as_json: bool) -> None:  # noqa: FBT001 -- click passes a flag so
    """Check the chain of the log, and print what was asked for and which shapes of enumeration are in it."""
    since = int(clock.now().timestamp()) - days * DAY
    batches, away, last = _read(folder, since)
    usual = evaluating.configured(folder).quota
    quotas = {
        one.slug: Quota(one.per_minute or usual.per_minute, one.per_day or usual.per_day)
        for one in members.load(folder).values()
    }
    found = shapes(batches, quotas, _notices(notices) if notices else {})
    if as_json:
        asked = {of: sum(batch.n for batch in batches if batch.of == of) for of in sorted({b.of for b in batches})}
        seen = [{"of": one.of, "day": _day(one.day), "shape": one.name, "words": one.words} for one in found]
        click.echo(
            json.dumps({"batches": len(batches), "elements": asked, "shapes": seen, "log": [last.number, last.hash]})
        )
        return
    for of in sorted({batch.of for batch in batches}):
        mine = [batch.n for batch in batches if batch.of == of]
        click.echo(f"{of}: {sum(mine)} elements in {len(mine)} batches")
    for one in found:
        click.echo(f"{_day(one.day)} {one.of} {one.name}: {one.words}")
    if away:
        click.echo(f"Lines 1 to {away} are in files that are not here: check them where they were put.")
    click.echo(f"{last.number} lines, the last with the hash {last.hash}: note both, and compare them next time.")


def _read(folder: Path, since: int) -> tuple[list[batchlog.Batch], int, batchlog.Place]:
    """Return the batches since a time, and of the whole log how many lines are not here, and the place of the last."""
    batches, first, last = list[batchlog.Batch](), batchlog.Place(1), batchlog.Place()
    for batch, place in batchlog.read(folder):
        first, last = (place if last.number == 0 else first), place
        if batch.at >= since:
            batches.append(batch)
    return batches, max(0, first.number - 2), last  # the line before a first batch that is not the very first is a link


def _notices(path: Path) -> dict[str, int]:
    told = read_json(path.read_bytes())
    if not isinstance(told, dict):
        raise Refusal("bad-token-service", "The notices are a JSON object: slug and number.")
    found = {slug: n for slug, n in told.items() if type(n) is int and n >= 0}
    if found.keys() != told.keys():
        raise Refusal("bad-token-service", "The notices of an authority are a whole number.")
    return found


def _day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()
