"""The hub's own way to witnesses: what they cosign is kept and shown, and what they do wrong harms nobody."""

import base64
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from structlog.testing import capture_logs

from builders import SK_BORDER
from conftest import Enrol
from exchange import deps, settings, witnessing
from exchange.asking import Question, WitnessRefused, ask
from exchange.client.proving import Watched
from exchange.clock import now
from exchange.deps import Hub, open_hub
from exchange.domain.errors import Refusal
from exchange.embedded.processes import until
from exchange.publishing import Log
from exchange.store import cosignatures, tree
from exchange.store.cosignatures import StoredCosignature
from exchange.store.session import rows
from exchange.wire import tlog
from exchange.wire.encoding import b64decode
from exchange.wire.signed_note import COSIGNATURE, NoteKey, read_vkey
from exchange.wire.witnesses import Witness, published, read_witnesses
from exchange.witness import keeping
from exchange.witness.serving import Server
from exchange.witnessing import OtherLedger, Pace, Visitor
from ledger.fake_witness import FAULTS, TIME, FakeWitness
from ledger.kit import MOMENT, grow, run, tamper
from wire.test_go_oracle import READY, Go, program  # noqa: F401 -- a fixture

QUICK = Pace(every=0.02, patience=60, longest=0.1)
ENDLESS = [fault for fault in FAULTS if fault == "silence" or "trickle" in fault]


class RealWitness:
    """A witness as the exchange's own program serves it, in this process."""

    def __init__(self, folder: Path, log: NoteKey, name: str) -> None:
        self.key = keeping.make(folder, name)
        config = json.loads((folder / "witness.json").read_text()) | {"logs": [log.vkey], "bind": "127.0.0.1:0"}
        (folder / "witness.json").write_text(json.dumps(config))
        loaded = keeping.load(folder / "witness.json")
        self._server = Server(keeping.Witness(loaded, lambda: TIME), loaded.bind)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Party:
    """A hub with a signer, and witnesses that are made when they are named; `real` and `fake` give the hub's entry."""

    def __init__(self, hub: Hub, log: Log, folder: Path, stack: ExitStack) -> None:
        self.hub, self.log, self.folder, self.stack = hub, log, folder, stack
        self.log_key = read_vkey(hub.ledger_vkey)

    def real(self, name: str, state: str) -> Witness:
        made = RealWitness(self.folder / name, self.log_key, f"{name}.example")
        self.stack.callback(made.close)
        return Witness(made.key, state, made.url)

    def fake(self, fault: str = "") -> tuple[FakeWitness, Witness]:
        made = FakeWitness(self.log_key)
        self.stack.callback(made.close)
        made.fault = fault
        return made, Witness(made.key, "LVA", made.url)

    def grow(self, count: int = 3, history: bytes = b"") -> int:
        grow(self.hub, self.log, count, history)
        return self.log.size

    def visit(self, *witnesses: Witness, patience: float = 20) -> None:
        for witness in witnesses:
            Visitor(self.hub.database, witness, patience).visit()

    def lines(self) -> list[tuple[int, str]]:
        with self.hub.database.reading() as tx:
            return [(size, name) for size, name in rows(tx, "SELECT size, witness FROM cosignature ORDER BY 1, 2")]

    def shown(self) -> bytes:
        return httpx.get(f"{self.hub.origin}/ledger/checkpoint", trust_env=False).content

    @contextmanager
    def running(self, *witnesses: Witness, pace: Pace = QUICK) -> Iterator[None]:
        stop = threading.Event()
        seed = secrets.token_hex(4)
        print(f"seed {seed}")
        arguments = (self.hub.database, witnesses, stop, random.Random(seed), pace)
        cosigner = threading.Thread(target=witnessing.run, args=arguments)
        cosigner.start()
        try:
            yield
        finally:
            stop.set()
            cosigner.join()


@pytest.fixture
def party(hub: Hub, log: Log, tmp_path: Path) -> Iterator[Party]:
    with ExitStack() as stack:
        yield Party(hub, log, tmp_path, stack)


def keys(*witnesses: Witness) -> list[NoteKey]:
    return [one.key for one in witnesses]


def signers(checkpoint: tlog.SignedCheckpoint) -> set[str]:
    return {one.key.name for one in checkpoint.cosignatures}


