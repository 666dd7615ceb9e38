import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OKPKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from exchange.domain.errors import Refusal
from exchange.wire import jws, keys
from exchange.wire.encoding import b64decode
from wire.kit import b64, code, compact

TYP = "asylum-exchange-test+jws"
# The order of the base point of P-256 (FIPS 186-5, SEC 2 section 2.4.2).
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEYS = {alg: keys.generate("notice", alg) for alg in sorted(keys.ALGORITHMS)}
KEY = KEYS["Ed25519"]


def header(**change: Any) -> dict[str, Any]:
    made = {"alg": "Ed25519", "kid": KEY.kid, "typ": TYP} | change
    return {name: value for name, value in made.items() if value is not None}


def forged(head: str | bytes, payload: str = "{}", key: keys.PrivateKey = KEY) -> str:
    """A JWS whose signature is right and whose header is whatever a test says."""
    signing_input = f"{b64(head)}.{b64(payload)}"
    return f"{signing_input}.{b64(key.sign(signing_input.encode()))}"


def jwk(key: keys.PrivateKey) -> dict[str, Any]:
    return dict(keys.public_to_jwk(key.public))


@pytest.mark.parametrize("alg", sorted(KEYS))
@given(payload=st.binary(max_size=200))
def test_there_and_back(alg: str, payload: bytes) -> None:
    key = KEYS[alg]
    text = jws.sign(payload, TYP, key)
    verified = jws.verify(jws.parse(text, TYP), key.public, "notice")
    assert (verified.payload, verified.kid, verified.text) == (payload, key.kid, text)
    assert verified.signing_input == text.rpartition(".")[0].encode()


@pytest.mark.parametrize("alg", sorted(KEYS))
def test_two_other_libraries_read_ours(alg: str) -> None:
    key = KEYS[alg]
    text = jws.sign(b'{"a":1}', TYP, key)
    theirs = (OKPKey if alg == "Ed25519" else ECKey).import_key(jwk(key))
    assert joserfc_jws.deserialize_compact(text, theirs, algorithms=[alg]).payload == b'{"a":1}'
    other = JWS()
    other.deserialize(text)
    other.verify(JWK(**jwk(key)))
    assert other.payload == b'{"a":1}'


@pytest.mark.parametrize("alg", sorted(KEYS))
def test_we_read_what_another_library_signs(alg: str) -> None:
    theirs = OKPKey.generate_key("Ed25519") if alg == "Ed25519" else ECKey.generate_key("P-256")
    required = {
        name: value for name, value in theirs.as_dict(private=False).items() if name in {"kty", "crv", "x", "y"}
    }
    ours = keys.public_from_jwk(required, "notice")  # type: ignore[arg-type]  # plain strings
    text = joserfc_jws.serialize_compact({"alg": alg, "kid": ours.kid, "typ": TYP}, b"x", theirs, algorithms=[alg])
    assert jws.verify(jws.parse(text, TYP), ours, "notice").payload == b"x"


@pytest.mark.parametrize(
    "alg",
    ["none", "None", "NONE", "", "HS256", "EdDSA", "ed25519", "RS256", "ES384", "ES256K", None, 5, True, ["Ed25519"]],
)
def test_no_other_algorithm_is_read(alg: object) -> None:
    made = header(alg=alg)
    assert code(jws.parse, forged(compact(made)), TYP) == ("bad-jws" if alg is None else "wrong-alg")


def test_the_header_cannot_choose_the_algorithm_of_a_key() -> None:
    # Signed by the ES256 key, said to be Ed25519: the enrolled alg decides, before any arithmetic.
    es256 = KEYS["ES256"]
    text = forged(compact(header(kid=es256.kid)), key=es256)
    assert code(jws.verify, jws.parse(text, TYP), es256.public, "notice") == "wrong-alg"


def test_a_mac_made_with_the_public_key_is_nothing() -> None:
    head, payload = b64(compact(header(alg="HS256"))), b64("{}")
    mac = hashlib.sha256(f"{head}.{payload}".encode()).digest()
    assert code(jws.parse, f"{head}.{payload}.{b64(mac)}", TYP) == "wrong-alg"


@pytest.mark.parametrize(
    "more",
    [
        {"jwk": jwk(KEY)},
        {"jku": "https://evil.example/keys"},
        {"x5c": ["x"]},
        {"crit": ["b64"], "b64": False},
        {"crit": ["unknown"], "unknown": 1},
        {"b64": False},
        {"cty": "x"},
        {"kid": None},
        {"typ": None},
    ],
)
def test_the_header_has_three_members_and_no_other(more: dict[str, object]) -> None:
    assert code(jws.parse, forged(compact(header(**more))), TYP) == "bad-jws"


