"""Whatever comes in, only a Refusal comes out. `fuzz` has the long runs."""

import secrets
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.errors import Refusal
from exchange.wire import jws, keys, sdjwt, statements
from exchange.wire.encoding import read_json
from wire.fuzz import PARSERS, run
from wire.kit import CLAIMS, EX, a_notice, b64, compact

INPUTS = 600
KEY = keys.generate("notice")
NOTICE = a_notice(KEY)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda deeper: st.lists(deeper, max_size=4) | st.dictionaries(st.text(max_size=6), deeper, max_size=4),
    max_leaves=8,
)
HEADERS = st.fixed_dictionaries({}, optional=dict.fromkeys(("alg", "kid", "typ", "crit", "jwk"), JSON))
PAYLOADS = st.fixed_dictionaries({}, optional=dict.fromkeys(("v", "ex", "id", "iss", "iat", "_sd", "_sd_alg"), JSON))


def only_refusals(act: Callable[[], object]) -> None:
    try:
        act()
    except Refusal as refusal:
        assert refusal.code  # noqa: PT017 -- to pass is right as well
        assert len(refusal.detail) < 300  # noqa: PT017


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_each_parser_takes_or_refuses_and_does_so_again(name: str) -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    codes = run(name, INPUTS, seed)
    assert len(codes) > 1, "the inputs are all alike"


def verify(text: str) -> None:
    sdjwt.verify(sdjwt.read(text), KEY.public, EX)


@given(st.text() | st.text("~.=-_ab", max_size=30))
def test_any_text_as_a_notice(text: str) -> None:
    with pytest.raises(Refusal):
        verify(text)


@given(HEADERS, st.binary(max_size=40))
def test_any_header(header: dict[str, object], payload: bytes) -> None:
    text = f"{b64(compact(header))}.{b64(payload)}.{b64(bytes(64))}"
    with pytest.raises(Refusal):
        jws.parse(text, sdjwt.TYP)


@given(PAYLOADS)
def test_any_signed_payload_as_a_notice(payload: dict[str, object]) -> None:
    text = jws.sign(compact(payload).encode("utf-8", "surrogatepass"), sdjwt.TYP, KEY)
    only_refusals(lambda: verify(text + "~"))
    only_refusals(lambda: statements.said(compact(payload).encode("utf-8", "surrogatepass"), EX))


@given(st.lists(st.text(max_size=20) | JSON.map(lambda value: b64(compact(value).encode())), max_size=6))
def test_any_disclosures_behind_a_signed_part(disclosures: list[str]) -> None:
    text = sdjwt.present(NOTICE.partition("~")[0], disclosures)
    with pytest.raises(Refusal):
        verify(text)


@given(st.integers(0, len(NOTICE) - 1), st.text(max_size=2))
def test_a_notice_with_a_place_changed(place: int, put: str) -> None:
    touched = NOTICE[:place] + put + NOTICE[place + 1 :]
    if touched != NOTICE:
        with pytest.raises(Refusal):
            verify(touched)


@given(st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "d", "alg", "kid"]), JSON))
def test_any_jwk(jwk: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        keys.public_from_jwk(jwk, "notice")  # type: ignore[arg-type]  # that is the point


@given(st.sampled_from(["OKP", "EC"]), st.binary(min_size=31, max_size=33), st.binary(min_size=32, max_size=32))
def test_any_point(kty: str, x: bytes, y: bytes) -> None:
    jwk = {"kty": kty, "crv": "Ed25519" if kty == "OKP" else "P-256", "x": b64(x)} | (
        {"y": b64(y)} if kty == "EC" else {}
    )
    only_refusals(lambda: keys.public_from_jwk(jwk, "notice"))


@given(st.binary(max_size=300) | st.text(max_size=60).map(lambda text: f"-----BEGIN PRIVATE KEY-----\n{text}".encode()))
def test_any_file_as_a_key(pem: bytes) -> None:
    with pytest.raises(Refusal):
        keys.private_from_pem(pem, "notice")


@given(st.text())
def test_any_text_as_a_statement(text: str) -> None:
    with pytest.raises(Refusal):
        statements.heard(text, statements.RECEIPT, KEY.public)


def test_a_detail_repeats_nothing_of_what_was_sent() -> None:
    mark = "Zahra-Example"
    signed = jws.sign(compact({"v": 1, **CLAIMS.members(), "name": mark}).encode(), sdjwt.TYP, KEY)
    secret = b64(compact([b64(bytes(32)), mark, {"name": mark}]))
    tries: list[Callable[[], object]] = [
        lambda: read_json(f'{{"{mark}":1,"{mark}":2}}'.encode()),
        lambda: verify(signed + "~"),
        lambda: verify(sdjwt.present(NOTICE.partition("~")[0], [secret])),
        lambda: jws.parse(f"{b64(compact({mark: mark}))}.{b64(mark)}.{b64(bytes(64))}", sdjwt.TYP),
        lambda: keys.public_from_jwk({"kty": mark}, "notice"),
    ]
    for act in tries:
        with pytest.raises(Refusal) as refused:
            act()
        assert mark not in str(refused.value)
