"""Signing keys: Ed25519 and ES256 (P-256), their public JWK form and their RFC 7638 thumbprint.

`alg` is a field of the enrolled key, never a choice of the message. Keys under which one signature fits any message
are refused when they are loaded.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from exchange.domain.errors import Refusal
from exchange.wire.ed25519_points import refuse_weak_point
from exchange.wire.encoding import Json, b64decode, b64encode, is_hash, write_json

ED25519: Final = "Ed25519"
ES256: Final = "ES256"
ALGORITHMS: Final = frozenset({ED25519, ES256})
PURPOSES: Final = frozenset({"request", "notice", "recovery", "officer", "answer", "receipt", "push", "words"})
"""Three of an authority, one of an officer, four of the hub. Seal keys and the log's key are of other kinds."""
SIGNATURE_BYTES: Final = 64
_COORDINATE: Final = 32
_ECDSA: Final = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An enrolled verification key. `kid` is its thumbprint, `alg` is `Ed25519` or `ES256`."""

    kid: str
    alg: str
    purpose: str
    key: Ed25519PublicKey | ec.EllipticCurvePublicKey = field(repr=False)

    def verify(self, signature: bytes, data: bytes, code: str = "bad-signature") -> None:
        """Return if `signature` (64 bytes; ES256 as r followed by s, RFC 7518 section 3.4) is over `data`.

        Raises:
            Refusal: with `code` otherwise.
        """
        if len(signature) != SIGNATURE_BYTES:
            raise Refusal(code, f"a signature has {SIGNATURE_BYTES} bytes")
        try:
            if isinstance(self.key, Ed25519PublicKey):
                self.key.verify(signature, data)
            else:
                r, s = signature[:_COORDINATE], signature[_COORDINATE:]
                self.key.verify(encode_dss_signature(int.from_bytes(r), int.from_bytes(s)), data, _ECDSA)
        except InvalidSignature:
            raise Refusal(code, "the signature does not verify under the key that it names") from None


class Signer(Protocol):
    """What signs: a key in a file, or one inside a module (HSM). `kid`, `alg` and `purpose` are those of `public`."""

    @property
    def kid(self) -> str:
        """Return the RFC 7638 thumbprint."""

    @property
    def alg(self) -> str:
        """Return `Ed25519` or `ES256`."""

    @property
    def purpose(self) -> str:
        """Return what the key is for."""

    @property
    def public(self) -> PublicKey:
        """Return the public half."""

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes of signature over `data`; ES256 as r followed by s."""


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A signing key. It never shows itself in a repr."""

    kid: str
    alg: str
    purpose: str
    key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes of signature over `data`; ES256 as r followed by s."""
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(data)
        r, s = decode_dss_signature(self.key.sign(data, _ECDSA))
        return r.to_bytes(_COORDINATE) + s.to_bytes(_COORDINATE)

    @property
    def public(self) -> PublicKey:
        """Return the public half."""
        return PublicKey(self.kid, self.alg, self.purpose, self.key.public_key())


def generate(purpose: str, alg: str = ED25519) -> PrivateKey:
    """Return a new key. `alg` is `Ed25519` or, for modules that have nothing else, `ES256`."""
    if alg == ED25519:
        return _private(Ed25519PrivateKey.generate(), purpose)
    if alg == ES256:
        return _private(ec.generate_private_key(ec.SECP256R1()), purpose)
    raise ValueError(f"alg must be one of {sorted(ALGORITHMS)}")


