"""The processes of an exchange: one table, run by the supervisor here and by docker-compose elsewhere."""

import http.client
import signal
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.embedded.ports import HOST
from exchange.embedded.postgres import Postgres
from exchange.embedded.processes import Command
from exchange.embedded.state import State
from exchange.embedded.supervisor import Service
from exchange.embedded.valkey import Valkey

MODULE = "exchange.cli.main"
PROGRAM = (sys.executable, "-m", MODULE)
SOURCES = Path(__file__).parents[2]
CONSOLE = "/console/"


@dataclass(frozen=True)
class Process:
    """One process: the name of its command, the processes that must be ready before it, whether it runs once."""

    name: str
    needs: tuple[str, ...] = ()
    once: bool = False


PROCESSES = (
    Process("hub-keys", once=True),
    Process("migrate", ("hub-keys", "postgres"), once=True),
    Process("web", ("migrate",)),
    Process("relay", ("migrate", "redis")),
    Process("worker", ("migrate", "redis")),
    Process("beat", ("migrate", "redis")),
)
NAMES = ("postgres", "redis", *(process.name for process in PROCESSES))


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
            ready=postgres.ready,
            where=f"ready on {HOST}:{postgres.port}",
            prepare=postgres.clear_the_way,
        ),
        Service("redis", valkey.command, ready=valkey.ready, where=f"ready on {HOST}:{valkey.port}"),
    ]


def processes(told: Running, web_port: int, program: tuple[str, ...], only: Collection[str]) -> list[Service]:
    """Return the processes of the table that are in `only`, each needing what is in `only` too."""
    work = told.var / "work"
    made = []
    for process in PROCESSES:
        command = Command((*program, process.name), told.environment, work, signal.SIGTERM)
        is_web = process.name == "web"
        made.append(
            Service(
                process.name,
                lambda command=command: command,  # type: ignore[misc] # the default binds this turn's command
                ready=(lambda: answers(web_port)) if is_web else (lambda: True),
                where=f"ready on {HOST}:{web_port}" if is_web else "running",
                needs=tuple(name for name in process.needs if name in only),
                once=process.once,
            )
        )
    return [service for service in made if service.name in only]
