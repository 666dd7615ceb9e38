"""A signer of the hub's ledger, in the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import settings_for
from exchange import deps
from exchange.deps import Hub
from exchange.publishing import Log
from exchange.settings import PREFIX


@pytest.fixture
def log(hub: Hub, secrets_folder: Path, database_url: str) -> Log:
    return Log(hub.database, deps.ledger_signer(settings_for(database_url, secrets_folder, hub.origin)))


@pytest.fixture
def told(hub: Hub, secrets_folder: Path, database_url: str) -> Iterator[None]:
    """Tell the command line where the hub is, as its settings do."""
    given = {"DATABASE_URL": database_url, "REDIS_URL": "redis://none.invalid", "ORIGIN": hub.origin}
    given |= {"ID": hub.exchange_id, "SECRETS": str(secrets_folder)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(PREFIX + name, value)
        yield
