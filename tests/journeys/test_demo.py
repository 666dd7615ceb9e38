"""The demo, run as a new user runs it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def up(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "exchange.cli.main", "up", "--exit-after-demo", *options]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_alerts_stand_and_the_afghan_authority_learns_nothing(tmp_path: Path) -> None:
    first = up(tmp_path, "--json")
    assert first.returncode == 0, first.stderr
    played = json.loads(first.stdout)
    slovak, unhcr = played["alerts"]["sk-asylum"], played["alerts"]["unhcr"]
    assert {(a["pattern"], a["severity"], a["stage"]) for a in (slovak, unhcr)} == {("P04", "critical", "done")}
    assert played["imminent"]["pattern"] == "P05"
    assert slovak["link"] == "probable"
    assert [sorted(n) for n in slovak["notices"]] == [["event", "number", "seen_as"]] * 2
    assert slovak["notices"][0]["event"] == {
        "kind": "removal_executed",
        "state": "SVK",
        "counterpart_state": "UKR",
        "event_time": "2010-09",
    }
    assert unhcr["notices"][0]["facts"]["legal_act"] == "readmission_agreement"
    assert played["afghan_authority"] == {"inbox": [], "alerts": [], "query": "nothing_to_tell"}
    assert "P05 critical" in first.stderr

    again = up(tmp_path, "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == played
    assert "was played before" in again.stderr

    settings = (tmp_path / "var" / "environment").read_text(encoding="utf-8")
    assert "ASYLUM_EXCHANGE_ORIGIN=" in settings
    assert (tmp_path / "var" / "environment").stat().st_mode & 0o077 == 0

    (tmp_path / "var" / "demo" / "played.json").unlink()
    broken = up(tmp_path, "--json")
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "--fresh" in broken.stderr

    fresh = up(tmp_path, "--fresh")
    assert (fresh.returncode, fresh.stdout) == (0, "")
