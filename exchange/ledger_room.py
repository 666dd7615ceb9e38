"""The ledger as it is read: the last checkpoint, proofs under it, and the tiles from which anybody makes their own.

A checkpoint is shown with the lines of the witnesses that cosigned that very one.
"""

from datetime import datetime

from exchange import access
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain import merkle_proofs
from exchange.domain.errors import Refusal
from exchange.store import cosignatures, tree
from exchange.store.session import Tx
from exchange.store.tree import StoredCheckpoint
from exchange.wire import tlog


def published_checkpoint(hub: Hub) -> str:
    """Return the last checkpoint. Raises Refusal `not-published` when there is none yet."""
    with hub.database.reading() as tx:
        return _last(tx).note


def published_tile(hub: Hub, path: str) -> bytes:
    """Return the bytes of a tile by its path (C2SP tlog-tiles). Raises Refusal `not-found`, `not-published`."""
    place = merkle_proofs.read_tile_path(path)
    if place is None:
        raise Refusal("not-found", "There is no such tile.")
    level, index, width = place
    with hub.database.transaction() as tx:
        if (index * merkle_proofs.WIDTH + width) * merkle_proofs.WIDTH**level > _last(tx).size:
            raise Refusal("not-published", "The ledger has not grown to that tile yet.")
        return b"".join(tree.Reader(tx)(level, index, width))


def checkpoint(caller: Caller, hub: Hub, now: datetime) -> str:
    """Return the last checkpoint to an authority. Raises Refusal `not-published`."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "checkpoint", "", now)
        return _last(tx).note


def proof(caller: Caller, index: int, cosigned: int, hub: Hub, now: datetime) -> str:
    """Return the proof that the leaf at `index` is in the ledger (C2SP tlog-proof), under the last checkpoint.

    With `cosigned`, under the newest one that at least so many different witnesses have cosigned. Raises Refusal
    `not-published` for a leaf that no such checkpoint covers yet.
    """
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "proof", str(index), now)
        under = cosignatures.cosigned_checkpoint(tx, index, cosigned) if cosigned else _last(tx)
        if under is None:
            raise Refusal("not-published", f"No checkpoint that covers that leaf is cosigned by {cosigned} yet.")
        if index >= under.size:
            raise Refusal("not-published", "No checkpoint covers that leaf yet; there is one a second.")
        path = merkle_proofs.inclusion_proof(index, under.size, tree.Reader(tx))
    return tlog.write_proof(index, path, under.note)


def consistency(caller: Caller, sizes: tuple[int, int], hub: Hub, now: datetime) -> str:
    """Return the proof that the ledger of one size is the beginning of that of another (RFC 9162 section 2.1.4).

    `sizes` are those of two checkpoints. Raises Refusal `bad-parameter`, `not-published`.
    """
    old, new = sizes
    if not 0 < old <= new:
        raise Refusal("bad-parameter", "from and to are the sizes of two checkpoints, the smaller first.")
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "consistency", f"{old} {new}", now)
        if new > _last(tx).size:
            raise Refusal("not-published", "No checkpoint is that large yet.")
        nodes = merkle_proofs.consistency_proof(old, new, tree.Reader(tx))
    return tlog.write_hashes(nodes)


def _last(tx: Tx) -> StoredCheckpoint:
    last = cosignatures.last_checkpoint(tx)
    if last is None:
        raise Refusal("not-published", "No checkpoint is signed yet; there is one a second.")
    return last
