"""Mirroring the open addresses of an exchange: the checkpoint and the tiles, verified before they are kept.

Nothing but the ledger's key is believed. `update` checks, in this order: 1. the ledger signed the checkpoint; 2. the
tiles kept here give the root of the newest checkpoint kept; 3. these leaves and those that the exchange shows give the
root of the new one, so that it continues what was kept; 4. the tiles above are made of these leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx

from exchange.domain import merkle
from exchange.domain.errors import Refusal
from exchange.domain.merkle import HASH_BYTES
from exchange.domain.merkle_proofs import (
    HEIGHT,
    LEVELS,
    WIDTH,
    Edge,
    Tile,
    consistency_proof,
    hashes_of,
    root_at,
    tile_path,
    tiles_of,
)
from exchange.mirror.folder import VKEY, Mirror, Stage
from exchange.mirror.published_keys import MOST
from exchange.wire import tlog
from exchange.wire.signed_note import MAX_BYTES, NoteKey
from exchange.wire.tlog import SignedCheckpoint

_PATIENCE: Final = 30.0  # seconds
_GOOD: Final = 200


class Served:
    """The open addresses of an exchange. Close it."""

    def __init__(self, url: str) -> None:
        """`url` is the origin of the exchange."""
        self._url = url.rstrip("/")
        self._http = httpx.Client(timeout=httpx.Timeout(_PATIENCE), trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def checkpoint(self) -> bytes:
        """Return what is shown as the last checkpoint. Raises Refusal `no-answer`."""
        return self._get("ledger/checkpoint", MAX_BYTES)

    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """Return the hashes of a tile (`merkle_proofs.Tiles`). Raises Refusal `no-answer`, `wrong-tiles`."""
        path = tile_path(level, index, width)
        data = self._get(f"ledger/{path}", width * HASH_BYTES)
        if len(data) != width * HASH_BYTES:
            raise Refusal("wrong-tiles", f"The exchange shows {path} with {len(data)} bytes.")
        return hashes_of(data)

    def keys(self) -> bytes:
        """Return the open records of key events, as JSON. Raises Refusal `no-answer`."""
        return self._get("ledger/keys", MOST)

    def _get(self, path: str, most: int) -> bytes:
        try:
            with self._http.stream("GET", f"{self._url}/{path}") as answer:
                data = b""
                for piece in answer.iter_bytes():
                    data += piece
                    if len(data) > most:
                        raise Refusal("no-answer", f"The exchange answers {path} with more than {most} bytes.")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Refusal("no-answer", f"The exchange gave no answer to {path}: {type(error).__name__}.") from None
        if answer.status_code != _GOOD:
            raise Refusal("no-answer", f"The exchange answers {path} with {answer.status_code}.")
        return data


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a mirror has become: how many leaves it had, and the newest checkpoint."""

    before: int
    newest: SignedCheckpoint


def update(mirror: Mirror, served: Served, key: NoteKey) -> Mirrored:
    """Bring a mirror to what the exchange shows now.

    Raises:
        Refusal: `no-answer`; those of `tlog.open_checkpoint`; `ledger-forked`, with both checkpoints kept;
            `older-checkpoint`; `wrong-tiles` when tiles, there or here, do not give the root that was signed.
    """
    with mirror.alone():
        kept = mirror.newest(key)
        fresh = tlog.open_checkpoint(served.checkpoint(), key)
        if kept is not None and fresh.head.size <= kept.head.size:
            _look_back(mirror, kept, fresh)
            return Mirrored(kept.head.size, kept)
        with mirror.staged() as stage:
            _Growth(mirror, served, stage, kept, fresh).run()
        mirror.put(VKEY, f"{key.vkey}\n".encode())
        mirror.put_checkpoint(fresh)
        before = 0 if kept is None else kept.head.size
        _drop_older_edge(mirror, fresh.head.size, before)
    return Mirrored(before, fresh)


