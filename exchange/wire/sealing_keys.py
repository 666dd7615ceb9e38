"""Seal keys: HPKE over ML-KEM-768 with X25519 (X-Wing), SHAKE256 and AES-256-GCM, named `HPKE-9-KE`.

A sealed text must stay closed to whoever records it now and has a quantum computer later, so there is no other kind of
seal key and no switch for one. Sources: draft-ietf-jose-hpke-pq-pqt-01 (the name and the suite 0x647a / 0x0011 /
0x0002), draft-ietf-jose-hpke-encrypt-22 section 6 (how it encrypts a content key), draft-connolly-cfrg-xwing-kem-08
section 5.2 (the seed), RFC 9964 section 3 (the JWK) and 6 (its thumbprint).
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from exchange.domain.errors import Refusal
from exchange.wire.encoding import Json, b64decode, b64encode, write_json

ALG: Final = "HPKE-9-KE"
KTY: Final = "AKP"
PUBLIC_BYTES: Final = 1216
"""1184 bytes of ML-KEM-768 and then 32 of X25519."""
SEED_BYTES: Final = 32
ENCAPSULATED_BYTES: Final = 1120
CONTENT_KEY_BYTES: Final = 32
ENCRYPTED_KEY_BYTES: Final = CONTENT_KEY_BYTES + 16
_ML_KEM_BYTES: Final = 1184
_ML_KEM_SEED: Final = 64
_X25519_BYTES: Final = 32
_P: Final = 2**255 - 19
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.SHAKE256, AEAD.AES_256_GCM)
_INFO: Final = b"JOSE-HPKE rcpt\xffA256GCM\xff"
"""The Recipient_structure (draft-ietf-jose-hpke-encrypt-22 section 6.1) for A256GCM, with no extra information."""
# Any scalar serves: X25519 multiplies by a multiple of eight, which sends every point of small order to zero.
_PROBE: Final = X25519PrivateKey.from_private_bytes(bytes(range(_X25519_BYTES)))


@dataclass(frozen=True, slots=True)
class SealPublicKey:
    """A key to seal for. `kid` is its thumbprint, `public` its 1216 bytes; `key` is the same, loaded once."""

    kid: str
    public: bytes = field(repr=False)
    key: MLKEM768X25519PublicKey = field(repr=False, compare=False)

    def wrap(self, content_key: bytes) -> tuple[bytes, bytes]:
        """Return the encapsulated secret (1120 bytes) and the 32-byte content key encrypted with it (48 bytes)."""
        both = _SUITE.encrypt(content_key, self.key, _INFO)
        return both[:ENCAPSULATED_BYTES], both[ENCAPSULATED_BYTES:]


@dataclass(frozen=True, slots=True)
class SealPrivateKey:
    """A key to open with. `seed` is its 32 bytes. It never shows itself in a repr."""

    kid: str
    seed: bytes = field(repr=False)
    public: SealPublicKey = field(repr=False)
    key: MLKEM768X25519PrivateKey = field(repr=False, compare=False)

    def unwrap(self, encapsulated: bytes, encrypted_key: bytes) -> bytes:
        """Return the content key.

        Raises:
            Refusal: `decryption-failed`.
        """
        try:
            return _SUITE.decrypt(encapsulated + encrypted_key, self.key, _INFO)
        except (InvalidTag, ValueError):
            raise Refusal("decryption-failed", "The content key is not encrypted for this seal key.") from None


def generate() -> SealPrivateKey:
    """Return a new key."""
    return private_from_seed(secrets.token_bytes(SEED_BYTES))


def private_from_seed(seed: bytes) -> SealPrivateKey:
    """Return the key that 32 bytes of seed stand for.

    Raises:
        ValueError: the seed has another length.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"A seed has {SEED_BYTES} bytes.")
    expanded = hashlib.shake_256(seed).digest(_ML_KEM_SEED + _X25519_BYTES)
    ml_kem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_ML_KEM_SEED])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[_ML_KEM_SEED:])
    raw = ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    key = MLKEM768X25519PrivateKey(ml_kem, x25519)
    public = SealPublicKey(thumbprint(raw), raw, key.public_key())
    return SealPrivateKey(public.kid, seed, public, key)


