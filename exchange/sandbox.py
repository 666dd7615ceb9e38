"""The sandbox: an exchange to try things on, with authorities for every participant and keys that everybody knows.

That an exchange is a sandbox is in its id, which every message signs: nothing said there can be used elsewhere. Its
authorities' keys are derived from their names, so that a real exchange knows them all, and refuses them for ever.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.wire import keys, sealing_keys
from exchange.wire.key_statements import SIGNING
from exchange.wire.sealing_keys import SealPrivateKey, SealPublicKey

PREFIX: Final = "sandbox-"
KEYSET: Final = "sandbox"
"""The keyset that tokens of a sandbox name: HMAC with one key that everybody knows."""
_CODES: Final = {
    "by": "BLR", "ee": "EST", "hu": "HUN", "lv": "LVA", "lt": "LTU",
    "md": "MDA", "pl": "POL", "ro": "ROU", "sk": "SVK", "ua": "UKR",
}  # fmt: skip
_ORIGINS: Final = {"af": "AFG", "ru": "RUS", "sy": "SYR", "ir": "IRN"}
"""States of origin: withholding that has nobody to withhold from is no test."""
_OFFICES: Final = {"border": "border_guard", "asylum": "asylum_office", "return": "return_unit"}


def is_one(exchange_id: str) -> bool:
    """Tell whether an exchange is a sandbox, by its id."""
    return exchange_id.startswith(PREFIX)


def authorities() -> list[Reader]:
    """Return the authorities of a sandbox: three of each participant, one of each state of origin, two more."""
    told = [(f"{c}-{office}", kind, state) for c, state in _CODES.items() for office, kind in _OFFICES.items()]
    told += [(f"{c}-border", "border_guard", state) for c, state in _ORIGINS.items()]
    told += [("unhcr", "monitor", "UNO"), ("secretariat", "secretariat", "UNO")]
    return [Reader(slug, f"urn:asylum-exchange:authority:{slug}", kind, state) for slug, kind, state in told]


def signing_key(slug: str, purpose: str) -> keys.PrivateKey:
    """Return the key of a sandbox authority for `request`, `notice` or `recovery`. It is no secret."""
    return keys.private_from_key(Ed25519PrivateKey.from_private_bytes(_seed(slug, purpose)), purpose)


def seal_key(slug: str) -> SealPrivateKey:
    """Return the seal key of a sandbox authority. It is no secret."""
    return sealing_keys.private_from_seed(_seed(slug, "seal"))


def token_key() -> bytes:
    """Return the key under which every sandbox makes its tokens. It is no secret."""
    return _seed("tokens", KEYSET)


def refuse_its_keys(exchange_id: str, given: Mapping[str, keys.PublicKey | SealPublicKey]) -> None:
    """Return if none of these keys is one that everybody knows, or this exchange is a sandbox itself.

    Raises Refusal `sandbox-key`.
    """
    if not is_one(exchange_id) and any(key.kid in _known() for key in given.values()):
        raise Refusal("sandbox-key", "Everybody knows this key: it is one of the sandbox. Make keys of your own.")


def _seed(name: str, purpose: str) -> bytes:
    return hashlib.sha256(f"asylum-exchange sandbox, known to everybody|{name}|{purpose}".encode()).digest()


@cache
def _known() -> frozenset[str]:
    slugs = [who.slug for who in authorities()]
    signing = {signing_key(slug, purpose).kid for slug in slugs for purpose in SIGNING}
    return frozenset(signing | {seal_key(slug).kid for slug in slugs})
