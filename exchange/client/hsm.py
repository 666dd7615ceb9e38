"""Notice keys that live in a PKCS#11 module (an HSM, a smart card, SoftHSM): the private half never leaves it.

`notice.module.json` in an authority's folder says where the key is; the PIN stands in a file of its own. A module is
used under one lock and one login for the whole process. What a module signed is verified before it is given on: a
module that lies or mixes up keys must not cost an authority its evidence.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag, exceptions
from pkcs11.types import SignMixin

from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.encoding import Json, b64encode

PURPOSE: Final = "notice"
CODES: Final = frozenset({"module-failed", "pin-exposed"})
_COORDINATE: Final = 32
_TYPES: Final = {keys.ED25519: KeyType.EC_EDWARDS, keys.ES256: KeyType.EC}
_MECHANISMS: Final = {keys.ED25519: Mechanism.EDDSA, keys.ES256: Mechanism.ECDSA}
_CURVES: Final[Mapping[str, tuple[bytes, ...]]] = {
    keys.ED25519: (bytes.fromhex("06032b6570"), b"\x13\x0cedwards25519"),
    keys.ES256: (bytes.fromhex("06082a8648ce3d030107"),),
}
"""alg -> CKA_EC_PARAMS in DER: the curve's OID (RFC 8410, RFC 5480), or its name (PKCS#11 3.0 section 2.3.10)."""
_HEADS: Final = {keys.ED25519: b"", keys.ES256: b"\x04"}
_LAST_TRY: Final = TokenFlag.USER_PIN_FINAL_TRY | TokenFlag.USER_PIN_LOCKED
_AGAINST_MISUSE: Final = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
_MEMBERS: Final = frozenset({"module", "token", "key", "pin_file"})
_SAID: Final[Mapping[type[Exception], str]] = {
    exceptions.PinIncorrect: "The PIN is wrong. It is not tried again, as tokens lock: mend the file with the PIN.",
    exceptions.PinLenRange: "The PIN has a length that the token does not take: mend the file with the PIN.",
    exceptions.PinLocked: "The token is locked. Its security officer can unlock it, with the vendor's tool.",
    exceptions.MechanismInvalid: "The module cannot do this algorithm. Use a key of alg ES256.",
}
_GONE: Final = "The module failed, or the session was lost. Look whether the token is there, and try again."
_lock: Final = RLock()
_sessions: Final[dict[tuple[str, str], pkcs11.Session]] = {}
_held: Final[dict["Where", tuple[SignMixin, keys.PublicKey]]] = {}
_wrong: Final[set[tuple[str, str, str, int]]] = set()


@dataclass(frozen=True, slots=True)
class Where:
    """Where a key is: absolute path of the module, label of the token, label or hexadecimal id of the key.

    `pin_file` is the absolute path of a file with the PIN, which nobody but its owner may read.
    """

    module: str
    token: str
    key: str
    pin_file: str

    def members(self) -> dict[str, Json]:
        """Return what stands in `notice.module.json`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ModuleKey:
    """A notice key in a module. `kid`, `alg` and `purpose` are those of the public key that the module shows."""

    public: keys.PublicKey
    where: Where

    @property
    def kid(self) -> str:
        """Return the RFC 7638 thumbprint."""
        return self.public.kid

    @property
    def alg(self) -> str:
        """Return `Ed25519` or `ES256`."""
        return self.public.alg

    @property
    def purpose(self) -> str:
        """Return `notice`."""
        return self.public.purpose

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes of signature over `data`; ES256 as r followed by s. Raises Refusal `module-failed`.

        `Ed25519` hands all of `data` to the module (CKM_EDDSA), `ES256` its SHA-256 (CKM_ECDSA).
        """
        message = data if self.alg == keys.ED25519 else hashlib.sha256(data).digest()
        with _used(self.where.module):
            signature = bytes(_hold(self.where)[0].sign(message, mechanism=_MECHANISMS[self.alg]))
        try:
            self.public.verify(signature, data)
        except Refusal:
            raise _failed(f"What it signed is not good under the key {self.kid}. Nothing was sent.") from None
        return signature


