"""A record's tokens are filled up with others that nobody holds, so that their number and order say little of it.

The next of 32, 64, 96 and 128 is the number that a notice carries; what is above 128 is cut. The fill stands only under
types that the record holds: a type of nothing but fill would differ from everybody's. It is drawn from a key of
the authority's own and from the tokens themselves: a record keeps its fill, so that the notices of one case, laid over
one another, do not show which tokens are fill; and two authorities never agree on any.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from typing import Final

from exchange.wire.encoding import b64encode

SIZES: Final = (32, 64, 96, 128)


def padded(tokens: Sequence[str], key: bytes, order: Sequence[str] = ()) -> list[str]:
    """Return tokens in one of four sizes, in the order of their text, which says nothing.

    `key`: 32 bytes that nobody else knows. Of more than 128 tokens those are kept whose type stands first in
    `order` (a type that is not named comes last); of one type those whose values are lowest, so that two authorities
    cut equal records alike.
    """
    rank = {kind: place for place, kind in enumerate(order)}
    kept = sorted(set(tokens), key=lambda token: (rank.get(_type(token), len(rank)), token))[: SIZES[-1]]
    size = next(size for size in (0, *SIZES) if len(kept) <= size)
    fill = _fill(sorted(kept), key)
    return sorted(kept + [next(fill) for _ in range(size - len(kept))])


def _fill(kept: list[str], key: bytes) -> Iterator[str]:
    types = sorted({_type(token) for token in kept})
    seed = hmac.digest(key, "|".join(kept).encode(), hashlib.sha256)
    number = 0
    while True:
        drawn = hmac.digest(seed, number.to_bytes(4, "big"), hashlib.sha512)
        yield f"{types[int.from_bytes(drawn[32:]) % len(types)]}.{b64encode(drawn[:32])}"
        number += 1


def _type(token: str) -> str:
    return token.partition(".")[0]
