"""Proofs, and the tiles from which they are made (C2SP tlog-tiles, RFC 6962 section 2.1).

A tile holds up to 256 neighbouring hashes of one level: at level 0 leaf hashes, at level l roots of 256**l leaves.
Only a full tile counts in the level above, so a tree of n leaves has at most one partial tile at each level, with
n // 256**l % 256 hashes. A proof needs the hashes of few tiles, whatever the size of the tree.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from exchange.domain.merkle import HASH_BYTES, MAX_SIZE, joined, root_of_leaves

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
LEVELS: Final = 8
"""Levels of tiles of the largest tree: 256**8 leaves are more than MAX_SIZE."""
_PATH: Final = re.compile(r"tile/([0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Tiles(Protocol):
    """What reads tiles."""

    def __call__(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """Return the first `width` hashes of a tile (256 of a full one). What is not there raises, as it likes."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile with its place. The first hash is that of the leaves from index * 256**(level + 1) on."""

    level: int
    index: int
    hashes: tuple[bytes, ...]

    @property
    def path(self) -> str:
        """Return where C2SP tlog-tiles publishes it."""
        return tile_path(self.level, self.index, len(self.hashes))

    @property
    def data(self) -> bytes:
        """Return its bytes as published: 32 for each hash."""
        return b"".join(self.hashes)


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile without a prefix, like `tile/1/x001/x234/067.p/8`."""
    digits = f"{index:0{-(-len(str(index)) // 3) * 3}d}"
    *above, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    return f"tile/{level}/{''.join(f'x{group}/' for group in above)}{last}{'' if width == WIDTH else f'.p/{width}'}"


def read_tile_path(path: str) -> tuple[int, int, int] | None:
    """Return level, index and width of the tile at a path; None for what is no tile's path. Each has one path."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level, index = int(found[1]), found[2].replace("x", "").replace("/", "")
    if len(index) > len(str(MAX_SIZE)):
        return None
    place = level, int(index), int(found[3] or WIDTH)
    return place if place[2] <= WIDTH and tile_path(*place) == path else None


def hashes_of(data: bytes) -> tuple[bytes, ...]:
    """Return the hashes of a tile from its bytes. Raises ValueError when they are not of full hashes."""
    if len(data) % HASH_BYTES:
        raise ValueError("a tile has 32 bytes for each hash")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


