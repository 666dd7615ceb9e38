import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.errors import Refusal
from exchange.wire import httpsig, keys
from exchange.wire.messages import Answer, Request, digest_of
from exchange.wire.signature_base import request_base
from wire.kit import (
    COMPONENTS,
    NONCE,
    NOW,
    TARGET,
    a_request,
    b64,
    code,
    signed_by_hand,
    verified,
    with_header,
)

KEYS = {alg: keys.generate("request", alg) for alg in sorted(keys.ALGORITHMS)}
KEY = KEYS["Ed25519"]
HUB = keys.generate("answer")
SECONDS = int(NOW.timestamp())
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def signed(request: Request | None = None, key: keys.PrivateKey = KEY) -> Request:
    return httpsig.sign_request(request or a_request(), key, NOW, NONCE)


def check(request: Request, key: keys.PrivateKey = KEY) -> httpsig.VerifiedRequest:
    return verified(request, key)


def changed(request: Request, name: str, to: Callable[[str], str]) -> Request:
    changed_request: Request = with_header(request, name, to(request.header(name) or ""))
    return changed_request


@pytest.mark.parametrize("alg", sorted(KEYS))
def test_a_request_signed_by_hand_and_one_signed_by_us_verify(alg: str) -> None:
    key = KEYS[alg]
    for request in (signed(key=key), signed_by_hand(key)):
        got = check(request, key)
        assert (got.keyid, got.nonce, got.created, got.expires) == (
            key.kid,
            b64(NONCE),
            NOW,
            NOW + timedelta(seconds=120),
        )


def test_a_get_has_two_components() -> None:
    get = a_request(b"", method="GET", headers=())
    both = '"@method" "@target-uri"'
    assert check(signed(get)) == check(signed_by_hand(KEY, get, components=both))
    assert code(check, signed_by_hand(KEY, get)) == "component-extra"


def test_parameters_may_stand_in_any_order() -> None:
    check(signed_by_hand(KEY, tag=None, more=';tag="asylum-exchange-request/v1"'))


# The twelve classic mistakes; replay is told by the nonce that the caller spends.
MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"created": SECONDS - 200, "expires": SECONDS - 80}, "stale"),
    ({"created": SECONDS + 60, "expires": SECONDS + 120}, "ahead"),
    ({"nonce": None}, "no-nonce"),
    ({"digest": digest_of(b"other bytes")}, "wrong-digest"),
    ({"components": COMPONENTS.replace(' "content-digest"', "")}, "component-missing"),
    ({"components": COMPONENTS.replace('"@target-uri" ', "")}, "component-missing"),
    ({"components": ""}, "component-missing"),
    ({"components": COMPONENTS + ' "date"'}, "component-extra"),
    ({"components": COMPONENTS + ' "@method"'}, "component-extra"),
    ({"tag": "another-protocol"}, "wrong-tag"),
    ({"tag": None}, "wrong-tag"),
    ({"tag": httpsig.ANSWER_TAG}, "wrong-tag"),
    ({"label": "sig1"}, "wrong-label"),
    ({"alg": "ecdsa-p256-sha256"}, "wrong-alg"),
    ({"alg": "hmac-sha256"}, "wrong-alg"),
    ({"expires": SECONDS + 301}, "window-too-long"),
    ({"expires": SECONDS}, "window-too-long"),
    ({"expires": SECONDS - 1}, "window-too-long"),
    ({"nonce": ""}, "no-nonce"),
    ({"nonce": b64(NONCE[:15])}, "no-nonce"),
    ({"nonce": b64(NONCE) + "=="}, "no-nonce"),
    ({"nonce": b64(NONCE)[:-1] + "x"}, "no-nonce"),
    ({"created": None}, "bad-signature-header"),
    ({"expires": None}, "bad-signature-header"),
    ({"alg": None}, "bad-signature-header"),
    ({"keyid": None}, "bad-signature-header"),
    ({"created": str(SECONDS)}, "bad-signature-header"),
    ({"expires": str(SECONDS + 9)}, "bad-signature-header"),
    ({"created": 999_999_999_999_999, "expires": 999_999_999_999_999}, "bad-signature-header"),
    ({"nonce": 5}, "no-nonce"),
    ({"more": ";context=1"}, "bad-signature-header"),
    ({"more": ';nonce="x"'}, "bad-signature-header"),
    ({"more": f";created={SECONDS}"}, "bad-signature-header"),
]


