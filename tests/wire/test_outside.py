"""Published examples beside what we read, and an issuer of SD-JWT that shares no code with ours.

A published example whose signature does not verify by a library of others is a wrong copy. Each says under `ours`
what this profile answers: almost all are right and refused, for the RFCs allow what the profile does not.
"""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from http_message_signatures import HTTPMessageVerifier
from http_message_signatures import InvalidSignature as InvalidHttpSignature
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from exchange.domain.errors import Refusal
from exchange.wire import httpsig, jws, keys, sdjwt
from exchange.wire.encoding import b64decode
from exchange.wire.library import Message, OneKey, Response
from exchange.wire.messages import Answer, Request, digest_of
from wire.kit import CLAIMS, EX, PARTS, a_request, b64, code, signed_by_hand, verified

PUBLISHED = Path(__file__).parents[1] / "vectors" / "published"


def published(name: str) -> Any:
    return json.loads((PUBLISHED / f"{name}.json").read_text())


def by_section(name: str) -> Any:
    examples = published(name)["examples"]
    return pytest.mark.parametrize("example", examples, ids=[one["section"] for one in examples])


def verdict(act: Any, *given: Any) -> str:
    try:
        act(*given)
    except Refusal as refusal:
        return refusal.code
    return "accepted"


# RFC 9421: HTTP message signatures.

ALGORITHMS: dict[str, Any] = {"test-key-ed25519": ED25519, "test-key-ecc-p256": ECDSA_P256_SHA256}


def theirs(message: dict[str, Any]) -> Message:
    """A request for the library, repeated fields joined as RFC 9421 section 2.1 says."""
    fields: dict[str, str] = {}
    for name, value in message["headers"]:
        low = name.lower()
        fields[low] = f"{fields[low]}, {value}" if low in fields else value
    return Message(message.get("method", ""), message.get("target_uri", ""), fields)


def message_of(example: dict[str, Any]) -> Message | Response:
    sent = theirs(example["message"])
    if "status" not in example["message"]:
        return sent
    return Response(example["message"]["status"], sent.headers, theirs(example["request"]))


@by_section("rfc9421")
def test_the_signatures_of_rfc_9421_verify(example: dict[str, Any]) -> None:
    key = keys.public_from_jwk(published("rfc9421")["keys"][example["key"]], "request")
    sent = message_of(example)
    verifier = HTTPMessageVerifier(signature_algorithm=ALGORITHMS[example["key"]], key_resolver=OneKey(key.key))
    (found,) = verifier.verify(sent, max_age=None)
    lines = [f"{name}: {value}" for name, value in found.covered_components.items()]
    assert "\n".join(lines) == example["base"]
    sent.headers["signature-input"] = sent.headers["signature-input"].replace("created=1", "created=2")
    with pytest.raises(InvalidHttpSignature):
        verifier.verify(sent, max_age=None)


@by_section("rfc9421")
def test_the_bases_of_rfc_9421_are_signed_by_a_key_that_we_would_enrol(example: dict[str, Any]) -> None:
    key = keys.public_from_jwk(published("rfc9421")["keys"][example["key"]], "request")
    signature = dict(example["message"]["headers"])["Signature"].split(":")[1]
    raw = base64.b64decode(signature)
    key.verify(raw, example["base"].encode())
    assert code(key.verify, raw, example["base"].encode() + b"\n") == "bad-signature"


@by_section("rfc9421")
def test_what_our_profile_says_to_rfc_9421(example: dict[str, Any]) -> None:
    sent = example["message"]
    headers = tuple(map(tuple, sent["headers"]))
    if "status" in sent:
        asked = example["request"]
        request = Request(asked["method"], asked["target_uri"], tuple(map(tuple, asked["headers"])), b"")
        key = keys.public_from_jwk(published("rfc9421")["keys"][example["key"]], "answer")
        answer = Answer(sent["status"], headers, sent["body"].encode())
        assert verdict(httpsig.verify_answer, answer, request, key) == example["ours"]
    else:
        request = Request(sent["method"], sent["target_uri"], headers, sent["body"].encode())
        assert verdict(httpsig.inspect, request) == example["ours"]


@by_section("rfc9421")
def test_the_contents_of_rfc_9421_have_the_digests_that_it_prints(example: dict[str, Any]) -> None:
    for message in (example["message"], example.get("request", example["message"])):
        printed = dict(message["headers"]).get("Content-Digest")
        digest = base64.b64encode(hashlib.sha512(message["body"].encode()).digest()).decode()
        assert printed in (None, f"sha-512=:{digest}:")


# RFC 9530: Content-Digest.


@by_section("rfc9530")
def test_the_digests_of_rfc_9530(example: dict[str, Any]) -> None:
    body = example["body"].encode()
    assert (digest_of(body) == example["digest"]) == (example["ours"] == "accepted")
    key = keys.generate("request")
    request = signed_by_hand(key, a_request(body), digest=example["digest"])
    assert verdict(verified, request, key) == example["ours"]


# RFC 7638 and RFC 8037: thumbprints and Ed25519.


def test_the_thumbprint_of_rfc_7638_is_of_a_key_that_we_do_not_enrol() -> None:
    example = published("rfc7638")
    assert RSAKey.import_key(example["jwk"]).thumbprint() == example["thumbprint"]
    assert JWK(**example["jwk"]).thumbprint() == example["thumbprint"]
    canonical = json.dumps({n: example["jwk"][n] for n in ("e", "kty", "n")}, separators=(",", ":"))
    assert b64(hashlib.sha256(canonical.encode()).digest()) == example["thumbprint"]
    assert code(keys.public_from_jwk, example["jwk"], "notice") == example["ours"]


