"""A token service for tests: a folder, a real process or a service in this one, authorities that are admitted."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from voprf import ristretto

from exchange import clock
from exchange.cli.main import cli
from exchange.client.folder import Folder
from exchange.embedded.ports import free_port
from exchange.token_service import evaluating, keysets, members
from exchange.token_service.evaluating import Service
from exchange.token_service.quotas import Quota
from exchange.token_service.serving import Server
from exchange.wire import httpsig
from exchange.wire.encoding import b64decode, b64encode, write_json
from exchange.wire.messages import Request

ORIGIN = "https://tokens.example"
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def run(*words: object, code: int = 0) -> str:
    """Run a command; returns what it printed. A refusal is raised."""
    done = CliRunner().invoke(cli, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def authority(path: Path, slug: str = "lt-asylum") -> Folder:
    folder = Folder(path / slug)
    folder.make(slug, "asylum_office", "LTU", "Ed25519")
    return folder


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: int) -> None:
        self.moment += timedelta(seconds=seconds)


class Desk:
    """A service in this process, with one keyset and one authority."""

    def __init__(self, path: Path, quota: Quota = evaluating.DEFAULT_QUOTA) -> None:
        self.folder, self.clock = path / "tokens", Clock()
        evaluating.init(self.folder, ORIGIN, "127.0.0.1:0", quota)
        self.public = keysets.make(self.folder, "k1", 0).public_key
        self.authority = authority(path)
        members.admit(self.folder, self.enrolment(self.authority))
        self.service = Service(self.folder, self.clock)

    def restart(self) -> None:
        self.service.__exit__()
        self.service = Service(self.folder, self.clock)

    @staticmethod
    def enrolment(who: Folder) -> Any:
        return json.loads((who.path / "enrolment.json").read_text())

    def signed(self, body: bytes, who: Folder | None = None, target: str = "/v1/evaluations") -> Request:
        request = Request("POST", ORIGIN + target, (("content-type", "application/json"),), body)
        key = (who or self.authority).key("request")
        nonce = b64decode(b64encode(ristretto.Client.blind(body or b"-")[1].serialize()[:16]))
        return httpsig.sign_request(request, key, self.clock(), nonce)

    def ask(self, n: int, keyset: str = "k1", who: Folder | None = None) -> dict[str, Any]:
        return self.service.evaluate(self.signed(batch(n, keyset), who))


def batch(n: int, keyset: str = "k1") -> bytes:
    blinded = [b64encode(ristretto.Client.blind(b"%d" % number)[1].serialize()) for number in range(n)]
    return write_json({"keyset": keyset, "blinded": list(blinded)})


class Process:
    """A service as its operator runs it: a process of its own, on a port of loopback."""

    def __init__(self, path: Path, *keysets_: str) -> None:
        self.folder, self.port = path / "service", free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        run(
            "token-service",
            "--folder",
            self.folder,
            "init",
            "--origin",
            self.origin,
            "--bind",
            f"127.0.0.1:{self.port}",
        )
        for name in keysets_ or ("k1",):
            self.say("keyset", name)
        self.started: subprocess.Popen[str] | None = None

    def say(self, *words: object) -> str:
        return run("token-service", "--folder", self.folder, *words)

    def introduction(self, path: Path) -> Path:
        path.write_text(self.say("introduction"))
        return path

    def start(self) -> None:
        command = [sys.executable, "-m", "exchange.cli.main", "token-service", "--folder", str(self.folder)]
        self.started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.started.stdout is not None
        assert "token service at" in self.started.stdout.readline()

    def kill(self, number: int = signal.SIGKILL) -> int:
        if self.started is None:
            return 0
        self.started.send_signal(number)
        code = self.started.wait()
        assert self.started.stdout is not None
        self.started.stdout.close()
        self.started = None
        return code


@contextmanager
def process(path: Path, *keysets_: str) -> Iterator[Process]:
    made = Process(path, *keysets_)
    made.start()
    try:
        yield made
    finally:
        made.kill()


class Served(Process):
    """The same service in a thread of this process, which starts in no time: for tests of who uses it."""

    def start(self) -> None:
        self.service = Service(self.folder, clock.now)
        self.server = Server(self.service)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def kill(self, number: int = signal.SIGKILL) -> int:
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.service.__exit__()
        return number


@contextmanager
def served(path: Path, *keysets_: str) -> Iterator[Served]:
    made = Served(path, *keysets_)
    made.start()
    try:
        yield made
    finally:
        made.kill()
