"""Compact JWS (RFC 7515) with one profile: exactly the header members alg, kid and typ.

Nothing in the header chooses how it is verified: no `crit`, no embedded key, no algorithm but that of the enrolled key.
"""

from dataclasses import InitVar, dataclass
from functools import lru_cache
from typing import Final

from exchange.domain.errors import Refusal
from exchange.wire.checked import Mark
from exchange.wire.encoding import Json, b64decode, b64encode, read_json, write_json
from exchange.wire.keys import ALGORITHMS, SIGNATURE_BYTES, PublicKey, Signer, is_thumbprint, require

MEMBERS: Final = frozenset({"alg", "kid", "typ"})
_SEGMENTS: Final = 3
_LONGEST_HEADER: Final = 400
"""Characters of base64url: room for the three members with some space; what is longer is not worth remembering."""
_MARK: Final = Mark("jws.verify")


@dataclass(frozen=True, slots=True)
class Unverified:
    """A JWS that is well formed. Nobody has checked who made it: use `kid` to find the key and nothing else."""

    text: str
    kid: str
    alg: str
    payload: bytes
    signing_input: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A JWS whose signature was checked; only `verify` makes one. Identity is the hash of `signing_input`."""

    text: str
    kid: str
    payload: bytes
    signing_input: bytes
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        _MARK.demand(mark)


def sign(payload: bytes, typ: str, key: Signer) -> str:
    """Return the compact JWS of `payload`."""
    signing_input = f"{_written(key.alg, key.kid, typ)}.{b64encode(payload)}"
    return f"{signing_input}.{b64encode(key.sign(signing_input.encode('ascii')))}"


@lru_cache(maxsize=1024)
def _written(alg: str, kid: str, typ: str) -> str:
    header: dict[str, Json] = {"alg": alg, "kid": kid, "typ": typ}
    return b64encode(write_json(header))


def parse(text: str, typ: str) -> Unverified:
    """Return the parts of a compact JWS.

    Raises:
        Refusal: `bad-jws` (segments, base64url, header members), `bad-json` (the header), `wrong-typ`, `wrong-alg`
            (none, a MAC, or anything but `Ed25519` and `ES256`).
    """
    segments = text.split(".")
    if len(segments) != _SEGMENTS:
        raise Refusal("bad-jws", "a compact JWS has three segments")
    if len(segments[0]) > _LONGEST_HEADER:
        raise Refusal("bad-jws", "the protected header has exactly the members alg, kid and typ")
    alg, kid = _header(segments[0], typ)
    payload, signature = b64decode(segments[1], "bad-jws"), b64decode(segments[2], "bad-jws")
    if len(signature) != SIGNATURE_BYTES:
        raise Refusal("bad-jws", f"a signature has {SIGNATURE_BYTES} bytes")
    signing_input = text[: text.rindex(".")].encode("ascii")
    return Unverified(text, kid, alg, payload, signing_input, signature)


def verify(unverified: Unverified, key: PublicKey, purpose: str) -> Verified:
    """Return the message if `key`, enrolled for `purpose`, signed it.

    Raises:
        Refusal: `bad-notice-signature`, `wrong-purpose`, `wrong-alg` (not the alg that the key is enrolled for).
    """
    require(key, unverified.alg, purpose)
    if key.kid != unverified.kid:
        raise Refusal("bad-notice-signature", "kid names another key")
    key.verify(unverified.signature, unverified.signing_input, "bad-notice-signature")
    return Verified(unverified.text, key.kid, unverified.payload, unverified.signing_input, _MARK)


@lru_cache(maxsize=1024)
def _header(segment: str, typ: str) -> tuple[str, str]:
    """Return alg and kid. What a text means never changes, and all messages under one key have the same header."""
    header = read_json(b64decode(segment, "bad-jws"))
    if not isinstance(header, dict) or header.keys() != MEMBERS:
        raise Refusal("bad-jws", "the protected header has exactly the members alg, kid and typ")
    alg, kid = header["alg"], header["kid"]
    if header["typ"] != typ:
        raise Refusal("wrong-typ", f"typ must be {typ}")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise Refusal("wrong-alg", "alg must be Ed25519 or ES256")
    if not isinstance(kid, str) or not is_thumbprint(kid):
        raise Refusal("bad-jws", "kid must be an RFC 7638 SHA-256 thumbprint")
    return alg, kid
