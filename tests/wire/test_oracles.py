"""Our verdict on every vector beside that of others, and what others sign, read by us."""

import base64
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OKPKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from exchange.wire import httpsig, jws, keys, sdjwt, statements
from exchange.wire.encoding import b64encode
from exchange.wire.messages import Answer, Request, digest_of
from wire import oracles
from wire.differences import DIFFERENCES, JOSE
from wire.kit import CLAIMS, EX, NONCE, NOW, PARTS, TARGET, a_request, compact, salts, verified

VECTORS = Path(__file__).parents[1] / "vectors"


@cache
def page(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def jwks(name: str) -> dict[str, Any]:
    return {key["jwk"]["kid"]: key["jwk"] for key in page(name)["keys"].values()}


def asked(oracle: str, name: str, vector: dict[str, Any], folder: Path) -> None:
    if name in ("requests", "answers"):
        to = vector["request"] if name == "answers" else None
        oracles.http_signatures(vector[name.removesuffix("s")], jwks(name), to)
        return
    jwk = page(name)["keys"][vector["key"]]["jwk"]
    text = vector["notice" if name == "notices" else "jws"]
    more = [folder] if oracle == "openssl" else []
    getattr(oracles, oracle)(text if oracle == "sd_jwt" else text.partition("~")[0], jwk, *more)


def takes(oracle: str, name: str, vector: dict[str, Any], folder: Path) -> bool:
    try:
        asked(oracle, name, vector, folder)
    except Exception:  # noqa: BLE001 -- each says no in its own way
        return False
    return True


ASKED = [(oracle, name) for name in ("notices", "statements") for oracle in JOSE.split()]
ASKED += [("sd_jwt", "notices"), ("http", "requests"), ("http", "answers")]


def explained(oracle: str) -> set[str]:
    """The vectors that the lines about one oracle explain; each pattern adds or takes away some."""
    names = {f"{name}:{vector['name']}" for who, name in ASKED if who == oracle for vector in page(name)["vectors"]}
    found: set[str] = set()
    for who, why, patterns in DIFFERENCES:
        for pattern in patterns if oracle in who.split() else ():
            matched = {name for name in names if fnmatch(name, pattern.removeprefix("-"))}
            before, found = found, found - matched if pattern.startswith("-") else found | matched
            assert found != before, f"nothing to explain: {oracle}, {pattern}: {why}"
    return found


@pytest.mark.parametrize(("oracle", "name"), ASKED)
def test_each_difference_is_explained_and_each_explanation_is_of_a_difference(
    oracle: str, name: str, tmp_path: Path
) -> None:
    differ = set()
    for vector in page(name)["vectors"]:
        ours, theirs = vector["expect"] == "accepted", takes(oracle, name, vector, tmp_path)
        assert theirs >= ours, f"we alone take {vector['name']}"
        if ours != theirs:
            differ.add(f"{name}:{vector['name']}")
    assert differ == {one for one in explained(oracle) if one.startswith(f"{name}:")}


# The other direction: what others sign in our profile, we take.

Signer = Callable[[str, str, bytes, Path], tuple[str, dict[str, Any]]]


def by_jwcrypto(alg: str, typ: str, payload: bytes, _: Path) -> tuple[str, dict[str, Any]]:
    kind = {"kty": "OKP", "crv": "Ed25519"} if alg == "Ed25519" else {"kty": "EC", "crv": "P-256"}
    key = JWK.generate(**kind)
    made = JWS(payload)
    made.allowed_algs = oracles.ALGORITHMS
    made.add_signature(key, protected=compact({"typ": typ, "alg": alg, "kid": key.thumbprint()}))
    return made.serialize(compact=True), key.export_public(as_dict=True)


def by_joserfc(alg: str, typ: str, payload: bytes, _: Path) -> tuple[str, dict[str, Any]]:
    key = OKPKey.generate_key("Ed25519") if alg == "Ed25519" else ECKey.generate_key("P-256")
    header = {"kid": key.thumbprint(), "alg": alg, "typ": typ}
    return joserfc_jws.serialize_compact(header, payload, key, algorithms=[alg]), dict(key.as_dict(private=False))


def openssl(command: str, folder: Path) -> None:
    subprocess.run(["openssl", *command.split(" ")], check=True, cwd=folder, capture_output=True)


def signed_by_openssl(alg: str, data: bytes, folder: Path) -> bytes:
    (folder / "data").write_bytes(data)
    if alg == "Ed25519":
        openssl("pkeyutl -sign -inkey key.pem -rawin -in data -out signature", folder)
        return (folder / "signature").read_bytes()
    openssl("dgst -sha256 -sign key.pem -out signature data", folder)
    r, s = decode_dss_signature((folder / "signature").read_bytes())
    return r.to_bytes(32) + s.to_bytes(32)


def key_of_openssl(alg: str, folder: Path) -> JWK:
    kind = "ED25519" if alg == "Ed25519" else "EC -pkeyopt ec_paramgen_curve:P-256"
    openssl(f"genpkey -algorithm {kind} -out key.pem", folder)
    return JWK.from_pem((folder / "key.pem").read_bytes())


def by_openssl(alg: str, typ: str, payload: bytes, folder: Path) -> tuple[str, dict[str, Any]]:
    key = key_of_openssl(alg, folder)
    header = compact({"alg": alg, "typ": typ, "kid": key.thumbprint()})
    signing_input = f"{b64encode(header.encode())}.{b64encode(payload)}"
    signature = signed_by_openssl(alg, signing_input.encode(), folder)
    return f"{signing_input}.{b64encode(signature)}", key.export_public(as_dict=True)


SIGNERS = pytest.mark.parametrize("signer", [by_jwcrypto, by_joserfc, by_openssl])
ALGORITHMS = pytest.mark.parametrize("alg", sorted(keys.ALGORITHMS))


@ALGORITHMS
@SIGNERS
def test_a_notice_that_others_sign(signer: Signer, alg: str, tmp_path: Path) -> None:
    ours, *disclosures, _ = sdjwt.issue(CLAIMS, PARTS, keys.generate("notice"), salts()).split("~")
    payload = jws.parse(ours, sdjwt.TYP).payload
    text, jwk = signer(alg, sdjwt.TYP, payload, tmp_path)
    key = keys.public_from_jwk(oracles.required(jwk), "notice")
    notice = sdjwt.verify(sdjwt.read(sdjwt.present(text, disclosures)), key, EX)
    assert (notice.claims, dict(notice.parts), notice.kid) == (CLAIMS, PARTS, key.kid)


@ALGORITHMS
@SIGNERS
def test_a_receipt_that_others_sign(signer: Signer, alg: str, tmp_path: Path) -> None:
    text, jwk = signer(alg, statements.RECEIPT, b'{"state": "accepted"}', tmp_path)
    key = keys.public_from_jwk(oracles.required(jwk), "receipt")
    assert statements.heard(text, statements.RECEIPT, key) == {"state": "accepted"}


class Signing(oracles.Keys):
    """One private key, whatever it is called."""

    def __init__(self, key: keys.PrivateKey) -> None:
        super().__init__({})
        self.key = key

    def resolve_private_key(self, key_id: str) -> object:  # noqa: ARG002 -- the library's signature
        return self.key.key


def signed_by_library(message: oracles.Message, key: keys.PrivateKey, covered: tuple[str, ...], **more: Any) -> None:
    algorithm = ED25519 if key.alg == "Ed25519" else ECDSA_P256_SHA256
    signer = HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=Signing(key))
    signer.sign(
        message,
        key_id=key.kid,
        created=NOW,
        label="ax",
        covered_component_ids=covered,
        use_existing_digest=True,
        **more,
    )


