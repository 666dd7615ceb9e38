"""What tests stand on: a real PostgreSQL built by the migrations, a hub on it, a web server, authorities with keys."""

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from werkzeug.serving import make_server

import authorities
from authorities import Office
from builders import reader
from exchange.app import make_app
from exchange.deps import Hub, make_secrets, open_hub
from exchange.domain.notice import Reader
from exchange.embedded.ports import free_port
from exchange.embedded.postgres import NOT_DURABLE, start_postgres
from exchange.settings import Settings
from exchange.store.migrating import migrate

TEMPLATE = "template_exchange"
_numbers = itertools.count()
hypothesis.settings.register_profile("shared machine", deadline=None)
hypothesis.settings.load_profile("shared machine")


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this test process."""
    server = start_postgres(tmp_path_factory.mktemp("postgres"), free_port(), settings=NOT_DURABLE)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    migrate(database_of(server.url, TEMPLATE))
    with psycopg.connect(database_of(server.url, TEMPLATE)) as connection:
        name_keysets(connection)
    yield server.url
    server.stop()


def name_keysets(connection: psycopg.Connection) -> None:
    """Let the keysets of invented tokens be compared, as if officers had named them, in leaves that no test reaches."""
    for place, keyset in enumerate(("test", "2025", "2026"), start=10**9):
        said = (place, keyset, "N1", "voprf", "A" * 43, "A" * 22, "compared", "A" * 43)
        connection.execute("INSERT INTO keyset VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now())", said)


def database_of(url: str, name: str) -> str:
    return url.rsplit("/", 1)[0] + "/" + name


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """An empty database of the newest schema."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield database_of(server_url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def secrets_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    make_secrets(folder)
    return folder


def settings_for(database_url: str, secrets_folder: Path, origin: str) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url="redis://this-test-needs-no-redis.invalid",
        origin=origin,
        exchange_id="test-exchange",
        secrets=secrets_folder,
        ledger_key=secrets_folder / "ledger.pem",
        bind=origin.removeprefix("http://"),
        web_threads=4,
        query_deadline=0.2,
        relay_resend=1.0,
        log_level="ERROR",
    )


@pytest.fixture
def hub(database_url: str, secrets_folder: Path) -> Iterator[Hub]:
    """A hub on an empty database; its origin is where the `web` fixture serves it."""
    opened = open_hub(settings_for(database_url, secrets_folder, f"http://127.0.0.1:{free_port()}"), connections=8)
    yield opened
    opened.database.close()


@pytest.fixture
def web(hub: Hub) -> Iterator[str]:
    """The hub's web on real HTTP; returns its origin."""
    host, _, port = hub.origin.removeprefix("http://").rpartition(":")
    server = make_server(host, int(port), make_app(hub), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield hub.origin
    server.shutdown()
    thread.join()
    server.server_close()


Enrol = Callable[..., Office]


@pytest.fixture
def enrol(hub: Hub, tmp_path: Path) -> Iterator[Enrol]:
    """Enrol an authority with keys of its own; returns an Office that speaks for it."""
    offices = []

    def enrolled(who: Reader | None = None, alg: str = "Ed25519") -> Office:
        office = Office(tmp_path / (who or reader()).slug, who or reader(), alg)
        authorities.enrolled(hub, office)
        offices.append(office)
        return office

    yield enrolled
    for office in offices:
        office.close()