def test_the_key_and_the_signature_of_rfc_8037() -> None:
    example = published("rfc8037")
    assert OKPKey.import_key(example["private"]).thumbprint() == example["thumbprint"]
    key = keys.public_from_jwk(example["public"], "notice")
    assert key.kid == example["thumbprint"]
    pem = JWK(**example["private"]).export_to_pem(private_key=True, password=None)
    assert keys.private_from_pem(pem, "notice").kid == key.kid
    other = JWS()
    other.deserialize(example["jws"])
    other.verify(JWK(**example["public"]))
    assert other.payload == example["payload"].encode()
    signing_input, _, signature = example["jws"].rpartition(".")
    key.verify(b64decode(signature), signing_input.encode())
    assert code(jws.parse, example["jws"], sdjwt.TYP) == example["ours"]


# RFC 7515 and RFC 7797: JWS. Ours has three members in its header, so all of these are refused.


def signed_as_published(example: dict[str, Any]) -> bool:
    head, payload, signature = example["jws"].split(".")
    payload = example.get("detached", payload)
    signing_input = f"{head}.{payload}".encode()
    if example["alg"] == "none":
        return not signature
    if example["alg"] == "HS256":
        mac = hmac.digest(b64decode(example["key"]["k"]), signing_input, "sha256")
        return hmac.compare_digest(mac, b64decode(signature))
    key = keys.public_from_jwk(example["key"], "notice")
    return verdict(key.verify, b64decode(signature), signing_input) == "accepted"


@by_section("rfc7515")
def test_the_examples_of_jws_are_right_and_not_of_our_profile(example: dict[str, Any]) -> None:
    assert signed_as_published(example)
    assert code(jws.parse, example["jws"], sdjwt.TYP) == example["ours"]


@by_section("rfc7515")
def test_another_library_agrees_on_the_examples_of_jws(example: dict[str, Any]) -> None:
    if example["alg"] == "none" or "detached" in example:
        return
    key = (OctKey if example["alg"] == "HS256" else ECKey).import_key(example["key"])
    joserfc_jws.deserialize_compact(example["jws"], key, algorithms=[example["alg"]])


# RFC 9901: SD-JWT.


def test_the_digests_of_rfc_9901() -> None:
    example = published("rfc9901")
    for name, disclosure in example["disclosures"].items():
        assert b64(hashlib.sha256(disclosure.encode()).digest()) == example["digests"][name]


@by_section("rfc9901")
def test_the_examples_of_sd_jwt_are_right_and_not_of_our_profile(example: dict[str, Any]) -> None:
    issuer = JWK(**published("rfc9901")["key"])
    reader = SDJWTVerifier(example["sd_jwt"], lambda *_: issuer, example.get("aud"), example.get("nonce"))
    assert reader.get_verified_payload() == example["processed"]
    assert code(sdjwt.read, example["sd_jwt"]) == example["ours"]


class Issuer(SDJWTIssuer):  # type: ignore[misc]  # the library is not typed
    """The issuer of the library `sd-jwt` with salts of our size; it brings its own order, spelling and digests."""

    SALT_BYTES = 32
    DECOY_MIN_ELEMENTS = DECOY_MAX_ELEMENTS = 2

    def _generate_salt(self) -> str:
        return str(JWK.generate(kty="oct", size=8 * self.SALT_BYTES).export(as_dict=True)["k"])


class Weak(Issuer):
    SALT_BYTES = 16


def issued(key: keys.PrivateKey, issuer: type[Issuer] = Issuer) -> str:
    claims = {**CLAIMS.members(), **{SDObj(name): value for name, value in PARTS.items()}}
    jwk = JWK.from_pem(keys.private_to_pem(key))
    header = {"kid": key.kid, "typ": sdjwt.TYP}
    made = issuer(claims, jwk, sign_alg=key.alg, add_decoy_claims=True, extra_header_parameters=header)
    return str(made.sd_jwt_issuance)


@pytest.mark.parametrize("alg", sorted(keys.ALGORITHMS))
def test_we_read_what_an_independent_issuer_of_sd_jwt_makes(alg: str) -> None:
    # Its nested objects may have decoys of their own, which are no part of our profile: only flat values here.
    key = keys.generate("notice", alg)
    notice = sdjwt.verify(sdjwt.read(issued(key)), key.public, EX)
    assert (notice.claims, notice.kid) == (CLAIMS, key.kid)
    assert {name: _bare(value) for name, value in notice.parts.items()} == PARTS


def _bare(value: object) -> object:
    """The value without the decoys that the library strews over nested objects."""
    return {k: v for k, v in value.items() if k != "_sd"} if isinstance(value, dict) else value


def test_the_salts_that_others_use_are_too_short_for_us() -> None:
    key = keys.generate("notice")
    assert code(sdjwt.verify, sdjwt.read(issued(key, Weak)), key.public, EX) == "bad-disclosure"


def test_a_signature_of_ed25519_has_one_spelling() -> None:
    # RFC 8032 section 5.1.7: s is below the order of the base point, so s + L is no second signature.
    order = 2**252 + 27742317777372353535851937790883648493
    key = keys.generate("notice")
    signature = key.sign(b"x")
    s = int.from_bytes(signature[32:], "little")
    twin = signature[:32] + (s + order).to_bytes(32, "little")
    key.public.verify(signature, b"x")
    with pytest.raises(Refusal):
        key.public.verify(twin, b"x")
    assert b64(twin) != b64(signature)
