import hashlib
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from exchange.wire import jws, keys, sdjwt
from exchange.wire.encoding import b64decode, write_json
from wire.kit import CLAIMS, EX, NOTICE_ID, PARTS, a_notice, b64, code, compact, salts

KEY = keys.generate("notice")
ALL = {**PARTS, "safeguards": {"codes": []}, "sealed": []}
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def pieces(text: str) -> tuple[str, list[str]]:
    """The issuer-signed part and the Disclosures."""
    signed, *disclosures = text.split("~")
    return signed, disclosures[:-1]


def payload_of(text: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(b64decode(text.split(".")[1])))


def digest(disclosure: str) -> str:
    return b64(hashlib.sha256(disclosure.encode()).digest())


def disclosure(name: object = "hub", value: object = None, salt: object = b64(bytes(32))) -> str:
    return b64(compact([salt, name, value]))


def resigned(change: dict[str, Any], disclosures: list[str] | None = None) -> str:
    """A notice whose payload was changed before it was signed. A member that is None is left out."""
    signed, own = pieces(a_notice(KEY))
    made = {name: value for name, value in (payload_of(signed) | change).items() if value is not None}
    return sdjwt.present(jws.sign(write_json(made), sdjwt.TYP, KEY), own if disclosures is None else disclosures)


def with_first(first: str) -> str:
    """A well signed notice whose first Disclosure is this one."""
    own = [first, *pieces(a_notice(KEY))[1][1:]]
    return resigned({"_sd": sorted([*map(digest, own), b64(b"d" * 32), b64(b"e" * 32)])}, own)


def check(text: str, ex: str = EX) -> sdjwt.Notice:
    return sdjwt.verify(sdjwt.read(text), KEY.public, ex)


def why(text: str) -> str:
    return code(check, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text("abc", max_size=2), deeper, max_size=3),
    max_leaves=5,
)


@given(st.fixed_dictionaries(dict.fromkeys(sdjwt.REQUIRED, JSON), optional={"safeguards": JSON, "sealed": JSON}))
def test_there_and_back(parts: dict[str, Any]) -> None:
    text = sdjwt.issue(CLAIMS, parts, KEY, salts())
    notice = check(text)
    assert (dict(notice.parts), notice.claims, notice.kid) == (parts, CLAIMS, KEY.kid)
    assert sdjwt.present(notice.jws, notice.disclosures.values()) == text
    assert {name: sdjwt.disclosed(raw) for name, raw in notice.disclosures.items()} == parts


def test_the_identity_is_the_hash_of_the_signing_input() -> None:
    notice = check(a_notice(KEY))
    assert notice.signing_input == notice.jws.rpartition(".")[0].encode()
    assert notice.sha256 == hashlib.sha256(notice.signing_input).digest() == sdjwt.identity(notice.jws)


def test_a_second_signature_of_p256_is_the_same_notice() -> None:
    key = keys.generate("notice", "ES256")
    signed, disclosures = pieces(a_notice(key))
    signing_input, _, signature = signed.rpartition(".")
    r, s = b64decode(signature)[:32], int.from_bytes(b64decode(signature)[32:])
    twin = sdjwt.present(f"{signing_input}.{b64(r + (N - s).to_bytes(32))}", disclosures)
    notices = [sdjwt.verify(sdjwt.read(text), key.public, EX) for text in (sdjwt.present(signed, disclosures), twin)]
    assert notices[0].jws != notices[1].jws
    assert notices[0].sha256 == notices[1].sha256


def test_the_payload_is_as_the_wire_format_says() -> None:
    signed, disclosures = pieces(a_notice(KEY))
    payload = payload_of(signed)
    assert list(payload) == ["v", "ex", "id", "iss", "iat", "_sd_alg", "_sd"]
    assert payload["_sd"] == sorted(payload["_sd"])
    assert len(payload["_sd"]) == 5
    assert len(disclosures) == 3
    assert {digest(one) for one in disclosures} < set(payload["_sd"])
    assert json.loads(b64decode(signed.split(".")[0])) == {"alg": "Ed25519", "kid": KEY.kid, "typ": sdjwt.TYP}


def test_absence_is_not_seen() -> None:
    whole, partly = payload_of(a_notice(KEY, safeguards={}, sealed=[])), payload_of(a_notice(KEY))
    assert [len(d) for d in whole["_sd"]] == [len(d) for d in partly["_sd"]] == [43] * 5


