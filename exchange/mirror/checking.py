"""Checking a folder with a published ledger, offline: every file of it, and in words where it is wrong."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import HEIGHT, WIDTH, read_tile_path
from exchange.mirror import published_keys
from exchange.mirror.folder import (
    CHECKPOINTS,
    COSIGNED,
    FORKED,
    INCOMING,
    LOCK,
    VKEY,
    Mirror,
    read_file,
    size_in,
)
from exchange.mirror.leaves import Fault, Faults, Leaves
from exchange.mirror.published_keys import KEYS, MOST
from exchange.wire import tlog
from exchange.wire.signed_note import MAX_BYTES, NoteKey


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the ledger, its size and root by its newest checkpoint, how much was read, what is wrong."""

    origin: str
    size: int
    root: bytes
    checkpoints: int
    cosigned: int
    faults: tuple[Fault, ...]
    remarks: tuple[str, ...]


def check(path: Path, key: NoteKey, witnesses: Iterable[NoteKey] = ()) -> Checked:
    """Return what is wrong with the ledger in a folder. It reads files and nothing else; it never raises Refusal."""
    return _Check(Mirror(path), key, {one.id.hex(): one for one in witnesses}).run()


@dataclass
class _Check:
    mirror: Mirror
    key: NoteKey
    witnesses: dict[str, NoteKey]
    faults: Faults = field(default_factory=Faults)
    heads: dict[int, bytes] = field(default_factory=dict)
    cosigned: int = 0
    there: int = 0
    """Tiles of leaves up to the last one that is stored."""
    beyond: list[str] = field(default_factory=list)
    """Tiles with more leaves than the newest checkpoint has."""

    def run(self) -> Checked:
        self._notes()
        size = max(self.heads, default=0)
        self._names(size)
        if self.heads:
            Leaves(self.mirror, self.heads, self.there, self.faults).check()
        elif not self.faults.told:
            self.faults.add(CHECKPOINTS, "There is no checkpoint, so nothing says what the tiles ought to be.")
        if self.faults.more:
            self.faults.remarks.append(f"{self.faults.more} more faults are not told one by one.")
        root, told = self.heads.get(size, b""), tuple(self.faults.told)
        remarks = tuple(self.faults.remarks)
        return Checked(self.key.name, size, root, len(self.heads), self.cosigned, told, remarks)

    def _notes(self) -> None:
        for size in self.mirror.sizes():
            head = self._head(f"{CHECKPOINTS}/{size}.note", size)
            if head is not None:
                self.heads[size] = head

    def _head(self, where: str, size: int, witness: NoteKey | None = None) -> bytes | None:
        """Return the root in a note; None, and a fault, when it is no checkpoint of this ledger and size."""
        try:
            return _root(read_file(self.mirror.path / where, MAX_BYTES), size, self.key, witness)
        except OSError as error:
            self.faults.add(where, f"The file cannot be read: {error.strerror}.")
        except Refusal as refusal:
            self.faults.add(where, f"The checkpoint does not verify: {refusal.detail} ({refusal.code}).")
        return None

    def _names(self, size: int) -> None:
        """Look at every file of the folder by its name: what is known is checked, what is not is said."""
        for path in sorted(_files(self.mirror.path)):
            where = path.relative_to(self.mirror.path).as_posix()
            top, _, rest = where.partition("/")
            if where in {VKEY, KEYS}:
                (self._vkey if where == VKEY else self._keys)(path)
            elif top == CHECKPOINTS and size_in(rest) is not None:
                continue
            elif top == COSIGNED:
                self._cosigned(where)
            elif top == FORKED:
                self.faults.add(where, "Evidence of a fork was kept here.")
            elif where != LOCK and top != INCOMING:
                self._tile_name(where, size)
        if self.beyond and self.heads:
            self.faults.add(
                self.beyond[0],
                f"{len(self.beyond)} tiles, from this one on, hold more than the {size} leaves of the newest checkpoint"
                " that verifies: nothing says that they are right.",
            )

    def _vkey(self, path: Path) -> None:
        if read_file(path, MAX_BYTES) != f"{self.key.vkey}\n".encode():
            self.faults.add(VKEY, "The verifier key in the folder is not the one that you gave.")

    def _keys(self, path: Path) -> None:
        """Hold the history of keys against the ledger; a fault is told with its place."""
        try:
            wrong = published_keys.faults(
                self.mirror, published_keys.read(read_file(path, MOST)), max(self.heads, default=0)
            )
        except Refusal as refusal:
            wrong = [f"It cannot be read: {refusal.detail} ({refusal.code})."]
        for what in wrong:
            self.faults.add(KEYS, what)

    def _cosigned(self, where: str) -> None:
        _, _, rest = where.partition("/")
        named, _, name = rest.partition("/")
        size, witness = size_in(name), self.witnesses.get(named)
        if size is None:
            self.faults.add(where, "This file is no part of a ledger.")
            return
        root = self._head(where, size, witness)
        if root is not None and size in self.heads and self.heads[size] != root:
            self.faults.add(where, "The cosigned checkpoint has another root than the one in checkpoints: a fork.")
        elif root is not None:
            self.heads.setdefault(size, root)
            self.cosigned += witness is not None
            if witness is None:
                self.faults.remarks.append(f"{where}: not counted as cosigned, without the --witness-vkey {named}.")

    def _tile_name(self, where: str, size: int) -> None:
        place = read_tile_path(where)
        if place is None:
            self.faults.add(where, "This file is no part of a ledger.")
            return
        level, index, width = place
        self.there = max(self.there, 0 if level else index + 1)
        if (index * WIDTH + width) << HEIGHT * level > size:
            self.beyond.append(where)


def _root(raw: bytes, size: int, key: NoteKey, witness: NoteKey | None) -> bytes:
    """Return the root in the checkpoint of a size. Raises Refusal."""
    opened = tlog.open_checkpoint(raw, key, [witness] if witness else [])
    if opened.head.size != size:
        raise Refusal("bad-checkpoint", f"the file is named {size}, and it is of {opened.head.size} leaves")
    if witness is not None and not opened.cosignatures:
        raise Refusal("unknown-note-key", "the witness whose key names the folder did not cosign it")
    return opened.head.root


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_dir())
