"""What the hub states in JWS: receipts, partial views, answers to queries, and its own words in an inbox.

Each kind has a typ and a key of its own, so that none can be shown as another.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, cast

from exchange.domain.errors import Refusal
from exchange.wire import jws
from exchange.wire.claims import MEMBERS, Claims, read_claims, require_exchange
from exchange.wire.encoding import Json, b64decode, b64encode, read_json, write_json
from exchange.wire.keys import PrivateKey, PublicKey

RECEIPT: Final = "asylum-exchange-receipt+jws"
VIEW: Final = "asylum-exchange-view+jws"
WORD: Final = "asylum-exchange-word+jws"
ANSWER: Final = "asylum-exchange-answer+jws"
CHECK_ANSWER: Final = "asylum-exchange-check-answer+jws"
DISCLOSURE_REPORT: Final = "asylum-exchange-disclosure-report+jws"
QUERY: Final = "asylum-exchange-query+jws"
CHECK: Final = "asylum-exchange-check+jws"
ACKNOWLEDGEMENT: Final = "asylum-exchange-ack+jws"
KEY_OF: Final[Mapping[str, str]] = {
    RECEIPT: "receipt",
    VIEW: "words",
    WORD: "words",
    ANSWER: "words",
    CHECK_ANSWER: "words",
    DISCLOSURE_REPORT: "words",
}
"""typ -> purpose of the hub's key that signs it. Authorities sign theirs with their notice keys."""
BATCH_RECORD: Final = "asylum-exchange-batch/v1\n"
"""What the record of a batch's leaf begins with; the root over its notices in base64url follows."""
ANSWER_BYTES: Final = 1024
"""Bytes of the payload of an answer to a query, whatever it says."""
BYTES_OF: Final[Mapping[str, int]] = {ANSWER: ANSWER_BYTES, CHECK_ANSWER: 4096}
"""typ -> bytes of the payload of an answer that has one size."""


def state(typ: str, members: Mapping[str, Json], key: PrivateKey) -> str:
    """Return a statement of the hub. `key` is the hub's key for this typ."""
    if key.purpose != KEY_OF[typ]:
        raise ValueError(f"{typ} is signed with the hub's key for {KEY_OF[typ]}")
    return jws.sign(write_json(dict(members)), typ, key)


def state_padded(typ: str, members: Mapping[str, Json], key: PrivateKey, random: Callable[[int], str]) -> str:
    """Return a statement whose payload has the bytes that BYTES_OF its typ says, so that its size tells nothing.

    `random(n)` gives n random characters of base64url: padding that does not compress.
    """
    bare = len(write_json({**members, "pad": ""}))
    if bare > BYTES_OF[typ]:
        raise ValueError("the answer is larger than its fixed size")
    return state(typ, {**members, "pad": random(BYTES_OF[typ] - bare)}, key)


def payload(text: str) -> bytes:
    """Return the payload of a compact JWS, or of its signing input, that was verified or made here, and then kept."""
    return b64decode(text.split(".")[1])


def heard(text: str, typ: str, key: PublicKey) -> dict[str, Json]:
    """Return the members of a statement that `key` signed.

    Raises:
        Refusal: those of `exchange.wire.jws`, `unknown-key` for one under another key, `bad-json`.
    """
    unverified = jws.parse(text, typ)
    if unverified.kid != key.kid:
        raise Refusal("unknown-key", "This is not signed with the pinned key of the hub.")
    members = read_json(jws.verify(unverified, key, KEY_OF[typ]).payload)
    if not isinstance(members, dict):
        raise Refusal("bad-json", "A statement is a JSON object.")
    return members


def require_answer(told: Mapping[str, Json], asked: str) -> None:
    """Return if an answer to a check, as `heard`, is to this very one: it has its id and its hash.

    `asked` is the JWS of the check, verified or made here. Raises Refusal `wrong-receipt`.
    """
    check = cast("dict[str, Json]", read_json(payload(asked)))
    hashed = b64encode(hashlib.sha256(asked.rpartition(".")[0].encode("ascii")).digest())
    if (told.get("id"), told.get("sha256")) != (check["id"], hashed):
        raise Refusal("wrong-receipt", "The answer is to another check.")


def said(payload: bytes, ex: str) -> tuple[Claims, dict[str, Json]]:
    """Return the claims of an authority's query or acknowledgement for the exchange `ex`, and the other members.

    The other members are for the schema of the message to check.

    Raises:
        Refusal: `bad-json`, `bad-query` (no object, or one of the five claims is absent or malformed),
            `wrong-exchange`.
    """
    members = read_json(payload)
    if not isinstance(members, dict):
        raise Refusal("bad-query", "the payload is a JSON object")
    claims = read_claims(members, "bad-query")
    require_exchange(claims, ex)
    return claims, {name: value for name, value in members.items() if name not in MEMBERS}
