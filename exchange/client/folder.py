"""The folder of an authority: its keys, what it pins of the hub and of others, where it stands in its sequence."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, overload

from exchange.client import hsm
from exchange.client.hsm import ModuleKey
from exchange.domain.errors import Refusal
from exchange.wire import jws, keys, sealing_keys, statements
from exchange.wire.encoding import Json, read_json
from exchange.wire.sealing_keys import SealPrivateKey, SealPublicKey

PURPOSES = ("request", "notice", "recovery")
URN = "urn:asylum-exchange:authority:"


@dataclass(frozen=True)
class Folder:
    """A folder on the authority's own machine. Private keys never leave it."""

    path: Path

    def make(self, slug: str, kind: str, state: str, alg: str, notice: ModuleKey | None = None) -> Path:
        """Make keys for a new authority; returns the file to hand to the secretariat. Keys are never overwritten.

        `notice` is a notice key in a module; without it one is made in a file, as the others are.
        """
        made: dict[str, keys.PrivateKey | ModuleKey]
        made = {purpose: keys.generate(purpose, alg) for purpose in PURPOSES if notice is None or purpose != "notice"}
        if notice is not None:
            made["notice"] = notice
        return self.put({"slug": slug, "kind": kind, "state": state}, made, sealing_keys.generate())

    def put(
        self, who: Mapping[str, str], signing: Mapping[str, keys.PrivateKey | ModuleKey], seal: SealPrivateKey
    ) -> Path:
        """Put keys into an empty folder; returns the file to hand to the secretariat. `who` is slug, kind, state."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        public: dict[str, Json] = {}
        for purpose, key in signing.items():
            if isinstance(key, ModuleKey):
                _write_private(self.path / f"{purpose}.module.json", json.dumps(key.where.members(), indent=1).encode())
            else:
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

    @property
    def who(self) -> dict[str, str]:
        """Slug, kind and state of this authority."""
        return {name: str(self._read("enrolment.json")[name]) for name in ("slug", "kind", "state")}

    def put_key(self, purpose: str, key: keys.PrivateKey) -> None:
        """Put a private key into the folder. Raises FileExistsError when there is one."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(self.path / f"{purpose}.pem", keys.private_to_pem(key))

    @overload
    def key(self, purpose: Literal["request", "recovery"]) -> keys.PrivateKey: ...

    @overload
    def key(self, purpose: str) -> keys.Signer: ...

    def key(self, purpose: str) -> keys.Signer:
        """Return a private key of this authority; that for notices may be in a module.

        Raises Refusal `bad-key`, and as `hsm.open_key`.
        """
        if purpose == "notice" and (self.path / "notice.module.json").exists():
            return hsm.open_key(hsm.read_where(self._read("notice.module.json")))
        return keys.private_from_pem((self.path / f"{purpose}.pem").read_bytes(), purpose)

    def seal_key(self) -> SealPrivateKey:
        """Return the seal key in use: it opens what is sealed for this authority now."""
        return sealing_keys.private_from_jwk(self._read("seal.jwk"))

    def seal_keys(self) -> dict[str, SealPrivateKey]:
        """Return every seal key by its kid: those that others followed open what was sealed before."""
        earlier = sorted((self.path / "earlier").glob("*-seal.jwk"))
        found = [self._read("seal.jwk"), *(self._read(f"earlier/{path.name}") for path in earlier)]
        return {key.kid: key for key in map(sealing_keys.private_from_jwk, found)}

    def kid(self, purpose: str) -> str:
        """Return the thumbprint of the key that is enrolled for a purpose."""
        return str(self._read("enrolment.json")["keys"][purpose]["kid"])

    def followed(self, purpose: str, jwk: Mapping[str, Json]) -> None:
        """Note that a public key of our own follows the one before."""
        told = self._read("enrolment.json")
        self._write("enrolment.json", {**told, "keys": _with_successor(told["keys"], purpose, jwk)})

    def know(self, enrolment: dict[str, Any]) -> str:
        """Pin the public keys of another authority, from the file that it made; returns its URN.

        A person compared them over a second channel: the hub's word alone proves no key.
        """
        self.pin_other(enrolment["slug"], enrolment["keys"])
        return URN + str(enrolment["slug"])

    def pin_other(self, slug: str, its: Mapping[str, Any]) -> None:
        """Pin the public keys of another authority, JWKs by purpose."""
        keys.public_from_jwk(its["notice"], "notice")
        sealing_keys.public_from_jwk(its["seal"])
        self.keep("others", f"{slug}.json", json.dumps(its, indent=1).encode())

    def pin_successor(self, slug: str, purpose: str, jwk: Mapping[str, Json]) -> None:
        """Let a key follow the one that is pinned, which stays known for what was signed before."""
        self.pin_other(slug, _with_successor(self.pinned(URN + slug), purpose, jwk))

    def pin_ended(self, slug: str, ended: Mapping[str, Any]) -> None:
        """Note which keys of another authority were ended: kid -> as, and since when what it signed is flagged."""
        self.pin_other(slug, {**self.pinned(URN + slug), "ended": dict(ended)})

    def others(self) -> list[str]:
        """Return the slugs of the authorities that are pinned."""
        return sorted(path.stem for path in (self.path / "others").glob("*.json"))

    def notice_key_of(self, urn: str, kid: str) -> keys.PublicKey:
        """Return the pinned notice key of an authority, perhaps this very one, that has this thumbprint.

        Raises Refusal `not-pinned` for an authority, `unknown-key` for a key.
        """
        its = self.pinned(urn)
        for jwk in [its["notice"], *its.get("earlier", {}).get("notice", [])]:
            key = keys.public_from_jwk(jwk, "notice")
            if key.kid == kid:
                return key
        raise Refusal("unknown-key", "The notice is not signed with a pinned key of its author.")

    def is_compromised(self, urn: str, kid: str) -> bool:
        """Tell whether a key of an authority was reported to be in other hands."""
        return "since" in self.pinned(urn).get("ended", {}).get(kid, {})

    def seal_key_of(self, urn: str) -> SealPublicKey:
        """Return the pinned seal key of an authority. Raises Refusal `not-pinned`, `key-ended` for one that ended."""
        its = self.pinned(urn)
        key = sealing_keys.public_from_jwk(its["seal"])
        if key.kid in its.get("ended", {}):
            raise Refusal("key-ended", "The pinned seal key was ended. `authority update` looks for its successor.")
        return key

    def pinned(self, urn: str) -> dict[str, Any]:
        """Return what is pinned of an authority: JWKs by purpose, `earlier` ones, and which `ended`."""
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
        """Return the key of the hub that was pinned from the introduction."""
        return keys.public_from_jwk(self.hub["hub_keys"][purpose], purpose)

    def hub_keys(self, purpose: str) -> list[keys.PublicKey]:
        """Return the keys of the hub for a purpose: the pinned one, and those that were proven to follow it."""
        followed = self.hub.get("successors", {}).get(purpose, [])
        return [self.hub_key(purpose), *(keys.public_from_jwk(jwk, purpose) for jwk in followed)]

    def pin_hub_successor(self, purpose: str, jwk: Mapping[str, Json]) -> None:
        """Let a key of the hub follow those that are known."""
        told = self.hub
        known = dict(told.get("successors", {}))
        self._write("hub.json", {**told, "successors": {**known, purpose: [*known.get(purpose, []), dict(jwk)]}})

    def heard(self, text: str, typ: str) -> dict[str, Json]:
        """Return what the hub states, under a key of it that is known here. Raises Refusal as `statements.heard`."""
        known = self.hub_keys(statements.KEY_OF[typ])
        kid = jws.parse(text, typ).kid
        return statements.heard(text, typ, next((key for key in known if key.kid == kid), known[0]))

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
        """Keep a receipt, and the notice that waited for it in `sent`: together they are evidence.

        A receipt that differs from one kept before takes no place from it: an exchange that was set back gave both.
        """
        path = self.path / "receipts" / f"{name}.jws"
        if path.exists() and path.read_bytes() != receipt.encode():
            self.keep("receipts", f"{name}.earlier-{path.stat().st_mtime_ns}.jws", path.read_bytes())
        self.keep("receipts", path.name, receipt.encode())
        pending = self.path / "pending" / f"{name}.json"
        if pending.exists():
            self.keep("sent", pending.name, pending.read_bytes())
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


def with_earlier(its: Mapping[str, Any], purpose: str, jwk: Mapping[str, Json]) -> dict[str, Any]:
    """Return what is pinned of an authority, with a key for a purpose that is known for what it signed alone."""
    known = dict(its.get("earlier", {}))
    return {**its, "earlier": {**known, purpose: [dict(jwk), *known.get(purpose, [])]}}


def _with_successor(its: Mapping[str, Any], purpose: str, jwk: Mapping[str, Json]) -> dict[str, Any]:
    return {**with_earlier(its, purpose, its[purpose]), purpose: dict(jwk)}


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
