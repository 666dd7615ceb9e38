"""The processes of an exchange: one table, run by the supervisor here and by docker-compose elsewhere."""

import http.client
import signal
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from exchange.embedded.connections import is_connected
from exchange.embedded.ports import HOST
from exchange.embedded.postgres import Postgres
from exchange.embedded.processes import Command
from exchange.embedded.state import State
from exchange.embedded.supervisor import Service, runs
from exchange.embedded.valkey import Valkey

MODULE = "exchange.cli.main"
PROGRAM = (sys.executable, "-m", MODULE)
SOURCES = Path(__file__).parents[2]
CONSOLE = "/console/"


@dataclass(frozen=True)
class Process:
    """One process: the name of its command, what must be ready before it, whether it runs once.

    It is ready when it holds a connection to the server named `connects` (beat makes its own only when work is due).
    """

    name: str
    needs: tuple[str, ...] = ()
    once: bool = False
    connects: str = ""


PROCESSES = (
    Process("hub-keys", once=True),
    Process("migrate", ("hub-keys", "postgres"), once=True),
    Process("web", ("migrate",)),
    Process("relay", ("migrate", "redis"), connects="postgres"),
    Process("worker", ("migrate", "redis"), connects="redis"),
    Process("beat", ("migrate", "redis")),
    Process("signer", ("migrate",), connects="postgres"),
    Process("cosigner", ("migrate",), connects="postgres"),
)
NAMES = ("postgres", "redis", *(process.name for process in PROCESSES))


@dataclass(frozen=True)
class Plan:
    """What to run: the services named in `only`, with `extra` settings for the processes.

    `program` is what the name of a process is appended to; `postgres_settings` are lines of postgresql.conf.
    """

    only: Collection[str] = NAMES
    extra: Mapping[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = PROGRAM
    postgres_settings: tuple[str, ...] = ()


DEFAULT_PLAN = Plan()


@dataclass(frozen=True)
class Running:
    """An exchange that runs: where it is, what its processes are told, and its folder. URLs hold passwords."""

    origin: str
    console: str
    database_url: str
    redis_url: str
    environment: Mapping[str, str]
    var: Path


def running(var: Path, state: State, postgres: Postgres, valkey: Valkey, extra: Mapping[str, str]) -> Running:
    """Return the exchange of a folder as its processes are told about it; `extra` settings come last."""
    origin = f"http://{HOST}:{state.ports['web']}"
    environment = {
        "ASYLUM_EXCHANGE_DATABASE_URL": postgres.url,
        "ASYLUM_EXCHANGE_REDIS_URL": valkey.url,
        "ASYLUM_EXCHANGE_ORIGIN": origin,
        "ASYLUM_EXCHANGE_ID": state.exchange_id,
        "ASYLUM_EXCHANGE_SECRETS": str(var / "secrets"),
        "ASYLUM_EXCHANGE_BIND": f"{HOST}:{state.ports['web']}",
        "PYTHONPATH": str(SOURCES),
        "PYTHONUNBUFFERED": "1",
        **extra,
    }
    return Running(origin, origin + CONSOLE, postgres.url, valkey.url, environment, var)


def answers(port: int) -> bool:
    """Say whether the web of an exchange answers 200 on /healthz of 127.0.0.1."""
    line = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def servers(postgres: Postgres, valkey: Valkey) -> list[Service]:
    """Return the two servers that the processes stand on."""
    return [
        Service(
            "postgres",
            postgres.command,
            ready=lambda _: postgres.ready(),
            where=f"ready on {HOST}:{postgres.port}",
            prepare=postgres.clear_the_way,
        ),
        Service("redis", valkey.command, ready=lambda _: valkey.ready(), where=f"ready on {HOST}:{valkey.port}"),
    ]


def processes(told: Running, ports: Mapping[str, int], plan: Plan) -> list[Service]:
    """Return the processes of the table that the plan names, each needing what the plan names too."""
    return [_service(process, told, ports, plan) for process in PROCESSES if process.name in plan.only]


def _service(process: Process, told: Running, ports: Mapping[str, int], plan: Plan) -> Service:
    command = Command((*plan.program, process.name), told.environment, told.var / "work", signal.SIGTERM)
    ready, where = runs, "running"
    if process.name == "web":
        ready, where = (lambda _: answers(ports["web"])), f"ready on {HOST}:{ports['web']}"
    elif process.connects in plan.only:
        ready, where = partial(_connected, ports[process.connects]), f"connected to {process.connects}"
    return Service(
        process.name,
        lambda: command,
        ready=ready,
        where=where,
        needs=tuple(name for name in process.needs if name in plan.only),
        once=process.once,
    )


def _connected(port: int, pid: int) -> bool:
    return is_connected(pid, port)