@pytest.mark.parametrize("alg", sorted(keys.ALGORITHMS))
def test_an_independent_reader_of_sd_jwt_sees_the_same(alg: str) -> None:
    key = keys.generate("notice", alg)
    text = a_notice(key, safeguards={"codes": ["age_disputed"]})
    jwk = JWK(**dict(keys.public_to_jwk(key.public)))
    theirs = SDJWTVerifier(text, lambda *_: jwk).get_verified_payload()
    ours = sdjwt.verify(sdjwt.read(text), key.public, EX)
    assert {name: theirs[name] for name in sdjwt.PARTS if name in theirs} == dict(ours.parts)
    assert (theirs["id"], theirs["iss"], theirs["iat"]) == (ours.claims.id, ours.claims.iss, ours.claims.iat)


def test_a_reader_sees_its_parts_and_that_they_are_the_authors() -> None:
    signed, (hub, event, facts) = pieces(a_notice(KEY))
    for shown in ([], [event], [facts, event], [hub, event, facts]):
        notice = sdjwt.verify_shown(sdjwt.read(sdjwt.present(signed, shown)), KEY.public, EX)
        assert list(notice.disclosures.values()) == shown
        assert notice.sha256 == sdjwt.identity(signed)
    foreign = disclosure("event", {"kind": "other"})
    assert (
        code(sdjwt.verify_shown, sdjwt.read(sdjwt.present(signed, [foreign])), KEY.public, EX) == "foreign-disclosure"
    )


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_what_a_hub_needs_is_there(left_out: int) -> None:
    signed, disclosures = pieces(a_notice(KEY, safeguards={}))
    del disclosures[left_out]
    assert why(sdjwt.present(signed, disclosures)) == "part-missing"


def test_a_disclosure_of_another_notice_is_foreign() -> None:
    signed, (hub, event, _) = pieces(a_notice(KEY))
    other = sdjwt.issue(CLAIMS, PARTS, KEY, lambda size: b"x" * size)
    assert why(sdjwt.present(signed, [hub, event, pieces(other)[1][2]])) == "foreign-disclosure"


def test_a_disclosure_stands_once() -> None:
    signed, disclosures = pieces(a_notice(KEY))
    assert why(sdjwt.present(signed, [*disclosures, disclosures[0]])) == "repeated-disclosure"


def test_two_signed_disclosures_of_one_name_are_refused() -> None:
    own = [*pieces(a_notice(KEY))[1], disclosure("hub", {"seq": 2})]
    text = resigned({"_sd": sorted([*map(digest, own), b64(b"d" * 32)])}, own)
    assert why(text) == "repeated-disclosure"


def test_the_order_of_disclosures_says_nothing() -> None:
    signed, disclosures = pieces(a_notice(KEY))
    assert check(sdjwt.present(signed, disclosures[::-1])).parts == PARTS


@pytest.mark.parametrize(
    "first",
    [
        "",
        "!",
        disclosure() + "=",
        b64("[]"),
        b64("{}"),
        b64(compact([b64(bytes(32)), "hub"])),
        b64(compact([b64(bytes(32)), "hub", {}, 1])),
        disclosure(salt=b64(bytes(31))),
        disclosure(salt=b64(bytes(33))),
        disclosure(salt=b64(bytes(32)) + "="),
        disclosure(salt=b64(bytes(32))[:-1] + "B"),
        disclosure(salt=""),
        disclosure(salt=5),
        disclosure("narrative"),
        disclosure("_sd"),
        disclosure("..."),
        disclosure("Hub"),
        disclosure(5),
        disclosure(["hub"]),
    ],
)
def test_a_malformed_disclosure_is_refused_even_when_it_is_signed(first: str) -> None:
    assert why(with_first(first)) in {"bad-disclosure", "bad-json"}


