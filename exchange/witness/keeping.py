"""What a witness keeps: its key, the ledgers that it knows, and the last checkpoint that it cosigned of each.

Between reading the last checkpoint and keeping the next one nobody else comes in, and it is on the disk before it is
cosigned (C2SP tlog-witness). A state that does not verify stops the witness: it signs nothing until a person looks.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.domain.errors import Refusal
from exchange.wire import keys, signed_note, tlog
from exchange.wire.encoding import read_json
from exchange.wire.signed_note import COSIGNATURE, NoteKey, NoteSigner, read_vkey
from exchange.wire.tlog import SignedCheckpoint
from exchange.witness import deciding

CONFIG: Final = "witness.json"
_KEY: Final = "witness.pem"
_BIND: Final = "127.0.0.1:8470"
_MEMBERS: Final = {"name", "key", "state", "bind", "logs"}


@dataclass(frozen=True)
class Config:
    """What a witness is told: its key, the verifier keys of the ledgers by origin, its folder, host and port."""

    signer: NoteSigner
    logs: Mapping[str, NoteKey]
    state: Path
    bind: tuple[str, int]


class Witness:
    """A witness with its state. `now` gives seconds since 1970."""

    def __init__(self, config: Config, now: Callable[[], int]) -> None:
        """Make the folder of the state, and read it once: what does not verify is refused now."""
        self._config, self._now = config, now
        config.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        for origin in config.logs:
            self.last(origin)

    def add_checkpoint(self, raw: bytes) -> str:
        """Return the cosignature line for what was sent. Raises `deciding.Turned`, and Refusal for a damaged state."""
        sent = deciding.read(raw, self._config.logs)
        head = sent.checkpoint.head
        with self._alone(head.origin):
            deciding.decide(sent, self.last(head.origin))
            _replace(self._path(head.origin), sent.checkpoint.note.raw.encode())
        return signed_note.cosign(sent.checkpoint.note, self._config.signer, self._now())

    def last(self, origin: str) -> SignedCheckpoint | None:
        """Return the last checkpoint that was cosigned of a ledger. Raises Refusal when it does not verify."""
        path = self._path(origin)
        return tlog.open_checkpoint(path.read_bytes(), self._config.logs[origin]) if path.exists() else None

    def _path(self, origin: str) -> Path:
        return self._config.state / f"{hashlib.sha256(origin.encode()).hexdigest()}.note"

    @contextmanager
    def _alone(self, origin: str) -> Iterator[None]:
        lock = os.open(self._path(origin).with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # among threads too: each opens the file for itself
            yield
        finally:
            os.close(lock)


def make(folder: Path, name: str) -> NoteKey:
    """Make the key of a witness, and a configuration that knows no ledger yet; returns the verifier key.

    Raises:
        FileExistsError: there is a key already; it is never overwritten.
        ValueError: a key cannot have that name.
    """
    key = keys.generate("request")  # a PEM of Ed25519, whatever it is for
    public = NoteSigner(name, cast("Ed25519PrivateKey", key.key), COSIGNATURE).public
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / _KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(keys.private_to_pem(key))
        file.flush()
        os.fsync(file.fileno())
    told = {"name": name, "key": _KEY, "state": "state", "bind": _BIND, "logs": []}
    _replace(folder / CONFIG, json.dumps(told, indent=1).encode())
    return public


def load(path: Path) -> Config:
    """Return a configuration; paths in it are relative to its own folder.

    Raises:
        Refusal: `bad-witness` when it is not of the form; `bad-key`, `weak-key` for a key in it.
    """
    told = read_json(path.read_bytes())
    if not isinstance(told, dict) or told.keys() != _MEMBERS or not isinstance(told["logs"], list):
        raise Refusal("bad-witness", f"The configuration of a witness has {', '.join(sorted(_MEMBERS))}.")
    private = keys.private_from_pem((path.parent / str(told["key"])).read_bytes(), "request").key
    host, _, port = str(told["bind"]).rpartition(":")
    if not isinstance(private, Ed25519PrivateKey) or host != "127.0.0.1" or not port.isdecimal():
        raise Refusal("bad-witness", "A witness has an Ed25519 key, and listens on a port of 127.0.0.1.")
    logs = [read_vkey(str(vkey)) for vkey in told["logs"]]
    by_origin = {log.name: log for log in logs}
    if len(by_origin) != len(logs):
        raise Refusal("bad-witness", "Two ledgers have one name.")
    signer = NoteSigner(str(told["name"]), private, COSIGNATURE)
    return Config(signer, by_origin, path.parent / str(told["state"]), (host, int(port)))


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and wait until it and its name are on the disk."""
    fresh = path.with_suffix(path.suffix + ".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    number = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
