"""The service's own log: one line for each batch that was evaluated, each with the hash of the one before.

A line says which authority, when, how many elements, under which keyset, and the digest of what was sent; the elements
are blinded and are not kept. The line is on the disk before the batch is evaluated, so nothing is evaluated unlogged.
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
from exchange.wire.encoding import Json, b64encode, read_json, write_json

FILE: Final = "evaluations.jsonl"
FIRST: Final = b64encode(bytes(32))
"""What the first line names as the one before."""
_MEMBERS: Final = {"at": int, "of": str, "n": int, "keyset": str, "sha256": str, "prev": str}


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: when in Unix seconds, of which authority, how many elements, the keyset, SHA-256 of what was sent."""

    at: int
    of: str
    n: int
    keyset: str
    sha256: str


def read(folder: Path) -> Iterator[tuple[Batch, str]]:
    """Give each batch with the hash of its line, the oldest first; a last line that was cut by a crash is left out.

    Raises Refusal `bad-token-service` at the first line that does not continue the one before.
    """
    path, prev = folder / FILE, FIRST
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            told = _told(line)
            if told.get("prev") != prev:
                raise Refusal("bad-token-service", f"{FILE}: line {number} does not continue the line before it.")
            prev = _hash(line)
            yield Batch(told["at"], told["of"], told["n"], told["keyset"], told["sha256"]), prev


class Log:
    """The log, open for adding. One process at a time has it."""

    def __init__(self, folder: Path, since: int = 0) -> None:
        """Take the log and read it whole; of what it holds, `before` is what was asked later than `since`.

        Raises Refusal `bad-token-service` when another process has it.
        """
        self._number = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._number)
            raise Refusal("bad-token-service", "Another process serves from this folder.") from None
        try:
            self.before, self._prev = list[Batch](), FIRST
            for batch, self._prev in read(folder):
                if batch.at > since:
                    self.before.append(batch)
            self._cut_torn_line()
        except BaseException:
            os.close(self._number)
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the log."""
        os.close(self._number)

    def add(self, batch: Batch) -> None:
        """Add a batch, and wait until it is on the disk. Raises OSError, and then the log is as it was."""
        line, size = _line(batch, self._prev), os.fstat(self._number).st_size
        try:
            _write(self._number, line)
        except OSError:
            os.ftruncate(self._number, size)
            raise
        self._prev = _hash(line)

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
    if not isinstance(told, dict) or {name: type(value) for name, value in told.items()} != _MEMBERS:
        return {}
    return told


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
