"""docs/integrating.md, read as a newcomer reads it: its commands are run as they stand."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from exchange.client.doctor import identity
from exchange.clock import now
from exchange.embedded.processes import until
from exchange.wire import httpsig, keys
from exchange.wire.messages import Request
from exchange.wire.signature_base import request_base

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "integrating.md").read_text(encoding="utf-8"), re.DOTALL)
ENVIRONMENT = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}


def words(line: str) -> list[str]:
    program, *rest = shlex.split(line)
    assert program == "asylum-exchange"
    return [sys.executable, "-m", "exchange.cli.main", *rest]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(line), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120
    )


def capture(folder: Path) -> None:
    """Write down a request as a client of one's own would send it, and the base that it signed."""
    mine = identity.of_sandbox(json.loads((folder / "sandbox" / "sandbox.json").read_text()), "pl-asylum")
    request = Request("GET", mine.base_url + "/v1/self", (), b"")
    signed = httpsig.sign_request(request, mine.signing["request"], now(), os.urandom(16))
    fields = "".join(f"{name}: {value}\r\n" for name, value in signed.headers)
    (folder / "request.http").write_bytes(f"GET /v1/self HTTP/1.1\r\n{fields}\r\n".encode())
    base = request_base(signed, httpsig.inspect(signed).parameters)
    (folder / "base.txt").write_text(base, encoding="ascii")
    assert keys.is_thumbprint(httpsig.inspect(signed).keyid)


def test_from_nothing_to_a_healthy_client(tmp_path: Path) -> None:
    start, first_look, examine, office = BLOCKS
    with (tmp_path / "up.log").open("w") as log:
        up = subprocess.Popen(words(start), cwd=tmp_path, env=ENVIRONMENT, stderr=log, stdout=log)
    try:
        described = tmp_path / "sandbox" / "sandbox.json"
        assert until(lambda: described.exists() or up.poll() is not None, 120), (tmp_path / "up.log").read_text()
        looked = run(first_look, tmp_path)
        assert looked.returncode == 0, looked.stdout + looked.stderr
        capture(tmp_path)
        examined = run(examine, tmp_path)
        assert examined.returncode == 0, examined.stdout + examined.stderr
        assert "WRONG" not in looked.stdout + examined.stdout
        made, *_ = office.splitlines()
        assert run(made, tmp_path).returncode == 0
        assert (tmp_path / "office" / "enrolment.json").exists()
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0, (tmp_path / "up.log").read_text()
