"""What others signed or say, beside what we read: published examples, and libraries that share no code with ours."""

import pytest
from http_message_signatures import HTTPMessageVerifier, InvalidSignature
from http_message_signatures.algorithms import ED25519
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer

from exchange.domain.errors import Refusal
from exchange.wire import httpsig, keys, sdjwt
from exchange.wire.library import Message, OneKey
from exchange.wire.messages import Request
from wire.kit import CLAIMS, EX, PARTS, b64, code

# RFC 9421 appendix B.1.4 (the key), B.2 (the request) and B.2.6 (its signature).
KEY = keys.public_from_jwk(
    {"kty": "OKP", "crv": "Ed25519", "x": "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}, "request"
)
FIELDS = {
    "host": "example.com",
    "date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-length": "18",
    "signature-input": (
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    ),
    "signature": ("sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"),
}
URL = "https://example.com/foo?param=Value&Pet=dog"


def test_the_library_verifies_the_example_of_rfc_9421() -> None:
    verifier = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=OneKey(KEY.key))
    (found,) = verifier.verify(Message("POST", URL, FIELDS), max_age=None)
    assert found.covered_components['"@path"'] == "/foo"
    with pytest.raises(InvalidSignature):
        verifier.verify(Message("POST", URL, {**FIELDS, "content-length": "19"}), max_age=None)


def test_the_example_is_right_and_not_of_our_profile() -> None:
    body = b'{"hello": "world"}'
    assert code(httpsig.inspect, Request("POST", URL, tuple(FIELDS.items()), body)) == "wrong-label"


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