def private_to_pem(key: PrivateKey) -> bytes:
    """Return the key as unencrypted PKCS#8 PEM (RFC 5958). The caller guards the file."""
    return key.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def private_from_pem(pem: bytes, purpose: str) -> PrivateKey:
    """Return the key in unencrypted PKCS#8 PEM.

    Raises:
        Refusal: `bad-key` when the bytes are no Ed25519 or P-256 private key.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        raise Refusal("bad-key", "not an unencrypted PKCS#8 private key in PEM") from None
    if isinstance(key, Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    ):
        return _private(key, purpose)
    raise Refusal("bad-key", "a private key must be Ed25519 or P-256")


def private_from_key(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, purpose: str) -> PrivateKey:
    """Return a loaded private key for a purpose."""
    return _private(key, purpose)


def private_to_jwk(key: PrivateKey) -> dict[str, Json]:
    """Return the private JWK (RFC 8037 section 2, RFC 7518 section 6.2.2). The caller guards it."""
    if isinstance(key.key, Ed25519PrivateKey):
        return {**public_to_jwk(key.public), "d": b64encode(key.key.private_bytes_raw())}
    number = key.key.private_numbers().private_value
    return {**public_to_jwk(key.public), "d": b64encode(number.to_bytes(_COORDINATE))}


def public_to_jwk(key: PublicKey) -> dict[str, Json]:
    """Return the public JWK (RFC 7517, RFC 8037): the required members and then `alg` and `kid`."""
    return {**_required(key.key), "alg": key.alg, "kid": key.kid}


def public_from_jwk(jwk: Mapping[str, Json], purpose: str) -> PublicKey:
    """Return the key for enrolment from its public JWK.

    Members beyond kty, crv, x, y, alg and kid are refused, `d` above all; `alg` and `kid` may be left out but not
    be wrong.

    Raises:
        Refusal: `bad-key` when it is malformed or of another kind, `weak-key` for an Ed25519 point of small order or
            in non-canonical form.
    """
    if purpose not in PURPOSES:
        raise Refusal("bad-key", f"purpose must be one of {sorted(PURPOSES)}")
    kind = (jwk.get("kty"), jwk.get("crv"))
    if kind == ("OKP", ED25519):
        public = _public(_ed25519_from_jwk(jwk), purpose)
    elif kind == ("EC", "P-256"):
        public = _public(_p256_from_jwk(jwk), purpose)
    else:
        raise Refusal("bad-key", "a key must be Ed25519 (OKP) or P-256 (EC)")
    expected = public_to_jwk(public)
    if not jwk.items() <= expected.items():
        raise Refusal("bad-key", f"a public JWK has only the members {sorted(expected)}, alg and kid as computed")
    return public


def thumbprint(key: Ed25519PublicKey | ec.EllipticCurvePublicKey) -> str:
    """Return the RFC 7638 SHA-256 thumbprint as unpadded base64url (43 characters)."""
    required = _required(key)
    return b64encode(hashlib.sha256(write_json({name: required[name] for name in sorted(required)})).digest())


def is_thumbprint(text: str) -> bool:
    """Tell whether `text` has the form of a thumbprint."""
    return is_hash(text)


def require(key: PublicKey, alg: str, purpose: str) -> None:
    """Return if `key` is of that purpose and a message that says `alg` may be verified with it.

    Raises:
        Refusal: `wrong-purpose`, `wrong-alg`.
    """
    if key.purpose != purpose:
        raise Refusal("wrong-purpose", f"this must be signed with a key of purpose {purpose}")
    if key.alg != alg:
        raise Refusal("wrong-alg", f"the key is enrolled for {key.alg}")


def _private(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, purpose: str) -> PrivateKey:
    public = _public(key.public_key(), purpose)
    return PrivateKey(public.kid, public.alg, purpose, key)


def _public(key: Ed25519PublicKey | ec.EllipticCurvePublicKey, purpose: str) -> PublicKey:
    if purpose not in PURPOSES:
        raise ValueError(f"purpose must be one of {sorted(PURPOSES)}")
    return PublicKey(thumbprint(key), ED25519 if isinstance(key, Ed25519PublicKey) else ES256, purpose, key)


def _required(key: Ed25519PublicKey | ec.EllipticCurvePublicKey) -> dict[str, Json]:
    if isinstance(key, Ed25519PublicKey):
        return {"kty": "OKP", "crv": ED25519, "x": b64encode(key.public_bytes_raw())}
    numbers = key.public_numbers()
    x, y = numbers.x.to_bytes(_COORDINATE), numbers.y.to_bytes(_COORDINATE)
    return {"kty": "EC", "crv": "P-256", "x": b64encode(x), "y": b64encode(y)}


def _coordinate(jwk: Mapping[str, Json], name: str) -> bytes:
    text = jwk.get(name)
    value = b64decode(text, "bad-key") if isinstance(text, str) else b""
    if len(value) != _COORDINATE:
        raise Refusal("bad-key", f"{name} must be {_COORDINATE} bytes in base64url")
    return value


def _ed25519_from_jwk(jwk: Mapping[str, Json]) -> Ed25519PublicKey:
    point = _coordinate(jwk, "x")
    refuse_weak_point(point)
    return Ed25519PublicKey.from_public_bytes(point)


def _p256_from_jwk(jwk: Mapping[str, Json]) -> ec.EllipticCurvePublicKey:
    # The curve has prime order: a point on it is strong, and the library refuses one that is not on it.
    x, y = int.from_bytes(_coordinate(jwk, "x")), int.from_bytes(_coordinate(jwk, "y"))
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError:
        raise Refusal("bad-key", "the point is not on P-256") from None
