"""Names of things that two readers cannot compare: two numbers as one block, encrypted for each reader by itself.

One block of AES (FIPS 197) under a key of the reader's own is a permutation of all blocks: a name tells nothing of the
numbers, nor of how many things there are, and a name that was guessed names nothing.
"""

import hashlib
import hmac
import re
import struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

FORM: Final = re.compile(r"[0-9a-f]{32}")
_NUMBERS: Final = struct.Struct(">QQ")
_KEY_BYTES: Final = 16
_LARGEST: Final = 2**63 - 1
"""Largest number that PostgreSQL's bigint holds."""


def name(secret: bytes, reader: str, numbers: tuple[int, int]) -> str:
    """Return the name of two numbers (0 to 2^63 - 1) for a reader: 32 hexadecimal digits."""
    return _run(_cipher(secret, reader).encryptor(), _NUMBERS.pack(*numbers)).hex()


def numbers(secret: bytes, reader: str, named: str) -> tuple[int, int] | None:
    """Return the two numbers behind a name, or None when it is certain that it is none of this reader's."""
    if not FORM.fullmatch(named):
        return None
    one, other = _NUMBERS.unpack(_run(_cipher(secret, reader).decryptor(), bytes.fromhex(named)))
    return (one, other) if max(one, other) <= _LARGEST else None


def _cipher(secret: bytes, reader: str) -> Cipher[ECB]:
    key = hmac.digest(secret, f"asylum-exchange-name|{reader}".encode(), hashlib.sha256)[:_KEY_BYTES]
    return Cipher(AES(key), ECB())  # noqa: S305 -- one block is encrypted, so that no two can be seen to be equal


def _run(context: CipherContext, block: bytes) -> bytes:
    return context.update(block) + context.finalize()
