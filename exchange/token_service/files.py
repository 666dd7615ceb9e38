"""Files of the service's folder: written whole or not at all, and for its owner alone."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from exchange.domain.errors import Refusal
from exchange.wire.encoding import read_json, write_json

PRIVATE: Final = 0o600


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one command at a time change the folder; others wait. Else a suspension could be written over.

    Raises Refusal `bad-token-service` where there is no folder: a slip of the pen makes none.
    """
    if not folder.is_dir():
        raise Refusal("bad-token-service", "There is no such folder: `token-service init` makes it.")
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON object, whole or not at all, and wait until it and its name are on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
        file.write(write_json(dict(value)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    number = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def read(path: Path, members: frozenset[str]) -> dict[str, Any]:
    """Return a JSON object that has exactly these members. Raises Refusal `bad-token-service`."""
    try:
        value = read_json(path.read_bytes())
    except FileNotFoundError:
        raise Refusal("bad-token-service", f"There is no {path.name}: `token-service init` makes the folder.") from None
    if not isinstance(value, dict) or value.keys() != members:
        raise Refusal("bad-token-service", f"{path.name} has {', '.join(sorted(members))}, and nothing else.")
    return value


def stamp(paths: list[Path]) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when any of these files does; one that is not there counts as nothing."""
    found = []
    for path in paths:
        try:
            state = path.stat()
        except FileNotFoundError:
            continue
        found.append((path.name, state.st_mtime_ns, state.st_ino))
    return tuple(found)