@pytest.mark.parametrize(
    "kid", ["", "mine", "A" * 42, "A" * 42 + "B", "A" * 43 + "=", "A" * 44, 5, None, "../../etc/passwd"]
)
def test_kid_is_a_thumbprint(kid: object) -> None:
    made = {"alg": "Ed25519", "kid": kid, "typ": TYP}
    assert code(jws.parse, forged(compact(made)), TYP) == "bad-jws"


@pytest.mark.parametrize("typ", ["JWT", "", TYP.upper(), f"application/{TYP}", f"{TYP} ", 5, [TYP]])
def test_a_message_of_another_kind_is_refused(typ: object) -> None:
    assert code(jws.parse, forged(compact(header(typ=typ))), TYP) == "wrong-typ"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('{"alg":"none","alg":"Ed25519","kid":"%s","typ":"%s"}', "bad-json"),
        ('{"alg":"Ed25519","kid":"%s","typ":"%s"} ', None),
        ('\ufeff{"alg":"Ed25519","kid":"%s","typ":"%s"}', "bad-json"),
        ('{"alg":"Ed25519","kid":"%s","typ":"%s"}{}', "bad-json"),
        ('["alg","%s","%s"]', "bad-jws"),
        ("", "bad-json"),
        ("null", "bad-jws"),
    ],
)
def test_the_header_is_strict_json(head: str, expected: str | None) -> None:
    text = forged(head % (KEY.kid, TYP) if "%" in head else head)
    if expected:
        assert code(jws.parse, text, TYP) == expected
    else:
        jws.verify(jws.parse(text, TYP), KEY.public, "notice")


def test_segments_and_base64url_are_strict() -> None:
    text = jws.sign(b"12", TYP, KEY)
    head, payload, signature = text.split(".")
    twin = payload[:-1] + chr(ord(payload[-1]) + 1)  # the same bytes by a lenient decoder
    broken = [
        "",
        ".",
        "..",
        head,
        f"{head}.{payload}",
        f"{text}.",
        f".{text}",
        f"{text}=",
        f"{text}\n",
        f" {text}",
        f"{head}.{payload}=.{signature}",
        f"{head}.{twin}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[:-2]}",
        f"{head}.{payload}.{signature}AAAA",
        f"{head}.{payload}.{b64('x' * 63)}",
        f"{head}.{payload}é.{signature}",
    ]
    for one in broken:
        assert code(jws.parse, one, TYP) in {"bad-jws", "bad-json"}, one


def test_who_signed_is_checked() -> None:
    other = keys.generate("notice")
    text = jws.sign(b"x", TYP, KEY)
    assert code(jws.verify, jws.parse(text, TYP), other.public, "notice") == "bad-notice-signature"
    assert code(jws.verify, jws.parse(text, TYP), KEY.public, "receipt") == "wrong-purpose"
    request = keys.generate("request")
    unverified = jws.parse(jws.sign(b"x", TYP, request), TYP)
    assert code(jws.verify, unverified, request.public, "notice") == "wrong-purpose"


def test_every_changed_byte_is_seen() -> None:
    text = jws.sign(b'{"a":1}', TYP, KEY)
    for place, char in enumerate(text):
        changed = text[:place] + ("A" if char != "A" else "B") + text[place + 1 :]
        with pytest.raises(Refusal):
            jws.verify(jws.parse(changed, TYP), KEY.public, "notice")


def test_a_second_signature_of_p256_does_not_change_who_a_message_is() -> None:
    key = KEYS["ES256"]
    text = jws.sign(b"x", TYP, key)
    signing_input, _, signature = text.rpartition(".")
    r, s = b64decode(signature)[:32], int.from_bytes(b64decode(signature)[32:])
    twin = f"{signing_input}.{b64(r + (N - s).to_bytes(32))}"
    one, two = (jws.verify(jws.parse(each, TYP), key.public, "notice") for each in (text, twin))
    assert twin != text
    assert one.signing_input == two.signing_input


def test_a_der_signature_is_refused() -> None:
    head, payload = b64(compact({"alg": "ES256", "kid": KEYS["ES256"].kid, "typ": TYP})), b64("x")
    der = bytes.fromhex("3006020101020101")
    assert code(jws.parse, f"{head}.{payload}.{b64(der)}", TYP) == "bad-jws"


def test_only_the_checker_makes_what_is_checked() -> None:
    with pytest.raises(TypeError, match=r"only jws\.verify"):
        jws.Verified("a.b.c", KEY.kid, b"", b"", object())