@ALGORITHMS
def test_a_request_that_the_library_signs(alg: str) -> None:
    key, body = keys.generate("request", alg), b"{}"
    sent = {"method": "POST", "target_uri": TARGET, "headers": [["content-type", "text/x"]]}
    message = oracles.Message({**sent, "headers": [*sent["headers"], ["content-digest", digest_of(body)]]})
    covered = ("@method", "@target-uri", "content-type", "content-digest")
    expires, nonce = NOW + timedelta(seconds=300), b64encode(NONCE)
    signed_by_library(message, key, covered, expires=expires, nonce=nonce, tag="asylum-exchange-request/v1")
    assert verified(Request("POST", TARGET, tuple(message.headers.items()), body), key).nonce == nonce


@ALGORITHMS
def test_a_request_that_openssl_signs(alg: str, tmp_path: Path) -> None:
    jwk = key_of_openssl(alg, tmp_path)
    key = keys.public_from_jwk(oracles.required(jwk.export_public(as_dict=True)), "request")
    created, name = int(NOW.timestamp()), {"Ed25519": "ed25519", "ES256": "ecdsa-p256-sha256"}[alg]
    params = (
        f'("@method" "@target-uri");created={created};expires={created + 60};nonce="{b64encode(NONCE)}"'
        f';keyid="{key.kid}";alg="{name}";tag="asylum-exchange-request/v1"'
    )
    base = f'"@method": GET\n"@target-uri": {TARGET}\n"@signature-params": {params}'
    signature = base64.b64encode(signed_by_openssl(alg, base.encode(), tmp_path)).decode()
    headers = (("signature-input", f"ax={params}"), ("signature", f"ax=:{signature}:"))
    httpsig.verify_request(httpsig.inspect(Request("GET", TARGET, headers, b"")), key, NOW)


@ALGORITHMS
def test_an_answer_that_we_sign_and_one_that_the_library_signs(alg: str) -> None:
    asker, hub = keys.generate("request"), keys.generate("answer", alg)
    request = httpsig.sign_request(a_request(), asker, NOW, NONCE)
    question = {"method": request.method, "target_uri": request.target_uri, "headers": request.headers}
    ours = httpsig.sign_answer(Answer(201, (("content-type", "application/jose"),), b"x"), request, hub, NOW)
    jwk = {hub.kid: dict(keys.public_to_jwk(hub.public))}
    oracles.http_signatures({"status": 201, "headers": ours.headers}, jwk, question)
    bare = [["content-type", "application/jose"], ["content-digest", digest_of(b"x")]]
    theirs = oracles.Response({"status": 201, "headers": bare}, question)
    own = ("@status", "content-type", "content-digest")
    of_request = ('"@method";req', '"@target-uri";req', '"content-digest";req', '"signature";req;key="ax"')
    signed_by_library(theirs, hub, (*own, *of_request), tag="asylum-exchange-answer/v1", include_alg=False)
    httpsig.verify_answer(Answer(201, tuple(theirs.headers.items()), b"x"), request, hub.public)


def test_the_oracles_are_given_the_same_public_key() -> None:
    for jwk in jwks("notices").values():
        pem = JWK(**oracles.required(jwk)).export_to_pem()
        ours = keys.public_from_jwk(jwk, "notice").key
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        assert ours.public_bytes(*form) == pem
