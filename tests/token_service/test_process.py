"""The token service as a process of its own, run by commands, killed, and asked over HTTP."""

import hashlib
import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.client import token_keys
from exchange.client.linkage.keys import MatchKey
from exchange.client.linkage.service import Pinned, ServiceKeying
from exchange.domain.errors import Refusal
from exchange.wire.encoding import b64encode
from token_service.kit import ROOT, Process, authority, process, run

KEYS = [MatchKey("C2D", f"invented|{number}") for number in range(3)]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Process]:
    with process(tmp_path) as made:
        yield made


def keying(service: Process, path: Path) -> ServiceKeying:
    folder = authority(path)
    service.say("admit", folder.path / "enrolment.json")
    told = json.loads(service.say("introduction"))
    pinned = Pinned(told["origin"], "k1", told["keysets"]["k1"], bytes(32), bytes(32))
    return ServiceKeying(pinned, folder.key("request"))


def ask(service: Process, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_it_evaluates_is_killed_and_goes_on_where_it_was(service: Process, tmp_path: Path) -> None:
    with keying(service, tmp_path) as by:
        first = by.tokens(KEYS)
        service.kill()
        with pytest.raises(Refusal) as found:
            by.tokens(KEYS)
        assert found.value.code == "token-service-down"
        service.start()
        assert by.tokens(KEYS) == first
        service.say("suspend", "lt-asylum")
        with pytest.raises(Refusal) as found:
            by.tokens(KEYS)
        assert found.value.code == "member-suspended"
    assert service.kill(signal.SIGTERM) == 0
    last = hashlib.sha256((service.folder / "evaluations.jsonl").read_bytes().splitlines(keepends=True)[-1])
    log = [2, b64encode(last.digest())]
    expected = {"batches": 2, "elements": {"lt-asylum": 6}, "shapes": [], "log": log}
    assert json.loads(service.say("report", "--json")) == expected
    assert service.say("report").startswith(
        f"lt-asylum: 6 elements in 2 batches\n2 lines, the last with the hash {log[1]}"
    )


def test_strangers_get_refusals_and_the_public_keys(service: Process) -> None:
    status, body = ask(service, "GET", "/v1/keysets")
    (told,) = json.loads(body)["keysets"]
    assert (status, told["id"], told["state"]) == (200, "k1", "active")
    assert json.loads(service.say("introduction"))["keysets"] == {"k1": told["public_key"]}
    for method, path, body, status in (
        ("POST", "/v1/evaluations", b"{}", 401),
        ("POST", "/v1/evaluations", b"", 401),
        ("POST", "/v1/keysets", b"{}", 404),
        ("GET", "/v1/evaluations", b"", 404),
        ("GET", "/", b"", 404),
        ("PUT", "/v1/evaluations", b"{}", 501),
    ):
        assert ask(service, method, path, body)[0] == status, (method, path)
    assert ask(service, "POST", "/v1/evaluations", b"x" * (1 << 18))[0] == 413
    assert ask(service, "POST", "/v1/evaluations", **{"Content-Length": "999999999999"})[0] == 413
    status, body = ask(service, "POST", "/v1/evaluations", b"{}", **{"Signature-Input": "x=()", "Signature": "x"})
    assert (status, json.loads(body)["code"]) == (401, "wrong-label")
    assert (
        ask(service, "POST", "/v1/evaluations", b"{}", **{"Content-Type": "\u00e9\u00e9", "Signature": "\u00ff"})[0]
        == 401
    )


def test_it_imports_nothing_of_the_hub() -> None:
    code = (
        "import sys, exchange.cli.token_service;"
        "print([m for m in sys.modules if m.startswith(('exchange.store', 'exchange.deps', 'exchange.client',"
        " 'psycopg', 'flask', 'celery'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_authority_pins_it_and_prints_tokens(service: Process, tmp_path: Path) -> None:
    folder = authority(tmp_path)
    service.say("admit", folder.path / "enrolment.json")
    shared, person = tmp_path / "shared.key", tmp_path / "person.json"
    person.write_text(json.dumps({"names": [{"given": "Arash", "family": "Rahimi"}], "born": [{"date": "1990-05-13"}]}))
    run("authority", "--folder", folder.path, "token-key", shared)
    assert shared.stat().st_mode & 0o777 == 0o600
    pinned = run(
        "authority", "--folder", folder.path, "keying", shared, service.introduction(tmp_path / "introduction.json")
    )
    assert pinned.startswith("k1\n")
    assert (folder.path / token_keys.FILE).stat().st_mode & 0o777 == 0o600
    told = json.loads(run("authority", "--folder", folder.path, "tokens", person))
    run("authority", "--folder", folder.path, "keying", shared, tmp_path / "introduction.json")
    again = json.loads(run("authority", "--folder", folder.path, "tokens", person))
    assert again == told  # the fill too: notices of one case, laid over one another, do not show it
    assert (told["profile"], told["keyset"], len(told["values"]) in {32, 64, 96, 128}) == ("N1", "k1", True)
    with pytest.raises(Refusal) as found:
        run("authority", "--folder", folder.path, "keying", shared, tmp_path / "introduction.json", "--keyset", "k9")
    assert found.value.code == "bad-keying"
    service.say("keyset-state", "k1", "verify-only")
    with pytest.raises(Refusal) as found:
        run("authority", "--folder", folder.path, "tokens", person)
    assert found.value.code == "keyset-not-active"


def test_hmac_mode_is_loud_and_for_a_sandbox_alone(tmp_path: Path) -> None:
    folder, person = authority(tmp_path), tmp_path / "person.json"
    person.write_text(json.dumps({"names": [{"given": "Arash", "family": "Rahimi"}], "born": [{"date": "1990-05-13"}]}))
    folder.pin({"ex": "real-exchange"})
    with pytest.raises(Refusal) as found:
        run("authority", "--folder", folder.path, "keying", "--hmac")
    assert found.value.code == "sandbox-tokens"
    folder.pin({"ex": "sandbox-test"})
    assert "HMAC MODE" in run("authority", "--folder", folder.path, "keying", "--hmac")
    said = run("authority", "--folder", folder.path, "tokens", person)
    assert "HMAC MODE" in said
    assert '"keyset": "sandbox"' in said
    folder.pin({"ex": "real-exchange"})
    with pytest.raises(Refusal) as found:
        run("authority", "--folder", folder.path, "tokens", person)
    assert found.value.code == "sandbox-tokens"
