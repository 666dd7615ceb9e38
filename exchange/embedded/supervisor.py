"""A supervisor for the programs of one folder: starts what is needed first, starts again what crashed, ends backwards.

Nothing here runs by itself: `tick` looks at every service once, and whoever supervises calls it again and again.
"""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from exchange import clock
from exchange.embedded.processes import PAUSE, Command, NotStarted, end, kill, last_lines, launch

TRIES = 3
FIRST_PAUSE = timedelta(milliseconds=200)
LONGEST_PAUSE = timedelta(seconds=5)
STEADY = timedelta(seconds=30)
STARTING = timedelta(seconds=60)


def _nothing() -> None:
    """Prepare nothing."""


def runs(_: int) -> bool:
    """Say that a process that runs is ready."""
    return True


@dataclass(frozen=True)
class Service:
    """One program under supervision. `where` is told when `ready` holds for its process id; `needs` come before it.

    A service that runs `once` is ready when it has ended with 0. `prepare` is called before each start.
    """

    name: str
    command: Callable[[], Command]
    ready: Callable[[int], bool] = runs
    where: str = "running"
    needs: tuple[str, ...] = ()
    once: bool = False
    prepare: Callable[[], None] = _nothing


@dataclass
class Unit:
    """A service as it stands: its process, if any, since when, how often it crashed in a row, when it may start."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    since: datetime = field(default_factory=clock.now)
    ready: bool = False
    was_ready: bool = False
    held: bool = False
    crashes: int = 0
    not_before: datetime = field(default_factory=clock.now)


class Supervisor:
    """Keeps services running. `tell` gets one plain line for each thing worth knowing."""

    def __init__(self, services: Sequence[Service], logs: Path, tell: Callable[[str], None]) -> None:
        """Take the services in the order of their needs. Raises ValueError when one needs what does not come before."""
        self._logs = logs
        self._tell = tell
        self._units: dict[str, Unit] = {}
        for service in services:
            missing = [name for name in service.needs if name not in self._units]
            if missing:
                raise ValueError(f"{service.name} needs {', '.join(missing)}, which must stand before it.")
            self._units[service.name] = Unit(service)

    def start(self, stopping: Callable[[], bool]) -> None:
        """Start every service and await that all are ready, or that `stopping` holds. Raises NotStarted."""
        while not stopping() and not all(unit.ready for unit in self._units.values()):
            self.tick()
            clock.wait_until(clock.now() + PAUSE)

    def tick(self) -> None:
        """Look at every service once: start it, see whether it is ready, see whether it crashed. Raises NotStarted."""
        for unit in self._units.values():
            if unit.process is None:
                self._start(unit)
            elif unit.process.poll() is not None:
                self._ended(unit, unit.process.returncode)
            elif not unit.ready and not unit.service.once:
                self._look(unit, unit.process)
            elif unit.ready and clock.now() - unit.since > STEADY:
                unit.crashes = 0

    def pid(self, name: str) -> int | None:
        """Return the process id of a service, or None when it does not run."""
        process = self._units[name].process
        return None if process is None or process.poll() is not None else process.pid

    def is_ready(self, name: str) -> bool:
        """Say whether a service was found ready and has not been seen to crash since."""
        return self._units[name].ready

    def kill(self, name: str, *, hold: bool = False) -> None:
        """Kill a service and its children at once. It is started again by the next ticks, unless it is held down."""
        unit = self._units[name]
        unit.held = hold
        if unit.process is not None:
            kill(unit.process)

    def release(self, name: str) -> None:
        """Let a service that is held down start again, at once."""
        unit = self._units[name]
        unit.held = False
        unit.not_before = clock.now()

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """End every service, the last first, and wait for each; as soon as `hurry` holds they are killed instead."""
        for unit in reversed(self._units.values()):
            if unit.process is not None:
                end(unit.process, unit.service.command().end_signal, hurry=hurry)
                unit.process, unit.ready = None, False

    def _log(self, unit: Unit) -> Path:
        return self._logs / f"{unit.service.name}.log"

    def _line(self, unit: Unit, words: str) -> None:
        self._tell(f"{unit.service.name:<12} {words}")

    def _start(self, unit: Unit) -> None:
        needs_stand = all(self._units[name].ready for name in unit.service.needs)
        if unit.ready or unit.held or not needs_stand or clock.now() < unit.not_before:
            return
        unit.since = clock.now()
        unit.service.prepare()
        unit.process = launch(unit.service.command(), self._log(unit))

    def _look(self, unit: Unit, process: subprocess.Popen[bytes]) -> None:
        if unit.service.ready(process.pid):
            self._is_ready(unit)
        elif clock.now() - unit.since > STARTING:
            kill(process)

    def _is_ready(self, unit: Unit) -> None:
        unit.ready = unit.was_ready = True
        seconds = (clock.now() - unit.since).total_seconds()
        self._line(unit, f"{'done' if unit.service.once else unit.service.where:<32} {seconds:5.1f} s")

    def _ended(self, unit: Unit, code: int) -> None:
        if unit.process is not None:
            kill(unit.process)  # its children
        unit.process = None
        if unit.service.once and code == 0:
            self._is_ready(unit)
            return
        unit.ready = False
        unit.crashes += 1
        if not unit.was_ready and (unit.service.once or unit.crashes >= TRIES):
            log = self._log(unit)
            raise NotStarted(
                f"{unit.service.name} does not start ({ending(code)}). Its log {log} ends:{last_lines(log)}"
            )
        pause = min(FIRST_PAUSE * 2 ** min(unit.crashes - 1, 10), LONGEST_PAUSE)
        unit.not_before = clock.now() + pause
        again = "is held down" if unit.held else f"starts again in {pause.total_seconds():.1f} s"
        self._line(unit, f"{ending(code)}; {again}")


def ending(code: int) -> str:
    """Say in words how a process ended."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
