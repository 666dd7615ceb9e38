"""The Merkle tree over the leaves: its full tiles, and the checkpoints that the log signed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.domain.merkle import leaf_hash, root_of_leaves
from exchange.domain.merkle_proofs import WIDTH, Tile, hashes_of
from exchange.store.session import Tx, many, row, rows

_SIGNING: Final = 4206
"""Advisory lock: one transaction at a time signs a checkpoint."""
_CHUNK: Final = 20_000


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint that was signed: how many leaves, their root, and the note."""

    size: int
    root: bytes
    note: str


def hold(tx: Tx) -> None:
    """Let nobody else sign a checkpoint until this transaction ends."""
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (_SIGNING,))


def entries(tx: Tx, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield index and entry of the leaves from `start` on, in order."""
    while found := rows(tx, "SELECT index, entry FROM leaf WHERE index >= %s ORDER BY index LIMIT %s", (start, _CHUNK)):
        yield from found
        start = found[-1][0] + 1


def add_tiles(tx: Tx, filled: Iterable[Tile]) -> None:
    """Store tiles that are full, those that are not stored yet."""
    values = [(tile.level, tile.index, tile.data, root_of_leaves(tile.hashes)) for tile in filled]
    many(tx, "INSERT INTO tile (level, index, hashes, root) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", values)


def add_checkpoint(tx: Tx, checkpoint: StoredCheckpoint, now: datetime) -> None:
    """Store a checkpoint."""
    values = (checkpoint.size, checkpoint.root, checkpoint.note, now)
    tx.execute("INSERT INTO checkpoint (size, root, note, at) VALUES (%s, %s, %s, %s)", values)


def last_checkpoint(tx: Tx) -> StoredCheckpoint | None:
    """Return the checkpoint with most leaves, if there is one."""
    found = row(tx, "SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1", ())
    return None if found is None else StoredCheckpoint(*found)


def checkpoints(tx: Tx) -> Iterator[tuple[int, str]]:
    """Yield size and note of all checkpoints, the smallest first."""
    size = -1
    while found := rows(tx, "SELECT size, note FROM checkpoint WHERE size > %s ORDER BY size LIMIT %s", (size, _CHUNK)):
        yield from found
        size = found[-1][0]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads tiles (`merkle_proofs.Tiles`): full ones as they are stored, the others from what is below."""

    tx: Tx

    def __call__(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """Return the first `width` hashes of a tile. Raises LookupError when they are not all there."""
        found = self._full(level, index) if width == WIDTH else self._partial(level, index * WIDTH, width)
        if len(found) != width:
            raise LookupError(f"tile {level}/{index} has not {width} hashes")
        return found

    def _full(self, level: int, index: int) -> Sequence[bytes]:
        found = row(self.tx, "SELECT hashes FROM tile WHERE level = %s AND index = %s", (level, index))
        return () if found is None else hashes_of(found[0])

    def _partial(self, level: int, first: int, width: int) -> Sequence[bytes]:
        if level == 0:
            sql = "SELECT entry FROM leaf WHERE index >= %s AND index < %s ORDER BY index"
            return [leaf_hash(entry) for (entry,) in rows(self.tx, sql, (first, first + width))]
        sql = "SELECT root FROM tile WHERE level = %s AND index >= %s AND index < %s ORDER BY index"
        return [root for (root,) in rows(self.tx, sql, (level - 1, first, first + width))]