@pytest.mark.parametrize(("how", "expected"), MISTAKES, ids=str)
def test_each_mistake_has_its_code(how: dict[str, Any], expected: str) -> None:
    assert code(check, signed_by_hand(KEY, **how)) == expected


def test_another_key_does_not_verify() -> None:
    other = keys.generate("request")
    assert code(verified, signed(), other) == "bad-signature"
    assert code(verified, signed(key=other), KEY) == "bad-signature"


def test_a_key_of_another_purpose_does_not_sign_requests() -> None:
    notice = keys.generate("notice")
    assert code(check, signed(key=notice), notice) == "wrong-purpose"


def test_a_request_is_for_one_target_and_method() -> None:
    request = signed()
    targets = [TARGET + "/", TARGET + "?a=1", "https://evil.example/v1/notices", TARGET.replace("https", "http")]
    for target in [*targets, TARGET.replace("notices", "queries"), TARGET.replace("notices", "%6eotices")]:
        assert code(check, Request("POST", target, request.headers, request.body)) == "bad-signature"
    assert code(check, Request("PUT", TARGET, request.headers, request.body)) == "bad-signature"


def test_the_window_is_closed_at_both_ends() -> None:
    request = signed()
    verified(request, KEY, -5)
    assert code(verified, request, KEY, -5.1) == "ahead"
    verified(request, KEY, 120)
    assert code(verified, request, KEY, 120.1) == "stale"
    verified(signed_by_hand(KEY, expires=SECONDS + 300), KEY)


def test_a_refusal_of_the_clock_tells_the_time() -> None:
    with pytest.raises(Refusal, match="2026-11-23T12:10:00Z") as stale:
        verified(signed(), KEY, 600.9)
    with pytest.raises(Refusal) as ahead:
        verified(signed(), KEY, -6)
    assert (stale.value.more, ahead.value.more) == ({"time": SECONDS + 600}, {"time": SECONDS - 6})


def refused(request: Request, key: keys.PrivateKey = KEY) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        check(request, key)
    return refusal.value


def test_a_bad_signature_is_told_the_base_that_was_verified() -> None:
    # RFC 9421 section 2.5, by hand.
    request = signed(a_request(headers=(("Content-Type", "a\tb"),)))
    asked = Request("POST", f"{TARGET}?a=%2F", request.headers, request.body)
    parameters = (request.header("signature-input") or "").removeprefix("ax=")
    base = (
        f'"@method": POST\n"@target-uri": {TARGET}?a=%2F\n"content-type": a\tb\n'
        f'"content-digest": {digest_of(request.body)}\n"@signature-params": {parameters}'
    )
    refusal = refused(asked)
    assert (refusal.code, refusal.more) == ("bad-signature", {"signature_base": base})
    assert base == request_base(asked, parameters) == request_base(asked, httpsig.inspect(asked).parameters)
    assert TARGET not in str(refusal)
    other = keys.generate("request")
    with pytest.raises(Refusal) as names_another:
        verified(asked, other)
    assert names_another.value.more == {"signature_base": base}


def test_where_there_is_no_base_none_is_told() -> None:
    request = signed()
    odd = [
        with_header(request, "content-type", None),
        with_header(request, "content-type", "é"),
        with_header(request, "content-type", " text/x"),
        Request("POST", TARGET + "#x", request.headers, request.body),
        Request("post", TARGET, request.headers, request.body),
        Request("POST", "https://[:::1]/", request.headers, request.body),
    ]
    for one in odd:
        refusal = refused(one)
        assert (refusal.code, refusal.more) == ("bad-signature", {})


def test_an_origin_may_be_an_address() -> None:
    for origin in ("http://127.0.0.1:8080", "https://[::1]:8443", "https://[2001:db8::1]"):
        check(signed(a_request(target_uri=f"{origin}/v1/notices?after=a%2Fb")))


@pytest.mark.parametrize("name", ["content-type", "content-digest", "signature-input", "signature"])
def test_each_covered_field_is_covered(name: str) -> None:
    request = signed()
    value = request.header(name) or ""
    for place in range(len(value)):
        other = "A" if value[place] != "A" else "B"
        with pytest.raises(Refusal):
            check(with_header(request, name, value[:place] + other + value[place + 1 :]))


