"""Tokens at rest: they are cut out of the hub part that is stored, and kept encrypted beside it.

Whoever reads a notice for the rules gets it without them, in a tenth of the time. Linking, and an author that reads its
own notice, get the hub part as it was signed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store import cold as stored_cold
from exchange.store.accepting import Row, b64
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import cold, sdjwt
from exchange.wire.cold import Cut

PART: Final = "hub"
MEMBER: Final = "tokens"


def rows(hub: Hub, number: int, disclosures: Mapping[str, str]) -> Iterator[Row]:
    """Yield a row for each part of a notice, as they are stored."""
    for name, disclosure in disclosures.items():
        made = cold.cut(disclosure, MEMBER, hub.pepper, _about(number)) if name == PART else None
        told: Row = {"notice": number, "name": name, "disclosure": made.rest if made else disclosure}
        yield told | ({"cut_at": made.at, "cut": b64(made.sealed)} if made else {})


def as_signed(tx: Tx, hub: Hub, stored: Stored) -> Stored:
    """Return a notice with its hub part as it was signed, if it has one still.

    Raises Refusal `tokens-not-opened` when its tokens are damaged, or were encrypted under another pepper: without
    them the part is not what was signed.
    """
    found = stored_cold.cut(tx, stored.no, PART) if PART in stored.disclosures else None
    if found is None:
        return stored
    try:
        whole = cold.whole(Cut(*found), hub.pepper, _about(stored.no))
    except (InvalidTag, ValueError):  # the latter for what is too short, or damaged outside what is encrypted
        raise Refusal(
            "tokens-not-opened", "The tokens of this notice cannot be opened: tell the secretariat."
        ) from None
    return replace(stored, disclosures={**stored.disclosures, PART: whole})


def tokens(tx: Tx, hub: Hub, stored: Stored) -> dict[str, Any]:
    """Return the member `tokens` of a notice, empty when it has none or its hub part is erased.

    Raises Refusal as `as_signed`.
    """
    text = as_signed(tx, hub, stored).disclosures.get(PART)
    found: dict[str, Any] = sdjwt.disclosed(text).get(MEMBER, {}) if text else {}
    return found


def _about(number: int) -> str:
    return f"tokens of notice {number}"
