"""Witnesses that somebody relies on: their keys, the states that their operators belong to, and what is enough.

Two witnesses of one state are one witness: whoever can order the one can order the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from exchange.domain.errors import Refusal
from exchange.domain.vocabulary import ACTING_STATES
from exchange.wire.encoding import Json
from exchange.wire.signed_note import COSIGNATURE, NoteKey, read_vkey
from exchange.wire.tlog import SignedCheckpoint

MOST: Final = 16
"""Witnesses of one list: the hub attends to each with a thread of its own."""
MOST_ASKED: Final = 8
"""Cosignatures that a proof may be asked for with."""
STATES: Final = 2
"""States whose witnesses must have cosigned, for a checkpoint to be witnessed."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its key, the state of its operator (ISO 3166-1 alpha-3), and, for the hub that asks it, where it is.

    `url` has no slash at its end; it is empty where nobody asks.
    """

    key: NoteKey
    state: str
    url: str = ""


def read_witnesses(told: Json, *, urls: bool = False) -> tuple[Witness, ...]:
    """Return the witnesses of a list [{"vkey", "state"}], with `urls` [{"vkey", "state", "url"}].

    Raises:
        Refusal: `bad-witness` when it is not of the form, or names one witness twice; `bad-key`, `weak-key`.
    """
    if not isinstance(told, list) or len(told) > MOST:
        raise Refusal("bad-witness", f"Witnesses are a list of at most {MOST}.")
    found = tuple(_witness(one, urls=urls) for one in told)
    names, keys = {one.key.name for one in found}, {one.key.key.public_bytes_raw() for one in found}
    if len(names) != len(found) or len(keys) != len(found):
        raise Refusal("bad-witness", "Each witness has a name and a key of its own.")
    return found


def published(witnesses: Iterable[Witness]) -> list[dict[str, str]]:
    """Return the list that everybody may have, [{"vkey", "state"}]: `read_witnesses` reads it."""
    return [{"vkey": one.key.vkey, "state": one.state} for one in witnesses]


def is_witnessed(checkpoint: SignedCheckpoint, witnesses: Iterable[Witness]) -> bool:
    """Tell whether witnesses of two different states cosigned a checkpoint that was opened with their keys."""
    signed = {one.key.vkey for one in checkpoint.cosignatures}
    return len({one.state for one in witnesses if one.key.vkey in signed}) >= STATES


def _witness(told: Json, *, urls: bool) -> Witness:
    members = {"vkey", "state", "url"} if urls else {"vkey", "state"}
    if not isinstance(told, dict) or told.keys() != members:
        raise Refusal("bad-witness", f"A witness of the list has {', '.join(sorted(members))}, and nothing else.")
    vkey, state, url = (told.get(name, "") for name in ("vkey", "state", "url"))
    if not isinstance(vkey, str) or not isinstance(state, str) or not isinstance(url, str):
        raise Refusal("bad-witness", "What a witness of the list has is text.")
    key = read_vkey(vkey)
    if key.kind != COSIGNATURE or state not in ACTING_STATES:
        raise Refusal("bad-witness", "A witness has a key of type 4 (cosignature) and a state in three letters.")
    if urls and not _is_base(url):
        raise Refusal("bad-witness", f"The url of {key.name} is not http(s)://host[:port][/path].")
    return Witness(key, state, url.rstrip("/"))


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return sound and not (parts.username or parts.password or "@" in parts.netloc or parts.query or parts.fragment)
