"""The leaves of a ledger in a folder, gone over once, and what their differences from what was signed mean.

The leaf hashes give the root at the size of each checkpoint, and each tile above as it must be. The leaves up to the
largest checkpoint whose root they give are right, and what differs from them there is wrong. After it, what differs
above says which tile of leaves is wrong, and the checkpoints say between which sizes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from exchange.domain.merkle import HASH_BYTES, Frontier
from exchange.domain.merkle_proofs import HEIGHT, WIDTH, Edge, Tile, hashes_of, tile_path
from exchange.mirror.folder import CHECKPOINTS, Mirror, read_file

_UNKNOWN: Final = bytes(HASH_BYTES)
"""What stands for a leaf hash that is missing, so that the others can be checked."""
_MOST: Final = 1000
"""Faults that are told one by one."""
_SPANS: Final = 5
"""Ranges of leaves that are told of one tile."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong: in which file of the folder, and what."""

    where: str
    what: str


@dataclass
class Faults:
    """What was found so far: `more` faults are not told one by one; remarks are no faults."""

    told: list[Fault] = field(default_factory=list)
    more: int = 0
    remarks: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Add a fault, once."""
        fault = Fault(where, what)
        if len(self.told) >= _MOST:
            self.more += 1
        elif fault not in self.told:
            self.told.append(fault)


@dataclass
class Leaves:
    """One pass over the leaves under the largest of some checkpoints: `heads` has size and root of each."""

    mirror: Mirror
    heads: Mapping[int, bytes]
    there: int
    """Tiles of leaves up to the last one that is stored: what is signed beyond is missing, however much it is."""
    faults: Faults
    broken: list[int] = field(default_factory=list)
    """Tiles of level 0 that are not there, or of a wrong length."""
    differing: list[tuple[str, int, int, list[int]]] = field(default_factory=list)
    """Path, level and index of tiles that differ from what the leaves give, and at which hashes."""
    good: int = 0
    wrong: list[int] = field(default_factory=list)
    """Sizes of checkpoints whose root the leaves do not give."""

    def check(self) -> None:
        """Go over the leaves, and say what is wrong."""
        self._leaves(max(self.heads))
        self._judge()

    def _leaves(self, size: int) -> None:
        """Go over the leaf hashes once, and compare what they give with every tile and every checkpoint."""
        edge, frontier, heads = Edge(), Frontier(), sorted(self.heads)
        at, tiles = 0, -(-size // WIDTH)
        for index in range(min(tiles, self.there)):
            hashes = self._tile_of_leaves(index, min(WIDTH, size - index * WIDTH))
            while at < len(heads) and heads[at] <= index * WIDTH + len(hashes):
                frontier.extend(hashes[frontier.size - index * WIDTH : heads[at] - index * WIDTH])
                self._checkpoint(heads[at], frontier)
                at += 1
            frontier.extend(hashes[frontier.size - index * WIDTH :])
            for tile in edge.extend(hashes):
                self._compare(tile)
        if self.there < tiles:
            first = self.there * WIDTH
            self.broken.append(self.there)
            where = tile_path(0, self.there, min(WIDTH, size - first))
            self.faults.add(where, f"This tile and all after it are missing: the leaves {first} to {size - 1}.")
            return
        for tile in edge.partial():
            self._compare(tile)
        if size == 0:
            self._checkpoint(0, frontier)

    def _tile_of_leaves(self, index: int, width: int) -> Sequence[bytes]:
        """Return the hashes of a tile of leaves, from the widest that is there; unknown ones when it is broken."""
        found = self._stored(0, index, width)
        if found is None or len(found) < width:
            self.broken.append(index)
            where, (first, last) = tile_path(0, index, width), _range(0, index, width)
            if found is None:
                self.faults.add(where, f"The tile is missing: the leaves {first} to {last}.")
            return [_UNKNOWN] * width
        return found[:width]

    def _stored(self, level: int, index: int, width: int) -> Sequence[bytes] | None:
        for wide in dict.fromkeys((width, WIDTH, *reversed(self.mirror.partials(level, index)))):
            where = tile_path(level, index, wide)
            if wide >= width and (self.mirror.path / where).exists():
                return self._read(where, wide) or ()
        return None

    def _read(self, where: str, width: int) -> Sequence[bytes] | None:
        """Return the hashes of a tile; None, and a fault, when it cannot be read or has another length."""
        try:
            data = read_file(self.mirror.path / where, width * HASH_BYTES)
        except OSError as error:
            self.faults.add(where, f"The tile cannot be read: {error.strerror}.")
            return None
        if len(data) != width * HASH_BYTES:
            size = (self.mirror.path / where).stat().st_size
            self.faults.add(where, f"The tile has {size} bytes and not {width * HASH_BYTES}.")
            return None
        return hashes_of(data)

    def _compare(self, derived: Tile) -> None:
        """Compare all stored tiles of a place with what the leaves give."""
        level, index, width = derived.level, derived.index, len(derived.hashes)
        widths = [*self.mirror.partials(level, index)]
        if level:  # a full tile of leaves is what the leaves were read from
            widths += [WIDTH] if (self.mirror.path / tile_path(level, index)).exists() else []
            if not any(wide >= width for wide in widths):
                first, last = _range(level, index, width)
                self.faults.add(derived.path, f"The tile is missing: the nodes over the leaves {first} to {last}.")
        for wide in widths:
            stored = self._read(tile_path(level, index, wide), wide) or ()
            pairs = enumerate(zip(stored, derived.hashes, strict=False))
            if wrong := [at for at, (found, right) in pairs if found != right]:
                self.differing.append((tile_path(level, index, wide), level, index, wrong))

    def _checkpoint(self, size: int, frontier: Frontier) -> None:
        if self.broken and self.broken[0] * WIDTH < size:
            return  # what is missing is told; nothing after it can be
        if frontier.root() == self.heads[size]:
            self.good = size
        else:
            self.wrong.append(size)

    def _judge(self) -> None:
        """Say what is wrong. The leaves up to the largest checkpoint whose root they give are right."""
        for wrong in (size for size in self.wrong if size < self.good):
            self.faults.add(
                f"{CHECKPOINTS}/{wrong}.note",
                f"The ledger signed this checkpoint, and the first {wrong} leaves do not give its root: it is of"
                f" another history. Keep it: with that of {self.good} leaves it proves a fork.",
            )
        bad = {*self.broken, *self._wrong_leaves()}
        for where, level, index, places in self.differing:
            sure = [at for at in places if self._is_over_good(level, index * WIDTH + at)]
            blamed = {tile >> HEIGHT * (level - 1) for tile in bad} if level > 1 else set()
            rest = [at for at in places if at not in sure and level > 1]
            if found := sure + [at for at in rest if index * WIDTH + at not in blamed]:
                self._wrong_above(where, level, index, found)
        self._wrong_checkpoints()

    def _is_over_good(self, level: int, place: int) -> bool:
        return (place + 1) << HEIGHT * level <= self.good

    def _wrong_leaves(self) -> Iterator[int]:
        """Tell, and yield, the tiles of leaves that are not those from which the tiles above were made."""
        for where, level, index, places in self.differing:
            for tile in (index * WIDTH + at for at in places if level == 1):
                if not self._is_over_good(1, tile) and tile not in self.broken:
                    first, last = _range(0, tile, WIDTH)
                    self.faults.add(
                        tile_path(0, tile),
                        f"The leaves {first} to {last} are not those that were signed: {where} was made of others.",
                    )
                    yield tile

    def _wrong_checkpoints(self) -> None:
        if self.broken:
            self.faults.remarks.append(f"Checkpoints beyond {self.broken[0] * WIDTH} leaves cannot be checked.")
        later = [size for size in self.wrong if size > self.good]
        if later:
            tiles = dict.fromkeys(map(self._tile_with, (self.good, later[0] - 1)))
            self.faults.add(
                f"{CHECKPOINTS}/{later[0]}.note",
                f"The leaves do not give the root of this checkpoint. They are right up to {self.good}, so the first"
                f" that differs is one of the leaves {self.good} to {later[0] - 1}, in {' to '.join(tiles)}:"
                " leaves were changed, or the checkpoint is of another history (a fork).",
            )

    def _tile_with(self, leaf: int) -> str:
        index = leaf // WIDTH
        return tile_path(0, index, min(WIDTH, max(self.heads) - index * WIDTH))

    def _wrong_above(self, where: str, level: int, index: int, places: list[int]) -> None:
        spans = [_range(level - 1, index * WIDTH + at, WIDTH) if level else (index * WIDTH + at,) * 2 for at in places]
        told = ", ".join(f"{a} to {b}" for a, b in spans[:_SPANS]) + (" and more" if len(spans) > _SPANS else "")
        self.faults.add(
            where,
            f"The tile is not what its leaves give: its nodes over the leaves {told} are wrong.",
        )


def _range(level: int, index: int, width: int) -> tuple[int, int]:
    """Return the first and the last leaf under a tile."""
    first = index << HEIGHT * (level + 1)
    return first, first + (width << HEIGHT * level) - 1