# what is cosigned is kept and shown


def test_the_checkpoint_is_shown_with_the_lines_of_both_witnesses(party: Party, web: str) -> None:
    one, two = party.real("w1", "EST"), party.real("w2", "POL")
    assert web
    for count in (1, 2, 300, 5):
        size = party.grow(count)
        bare = party.shown()
        assert tlog.open_checkpoint(bare, party.log_key, keys(one, two)).cosignatures == ()
        party.visit(one, two)
        shown = tlog.open_checkpoint(party.shown(), party.log_key, keys(one, two))
        assert (shown.head.size, signers(shown)) == (size, {"w1.example", "w2.example"})
        assert party.shown().startswith(bare)  # the text and the log's own line stay as they were
        assert {line.time for line in shown.cosignatures} == {TIME}
        party.visit(one, two)  # there is nothing to do
    assert len(party.lines()) == 8


def read(office: Any, target: str) -> bytes:
    return bytes(office.speaker._line.call("GET", target, b"", ""))  # noqa: SLF001 -- the client does not ask for these


def code(act: Callable[..., object], *given: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as refused:
        act(*given, **named)
    return refused.value.code


def test_a_proof_may_be_asked_for_under_a_cosigned_checkpoint(party: Party, web: str, enrol: Enrol) -> None:
    one, two = party.real("w1", "EST"), party.real("w2", "POL")
    office = enrol(SK_BORDER)
    size = party.grow()
    assert code(read, office, "/v1/ledger/proof/0?cosigned=1") == "not-published"
    party.visit(one)
    assert code(read, office, "/v1/ledger/proof/0?cosigned=2") == "not-published"
    party.visit(two)
    newest = party.grow()
    party.visit(one)
    for target, where, by in (
        ("0", newest, {"w1.example"}),
        ("0?cosigned=1", newest, {"w1.example"}),
        ("0?cosigned=2", size, {"w1.example", "w2.example"}),
    ):
        proof = tlog.read_proof(read(office, f"/v1/ledger/proof/{target}"))
        opened = tlog.open_checkpoint(proof.checkpoint, party.log_key, keys(one, two))
        assert (opened.head.size, signers(opened)) == (where, by)
    assert code(read, office, f"/v1/ledger/proof/{size}?cosigned=2") == "not-published"
    assert code(read, office, "/v1/ledger/proof/0?cosigned=3") == "not-published"
    kept = tlog.open_checkpoint(read(office, "/v1/ledger/checkpoint"), party.log_key, keys(one, two))
    assert (kept.head.size, signers(kept)) == (newest, {"w1.example"})
    for wrong in ("0", "9", "02", "x", "", "-1", "1&cosigned=1"):
        assert code(read, office, f"/v1/ledger/proof/0?cosigned={wrong}") == "bad-parameter", wrong
    assert web


@pytest.mark.skipif(not READY and os.environ.get("CI") != "true", reason="Go is missing, as in tests/wire")
def test_a_verifier_that_shares_no_code_accepts_both_lines(
    party: Party,
    web: str,
    enrol: Enrol,
    program: Path,  # noqa: F811 -- the fixture
) -> None:
    one, two = party.real("w1", "EST"), party.real("w2", "POL")
    office = enrol(SK_BORDER)
    receipt: Any = office.post()
    party.log.sign(MOMENT)
    party.visit(one, two)
    leaf = base64.b64encode(b64decode(receipt["leaf"]["hash"])).decode()
    raw = read(office, f"/v1/ledger/proof/{receipt['leaf']['index']}?cosigned=2")
    go = Go(program, party.folder)
    vkeys = [party.log_key.vkey, one.key.vkey, two.key.vkey]
    told = go.one("inclusion", ",".join(vkeys), go.file(raw), "leaf", leaf)
    assert (told.returncode, told.stdout) == (0, f"{receipt['leaf']['index']} of {party.log.size}\n"), told.stderr
    stranger = party.fake()[1].key.vkey
    assert go.one("inclusion", ",".join([*vkeys, stranger]), go.file(raw), "leaf", leaf).returncode == 1
    assert web


def test_two_keys_of_one_name_are_one_witness(party: Party) -> None:
    size = party.grow()
    with party.hub.database.transaction() as tx:
        for name, key_id in (("a", "1"), ("a", "2"), ("a", "1"), ("b", "3"), ("b", "4")):
            cosignatures.add(tx, StoredCosignature(size, name, key_id, f"{name}{key_id}\n"), now())
        found = cosignatures.cosigned_checkpoint(tx, 0, 2)
        assert found is not None
        assert sorted(found.note.splitlines()[-4:]) == ["a1", "a2", "b3", "b4"]
        assert cosignatures.cosigned_checkpoint(tx, 0, 3) is None
        assert cosignatures.cosigned_checkpoint(tx, size, 1) is None
    with (
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="only grows"),
        party.hub.database.transaction() as tx,
    ):
        tx.execute("DELETE FROM cosignature")