def read_where(members: Mapping[str, Any]) -> Where:
    """Return where a key is, from `notice.module.json`. Raises Refusal `module-failed`."""
    if members.keys() != _MEMBERS or not all(isinstance(value, str) for value in members.values()):
        raise _failed(f"notice.module.json has the members {', '.join(sorted(_MEMBERS))}, each a text.")
    where = Where(**members)
    if not (Path(where.module).is_absolute() and Path(where.pin_file).is_absolute()):
        raise _failed("The paths of the module and of the file with the PIN begin with a slash.")
    return where


def open_key(where: Where) -> ModuleKey:
    """Return the key that is there.

    Raises Refusal: `module-failed` with what to do, `pin-exposed`, `bad-key` or `weak-key` for the public half.
    """
    with _used(where.module):
        return ModuleKey(_hold(where)[1], where)


def generate(where: Where, alg: str) -> ModuleKey:
    """Make a key inside the token and return it: sensitive, not extractable, under a label that is still free.

    Raises Refusal as `open_key`.
    """
    with _used(where.module):
        token = _session(where).token
        session = token.open(rw=True)  # the login is the token's: no PIN is needed again
        try:
            if list(session.get_objects({Attribute.LABEL: where.key})):
                raise _failed(f"The token has something that is named {where.key} already. Choose another label.")
            curve = session.create_domain_parameters(_TYPES[alg], {Attribute.EC_PARAMS: _CURVES[alg][0]}, local=True)
            curve.generate_keypair(
                id=os.urandom(8),
                label=where.key,
                store=True,
                capabilities=pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY,
                private_template=_AGAINST_MISUSE,
            )
        finally:
            session.close()
    return open_key(where)


def forget(module: str) -> None:
    """Close what this process holds of a module: the next use opens it again and logs in again."""
    with _lock:
        for place in [place for place in _sessions if place[0] == module]:
            del _sessions[place]
        for where in [where for where in _held if where.module == module]:
            del _held[where]
        try:
            pkcs11.lib(module).finalize()
        except exceptions.PKCS11Error:
            return  # it is gone already


@contextmanager
def _used(module: str) -> Iterator[None]:
    """Use a module alone; what it raises becomes a Refusal, without anything that the library holds."""
    with _lock:
        try:
            yield
        except exceptions.PKCS11Error as error:
            said = _SAID.get(type(error))
            if said is None:
                forget(module)
            raise _failed(said or f"{_GONE} PKCS#11 says: {type(error).__name__}.") from None


def _hold(where: Where) -> tuple[SignMixin, keys.PublicKey]:
    """Return the private key, to sign with, and its public half; they are looked for once."""
    if where not in _held:
        private = _one(where, ObjectClass.PRIVATE_KEY, _ways(where.key))
        if not isinstance(private, SignMixin):
            raise _failed(
                f"The token {where.token} has no key {where.key} that signs. Make one, or name another label."
            )
        for attribute, wanted in _AGAINST_MISUSE.items():
            if private[attribute] is not wanted:
                raise _failed(
                    "The private key can be taken out. Use one made in the token: sensitive, not extractable."
                )
        _held[where] = (private, _public_of(where, private))
    return _held[where]


def _ways(name: str) -> list[dict[Attribute, Any]]:
    """Return how a name is looked for: as a label, then as an id in hexadecimal when it can be one."""
    is_hex = len(name) % 2 == 0 and not set(name) - set("0123456789abcdefABCDEF")
    return [{Attribute.LABEL: name}, *([{Attribute.ID: bytes.fromhex(name)}] if is_hex else [])]


def _one(where: Where, kind: ObjectClass, ways: list[dict[Attribute, Any]]) -> pkcs11.Object | None:
    """Return the only object that the first way finds which finds any."""
    for way in ways:
        found = list(_session(where).get_objects({Attribute.CLASS: kind, **way}))
        if len(found) > 1:
            raise _failed(f"The token has several keys that are named {where.key}. Name one by its id, in hexadecimal.")
        if found:
            return found[0]
    return None


