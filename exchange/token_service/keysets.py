"""The key store of the token service: keysets, each one key of the VOPRF (RFC 9497, ristretto255-SHA512).

active        evaluates
verify-only   evaluates no more; its public key is still shown
retired       its key is gone, and only that it was there is kept
"""

import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from voprf import ristretto

from exchange.domain.errors import Refusal
from exchange.token_service import files
from exchange.wire.encoding import b64decode, b64encode

FOLDER: Final = "keysets"
ACTIVE, VERIFY_ONLY, RETIRED = "active", "verify-only", "retired"
STATES: Final = (ACTIVE, VERIFY_ONLY, RETIRED)
RESERVED: Final = "sandbox"
"""The keyset of tokens by HMAC alone: a key of this service never has that name."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_MEMBERS: Final = frozenset({"id", "created", "state", "seed", "public_key"})
_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Keyset:
    """One key: its id, when it was made in Unix seconds, its state, its public half in base64url.

    `seed` is what the key is derived from (RFC 9497 section 3.2.1), with the id as its info; empty once it is retired.
    """

    id: str
    created: int
    state: str
    public_key: str
    seed: bytes = field(repr=False)

    def evaluator(self) -> ristretto.Evaluator:
        """Return what evaluates. Raises Refusal `keyset-not-active`."""
        if self.state != ACTIVE:
            raise Refusal("keyset-not-active", f"The keyset is {self.state}: the service evaluates under it no more.")
        return _evaluator(self.seed, self.id)

    def shown(self) -> dict[str, str | int]:
        """Return what everybody may know of it."""
        return {"id": self.id, "created": self.created, "state": self.state, "public_key": self.public_key}


def make(folder: Path, keyset_id: str, now: int) -> Keyset:
    """Make a new active keyset. Raises Refusal `bad-token-service` when there is one of that id, or it is no id."""
    if not _ID.fullmatch(keyset_id) or keyset_id == RESERVED:
        raise Refusal("bad-token-service", "The id of a keyset has a-z, 0-9 and -, and is not `sandbox`.")
    seed = secrets.token_bytes(_SEED_BYTES)
    public = b64encode(_evaluator(seed, keyset_id).public_key.serialize())
    with files.alone(folder):
        if _path(folder, keyset_id).exists():
            raise Refusal("bad-token-service", "There is a keyset of that id already: a key is never overwritten.")
        return _written(folder, Keyset(keyset_id, now, ACTIVE, public, seed))


def set_state(folder: Path, keyset_id: str, state: str) -> Keyset:
    """Put a keyset into another state. Retiring it destroys its key, so nothing leads out of that state.

    Raises Refusal `keyset-not-active` for one that is not known or is retired.
    """
    with files.alone(folder):
        found = load(folder).get(keyset_id)
        if found is None or found.state == RETIRED:
            raise Refusal("keyset-not-active", "There is no such keyset, or it is retired for good.")
        seed = b"" if state == RETIRED else found.seed
        return _written(folder, Keyset(found.id, found.created, state, found.public_key, seed))


def load(folder: Path) -> dict[str, Keyset]:
    """Return the keysets by id. Raises Refusal `bad-token-service` for a file that is none, or is open to others."""
    return {path.stem: _read(path) for path in paths(folder)}


def forget() -> None:
    """Drop the keys that were derived: those of a keyset that was retired must not stay in memory."""
    _evaluator.cache_clear()


def paths(folder: Path) -> list[Path]:
    """Return the files of the keysets."""
    return sorted((folder / FOLDER).glob("*.json"))


def _read(path: Path) -> Keyset:
    if path.stat().st_mode & 0o077:
        raise Refusal("bad-token-service", f"{path.name} can be read by others than its owner: its mode must be 0600.")
    told = files.read(path, _MEMBERS)
    return Keyset(
        str(told["id"]),
        int(told["created"]),
        str(told["state"]),
        str(told["public_key"]),
        b64decode(str(told["seed"]), "bad-token-service"),
    )


def _written(folder: Path, one: Keyset) -> Keyset:
    files.write(_path(folder, one.id), {**one.shown(), "seed": b64encode(one.seed)})
    return one


def _path(folder: Path, keyset_id: str) -> Path:
    return folder / FOLDER / f"{keyset_id}.json"


@lru_cache(maxsize=16)
def _evaluator(seed: bytes, keyset_id: str) -> ristretto.Evaluator:
    return ristretto.Evaluator.from_seed(seed, keyset_id.encode())
