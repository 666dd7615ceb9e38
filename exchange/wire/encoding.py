"""Bytes to values and back, one way only: canonical base64url and strict JSON.

Two readers must never see two different values in the same signed bytes. So everything that JSON libraries decide in
silence (the last of two equal members, NaN, 1e400, lone surrogates) is refused here, before anything else reads it.
"""

import binascii
import json
import math
import re
from typing import Any, Final, NoReturn, TypeAlias

from exchange.domain.errors import Refusal

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

MAX_DEPTH: Final = 16
"""Deepest nesting of arrays and objects; the outermost value has depth 1."""
MAX_INTEGER: Final = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly (RFC 7493 section 2.2)."""
_MAX_DIGITS: Final = len("-9007199254740991")
_BYTE_ORDER_MARK: Final = "\ufeff"


_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_HASH: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def b64encode(data: bytes) -> str:
    """Return unpadded base64url (RFC 7515 section 2, RFC 4648 section 5)."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def b64decode(text: str, code: str = "bad-base64") -> bytes:
    """Return the bytes of canonical unpadded base64url.

    Padding, another alphabet, white space and non-zero trailing bits are refused: one value has one spelling.

    Raises:
        Refusal: with `code`.
    """
    try:
        sent = text.encode("ascii")
        data = binascii.a2b_base64(sent.translate(_TO_STANDARD) + b"=" * (-len(sent) % 4))
    except (ValueError, binascii.Error):
        raise Refusal(code, "not base64url") from None
    if b64encode(data) != text:
        raise Refusal(code, "not canonical unpadded base64url")
    return data


def is_hash(text: str) -> bool:
    """Tell whether a text is 32 bytes in canonical unpadded base64url."""
    return _HASH.fullmatch(text) is not None


def read_json(data: bytes) -> Json:
    """Return the one value that `data` can mean (RFC 8259, narrowed by RFC 7493).

    Refused: invalid UTF-8, a byte order mark, a member given twice in one object at any depth, NaN and Infinity,
    numbers that overflow, integers beyond `MAX_INTEGER`, lone surrogates, nesting beyond `MAX_DEPTH`, bytes after the
    value.

    Raises:
        Refusal: `bad-json`.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("not UTF-8")
    if text.startswith(_BYTE_ORDER_MARK):
        _refuse("starts with a byte order mark")
    try:
        value: Json = _DECODER.decode(text)
    except RecursionError:
        _refuse(f"nested deeper than {MAX_DEPTH}")
    except ValueError:
        _refuse("not one JSON value")
    # Only a text with more brackets than that can nest too deep, and only \u escapes can make a lone surrogate:
    # UTF-8 has none. Most notices' parts have neither, and are not walked.
    # The search for one character costs a hundredth of that for two.
    if ("\\" in text and "\\u" in text) or text.count("{") + text.count("[") > MAX_DEPTH:
        _walk(value)
    return value


def read_again(text: str) -> Any:  # noqa: ANN401 -- as the first reading found it
    """Return the value in base64url that `b64decode` and `read_json` have read before: nothing is looked for again."""
    data = binascii.a2b_base64(text.encode("ascii").translate(_TO_STANDARD) + b"==")
    return _PLAIN.decode(data.decode("utf-8"))


def write_json(value: Json) -> bytes:
    """Return `value` as compact UTF-8 JSON, members in the order given.

    Raises:
        ValueError: NaN, Infinity or a lone surrogate: a fault of the caller, not of a sender.
    """
    return _ENCODER.encode(value).encode("utf-8")


def _refuse(detail: str) -> NoReturn:
    raise Refusal("bad-json", detail)


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse("an object names the same member twice")
    return members


def _integer(digits: str) -> int:
    # The length first: int() of a million digits is work that a sender must not be able to order.
    if len(digits) > _MAX_DIGITS or abs(value := int(digits)) > MAX_INTEGER:
        _refuse("an integer is beyond 2^53 - 1")
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        _refuse("a number overflows")
    return value


def _constant(_: str) -> NoReturn:
    _refuse("NaN and Infinity are not JSON")


def _walk(root: Json) -> None:
    level: list[Json] = [root]
    depth = 0
    while level:
        depth += 1
        below: list[Json] = []
        for value in level:
            _look(value, below)
        if depth > MAX_DEPTH and any(isinstance(value, dict | list) for value in level):
            _refuse(f"nested deeper than {MAX_DEPTH}")
        level = below


def _look(value: Json, below: list[Json]) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            _refuse("a lone surrogate")
    elif isinstance(value, dict):
        below.extend(value)
        below.extend(value.values())
    elif isinstance(value, list):
        below.extend(value)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_PLAIN: Final = json.JSONDecoder()
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
