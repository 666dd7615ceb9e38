"""Merkle trees of RFC 6962 section 2.1 and their proofs (RFC 9162 sections 2.1.3 and 2.1.4), with SHA-256.

Whatever verifies here is total: garbage gives False or None, never an exception. `merkle_proofs` makes proofs.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

HASH_BYTES: Final = 32
EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""
MAX_SIZE: Final = 2**63 - 1
"""Most leaves of a tree: what other programs keep in a signed integer of 64 bits."""


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00, entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01, left, right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: list[bytes]) -> bytes:
    """Return the tree head over the entries; of none, SHA-256 of nothing."""
    return root_of_leaves([leaf_hash(entry) for entry in entries])


def root_of_leaves(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the tree head over the leaf hashes; of none, SHA-256 of nothing."""
    level = list(leaf_hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def paths(entries: Sequence[bytes]) -> list[list[bytes]]:
    """Return the audit path of each entry: the nodes with which its leaf hash gives the root, the lowest first."""
    levels = [[leaf_hash(entry) for entry in entries]]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    return [
        [level[place ^ 1] for height, level in enumerate(levels) if (place := number >> height) ^ 1 < len(level)]
        for number in range(len(entries))
    ]


class Frontier:
    """The least of a tree that lets it grow: the root of each full subtree, the largest and leftmost first.

    There is one for each bit that is set in the size.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Begin with nothing, or where `size` and `hashes` of another one say.

        Raises:
            ValueError: so many hashes are not the frontier of a tree of that size.
        """
        self._size, self._hashes = size, list(hashes)
        if not _are_sizes(size) or len(self._hashes) != size.bit_count() or not _are_hashes(self._hashes):
            raise ValueError("a frontier has one hash of 32 bytes for each bit that is set in its size")

    @classmethod
    def of(cls, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier of the tree over these leaf hashes."""
        made = cls()
        made.extend(leaf_hashes)
        return made

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """Return what, with the size, restores this frontier."""
        return tuple(self._hashes)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf."""
        self.extend((leaf_hash,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaves."""
        size, hashes, sha256 = self._size, self._hashes, hashlib.sha256
        for leaf in leaf_hashes:
            found, full = leaf, size
            while full & 1:
                found, full = sha256(b"\x01" + hashes.pop() + found).digest(), full >> 1
            hashes.append(found)
            size += 1
        self._size = size

    def root(self) -> bytes:
        """Return the tree head."""
        return joined(self._hashes)


def joined(subtrees: Sequence[bytes]) -> bytes:
    """Return the root over full subtrees of falling size that stand side by side; of none, SHA-256 of nothing."""
    if not subtrees:
        return EMPTY
    *left, found = subtrees
    for subtree in reversed(left):
        found = node_hash(subtree, found)
    return found


def root_from_path(entry: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path gives for an entry at `position` of `size`; None for a path that cannot be.

    RFC 9162 section 2.1.3.2.
    """
    return _climb(leaf_hash(entry), position, size, path)


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the leaf stands at `index` (from 0) of the tree of `size` leaves with that root.

    RFC 9162 section 2.1.3.2. `proof` has the lowest node first.
    """
    if not (_are_sizes(index, size) and _are_hashes(proof) and _are_hashes([leaf_hash, root])):
        return False
    return _climb(leaf_hash, index, size, proof) == root


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the tree of `new_size` begins with all leaves of that of `old_size`, in their order.

    RFC 9162 section 2.1.4.2. The empty tree is the beginning of every tree, and equal sizes have equal roots; both
    have the empty proof (C2SP tlog-witness).
    """
    if not (_are_sizes(old_size, new_size) and _are_hashes(proof) and _are_hashes([old_root, new_root])):
        return False
    if old_size in (0, new_size):
        begins = old_root == (new_root if old_size == new_size else EMPTY)
        return begins and not proof and (new_size > 0 or new_root == EMPTY)
    if old_size > new_size:
        return False
    # an old tree that is one full subtree is the first node itself
    nodes = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    return _climb_both(old_size, new_size, nodes) == (old_root, new_root)


def _climb(found: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    if not 0 <= position < size:
        return None
    node, last = position, size - 1
    for step in path:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            found = node_hash(step, found)
            node, last = _to_left_turn(node, last)
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def _climb_both(old_size: int, new_size: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of both trees that the nodes give; None for nodes that cannot be."""
    node, last = old_size - 1, new_size - 1
    while node % 2 == 1:
        node, last = node >> 1, last >> 1
    if not nodes:
        return None
    old, new = nodes[0], nodes[0]
    for step in nodes[1:]:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            node, last = _to_left_turn(node, last)
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _to_left_turn(node: int, last: int) -> tuple[int, int]:
    """Return the place above which the path has a node again: an odd last node moves up unchanged."""
    while node % 2 == 0 and node != 0:
        node, last = node >> 1, last >> 1
    return node, last


def _are_sizes(*values: object) -> bool:
    return all(type(value) is int and 0 <= value <= MAX_SIZE for value in values)


def _are_hashes(values: object) -> bool:
    if not isinstance(values, list | tuple):
        return False
    return all(isinstance(value, bytes) and len(value) == HASH_BYTES for value in values)


def _above(level: list[bytes]) -> list[bytes]:
    """Return the level of nodes above one that has two or more."""
    pairs = [node_hash(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
    # an odd last node moves up unchanged, as the RFC's split at the largest power of two gives
    return pairs + level[len(pairs) * 2 :]
