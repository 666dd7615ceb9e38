"""The whole exchange as one supervised folder, with stand-ins for its own processes."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from exchange.embedded.processes import NotStarted, until
from exchange.embedded.services import NAMES, PROCESSES, Plan, answers
from exchange.embedded.state import AlreadyRunning, Folder, forget
from exchange.embedded.up import Exchange

HERE = Path(__file__).parent
STAND_IN = (sys.executable, str(HERE / "stand_in.py"))
PLAN = Plan(program=STAND_IN, postgres_settings=("fsync=off",))
SMALL = Plan(program=STAND_IN, only=("hub-keys", "worker", "beat"), extra={"STAND_IN_IS_ALONE": "yes"})


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "a folder with spaces" / "var"


def processes_of(var: Path) -> set[int]:
    """Every process that works in the folder or is told about it."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            where = str((entry / "cwd").readlink())
        except OSError:
            continue
        if where.startswith(str(var)):
            found.add(int(entry.name))
    return found


def started(var: Path) -> list[str]:
    return (var / "work" / "starts").read_text(encoding="ascii").split()


class Driver:
    """`driver.py` as a process of its own, for signals and exit codes."""

    def __init__(self, var: Path, *words: str, deaf: str = "") -> None:
        argv = [sys.executable, str(HERE / "driver.py"), str(var), *words]
        environment = {"PATH": os.defpath, "PYTHONPATH": str(HERE.parents[1]), "DEAF": deaf}
        self.process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
        )

    def wait_until_ready(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), self.process.communicate()
        return line.split()[1]

    def wait_for_line(self, start: str) -> None:
        assert self.process.stderr is not None
        assert any(line.startswith(start) for line in self.process.stderr)

    def ask(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> tuple[int, str]:
        _, told = self.process.communicate(timeout=60)
        return self.process.returncode, told


@pytest.fixture
def drivers() -> Iterator[list[Driver]]:
    begun: list[Driver] = []
    yield begun
    for driver in begun:
        if driver.process.poll() is None:
            driver.process.kill()
        driver.process.communicate()


def test_the_table_is_in_the_order_of_its_needs() -> None:
    assert NAMES == ("postgres", "redis", "hub-keys", "migrate", "web", "relay", "worker", "beat", "signer", "cosigner")
    assert {name for process in PROCESSES for name in process.needs} <= set(NAMES)


def test_all_services_start_and_a_killed_one_comes_back_alone(var: Path) -> None:
    lines: list[str] = []
    with Exchange(var, PLAN, lines.append) as exchange:
        told = exchange.start()
        assert [line.split()[0] for line in lines if line.startswith(NAMES)] == [line.split()[0] for line in lines]
        assert {line.split()[0] for line in lines} == set(NAMES)
        before = {name: exchange.supervisor.pid(name) for name in NAMES}
        for name in ("postgres", "redis", "web", "worker"):
            exchange.kill(name, hold=False)
            exchange.watch(name)
            assert until(partial(exchange.watch, name))
            assert exchange.supervisor.pid(name) != before[name]
        for name in ("relay", "beat"):
            assert exchange.supervisor.pid(name) == before[name]
        psycopg.connect(told.database_url).close()
        assert answers(int(told.origin.rpartition(":")[2]))
        assert started(var).count("migrate") == 1
    assert processes_of(var) == set()


def test_a_held_service_stays_down_until_it_is_started_again(var: Path) -> None:
    with Exchange(var, SMALL, lambda _: None) as exchange:
        exchange.start()
        exchange.kill("worker")
        for _ in range(50):
            assert not exchange.watch("worker")
        assert exchange.supervisor.pid("worker") is None
        exchange.start_again("worker")
        assert exchange.supervisor.pid("worker") is not None


def test_a_killed_worker_takes_its_children_along(var: Path) -> None:
    with Exchange(var, SMALL, lambda _: None) as exchange:
        exchange.start()
        assert until(lambda: len(processes_of(var)) == 3)
        exchange.kill("worker")
        assert until(lambda: len(processes_of(var)) == 1)


def test_what_never_starts_is_told_with_the_end_of_its_log(var: Path) -> None:
    failing = Plan(program=STAND_IN, only=("hub-keys",), extra={"STAND_IN_FAILS": "hub-keys"})
    with Exchange(var, failing, lambda _: None) as exchange, pytest.raises(NotStarted, match="a reason in words"):
        exchange.start()


def test_a_worker_that_never_connects_to_its_broker_stops_the_start_after_three_tries(var: Path) -> None:
    lines: list[str] = []
    failing = Plan(program=STAND_IN, only=("redis", "worker"), extra={"STAND_IN_FAILS": "worker"})
    with Exchange(var, failing, lines.append) as exchange, pytest.raises(NotStarted, match="worker does not start"):
        exchange.start()
    assert started(var) == ["worker"] * 3
    assert not any("connected" in line for line in lines)


def test_a_service_that_crashes_waits_longer_each_time(var: Path) -> None:
    lines: list[str] = []
    with Exchange(var, SMALL, lines.append) as exchange:
        exchange.start()
        for _ in range(3):
            assert until(lambda: exchange.watch("beat") and exchange.supervisor.pid("beat") is not None)
            exchange.kill("beat", hold=False)
            exchange.watch("beat")
    again = [line for line in lines if "starts again" in line]
    assert [line.split()[-2] for line in again] == ["0.2", "0.4", "0.8"]


def test_ports_and_passwords_are_kept_for_the_owner_alone(var: Path) -> None:
    folder = Folder(var)
    state = folder.state()
    folder.close()
    again = Folder(var)
    assert again.state() == state
    again.close()
    assert len(set(state.ports.values())) == 3
    assert var.stat().st_mode & 0o777 == 0o700
    assert (var / "state.json").stat().st_mode & 0o777 == 0o600


def test_a_state_that_cannot_be_read_is_told(var: Path) -> None:
    folder = Folder(var)
    (var / "state.json").write_text("{", encoding="ascii")
    with pytest.raises(NotStarted, match=r"state\.json cannot be read"):
        folder.state()
    folder.close()


def test_forgetting_removes_what_is_kept_and_nothing_else(var: Path) -> None:
    with Exchange(var, SMALL, lambda _: None) as exchange:
        exchange.start()
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
            forget(var)
    (var / "notes.txt").touch()
    forget(var)
    assert {path.name for path in var.iterdir()} == {"lock", "notes.txt"}


def test_a_taken_port_of_the_web_stops_the_start_and_another_is_replaced(var: Path) -> None:
    folder = Folder(var)
    ports = folder.state().ports
    folder.close()
    with (
        socket.create_server(("127.0.0.1", ports["web"])),
        pytest.raises(NotStarted, match=f"Port {ports['web']} .*--fresh"),
    ):
        Exchange(var, Plan(only=("web",)), lambda _: None, port_patience=0.1)
    lines: list[str] = []
    with socket.create_server(("127.0.0.1", ports["redis"])):
        Exchange(var, Plan(only=("redis",)), lines.append, port_patience=0.1).stop()
    kept = json.loads((var / "state.json").read_bytes())["ports"]
    assert kept["redis"] != ports["redis"]
    assert kept["web"] == ports["web"]
    expected = (
        f"Port {ports['redis']} of 127.0.0.1, kept for redis in {var / 'state.json'}, is taken by another program. "
        f"From now on redis uses port {kept['redis']}."
    )
    assert lines == [expected]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_cleanly_and_a_second_start_is_safe(
    var: Path, drivers: list[Driver], number: signal.Signals
) -> None:
    origins = set()
    for _ in range(2):
        drivers.append(Driver(var))
        origins.add(drivers[-1].wait_until_ready())
        drivers[-1].ask(number)
        code, told = drivers[-1].end()
        assert (code, "Traceback" in told) == (0, False), told
        assert processes_of(var) == set()
    assert len(origins) == 1


def test_the_call_when_ready_decides_the_exit_code(var: Path, drivers: list[Driver]) -> None:
    drivers.append(Driver(var, "7"))
    assert drivers[0].end()[0] == 7
    assert processes_of(var) == set()


def test_a_second_up_on_the_same_folder_says_which_process_runs(var: Path, drivers: list[Driver]) -> None:
    drivers.append(Driver(var))
    drivers[0].wait_until_ready()
    drivers.append(Driver(var))
    code, told = drivers[1].end()
    assert code == 1
    assert f"already runs on {var} (process {drivers[0].process.pid})" in told
    assert "Traceback" not in told
    drivers[0].ask(signal.SIGINT)
    assert drivers[0].end()[0] == 0


def test_after_a_kill_of_the_supervisor_its_services_end_and_the_next_start_works(
    var: Path, drivers: list[Driver]
) -> None:
    drivers.append(Driver(var))
    origin = drivers[0].wait_until_ready()
    left = processes_of(var)
    drivers[0].ask(signal.SIGKILL)
    drivers.append(Driver(var, "0"))
    assert drivers[1].wait_until_ready() == origin
    assert drivers[1].end()[0] == 0
    assert until(lambda: not left & processes_of(var))


def test_a_second_ctrl_c_ends_a_service_that_does_not_listen(var: Path, drivers: list[Driver]) -> None:
    drivers.append(Driver(var, deaf="beat"))
    drivers[0].wait_until_ready()
    drivers[0].ask(signal.SIGINT)
    drivers[0].wait_for_line("stopping")
    drivers[0].ask(signal.SIGINT)
    code, told = drivers[0].end()
    assert (code, "Traceback" in told) == (0, False)
    assert processes_of(var) == set()
