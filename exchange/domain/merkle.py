"""Merkle tree hashes of RFC 6962 section 2.1, and audit paths (RFC 9162 section 2.1.3)."""

import hashlib
from collections.abc import Sequence


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00, entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def root(entries: list[bytes]) -> bytes:
    """Return the tree head over the entries; of none, SHA-256 of nothing."""
    if not entries:
        return hashlib.sha256(b"").digest()
    return _levels(entries)[-1][0]


def paths(entries: Sequence[bytes]) -> list[list[bytes]]:
    """Return the audit path of each entry: the nodes with which its leaf hash gives the root, the lowest first."""
    levels = _levels(entries)[:-1] if entries else []
    return [
        [level[place ^ 1] for height, level in enumerate(levels) if (place := number >> height) ^ 1 < len(level)]
        for number in range(len(entries))
    ]


def root_from_path(entry: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path gives for an entry at `position` of `size`; None for a path that cannot be.

    RFC 9162 section 2.1.3.2.
    """
    if not 0 <= position < size:
        return None
    node, last, found = position, size - 1, leaf_hash(entry)
    for step in path:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            found = _node(step, found)
            while node % 2 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            found = _node(found, step)
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _levels(entries: Sequence[bytes]) -> list[list[bytes]]:
    """Return the nodes of the tree, level by level, from the leaves to the root."""
    levels = [[leaf_hash(entry) for entry in entries]]
    while len(levels[-1]) > 1:
        level = levels[-1]
        pairs = [_node(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
        # an odd last node moves up unchanged, as the RFC's split at the largest power of two gives
        levels.append(pairs + level[len(pairs) * 2 :])
    return levels
