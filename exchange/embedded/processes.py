"""Start and end processes: each in a session of its own, tied to the life of the process that started it."""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from exchange import clock

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PAUSE = timedelta(milliseconds=20)
PATIENCE = 60.0


class NotStarted(Exception):  # noqa: N818 -- it says what did not start, and why
    """A program did not start; the message says which, why as far as known, and what to do."""


@dataclass(frozen=True)
class Command:
    """A program to start: its words, its whole environment, its folder, the account it runs as, how it is asked to end.

    `wrapper` stands before the words (a namespace); `account` is a user id and group id to change to, for root only;
    `handles` are open files that the program inherits.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    end_signal: signal.Signals = signal.SIGTERM
    wrapper: tuple[str, ...] = ()
    account: tuple[int, int] | None = None
    handles: tuple[int, ...] = ()


@dataclass(frozen=True)
class Server:
    """A running server: where it is (with its password), its process, and how to end it."""

    url: str
    process: subprocess.Popen[bytes]
    end_signal: signal.Signals

    def stop(self) -> None:
        """Ask the server to end and wait for it; after 20 seconds it is killed."""
        end(self.process, self.end_signal)

    def kill(self) -> None:
        """Kill the server at once, as a power cut would, and wait until it is gone."""
        kill(self.process)


def plain_environment() -> dict[str, str]:
    """Return the little that every program here needs; nothing is handed down from the caller's surroundings."""
    return {"PATH": SYSTEM_PATH, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def find_tool(name: str) -> str | None:
    """Return the path of a tool of the system, or None."""
    return shutil.which(name, path=SYSTEM_PATH)


def succeeds(*argv: str) -> bool:
    """Say whether a short command ends with 0; its words are thrown away."""
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(argv, stdin=quiet, stdout=quiet, stderr=quiet, timeout=10, check=False)  # noqa: S603 -- fixed words
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


STILL_MINE = '[ "$PPID" = "$0" ] && exec "$@"'
"""For `sh -c`: goes on only when the parent is the one named; it may have died before the tether was tied."""


@functools.cache
def _can_tether(tool: str) -> bool:
    """Say whether the tool `setpriv` of this system knows the signal at a parent's death."""
    return succeeds(tool, "--pdeathsig", "TERM", "true")


def _tether(number: signal.Signals) -> tuple[str, ...]:
    """Return the words that have the kernel signal a child when its parent dies; none where the tool is missing."""
    tool = find_tool("setpriv")
    if tool is None or not _can_tether(tool):
        return ()
    return (tool, "--pdeathsig", number.name.removeprefix("SIG"), "--", "sh", "-c", STILL_MINE, str(os.getpid()))


def launch(command: Command, log: Path) -> subprocess.Popen[bytes]:
    """Start a program in its own session, its words appended to a log file of mode 0600.

    The tether stands after the namespace, because a change of credentials unties it. It follows the thread that calls
    this function: call it from a thread that lives as long as the program. Raises NotStarted when there is no such
    program.
    """
    account = command.account or (None, None)
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as lines:
        try:
            return subprocess.Popen(  # noqa: S603 -- the words come from the code, not from outside
                (*command.wrapper, *_tether(command.end_signal), *command.argv),
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=lines,
                env=plain_environment() | dict(command.environment),
                cwd=command.folder,
                start_new_session=True,
                user=account[0],
                group=account[1],
                extra_groups=[] if command.account else None,
                pass_fds=command.handles,
            )
        except OSError as problem:
            raise NotStarted(f"{command.argv[0]} cannot be started: {problem.strerror}.") from problem


def run_once(command: Command, log: Path) -> int:
    """Run a program to its end and return its exit code."""
    process = launch(command, log)
    try:
        return process.wait()
    finally:
        kill(process)


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Ask again and again, about `patience` seconds long, whether a condition holds; say whether it came to hold."""
    last = clock.now() + timedelta(seconds=patience)
    while not (held := condition()) and clock.now() < last:
        clock.wait_until(clock.now() + PAUSE)
    return held


def end(
    process: subprocess.Popen[bytes],
    end_signal: signal.Signals,
    patience: float = 20.0,
    hurry: Callable[[], bool] = lambda: False,
) -> None:
    """Ask a process to end, wait up to `patience` seconds or until `hurry` holds, then kill what is left of it."""
    if process.poll() is None:
        process.send_signal(end_signal)
        until(lambda: process.poll() is not None or hurry(), patience)
    kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its whole group (children of a killed worker must not live on), and wait for the process."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_lines(log: Path, count: int = 5) -> str:
    """Return the last lines of a log file, each indented, for a message that says why something did not start."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "".join(f"\n    {line}" for line in lines[-count:])
