"""A secretariat that has begun; a signer of its ledger, and the settings by which the command line finds its hub."""

from pathlib import Path

import pytest

from exchange.deps import Hub
from ledger.conftest import log, told
from secretariat.kit import Room

__all__ = ["log", "room", "told"]


@pytest.fixture
def room(hub: Hub, tmp_path: Path) -> Room:
    return Room(hub, tmp_path / "room")
