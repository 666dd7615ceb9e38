"""The service's own log: one line for each batch that was evaluated, each with the hash of the one before.

A line says which authority, when, how many elements, under which keyset, and the digest of what was sent; the elements
are blinded and are not kept. The line is on the disk before the batch is evaluated, so nothing is evaluated unlogged.

A file that has grown large is put aside under the number of its last line, and the next begins with a line that links
to it: `lines` and hash of what came before. So files that are old enough can be taken away, and the chain still holds.
"""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from exchange.domain.errors import Refusal
from exchange.token_service import files
from exchange.wire.encoding import Json, b64encode, read_json, write_json

FILE: Final = "evaluations.jsonl"
LARGEST: Final = 16 * 1024 * 1024
"""Bytes after which a file is put aside: some 80,000 batches."""
FIRST: Final = b64encode(bytes(32))
"""What the first line of all names as the one before."""
_LOCK: Final = "serving.lock"
_BATCH: Final = {"at": int, "of": str, "n": int, "keyset": str, "sha256": str, "prev": str}
_LINK: Final = {"lines": int, "prev": str}


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: when in Unix seconds, of which authority, how many elements, the keyset, SHA-256 of what was sent."""

    at: int
    of: str
    n: int
    keyset: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the chain: the number of a line, from 1 over all files, and its hash."""

    number: int = 0
    hash: str = FIRST


def read(folder: Path, since: int = 0) -> Iterator[tuple[Batch, Place]]:
    """Give each batch with its place, the oldest first; a last line that was cut by a crash is left out.

    Files of nothing later than `since` (Unix seconds) are left out. Where files were taken away, the link at the head
    of the first one that is there is taken at its word. Raises Refusal `bad-token-service` at the first line that does
    not continue the one before.
    """
    for batch, place in _chain(_reaching(_paths(folder), since)):
        if batch is not None:
            yield batch, place


def _paths(folder: Path) -> list[Path]:
    """Return the files of the log, the oldest first."""
    return sorted(folder.glob("evaluations-*.jsonl")) + [one for one in (folder / FILE,) if one.exists()]


def _reaching(paths: list[Path], since: int) -> list[Path]:
    """Return the last of these files, as many as it takes to have every batch later than a time."""
    for place in reversed(range(len(paths))):
        first = next((batch for batch, _ in _chain(paths[place : place + 1]) if batch is not None), None)
        if first is not None and first.at <= since:
            return paths[place:]
    return paths


def _chain(paths: list[Path]) -> Iterator[tuple[Batch | None, Place]]:
    """Give every line of these files with its place; a link is no batch."""
    last = Place()
    for path in paths:
        with path.open("rb") as file:
            for row, line in enumerate(file, 1):
                if not line.endswith(b"\n") and path == paths[-1]:
                    return
                told = _told(line)
                if path == paths[0] and row == 1 and "lines" in told:
                    last = Place(told["lines"], told["prev"])
                if (told.get("prev"), told.get("lines", last.number)) != (last.hash, last.number):
                    raise Refusal("bad-token-service", f"{path.name}: line {row} does not continue the line before it.")
                last = Place(last.number + 1, _hash(line))
                yield None if "lines" in told else Batch(*(told[name] for name in list(_BATCH)[:-1])), last


class Log:
    """The log, open for adding. One process at a time has it."""

    def __init__(self, folder: Path, since: int = 0, largest: int = LARGEST) -> None:
        """Take the log, and check it as far back as `since`; `before` is what was asked later than that.

        Raises Refusal `bad-token-service` when another process has it.
        """
        self._folder, self._largest = folder, largest
        self._lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, files.PRIVATE)
        try:
            self._take()
            paths = _reaching(_paths(folder), since)
            self.before, self._last = list[Batch](), Place()
            for batch, self._last in _chain(paths):
                if batch is not None and batch.at > since:
                    self.before.append(batch)
            self._number = self._opened()
            self._cut_torn_line()
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the log."""
        os.close(self._number)
        os.close(self._lock)

    def add(self, batch: Batch) -> None:
        """Add a batch, and wait until it is on the disk. Raises OSError, and then the log is as it was."""
        size = os.fstat(self._number).st_size
        if size >= self._largest:
            self._turn()
            size = os.fstat(self._number).st_size
        line = _line(batch, self._last.hash)
        try:
            _write(self._number, line)
        except OSError:
            os.ftruncate(self._number, size)
            raise
        self._last = Place(self._last.number + 1, _hash(line))

    def _take(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("bad-token-service", "Another process serves from this folder.") from None

    def _turn(self) -> None:
        """Put the file aside and begin the next. Whoever was stopped in between goes on at the next batch, or start."""
        current = self._folder / FILE
        if current.exists():
            current.rename(self._folder / f"evaluations-{self._last.number:012d}.jsonl")
        fresh = self._opened()
        os.close(self._number)
        self._number = fresh

    def _opened(self) -> int:
        """Return the file that is added to; where there is none but others before it, it begins with a link."""
        current = self._folder / FILE
        if not current.exists() and self._last.number:
            files.write(current, {"lines": self._last.number, "prev": self._last.hash})
            self._last = Place(self._last.number + 1, _hash(current.read_bytes()))
        return os.open(current, os.O_RDWR | os.O_CREAT | os.O_APPEND, files.PRIVATE)

    def _cut_torn_line(self) -> None:
        """Cut what a crash left of a line: nobody was answered for it, since the whole line comes first."""
        size = os.fstat(self._number).st_size
        whole = os.pread(self._number, size, 0).rfind(b"\n") + 1
        if whole != size:
            os.ftruncate(self._number, whole)


def _told(line: bytes) -> dict[str, Any]:
    """Return the members of a line; none when it is no line of this log."""
    try:
        told = read_json(line)
    except Refusal:
        return {}
    form = {name: type(value) for name, value in told.items()} if isinstance(told, dict) else None
    return told if form in (_BATCH, _LINK) and isinstance(told, dict) else {}


def _write(number: int, line: bytes) -> None:
    if os.write(number, line) != len(line):
        raise OSError(errno.ENOSPC, "a line of the log was cut")
    os.fsync(number)


def _line(batch: Batch, prev: str) -> bytes:
    told: dict[str, Json] = {
        "at": batch.at,
        "of": batch.of,
        "n": batch.n,
        "keyset": batch.keyset,
        "sha256": batch.sha256,
        "prev": prev,
    }
    return write_json(told) + b"\n"


def _hash(line: bytes) -> str:
    return b64encode(hashlib.sha256(line).digest())
