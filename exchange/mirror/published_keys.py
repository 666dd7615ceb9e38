"""The published history of keys (`keys.json`), held against the ledger in the same folder and judged anew.

What is checked of every record, in this order: 1. its leaf hash is over its salt and itself; 2. that hash stands in the
ledger at its index; 3. it follows the one before, and the statements in it bear it out (`key_judging.add`).
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from exchange.domain import merkle
from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import WIDTH
from exchange.mirror.folder import Mirror, read_file
from exchange.wire import key_judging
from exchange.wire.encoding import Json, b64decode, b64encode, is_hash, read_json, write_json
from exchange.wire.key_history import History

KEYS: Final = "keys.json"
MOST: Final = 1 << 26
"""Bytes of a history of keys that is read."""


class Shows(Protocol):
    """Whoever shows the open records."""

    def keys(self) -> bytes:
        """Return the JSON of all open records."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as its opening describes it. Whether the ledger holds it is for `stands` to say."""

    index: int
    hash: bytes
    salt: bytes

    def is_over(self, record: bytes) -> bool:
        """Tell whether the leaf hash is over the salt and this record."""
        return merkle.leaf_hash(hashlib.sha256(self.salt + record).digest()) == self.hash


def read_leaf(value: Json, code: str) -> Leaf:
    """Return a leaf from its JSON: index, hash, salt. Raises Refusal with `code`."""
    told = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    index, texts = told.get("index"), [told.get("hash"), told.get("salt")]
    if type(index) is not int or index < 0 or not all(isinstance(text, str) and is_hash(text) for text in texts):
        raise Refusal(code, "A leaf has index, hash and salt.")
    return Leaf(index, *(b64decode(str(text), code) for text in texts))


@dataclass(frozen=True, slots=True)
class Published:
    """The open records of an exchange with their leaves, in the order in which they stand in the file."""

    ex: str
    events: tuple[tuple[bytes, Leaf], ...]

    def judge(self, before: int | None = None) -> History:
        """Return what the records, or those with leaves below `before`, make of the keys.

        Raises Refusal: as `key_judging.add`, with the place of the record.
        """
        history = History(self.ex)
        for number, (record, leaf) in enumerate(self.events):
            if before is not None and leaf.index >= before:
                break
            try:
                key_judging.add(history, record, leaf.index)
            except Refusal as refusal:
                raise Refusal(refusal.code, f"{_place(number, leaf)}: {refusal.detail}") from None
        return history

    def up_to(self, size: int) -> "Published":
        """Return the records whose leaves are in a ledger of this size."""
        return Published(self.ex, tuple(one for one in self.events if one[1].index < size))

    def written(self) -> bytes:
        """Return the JSON of the file."""
        events: list[Json] = [
            {
                "record": record.decode(),
                "leaf": {"index": leaf.index, "hash": b64encode(leaf.hash), "salt": b64encode(leaf.salt)},
            }
            for record, leaf in self.events
        ]
        return write_json({"ex": self.ex, "events": events})


def read(raw: bytes) -> Published:
    """Return the records in the JSON of `/ledger/keys` or keys.json. Raises Refusal `bad-history`, `bad-json`."""
    told = read_json(raw)
    if not isinstance(told, dict) or set(told) != {"ex", "events"} or not isinstance(told["events"], list):
        raise Refusal("bad-history", "The history of keys has ex and events.")
    events = []
    for number, event in enumerate(told["events"]):
        if not isinstance(event, dict) or not isinstance(event.get("record"), str):
            raise Refusal("bad-history", f"events[{number}]: an event has record and leaf.")
        record = cast("str", event["record"]).encode("utf-8")
        events.append((record, read_leaf(event.get("leaf"), "bad-history")))
    return Published(str(told["ex"]), tuple(events))


def stored(mirror: Mirror) -> Published:
    """Return the records kept in a folder. Raises Refusal `no-keys`, and as `read`."""
    if not (mirror.path / KEYS).is_file():
        raise Refusal("no-keys", f"There is no {KEYS} in the folder: `ledger mirror` and `ledger export` make it.")
    return read(read_file(mirror.path / KEYS, MOST))


def stands(mirror: Mirror, leaf: Leaf, size: int) -> bool:
    """Tell whether the tiles of a folder have this leaf hash at its index, in a ledger of `size` leaves."""
    if leaf.index >= size:
        return False
    tile, within = divmod(leaf.index, WIDTH)
    try:
        return mirror.tile(0, tile, min(WIDTH, size - tile * WIDTH))[within] == leaf.hash
    except (LookupError, ValueError):
        return False


def faults(mirror: Mirror, published: Published, size: int) -> list[str]:
    """Return what is wrong with records, held against a ledger of `size` leaves; each with its place."""
    found = []
    for number, (record, leaf) in enumerate(published.events):
        if not leaf.is_over(record):
            found.append(f"{_place(number, leaf)}: the leaf hash is not over this salt and record.")
        elif not stands(mirror, leaf, size):
            found.append(f"{_place(number, leaf)}: the ledger has another leaf there, or none.")
    try:
        published.judge()
    except Refusal as refusal:
        found.append(f"{refusal.detail} ({refusal.code})")
    return found


def keep(mirror: Mirror, shows: Shows, size: int) -> None:
    """Fetch the records and keep those of a ledger of `size` leaves, which the folder has, once they are right.

    Raises Refusal: `no-answer`; those of `read`; `bad-history` for what is wrong, and for fewer records than are kept.
    """
    fresh = read(shows.keys()).up_to(size)
    with mirror.alone():
        wrong = faults(mirror, fresh, size)
        if wrong:
            raise Refusal("bad-history", f"The exchange shows a false history of keys: {wrong[0]}")
        _require_continued(mirror, fresh)
        mirror.put(KEYS, fresh.written())


def _require_continued(mirror: Mirror, fresh: Published) -> None:
    if not (mirror.path / KEYS).is_file():
        return
    kept = stored(mirror).events
    if tuple(fresh.events[: len(kept)]) != kept:
        raise Refusal(
            "bad-history", "The exchange leaves out records of keys that it showed before, and are kept here."
        )


def _place(number: int, leaf: Leaf) -> str:
    return f"events[{number}], of the leaf {leaf.index}"
