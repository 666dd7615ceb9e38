"""Who the doctor looks at: the keys of an authority and what it pins of the hub, from its folder or a sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.client import hsm
from exchange.client.folder import URN, Folder
from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.encoding import b64decode, read_json


class NotUsable(Exception):  # noqa: N818 -- it says what stands in the way
    """The folder or the sandbox file is not what it should be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An authority as it knows itself. `kids` are by purpose; `last` is its place in the sequence, if it keeps one."""

    urn: str
    base_url: str
    kids: Mapping[str, str]
    signing: Mapping[str, keys.Signer] = field(repr=False)
    answer_keys: Sequence[keys.PublicKey]
    last: tuple[int, str | None] | None = None
    pending: tuple[str, ...] = ()
    stray: tuple[str, ...] = ()
    """Purposes whose private key is not the one in enrolment.json."""

    @property
    def request_key(self) -> keys.PrivateKey:
        """The key that signs requests: always one of a file."""
        key = self.signing["request"]
        if not isinstance(key, keys.PrivateKey):
            raise NotUsable("The request key must be a file: only a notice key can be in a module.")
        return key


def of_folder(folder: Folder) -> Identity:
    """Return who an authority's folder is of. Raises NotUsable."""
    try:
        signing = {purpose: folder.key(purpose) for purpose in ("request", "notice")}
        kids = {**{purpose: key.kid for purpose, key in signing.items()}, "seal": folder.seal_key().kid}
        urn, told = folder.urn, _enrolled(folder)
        kids |= {purpose: kid for purpose, kid in told.items() if purpose == "recovery"}  # its file is kept offline
        base_url, answer_keys = _address(folder.hub["base_url"]), folder.hub_keys("answer")
    except FileNotFoundError as missing:
        raise NotUsable(_missing(folder, str(missing.filename))) from None
    except (Refusal, KeyError, TypeError, ValueError, OSError) as error:
        if isinstance(error, Refusal) and error.code in hsm.CODES:
            raise NotUsable(error.detail) from None
        raise NotUsable(f"A file in {folder.path} is damaged: take it from a copy, or make a new folder.") from None
    seq, prev = folder.place()
    stray = tuple(purpose for purpose, kid in kids.items() if told.get(purpose) != kid)
    last = (seq - 1, prev) if seq > 1 else None
    waiting = tuple(path.stem for path in folder.pending())
    return Identity(urn, base_url, kids, signing, answer_keys, last, waiting, stray)


def _address(base_url: str) -> str:
    """Return the address of the hub as it is signed. Raises NotUsable for one that is none."""
    try:
        parts = urlsplit(base_url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise NotUsable("base_url is no address like https://host or http://host:port. Pin what the secretariat gave.")
    return base_url.rstrip("/")


def _enrolled(folder: Folder) -> dict[str, str]:
    """Return the kids in the file that the secretariat got, by purpose."""
    told = cast("dict[str, Any]", read_json((folder.path / "enrolment.json").read_bytes()))["keys"]
    return {purpose: jwk["kid"] for purpose, jwk in told.items() if purpose != "earlier"}


def _missing(folder: Folder, name: str) -> str:
    command = f"asylum-exchange authority --folder {folder.path}"
    if name.endswith("hub.json"):
        return f"Nothing is pinned of the hub here. Do: {command} pin FILE, with what the secretariat gave you."
    return f"There are no keys in {folder.path}. Do: {command} keys SLUG --kind KIND --state STATE"


def of_sandbox(described: Mapping[str, Any], slug: str) -> Identity:
    """Return an authority of a sandbox, from what stands in sandbox.json. Raises NotUsable."""
    try:
        found = {one["id"]: one["keys"] for one in described["authorities"]}
        if URN + slug not in found:
            raise NotUsable(f"There is no such authority in this sandbox. There are: {', '.join(map(_slug, found))}.")
        its = found[URN + slug]
        signing = {purpose: _private(its[purpose]["d"], purpose) for purpose in ("request", "notice")}
        kids = {**{purpose: key.kid for purpose, key in signing.items()}, "seal": str(its["seal"]["kid"])}
        answer_keys = [keys.public_from_jwk(described["hub_keys"]["answer"], "answer")]
        return Identity(URN + slug, _address(described["base_url"]), kids, signing, answer_keys)
    except (Refusal, KeyError, TypeError, ValueError):
        raise NotUsable("This is no sandbox.json as `asylum-exchange up --sandbox DIR` writes it.") from None


def _slug(urn: str) -> str:
    return urn.removeprefix(URN)


def _private(seed: str, purpose: str) -> keys.PrivateKey:
    return keys.private_from_key(Ed25519PrivateKey.from_private_bytes(b64decode(seed)), purpose)
