"""Merkle tree hashes of RFC 6962 section 2.1."""

import hashlib


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00, entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def root(entries: list[bytes]) -> bytes:
    """Return the tree head over the entries; of none, SHA-256 of nothing."""
    if not entries:
        return hashlib.sha256(b"").digest()
    level = [leaf_hash(entry) for entry in entries]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        # an odd last node moves up unchanged, as the RFC's split at the largest power of two gives
        level = pairs + level[len(pairs) * 2 :]
    return level[0]
