"""Cold storage: a value cut out of a Disclosure and encrypted, while the rest stays readable.

Put together again they are the very Disclosure that was signed, character for character, so that nothing which rests on
its digest changes. AES-256-GCM with a random nonce; the key comes from the hub's pepper by HKDF-SHA-256 (RFC 5869).
"""

import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from exchange.wire.encoding import b64decode, b64encode

_INFO: Final = b"asylum-exchange cold storage/1"
_NONCE: Final = 12
_EMPTY: Final = "{}"
"""What stands where the value was, so that the rest is JSON still."""
_SPACE: Final = re.compile(r"[ \t\n\r,:]*")
_decode: Final = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Cut:
    """A Disclosure without a value: the rest of it, the character at which the value stood, and it, encrypted."""

    rest: str
    at: int
    sealed: bytes


def cut(disclosure: str, member: str, pepper: bytes, about: str) -> Cut | None:
    """Cut the value of a member of a part out of its Disclosure; None when the part has no such member.

    `about` is bound to what is encrypted: it opens for nothing else. The Disclosure was verified before.
    """
    text = b64decode(disclosure).decode()
    span = _span(text, member)
    if span is None or b64encode(text.encode()) != disclosure:
        return None
    nonce = os.urandom(_NONCE)
    sealed = nonce + _cipher(pepper).encrypt(nonce, text[slice(*span)].encode(), about.encode())
    rest = text[: span[0]] + _EMPTY + text[span[1] :]
    return Cut(b64encode(rest.encode()), span[0], sealed)


def whole(made: Cut, pepper: bytes, about: str) -> str:
    """Return the Disclosure as it was. Raises cryptography's InvalidTag for another pepper, or another `about`."""
    nonce, ciphertext = made.sealed[:_NONCE], made.sealed[_NONCE:]
    value = _cipher(pepper).decrypt(nonce, ciphertext, about.encode()).decode()
    rest = b64decode(made.rest).decode()
    return b64encode((rest[: made.at] + value + rest[made.at + len(_EMPTY) :]).encode())


@lru_cache(maxsize=4)
def _cipher(pepper: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, _INFO).derive(pepper))


def _span(text: str, member: str) -> tuple[int, int] | None:
    """Return where the value of a member stands in the text of a Disclosure: `[salt, name, {member: value, ...}]`."""
    at = text.index("[") + 1
    for _ in range(2):
        _, at = _decode(text, _skip(text, at))
    at = _skip(text, _skip(text, at) + 1)
    while text[at] != "}":
        name, end = _decode(text, at)
        start = _skip(text, end)
        _, end = _decode(text, start)
        if name == member:
            return start, end
        at = _skip(text, end)
    return None


def _skip(text: str, at: int) -> int:
    """Return the first place from `at` on where neither space nor separator stands."""
    found = _SPACE.match(text, at)
    return found.end() if found else at
