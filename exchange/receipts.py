"""The receipt of a message that was taken, which is no notice: of an acknowledgement, of what is said about keys."""

from datetime import datetime

from exchange.deps import Hub
from exchange.store.ledger import Leaf
from exchange.wire import statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64encode


def write(hub: Hub, claims: Claims, sha256: str, leaf: Leaf, now: datetime) -> str:
    """Return the receipt, a JWS; `sha256` is that of the message's signing input, in base64url."""
    members: dict[str, Json] = {
        "iss": claims.iss,
        "id": claims.id,
        "sha256": sha256,
        "state": "accepted",
        "received": int(now.timestamp()),
        "leaf": {"index": leaf.index, "hash": b64encode(leaf.hash), "salt": b64encode(leaf.salt)},
    }
    return statements.state(statements.RECEIPT, members, hub.keys["receipt"])
