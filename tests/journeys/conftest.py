import itertools
from collections.abc import Iterator

import psycopg
import pytest

from exchange.deps import open_hub
from exchange.embedded.postgres import NOT_DURABLE
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from journey import Journey

_numbers = itertools.count()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """One exchange for the tests of a module: starting the processes is what takes time."""
    plan = Plan(postgres_settings=NOT_DURABLE, extra={"ASYLUM_EXCHANGE_QUERY_DEADLINE": "0.3"})
    with Exchange(tmp_path_factory.mktemp("exchange") / "var", plan, tell=lambda _: None) as exchange:
        exchange.start()
        yield exchange


@pytest.fixture
def journey(running: Exchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """The running exchange, emptied: each test has it as if it had just been started."""
    hub = open_hub(load(running.running.environment), connections=2)
    made = Journey(running, hub, tmp_path_factory.mktemp(f"offices-{next(_numbers)}"))
    made.settle()
    empty(running.running.database_url)
    yield made
    made.close()


def empty(url: str) -> None:
    """Empty every table. History refuses that, so the guard is lifted as only the owner of the database can."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT string_agg(quote_ident(tablename), ',') FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchone()
        assert tables is not None
        connection.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY")