def test_base64_of_a_signature_has_one_spelling() -> None:
    # The last of 86 characters has four spare bits, which the library would let pass.
    for nonce in range(24):
        request = httpsig.sign_request(a_request(), KEY, NOW, bytes([nonce]) * 16)
        value = request.header("signature") or ""
        last = value[-4]
        for spare in range(1, 16):
            twin = value[:-4] + BASE64[BASE64.index(last) + spare] + value[-3:]
            assert code(check, with_header(request, "signature", twin)) == "bad-signature-header"


def test_a_missing_field_is_refused() -> None:
    request = signed()
    expected = {"content-type": "bad-signature", "content-digest": "wrong-digest"}
    for name in ("content-type", "content-digest", "signature-input", "signature"):
        assert code(check, with_header(request, name, None)) == expected.get(name, "unsigned")


def test_a_body_of_other_bytes_is_refused() -> None:
    request = signed()
    for body in (b"", request.body + b" ", b"other"):
        assert code(check, Request("POST", TARGET, request.headers, body)) == "wrong-digest"


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "sha-256=::",
        "sha-512=:AAAA:",
        digest_of(b"x").replace("sha-256", "SHA-256"),
        f"{digest_of(b'x')}, sha-512=:{base64.b64encode(bytes(64)).decode()}:",
        f"{digest_of(b'y')}, {digest_of(b'x')}",
        f"{digest_of(b'x')};a=1",
        digest_of(b"x").replace("=:", ":"),
    ],
)
def test_content_digest_is_one_sha_256(digest: str) -> None:
    assert code(check, signed_by_hand(KEY, a_request(b"x"), digest=digest)) == "wrong-digest"


def test_the_first_signature_of_an_attacker_is_not_taken() -> None:
    # The library returns an attacker's own valid signature first: no second signature is read at all.
    ours, attacker = signed_by_hand(KEY), signed_by_hand(keys.generate("request"), label="evil")
    theirs, own = ({name: r.header(name) or "" for name in ("signature-input", "signature")} for r in (attacker, ours))
    for first, second in ((theirs, own), (own, theirs), (own, own)):
        both = ours
        for name in ("signature-input", "signature"):
            both = with_header(both, name, f"{first[name]}, {second[name]}")
        assert code(httpsig.inspect, both) == "bad-signature-header"


def test_the_labels_of_the_two_fields_are_one() -> None:
    assert code(check, changed(signed(), "signature", lambda v: v.replace("ax=", "bx="))) == "bad-signature-header"
    assert code(check, changed(signed(), "signature", lambda v: f"{v}, bx=:AAAA:")) == "bad-signature-header"


@pytest.mark.parametrize("name", ["content-type", "content-digest", "signature-input", "signature"])
def test_a_covered_field_that_comes_twice_is_refused(name: str) -> None:
    request = signed()
    for again in ("text/evil", request.header(name) or ""):
        for headers in ((*request.headers, (name, again)), ((name.title(), again), *request.headers)):
            assert code(check, Request("POST", TARGET, headers, request.body)) == "bad-signature-header"
    answer = httpsig.sign_answer(an_answer(), request, HUB, NOW)
    twice = Answer(answer.status, ((name, "text/evil"), *answer.headers), answer.body)
    assert code(httpsig.verify_answer, twice, request, HUB.public) == "bad-signature-header"


@pytest.mark.parametrize(
    "components",
    [
        COMPONENTS.replace('"@method"', '"@method";req'),
        COMPONENTS.replace('"content-type"', '"content-type";sf'),
        COMPONENTS.replace('"content-digest"', '"content-digest";key="sha-256"'),
        COMPONENTS.replace('"content-type"', '"content-type";bs'),
        COMPONENTS.replace('"content-type"', '"Content-Type"'),
        COMPONENTS.replace('"@target-uri"', '"@request-target"'),
        COMPONENTS.replace('"@target-uri"', '"@path"'),
        COMPONENTS.replace('"', ""),
    ],
)
def test_a_component_by_another_name_is_missing(components: str) -> None:
    assert code(check, signed_by_hand(KEY, components=components)) == "component-missing"


