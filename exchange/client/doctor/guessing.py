"""Usual mistakes of those who write a client, tried out one by one, so that the doctor can name the one made."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.messages import digest_of

_BASES: Final[Mapping[str, Callable[[str], bytes]]] = MappingProxyType(
    {
        "the base with a line feed at its end": lambda base: base.encode() + b"\n",
        "the base with lines joined by CR LF": lambda base: base.replace("\n", "\r\n").encode(),
        "the base with lines joined by a backslash and an n": lambda base: base.replace("\n", "\\n").encode(),
        "the base with the label in its last line": lambda base: base.replace(': ("', ': ax=("').encode(),
        "the base with the method in lower case": lambda base: _lower_method(base).encode(),
        "the base without quotes around the names": lambda base: _unquoted(base).encode(),
        "the base without a space behind the colons": lambda base: base.replace('": ', '":').encode(),
        "the SHA-256 of the base, not the base": lambda base: hashlib.sha256(base.encode()).digest(),
        "the SHA-256 of the base in hexadecimal": lambda base: hashlib.sha256(base.encode()).hexdigest().encode(),
        "the base in base64": lambda base: base64.b64encode(base.encode()),
    }
)
_BODIES: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {
        "no bytes at all": lambda _: b"",
        "the body with a line feed at its end": lambda body: body + b"\n",
        "the body without the line feed at its end": lambda body: body.rstrip(b"\r\n"),
        "the body with CR LF for LF": lambda body: body.replace(b"\n", b"\r\n"),
        "the body with LF for CR LF": lambda body: body.replace(b"\r\n", b"\n"),
    }
)


def fits(key: keys.PublicKey, signature: bytes, data: str | bytes) -> bool:
    """Tell whether a signature is over these bytes."""
    try:
        key.verify(signature, data.encode() if isinstance(data, str) else data)
    except Refusal:
        return False
    return True


def signature(signing: Mapping[str, keys.Signer], signed: bytes, base: str) -> str:
    """Return in words by which of our keys, over what, a signature is; empty when it is none of these."""
    if fits(signing["notice"].public, signed, base):
        return "Your notice key signed it, not your request key."
    for words, made in _BASES.items():
        if fits(signing["request"].public, signed, made(base)):
            return f"Your key is right; what it signed is {words}."
    return ""


def digest(field: str, body: bytes) -> str:
    """Return in words of what a Content-Digest is, to be put behind a sentence; empty when we cannot tell."""
    for words, made in _BODIES.items():
        if field == digest_of(made(body)):
            return f": it is that of {words}"
    raw = hashlib.sha256(body)
    if raw.hexdigest() in field.lower():
        return ": it is in hexadecimal, not in base64"
    if base64.urlsafe_b64encode(raw.digest()).decode().rstrip("=") in field:
        return ": it is in base64url or lacks its padding or colons"
    if digest_of(body) in field:
        return " alone: something stands beside it"
    return ": it is that of other bytes"


def _lower_method(base: str) -> str:
    first, line_feed, rest = base.partition("\n")
    name, colon, method = first.partition(": ")
    return name + colon + method.lower() + line_feed + rest


def _unquoted(base: str) -> str:
    split = [line.partition(": ") for line in base.split("\n")]
    return "\n".join([name.strip('"') + colon + value for name, colon, value in split])