@pytest.mark.parametrize(
    "text", ['["s","hub",{"a":1,"a":2}]', '["s","hub",NaN]', '["s","hub",1e400]', '["s","hub","\\ud800"]', '["s",' * 17]
)
def test_a_disclosure_is_strict_json(text: str) -> None:
    assert why(with_first(b64(text.replace('"s"', f'"{b64(bytes(32))}"')))) == "bad-json"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"v": 1.0},
        {"v": None},
        {"ex": None},
        {"ex": ""},
        {"ex": 5},
        {"ex": "x" * 201},
        {"ex": "a\nb"},
        {"id": NOTICE_ID.upper()},
        {"id": NOTICE_ID.replace("-774b", "-474b")},
        {"id": NOTICE_ID.replace("-bcce", "-ccce")},
        {"id": NOTICE_ID.replace("-", "")},
        {"id": f"{{{NOTICE_ID}}}"},
        {"id": f"{NOTICE_ID}\n"},
        {"id": 5},
        {"iss": "urn:asylum-exchange:authority:"},
        {"iss": "urn:asylum-exchange:authority:PL"},
        {"iss": "urn:asylum-exchange:authority:pl\n"},
        {"iss": "urn:other:pl"},
        {"iss": ["urn:asylum-exchange:authority:pl-sg"]},
        {"iat": 1.5},
        {"iat": True},
        {"iat": "1795419000"},
        {"iat": -1},
        {"iat": None},
        {"exp": 5},
        {"cnf": {"jwk": {}}},
        {"_sd_alg": "sha-512"},
        {"_sd_alg": None},
        {"_sd": None},
        {"_sd": {}},
        {"_sd": []},
        {"_sd": ["x"] * 5},
        {"_sd": [b64(bytes(32))] * 5},
        {"_sd": [b64(bytes([n]) * 32) for n in (4, 3, 2, 1, 0)]},
        {"_sd": [b64(bytes([n]) * 32) for n in range(4)]},
        {"_sd": [b64(bytes([n]) * 32) for n in range(6)]},
        {"_sd": [b64(bytes([n]) * 31) for n in range(5)]},
        {"_sd": [b64(bytes([n]) * 32) for n in range(4)] + [5]},
        {"_sd": [b64(bytes([n]) * 32)[:-1] + "B" for n in range(5)]},
    ],
)
def test_a_payload_with_anything_odd_is_refused(change: dict[str, Any]) -> None:
    assert why(resigned(change)) == "bad-notice"


def test_the_payload_is_strict_json() -> None:
    for payload in (b"", b'{"v":1,"v":1}', b"NaN", b"\xff", b"[" * 40):
        text = sdjwt.present(jws.sign(payload, sdjwt.TYP, KEY), [])
        assert code(sdjwt.read, text) == "bad-json"
    assert code(sdjwt.read, sdjwt.present(jws.sign(b"[]", sdjwt.TYP, KEY), [])) == "bad-notice"


def test_separators_are_strict() -> None:
    text = a_notice(KEY)
    signed, disclosures = pieces(text)
    key_binding = text + jws.sign(b"{}", "kb+jwt", KEY)
    for broken in (signed, text[:-1], text + "x", key_binding, sdjwt.present(signed, [*disclosures, "a", "b", "c"])):
        assert code(sdjwt.read, broken) == "bad-notice"
    assert why(sdjwt.present(signed, [*disclosures, ""])) in {"bad-notice", "bad-json"}
    assert why("~" + text) == "bad-jws"


def test_a_notice_is_for_one_exchange_and_by_one_key() -> None:
    text = a_notice(KEY)
    assert code(check, text, "another-exchange") == "wrong-exchange"
    other, request = keys.generate("notice"), keys.generate("request")
    assert code(sdjwt.verify, sdjwt.read(text), other.public, EX) == "bad-notice-signature"
    assert code(sdjwt.verify, sdjwt.read(a_notice(request)), request.public, EX) == "wrong-purpose"


def test_a_message_of_another_kind_is_no_notice() -> None:
    signed, disclosures = pieces(a_notice(KEY))
    other = jws.sign(b64decode(signed.split(".")[1]), "asylum-exchange-query+jws", KEY)
    assert code(sdjwt.read, sdjwt.present(other, disclosures)) == "wrong-typ"


def test_wrong_parts_are_the_callers_fault() -> None:
    tries: list[dict[str, Any]] = [{}, {"hub": {}, "event": {}}, {**ALL, "narrative": {}}]
    for parts in tries:
        with pytest.raises(ValueError, match="hub, event, facts"):
            sdjwt.issue(CLAIMS, parts, KEY, salts())


def test_only_the_checker_makes_a_notice() -> None:
    with pytest.raises(TypeError, match=r"only sdjwt\.verify"):
        sdjwt.Notice(CLAIMS, {}, {}, b"", b"", KEY.kid, "a.b.c", None)
