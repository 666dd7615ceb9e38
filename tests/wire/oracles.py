"""What others say to a message: three libraries and a program that share no code with the exchange."""

import base64
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OKPKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.verifier import SDJWTVerifier

ALGORITHMS = ["Ed25519", "ES256"]
Jwk = dict[str, Any]


def required(jwk: Jwk) -> Jwk:
    return {name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk}


def joserfc(text: str, jwk: Jwk) -> None:
    key = (OKPKey if jwk["kty"] == "OKP" else ECKey).import_key(required(jwk))
    joserfc_jws.deserialize_compact(text, key, algorithms=ALGORITHMS)


def jwcrypto(text: str, jwk: Jwk) -> None:
    read = JWS()
    read.allowed_algs = ALGORITHMS
    read.deserialize(text)
    read.verify(JWK(**required(jwk)))


def openssl(text: str, jwk: Jwk, folder: Path) -> None:
    """Verify the signature, over the text as it came, on the command line."""
    signing_input, _, signature = text.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    (folder / "data").write_bytes(signing_input.encode())
    (folder / "key.pem").write_bytes(JWK(**required(jwk)).export_to_pem())
    if jwk["kty"] == "OKP":
        (folder / "signature").write_bytes(raw)
        command = "pkeyutl -verify -pubin -inkey key.pem -rawin -in data -sigfile signature"
    else:
        r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
        (folder / "signature").write_bytes(encode_dss_signature(r, s))
        command = "dgst -sha256 -verify key.pem -signature signature data"
    subprocess.run(["openssl", *command.split(" ")], check=True, cwd=folder, capture_output=True)


def sd_jwt(text: str, jwk: Jwk) -> None:
    SDJWTVerifier(text, lambda *_: JWK(**required(jwk))).get_verified_payload()


class Message:
    """A request in the form that `http-message-signatures` reads."""

    def __init__(self, sent: dict[str, Any]) -> None:
        self.method, self.url = sent.get("method"), sent.get("target_uri")
        self.headers: dict[str, str] = {}
        for name, value in sent["headers"]:
            low = name.lower()
            self.headers[low] = f"{self.headers[low]}, {value}" if low in self.headers else value


class Response(Message):
    """An answer in that form: the library knows it by its status."""

    def __init__(self, sent: dict[str, Any], request: dict[str, Any]) -> None:
        super().__init__(sent)
        self.status_code, self.request = sent["status"], Message(request)


class Verifier(HTTPMessageVerifier):
    """Without its own clock: how old a message may be is no question of arithmetic."""

    def validate_created_and_expires(self, sig_input: object, max_age: timedelta | None = None) -> None:
        pass


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, enrolled: dict[str, Jwk]) -> None:
        self.enrolled = enrolled

    def resolve_public_key(self, key_id: str) -> object:
        return serialization.load_pem_public_key(JWK(**required(self.enrolled[key_id])).export_to_pem())

    def resolve_private_key(self, key_id: str) -> object:
        raise NotImplementedError(key_id)


def http_signatures(sent: dict[str, Any], enrolled: dict[str, Jwk], request: dict[str, Any] | None = None) -> None:
    """Verify a message as the library is usually used: whatever it finds signed, under the key that is named."""
    message = Response(sent, request) if request else Message(sent)
    named = {kid: jwk for kid, jwk in enrolled.items() if kid in message.headers.get("signature-input", "")}
    algorithm = ED25519 if {jwk["kty"] for jwk in named.values()} == {"OKP"} else ECDSA_P256_SHA256
    if not Verifier(signature_algorithm=algorithm, key_resolver=Keys(named)).verify(message, max_age=None):
        raise ValueError("nothing is signed")
