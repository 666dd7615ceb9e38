"""The folder of an authority: its keys, what it pins of the hub and of others, where it stands in its sequence."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from exchange.domain.errors import Refusal
from exchange.wire import keys, sealing_keys
from exchange.wire.encoding import Json, read_json
from exchange.wire.sealing_keys import SealPrivateKey, SealPublicKey

PURPOSES = ("request", "notice")
URN = "urn:asylum-exchange:authority:"


@dataclass(frozen=True)
class Folder:
    """A folder on the authority's own machine. Private keys never leave it."""

    path: Path

    def make(self, slug: str, kind: str, state: str, alg: str) -> Path:
        """Make keys for a new authority; returns the file to hand to the secretariat. Keys are never overwritten."""
        made = {purpose: keys.generate(purpose, alg) for purpose in PURPOSES}
        return self.put({"slug": slug, "kind": kind, "state": state}, made, sealing_keys.generate())

    def put(self, who: Mapping[str, str], signing: Mapping[str, keys.PrivateKey], seal: SealPrivateKey) -> Path:
        """Put keys into an empty folder; returns the file to hand to the secretariat. `who` is slug, kind, state."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        public: dict[str, Json] = {}
        for purpose, key in signing.items():
            _write_private(self.path / f"{purpose}.pem", keys.private_to_pem(key))
            public[purpose] = keys.public_to_jwk(key.public)
        _write_private(self.path / "seal.jwk", json.dumps(sealing_keys.private_to_jwk(seal)).encode())
        public["seal"] = sealing_keys.public_to_jwk(seal.public)
        self._write("enrolment.json", {**who, "keys": public})
        return self.path / "enrolment.json"

    @property
    def urn(self) -> str:
        """The URN of this authority."""
        return URN + str(self._read("enrolment.json")["slug"])

    def key(self, purpose: str) -> keys.PrivateKey:
        """Return a private key of this authority."""
        return keys.private_from_pem((self.path / f"{purpose}.pem").read_bytes(), purpose)

    def seal_key(self) -> SealPrivateKey:
        """Return the key that opens what was sealed for this authority."""
        return sealing_keys.private_from_jwk(self._read("seal.jwk"))

    def know(self, enrolment: dict[str, Any]) -> str:
        """Pin the public keys of another authority, from the file that it made; returns its URN.

        A person compared them over a second channel: the hub's word alone proves no key.
        """
        slug, its = enrolment["slug"], enrolment["keys"]
        keys.public_from_jwk(its["notice"], "notice")
        sealing_keys.public_from_jwk(its["seal"])
        (self.path / "others").mkdir(mode=0o700, exist_ok=True)
        self._replace(self.path / "others" / f"{slug}.json", json.dumps(its, indent=1).encode())
        return URN + str(slug)

    def notice_key_of(self, urn: str) -> keys.PublicKey:
        """Return the pinned notice key of an authority, perhaps this very one. Raises Refusal `not-pinned`."""
        return keys.public_from_jwk(self._keys_of(urn)["notice"], "notice")

    def seal_key_of(self, urn: str) -> SealPublicKey:
        """Return the pinned seal key of an authority. Raises Refusal `not-pinned`."""
        return sealing_keys.public_from_jwk(self._keys_of(urn)["seal"])

    def _keys_of(self, urn: str) -> dict[str, Any]:
        if urn == self.urn:
            return cast("dict[str, Any]", self._read("enrolment.json")["keys"])
        slug = urn.removeprefix(URN)
        if "/" in slug or not (self.path / "others" / f"{slug}.json").exists():
            raise Refusal("not-pinned", "The keys of that authority are not pinned here: `authority know` does it.")
        return self._read(f"others/{slug}.json")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time take a place in the sequence; others wait."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def pin(self, introduction: dict[str, Any]) -> None:
        """Keep what the secretariat said of the hub. It was compared over a second channel by a person."""
        self._write("hub.json", introduction)

    @property
    def hub(self) -> dict[str, Any]:
        """What is pinned of the hub: base_url, ex, hub_keys."""
        return self._read("hub.json")

    def hub_key(self, purpose: str) -> keys.PublicKey:
        """Return a pinned key of the hub."""
        return keys.public_from_jwk(self.hub["hub_keys"][purpose], purpose)

    def place(self) -> tuple[int, str | None]:
        """Return the number of the next notice, and the hash of the signing input of the last one."""
        found = self._read("sequence.json") if (self.path / "sequence.json").exists() else {"seq": 0, "prev": None}
        return cast("int", found["seq"]) + 1, cast("str | None", found["prev"])

    def sent(self, seq: int, sha256: str) -> None:
        """Move on in the sequence, once the hub has accepted the notice with this `seq`; an older one moves nothing."""
        if seq >= self.place()[0]:
            self._write("sequence.json", {"seq": seq, "prev": sha256})

    def pending(self) -> list[Path]:
        """Return the notices that were signed and not yet receipted, oldest first."""
        return sorted((self.path / "pending").glob("*.json"))

    def keep_pending(self, name: str, body: bytes) -> Path:
        """Keep a signed notice until its receipt is here: the very same bytes can then be sent again."""
        (self.path / "pending").mkdir(mode=0o700, exist_ok=True)
        return self._replace(self.path / "pending" / f"{name}.json", body)

    def keep_receipt(self, name: str, receipt: str) -> None:
        """Keep a receipt, and drop the notice that waited for it."""
        (self.path / "receipts").mkdir(mode=0o700, exist_ok=True)
        self._replace(self.path / "receipts" / f"{name}.jws", receipt.encode())
        self.drop_pending(name)

    def keep(self, folder: str, name: str, content: bytes) -> Path:
        """Keep a file in a folder inside this one, in this one itself when `folder` is empty; it replaces an older."""
        (self.path / folder).mkdir(mode=0o700, exist_ok=True)
        return self._replace(self.path / folder / name, content)

    def keep_refused(self, name: str, body: bytes, problem: Mapping[str, Any]) -> None:
        """Keep a notice that will never be taken, with the reason, and drop it from those that wait."""
        (self.path / "refused").mkdir(mode=0o700, exist_ok=True)
        self._replace(self.path / "refused" / f"{name}.json", body)
        self._replace(self.path / "refused" / f"{name}.problem.json", json.dumps(dict(problem), indent=1).encode())
        self.drop_pending(name)

    def drop_pending(self, name: str) -> None:
        """Drop a notice that need not be sent again."""
        (self.path / "pending" / f"{name}.json").unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, Any]:
        return cast("dict[str, Any]", read_json((self.path / name).read_bytes()))

    def _write(self, name: str, value: dict[str, Any]) -> None:
        self._replace(self.path / name, json.dumps(value, indent=1).encode())

    @staticmethod
    def _replace(path: Path, content: bytes) -> Path:
        """Write a file so that a crash leaves the old one or the new one, never half of one."""
        fresh = path.with_suffix(path.suffix + ".new")
        fresh.unlink(missing_ok=True)
        _write_private(fresh, content)
        fresh.replace(path)
        _settle(path.parent)
        return path


def _write_private(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone may read, and wait until it is on the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Wait until the names in a folder are on the disk: a renamed file is else lost with the power."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
