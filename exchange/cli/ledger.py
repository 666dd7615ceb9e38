"""Commands about the published ledger: mirror it, check it, show what is in it. `export` alone knows the database."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from exchange import key_room
from exchange.cli.processes import own_settings
from exchange.deps import open_hub
from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import tile_path, tiles_of
from exchange.mirror import checking, cosigning, evidence, fetching, published_keys
from exchange.mirror.checking import Checked
from exchange.mirror.evidence import Keys, Shown
from exchange.mirror.folder import CHECKPOINTS, VKEY, Mirror
from exchange.store import tree
from exchange.store.session import Tx
from exchange.wire import keys, statements, tlog
from exchange.wire.encoding import b64decode, read_json, write_json
from exchange.wire.keys import PublicKey
from exchange.wire.signed_note import NoteKey, encode, read_vkey

_FOLDER = click.Path(file_okay=False, path_type=Path)
_MADE = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Vkey(click.ParamType):  # type: ignore[type-arg]  # generic in the stubs alone
    """A verifier key as text, or a file that holds it."""

    name = "VKEY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> NoteKey:  # noqa: ANN401 -- click's
        """Return the key."""
        if isinstance(value, NoteKey):
            return value
        try:
            text = Path(value).read_text(encoding="utf-8") if "+" not in value and Path(value).is_file() else value
            return read_vkey(text.strip())
        except Refusal as refusal:
            self.fail(refusal.detail, param, ctx)


_Command = Callable[..., None]
with_vkey = click.option("--vkey", "key", type=_Vkey(), required=True, help="The ledger's verifier key, or its file.")
with_witnesses = click.option(
    "--witness-vkey", "witnesses", type=_Vkey(), multiple=True, help="A witness whose cosignatures are to be verified."
)
with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def ledger() -> None:
    """Mirror the published ledger, check it, and show what is in it."""


@ledger.command()
@click.argument("url")
@click.argument("folder", type=_FOLDER)
@with_vkey
def mirror(url: str, folder: Path, key: NoteKey) -> None:
    """Bring FOLDER to what the exchange at URL shows, once it is verified that it continues what is there."""
    _mirrored(Mirror(folder), url, key)


def _mirrored(kept: Mirror, url: str, key: NoteKey) -> None:
    served = fetching.Served(url)
    try:
        done = fetching.update(kept, served, key)
        published_keys.keep(kept, served, done.newest.head.size)
    finally:
        served.close()
    click.echo(f"{key.name}: {done.newest.head.size} leaves, {done.before} of them were mirrored before")


@ledger.command()
@click.argument("folder", type=_FOLDER)
def export(folder: Path) -> None:
    """Write the whole published ledger from the database into FOLDER, which must be new: tiles, checkpoints, keys."""
    if folder.exists() and any(folder.iterdir()):
        raise click.BadParameter("the folder is not empty", param_hint="FOLDER")
    hub = open_hub(own_settings(), connections=1)
    try:
        with hub.database.transaction() as tx:
            size, missing = _write_tiles(tx, Mirror(folder))
            Mirror(folder).put(VKEY, f"{hub.ledger_vkey}\n".encode())
        shown = published_keys.read(write_json(key_room.published(hub, None)))
        Mirror(folder).put(published_keys.KEYS, shown.up_to(size).written())
    finally:
        hub.database.close()
    click.echo(f"{size} leaves, {missing} tiles missing")
    sys.exit(1 if missing else 0)


def _write_tiles(tx: Tx, to: Mirror) -> tuple[int, int]:
    """Write what is published, also where it is wrong: `verify` says so. Returns leaves, and tiles that are missing."""
    last = tree.last_checkpoint(tx)
    if last is None:
        raise Refusal("no-mirror", "The ledger has no checkpoint yet.")
    missing = 0
    read = tree.Reader(tx)
    for level, index, width in tiles_of(last.size):
        try:
            to.put(tile_path(level, index, width), b"".join(read(level, index, width)))
        except LookupError:
            missing += 1
    for size, note in tree.checkpoints(tx):
        if size <= last.size:
            to.put(f"{CHECKPOINTS}/{size}.note", note.encode())
    return last.size, missing


@ledger.command()
@click.argument("folder", type=_MADE)
@with_vkey
@with_witnesses
@with_json
def verify(folder: Path, key: NoteKey, witnesses: tuple[NoteKey, ...], *, as_json: bool) -> None:
    """Check every file of a mirrored or exported ledger, and say what is wrong and where; status 1 when it is."""
    checked = checking.check(folder, key, witnesses)
    click.echo(json.dumps(_members(checked), indent=2) if as_json else _told(checked))
    sys.exit(1 if checked.faults else 0)


def _members(checked: Checked) -> dict[str, Any]:
    return {
        "holds": not checked.faults,
        "origin": checked.origin,
        "size": checked.size,
        "root": encode(checked.root),
        "checkpoints": checked.checkpoints,
        "cosigned": checked.cosigned,
        "faults": [{"where": fault.where, "what": fault.what} for fault in checked.faults],
        "remarks": list(checked.remarks),
    }


def _told(checked: Checked) -> str:
    read = f"{checked.size} leaves, {checked.checkpoints} checkpoints, {checked.cosigned} cosigned"
    lines = [f"{checked.origin}: {read}", *checked.remarks]
    lines += [f"{fault.where}\n  {fault.what}" for fault in checked.faults]
    last = (
        "It does not hold." if checked.faults else "Every tile is made of the leaves, and every checkpoint is of them."
    )
    return "\n".join([*lines, last])


@ledger.command()
@click.argument("notice_file", type=_FILE)
@click.argument("receipt_file", type=_FILE)
@click.argument("proof_file", type=_FILE)
@with_vkey
@with_witnesses
@click.option("--receipt-key", type=_FILE, required=True, help="The hub's public key for receipts, a JWK.")
@click.option("--author-key", type=_FILE, help="The author's public notice key, a JWK.")
@click.option("--before", type=_FILE, help="The proof of another leaf, before which the notice is to stand.")
@click.option("--before-receipt", type=_FILE, help="The receipt of that leaf.")
@click.option("--before-leaf", help="Its leaf hash, in base64url, where there is no receipt.")
@click.option("--mirror", "mirrored", type=_MADE, help="A mirror that shows that both proofs are of one history.")
@with_json
def prove(notice_file: Path, receipt_file: Path, proof_file: Path, **said: Any) -> None:  # noqa: ANN401 -- click's
    """Say what a notice, its receipt and its proof show, and what proves it. It needs no exchange and no network."""
    if said["before"] is None and any(said[name] is not None for name in ("before_receipt", "before_leaf", "mirrored")):
        raise click.UsageError("--before-receipt, --before-leaf and --mirror are about the proof that --before names.")
    author = None if said["author_key"] is None else read_jwk(said["author_key"], "notice")
    trusted = Keys(said["key"], read_jwk(said["receipt_key"], "receipt"), said["witnesses"], author)
    shown, included = evidence.prove(_text(notice_file), _text(receipt_file), proof_file.read_bytes(), trusted)
    if said["before"] is not None:
        leaf_hash = _leaf_hash(said["before_receipt"], said["before_leaf"], trusted)
        more, other = evidence.before(included, said["before"].read_bytes(), leaf_hash, trusted)
        shown += more
        if said["mirrored"] is not None:
            shown.append(evidence.one_history(Mirror(said["mirrored"]), included.checkpoint, other.checkpoint))
    if said["as_json"]:
        click.echo(json.dumps([{"says": one.says, "proof": one.proof} for one in shown], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_numbered(shown)))


def _numbered(shown: list[Shown]) -> list[str]:
    return [f"{number}. {one.says}\n   Proven by: {one.proof}" for number, one in enumerate(shown, 1)]


def _leaf_hash(receipt: Path | None, leaf_hash: str | None, trusted: Keys) -> bytes:
    if (receipt is None) == (leaf_hash is None):
        raise click.UsageError("--before needs either --before-receipt or --before-leaf: a proof names no leaf hash.")
    if receipt is not None:
        told = statements.heard(_text(receipt).strip(), statements.RECEIPT, trusted.receipt)
        leaf_hash = str(evidence.leaf_of(told)["hash"])
    return b64decode(str(leaf_hash), "bad-proof")


def read_jwk(path: Path, purpose: str) -> PublicKey:
    """Return the public key in a file. Raises Refusal `bad-key`."""
    told = read_json(path.read_bytes())
    if not isinstance(told, dict):
        raise Refusal("bad-key", f"{path.name} holds no JWK.")
    return keys.public_from_jwk(told, purpose)


def _text(path: Path) -> str:
    return path.read_bytes().decode("ascii", errors="replace")  # what is no ASCII is no JWS


@ledger.command()
@click.argument("url")
@click.argument("witness_url")
@click.argument("folder", type=_FOLDER)
@with_vkey
@click.option("--witness-vkey", "witness", type=_Vkey(), required=True, help="The witness's verifier key.")
def cosign(url: str, witness_url: str, folder: Path, key: NoteKey, witness: NoteKey) -> None:
    """Mirror the exchange at URL into FOLDER, and let a witness cosign the newest checkpoint."""
    _mirrored(Mirror(folder), url, key)
    done: tlog.SignedCheckpoint = cosigning.cosign(Mirror(folder), key, cosigning.Witness(witness_url, witness))
    click.echo(f"cosigned at {done.head.size} leaves by {witness.name}")
