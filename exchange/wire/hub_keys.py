"""A key of the hub that follows another: the old one says so, the new one shows that it is held.

    asylum-exchange-hub-key+jws     {purpose, predecessor, key, possession}, both keys as JWK

Two officers besides the one who asks approve it, and clients take it in while the old key still signs.
"""

from dataclasses import dataclass
from typing import Final, cast

from exchange.domain.errors import Refusal
from exchange.wire import key_statements, keys
from exchange.wire.claims import Claims
from exchange.wire.key_statements import HUB_KEY, HUB_URN
from exchange.wire.keys import PrivateKey, PublicKey

PURPOSES: Final = ("answer", "receipt", "push", "words")


@dataclass(frozen=True, slots=True)
class Successor:
    """What a statement says, once its predecessor signed it: the purpose, both keys, the digest of the statement."""

    purpose: str
    predecessor: PublicKey
    key: PublicKey
    digest: str


def introduce(claims: Claims, old: PrivateKey, fresh: PrivateKey) -> str:
    """Return the statement that `fresh` follows `old`. `claims.iss` is HUB_URN."""
    possession = key_statements.prove_possession(claims, old.kid, fresh)
    jwks = {"predecessor": keys.public_to_jwk(old.public), "key": keys.public_to_jwk(fresh.public)}
    return key_statements.sign({"purpose": old.purpose, **jwks, "possession": possession}, claims, HUB_KEY, old)


def read(text: str, ex: str) -> Successor:
    """Return what a statement says. Whether its predecessor is the hub's is for the reader to know.

    Raises Refusal: those of `key_statements.read`, `bad-key`, `weak-key`, `no-possession`, `bad-notice-signature`.
    """
    said = key_statements.read(text, HUB_KEY, ex)
    said.need("purpose", "predecessor", "key", "possession")
    purpose = said.text("purpose")
    if purpose not in PURPOSES:
        raise Refusal("bad-key-statement", f"purpose is {', '.join(PURPOSES)}.")
    old = cast("PublicKey", key_statements.public_key(said.members["predecessor"], purpose))
    fresh = cast("PublicKey", key_statements.public_key(said.members["key"], purpose))
    said.verify(old)
    key_statements.check_possession(said.members["possession"], (ex, HUB_URN), old.kid, fresh)
    return Successor(purpose, old, fresh, said.digest)
