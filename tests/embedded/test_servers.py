"""PostgreSQL and Valkey as the exchange starts them from their wheels."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from exchange.embedded import accounts
from exchange.embedded.accounts import Account
from exchange.embedded.ports import HOST, free_port, is_free
from exchange.embedded.postgres import NOT_DURABLE, PostgresServer, start_postgres
from exchange.embedded.processes import Command, NotStarted, launch, until
from exchange.embedded.valkey import start_valkey

ACCOUNTS = [accounts.direct()] if os.geteuid() else [accounts.namespace(), accounts.nobody()]
ONCE = Retry(NoBackoff(), 0)
PASSWORD = "only-for-this-test"  # noqa: S105 -- not a secret


@contextmanager
def postgres(directory: Path, account: Account | None = None, port: int = 0) -> Iterator[PostgresServer]:
    server = start_postgres(directory, port or free_port(), settings=NOT_DURABLE, account=account)
    try:
        yield server
    finally:
        server.stop()


def remember(server: PostgresServer, word: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def words(server: PostgresServer) -> list[str]:
    with psycopg.connect(server.url) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM words ORDER BY word")]


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that nobody else may enter, with a space, far too long for a unix socket."""
    above = tmp_path / "kept shut"
    above.mkdir(mode=0o700)
    return above / ("long " * 30).strip() / "postgres"


@pytest.mark.parametrize("account", [account for account in ACCOUNTS if account], ids=lambda account: account.name)
def test_data_outlive_a_stop_and_a_kill(closed: Path, account: Account) -> None:
    with postgres(closed, account) as server:
        remember(server, "stopped")
    with postgres(closed, account) as server:
        remember(server, "then killed")
        server.kill()
    with postgres(closed, account) as server:
        assert words(server) == ["stopped", "then killed"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL in more than one way")
def test_data_move_between_the_ways_to_run(closed: Path) -> None:
    for account in [accounts.nobody(), *ACCOUNTS]:
        with postgres(closed, account) as server:
            remember(server, "again")
    with postgres(closed) as server:
        assert words(server) == ["again"] * 3


def test_no_server_runs_as_root_and_no_process_or_file_is_left(closed: Path) -> None:
    for account in filter(None, ACCOUNTS):
        with postgres(closed, account) as server:
            status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
            seen = next(line for line in status.splitlines() if line.startswith("CapEff"))
            assert int(seen.split()[1], 16) == 0
            program = Path(f"/proc/{server.process.pid}/exe").readlink()
        assert server.process.poll() == 0
        assert program.exists() == (account.ids is None)  # the copy for another account is gone


def test_the_password_is_asked_for_and_kept_for_the_owner_alone(closed: Path) -> None:
    with postgres(closed) as server:
        with pytest.raises(psycopg.OperationalError, match=r"authentication failed|no password"):
            psycopg.connect(server.url.replace("//exchange:", "//exchange:not"))
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)
            assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    assert (closed / "password").stat().st_mode & 0o777 == 0o600


def test_a_pid_file_that_names_a_living_stranger_does_not_stop_the_start(closed: Path) -> None:
    with postgres(closed) as server:
        remember(server, "kept")
    (closed / "data" / "postmaster.pid").write_text(f"{os.getppid()}\n{closed / 'data'}\n", encoding="ascii")
    with postgres(closed) as server:
        assert words(server) == ["kept"]


def test_a_server_that_a_killed_starter_left_is_ended_first(closed: Path) -> None:
    with postgres(closed) as left, postgres(closed):
        assert until(lambda: left.process.poll() is not None)
        assert left.process.returncode == 0


def test_an_unfinished_first_start_is_begun_anew(closed: Path) -> None:
    (closed / "data.new" / "base").mkdir(parents=True)
    with postgres(closed) as server:
        remember(server, "begun")


def test_a_taken_port_is_told_with_the_end_of_the_log(closed: Path, tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        with pytest.raises(NotStarted, match="Address already in use"):
            start_postgres(closed, port)
        with pytest.raises(NotStarted, match="Address already in use"):
            start_valkey(tmp_path / "valkey", port, PASSWORD)


def test_valkey_keeps_its_data_through_a_kill_and_asks_for_its_password(closed: Path) -> None:
    port = free_port()
    for expected in (None, b"kept", b"kept"):
        server = start_valkey(closed, port, PASSWORD)
        try:
            with closing(redis.Redis.from_url(server.url)) as client:
                assert client.get("word") == expected
                client.set("word", "kept")
                assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
                client.waitaof(1, 0, 0)
            with closing(redis.Redis(HOST, port, retry=ONCE)) as stranger, pytest.raises(redis.AuthenticationError):
                stranger.get("word")
        finally:
            server.kill()
    assert (closed / "valkey.conf").stat().st_mode & 0o777 == 0o600


def test_a_free_port_stays_out_of_the_range_of_outgoing_connections() -> None:
    assert all(15000 <= free_port() < 32768 for _ in range(20))


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended may wait for its adoptive parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


STARTER = """
import os, signal, sys
from pathlib import Path
from exchange.embedded.processes import Command, launch
print(launch(Command((sys.executable, "-c", "import signal; signal.pause()")), Path(sys.argv[1])).pid, flush=True)
signal.pause()
"""


def test_a_program_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", STARTER, str(tmp_path / "log")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        started = int(starter.stdout.readline())
        assert runs(started)
        starter.kill()
        starter.wait()
        assert until(lambda: not runs(started))


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="No such file"):
        launch(Command(("/nowhere/at-all",), wrapper=("/nowhere/wrapper",)), tmp_path / "log")
