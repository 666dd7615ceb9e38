"""A witness over real HTTP (C2SP tlog-witness): it cosigns what continues what it saw, and nothing else, ever."""

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import Edge, consistency_proof
from exchange.publishing import Log
from exchange.wire import tlog
from exchange.wire.signed_note import NoteKey, NoteSigner, read_vkey
from exchange.witness import keeping
from exchange.witness.keeping import Witness
from exchange.witness.serving import Server
from ledger.kit import LOG, VKEY, grow, leaf, note, publish, run

LEAVES = [leaf(number) for number in range(1000)]
OTHERS = [leaf(number, b"other") for number in range(1000)]
SECOND = NoteSigner("second.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\5"))
FORGER = NoteSigner(LOG.name, Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\6"))
TIME = 1_795_420_114


class Served:
    """A witness that is served in this process."""

    def __init__(self, folder: Path, *logs: NoteKey) -> None:
        self.folder = folder
        self.vkey = run("witness-key", folder, "witness.example/w1").strip()
        config = json.loads((folder / "witness.json").read_text())
        config |= {"logs": [log.vkey for log in logs], "bind": "127.0.0.1:0"}
        (folder / "witness.json").write_text(json.dumps(config))
        self.start()

    def start(self) -> None:
        config = keeping.load(self.folder / "witness.json")
        self.server = Server(Witness(config, lambda: TIME), config.bind)
        self.port = int(self.server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()

    def post(self, body: str | bytes, path: str = "/add-checkpoint") -> httpx.Response:
        return httpx.post(self.url + path, content=body, trust_env=False)

    def ask(self, old: int, raw: str, proof: list[bytes] | None = None) -> httpx.Response:
        size = int(raw.split("\n")[1])
        return self.post(tlog.write_asked(old, nodes(old, size) if proof is None else proof, raw))


def nodes(old: int, size: int) -> list[bytes]:
    edge = Edge()
    tiles = {(tile.level, tile.index): tile.hashes for tile in [*edge.extend(LEAVES[:size]), *edge.partial()]}
    return consistency_proof(min(old, size), size, lambda level, index, width: tiles[level, index][:width])


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "witness", LOG.public, SECOND.public)
    yield served
    served.stop()


def test_honest_growth_is_cosigned(witness: Served) -> None:
    old, key = 0, read_vkey(witness.vkey)
    for size in (1, 1, 2, 256, 257, 300, 1000, 1000):
        raw = note(size, LEAVES)
        answer = witness.ask(old, raw)
        assert answer.status_code == 200, answer.text
        opened = tlog.open_checkpoint(raw + answer.text, LOG.public, [key])
        assert [(one.key, one.time) for one in opened.cosignatures] == [(key, TIME)]
        old = size


def test_an_empty_ledger_is_cosigned_too(witness: Served) -> None:
    assert witness.ask(0, note(0, LEAVES)).status_code == 200
    assert witness.ask(0, note(5, LEAVES)).status_code == 200


def test_a_replay_gets_the_last_size(witness: Served) -> None:
    assert witness.ask(0, note(300, LEAVES)).status_code == 200
    for old, size in ((0, 300), (0, 600), (200, 300), (300, 300), (299, 600)):
        answer = witness.ask(old, note(size, LEAVES))
        if (old, size) == (300, 300):
            assert answer.status_code == 200
            continue
        assert (answer.status_code, answer.text) == (409, "300\n")
        assert answer.headers["content-type"] == "text/x.tlog.size"
    assert witness.ask(200, note(200, LEAVES)).text == "300\n"


def test_a_fork_is_refused(witness: Served) -> None:
    assert witness.ask(0, note(300, LEAVES)).status_code == 200
    assert witness.ask(300, note(300, OTHERS), []).status_code == 409
    assert witness.ask(300, note(600, OTHERS)).status_code == 422
    assert witness.ask(300, note(600, LEAVES), nodes(300, 600)[:-1]).status_code == 422
    assert witness.ask(300, note(600, LEAVES), [*nodes(300, 600), bytes(32)]).status_code == 422
    assert witness.ask(300, note(600, LEAVES)).status_code == 200


def test_the_first_checkpoint_needs_no_proof_and_takes_none(witness: Served) -> None:
    assert witness.ask(0, note(300, LEAVES), [bytes(32)]).status_code == 422
    assert witness.ask(0, note(300, LEAVES), []).status_code == 200


def test_two_ledgers_do_not_mix(witness: Served) -> None:
    assert witness.ask(0, note(300, LEAVES)).status_code == 200
    assert witness.ask(0, note(10, LEAVES, SECOND)).status_code == 200
    assert witness.ask(10, note(300, LEAVES, SECOND)).status_code == 200
    assert witness.ask(300, note(301, LEAVES)).status_code == 200
    assert len(list((witness.folder / "state").glob("*.note"))) == 2


def test_keys_that_are_not_known(witness: Served) -> None:
    stranger = NoteSigner("third.example/ledger", Ed25519PrivateKey.generate())
    assert witness.ask(0, note(300, LEAVES, stranger)).status_code == 404
    assert witness.ask(0, note(300, LEAVES, FORGER)).status_code == 403
    good = note(300, LEAVES)
    head, line = good.split("\n\n")
    borrowed = note(300, LEAVES, SECOND).split("\n\n")[1]  # of a known key, and another ledger's
    assert witness.ask(0, f"{head}\n\n{borrowed}").status_code == 403
    assert witness.ask(0, good.replace("\n300\n", "\n301\n")).status_code == 403
    assert witness.ask(0, f"{head}\n\n{borrowed}{line}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"old 0\n",
        b"old 0\n\n",
        b"old -1\n\n" + note(3, LEAVES).encode(),
        b"old 00\n\n" + note(3, LEAVES).encode(),
        b"old 4\n\n" + note(3, LEAVES).encode(),
        b"old 9223372036854775808\n\n" + note(3, LEAVES).encode(),
        b"old 0\nAAAA\n\n" + note(3, LEAVES).encode(),
        b"old 0\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + b"\n" + note(3, LEAVES).encode(),
        b"old 0\n\n" + f"{LOG.name}\n3\n".encode(),
        b"old 0\r\n\r\n" + note(3, LEAVES).encode(),
        b"\xff\xfe" * 50,
        b"x" * 1_000_001,
        secrets.token_bytes(5000),
    ],
)
def test_garbage_is_answered(witness: Served, body: bytes) -> None:
    assert witness.post(body).status_code == 400
    assert witness.ask(0, note(3, LEAVES)).status_code == 200


