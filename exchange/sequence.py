"""The sequence of a sender: `seq` and `prev` make it visible when a notice of its own was lost or taken away.

A gap is never a reason to refuse a protective notice. It is accepted, recorded, and told to that sender alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from exchange.deps import Hub
from exchange.store import boxes, notices
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json, b64encode


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notice says that it stands: its `seq`, the hash of the one before it, and its own SHA-256."""

    seq: int
    prev: str | None
    sha256: bytes


def report(
    tails: dict[str, tuple[int, bytes]], slug: str, place: Place, used: Collection[tuple[str, int]]
) -> str | None:
    """Return what is wrong with a place, as the cause of the step `report`; move the tail of the sender on.

    `tails` maps slugs to the highest `seq` so far and the SHA-256 of its notice; `used` has the places, as (slug, seq),
    of other notices, as far as they are not beyond those. A notice that comes late, below the highest, fills a gap and
    is in order.
    """
    last, sha256 = tails.get(slug, (0, b""))
    if place.seq > last:
        tails[slug] = (place.seq, place.sha256)
    if place.seq > last + 1:
        return f"sequence_gap {last + 1}"
    if place.seq == last + 1:
        return None if place.prev == (b64encode(sha256) if last else None) else "prev_mismatch"
    return "sequence_reused" if (slug, place.seq) in used else None


def behind(tails: dict[str, tuple[int, bytes]], places: Collection[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the places that are not beyond the highest of their senders: only these can be used already."""
    return [(slug, seq) for slug, seq in places if seq <= tails.get(slug, (0, b""))[0]]


def tell(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Keep the step `report`: put a word of the hub about this notice into the inbox of its own author."""
    stored = notices.one(tx, subject)
    word, _, expected = cause.partition(" ")
    members: dict[str, Json] = {"word": word, "iss": stored.author.urn, "id": stored.id, "seq": stored.seq}
    if expected:
        members["expected"] = int(expected)
    item = {"type": "word", "jws": statements.state(statements.WORD, members, hub.keys["words"])}
    boxes.put(tx, boxes.Item(stored.author.slug, f"report:{subject}:{cause}", item), now)