@dataclass(frozen=True)
class _Growth:
    mirror: Mirror
    served: Served
    stage: Stage
    kept: SignedCheckpoint | None
    fresh: SignedCheckpoint

    def run(self) -> None:
        """Stage the tiles that the newer checkpoint has more, and move them in once they are right."""
        edge, above = self._old_edge(), list[Tile]()
        for level, index, width in tiles_of(self.fresh.head.size, edge.size):
            if level:
                break
            for tile in self._extend(edge, index, width):
                self.stage.put(tile)
                above += [tile] if tile.level else []
        for tile in edge.partial():
            self.stage.put(tile)
            above += [tile] if tile.level else []
        if edge.root() != self.fresh.head.root:
            raise self._blame()
        for tile in above:
            if tuple(self.served.tile(tile.level, tile.index, len(tile.hashes))) != tile.hashes:
                raise Refusal("wrong-tiles", f"The exchange shows a {tile.path} that is not made of its leaves.")
        self.stage.move_in()

    def _old_edge(self) -> Edge:
        if self.kept is None:
            return Edge()
        try:
            edge = Edge.at(self.kept.head.size, self.mirror.tile)
        except (LookupError, ValueError) as error:
            raise _damaged(str(error)) from None
        if edge.root() != self.kept.head.root:
            raise _damaged("they do not give the root of the newest checkpoint")
        return edge

    def _extend(self, edge: Edge, index: int, width: int) -> list[Tile]:
        known = edge.size - index * WIDTH
        hashes = self.served.tile(0, index, width)
        if known and tuple(hashes[:known]) != tuple(edge.partial()[0].hashes):
            raise self._blame()
        return edge.extend(hashes[known:])

    def _blame(self) -> Refusal:
        """Return what is wrong when the leaves shown do not give the root: a fork, or tiles that are of no tree.

        It is a fork when the new root is shown to begin with another tree of the old size, and only then: whoever
        damages a tile must not make the ledger look as if it had signed two histories.
        """
        if self.kept is not None:
            old, new = self.kept.head, self.fresh.head
            began = root_at(old.size, self._shown)
            nodes = consistency_proof(old.size, new.size, self._shown)
            is_shown = merkle.verify_consistency(old.size, began, new.size, new.root, nodes)
            if is_shown and began != old.root:
                return _forked(self.mirror, self.kept, self.fresh)
        return Refusal("wrong-tiles", "The tiles that the exchange shows do not give the root that it signed.")

    def _shown(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """Return hashes of a tile as wide as it is under the new checkpoint: older, narrower ones may be gone."""
        wide = min(WIDTH, (self.fresh.head.size >> HEIGHT * level) - index * WIDTH)
        return self.served.tile(level, index, wide)[:width]


def _look_back(mirror: Mirror, kept: SignedCheckpoint, fresh: SignedCheckpoint) -> None:
    """Return if the checkpoint is the newest that is kept. Raises Refusal for an older one, and for a fork."""
    old, new = fresh.head, kept.head
    try:
        root = root_at(old.size, mirror.tile)
        nodes = consistency_proof(old.size, new.size, mirror.tile)
    except (LookupError, ValueError) as error:
        raise _damaged(str(error)) from None
    if not merkle.verify_consistency(old.size, root, new.size, new.root, nodes):
        raise _damaged("they do not give the root of the newest checkpoint")
    if root != old.root:  # what was signed at the newer size begins with another tree
        raise _forked(mirror, kept, fresh)
    if old.size < new.size:
        raise Refusal(
            "older-checkpoint",
            f"The exchange shows its checkpoint of {old.size} leaves again; {new.size} are mirrored here already.",
        )


def _forked(mirror: Mirror, *both: SignedCheckpoint) -> Refusal:
    mirror.put_forked(*both)
    sizes = " and ".join(str(one.head.size) for one in both)
    return Refusal(
        "ledger-forked",
        f"The ledger signed two histories: the checkpoints of {sizes} leaves cannot both be of one ledger. Both are"
        " kept in the folder `forked`: tell others.",
    )


def _damaged(how: str) -> Refusal:
    return Refusal("wrong-tiles", f"The tiles kept here are damaged: {how}. `ledger verify` says where.")


def _drop_older_edge(mirror: Mirror, size: int, since: int) -> None:
    """Drop the partial tiles of the tree of `since` leaves that wider ones have taken the place of."""
    for level in range(LEVELS):
        index = since >> HEIGHT * (level + 1)
        mirror.drop_narrower(level, index, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))
