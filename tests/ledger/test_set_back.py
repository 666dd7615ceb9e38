"""The exchange is set back to an older state, forks, or shows what another ledger signed: who sees it, what is kept."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from authorities import Office, enrolled
from builders import SK_BORDER
from conftest import TEMPLATE, Enrol, database_of, settings_for
from exchange import deps, ledger_room
from exchange.client.speaker import Speaker
from exchange.deps import Hub, open_hub
from exchange.domain.errors import Refusal
from exchange.embedded.ports import free_port
from exchange.publishing import Log
from exchange.store import tree
from exchange.wire import statements, tlog
from exchange.wire.encoding import b64decode
from exchange.wire.signed_note import NoteSigner, read_vkey
from ledger.kit import MOMENT, files, grow, planted, run, served
from ledger.test_witness import Served
from steps import keep_all

Running = Callable[[str], AbstractContextManager[tuple[Hub, Log]]]


class Databases:
    """Databases of one exchange: each may be the one that it runs on."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self.server_url, self.secrets = server_url, folder
        self.origin, self.prefix = f"http://127.0.0.1:{free_port()}", f"set_back_{secrets.token_hex(4)}"
        self.made: list[str] = []

    def copy(self, source: str, name: str) -> None:
        """Copy a database that nobody is connected to, file by file, as a backup is made and put back."""
        template = f"{self.prefix}_{source}" if source else TEMPLATE
        self._do(f"CREATE DATABASE {self.prefix}_{name} TEMPLATE {template}")
        self.made.append(name)

    @contextmanager
    def running(self, name: str) -> Iterator[tuple[Hub, Log]]:
        """Run the exchange on a database, with a signer that starts there."""
        settings = settings_for(database_of(self.server_url, f"{self.prefix}_{name}"), self.secrets, self.origin)
        hub = open_hub(settings, connections=4)
        try:
            with served(hub):
                yield hub, Log(hub.database, deps.ledger_signer(settings))
        finally:
            hub.database.close()

    def drop(self) -> None:
        for name in self.made:
            self._do(f"DROP DATABASE {self.prefix}_{name} WITH (FORCE)")

    def _do(self, sql: str) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(sql)


@pytest.fixture
def databases(server_url: str, secrets_folder: Path) -> Iterator[Databases]:
    made = Databases(server_url, secrets_folder)
    made.copy("", "first")
    yield made
    made.drop()


