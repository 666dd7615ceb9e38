"""What the pages of the generator share: keys out of fixed seeds, and messages put together by hand.

Nothing here imports the exchange: a vector must not be right only because the code under test made it.
"""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

# The order of the base point of P-256 (FIPS 186-5, SEC 2 section 2.4.2) and of Ed25519 (RFC 8032 section 5.1).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
ED25519, ES256 = "Ed25519", "ES256"
HTTP_ALGORITHMS = {ED25519: "ed25519", ES256: "ecdsa-p256-sha256"}
_ECDSA = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979

EX = "test-exchange"
NOW = 1795435200  # 2026-11-23T12:00:00Z
IAT = 1795419000
NOTICE_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
ISS = "urn:asylum-exchange:authority:pl-sg"


def b64url(data: bytes | str) -> str:
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def sha256(data: bytes | str) -> bytes:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).digest()


class Key:
    """A key whose private half is the SHA-256 of its name. For vectors only: everybody knows it."""

    def __init__(self, name: str, purpose: str, alg: str = ED25519) -> None:
        self.name, self.purpose, self.alg = name, purpose, alg
        seed = sha256(f"asylum-exchange vectors: {name}")
        self.ed25519 = Ed25519PrivateKey.from_private_bytes(seed)
        self.p256 = ec.derive_private_key(int.from_bytes(seed) % (P256_ORDER - 1) + 1, ec.SECP256R1())
        self.required = self._required()
        self.kid = b64url(sha256(compact(self.required)))  # RFC 7638: the members stand in lexicographic order

    def _required(self) -> dict[str, str]:
        if self.alg == ED25519:
            return {"crv": "Ed25519", "kty": "OKP", "x": b64url(self.ed25519.public_key().public_bytes_raw())}
        numbers = self.p256.public_key().public_numbers()
        return {
            "crv": "P-256",
            "kty": "EC",
            "x": b64url(numbers.x.to_bytes(32)),
            "y": b64url(numbers.y.to_bytes(32)),
        }

    def sign(self, data: bytes | str) -> bytes:
        """Return 64 bytes; ES256 as r followed by s (RFC 7518 section 3.4)."""
        data = data.encode() if isinstance(data, str) else data
        if self.alg == ED25519:
            return self.ed25519.sign(data)
        r, s = decode_dss_signature(self.p256.sign(data, _ECDSA))
        return r.to_bytes(32) + s.to_bytes(32)

    def enrolled(self) -> dict[str, Any]:
        return {"purpose": self.purpose, "jwk": {**self.required, "alg": self.alg, "kid": self.kid}}


def twin(signature: bytes, alg: str) -> bytes:
    """Return other bytes that the arithmetic alone might take for the same signature: n - s, or s + L."""
    head, tail = signature[:32], signature[32:]
    if alg == ES256:
        return head + (P256_ORDER - int.from_bytes(tail)).to_bytes(32)
    return head + (int.from_bytes(tail, "little") + ED25519_ORDER).to_bytes(32, "little")


def jws(key: Key, typ: str, payload: str | bytes, header: Any = None) -> str:
    """Return a compact JWS. `header` is the text of another header, or members that change in the usual one."""
    members = {"alg": key.alg, "kid": key.kid, "typ": typ}
    if not isinstance(header, str):
        header = compact({n: v for n, v in (members | (header or {})).items() if v is not None})
    signing_input = f"{b64url(header)}.{b64url(payload)}"
    return f"{signing_input}.{b64url(key.sign(signing_input))}"


def keys_of(*keys: Key) -> dict[str, Any]:
    return {key.name: key.enrolled() for key in keys}


def digest_of(body: bytes) -> str:
    return f"sha-256=:{b64(sha256(body))}:"


def trailing(text: str) -> str:
    """Return base64url with a non-zero bit behind its last byte: the same bytes to a lenient decoder."""
    return text[:-1] + chr(ord(text[-1]) + 1)