def _public_of(where: Where, private: SignMixin) -> keys.PublicKey:
    """Return the public half: the object with the id of the private one, by its label when it has no id."""
    identity = bytes(private[Attribute.ID])
    way = {Attribute.ID: identity} if identity else {Attribute.LABEL: where.key}
    shown = _one(where, ObjectClass.PUBLIC_KEY, [way])
    if shown is None:
        raise _failed(f"The token {where.token} does not show the public half of {where.key}. Put it there.")
    parameters, point = bytes(shown[Attribute.EC_PARAMS]), bytes(shown[Attribute.EC_POINT])
    for alg, names in _CURVES.items():
        if private[Attribute.KEY_TYPE] is _TYPES[alg] and parameters in names:
            return keys.public_from_jwk(_jwk(alg, _bare(alg, point)), PURPOSE)
    raise _failed(f"The key {where.key} is neither Ed25519 nor P-256. Use another.")


def _bare(alg: str, point: bytes) -> bytes:
    """Return the coordinates in a CKA_EC_POINT: bare, or in a DER OCTET STRING or BIT STRING, as modules differ."""
    head = _HEADS[alg]
    size = len(head) + _COORDINATE * (1 if alg == keys.ED25519 else 2)
    for wrapping in (b"", bytes((4, size)), bytes((3, size + 1, 0))):
        if len(point) == len(wrapping) + size and point.startswith(wrapping + head):
            return point.removeprefix(wrapping + head)
    raise _failed("The module shows the public key in a form that is not known here. Use another key.")


def _jwk(alg: str, bare: bytes) -> dict[str, Json]:
    if alg == keys.ED25519:
        return {"kty": "OKP", "crv": keys.ED25519, "x": b64encode(bare)}
    return {"kty": "EC", "crv": "P-256", "x": b64encode(bare[:_COORDINATE]), "y": b64encode(bare[_COORDINATE:])}


def _session(where: Where) -> pkcs11.Session:
    place = (where.module, where.token)
    if place not in _sessions:
        _sessions[place] = _log_in(where, _token(where))
    return _sessions[place]


def _token(where: Where) -> pkcs11.Token:
    try:
        library = pkcs11.lib(where.module)
    except exceptions.PKCS11Error:
        raise _failed(f"{where.module} cannot be loaded. Name the vendor's PKCS#11 module, a file .so.") from None
    found = list(library.get_tokens(token_label=where.token))
    if len(found) != 1:
        words = "no token" if not found else "several tokens"
        raise _failed(f"The module has {words} with the label {where.token}. Name the label of one.")
    return found[0]


def _log_in(where: Where, token: pkcs11.Token) -> pkcs11.Session:
    """Log in once. A PIN that was wrong is not tried again until its file is another, and never as the last try."""
    if not may_try(token.flags):
        raise _failed(
            "The token is locked, or its last try is left. Log in once with the vendor's tool, then again here."
        )
    attempt = (where.module, where.token, where.pin_file, _stamp(where.pin_file))
    if attempt in _wrong:
        raise _failed(_SAID[exceptions.PinIncorrect])
    try:
        return token.open(user_pin=_pin(where.pin_file))  # in no variable: traces show variables
    except exceptions.PinIncorrect:
        _wrong.add(attempt)
        raise


def may_try(flags: TokenFlag) -> bool:
    """Tell whether a PIN may be tried: not on a locked token, and not when one more wrong PIN would lock it."""
    return not flags & _LAST_TRY


def _stamp(path: str) -> int:
    """Return when a file with a PIN was changed. Raises Refusal `pin-exposed` when others may read it."""
    try:
        info = Path(path).stat()
    except OSError:
        raise _failed(f"There is no file {path} to take the PIN from. Make one, mode 0600.") from None
    if stat.S_IMODE(info.st_mode) & 0o077 or info.st_uid != os.geteuid():
        raise Refusal("pin-exposed", f"Others can read {path}. Make it yours alone, mode 0600, and change the PIN.")
    return info.st_mtime_ns


def _pin(path: str) -> str:
    try:
        return Path(path).read_bytes().decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise _failed(f"The PIN in {path} cannot be read. Put it there as text.") from None


def _failed(detail: str) -> Refusal:
    return Refusal("module-failed", detail)
