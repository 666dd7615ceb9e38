"""A folder with a published ledger, as a mirror and an export have it.

vkey                     the ledger's verifier key, for convenience: whoever checks brings the key along
tile/...                 the tiles, named as C2SP tlog-tiles says
checkpoints/<size>.note  signed checkpoints, as they were published
cosigned/<key>/<size>.note  ... with the line of a witness, by the id of its key in hex
keys.json                the open records of key events with their leaves
forked/...               two checkpoints that cannot both be of one ledger: evidence
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import WIDTH, Tile, hashes_of, tile_path
from exchange.wire import tlog
from exchange.wire.signed_note import NoteKey
from exchange.wire.tlog import SignedCheckpoint

VKEY: Final = "vkey"
CHECKPOINTS: Final = "checkpoints"
COSIGNED: Final = "cosigned"
FORKED: Final = "forked"
LOCK: Final = "lock"
INCOMING: Final = "incoming"
_NOTE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\.note")
_PARTIAL: Final = re.compile(r"[1-9][0-9]{0,2}")


def size_in(name: str) -> int | None:
    """Return the size that the name of a checkpoint's file tells, or None."""
    found = _NOTE.fullmatch(name)
    return int(found[1]) if found else None


def read_file(path: Path, most: int) -> bytes:
    """Return a file, or its first `most` + 1 bytes: what is longer is wrong, and need not be read."""
    with path.open("rb") as file:
        return file.read(most + 1)


@dataclass(frozen=True)
class Mirror:
    """The folder. It is written so that a crash leaves the old state or the new one."""

    path: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time change the folder; others wait."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def sizes(self) -> list[int]:
        """Return the sizes of the checkpoints by their names, the smallest first."""
        folder = self.path / CHECKPOINTS
        paths = folder.iterdir() if folder.is_dir() else ()
        return sorted(size for path in paths if (size := size_in(path.name)) is not None)

    def newest(self, key: NoteKey) -> SignedCheckpoint | None:
        """Return the largest checkpoint. Raises Refusal as `tlog.open_checkpoint`, `bad-checkpoint`."""
        sizes = self.sizes()
        if not sizes:
            return None
        opened = tlog.open_checkpoint((self.path / CHECKPOINTS / f"{sizes[-1]}.note").read_bytes(), key)
        if opened.head.size != sizes[-1]:
            raise Refusal("bad-checkpoint", f"checkpoints/{sizes[-1]}.note is of {opened.head.size} leaves.")
        return opened

    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """Return the first `width` hashes of a tile, perhaps from a wider one (`merkle_proofs.Tiles`).

        Raises LookupError when there is none so wide, ValueError when its length is no number of hashes.
        """
        for wide in (width, WIDTH, *self._wider(level, index, width)):
            path = self.path / tile_path(level, index, wide)
            if path.is_file():
                return hashes_of(path.read_bytes())[:width]
        raise LookupError(f"{tile_path(level, index, width)} is not there")

    def _wider(self, level: int, index: int, width: int) -> list[int]:
        return [wide for wide in self.partials(level, index) if wide > width]

    def partials(self, level: int, index: int) -> list[int]:
        """Return the widths of the stored partial tiles of a place, the narrowest first."""
        folder = self.path / f"{tile_path(level, index)}.p"
        paths = folder.iterdir() if folder.is_dir() else ()
        return sorted(int(path.name) for path in paths if _PARTIAL.fullmatch(path.name))

    def put(self, name: str, data: bytes) -> None:
        """Write a file of the folder, whole or not at all."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        _write(fresh, data)
        fresh.replace(path)
        _settle(path.parent)

    def put_checkpoint(self, checkpoint: SignedCheckpoint) -> None:
        """Keep a checkpoint under its size."""
        self.put(f"{CHECKPOINTS}/{checkpoint.head.size}.note", checkpoint.note.raw.encode())

    def put_forked(self, *checkpoints: SignedCheckpoint) -> None:
        """Keep checkpoints that cannot both be of one ledger."""
        for one in checkpoints:
            self.put(f"{FORKED}/{one.head.size}-{one.head.root[:8].hex()}.note", one.note.raw.encode())

    @contextmanager
    def staged(self) -> Iterator["Stage"]:
        """Give a place for tiles that nobody has verified yet; what was not moved in is dropped."""
        shutil.rmtree(self.path / INCOMING, ignore_errors=True)
        try:
            yield Stage(self, self.path / INCOMING)
        finally:
            shutil.rmtree(self.path / INCOMING, ignore_errors=True)

    def drop_narrower(self, level: int, index: int, width: int) -> None:
        """Drop the partial tiles of a place that a wider one has taken the place of."""
        for narrow in self.partials(level, index):
            if narrow < width:
                (self.path / tile_path(level, index, narrow)).unlink(missing_ok=True)


@dataclass(frozen=True)
class Stage:
    """Tiles beside the mirror, until they are verified."""

    mirror: Mirror
    path: Path

    def put(self, tile: Tile) -> None:
        """Keep a tile."""
        path = self.path / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, tile.data)

    def move_in(self) -> None:
        """Make the tiles part of the mirror."""
        for path in sorted(one for one in self.path.rglob("*") if one.is_file()):
            at = self.mirror.path / path.relative_to(self.path)
            at.parent.mkdir(parents=True, exist_ok=True)
            path.replace(at)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
