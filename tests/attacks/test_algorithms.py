"""Nothing in a message chooses how it is verified: not its alg, not a key that it brings, not a crit."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from attacks.kit import (
    ORIGIN,
    Webs,
    a_notice,
    acknowledgement,
    claims,
    disclosure,
    envelope,
    parts_of,
    query,
    signed,
    statement,
)
from authorities import Office
from exchange import clock
from exchange.client.line import ENVELOPE
from exchange.wire import keys
from exchange.wire.encoding import b64decode, b64encode, read_json, write_json
from exchange.wire.messages import Request
from wire.kit import signed_by_hand

TYP = "asylum-exchange-notice+sd-jwt"


def header_of(office: Office, **change: Any) -> bytes:
    key = office.folder.key("notice")
    made = {"alg": key.alg, "kid": key.kid, "typ": TYP, **change}
    return write_json({name: value for name, value in made.items() if value is not None})


HEADERS: list[tuple[dict[str, Any], str]] = [
    ({"alg": "none"}, "wrong-alg"),
    ({"alg": "None"}, "wrong-alg"),
    ({"alg": ""}, "wrong-alg"),
    ({"alg": None}, "bad-jws"),
    ({"alg": "HS256"}, "wrong-alg"),
    ({"alg": "RS256"}, "wrong-alg"),
    ({"alg": "EdDSA"}, "wrong-alg"),
    ({"alg": "Ed448"}, "wrong-alg"),
    ({"alg": "ed25519"}, "wrong-alg"),
    ({"alg": "ES256K"}, "wrong-alg"),
    ({"alg": "ES256"}, "bad-notice-key"),  # one that there is, and not the one that the key was enrolled for
    ({"alg": ["Ed25519"]}, "wrong-alg"),
    ({"crit": ["exp"], "exp": 9999999999}, "bad-jws"),
    ({"crit": []}, "bad-jws"),
    ({"crit": ["b64"], "b64": False}, "bad-jws"),
    ({"b64": False}, "bad-jws"),
    ({"zip": "DEF"}, "bad-jws"),
    ({"cty": "JWT"}, "bad-jws"),
    ({"jku": "https://attacker.example/keys"}, "bad-jws"),
    ({"x5u": "https://attacker.example/chain"}, "bad-jws"),
    ({"x5c": ["MIIB"]}, "bad-jws"),
    ({"typ": "asylum-exchange-query+jws"}, "wrong-typ"),
    ({"typ": "application/asylum-exchange-notice+sd-jwt"}, "wrong-typ"),
    ({"typ": None}, "bad-jws"),
    ({"kid": None}, "bad-jws"),
    ({"kid": "../../etc/passwd"}, "bad-jws"),
    ({"kid": "' OR 1=1 --"}, "bad-jws"),
    ({"kid": "A" * 43}, "bad-notice-key"),
]


@pytest.mark.parametrize(("change", "code"), HEADERS)
def test_a_header_that_chooses_anything_is_refused_though_its_signature_is_right(
    webs: Webs, change: dict[str, Any], code: str
) -> None:
    office = webs.enrol()
    disclosures = [disclosure(name, value) for name, value in parts_of(office).items()]
    assert webs.post(office, "/v1/notices", envelope(a_notice(office, disclosures))).verdict == (201, "")
    bad = a_notice(office, disclosures, header=header_of(office, **change))
    assert webs.post(office, "/v1/notices", envelope(bad)).code == code
    assert webs.counts(office)["notice"] == 1


@pytest.mark.parametrize("with_alg", ["Ed25519", "ES256"])
def test_a_key_that_a_message_brings_along_is_not_looked_at(webs: Webs, with_alg: str) -> None:
    office, mine = webs.enrol(), keys.generate("notice", with_alg)
    disclosures = [disclosure(name, value) for name, value in parts_of(office).items()]
    jwk = keys.public_to_jwk(mine.public)
    for change, code in (
        ({"alg": mine.alg, "jwk": jwk}, "bad-jws"),
        ({"alg": mine.alg, "jwk": jwk, "kid": None}, "bad-jws"),
        ({"alg": mine.alg, "kid": jwk}, "bad-jws"),
        ({"alg": mine.alg, "kid": mine.kid}, "bad-notice-key"),
        ({"alg": mine.alg}, "bad-notice-signature" if with_alg == "Ed25519" else "bad-notice-key"),
    ):
        bad = a_notice(office, disclosures, header=header_of(office, **change), key=mine)
        assert webs.post(office, "/v1/notices", envelope(bad)).code == code
    assert webs.counts(office)["notice"] == 0


def macs(office: Office) -> list[bytes]:
    """What might be taken for the secret of a MAC: everything that is public of the notice key."""
    public = office.folder.key("notice").public
    jwk = keys.public_to_jwk(public)
    return [b64decode(str(jwk["x"])), str(jwk["x"]).encode(), write_json(jwk), public.kid.encode(), b""]


@pytest.mark.parametrize("alg", ["HS256", "HS512", "none", "Ed25519", "ES256"])
def test_a_mac_under_what_is_public_is_no_signature(webs: Webs, alg: str) -> None:
    office = webs.enrol(alg="ES256" if alg == "ES256" else "Ed25519")
    parts = parts_of(office)
    disclosures = [disclosure(name, value) for name, value in parts.items()]
    signing_input = a_notice(office, disclosures, header=header_of(office, alg=alg)).rpartition(".")[0].encode()
    tail = "".join(f"~{one}" for one in disclosures) + "~"
    values = [hmac.digest(secret, signing_input, name) for secret in macs(office) for name in ("sha256", "sha512")]
    values += [b"", bytes(64), hashlib.sha512(signing_input).digest()]
    for value in values:
        said = webs.post(office, "/v1/notices", envelope(f"{signing_input.decode()}.{b64encode(value)}{tail}"))
        expected = {"Ed25519", "ES256"} & {alg} and len(value) == 64 and "bad-notice-signature"
        assert said.code == (expected or ("bad-jws" if alg in {"Ed25519", "ES256"} else "wrong-alg"))
    assert webs.counts(office)["notice"] == 0


@pytest.mark.parametrize(
    ("path", "make", "typ"),
    [
        ("/v1/queries", query, "asylum-exchange-query+jws"),
        ("/v1/acknowledgements", acknowledgement, "asylum-exchange-ack+jws"),
    ],
)
def test_queries_and_acknowledgements_choose_nothing_either(
    webs: Webs, path: str, make: Callable[[Office], bytes], typ: str
) -> None:
    office = webs.enrol()
    key = office.folder.key("notice")
    _, payload, signature = make(office).decode().split(".")
    for change, code in (
        ({"alg": "none"}, "wrong-alg"),
        ({"alg": "HS256"}, "wrong-alg"),
        ({"alg": "ES256"}, "bad-notice-key"),
        ({"crit": ["exp"]}, "bad-jws"),
        ({"jwk": keys.public_to_jwk(key.public)}, "bad-jws"),
        ({"typ": TYP}, "wrong-typ"),
        ({"typ": "asylum-exchange-receipt+jws"}, "wrong-typ"),
    ):
        head = b64encode(write_json({"alg": key.alg, "kid": key.kid, "typ": typ, **change}))
        good = b64encode(key.sign(f"{head}.{payload}".encode()))
        for value in (good, signature):
            assert webs.post(office, path, f"{head}.{payload}.{value}".encode()).code == code
    assert webs.counts(office)["notice"] == 0


def test_what_was_signed_as_one_kind_of_message_is_none_of_another(webs: Webs) -> None:
    office = webs.enrol()
    notice = read_json(office.sign())
    assert isinstance(notice, dict)
    issued = str(notice["notice"]).partition("~")[0].encode()
    for path, body in (
        ("/v1/queries", acknowledgement(office)),
        ("/v1/acknowledgements", query(office)),
        ("/v1/queries", issued),
        ("/v1/acknowledgements", issued),
        ("/v1/notices", envelope(query(office).decode() + "~")),
    ):
        assert webs.post(office, path, body).verdict == (400, "wrong-typ")


def by_hand(office: Office, key: keys.PrivateKey | None = None, **how: Any) -> Request:
    """A POST of a good notice whose signature parameters are as the test wants them."""
    request = Request("POST", ORIGIN + "/v1/notices", (("Content-Type", ENVELOPE),), office.sign())
    seconds = int(clock.now().timestamp())
    nonce = b64encode(hashlib.sha256(request.body).digest()[:16])
    given = {"created": seconds, "expires": seconds + 120, "nonce": nonce}
    return signed_by_hand(key or office.folder.key("request"), request, **{**given, **how})


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({}, ""),
        ({"alg": "none"}, "wrong-alg"),
        ({"alg": ""}, "wrong-alg"),
        ({"alg": None}, "bad-signature-header"),
        ({"alg": "hmac-sha256"}, "wrong-alg"),
        ({"alg": "rsa-pss-sha512"}, "wrong-alg"),
        ({"alg": "ecdsa-p256-sha256"}, "wrong-alg"),
        ({"alg": "ecdsa-p384-sha384"}, "wrong-alg"),
        ({"alg": "Ed25519"}, "wrong-alg"),
        ({"more": ';keyid="other"'}, "bad-signature-header"),
        ({"more": ';jwk="x"'}, "bad-signature-header"),
        ({"more": ";crit"}, "bad-signature-header"),
    ],
)
def test_the_signature_of_a_request_chooses_nothing(webs: Webs, how: dict[str, Any], code: str) -> None:
    office = webs.enrol()
    assert webs.send(by_hand(office, **how)).verdict == ((401, code) if code else (201, ""))


def test_a_mac_of_a_request_under_what_is_public_is_no_signature(webs: Webs) -> None:
    office = webs.enrol()
    public = keys.public_to_jwk(office.folder.key("request").public)
    for secret in (b64decode(str(public["x"])), str(public["x"]).encode(), b""):
        for alg, code in (("hmac-sha256", "wrong-alg"), ("ed25519", "bad-signature")):
            request = by_hand(office, alg=alg)
            value = base64.b64encode(hmac.digest(secret, request.body, "sha512")).decode()
            headers = tuple((n, f"ax=:{value}:" if n == "Signature" else v) for n, v in request.headers)
            forged = Request(request.method, request.target_uri, headers, request.body)
            assert webs.send(forged).verdict == (401, code)


def test_a_statement_of_the_hub_is_no_message_of_an_authority(webs: Webs) -> None:
    # A receipt under the hub's key, shown back to it as a query: the key is nobody's.
    office = webs.enrol()
    receipt = webs.post(office, "/v1/notices", office.sign()).body
    assert webs.post(office, "/v1/queries", receipt).code == "wrong-typ"
    forged = statement(office, "asylum-exchange-query+jws", claims(office), webs.hub.keys["receipt"])
    assert webs.send(signed(office, "/v1/queries", forged)).code == "bad-notice-key"