# a witness that does wrong harms nobody


@pytest.mark.parametrize("fault", FAULTS)
def test_of_a_lying_or_slow_witness_nothing_is_kept_and_the_log_names_it(party: Party, fault: str) -> None:
    fake, entry = party.fake()
    good = party.grow()
    party.visit(entry)
    fake.fault = fault
    party.grow()
    patience = 0.3 if fault in ENDLESS else 20
    with capture_logs() as told:
        assert not Visitor(party.hub.database, entry, patience).fares_well()
    (line,) = told
    assert (line["event"], line["witness"]) == ("witness gave no cosignature", "fake.example/w9")
    assert line["code"] == FAULTS[fault]
    assert party.lines() == [(good, "fake.example/w9")]
    fake.fault = ""
    party.visit(entry)
    assert len(party.lines()) == 2


def test_a_witness_that_is_offline(party: Party) -> None:
    fake, entry = party.fake()
    fake.close()
    party.grow()
    assert code(party.visit, entry) == "no-answer"
    assert party.lines() == []


@pytest.mark.parametrize("fault", ENDLESS)
def test_while_one_witness_is_waited_for_the_others_cosign_and_the_signer_signs(party: Party, fault: str) -> None:
    one, two = party.real("w1", "EST"), party.real("w2", "POL")
    fake, entry = party.fake(fault)
    party.grow()
    with party.running(entry, one, two):
        assert fake.sent.wait(60)
        for _ in range(4):
            size = party.grow()
            both = [(size, "w1.example"), (size, "w2.example")]
            assert until(lambda both=both: party.lines()[-2:] == both)  # type: ignore[misc]
        assert until(lambda: fake.asked == 1)
    assert (fake.asked, fake.most_at_once) == (1, 1)  # it was waited for all the time, and never asked twice at once
    assert "fake.example/w9" not in {name for _, name in party.lines()}


def test_a_witness_comes_back_and_a_lying_one_delays_nobody(party: Party) -> None:
    one = party.real("w1", "EST")
    fake, entry = party.fake("another key")
    party.grow()
    with party.running(entry, one):
        size = party.grow()
        assert until(lambda: (size, "w1.example") in party.lines() and fake.asked > 3)
        assert {name for _, name in party.lines()} == {"w1.example"}
        fake.fault = ""
        assert until(lambda: (size, "fake.example/w9") in party.lines())
    assert fake.most_at_once == 1


def test_one_that_fails_is_asked_less_and_less_often() -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    pace = Pace(every=5, longest=300)
    for failures, most in ((0, 5), (1, 10), (3, 40), (6, 300), (10_000, 300)):
        waits = [pace.wait(failures, dice) for _ in range(200)]
        assert all(most / 2 <= wait <= most for wait in waits)
        assert len(set(waits)) > 100


def test_an_outage_of_the_database_is_no_fault_of_a_witness(party: Party, log: Log) -> None:
    entry = party.real("w1", "EST")
    party.grow()
    party.hub.database.close()
    with capture_logs() as told:
        assert Visitor(party.hub.database, entry, 20).fares_well()
    assert [line["event"] for line in told] == ["cosigner waits"]
    assert log


def test_a_thread_that_ends_of_what_nobody_foresaw_ends_the_process(party: Party, database_url: str) -> None:
    entry = party.real("w1", "EST")
    party.grow()
    with psycopg.connect(database_url) as connection:
        connection.execute("DROP TABLE cosignature CASCADE")
    dead: list[BaseException | None] = []
    hook, threading.excepthook = threading.excepthook, lambda args: dead.append(args.exc_value)
    try:
        with pytest.raises(witnessing.WitnessLeft):
            witnessing.run(party.hub.database, [entry], threading.Event(), random.Random(1), QUICK)
    finally:
        threading.excepthook = hook
    assert isinstance(dead[0], psycopg.errors.UndefinedTable)


