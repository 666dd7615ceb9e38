"""Sealed texts: only the addressees read them, and nothing in them can be changed, moved or mixed."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.domain.errors import Refusal
from exchange.wire import sealing, sealing_keys
from exchange.wire.encoding import MAX_INTEGER, b64decode
from vectors.make_sealing import NARRATIVE, OTHER_URN, PERSON, PROTECTED, URN, a_text, compact, encrypted, padded
from wire.kit import b64, code, salts

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors" / "sealing"
SEALED_1 = json.loads((VECTORS / "sealed-1.json").read_text(encoding="utf-8"))
KEYS = [sealing_keys.private_from_jwk(jwk) for jwk in SEALED_1["keys"]]
ONE, TWO, THREE = KEYS
PUBLIC = [key.public for key in KEYS]
MODULES = HERE.parents[1] / "examples" / "node" / "node_modules"
CANARY = "Rahimi"


def a_seal(*recipients: sealing_keys.SealPublicKey) -> sealing.Sealed:
    return sealing.seal(PERSON, NARRATIVE, URN, recipients or PUBLIC, token_bytes)


def opened(sealed: sealing.Sealed, key: sealing_keys.SealPrivateKey = ONE, urn: str = URN) -> sealing.Opened:
    return sealing.open_sealed(sealing.read(sealed.jwe, urn), key, sealed.pt_sha256)


def a_jwe(*recipients: sealing_keys.SealPublicKey) -> dict[str, Any]:
    return encrypted(padded(a_text()), recipients or PUBLIC)


def read(jwe: object) -> sealing.UnopenedBlob:
    return sealing.read(compact(jwe), URN)


def open_jwe(jwe: object, key: sealing_keys.SealPrivateKey = ONE) -> sealing.Opened:
    return sealing.open_sealed(read(jwe), key, digest(padded(a_text())))


def digest(data: bytes) -> str:
    return b64(hashlib.sha256(data).digest())


def with_header(**changes: Any) -> dict[str, Any]:
    """A text for three whose second recipient has these members in its header; None takes one away."""
    jwe = a_jwe()
    header = jwe["recipients"][1]["header"] | changes
    jwe["recipients"][1]["header"] = {name: value for name, value in header.items() if value is not None}
    return jwe


def flipped(text: str) -> str:
    """Canonical base64url of other bytes of the same length."""
    data = bytearray(b64decode(text))
    data[len(data) // 2] ^= 1
    return b64(bytes(data))


# -- what must hold


@pytest.mark.parametrize("key", KEYS, ids=["one", "two", "three"])
def test_each_of_three_recipients_reads_the_same(key: sealing_keys.SealPrivateKey) -> None:
    said = opened(a_seal(), key)
    assert (said.person, said.narrative) == (PERSON, NARRATIVE)


def test_what_is_absent_stays_absent() -> None:
    said = opened(sealing.seal(None, "x", URN, [ONE.public], token_bytes))
    assert (said.person, said.narrative) == (None, "x")
    said = opened(sealing.seal(PERSON, None, URN, [ONE.public], token_bytes))
    assert (said.person, said.narrative) == (PERSON, None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False) | st.text(),
    lambda deeper: st.lists(deeper, max_size=4) | st.dictionaries(st.text(max_size=6), deeper, max_size=4),
    max_leaves=8,
).filter(lambda value: value != float("inf") and "inf" not in json.dumps(value).lower())


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(), VALUES, max_size=4), st.text(max_size=3000))
def test_any_text_comes_back(person: dict[str, Any], narrative: str) -> None:
    sealed = sealing.seal(person, narrative, URN, PUBLIC[:2], token_bytes)
    said = opened(sealed, TWO)
    assert (said.person, said.narrative) == (person, narrative)
    assert sealing.check([sealed.entry()], [sealed.jwe], URN)[0].kids == (ONE.kid, TWO.kid)


def test_two_seals_of_the_same_text_share_nothing() -> None:
    first, second = a_seal(ONE.public), a_seal(ONE.public)
    assert first.sha256 != second.sha256
    assert first.pt_sha256 != second.pt_sha256
    ours, theirs = json.loads(first.jwe), json.loads(second.jwe)
    assert [name for name in ours if ours[name] == theirs[name]] == ["protected", "aad"]


def test_every_secret_comes_from_the_random_that_was_given() -> None:
    asked: list[int] = []
    source = salts()
    sealed = sealing.seal(PERSON, None, URN, [ONE.public], lambda size: asked.append(size) or source(size))  # type: ignore[func-returns-value]
    assert sorted(asked) == [12, 32, 32]
    jwe = json.loads(sealed.jwe)
    entry = jwe["recipients"][0]
    content_key = ONE.unwrap(b64decode(entry["header"]["ek"]), b64decode(entry["encrypted_key"]))
    assert content_key in {bytes([number]) * 32 for number in range(3)}


def test_the_text_is_padded_with_spaces_to_a_power_of_two() -> None:
    for size, expected in ((1, 1024), (900, 1024), (950, 2048), (2000, 4096)):
        sealed = sealing.seal(None, "x" * size, URN, [ONE.public], token_bytes)
        blob = sealing.read(sealed.jwe, URN)
        assert len(blob.ciphertext) - 16 == expected
        assert opened(sealed).narrative == "x" * size


def test_lengths_show_only_the_power_of_two() -> None:
    sizes = {sealing.seal(PERSON, "x" * size, URN, PUBLIC, token_bytes).bytes for size in range(0, 700, 50)}
    assert len(sizes) == 1
    assert sizes.pop() < 7 * 1024


def test_the_signed_part_tells_the_bytes_of_the_string() -> None:
    sealed = a_seal()
    assert sealed.entry() == {
        "sha256": digest(sealed.jwe.encode()),
        "pt_sha256": sealed.pt_sha256,
        "bytes": len(sealed.jwe.encode()),
    }


# -- what the hub refuses


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "ECDH-ES+A256KW"},
        {"alg": "HPKE-0-KE"},
        {"alg": "HPKE-9"},
        {"alg": "dir"},
        {"alg": 9},
        {"alg": "RSA-OAEP-256", "ek": None},
    ],
    ids=lambda change: str(change["alg"]),
)
def test_a_recipient_served_by_anything_else_is_refused(change: dict[str, Any]) -> None:
    assert code(read, with_header(**change)) == "classical-recipient"


@pytest.mark.parametrize(
    "change",
    [
        {"alg": None},
        {"kid": None},
        {"kid": "x"},
        {"kid": 1},
        {"kid": ONE.kid},
        {"ek": None},
        {"ek": b64(bytes(1119))},
        {"ek": b64(bytes(1120))[:-1] + "B"},
        {"enc": "A256GCM"},
        {"epk": {}},
        {"psk_id": "x"},
    ],
    ids=str,
)
def test_a_recipient_has_exactly_its_three_members(change: dict[str, Any]) -> None:
    assert code(read, with_header(**change)) == "bad-sealed"


@pytest.mark.parametrize(
    "change",
    [
        {"protected": b64(compact(PROTECTED | {"alg": "HPKE-9-KE"}))},
        {"protected": b64(compact(PROTECTED | {"enc": "A128GCM"}))},
        {"protected": b64(compact(PROTECTED | {"typ": "JOSE"}))},
        {"protected": b64('{"enc":"A256GCM","enc":"A256GCM","typ":"asylum-exchange-sealed+json"}')},
        {"protected": b64("[]")},
        {"protected": b64("{")},
        {"protected": ""},
        {"protected": None},
        {"aad": b64(OTHER_URN)},
        {"aad": b64(URN) + "="},
        {"aad": 1},
        {"iv": b64(bytes(16))},
        {"iv": "A" * 15 + "+"},
        {"iv": None},
        {"tag": b64(bytes(12))},
        {"tag": "A" * 21 + "B"},
        {"ciphertext": b64(bytes(512))},
        {"ciphertext": b64(bytes(1025))},
        {"ciphertext": b64(bytes(1536))},
        {"ciphertext": ""},
        {"ciphertext": b64(bytes(1024)) + "\n"},
        {"recipients": []},
        {"recipients": {}},
        {"recipients": None},
        {"recipients": ["x"]},
        {"recipients": [{"header": {}}]},
        {"unprotected": {}},
        {"header": {"alg": "HPKE-9-KE"}},
        {"encrypted_key": "AA"},
    ],
    ids=str,
)
def test_a_malformed_text_is_refused(change: dict[str, Any]) -> None:
    assert code(read, a_jwe() | change) == "bad-sealed"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "x", "\ud800", '{"iv":1e400}', "[" * 99, "\ufeff{}"], ids=ascii
)
def test_what_is_no_jwe_is_refused(text: str) -> None:
    assert code(sealing.read, text, URN) == "bad-sealed"
    assert code(sealing.check, [{}], [text], URN) in {"bad-sealed", "sealed-mismatch"}


@pytest.mark.parametrize("name", sorted(sealing.MEMBERS))
def test_every_member_is_needed_and_only_once(name: str) -> None:
    jwe = a_jwe()
    text = compact(jwe)
    assert code(sealing.read, text.replace("{", f'{{"{name}":{compact(jwe[name])},', 1), URN) == "bad-sealed"
    del jwe[name]
    assert code(read, jwe) == "bad-sealed"


def test_a_recipient_has_a_header_and_a_key_and_nothing_else() -> None:
    entry = a_jwe(ONE.public)["recipients"][0]
    for wrong in (
        entry | {"unprotected": {}},
        {"header": entry["header"]},
        {"encrypted_key": entry["encrypted_key"]},
        entry | {"encrypted_key": b64(bytes(47))},
        entry | {"header": compact(entry["header"])},
    ):
        assert code(read, GOOD | {"recipients": [wrong]}) == "bad-sealed"


def test_as_many_recipients_as_allowed_and_no_more() -> None:
    jwe = a_jwe(ONE.public)
    entry = jwe["recipients"][0]

    def many(count: int) -> dict[str, Any]:
        kids = [b64(bytes([number]) * 32) for number in range(count)]
        return jwe | {"recipients": [entry | {"header": entry["header"] | {"kid": kid}} for kid in kids]}

    assert len(read(many(64)).kids) == 64
    assert code(read, many(65)) == "bad-sealed"


def test_only_reading_makes_an_unopened_text() -> None:
    with pytest.raises(TypeError, match=r"only sealing\.read"):
        sealing.UnopenedBlob((), {}, b"", b"", b"", object())


def test_the_envelope_has_what_the_notice_signed() -> None:
    first, second = a_seal(ONE.public), a_seal(TWO.public)
    parts, blobs = [first.entry(), second.entry()], [first.jwe, second.jwe]
    assert [blob.kids for blob in sealing.check(parts, blobs, URN)] == [(ONE.kid,), (TWO.kid,)]
    assert sealing.check([], [], URN) == []
    for wrong_parts, wrong_blobs in (
        (parts, blobs[::-1]),
        (parts, blobs[:1]),
        (parts[:1], blobs),
        ([], blobs),
        (parts, []),
        ([first.entry() | {"sha256": second.sha256}, second.entry()], blobs),
        ([first.entry() | {"bytes": first.bytes + 1}, second.entry()], blobs),
        (["x", second.entry()], blobs),
        (parts, [first.jwe + " ", second.jwe]),
    ):
        assert code(sealing.check, wrong_parts, wrong_blobs, URN) == "sealed-mismatch"
    assert code(sealing.check, parts, blobs, OTHER_URN) == "bad-sealed"


# -- what an addressee refuses


@pytest.mark.parametrize("name", ["iv", "ciphertext", "tag"])
def test_changed_bytes_do_not_open(name: str) -> None:
    jwe = a_jwe()
    assert code(open_jwe, jwe | {name: flipped(jwe[name])}) == "decryption-failed"


@pytest.mark.parametrize("part", [0, 1100, 1119], ids=["first", "X25519", "last"])
def test_a_changed_encapsulation_does_not_open(part: int) -> None:
    jwe = a_jwe()
    data = bytearray(b64decode(jwe["recipients"][0]["header"]["ek"]))
    data[part] ^= 1
    jwe["recipients"][0]["header"]["ek"] = b64(bytes(data))
    assert code(open_jwe, jwe) == "decryption-failed"
    jwe["recipients"][0]["header"]["ek"] = b64(bytes(1120))  # its X25519 half is a point of small order
    assert code(open_jwe, jwe) == "decryption-failed"


def test_a_changed_encrypted_key_does_not_open() -> None:
    jwe = a_jwe()
    jwe["recipients"][0]["encrypted_key"] = flipped(jwe["recipients"][0]["encrypted_key"])
    assert code(open_jwe, jwe) == "decryption-failed"
    assert open_jwe(jwe, TWO).person == PERSON


@pytest.mark.parametrize("what", ["encrypted_key", "header", "kid"])
def test_nothing_of_two_recipients_can_be_swapped(what: str) -> None:
    jwe = a_jwe()
    first, second = jwe["recipients"][:2]
    a, b = (first["header"], second["header"]) if what == "kid" else (first, second)
    a[what], b[what] = b[what], a[what]
    for key in (ONE, TWO):
        assert code(open_jwe, jwe, key) == "decryption-failed"
    assert open_jwe(jwe, THREE).person == PERSON


def test_a_protected_header_spelled_otherwise_does_not_open() -> None:
    respelled = b64(json.dumps(PROTECTED))
    assert code(open_jwe, a_jwe() | {"protected": respelled}) == "decryption-failed"
    assert open_jwe(encrypted(padded(a_text()), PUBLIC, protected=dict(reversed(PROTECTED.items())))).person == PERSON


def test_a_text_of_another_notice_does_not_open() -> None:
    sealed = a_seal()
    assert code(opened, sealed, ONE, OTHER_URN) == "bad-sealed"
    moved = json.loads(sealed.jwe) | {"aad": b64(OTHER_URN)}
    blob = sealing.read(compact(moved), OTHER_URN)
    assert code(sealing.open_sealed, blob, ONE, sealed.pt_sha256) == "decryption-failed"


def test_it_is_not_for_everybody() -> None:
    assert code(opened, a_seal(ONE.public, TWO.public), THREE) == "not-a-recipient"


def test_two_addressees_shown_different_texts_can_tell() -> None:
    sealed, other = a_seal(), a_seal()
    blob = sealing.read(sealed.jwe, URN)
    assert code(sealing.open_sealed, blob, ONE, other.pt_sha256) == "plaintext-mismatch"


@pytest.mark.parametrize(
    "text",
    [
        a_text(v=2),
        a_text(v=True),
        a_text(v=1.0),
        a_text(v="1"),
        a_text(salt="AAAA"),
        a_text(salt=None),
        a_text(salt=[]),
        a_text(person=None),
        a_text(narrative=None),
        a_text(narrative=5),
        a_text(more="x"),
        {"v": 1},
        {"salt": b64(bytes(32))},
        [],
        b'{"v":1,"v":1}',
        b"{",
        b"\xff",
        b"",
        compact(a_text()).encode() + b"\n",
        compact(a_text()).encode() + b" {}",
        compact(a_text()).encode() + b"\x00",
    ],
    ids=str,
)
def test_a_malformed_text_inside_is_refused(text: object) -> None:
    plaintext = padded(text)
    blob = read(encrypted(plaintext, [ONE.public]))
    assert code(sealing.open_sealed, blob, ONE, digest(plaintext)) == "bad-sealed"


def test_more_padding_than_needed_is_no_reason_to_lose_a_text() -> None:
    plaintext = padded(a_text(), 8192)
    blob = read(encrypted(plaintext, [ONE.public]))
    assert sealing.open_sealed(blob, ONE, digest(plaintext)).person == PERSON


def test_what_nobody_could_read_is_not_sealed() -> None:
    deep: Any = []
    for _ in range(20):
        deep = [deep]
    for person in ({"x": MAX_INTEGER + 1}, {"x": deep}, {1: "a", "1": "b"}):
        assert code(sealing.seal, person, None, URN, PUBLIC, token_bytes) == "bad-json"
    for person in ({"x": float("nan")}, {"x": "\ud800"}):
        with pytest.raises(ValueError):  # noqa: PT011 -- each library has its own words
            sealing.seal(person, None, URN, PUBLIC, token_bytes)


@pytest.mark.parametrize("recipients", [[], [ONE.public, ONE.public], [ONE.public] * 65], ids=["none", "twice", "many"])
def test_a_text_is_sealed_for_somebody_and_once(recipients: list[sealing_keys.SealPublicKey]) -> None:
    with pytest.raises(ValueError, match="1 to 64 different keys"):
        sealing.seal(PERSON, None, URN, recipients, token_bytes)


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_comes_in_only_a_refusal_comes_out(text: str, urn: str) -> None:
    assert code(sealing.read, text, urn) == "bad-sealed"


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(sealing.MEMBERS)), VALUES, min_size=1))
def test_whatever_stands_in_the_members_only_a_refusal_comes_out(changes: dict[str, Any]) -> None:
    assert code(read, GOOD | changes) in {"bad-sealed", "classical-recipient"}


GOOD = a_jwe()


def test_nothing_that_can_be_printed_shows_the_text() -> None:
    sealed = a_seal()
    blob = sealing.read(sealed.jwe, URN)
    said = sealing.open_sealed(blob, ONE, sealed.pt_sha256)
    shown = repr((sealed, blob, said, KEYS, PUBLIC))
    for secret in (CANARY, NARRATIVE[:10], b64(ONE.seed), ONE.seed.hex(), repr(ONE.seed)):
        assert secret not in shown
    for text in (a_text(more=CANARY), a_text(narrative=[CANARY]), {CANARY: 1}, a_text(v=CANARY)):
        plaintext = padded(text)
        unread = read(encrypted(plaintext, [ONE.public]))
        with pytest.raises(Refusal) as refused:
            sealing.open_sealed(unread, ONE, digest(plaintext))
        assert CANARY not in f"{refused.value!r} {refused.value.__cause__!r}"


# -- keys


def test_a_key_comes_back_from_its_jwk() -> None:
    key = sealing_keys.generate()
    jwk = sealing_keys.private_to_jwk(key)
    assert list(jwk) == ["kty", "alg", "pub", "kid", "priv"]
    assert sealing_keys.private_from_jwk(jwk) == key
    public = sealing_keys.public_to_jwk(key.public)
    assert sealing_keys.public_from_jwk(public) == key.public
    del public["kid"], jwk["kid"]
    assert sealing_keys.public_from_jwk(public) == key.public
    assert sealing_keys.private_from_jwk(jwk) == key
    assert opened(a_seal(sealing_keys.public_from_jwk(public)), key).person == PERSON


def test_a_thumbprint_is_over_alg_kty_and_pub() -> None:
    text = f'{{"alg":"HPKE-9-KE","kty":"AKP","pub":"{b64(ONE.public.public)}"}}'
    assert ONE.kid == digest(text.encode())


@pytest.mark.parametrize(
    "change",
    [
        {"priv": b64(ONE.seed)},
        {"use": "enc"},
        {"key_ops": []},
        {"kid": TWO.kid},
        {"kid": None},
        {"kty": "OKP"},
        {"alg": "HPKE-9"},
        {"alg": "HPKE-8-KE"},
        {"alg": None},
        {"pub": b64(ONE.public.public) + "="},
        {"pub": b64(ONE.public.public[:-1])},
        {"pub": b64(b"\xff" * 1184 + ONE.public.public[1184:])},
        {"pub": 5},
    ],
    ids=str,
)
def test_a_public_jwk_is_exactly_one_key(change: dict[str, Any]) -> None:
    assert code(sealing_keys.public_from_jwk, sealing_keys.public_to_jwk(ONE.public) | change) == "bad-key"


@pytest.mark.parametrize(
    "change", [{"priv": b64(TWO.seed)}, {"priv": "AA"}, {"pub": b64(TWO.public.public)}, {"d": "x"}]
)
def test_a_private_jwk_is_exactly_one_key(change: dict[str, Any]) -> None:
    assert code(sealing_keys.private_from_jwk, sealing_keys.private_to_jwk(ONE) | change) == "bad-key"


def test_members_that_are_needed() -> None:
    for name in ("kty", "alg", "pub", "priv"):
        jwk = sealing_keys.private_to_jwk(ONE)
        del jwk[name]
        assert code(sealing_keys.private_from_jwk, jwk) == "bad-key"
        jwk = sealing_keys.public_to_jwk(ONE.public)
        jwk.pop(name, None)
        if name != "priv":
            assert code(sealing_keys.public_from_jwk, jwk) == "bad-key"


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),
        (1).to_bytes(32, "little"),
        (2**255 - 20).to_bytes(32, "little"),
        (2**255 - 19).to_bytes(32, "little"),
        (2**255 + 9).to_bytes(32, "little"),
        bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    ],
    ids=["zero", "one", "minus one", "p", "high bit", "order 8", "order 8 too"],
)
def test_an_x25519_half_that_adds_no_secret_is_weak(point: bytes) -> None:
    assert code(sealing_keys.public_from_bytes, ONE.public.public[:1184] + point) == "weak-key"


def test_a_seed_of_another_length_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sealing_keys.private_from_seed(bytes(31))


# -- vectors


def test_the_vector_of_the_draft() -> None:
    vector = json.loads((VECTORS / "draft-ietf-jose-hpke-pq-pqt-01.json").read_text(encoding="utf-8"))
    key, jwe = sealing_keys.private_from_seed(b64decode(vector["priv"])), vector["jwe"]
    header = json.loads(b64decode(jwe["protected"]))
    assert key.kid == vector["kid"] == header["kid"]
    assert (header["alg"], header["enc"]) == (sealing_keys.ALG, sealing.ENC)
    content_key = key.unwrap(b64decode(header["ek"]), b64decode(jwe["encrypted_key"]))
    sealed, aad = b64decode(jwe["ciphertext"]) + b64decode(jwe["tag"]), f"{jwe['protected']}.{jwe['aad']}"
    assert AESGCM(content_key).decrypt(b64decode(jwe["iv"]), sealed, aad.encode()).decode() == vector["plaintext"]


@pytest.mark.parametrize("vector", SEALED_1["good"], ids=lambda vector: vector["what"])
def test_our_vectors_open(vector: dict[str, Any]) -> None:
    (blob,) = sealing.check([{name: vector[name] for name in ("sha256", "bytes")}], [vector["jwe"]], SEALED_1["notice"])
    for kid in blob.kids:
        (key,) = [key for key in KEYS if key.kid == kid]
        said = sealing.open_sealed(blob, key, vector["pt_sha256"])
        assert (said.person, said.narrative) == (vector["text"]["person"], vector["text"]["narrative"])


@pytest.mark.parametrize("vector", SEALED_1["bad"], ids=lambda vector: vector["why"])
def test_our_bad_vectors_do_not_open(vector: dict[str, Any]) -> None:
    def act() -> None:
        sealing.open_sealed(sealing.read(vector["jwe"], SEALED_1["notice"]), ONE, vector["pt_sha256"])

    assert code(act) == vector["code"]


def test_a_stranger_on_node_opens_ours_and_seals_for_us() -> None:
    if not (MODULES / "hpke").is_dir():
        reason = f"npm packages hpke and @panva/hpke-noble are not in {MODULES}: run npm ci there"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    sealed = a_seal()
    jwks = [sealing_keys.private_to_jwk(key) for key in KEYS]
    failing = [vector["jwe"] for vector in SEALED_1["bad"] if vector["code"] == "decryption-failed"]
    plaintext = padded(a_text())
    asked = {
        "open": [
            *({"jwe": sealed.jwe, "jwk": jwk} for jwk in jwks),
            *({"jwe": vector["jwe"], "jwk": jwks[0]} for vector in SEALED_1["good"]),
            *({"jwe": jwe, "jwk": jwks[0]} for jwe in failing),
        ],
        "seal": {"plaintext": b64(plaintext), "notice": URN, "recipients": jwks[1:]},
    }
    ran = subprocess.run(
        ["node", str(HERE / "node" / "seal_check.mjs"), str(MODULES)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(ran.stdout)
    good, bad = answer["opened"][: -len(failing)], answer["opened"][-len(failing) :]
    hashes = [sealed.pt_sha256] * 3 + [vector["pt_sha256"] for vector in SEALED_1["good"]]
    assert [digest(b64decode(one["plaintext"])) for one in good] == hashes
    assert {one["notice"] for one in good} == {URN}
    assert all(one.keys() == {"error"} for one in bad)
    assert len(bad) == 3
    theirs = sealing.read(answer["jwe"], URN)
    assert theirs.kids == (TWO.kid, THREE.kid)
    assert sealing.open_sealed(theirs, THREE, digest(plaintext)).narrative == NARRATIVE
