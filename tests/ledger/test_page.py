"""docs/ledger.md, read as it stands: every command of the page is run, in its order."""

import json
import os
import re
import shlex
import signal
import string
import subprocess
import sys
from pathlib import Path

import pytest

from builders import SK_BORDER
from conftest import Enrol
from exchange import officers
from exchange.deps import Hub
from exchange.publishing import Log
from exchange.wire import keys
from ledger.kit import MOMENT, run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def serve(words: list[str]) -> tuple[subprocess.Popen[str], str]:
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "exchange.cli.main", *words]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().split(" at ")[1].split(",")[0]


def prepare(hub: Hub, enrol: Enrol, log: Log) -> dict[str, str]:
    """Make the files of the author as the page names them, in this folder; returns what names its notice."""
    office = enrol(SK_BORDER)
    for name in ("notice", "later"):
        notice_id = str(office.post(case=name)["id"])
        log.sign(MOMENT)
        office.speaker.prove(notice_id)
        kept = office.folder.path
        Path(f"{name}.tlog-proof").write_bytes((kept / "proofs" / f"{notice_id}.tlog-proof").read_bytes())
        receipt = (kept / "receipts" / f"{notice_id}.jws").read_bytes()
        Path("receipt.jws" if name == "notice" else "later.jws").write_bytes(receipt)
        Path(f"{name}.txt").write_text(office.speaker.notice(office.who.urn, notice_id)["notice"])
        run("ledger", "mirror", hub.origin, "mirror", "--vkey", hub.ledger_vkey)
    Path("receipt.jwk").write_text(json.dumps(keys.public_to_jwk(hub.keys["receipt"].public)))
    Path("author.jwk").write_text(json.dumps(keys.public_to_jwk(office.folder.key("notice").public)))
    Path("theirs.note").write_text(office.speaker.checkpoint().note.raw)
    named = {"ISS": office.who.urn, "ID": notice_id, "FOLDER": str(office.folder.path)}
    return {**named, "SECRETARIAT": officers.introduction(hub)["secretariat"]}


@pytest.mark.usefixtures("web", "told")
def test_every_command_of_the_page(
    hub: Hub, enrol: Enrol, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(COMMANDS) == 13
    monkeypatch.chdir(tmp_path)
    values = {"EXCHANGE": hub.origin, "VKEY": hub.ledger_vkey, "NAME": "witness.example/w1"}
    values |= prepare(hub, enrol, log)
    serving, told = None, []
    try:
        for line in COMMANDS:
            program, *words = shlex.split(string.Template(line).substitute(values))
            assert program == "asylum-exchange"
            if words[0] == "witness":
                serving, values["WITNESS"] = serve(words)
                continue
            said = run(*words)
            told.append(said)
            if words[0] == "witness-key":
                values["WITNESS_VKEY"] = said.strip()
                config = json.loads(Path("witness/witness.json").read_text())
                config |= {"logs": [hub.ledger_vkey], "bind": "127.0.0.1:0"}
                Path("witness/witness.json").write_text(json.dumps(config))
        assert "1 cosigned" in told[-3]
        assert "no revocation of it stands before" in told[-1]
    finally:
        if serving is not None:
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(20) == 0
            serving.stdout and serving.stdout.close()