def test_no_length_and_no_such_address(witness: Served) -> None:
    assert witness.post(note(3, LEAVES), "/elsewhere").status_code == 404
    assert httpx.get(witness.url + "/add-checkpoint", trust_env=False).status_code == 501
    for header, value in (("Transfer-Encoding", "chunked"), ("Content-Length", "-1"), ("Content-Length", "9" * 20)):
        connection = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=10)
        connection.putrequest("POST", "/add-checkpoint")
        connection.putheader(header, value)
        connection.endheaders()
        assert connection.getresponse().status == 400
        connection.close()


def test_a_restart_goes_on_and_never_back(witness: Served) -> None:
    assert witness.ask(0, note(300, LEAVES)).status_code == 200
    witness.stop()
    witness.start()
    assert witness.ask(0, note(200, LEAVES)).text == "300\n"
    assert witness.ask(300, note(400, LEAVES)).status_code == 200


def test_a_damaged_state_signs_nothing(witness: Served) -> None:
    assert witness.ask(0, note(300, LEAVES)).status_code == 200
    (state,) = (witness.folder / "state").glob("*.note")
    good = state.read_text()
    state.write_text(good.replace("\n300\n", "\n200\n"))
    assert witness.ask(300, note(400, LEAVES)).status_code == 500
    with pytest.raises(Refusal):
        Witness(keeping.load(witness.folder / "witness.json"), lambda: TIME)
    state.write_text(good)
    assert witness.ask(300, note(400, LEAVES)).status_code == 200


def test_many_at_once_never_fork_it(witness: Served) -> None:
    """All know the same last size; of each size and history, one wins, and the state only grows."""
    assert witness.ask(0, note(300, LEAVES)).status_code == 200
    asked = [(300, note(size, LEAVES)) for size in range(301, 331)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: witness.ask(*one), asked))
    won = [size for size, answer in zip(range(301, 331), answers, strict=True) if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.status_code for answer in answers} == {200, 409}
    assert witness.ask(0, note(900, LEAVES)).text == f"{won[0]}\n"


def test_configurations_that_are_refused(witness: Served) -> None:
    path = witness.folder / "witness.json"
    good = json.loads(path.read_text())
    for change in (
        {"bind": "0.0.0.0:80"},
        {"logs": [VKEY, VKEY]},
        {"logs": ["x"]},
        {"logs": "x"},
        {"more": 1},
    ):
        path.write_text(json.dumps(good | change))
        with pytest.raises(Refusal):
            keeping.load(path)
    path.write_text(json.dumps(good))
    before = (witness.folder / "witness.pem").read_bytes()
    run("witness-key", witness.folder, "other", code=1)  # a key is never overwritten
    run("witness-key", witness.folder / "new", "a name", code=2)
    assert (witness.folder / "witness.pem").read_bytes() == before
    assert (witness.folder / "witness.pem").stat().st_mode & 0o077 == 0


