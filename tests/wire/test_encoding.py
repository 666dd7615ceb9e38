import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.errors import Refusal
from exchange.wire.encoding import MAX_DEPTH, b64decode, b64encode, read_json, write_json
from wire.kit import code

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(SCALARS | TEXT, lambda deeper: st.lists(deeper) | st.dictionaries(TEXT, deeper), max_leaves=12)


def test_base64url_has_one_spelling() -> None:
    # RFC 4648 section 10, without padding.
    for data, text in ((b"", ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foobar", "Zm9vYmFy"), (b"\xfb\xff", "-_8")):
        assert b64encode(data) == text
        assert b64decode(text) == data


@pytest.mark.parametrize(
    "text", ["Zg==", "Zg=", "Zh", "Zm9=", "A", "AAAAA", "+_8", "-/8", "Zg\n", " Zg", "Z g", "Zé", "=", "Zm8\0"]
)
def test_any_other_spelling_is_refused(text: str) -> None:
    assert code(b64decode, text) == "bad-base64"
    assert code(b64decode, text, "bad-jws") == "bad-jws"


@given(st.binary())
def test_base64url_there_and_back(data: bytes) -> None:
    assert b64decode(b64encode(data)) == data


@given(st.text())
def test_what_decodes_encodes_to_itself(text: str) -> None:
    try:
        data = b64decode(text)
    except Refusal:
        return
    assert b64encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'[{"x":{"b":1,"b":2}}]',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e400",
        b"-1e400",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5000,
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'{"\\ud800":1}',
        b'["\\ud83d"]',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"{} x",
        b"{}{}",
        b"[1,]",
        b"{'a':1}",
        b"01",
        b"+1",
        b".5",
        b"1.",
        b'"\t"',
        b'"\\x41"',
        b"[" * 17 + b"]" * 17,
        b"[" * 100000,
        b'{"a":' * 100000,
        b"\x00",
        b"\xc2\xa0{}",
        "[\u0661]".encode(),
    ],
)
def test_bytes_that_could_mean_two_things_are_refused(text: bytes) -> None:
    assert code(read_json, text) == "bad-json"


def test_the_edges_are_taken() -> None:
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) is not None
    assert read_json(b"[" * 15 + b'{"a":"\\u00e9"}' + b"]" * 15) is not None
    assert read_json(b"9007199254740991") == 2**53 - 1
    assert read_json(b"-9007199254740991") == -(2**53) + 1
    assert read_json(b'"\\ud83d\\ude00"') == "\U0001f600"
    assert read_json(b' {"a" : [1.5, true, null] }\r\n') == {"a": [1.5, True, None]}
    assert read_json(b"[" + b"[]," * 50 + b"[]]") == [[]] * 51


def test_a_scalar_may_lie_below_the_deepest_array() -> None:
    assert read_json(b"[" * 16 + b"1" + b"]" * 16) is not None
    assert code(read_json, b"[" * 16 + b"{}" + b"]" * 16) == "bad-json"


@given(VALUES)
def test_json_there_and_back(value: object) -> None:
    try:
        back = read_json(write_json(value))  # type: ignore[arg-type]  # hypothesis gives plain values
    except Refusal:
        assert json.dumps(value).count("[") + json.dumps(value).count("{") > MAX_DEPTH
        return
    assert back == value


@given(VALUES)
def test_what_is_read_is_what_another_reader_reads(value: object) -> None:
    text = json.dumps(value).encode()
    try:
        mine = read_json(text)
    except Refusal:
        return
    assert mine == orjson.loads(text)


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_value_or_a_refusal(data: bytes) -> None:
    try:
        read_json(data)
    except Refusal as refusal:
        assert refusal.code == "bad-json"  # noqa: PT017 -- either way is right, nothing else is


def test_a_writer_is_told_of_its_own_fault() -> None:
    for value in (float("nan"), float("inf"), "\ud800"):
        with pytest.raises(ValueError):  # noqa: PT011 -- the words are those of the standard library
            write_json(value)