def tiles_of(size: int, since: int = 0) -> Iterator[tuple[int, int, int]]:
    """Give level, index and width of the tiles of a tree of `size` that one of `since` leaves has not, or not so wide.

    The lowest level comes first, and in each the partial tile last.
    """
    level, many, before = 0, size, since
    while many:
        for index in range(before // WIDTH, -(-many // WIDTH)):
            width = min(WIDTH, many - index * WIDTH)
            if index * WIDTH + width > before:
                yield level, index, width
        level, many, before = level + 1, many // WIDTH, before // WIDTH


class Edge:
    """The right edge of a growing tree: at each level the hashes of the tile that is not full yet.

    Who writes a log keeps it: as leaves come, it gives the tiles to store, and the root at any moment.
    """

    def __init__(self) -> None:
        """Begin with no leaves."""
        self._size = 0
        self._levels: list[list[bytes]] = []

    @classmethod
    def at(cls, size: int, read: Tiles) -> "Edge":
        """Return the edge of the stored tree of `size` leaves; it reads one tile a level.

        Raises:
            ValueError: a tile has another width than was asked for.
        """
        made = cls()
        made._size, many, level = size, size, 0
        while many:
            whole, width = divmod(many, WIDTH)
            made._levels.append(list(_tile(read, level, whole, width)) if width else [])
            many, level = whole, level + 1
        return made

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._size

    def extend(self, leaf_hashes: Iterable[bytes]) -> list[Tile]:
        """Add leaves; returns the tiles that are full now, each after those below it."""
        filled: list[Tile] = []
        for leaf in leaf_hashes:
            self._size += 1
            self._add(0, leaf, filled)
        return filled

    def partial(self) -> list[Tile]:
        """Return the tiles that are not full, the lowest first. None is empty."""
        return [
            Tile(level, self._size >> HEIGHT * (level + 1), tuple(hashes))
            for level, hashes in enumerate(self._levels)
            if hashes
        ]

    def root(self) -> bytes:
        """Return the tree head."""
        return joined([top for hashes in reversed(self._levels) for top in _full_subtrees(hashes)])

    def _add(self, level: int, found: bytes, filled: list[Tile]) -> None:
        if level == len(self._levels):
            self._levels.append([])
        hashes = self._levels[level]
        hashes.append(found)
        if len(hashes) == WIDTH:
            filled.append(Tile(level, (self._size >> HEIGHT * (level + 1)) - 1, tuple(hashes)))
            above = root_of_leaves(hashes)
            hashes.clear()
            self._add(level + 1, above, filled)


def root_at(size: int, read: Tiles) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _Tree(size, read).over(0)


def inclusion_proof(index: int, size: int, read: Tiles) -> list[bytes]:
    """Return the audit path of the leaf at `index` in the tree of `size` leaves, the lowest node first.

    RFC 9162 section 2.1.3.1.

    Raises:
        ValueError: there is no such leaf, or a tile has another width than was asked for.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ValueError("a proof is about a leaf of the tree: 0 <= index < size")
    return _Tree(size, read).path(0, index)


def consistency_proof(old: int, new: int, read: Tiles) -> list[bytes]:
    """Return the proof that the tree of `new` leaves begins with that of `old` leaves. RFC 9162 section 2.1.4.1.

    Raises:
        ValueError: the old tree is the larger one, or a tile has another width than was asked for.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ValueError("a tree can only have grown: 0 <= old <= new")
    if old in (0, new):
        return []
    tree, height = _Tree(new, read), (~(old - 1) & old).bit_length() - 1
    place = (old - 1) >> height
    # an old tree that is one full subtree is known to the verifier
    return ([] if place == 0 else [tree.node(height, place)]) + tree.path(height, place)


class _Tree:
    """A tree of a given size behind its tiles, each read once."""

    def __init__(self, size: int, read: Tiles) -> None:
        self._size, self._read = size, read
        self._known: dict[tuple[int, int], Sequence[bytes]] = {}

    def path(self, height: int, place: int) -> list[bytes]:
        """Return the nodes beside the way from a full subtree of 2**height leaves up to the root."""
        found = []
        while last := (self._size - 1) >> height:
            if (beside := place ^ 1) < last:
                found.append(self.node(height, beside))
            elif beside == last:
                found.append(self.over(beside << height))
            height, place = height + 1, place >> 1
        return found

    def over(self, first: int) -> bytes:
        """Return the root over the leaves from `first` to the end; `first` is where a node begins."""
        subtrees, start = [], first
        while start < self._size:
            height = (self._size - start).bit_length() - 1
            subtrees.append(self.node(height, start >> height))
            start += 1 << height
        return joined(subtrees)

    def node(self, height: int, place: int) -> bytes:
        """Return the root of the full subtree over 2**height leaves, `place` counting such subtrees from 0."""
        level, within = divmod(height, HEIGHT)
        index, start = divmod(place << within, WIDTH)
        return root_of_leaves(self._tile(level, index)[start : start + (1 << within)])

    def _tile(self, level: int, index: int) -> Sequence[bytes]:
        if (level, index) not in self._known:
            width = min(WIDTH, (self._size >> HEIGHT * level) - index * WIDTH)
            self._known[level, index] = _tile(self._read, level, index, width)
        return self._known[level, index]


def _tile(read: Tiles, level: int, index: int, width: int) -> Sequence[bytes]:
    hashes = read(level, index, width)
    if len(hashes) != width:
        raise ValueError(f"tile {level}/{index} has {len(hashes)} hashes, not {width}")
    return hashes


def _full_subtrees(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the roots of the full subtrees into which the hashes of a tile fall, the largest first."""
    found, start = [], 0
    while start < len(hashes):
        many = 1 << ((len(hashes) - start).bit_length() - 1)
        found.append(root_of_leaves(hashes[start : start + many]))
        start += many
    return found
