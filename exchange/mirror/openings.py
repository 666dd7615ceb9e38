"""Reading a file of openings. What is in it is the word of whoever made it, until `auditing` has held it to the ledger.

docs/ledger.md, section Audit, has the members.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final, NoReturn, cast

from exchange.domain import merkle
from exchange.domain.errors import Refusal
from exchange.mirror.published_keys import Leaf, read_leaf
from exchange.wire.encoding import Json, b64decode, is_hash, read_json

TYP: Final = "asylum-exchange-openings"
_MEMBERS: Final = frozenset(
    {"v", "typ", "ex", "iss", "id", "to", "notice", "receipt", "answer", "acknowledgements", "minutes", "acts"}
    | {"waiting", "bare"}
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A record with the leaf that is to be over it."""

    record: str
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class OpenedAct:
    """An act: its record, its salt, its place in the tree of its minute with the audit path, the minute's leaf."""

    record: str
    salt: bytes
    position: int
    path: tuple[bytes, ...]
    size: int
    minute: Leaf

    @property
    def root(self) -> bytes | None:
        """The root of the minute to which salt, record and path lead; None for a path that cannot be."""
        entry = hashlib.sha256(self.salt + self.record.encode()).digest()
        return merkle.root_from_path(entry, self.position, self.size, self.path)


@dataclass(frozen=True, slots=True)
class Openings:
    """The openings of one notice; `to` is the authority for which they were made, None when they tell of all."""

    ex: str
    iss: str
    id: str
    to: str | None
    notice: str
    receipt: str
    answer: Opened | None
    acknowledgements: tuple[Opened, ...]
    acts: tuple[OpenedAct, ...]
    waiting: int
    bare: int


def read(raw: bytes) -> Openings:
    """Return the openings in a file. Raises Refusal `bad-openings`, `bad-json`."""
    told = read_json(raw)
    if not isinstance(told, dict) or told.keys() != _MEMBERS or (told["v"], told["typ"]) != (1, TYP):
        _bad("The file holds no openings.")
    minutes: dict[int, tuple[Leaf, int]] = {}
    for minute in _objects(told["minutes"], "minutes"):
        leaf = read_leaf(minute.get("leaf"), "bad-openings")
        minutes[leaf.index] = leaf, _number(minute.get("size"), "size")
    acts = tuple(_act(one, minutes) for one in _objects(told["acts"], "acts"))
    said = tuple(_opened(one, "jws") for one in _objects(told["acknowledgements"], "acknowledgements"))
    answer = None if told["answer"] is None else _opened(cast("dict[str, Any]", told["answer"]), "record")
    return Openings(
        ex=_text(told["ex"], "ex"),
        iss=_text(told["iss"], "iss"),
        id=_text(told["id"], "id"),
        to=None if told["to"] is None else _text(told["to"], "to"),
        notice=_text(told["notice"], "notice"),
        receipt=_text(told["receipt"], "receipt"),
        answer=answer,
        acknowledgements=said,
        acts=acts,
        waiting=_number(told["waiting"], "waiting"),
        bare=_number(told["bare"], "bare"),
    )


def _act(told: dict[str, Any], minutes: dict[int, tuple[Leaf, int]]) -> OpenedAct:
    path = told.get("path")
    minute = minutes.get(_number(told.get("minute"), "minute"))
    if minute is None or not isinstance(path, list):
        _bad("An act has a path, and names a minute whose leaf is there.")
    nodes = tuple(b64decode(_text(node, "path"), "bad-openings") for node in path)
    salt = _text(told.get("salt"), "salt")
    if not is_hash(salt):
        _bad("A salt is 32 bytes in base64url.")
    record, position = _text(told.get("record"), "record"), _number(told.get("position"), "position")
    return OpenedAct(record, b64decode(salt), position, nodes, minute[1], minute[0])


def _opened(told: dict[str, Any], name: str) -> Opened:
    if not isinstance(told, dict):
        _bad("A record with its leaf is an object.")
    return Opened(_text(told.get(name), name), read_leaf(told.get("leaf"), "bad-openings"))


def _objects(value: Json, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        _bad(f"{name} is a list of objects.")
    return cast("list[dict[str, Any]]", value)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        _bad(f"{name} is text.")
    return value


def _number(value: object, name: str) -> int:
    if type(value) is not int or value < 0:
        _bad(f"{name} is a number from 0.")
    return value


def _bad(words: str) -> NoReturn:
    raise Refusal("bad-openings", words)
