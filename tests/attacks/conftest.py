import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from attacks.kit import ORIGIN, Webs
from conftest import TEMPLATE, database_of, settings_for
from exchange.deps import open_hub
from exchange.embedded.ports import free_port
from exchange.embedded.processes import Command, end, launch, until
from exchange.embedded.services import MODULE, SOURCES, answers


@pytest.fixture(scope="session")
def webs(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webs]:
    """Two workers on one database, for all attacks: each test enrols authorities of its own."""
    name, folder = f"attacks_{os.getpid()}", tmp_path_factory.mktemp("attacks")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = database_of(server_url, name)
    settings = settings_for(url, secrets_folder, ORIGIN)
    first = free_port()
    ports = (first, next(port for port in iter(free_port, 0) if port != first))
    environment = {
        "ASYLUM_EXCHANGE_DATABASE_URL": url,
        "ASYLUM_EXCHANGE_REDIS_URL": settings.redis_url,
        "ASYLUM_EXCHANGE_ORIGIN": ORIGIN,
        "ASYLUM_EXCHANGE_ID": settings.exchange_id,
        "ASYLUM_EXCHANGE_SECRETS": str(secrets_folder),
        "ASYLUM_EXCHANGE_WEB_THREADS": "8",
        "ASYLUM_EXCHANGE_QUERY_DEADLINE": "0.1",
        "PYTHONPATH": str(SOURCES),
    }
    command = (sys.executable, "-m", MODULE, "web")
    told = [environment | {"ASYLUM_EXCHANGE_BIND": f"127.0.0.1:{port}"} for port in ports]
    processes = [launch(Command(command, one), folder / f"web-{n}.log") for n, one in enumerate(told)]
    made = Webs(open_hub(settings, connections=4), ports, folder)
    try:
        assert until(lambda: all(map(answers, ports))), (folder / "web-0.log").read_text()
        yield made
    finally:
        for process in processes:
            end(process, signal.SIGTERM)
        for office in made.offices:
            office.close()
        made.hub.database.close()
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
