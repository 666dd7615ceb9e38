"""The client in Node.js, which a stranger wrote from docs/wire-format.md, exchanges notices and verifies everything."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from authorities import secretariat_of
from exchange.demo import sandboxing
from journey import Journey

CLIENT = Path(__file__).parents[2] / "examples" / "node"
READY = shutil.which("node") is not None and (CLIENT / "node_modules" / ".set-up").exists()
needs_node = pytest.mark.skipif(
    not READY and os.environ.get("CI") != "true", reason="`make node` installs what the client in Node.js needs"
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node", *arguments], cwd=CLIENT, capture_output=True, text=True, check=False)


@needs_node
def test_a_strangers_client_exchanges_notices_and_verifies_every_answer(journey: Journey, tmp_path: Path) -> None:
    described = sandboxing.set_up(secretariat_of(journey.hub), tmp_path)
    for _ in range(2):  # a second time against the same hub: it goes on in its sequence
        done = run("demo.mjs", str(described))
        steps = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == 0, done.stdout + done.stderr
        assert [step for step in steps if not step["ok"]] == []
        assert len(steps) >= 15


@needs_node
def test_the_golden_vectors_as_others_read_them() -> None:
    done = run("check_vectors.mjs")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


def test_sandbox_json_has_the_form_of_the_page(journey: Journey, tmp_path: Path) -> None:
    told = json.loads(sandboxing.set_up(secretariat_of(journey.hub), tmp_path).read_text())
    assert set(told) == {"base_url", "ex", "token_key", "hub_keys", "ledger_vkey", "authorities"}
    assert set(told["hub_keys"]) == {"answer", "receipt", "push", "words"}
    assert all(set(one) == {"id", "kind", "state", "keys"} for one in told["authorities"])
    assert all(set(one["keys"]) == {"request", "notice", "seal"} for one in told["authorities"])
    kinds = {(one["kind"], one["state"]) for one in told["authorities"]}
    participants = {state for kind, state in kinds if kind == "asylum_office"}
    assert len(participants) == 10
    assert kinds >= {(kind, state) for kind in ("border_guard", "return_unit") for state in participants}
    assert kinds >= {("monitor", "UNO"), ("secretariat", "UNO")}
    assert sandboxing.set_up(secretariat_of(journey.hub), tmp_path).read_text() == json.dumps(told, indent=1)