# another ledger than the witness has seen


def restore(url: str, size: int) -> None:
    """Put the database back to what it was at a checkpoint, as an old backup does."""
    for table in ("cosignature", "checkpoint"):
        tamper(url, f"DELETE FROM {table} WHERE size > {size}")  # noqa: S608
    for table in ("leaf", "opening"):
        tamper(url, f"DELETE FROM {table} WHERE index >= {size}")  # noqa: S608


@pytest.mark.parametrize("more", [0, 5, 10, 300])
def test_a_restored_backup_is_told_by_the_witness_and_nothing_is_kept(
    party: Party, database_url: str, more: int
) -> None:
    one, (fake, other) = party.real("w1", "EST"), party.fake()
    size = party.grow(10)
    party.visit(one)
    party.grow(10)
    party.visit(one)
    restore(database_url, size)
    party.log = Log(party.hub.database, party.log._signer)  # noqa: SLF001 -- the signer's restart
    if more:
        party.grow(more, b"other")  # up to, exactly at, and beyond what the witness has seen
    with capture_logs() as told:
        assert not Visitor(party.hub.database, one, 20).fares_well(anew=True)  # as the process begins
    assert [(line["event"], line["log_level"], line["witness"]) for line in told] == [
        ("witness sees another ledger", "error", "w1.example")
    ]
    assert party.lines() == [(size, "w1.example")]
    party.visit(other)
    assert set(party.lines()) == {(size, "w1.example"), (party.log.size, "fake.example/w9")}
    assert fake.asked == 1


def test_a_lying_witness_that_cries_fork(party: Party) -> None:
    fake, entry = party.fake("a fork")
    party.grow()
    with pytest.raises(OtherLedger):
        party.visit(entry)
    assert (fake.asked, party.lines()) == (1, [])


def test_a_newer_checkpoint_of_ours_that_somebody_took_there_is_no_alarm(party: Party) -> None:
    fake, entry = party.fake("it has seen more")
    party.grow()
    fake.meanwhile = party.grow
    assert code(party.visit, entry) == "witness-refused"
    size = party.log.size
    fake.meanwhile = lambda: size + 1
    with pytest.raises(OtherLedger):
        party.visit(entry)


def test_a_witness_that_knows_more_than_the_table_is_asked_once_more(party: Party) -> None:
    entry = party.real("w1", "EST")
    size = party.grow()
    with party.hub.database.transaction() as tx:
        checkpoint = tree.last_checkpoint(tx)
    assert checkpoint is not None
    ask(entry.url, entry.key, Question(checkpoint.note, size, lambda _: [], 20), 0)  # the answer is lost
    newest = party.grow()
    party.visit(entry)
    assert party.lines() == [(newest, "w1.example")]
    with pytest.raises(WitnessRefused) as refused:
        ask(entry.url, entry.key, Question(checkpoint.note, size, lambda _: [], 20), 0)
    assert (refused.value.beyond, refused.value.forked) == (newest, False)


# an authority relies on witnesses of two states


class Reader:
    """An authority that has posted a notice, and asks who has seen its leaf."""

    def __init__(self, enrol: Enrol) -> None:
        self.office = enrol(SK_BORDER)
        self.receipt: Any = self.office.post()
        self.leaf = self.receipt["leaf"]["index"], b64decode(self.receipt["leaf"]["hash"])
        self._introduction = self.office.folder.hub

    def pin(self, *witnesses: Witness) -> None:
        self.office.folder.pin(self._introduction | {"witnesses": published(witnesses)})

    def pin_nobody(self) -> None:
        self.office.folder.pin({name: it for name, it in self._introduction.items() if name != "witnesses"})

    def witnessed(self) -> tlog.Included:
        watched = Watched(self.office.folder, self.office.speaker._line)  # noqa: SLF001 -- as the client makes it
        return watched.witnessed(*self.leaf)

    def prove(self, cosigned: int) -> tlog.Included:
        return self.office.speaker.prove(self.receipt["id"], cosigned)