def public_from_bytes(public: bytes) -> SealPublicKey:
    """Return the key in 1216 bytes.

    Raises:
        Refusal: `bad-key` when the bytes are no key, `weak-key` for an X25519 point of small order or not in canonical
            form.
    """
    if len(public) != PUBLIC_BYTES:
        raise Refusal("bad-key", f"A public seal key has {PUBLIC_BYTES} bytes.")
    try:
        # The library refuses coefficients beyond the modulus (FIPS 203 section 7.2).
        ml_kem = MLKEM768PublicKey.from_public_bytes(public[:_ML_KEM_BYTES])
    except ValueError:
        raise Refusal("bad-key", "The first 1184 bytes are no ML-KEM-768 public key.") from None
    x25519 = _x25519(public[_ML_KEM_BYTES:])
    return SealPublicKey(thumbprint(public), public, MLKEM768X25519PublicKey(ml_kem, x25519))


def public_to_jwk(key: SealPublicKey) -> dict[str, Json]:
    """Return the public JWK: kty, alg, pub and kid."""
    return {"kty": KTY, "alg": ALG, "pub": b64encode(key.public), "kid": key.kid}


def public_from_jwk(jwk: Mapping[str, Json]) -> SealPublicKey:
    """Return the key for enrolment from its public JWK.

    Members beyond kty, alg, pub and kid are refused, `priv` above all; `kid` may be left out but not be wrong.

    Raises:
        Refusal: `bad-key`, `weak-key` as `public_from_bytes`.
    """
    key = public_from_bytes(_bytes(jwk, "pub", PUBLIC_BYTES))
    _require_members(jwk, public_to_jwk(key), "A public seal JWK")
    return key


def private_to_jwk(key: SealPrivateKey) -> dict[str, Json]:
    """Return the private JWK: the public one and `priv`, the seed. The caller guards it."""
    return {**public_to_jwk(key.public), "priv": b64encode(key.seed)}


def private_from_jwk(jwk: Mapping[str, Json]) -> SealPrivateKey:
    """Return the key from its private JWK, whose `pub` must be that of `priv`; `kid` may be left out.

    Raises:
        Refusal: `bad-key`.
    """
    key = private_from_seed(_bytes(jwk, "priv", SEED_BYTES))
    _require_members(jwk, private_to_jwk(key), "A private seal JWK")
    return key


def thumbprint(public: bytes) -> str:
    """Return the RFC 7638 SHA-256 thumbprint over alg, kty and pub as unpadded base64url (43 characters)."""
    required: dict[str, Json] = {"alg": ALG, "kty": KTY, "pub": b64encode(public)}
    return b64encode(hashlib.sha256(write_json(required)).digest())


def _x25519(point: bytes) -> X25519PublicKey:
    if int.from_bytes(point, "little") >= _P:
        raise Refusal("weak-key", "The X25519 point is not in canonical form.")
    key = X25519PublicKey.from_public_bytes(point)
    try:
        _PROBE.exchange(key)
    except ValueError:
        raise Refusal("weak-key", "The X25519 point has small order: it would add no secret.") from None
    return key


def _bytes(jwk: Mapping[str, Json], name: str, size: int) -> bytes:
    if (jwk.get("kty"), jwk.get("alg")) != (KTY, ALG):
        raise Refusal("bad-key", f"A seal key has kty {KTY} and alg {ALG}.")
    text = jwk.get(name)
    value = b64decode(text, "bad-key") if isinstance(text, str) else b""
    if len(value) != size:
        raise Refusal("bad-key", f"{name} must be {size} bytes in base64url.")
    return value


def _require_members(jwk: Mapping[str, Json], expected: Mapping[str, Json], what: str) -> None:
    if not expected.keys() - {"kid"} <= jwk.keys() or not jwk.items() <= expected.items():
        raise Refusal("bad-key", f"{what} has exactly the members {', '.join(expected)}, all of one key.")
