"""The hub's nonces over which possession of keys is shown. Nothing is kept: the hub knows its own again."""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.wire.encoding import Json, b64decode, b64encode
from exchange.wire.sealing_keys import SealPublicKey

LASTS: Final = 7 * 24 * 3600
"""Seconds for which a nonce is good: a bundle travels by hand."""
_TIME_BYTES: Final = 8
_MAC_BYTES: Final = 24


def nonce(hub: Hub, slug: str, kid: str, now: datetime) -> str:
    """Return the nonce over which the authority `slug` is to show that it holds the key `kid`."""
    return _nonce(hub, (slug, kid), int(now.timestamp()))


def check_nonce(hub: Hub, slug: str, kid: str, given: str, now: datetime) -> None:
    """Return if this is a nonce that the hub gave for this authority and key. Raises Refusal `stale-nonce`."""
    raw = b64decode(given, "stale-nonce")
    at = int.from_bytes(raw[:_TIME_BYTES])
    if not hmac.compare_digest(given, _nonce(hub, (slug, kid), min(at, 2**62))):
        raise Refusal("stale-nonce", "The hub gave no such nonce for this authority and this key.")
    if not at <= now.timestamp() < at + LASTS:
        raise Refusal("stale-nonce", "The nonce is too old. Ask for a new one.")


def sealed(hub: Hub, given: str, key: SealPublicKey) -> dict[str, Json]:
    """Return a secret for the holder of a seal key, as `ek` and `encrypted_key`: opening it shows possession."""
    encapsulated, encrypted = key.wrap(_secret(hub, given, key.kid))
    return {"ek": b64encode(encapsulated), "encrypted_key": b64encode(encrypted)}


def check_opened(hub: Hub, given: str, key: SealPublicKey, opened: object) -> None:
    """Return if `opened` is the secret that was sealed. Raises Refusal `no-possession`."""
    if not isinstance(opened, str) or not hmac.compare_digest(
        opened.encode(), b64encode(_secret(hub, given, key.kid)).encode()
    ):
        raise Refusal("no-possession", "The seal key is not shown to be held: what was sealed for it is not this.")


def _nonce(hub: Hub, whose: tuple[str, str], at: int) -> str:
    time = at.to_bytes(_TIME_BYTES)
    return b64encode(time + _mac(hub, "nonce", (*whose, str(at)))[:_MAC_BYTES])


def _secret(hub: Hub, given: str, kid: str) -> bytes:
    return _mac(hub, "opened", (given, kid))


def _mac(hub: Hub, use: str, over: tuple[str, ...]) -> bytes:
    return hmac.digest(hub.pepper, "\n".join(("asylum-exchange possession", use, *over)).encode(), hashlib.sha256)
