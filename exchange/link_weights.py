"""Which weights count when links are scored: those that two officers signed last, or else the ones that are shipped.

Weights come with the command that asks for them, and their digest is in the command. Once another officer approves,
they have a leaf of their own and count from then on, and every notice is weighed anew, in batches.
"""

import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from exchange.commands import Acting, Given
from exchange.deps import Hub
from exchange.domain import difference
from exchange.domain.errors import Refusal
from exchange.domain.weighing import weights
from exchange.domain.weighing.weights import Weights
from exchange.store import ledger, outbox, tokens
from exchange.store import weighing as stored
from exchange.store.key_events import StoredCommand
from exchange.store.session import Tx
from exchange.wire import key_statements
from exchange.wire.encoding import Json, read_json, write_json
from exchange.wire.key_statements import OFFICER, Statement

ACT: Final = "link-weights"
TYP: Final = "asylum-exchange-link-weights-signed"
SHIPPED: Final = Path(__file__).parent / "data" / "link-weights.json"


@cache
def shipped() -> Weights:
    """Return the weights that this version brings. Raises Refusal `bad-link-weights`."""
    return read(SHIPPED.read_text(encoding="utf-8"))[1]


@cache
def _signed(text: str) -> Weights:
    return read(text)[1]


def in_force(tx: Tx, profile: str) -> Weights | None:
    """Return the weights by which notices of a profile are scored; None when nobody has made any for it."""
    signed = stored.last(tx, profile)
    if signed is not None:
        return _signed(signed.document)
    return shipped() if shipped().profile == profile else None


def of_version(tx: Tx, version: str) -> Weights | None:
    """Return the weights of a version, by which something was decided; None when nobody knows them."""
    if version == shipped().version:
        return shipped()
    signed = stored.of_version(tx, version)
    return None if signed is None else _signed(signed.document)


def counting(hub: Hub, profile: str) -> dict[str, Any]:
    """Return the document of the weights by which notices of a profile are scored, and since when (null: as shipped).

    Raises Refusal `bad-link-weights` when there are none for it.
    """
    with hub.database.reading() as tx:
        if in_force(tx, profile) is None:
            raise Refusal("bad-link-weights", "There are no weights for tokens of this profile.")
        signed = stored.last(tx, profile)
    text = SHIPPED.read_text(encoding="utf-8") if signed is None else signed.document
    return {"since": signed and signed.at.isoformat(), "weights": read(text)[0]}


def read(text: str) -> tuple[dict[str, Any], Weights]:
    """Return weights as JSON and as they are used. Raises Refusal `bad-json`, `bad-link-weights`."""
    told: Any = read_json(text.strip().encode())
    if not isinstance(told, dict):
        raise Refusal("bad-link-weights", "Weights are a JSON object.")
    return cast("dict[str, Any]", told), weights.read(told)


def members(text: str) -> dict[str, Json]:
    """Return what the command says that asks for weights to count. Raises as `read`."""
    told, of = read(text)
    return {"weights": difference.digest(told), "profile": of.profile, "version": of.version}


def attached(said: Statement, text: str) -> dict[str, Any]:
    """Return the weights that came with a command, if they are those that the command names. Raises as `check`."""
    if {name: said.members.get(name) for name in ("weights", "profile", "version")} != members(text):
        raise Refusal("bad-key-statement", "The command is about other weights than those that came with it.")
    return read(text)[0]


def check(acting: Acting, said: Statement, given: Given) -> Mapping[str, Json]:
    """Check a command by itself; returns what an officer must see of it: how the weights differ from those in force.

    Raises Refusal `bad-json`, `bad-link-weights`, `bad-key-statement`.
    """
    said.need("act", "weights", "profile", "version")
    attached(said, given.bundle or "")
    _, fresh = read(given.bundle or "")
    _need_fresh(acting.book.tx, fresh)
    return changes(in_force(acting.book.tx, fresh.profile), fresh)


def changes(old: Weights | None, new: Weights) -> dict[str, Json]:
    """Return how weights differ from those before them: versions, thresholds, and the types that each alone knows."""
    kinds, before = (set(one.agree) | set(one.differ) if one else set[str]() for one in (new, old))
    return {
        "profile": new.profile,
        "version": new.version,
        "against": old.version if old else None,
        "thresholds": {name: [getattr(old, name, None), getattr(new, name)] for name in ("probable", "possible")},
        "new_types": list[Json](sorted(kinds - before)),
        "gone_types": list[Json](sorted(before - kinds)),
    }


def _need_fresh(tx: Tx, fresh: Weights) -> None:
    if fresh.version == shipped().version or stored.of_version(tx, fresh.version) is not None:
        raise Refusal("bad-link-weights", "Weights of this version are known already. A version is used once.")
    if not tokens.has_room(tx, set(fresh.agree) | set(fresh.differ)):
        raise Refusal("bad-link-weights", f"The index tells {tokens.TYPES} types of tokens apart, and no more.")


def follow(acting: Acting, command: StoredCommand, _: list[str]) -> None:
    """Let the weights count: a leaf over their digest, an act, and the promise to weigh every notice anew."""
    said = key_statements.read(command.jws, OFFICER, acting.history.ex)
    tx, now, text = acting.book.tx, acting.book.now, str(command.attached)
    _need_fresh(tx, read(text)[1])
    record: dict[str, Json] = {
        "v": 1,
        "typ": TYP,
        "ex": acting.history.ex,
        "at": int(now.timestamp()),
        **{name: said.text(name) for name in ("weights", "profile", "version")},
        "command": command.digest,
    }
    leaf = acting.book.add(write_json(record), secrets.token_bytes(32))
    stored.sign(
        tx,
        stored.Signed(
            said.text("weights"), said.text("profile"), said.text("version"), text, command.digest, now, leaf.index
        ),
    )
    ledger.act(tx, {"at": now, "what": "link weights signed", "object": said.text("weights"), "purpose": ACT})
    outbox.promise(tx, [("weigh", 0, said.text("version"))], now)


ACTS: Final = MappingProxyType({ACT: (check, follow)})
"""Act -> how it is checked, and what it does, as `exchange.officers.Act` has them."""