class Outside:
    """Those who watch the exchange: an authority, an outsider with a mirror, a witness."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder, self.url, self.vkey = folder, hub.origin, hub.ledger_vkey
        self.office = Office(folder / "office", SK_BORDER)
        enrolled(hub, self.office)
        self.witness = Served(folder / "witness", read_vkey(hub.ledger_vkey))

    def look(self, mirror: str = "mirror") -> dict[str, str]:
        """Let each look; returns what they say, by who says it, when it is a refusal."""
        acts: dict[str, Callable[[], object]] = {
            "client": self._client,
            "mirror": lambda: run("ledger", "mirror", self.url, self.folder / mirror, "--vkey", self.vkey),
            "witness": lambda: self._cosign(mirror),
        }
        said = {}
        for who, act in acts.items():
            try:
                act()
            except Refusal as refusal:
                said[who] = refusal.code
        return said

    def _client(self) -> None:
        with Speaker(self.office.folder, tries=1) as speaker:
            speaker.checkpoint()

    def _cosign(self, mirror: str) -> None:
        words = ("--vkey", self.vkey, "--witness-vkey", self.witness.vkey)
        run("ledger", "cosign", self.url, self.witness.url, self.folder / mirror, *words)

    def kept_size(self) -> int:
        """The size of the checkpoint that the authority keeps."""
        return self.size((self.office.folder.path / "checkpoint.note").read_bytes())

    def size(self, raw: bytes) -> int:
        return tlog.open_checkpoint(raw, read_vkey(self.vkey)).head.size

    def post_kept(self) -> tuple[str, bytes]:
        """Post a notice and keep its bytes, as an authority must that wants to send them again."""
        with Speaker(self.office.folder) as speaker:
            (written,) = speaker._write([self.office.parts()])  # noqa: SLF001 -- what `post` does first
            assert speaker.send_pending() == 1
        return written.id, written.envelope

    def close(self) -> None:
        self.office.close()
        self.witness.stop()


def prepare(databases: Databases, tmp_path: Path) -> tuple[Outside, str, bytes]:
    """Run on `first`; make a `backup`; run on. Returns a notice that the backup lacks, with its bytes."""
    with databases.running("first") as (hub, log):
        outside = Outside(tmp_path, hub)
        outside.office.post()
        log.sign(MOMENT)
        assert outside.look() == {}
    databases.copy("first", "backup")
    with databases.running("first") as (_, log):
        lost, envelope = outside.post_kept()
        outside.office.post()
        log.sign(MOMENT)
        assert outside.look() == {}
        outside.office.speaker.prove(lost)
    return outside, lost, envelope


def test_an_old_backup_is_put_back(databases: Databases, tmp_path: Path) -> None:
    outside, lost, envelope = prepare(databases, tmp_path)
    seen = outside.kept_size()
    receipts = {path.name: path.read_bytes() for path in (outside.office.folder.path / "receipts").iterdir()}
    cosigned = files(tmp_path / "witness" / "state")

    with databases.running("backup") as (hub, log):
        assert log.size == seen - 4  # the signer starts: its memory was set back with everything else
        assert set(outside.look().values()) == {"older-checkpoint"}
        assert outside.kept_size() == seen
        while log.size <= seen:
            outside.office.post()
            log.sign(MOMENT)
        assert outside.look() == dict.fromkeys(("client", "mirror", "witness"), "ledger-forked")  # it mirrors first
        assert outside.look("stranger") == {"client": "ledger-forked", "witness": "witness-refused"}
        require_evidence(outside, seen, log.size)
        assert outside.kept_size() == seen
        assert files(tmp_path / "witness" / "state") == cosigned  # it cosigned nothing of the other history
        require_gap_told(hub, outside.office)
        require_lost_notice_back(outside, lost, envelope, receipts[f"{lost}.jws"])
        outside.office.close()

    with databases.running("first") as (hub, log):  # the newer copy was found: nobody has anything against it
        grow(hub, log, 1)
        assert outside.look() == {}
    outside.close()


def require_evidence(outside: Outside, seen: int, forked: int) -> None:
    """Two checkpoints that cannot both be of one ledger, both signed, at the authority and in the mirror."""
    proofs = outside.office.folder.path / "proofs"
    kept = [outside.size((proofs / f"forked-{which}.note").read_bytes()) for which in ("old", "new")]
    assert kept == [seen, forked]
    mirrored = [outside.size(path.read_bytes()) for path in (outside.folder / "mirror" / "forked").iterdir()]
    assert sorted(mirrored) == [seen, forked]
    told = run("ledger", "verify", outside.folder / "mirror", "--vkey", outside.vkey, code=1)
    assert "Evidence of a fork" in told


def require_gap_told(hub: Hub, office: Office) -> None:
    """The author hears from the exchange itself where its own sequence is broken."""
    keep_all(hub)
    words = [statements.heard(item["jws"], statements.WORD, office.folder.hub_key("words")) for item in _words(office)]
    assert {(word["word"], word.get("expected")) for word in words} == {("sequence_gap", 2)}


def _words(office: Office) -> list[dict[str, Any]]:
    return [item for item in office.speaker.inbox()["items"] if item["type"] == "word"]


def require_lost_notice_back(outside: Outside, lost: str, envelope: bytes, old: bytes) -> None:
    """The same bytes are accepted again, at another place; the old receipt and proof still prove that it was lost."""
    folder = outside.office.folder
    proof = tlog.read_proof((folder.path / "proofs" / f"{lost}.tlog-proof").read_bytes())
    folder.keep_pending(lost, envelope)
    with Speaker(folder, tries=1) as speaker:
        assert speaker.send_pending() == 1
        before = statements.heard(old.decode(), statements.RECEIPT, folder.hub_key("receipt"))
        fresh = (folder.path / "receipts" / f"{lost}.jws").read_text()
        after = statements.heard(fresh, statements.RECEIPT, folder.hub_key("receipt"))
        assert (before["sha256"], before["leaf"] != after["leaf"]) == (after["sha256"], True)
    leaf: Any = before["leaf"]
    included = tlog.check_inclusion(proof, b64decode(leaf["hash"]), read_vkey(outside.vkey))
    assert included.index == leaf["index"]


def test_two_databases_from_one_backup_go_on_under_one_key(databases: Databases, tmp_path: Path) -> None:
    """Each looks sound to whoever knows it alone; whoever meets both, at whatever size, has the proof."""
    with databases.running("first") as (hub, log):
        outside = Outside(tmp_path, hub)
        log.sign(MOMENT)
        assert outside.look("mirror") == {}
    databases.copy("first", "second")
    sizes: list[int] = []
    for name, count in (("first", 300), ("second", 300), ("first", 20)):
        with databases.running(name) as (hub, log):
            grow(hub, log, count, name.encode() + bytes(len(sizes)))
            sizes.append(log.size)
            said = outside.look(f"mirror-{name}")
            alien = {} if name == "first" else {"client": "ledger-forked", "witness": "witness-refused"}
            assert said == alien
    assert sizes[0] == sizes[1]  # one size, two roots: no proof is needed to see it
    both = tmp_path / "mirror-first" / "checkpoints" / f"{sizes[0]}.note"
    other = tmp_path / "mirror-second" / "checkpoints" / f"{sizes[1]}.note"
    assert both.read_bytes() != other.read_bytes()
    both.write_bytes(other.read_bytes())  # gossip: two outsiders lay their folders side by side
    told = run("ledger", "verify", tmp_path / "mirror-first", "--vkey", outside.vkey, code=1)
    assert "proves a fork" in told
    outside.close()


def test_two_readers_who_compare_find_out_what_each_alone_cannot(databases: Databases, tmp_path: Path) -> None:
    with databases.running("first") as (hub, log):
        outside = Outside(tmp_path, hub)
        log.sign(MOMENT)
        early = outside.office.speaker.checkpoint().note.raw.encode()
    databases.copy("first", "second")
    with databases.running("second") as (hub, log):
        grow(hub, log, 7, b"another")
        with hub.database.transaction() as tx:
            last = tree.last_checkpoint(tx)
    assert last is not None
    with databases.running("first") as (hub, log):
        grow(hub, log, 30)
        speaker = Speaker(outside.office.folder)
        assert speaker.compare(early).head.size == log.size  # of one history, though of another size
        with speaker, pytest.raises(Refusal) as refused:
            speaker.compare(last.note.encode())
    assert refused.value.code == "ledger-forked"
    assert (outside.office.folder.path / "proofs" / "theirs.note").read_text() == last.note
    outside.close()


def test_an_older_checkpoint_that_is_replayed_does_no_harm(hub: Hub, web: str, enrol: Enrol, log: Log) -> None:
    office = enrol(SK_BORDER)
    log.sign(MOMENT)
    older = office.speaker.checkpoint()
    grow(hub, log, 20)
    newer = office.speaker.checkpoint()
    with planted(ledger_room, "checkpoint", lambda *_: older.note.raw):
        assert office.speaker.checkpoint().head == older.head  # shown to be of the same history
    kept = office.folder.path / "checkpoint.note"
    assert kept.read_text() == newer.note.raw
    assert not (office.folder.path / "proofs").exists()
    assert web


def test_a_line_that_breaks_accuses_nobody(hub: Hub, web: str, enrol: Enrol, log: Log) -> None:
    office = enrol(SK_BORDER)
    log.sign(MOMENT)
    kept = office.speaker.checkpoint().note.raw
    grow(hub, log, 20)

    def broken(*_: object) -> str:
        raise RuntimeError

    speaker = Speaker(office.folder, tries=1)
    with planted(ledger_room, "consistency", broken), speaker, pytest.raises(Refusal) as refused:
        speaker.checkpoint()
    assert refused.value.code == "no-answer"
    proofs = office.folder.path / "proofs"
    assert [path.name for path in proofs.iterdir()] == ["unproven.note"]
    assert (office.folder.path / "checkpoint.note").read_text() == kept  # what was not proven is not relied upon
    assert office.speaker.checkpoint().head.size == log.size
    assert web


@pytest.mark.parametrize("name", ["test-exchange/ledger", "other-exchange/ledger"])
def test_the_ledger_of_another_key_or_another_name(hub: Hub, web: str, enrol: Enrol, tmp_path: Path, name: str) -> None:
    office = enrol(SK_BORDER)
    Log(hub.database, NoteSigner(name, Ed25519PrivateKey.generate())).sign(MOMENT)
    receipt = office.post()
    Log(hub.database, NoteSigner(name, Ed25519PrivateKey.generate())).sign(MOMENT)
    mirror = ("ledger", "mirror", web, tmp_path / "mirror", "--vkey", hub.ledger_vkey)
    for act in (office.speaker.checkpoint, lambda: office.speaker.prove(str(receipt["id"])), lambda: run(*mirror)):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "unknown-note-key"
    assert not (office.folder.path / "checkpoint.note").exists()
