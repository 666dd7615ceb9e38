"""What an exchange keeps between two starts, in its folder `var/`, and the lock that one start holds on it."""

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exchange.domain.errors import Refusal
from exchange.embedded.ports import free_port
from exchange.embedded.processes import NotStarted
from exchange.wire.encoding import read_json

KEPT = ("state.json", "postgres", "redis", "secrets", "officers", "log", "work", "demo", "environment")
PORTS = ("web", "postgres", "redis")


class AlreadyRunning(NotStarted):
    """Another process holds the lock of this folder; the message has its number."""


@dataclass(frozen=True)
class State:
    """Chosen at the first start and kept: the id of the exchange, its ports by service, the password of Redis."""

    exchange_id: str
    ports: dict[str, int]
    redis_password: str


class Folder:
    """The folder of one exchange, locked while this object is open. Mode 0700, its files 0600."""

    def __init__(self, path: Path) -> None:
        """Make the folder when it is not there, and lock it. Raises AlreadyRunning, and NotStarted when it cannot."""
        self.path = path.resolve()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.chmod(0o700)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise NotStarted(f"The folder {path} cannot be used: {problem.strerror}.") from problem
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 20, 0).decode() or "unknown"
            os.close(self._lock)
            raise AlreadyRunning(
                f"The exchange already runs on {path} (process {holder}). Stop that one first: Ctrl-C where it runs, "
                f"or `kill {holder}`."
            ) from None
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def close(self) -> None:
        """Give the lock back. The lock file stays: removing it would let two holders in."""
        os.close(self._lock)

    def state(self) -> State:
        """Return what is kept, chosen now when this is the first start. Raises NotStarted when it cannot be read."""
        path = self.path / "state.json"
        if not path.exists():
            ports: dict[str, int] = {}
            for name in PORTS:
                ports[name] = next(port for port in iter(free_port, 0) if port not in ports.values())
            self.keep(State(f"sandbox-{secrets.token_hex(4)}", ports, secrets.token_urlsafe(24)))
        try:
            kept: Any = read_json(path.read_bytes())
            return State(**kept)
        except (Refusal, TypeError, OSError) as problem:
            raise NotStarted(f"{path} cannot be read. Mend it, or start anew with --fresh.") from problem

    def keep(self, state: State) -> None:
        """Write what is kept, whole or not at all."""
        new = self.path / "state.new"
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lines:
            json.dump(asdict(state), lines, indent=2)
        new.replace(self.path / "state.json")

    def folder(self, name: str) -> Path:
        """Return a folder inside, of mode 0700, made when it is not there."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path


def forget(var: Path) -> None:
    """Remove all that an exchange keeps in `var`, to start anew. Raises AlreadyRunning when one runs on it."""
    folder = Folder(var)
    for name in KEPT:
        path = folder.path / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    folder.close()