@pytest.fixture
def reader(party: Party, web: str, enrol: Enrol) -> Reader:
    assert web
    made = Reader(enrol)
    party.log.sign(MOMENT)
    return made


def test_a_leaf_is_witnessed_by_two_states_and_by_no_less(party: Party, reader: Reader) -> None:
    est, twin, pol = party.real("w1", "EST"), party.real("w2", "EST"), party.real("w3", "POL")
    reader.pin_nobody()
    assert code(reader.witnessed) == "not-witnessed"
    reader.pin(est, twin, pol)
    assert code(reader.witnessed) == "not-published"  # nobody has cosigned
    party.visit(est, twin)
    assert code(reader.witnessed) == "not-witnessed"  # two of one state
    party.visit(pol)
    included = reader.witnessed()
    assert (included.index, included.leaf_hash) == reader.leaf
    assert signers(included.checkpoint) == {"w1.example", "w2.example", "w3.example"}
    party.grow()
    party.visit(est, twin)  # the newest that two have cosigned is of one state again: an older one is asked for
    assert reader.witnessed().checkpoint.head == included.checkpoint.head
    reader.leaf = reader.leaf[0], bytes(32)
    assert code(reader.witnessed) == "bad-proof"


def test_only_pinned_witnesses_count(party: Party, reader: Reader) -> None:
    est, twin, pol = party.real("w1", "EST"), party.real("w2", "EST"), party.real("w3", "POL")
    party.visit(est, twin, pol)
    for pinned in ((), (est, twin), (pol,), (est, party.fake()[1])):
        reader.pin(*pinned)
        assert code(reader.witnessed) == "not-witnessed", pinned
    reader.pin(est, pol)
    assert signers(reader.witnessed().checkpoint) == {"w1.example", "w3.example"}


def test_a_notice_is_proven_under_as_many_cosignatures_as_are_asked_for(party: Party, reader: Reader) -> None:
    est, pol = party.real("w1", "EST"), party.real("w3", "POL")
    reader.pin(est, pol)
    assert code(reader.prove, 2) == "not-published"
    party.visit(est, pol)
    assert signers(reader.prove(2).checkpoint) == {"w1.example", "w3.example"}
    kept = (reader.office.folder.path / "proofs" / f"{reader.receipt['id']}.tlog-proof").read_bytes()
    assert tlog.check_inclusion(tlog.read_proof(kept), reader.leaf[1], party.log_key, keys(est, pol))
    said = run("authority", "--folder", reader.office.folder.path, "prove", reader.receipt["id"], "--cosigned", 2)
    assert f"of {party.log.size} leaves" in said
    reader.pin(est)
    assert code(reader.prove, 2) == "not-witnessed"
    assert reader.prove(1).index == reader.leaf[0]


def test_a_line_of_a_pinned_witness_that_does_not_verify_is_refused(
    party: Party, reader: Reader, database_url: str
) -> None:
    est, pol = party.real("w1", "EST"), party.real("w3", "POL")
    party.visit(est, pol)
    reader.pin(est, pol)
    older = party.lines()[0][0]
    size = party.grow()
    tamper(database_url, f"INSERT INTO cosignature SELECT {size}, witness, key_id, nth, line, at FROM cosignature")  # noqa: S608
    assert code(reader.witnessed) == "bad-note-signature-line"
    tamper(database_url, f"DELETE FROM cosignature WHERE size > {older}")  # noqa: S608
    assert reader.witnessed().checkpoint.head.size == older


# the list of witnesses, and the process