def test_headers_have_a_cap() -> None:
    assert code(check, with_header(signed(), "x-large", "a" * 8192)) == "headers-too-large"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signature-input", ""),
        ("signature-input", "ax"),
        ("signature-input", "ax=1"),
        ("signature-input", "ax=()"),
        ("signature-input", 'ax=("@method" "@target-uri'),
        ("signature-input", "ax=:AAAA:"),
        ("signature", ""),
        ("signature", "ax"),
        ("signature", "ax=()"),
        ("signature", "ax=:!!:"),
        ("signature", "ax=:AAAA:"),
        ("signature", 'ax="AAAA"'),
        ("signature", "ax=::"),
    ],
)
def test_fields_that_are_no_signature(name: str, value: str) -> None:
    assert code(check, with_header(signed(), name, value)) in {"bad-signature-header", "wrong-tag"}


def test_a_second_signature_of_p256_spends_the_same_nonce() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    key = KEYS["ES256"]
    request = signed(key=key)
    raw = base64.b64decode((request.header("signature") or "").removeprefix("ax=:")[:-1])
    twin = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    again = with_header(request, "signature", f"ax=:{base64.b64encode(twin).decode()}:")
    assert twin != raw
    assert check(again, key) == check(request, key)


# Answers.


def an_answer(**given: Any) -> Answer:
    made: dict[str, Any] = {"status": 201, "headers": (("content-type", "application/jose"),), "body": b"a.b.c"}
    return Answer(**(made | given))


@pytest.mark.parametrize("alg", sorted(KEYS))
@pytest.mark.parametrize("request_", [signed(), signed(a_request(b"", method="GET", headers=())), a_request()])
def test_an_answer_verifies_under_its_question(alg: str, request_: Request) -> None:
    key = keys.generate("answer", alg)
    httpsig.verify_answer(httpsig.sign_answer(an_answer(), request_, key, NOW), request_, key.public)


def test_an_answer_covers_what_the_wire_format_says() -> None:
    request = signed()
    answer = httpsig.sign_answer(an_answer(), request, HUB, NOW)
    covered = (
        '"@status" "content-type" "content-digest" "@method";req "@target-uri";req "content-digest";req'
        ' "signature";req;key="ax"'
    )
    parameters = f'({covered});created={SECONDS};keyid="{HUB.kid}";tag="asylum-exchange-answer/v1"'
    assert answer.header("signature-input") == f"ax={parameters}"
    base = "\n".join(
        [
            '"@status": 201',
            '"content-type": application/jose',
            f'"content-digest": {digest_of(b"a.b.c")}',
            '"@method";req: POST',
            f'"@target-uri";req: {TARGET}',
            f'"content-digest";req: {request.header("content-digest")}',
            f'"signature";req;key="ax": {(request.header("signature") or "").removeprefix("ax=")}',
            f'"@signature-params": {parameters}',
        ]
    )
    signature = re.fullmatch(r"ax=:(.*):", answer.header("signature") or "")
    assert signature is not None
    key = HUB.public.key
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(signature[1]), base.encode())


def test_what_is_absent_is_left_out() -> None:
    get = a_request(b"", method="GET", headers=())
    bare = httpsig.sign_answer(an_answer(status=304, headers=(), body=b""), get, HUB, NOW)
    assert '("@status" "content-digest" "@method";req "@target-uri";req)' in (bare.header("signature-input") or "")
    httpsig.verify_answer(bare, get, HUB.public)


def test_a_question_that_was_malformed_gets_a_signed_answer() -> None:
    request = signed()
    odd = [
        with_header(request, "signature", "garbage"),
        with_header(request, "signature-input", "garbage"),
        with_header(request, "content-digest", None),
        with_header(request, "content-digest", "é"),
        with_header(request, "content-type", "é"),
        Request("BREW", TARGET, (), b""),
        Request("POST", f"{TARGET}?a=%zz", request.headers, b"other"),
    ]
    for question in odd:
        answer = httpsig.sign_answer(an_answer(status=401), question, HUB, NOW)
        assert answer.header("signature") is not None


