"""A secretariat that has begun, and the settings by which the command line finds its hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import settings_for
from exchange import deps
from exchange.deps import Hub
from exchange.publishing import Log
from exchange.settings import PREFIX
from secretariat.kit import Room


@pytest.fixture
def room(hub: Hub, tmp_path: Path) -> Room:
    return Room(hub, tmp_path / "room")


@pytest.fixture
def log(hub: Hub, secrets_folder: Path, database_url: str) -> Log:
    """The signer of the hub's ledger, in the test."""
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
