"""A notice with all that became of it, and what a stranger has who audits it."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import SK_BORDER, UA_ASYLUM, UA_BORDER
from conftest import Enrol
from exchange import clock, officers
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.publishing import Log
from exchange.store import ledger
from exchange.wire import keys
from ledger.kit import MOMENT, run
from steps import keep_all

ROOT = Path(__file__).parents[2]
Edit = Callable[[dict[str, Any]], object]


class Case:
    """A notice that an addressee read and acknowledged, a removal after it, and what a stranger has of it."""

    def __init__(self, folder: Path, hub: Hub, enrol: Enrol, log: Log) -> None:
        self.folder, self.hub, self.log = folder, hub, log
        self.sk, self.ua, self.border = enrol(SK_BORDER), enrol(UA_ASYLUM), enrol(UA_BORDER)
        self.notice = str(self.sk.post(aud=[self.ua.who.urn], case="c-1", safeguards=["elderly"])["id"])
        keep_all(hub)
        self.ua.speaker.inbox()
        self.ua.speaker.notice(self.sk.who.urn, self.notice)
        self.ua.speaker.acknowledge({"iss": self.sk.who.urn, "id": self.notice}, "delivered")
        self.removal = str(self.border.leg("SVK", case="u-1")["id"])
        self.close(1)
        run("ledger", "export", folder / "exported")
        for name, who, no in (("notice", self.sk, self.notice), ("removal", self.border, self.removal)):
            run("ledger", "openings", who.who.urn, no, folder / f"{name}.json")
        jwk = keys.public_to_jwk(hub.keys["receipt"].public)
        (folder / "receipt.jwk").write_text(json.dumps(jwk))

    def close(self, minutes: int) -> None:
        with self.hub.database.transaction() as tx:
            ledger.close_minute(tx, clock.now() + timedelta(minutes=minutes), os.urandom(32))
        self.log.sign(MOMENT)

    @property
    def words(self) -> list[object]:
        return [
            "ledger",
            "audit",
            self.folder / "exported",
            self.folder / "notice.json",
            "--vkey",
            self.hub.ledger_vkey,
        ]

    def pins(self) -> list[object]:
        pinned = officers.introduction(self.hub)["secretariat"]
        return ["--receipt-key", self.folder / "receipt.jwk", "--secretariat", pinned]

    def openings(self, name: str = "notice") -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_bytes())
        return told

    def refused(self, edit: Edit, *more: object) -> str:
        """The code with which edited openings are refused."""
        told = copy.deepcopy(self.openings())
        edit(told)
        path = self.folder / "edited.json"
        path.write_text(json.dumps(told))
        with pytest.raises(Refusal) as raised:
            run("ledger", "audit", self.folder / "exported", path, "--vkey", self.hub.ledger_vkey, *more)
        return raised.value.code


def stranger(words: list[object], folder: Path) -> str:
    """Run a command on another machine: without settings, and without a hub to ask."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "exchange.cli.main", *(str(word) for word in words)]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
