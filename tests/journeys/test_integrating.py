"""docs/integrating.md, read as a newcomer reads it: its commands are run as they stand."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from exchange.client.doctor import identity
from exchange.clock import now
from exchange.embedded.processes import until
from exchange.wire import httpsig, key_statements, keys
from exchange.wire.messages import Request
from exchange.wire.signature_base import request_base

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "integrating.md").read_text(encoding="utf-8"), re.DOTALL)
ENVIRONMENT = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}


def words(line: str) -> list[str]:
    program, *rest = shlex.split(line)
    assert program == "asylum-exchange"
    return [sys.executable, "-m", "exchange.cli.main", *rest]


def run(line: str, folder: Path, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(line),
        cwd=folder,
        env=ENVIRONMENT | settings,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
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


def settled(folder: Path) -> dict[str, str]:
    """The settings of the sandbox, which the commands of officers need."""
    lines = (folder / "sandbox" / "var" / "environment").read_text().splitlines()
    return dict(shlex.split(line)[0].split("=", 1) for line in lines)


def succeed(line: str, folder: Path, typed: str = "", **settings: str) -> str:
    done = run(line, folder, typed, **settings)
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout


def be_enrolled(office: str, folder: Path) -> None:
    """Go through section 5, with three officers of the secretariat: the lines of the document, and theirs between."""
    made, answered, pinned, checked = office.splitlines()
    settings = settled(folder)
    one, two, three = (f"--as sandbox/var/officers/officer-{n}" for n in (1, 2, 3))
    officer, approve = "asylum-exchange officer", "asylum-exchange officer approve --authority pl-asylum"
    succeed(made, folder)
    (folder / "invitation.json").write_text(
        succeed(f"{officer} invite office/enrolment.json {one}", folder, **settings)
    )
    fingerprint = succeed(answered, folder).strip()
    succeed(f"{officer} enrol office/bundle.jws {one}", folder, **settings)
    assert fingerprint in succeed(f"{officer} waiting", folder, **settings)
    misheard = run(f"{approve} --fingerprint {fingerprint[::-1]} {two}", folder, **settings)
    assert misheard.returncode == 1
    assert "wrong-fingerprint" in misheard.stderr
    other = run(f"{approve}-two --fingerprint {fingerprint} {two}", folder, **settings)
    assert "no-such-command" in other.stderr
    assert '"took_effect": false' in succeed(f"{approve} --fingerprint {fingerprint} {two}", folder, **settings)
    assert '"took_effect": true' in succeed(f"{approve} {three}", folder, f"{fingerprint}\n", **settings)
    (folder / "hub.json").write_text(succeed(f"{officer} introduction", folder, **settings))
    succeed(pinned, folder)
    assert "WRONG" not in succeed(checked, folder)


def fingerprint_of(urn: str, folder: Path) -> str:
    """What the authority would read aloud."""
    hub = json.loads((folder / "hub.json").read_text())
    told = httpx.get(hub["base_url"] + "/ledger/keys").json()
    records = [json.loads(event["record"]) for event in told["events"]]
    (bundle,) = [record["said"][0] for record in records if record["of"] == urn]
    return key_statements.read_bundle(bundle, hub["ex"]).fingerprint


def change_keys(routine: str, stolen: str, folder: Path) -> None:
    """Go through section 6."""
    meet, update, rotate = routine.splitlines()
    theirs = fingerprint_of("urn:asylum-exchange:authority:sk-asylum", folder)
    refused = run(meet, folder, f"{theirs[::-1]}\n")
    assert "wrong-fingerprint" in refused.stderr
    assert "sk-asylum" in succeed(meet, folder, f"{theirs}\n")
    succeed(update, folder)
    second = succeed(rotate, folder).strip()
    again, revoke = stolen.splitlines()
    third = succeed(again, folder).strip()
    assert len({second, third}) == 2
    assert (folder / "office" / "earlier" / f"{second}-notice.pem").exists()
    succeed(revoke.replace("$KID", second), folder)
    told = succeed("asylum-exchange doctor --folder office", folder)
    assert f"{second}, ended" in told
    assert f"{third} is active" in told


def test_from_nothing_to_a_healthy_client(tmp_path: Path) -> None:
    start, first_look, examine, office, routine, stolen, *_ = BLOCKS
    with (tmp_path / "up.log").open("w") as log:
        up = subprocess.Popen(words(start), cwd=tmp_path, env=ENVIRONMENT, stderr=log, stdout=log)
    try:
        described = tmp_path / "sandbox" / "sandbox.json"
        assert until(lambda: described.exists() or up.poll() is not None, 120), (tmp_path / "up.log").read_text()
        looked = succeed(first_look, tmp_path)
        capture(tmp_path)
        examined = succeed(examine, tmp_path)
        assert "WRONG" not in looked + examined
        be_enrolled(office, tmp_path)
        change_keys(routine, stolen, tmp_path)
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0, (tmp_path / "up.log").read_text()