# from a mirror to the witness


def cosign(folder: Path, web: str, witness: Served, vkey: str) -> str:
    words = ("--vkey", vkey, "--witness-vkey", witness.vkey)
    return run("ledger", "cosign", web, witness.url, folder, *words)


@pytest.fixture
def own(hub: Hub, web: str, tmp_path: Path) -> Iterator[Served]:
    """A witness that knows the ledger of the hub."""
    assert web
    served = Served(tmp_path / "own", read_vkey(hub.ledger_vkey))
    yield served
    served.stop()


def test_a_mirrored_checkpoint_is_cosigned(hub: Hub, web: str, log: Log, own: Served, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for count in (3, 300, 5):
        grow(hub, log, count)
        assert "by witness.example/w1" in cosign(first, web, own, hub.ledger_vkey)
    assert f"cosigned at {log.size}" in cosign(second, web, own, hub.ledger_vkey)  # it learns the size from the 409
    grow(hub, log, 5)
    cosign(second, web, own, hub.ledger_vkey)
    cosign(first, web, own, hub.ledger_vkey)
    words = ("ledger", "verify", first, "--vkey", hub.ledger_vkey)
    assert json.loads(run(*words, "--witness-vkey", own.vkey, "--json"))["cosigned"] == 4
    told = json.loads(run(*words, "--json"))
    assert (told["cosigned"], len(told["remarks"]), told["holds"]) == (0, 4, True)
    (path, *_) = (first / "cosigned").rglob("*.note")
    path.write_text(path.read_text().replace("witness.example/w1 ", "witness.example/w2 "))
    run(*words, "--witness-vkey", own.vkey, code=1)


def refused(folder: Path, web: str, witness: Served, vkey: str) -> Refusal:
    with pytest.raises(Refusal) as raised:
        cosign(folder, web, witness, vkey)
    return raised.value


def test_what_a_witness_does_not_cosign(hub: Hub, log: Log, own: Served, witness: Served, tmp_path: Path) -> None:
    web = hub.origin
    grow(hub, log, 300)
    assert "does not know the ledger" in refused(tmp_path / "a", web, witness, hub.ledger_vkey).detail
    signer = log._signer  # noqa: SLF001 -- a captured hub has the key
    raw = note(200, OTHERS, signer)
    assert own.ask(0, raw).status_code == 200
    assert "does not continue" in refused(tmp_path / "a", web, own, hub.ledger_vkey).detail
    other = NoteSigner(own.vkey.split("+")[0], Ed25519PrivateKey.generate(), 4)
    words = ("--vkey", hub.ledger_vkey, "--witness-vkey", other.public.vkey)
    fresh = Served(tmp_path / "fresh", read_vkey(hub.ledger_vkey))
    with pytest.raises(Refusal) as lying:
        run("ledger", "cosign", web, fresh.url, tmp_path / "a", *words)
    assert lying.value.code == "unknown-note-key"
    fresh.stop()
    assert refused(tmp_path / "a", web, fresh, hub.ledger_vkey).code == "no-answer"
    assert not (tmp_path / "a" / "cosigned").exists()


def test_a_witness_that_has_seen_more(hub: Hub, web: str, log: Log, own: Served, tmp_path: Path) -> None:
    grow(hub, log, 10)
    raw = note(500, LEAVES, log._signer)  # noqa: SLF001 -- as above
    assert own.ask(0, raw).status_code == 200
    assert "mirror first" in refused(tmp_path / "a", web, own, hub.ledger_vkey).detail


def test_the_program_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    publish(tmp_path / "mirror", LEAVES, [300])
    run("witness-key", tmp_path / "w", "w")
    config = json.loads((tmp_path / "w" / "witness.json").read_text()) | {"bind": "127.0.0.1:0", "logs": [VKEY]}
    (tmp_path / "w" / "witness.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "exchange.cli.main", "witness", "--config", str(tmp_path / "w" / "witness.json")]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(" at ")[1].split(",")[0]
        answer = httpx.post(
            f"{url}/add-checkpoint", content=tlog.write_asked(0, [], note(300, LEAVES)), trust_env=False
        )
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