def test_lists_that_are_refused(party: Party) -> None:
    good = [
        {"url": f"{w.url}/", "vkey": w.key.vkey, "state": w.state} for w in (party.fake()[1], party.real("w1", "POL"))
    ]
    read_back = read_witnesses(good, urls=True)  # type: ignore[arg-type]  # a list of objects
    assert [one.url for one in read_back] == [one["url"].rstrip("/") for one in good]
    assert [(one.key, one.state) for one in read_witnesses(published(read_back))] == [  # type: ignore[arg-type]
        (one.key, one.state) for one in read_back
    ]
    plain = party.log_key.vkey
    one = good[0]
    name, _, rest = one["vkey"].partition("+")
    wrong: list[Any] = [
        {}, None, "x", [1], [[]], [one] * 2, [one | {"more": "x"}], [{"vkey": one["vkey"], "state": "EST"}],
        [one | {"vkey": plain}], [one | {"vkey": 1}], [one | {"state": "est"}], [one | {"state": "XXX"}],
        [one | {"state": None}], [one | {"vkey": f"{name}2+{rest}"}], good * 9,
        *([one | {"url": url}] for url in (
            "", "ftp://w", "http://", "w.example", "http://u:p@w.example", "http://w.example/?x", "http://w:99999999",
            "http://w.example/#x", "http://[::1", 1,
        )),
    ]  # fmt: skip
    for told in wrong:
        assert code(read_witnesses, told, urls=True) in {"bad-witness", "bad-key"}, told
    assert code(read_witnesses, good) == "bad-witness"
    assert read_witnesses([]) == ()
    assert read_back[0].key.kind == COSIGNATURE


@pytest.mark.usefixtures("told")
def test_a_file_that_is_missing_or_malformed_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "witnesses.json"
    monkeypatch.setenv("ASYLUM_EXCHANGE_WITNESSES", str(path))
    assert code(run, "cosigner") == "bad-witness"
    for content, why in ((b"[{}]", "bad-witness"), (b"[", "bad-json"), (b"", "bad-json")):
        path.write_bytes(content)
        assert code(run, "cosigner") == why
        assert code(open_hub, settings.load(), connections=1) == why  # so is the hub itself
    path.write_bytes(b"[]")
    assert deps.witnesses_of(settings.load()) == ()


@pytest.mark.usefixtures("told")
def test_the_hub_knows_its_witnesses(party: Party, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = party.real("w1", "EST"), party.real("w2", "POL")
    path = tmp_path / "witnesses.json"
    path.write_text(json.dumps([{"url": w.url, "vkey": w.key.vkey, "state": w.state} for w in (one, two)]))
    monkeypatch.setenv("ASYLUM_EXCHANGE_WITNESSES", str(path))
    hub = open_hub(settings.load(), connections=1)
    assert hub.witnesses == (one, two)
    assert published(hub.witnesses) == [{"vkey": w.key.vkey, "state": w.state} for w in (one, two)]
    assert party.hub.witnesses == ()


@contextmanager
def process(url: str, *, folder: Path, witnesses: Path | None) -> Iterator[subprocess.Popen[str]]:
    """The command, told where things are; the folder of secrets that it is told of does not exist."""
    given = {"DATABASE_URL": url, "REDIS_URL": "redis://none.invalid", "ORIGIN": "http://hub.invalid", "ID": "x"}
    given |= {"SECRETS": str(folder / "no-secrets"), "WITNESSES": str(witnesses or "")}
    environment = {f"ASYLUM_EXCHANGE_{name}": value for name, value in given.items()}
    environment |= {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "exchange.cli.main", "cosigner"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def ended(running: subprocess.Popen[str]) -> str:
    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 0, told
    assert "Traceback" not in told
    return told


def test_the_process_does_its_work_and_ends_when_it_is_told_to(party: Party, database_url: str, tmp_path: Path) -> None:
    one, (fake, silent) = party.real("w1", "EST"), party.fake("silence")
    path = tmp_path / "witnesses.json"
    path.write_text(json.dumps([{"url": w.url, "vkey": w.key.vkey, "state": w.state} for w in (one, silent)]))
    size = party.grow()
    with process(database_url, folder=tmp_path, witnesses=path) as running:
        assert until(lambda: party.lines() == [(size, "w1.example")] and fake.sent.is_set(), 60)
        ended(running)  # with the silent one still waited for
    assert fake.asked == 1


def test_without_witnesses_the_process_idles_says_so_once_and_stays_connected(
    database_url: str, tmp_path: Path
) -> None:
    with process(database_url, folder=tmp_path, witnesses=None) as running:
        assert until(lambda: _connections(database_url) > 0, 60)
        told = ended(running)
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["cosigner has no witnesses, and idles"]


def _connections(url: str) -> int:
    with psycopg.connect(url) as connection:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        found = connection.execute(sql).fetchone()
    return 0 if found is None else int(found[0])
