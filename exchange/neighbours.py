"""The directory of neighbours: how an edit of the officers is judged and entered, and how its entries are told.

An edit is a signed command with the digest of the new entry and the number of the version that it replaces; the entry
comes with it. Once another officer approves, it is a version with a leaf of its own over a record that every reader
is given.
"""

import hashlib
import secrets
from typing import Any, Final, cast

from exchange.domain.errors import Refusal
from exchange.domain.neighbours import differences
from exchange.store import ledger, neighbours
from exchange.store.key_events import StoredCommand
from exchange.store.ledger import Book
from exchange.store.neighbours import StoredVersion
from exchange.store.session import Tx
from exchange.wire import key_statements
from exchange.wire.encoding import Json, b64encode, read_json, write_json
from exchange.wire.key_statements import OFFICER, Statement
from schemas.neighbours import NEIGHBOUR
from schemas.reading import read

TYP: Final = "asylum-exchange-neighbour"


def digest_of(text: str) -> str:
    """Return the SHA-256 of an entry's text in base64url: what a command and a record name it by."""
    return b64encode(hashlib.sha256(text.encode()).digest())


def read_entry(text: str) -> dict[str, Any]:
    """Return the entry in a text. Raises Refusal `bad-json`, `bad-schema`, which names what is wrong."""
    return read(NEIGHBOUR, read_json(text.encode()), "entry of the directory")


def members(text: str, replaces: int) -> dict[str, Json]:
    """Return what the command says that asks for an entry to be entered. Raises as `read_entry`."""
    return {"state": read_entry(text)["state"], "replaces": replaces, "entry": digest_of(text)}


def check(tx: Tx, said: Statement, text: str) -> dict[str, Json]:
    """Check a command by itself; returns which state it is about, and what would change.

    Raises Refusal `bad-key-statement`, `stale-version`, and as `read_entry`.
    """
    said.need("act", "state", "replaces", "entry")
    entry = attached(said, text)
    _require_newest(tx, said)
    before = neighbours.last_text(tx, entry["state"])
    changed = differences(cast("dict[str, Any]", read_json(before.encode())) if before else {}, entry)
    return {"state": entry["state"], "changes": [f"{path}: {old or '-'} -> {new or '-'}" for path, old, new in changed]}


def attached(said: Statement, text: str) -> dict[str, Any]:
    """Return the entry that came with a command, if it is the one that the command names.

    Raises Refusal `bad-key-statement`, and as `read_entry`.
    """
    entry = read_entry(text)
    if (said.members["entry"], said.members["state"]) != (digest_of(text), entry["state"]):
        raise Refusal("bad-key-statement", "The command is about another entry than the one that came with it.")
    return entry


def enter(book: Book, ex: str, command: StoredCommand) -> None:
    """Let an edit take effect: a new version, its leaf, and an act.

    Raises Refusal `stale-version` when another edit of this entry took effect meanwhile.
    """
    said = key_statements.read(command.jws, OFFICER, ex)
    _require_newest(book.tx, said)
    text, state = str(command.attached), said.text("state")
    version = neighbours.last_version(book.tx, state) + 1
    record: dict[str, Json] = {
        "v": 1,
        "typ": TYP,
        "ex": ex,
        "state": state,
        "version": version,
        "at": int(book.now.timestamp()),
        "entry": digest_of(text),
        "command": command.digest,
    }
    leaf = book.add(write_json(record), secrets.token_bytes(32))
    kept = {"state": state, "version": version, "text": text, "command": command.digest}
    neighbours.add(book.tx, {**kept, "at": book.now, "leaf": leaf.index})
    done = {"at": book.now, "what": "directory changed", "object": f"{state} {version}", "purpose": "directory"}
    ledger.act(book.tx, done)


def _require_newest(tx: Tx, said: Statement) -> None:
    replaces = said.members["replaces"]
    if type(replaces) is not int:
        raise Refusal("bad-key-statement", "replaces is the number of the version in force, 0 when there is none.")
    newest = neighbours.last_version(tx, said.text("state"))
    if replaces != newest:
        raise Refusal("stale-version", f"Version {newest} is in force. Read it, and make the edit anew from it.")


def numbered(one: StoredVersion) -> dict[str, Json]:
    """Return what is told of a version in a list: number, time, digest, command, leaf."""
    return {
        "version": one.version,
        "at": int(one.at.timestamp()),
        "digest": digest_of(one.text),
        "command": one.command,
        "leaf": one.leaf,
    }


def entry_of(one: StoredVersion) -> Json:
    """Return the entry of a version."""
    return read_json(one.text.encode())
