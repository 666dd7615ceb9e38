"""The folder of an authority: who it is, its keys, what it pins of the hub, where it stands in its sequence."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from exchange.wire import keys
from exchange.wire.encoding import read_json

PURPOSES = ("request", "notice")


@dataclass(frozen=True)
class Folder:
    """A folder on the authority's own machine. Private keys never leave it."""

    path: Path

    def make(self, slug: str, kind: str, state: str, alg: str) -> Path:
        """Make keys for a new authority; returns the file to hand to the secretariat. Keys are never overwritten."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        public = {}
        for purpose in PURPOSES:
            key = keys.generate(purpose, alg)
            _write_private(self.path / f"{purpose}.pem", keys.private_to_pem(key))
            public[purpose] = keys.public_to_jwk(key.public)
        self._write("enrolment.json", {"slug": slug, "kind": kind, "state": state, "keys": public})
        return self.path / "enrolment.json"

    @property
    def urn(self) -> str:
        """The URN of this authority."""
        return f"urn:asylum-exchange:authority:{self._read('enrolment.json')['slug']}"

    def key(self, purpose: str) -> keys.PrivateKey:
        """Return a private key of this authority."""
        return keys.private_from_pem((self.path / f"{purpose}.pem").read_bytes(), purpose)

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
        """Move on in the sequence, once the hub has accepted a notice; the same notice moves it once."""
        if self.place()[1] != sha256:
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