def test_an_answer_answers_one_question() -> None:
    request, answer = signed(), httpsig.sign_answer(an_answer(), signed(), HUB, NOW)
    httpsig.verify_answer(answer, request, HUB.public)
    again = httpsig.sign_request(a_request(), KEY, NOW, bytes(16))
    other_body = signed(a_request(b"other"))
    other_target = signed(a_request(target_uri=TARGET + "/x"))
    for question in (again, other_body, other_target, Request("PUT", TARGET, request.headers, request.body)):
        assert code(httpsig.verify_answer, answer, question, HUB.public) == "bad-signature"
    assert code(httpsig.verify_answer, answer, a_request(), HUB.public) == "component-extra"


def test_each_thing_that_an_answer_says_is_covered() -> None:
    request = signed()
    answer = httpsig.sign_answer(an_answer(), request, HUB, NOW)
    other_key, other_status = keys.generate("answer"), Answer(200, answer.headers, answer.body)
    tries: list[tuple[Answer, keys.PrivateKey, str]] = [
        (answer, other_key, "unknown-key"),
        (other_status, HUB, "bad-signature"),
        (Answer(201, answer.headers, b"other"), HUB, "wrong-digest"),
        (with_header(answer, "content-type", "text/html"), HUB, "bad-signature"),
        (with_header(answer, "content-type", None), HUB, "component-extra"),
        (with_header(answer, "signature", None), HUB, "unsigned"),
        (with_header(answer, "signature-input", None), HUB, "unsigned"),
        (with_header(answer, "content-digest", None), HUB, "wrong-digest"),
    ]
    for one, key, expected in tries:
        assert code(httpsig.verify_answer, one, request, key.public) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (httpsig.ANSWER_TAG, httpsig.REQUEST_TAG, "wrong-tag"),
        ("ax=", "bx=", "wrong-label"),
        ('"@status" ', "", "component-missing"),
        (' "signature";req;key="ax"', "", "component-missing"),
        ('"@method";req', '"@method"', "component-missing"),
        (";tag=", ';alg="ed25519";tag=', "bad-signature-header"),
        (f"created={SECONDS}", f"created={SECONDS + 1}", "bad-signature"),
    ],
)
def test_an_answer_that_was_touched(old: str, new: str, expected: str) -> None:
    request = signed()
    answer = httpsig.sign_answer(an_answer(), request, HUB, NOW)
    value = (answer.header("signature-input") or "").replace(old, new)
    assert code(httpsig.verify_answer, with_header(answer, "signature-input", value), request, HUB.public) == expected


def test_a_request_signature_is_no_answer_signature() -> None:
    request = signed()
    own = tuple((n, v) for n, v in request.headers if n.lower() != "content-type")
    assert code(httpsig.verify_answer, Answer(200, own, request.body), request, KEY.public) == "wrong-tag"


NAMES = st.sampled_from(["signature", "signature-input", "content-digest", "content-type", "host"]) | st.text(
    max_size=4
)
PIECES = st.lists(
    st.sampled_from(
        ["ax=", "(", ")", '"@method"', " ", ";created=", "1", '"', ";tag=", httpsig.REQUEST_TAG, ":", "AA==", ", ", "é"]
    )
    | st.text(max_size=3),
    max_size=14,
).map("".join)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "get", "", "é", "A B"]) | st.text(max_size=3),
    st.sampled_from([TARGET, "", "//", "http://[::1", "http://é/"]) | st.text(max_size=5),
    st.lists(st.tuples(NAMES, PIECES), max_size=6).map(tuple),
    st.binary(max_size=4),
)


@given(REQUESTS)
def test_any_request_verifies_or_is_refused(request_: Request) -> None:
    with pytest.raises(Refusal):
        check(request_)


@given(st.sampled_from(["signature", "signature-input", "content-digest", "content-type"]), st.data())
def test_a_request_with_a_piece_cut_out_is_refused(name: str, data: st.DataObject) -> None:
    request = signed()
    value = request.header(name) or ""
    place = data.draw(st.integers(0, len(value) - 1))
    insert = data.draw(st.text(min_size=0, max_size=3))
    touched = value[:place] + insert + value[place + 1 :]
    if touched != value:
        with pytest.raises(Refusal):
            check(with_header(request, name, touched))


@given(REQUESTS, st.lists(st.tuples(NAMES, PIECES), max_size=6).map(tuple))
def test_any_answer_verifies_or_is_refused(request_: Request, headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(Refusal):
        httpsig.verify_answer(Answer(200, headers, b""), request_, HUB.public)
