"""The directory of neighbours as authorities and caseworkers read it. Each read is an act (L20).

It tells nothing of any person, so every member reads the same (L22).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from exchange import access, neighbours
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.merkle import leaf_hash
from exchange.domain.vocabulary import ACTING_STATES
from exchange.store import directory, ledger
from exchange.store import neighbours as stored
from exchange.store.session import Tx
from exchange.wire.encoding import Json, b64encode, write_json

_WHAT: Final = "directory"


def all_entries(caller: Caller, hub: Hub, now: datetime) -> bytes:
    """Return the newest version of every entry and all enrolled authorities, as JSON."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, _WHAT, "", now)
        return write_json(_everything(tx))


def one_entry(caller: Caller, asked: tuple[str, int], hub: Hub, now: datetime) -> bytes:
    """Return a version of the entry of a state, as JSON; version 0 is the newest. Raises Refusal `not-found`."""
    _require_state(asked[0])
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, _WHAT, _object(*asked), now)
        return write_json(_page(tx, *asked))


def overview(hub: Hub, who: Caseworker, now: datetime) -> dict[str, Any]:
    """Return what `all_entries` returns to a caseworker at the console."""
    with hub.database.transaction() as tx:
        _note(tx, who, "", now)
        return _everything(tx)


def look(hub: Hub, who: Caseworker, asked: tuple[str, int], now: datetime) -> dict[str, Any]:
    """Return a version of an entry to a caseworker, with what differs from the version before it.

    Raises Refusal `not-found`.
    """
    state, version = asked
    _require_state(state)
    with hub.database.transaction() as tx:
        _note(tx, who, _object(state, version), now)
        page = _page(tx, state, version)
        shown: int = page["version"]
        before = _page(tx, state, shown - 1)["entry"] if shown > 1 else None
    return {**page, "before": before}


def states(hub: Hub) -> set[str]:
    """Return the states that have an entry."""
    with hub.database.reading() as tx:
        return {one.state for one in stored.newest(tx)}


def in_force(hub: Hub, state: str) -> tuple[int, str]:
    """Return number and text of the version of a state's entry that is in force. Raises Refusal `not-found`."""
    with hub.database.reading() as tx:
        versions = stored.of_state(tx, state)
    if not versions:
        raise Refusal("not-found", "The directory has no entry of this state.")
    return versions[-1].version, versions[-1].text


def _require_state(state: str) -> None:
    """Let nothing but the code of a state into the ledger as what was read: an address may hold anything."""
    if state not in ACTING_STATES:
        raise Refusal("not-found", "There is no such state.")


def _object(state: str, version: int) -> str:
    return f"{state} {version}" if version else state


def _note(tx: Tx, who: Caseworker, of: str, now: datetime) -> None:
    done = {"at": now, "slug": who.authority.slug, "pseudonym": who.pseudonym, "what": _WHAT, "object": of}
    ledger.act(tx, {**done, "purpose": "own_cases"})


def _everything(tx: Tx) -> dict[str, Any]:
    found = [
        {"state": one.state, **neighbours.numbered(one), "entry": neighbours.entry_of(one)} for one in stored.newest(tx)
    ]
    return {"authorities": _enrolled(tx), "entries": found}


def _enrolled(tx: Tx, state: str = "") -> list[Mapping[str, Json]]:
    found = directory.authorities(tx)
    return [{"urn": one.urn, "kind": one.kind, "state": one.state} for one in found if state in {"", one.state}]


def _page(tx: Tx, state: str, version: int) -> dict[str, Any]:
    versions = stored.of_state(tx, state)
    one = next((one for one in versions if one.version == (version or len(versions))), None)
    if one is None:
        raise Refusal("not-found", "The directory has no such entry, or no such version of it.")
    leaf = {"index": one.leaf, "hash": b64encode(leaf_hash(one.entry)), "salt": b64encode(one.salt)}
    return {
        "state": state,
        "version": one.version,
        "at": int(one.at.timestamp()),
        "command": one.command,
        "leaf": leaf,
        "record": one.record.decode(),
        "text": one.text,
        "entry": neighbours.entry_of(one),
        "authorities": _enrolled(tx, state),
        "versions": [neighbours.numbered(each) for each in versions],
    }
