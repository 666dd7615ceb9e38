"""A whole exchange in one folder: what `asylum-exchange up` runs, and what tests start, kill and start again."""

import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from exchange import clock
from exchange.embedded import accounts
from exchange.embedded.ports import HOST, free_port, is_free
from exchange.embedded.postgres import Postgres
from exchange.embedded.processes import PAUSE, NotStarted, until
from exchange.embedded.services import DEFAULT_PLAN, Plan, Running, processes, running, servers
from exchange.embedded.state import Folder, State
from exchange.embedded.supervisor import Supervisor
from exchange.embedded.valkey import Valkey

PORT_PATIENCE = 15.0


def to_stderr(line: str) -> None:
    """Write a progress line; a terminal that is gone is no reason to fall."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)  # noqa: T201 -- progress lines are for people


class Exchange:
    """The services of one folder `var`, supervised. Use it in a `with`: leaving it ends every process."""

    def __init__(
        self,
        var: Path,
        plan: Plan = DEFAULT_PLAN,
        tell: Callable[[str], None] = to_stderr,
        *,
        port_patience: float = PORT_PATIENCE,
    ) -> None:
        """Lock the folder and choose or read what it keeps; a taken port is awaited `port_patience` seconds.

        Raises AlreadyRunning and NotStarted.
        """
        with ExitStack() as stack:
            folder = Folder(var)
            stack.callback(folder.close)
            self._tell = tell
            self._port_patience = port_patience
            state = self._ports(folder, folder.state(), plan.only)
            logs = folder.folder("log")
            folder.folder("work")
            account = accounts.choose()
            data = folder.folder("postgres")
            postgres = Postgres(data, state.ports["postgres"], plan.postgres_settings, account, stack)
            valkey = Valkey(folder.folder("redis"), state.ports["redis"], state.redis_password)
            self.running: Running = running(folder.path, state, postgres, valkey, plan.extra)
            services = [service for service in servers(postgres, valkey) if service.name in plan.only]
            services += processes(self.running, state.ports, plan)
            self.supervisor = Supervisor(services, logs, tell)
            self._stack = stack.pop_all()

    def start(self, stopping: Callable[[], bool] = lambda: False) -> Running:
        """Start every service and await that all are ready (or that `stopping` holds). Raises NotStarted."""
        self.supervisor.start(stopping)
        return self.running

    def kill(self, name: str, *, hold: bool = True) -> None:
        """Kill a service at once, children and all; it stays down until `start_again`, unless `hold` is false."""
        self.supervisor.kill(name, hold=hold)

    def start_again(self, name: str) -> None:
        """Start a killed service again and await it. Raises NotStarted when it is not ready after a minute."""
        self.supervisor.tick()
        self.supervisor.release(name)
        if not until(lambda: self.watch(name)):
            raise NotStarted(f"{name} did not start again.")

    def watch(self, name: str) -> bool:
        """Look at every service once, starting again what crashed; say whether the named one is ready."""
        self.supervisor.tick()
        return self.supervisor.is_ready(name)

    def stop(self) -> None:
        """End every service, the last first, and give the folder back. Ending twice does no harm."""
        self.supervisor.stop()
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _ports(self, folder: Folder, state: State, only: Collection[str]) -> State:
        """Check that the kept ports are free: the processes of a killed start may still be ending.

        Only the web's port cannot be changed: the origin is part of what authorities sign.
        """
        for name in (name for name in state.ports if name in only):
            port = state.ports[name]
            if until(lambda port=port: is_free(port), self._port_patience):  # type: ignore[misc]
                continue
            taken = (
                f"Port {port} of {HOST}, kept for {name} in {folder.path / 'state.json'}, is taken by another program."
            )
            if name == "web":
                raise NotStarted(f"{taken} End that program, or start anew with --fresh, which chooses another port.")
            state = replace(state, ports=state.ports | {name: free_port()})
            folder.keep(state)
            self._tell(f"{taken} From now on {name} uses port {state.ports[name]}.")
        return state


class Stopping:
    """Whether somebody asked for the end: once to stop, twice to stop at once."""

    def __init__(self) -> None:
        """Begin with nobody having asked."""
        self.asked = 0

    def __call__(self) -> bool:
        """Say whether the end was asked for."""
        return self.asked > 0

    @contextmanager
    def listening(self) -> Iterator[Self]:
        """Count SIGINT, SIGTERM and SIGHUP while inside, then give the signals back."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._ask) for number in numbers}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, *_: object) -> None:
        self.asked += 1


class _Call(threading.Thread):
    """One call of `on_ready`, beside the supervision: services that crash meanwhile are started again."""

    def __init__(self, on_ready: Callable[[Running], int | None], told: Running) -> None:
        super().__init__(name="on-ready", daemon=True)
        self._on_ready, self._told = on_ready, told
        self.code: int | None = None
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            self.code = self._on_ready(self._told)
        except BaseException as problem:  # noqa: BLE001 -- handed to the caller of `run`, not lost
            self.problem = problem


def run(
    var: Path,
    *,
    on_ready: Callable[[Running], int | None],
    plan: Plan = DEFAULT_PLAN,
    tell: Callable[[str], None] = to_stderr,
) -> int:
    """Run an exchange until Ctrl-C, or until `on_ready` returns an exit code; return the exit code.

    `on_ready` is called once in a thread when the web answers; when it returns None the exchange stays up. A second
    Ctrl-C kills what has not ended. What cannot start is told in plain words, exit code 1; an exception of `on_ready`
    is raised after the end.
    """
    with Stopping().listening() as stopping:
        try:
            with Exchange(var, plan, tell) as exchange:
                return _supervise(exchange, on_ready, stopping, tell)
        except NotStarted as problem:
            tell(str(problem))
            return 1


def _supervise(
    exchange: Exchange, on_ready: Callable[[Running], int | None], stopping: Stopping, tell: Callable[[str], None]
) -> int:
    supervisor = exchange.supervisor
    told = exchange.start(stopping)
    call = _Call(on_ready, told)
    if not stopping():
        call.start()
    while not stopping() and call.code is None and call.problem is None:
        supervisor.tick()
        clock.wait_until(clock.now() + PAUSE)
    if stopping():
        tell("stopping     Ctrl-C again ends it at once")
    supervisor.stop(hurry=lambda: stopping.asked > 1)
    if call.problem is not None and not stopping():
        raise call.problem
    return call.code or 0
