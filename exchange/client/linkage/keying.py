"""Match keys become tokens: keyed hashes that say nothing to who lacks the key.

`HmacKeying` is the sandbox's and a developer's: whoever holds its one key can try names and dates at home. The
`ServiceKeying` of `exchange.client.linkage.service` takes the authorities' key and the token service's together.
"""

import hashlib
import hmac
from collections.abc import Sequence
from secrets import token_bytes
from typing import Any, Final, Protocol

from exchange.client.linkage.keys import ORDER, MatchKey, match_keys
from exchange.client.linkage.padding import SIZES, padded
from exchange.client.linkage.record import Record
from exchange.domain.errors import Refusal
from exchange.wire.encoding import b64encode

PROFILE: Final = "N1"
"""The normalisation that match keys are made by; other rules have another name."""
SHORTEST_KEY: Final = 32
"""Bytes."""
SCORED_ONLY: Final = "DOB"
"""The type that finds nobody by itself: birth date, sex and nationality without a name."""


class Keying(Protocol):
    """One way to make tokens, under one keyset."""

    @property
    def profile(self) -> str:
        """The normalisation, as a notice names it."""

    @property
    def keyset(self) -> str:
        """The keys, as a notice names them."""

    @property
    def fill_key(self) -> bytes:
        """32 bytes of this authority's own, from which the tokens are drawn that fill a record up."""

    def tokens(self, keys: Sequence[MatchKey]) -> list[str]:
        """Return one token, `TYPE.value`, for each match key, in their order. `value` is 32 bytes in base64url."""


class HmacKeying:
    """Tokens by one HMAC-SHA-256 key (RFC 2104). With a `holder` (the authority's slug) a record keeps its fill."""

    profile = PROFILE

    def __init__(self, key: bytes, keyset: str, holder: str = "") -> None:
        """Take a key of at least 32 bytes. Raises ValueError for a shorter one."""
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"A token key has at least {SHORTEST_KEY} bytes.")
        self.keyset = keyset
        self._key = key
        self._holder = holder

    @property
    def fill_key(self) -> bytes:
        """The holder's own key for filling up; another each time where no holder is named."""
        return fill_key(self._key, self._holder)

    def tokens(self, keys: Sequence[MatchKey]) -> list[str]:
        """Return one token for each match key, in their order."""
        return [token(key.type, keyed(self._key, key)) for key in keys]


def keyed(key: bytes, one: MatchKey) -> bytes:
    """Return HMAC-SHA-256 of `profile|type|value`: 32 bytes. It is what the token service is asked to evaluate."""
    return hmac.digest(key, f"{PROFILE}|{one.type}|{one.value}".encode(), hashlib.sha256)


def fill_key(key: bytes, holder: str = "") -> bytes:
    """Return 32 bytes for filling up that are one authority's own, or random ones where none is named."""
    return hmac.digest(key, f"{PROFILE}, fill of {holder}".encode(), hashlib.sha256) if holder else token_bytes(32)


def check_value(key: bytes, keyset: str) -> str:
    """Return the check value of a shared key: 16 bytes of HMAC-SHA-256 over a fixed text, in base64url.

    Two who hold one key find so without showing it. No match key begins as that text does, so it is no token's HMAC;
    and who has no key learns of none, since the key is 32 random bytes.
    """
    told = f"asylum-exchange check of a token key|{PROFILE}|{keyset}"
    return b64encode(hmac.digest(key, told.encode(), hashlib.sha256)[:16])


def token(kind: str, value: bytes) -> str:
    """Return a token as a notice carries it: the type, a dot, and the value in unpadded base64url."""
    return f"{kind}.{b64encode(value)}"


def tokens_part(record: Record, keying: Keying) -> dict[str, Any]:
    """Return the member `tokens` of a notice's hub part: profile, keyset and padded values.

    Raises Refusal `bad-record` when the record holds too little to be compared with any other.
    """
    return tokens_parts([record], keying)[0]


def tokens_parts(records: Sequence[Record], keying: Keying) -> list[dict[str, Any]]:
    """Return the member `tokens` for each of many records, with one call of the keying for all. As `tokens_part`."""
    wanted = [chosen(record) for record in records]
    made = iter(keying.tokens([key for keys in wanted for key in keys]))
    return [
        {
            "profile": keying.profile,
            "keyset": keying.keyset,
            "values": padded([next(made) for _ in keys], keying.fill_key, ORDER),
        }
        for keys in wanted
    ]


def says_enough(record: Record) -> bool:
    """Tell whether a record can be compared with any other: it makes a match key that finds somebody."""
    return any(key.type != SCORED_ONLY for key in match_keys(record))


def chosen(record: Record) -> list[MatchKey]:
    """Return the match keys of a record that a notice has room for: at most 128, cut as `padded` cuts tokens.

    They are cut before they are keyed, since each costs the token service an evaluation. Of one type those whose digest
    is lowest stay, so that two authorities cut equal records alike. Raises Refusal `bad-record` when there is none.
    """
    found = match_keys(record)
    if all(key.type == SCORED_ONLY for key in found):
        raise Refusal(
            "bad-record", "The record holds too little to compare: it needs a name and a birth date, or more."
        )
    rank = {kind: place for place, kind in enumerate(ORDER)}
    return sorted(found, key=lambda key: (rank.get(key.type, len(rank)), hashlib.sha256(key.value.encode()).digest()))[
        : SIZES[-1]
    ]
