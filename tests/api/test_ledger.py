"""The ledger over real HTTP: checkpoints, proofs, tiles; and a signer that signs nothing that it has not computed."""

import base64
import threading
from datetime import datetime
from pathlib import Path

import httpx
import psycopg
import pytest

from authorities import Office
from builders import SK_BORDER
from conftest import Enrol, settings_for
from exchange import deps, publishing
from exchange.client.speaker import Refused
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import WIDTH, Edge, tiles_of
from exchange.publishing import LedgerChanged, Log
from exchange.store import ledger
from exchange.store.session import rows
from exchange.wire import tlog
from exchange.wire.signed_note import NoteSigner, read_vkey

MOMENT = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


@pytest.fixture
def signer(hub: Hub, secrets_folder: Path, database_url: str) -> NoteSigner:
    return deps.ledger_signer(settings_for(database_url, secrets_folder, hub.origin))


@pytest.fixture
def log(hub: Hub, signer: NoteSigner) -> Log:
    return Log(hub.database, signer)


def add_leaves(hub: Hub, count: int) -> None:
    with hub.database.transaction() as tx:
        ledger.append(tx, MOMENT, [(b"record", number.to_bytes(32)) for number in range(count)])


def tamper(url: str, sql: str) -> None:
    """Change history as only the owner of the database can."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(sql)


def test_a_notice_is_proven_under_a_checkpoint(web: str, enrol: Enrol, log: Log) -> None:
    office = enrol(SK_BORDER)
    receipts = [office.post(), *office.speaker.post_batch([office.parts(case=f"c-{n}") for n in range(3)])]
    with pytest.raises(Refused) as early:
        office.speaker.prove(str(receipts[0]["id"]))
    assert early.value.code == "not-published"
    assert log.sign(now())
    for receipt in receipts:
        assert isinstance(receipt, dict)
        included = office.speaker.prove(str(receipt["id"]))
        assert included.index == receipt["leaf"]["index"]  # type: ignore[call-overload,index]
        assert included.checkpoint.head.size == log.size
    kept = office.folder.path / "proofs" / f"{receipts[0]['id']}.tlog-proof"
    assert tlog.read_proof(kept.read_bytes()).index == receipts[0]["leaf"]["index"]  # type: ignore[call-overload,index]
    assert web


def test_checkpoints_continue_one_another_and_a_fork_is_seen(
    hub: Hub, web: str, enrol: Enrol, log: Log, database_url: str
) -> None:
    office = enrol(SK_BORDER)
    for _ in range(4):
        office.post()
        log.sign(now())
        assert office.speaker.checkpoint().head.size == log.size
    assert not log.sign(now())  # nothing new
    size = log.size
    tamper(database_url, "UPDATE leaf SET entry = decode(repeat('00', 32), 'hex') WHERE index = 1")
    tamper(database_url, "TRUNCATE checkpoint, cosignature, tile")
    forked = Log(hub.database, log._signer)  # noqa: SLF001 -- a captured hub signs another history
    office.post()
    forked.sign(now())
    assert forked.size > size
    with pytest.raises(Refusal) as refused:
        office.speaker.checkpoint()
    assert refused.value.code == "ledger-forked"
    assert {path.name for path in (office.folder.path / "proofs").iterdir()} >= {"forked-old.note", "forked-new.note"}
    assert web


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_tiles_are_open_and_give_the_root(hub: Hub, web: str, log: Log, size: int) -> None:
    for part in (size // 3, size - size // 3):
        add_leaves(hub, part)
        log.sign(now())
    note = httpx.get(web + "/ledger/checkpoint", trust_env=False)
    opened = tlog.open_checkpoint(note.content, read_vkey(hub.ledger_vkey))
    assert opened.head.size == size
    tiles = {}
    for level, index, width in tiles_of(size):
        name = f"{index:03d}" + ("" if width == WIDTH else f".p/{width}")
        tiles[level, index] = httpx.get(f"{web}/ledger/tile/{level}/{name}", trust_env=False).content
        assert len(tiles[level, index]) == 32 * width
    edge = Edge()
    for (level, _), data in sorted(tiles.items()):
        if level == 0:
            edge.extend(data[at : at + 32] for at in range(0, len(data), 32))
    assert edge.root() == opened.head.root


def test_tiles_that_are_not_there(hub: Hub, web: str, log: Log) -> None:
    assert httpx.get(web + "/ledger/checkpoint", trust_env=False).status_code == 404
    add_leaves(hub, 10)
    log.sign(now())
    for name in ("0/000", "0/000.p/11", "1/000.p/1", "0/0", "0/x000/000", "9/000", "0/000.p/0"):
        assert httpx.get(f"{web}/ledger/tile/{name}", trust_env=False).status_code == 404, name
    assert httpx.get(f"{web}/ledger/tile/0/000.p/10", trust_env=False).status_code == 200


def test_what_was_asked_wrongly(web: str, enrol: Enrol, log: Log) -> None:
    office = enrol(SK_BORDER)
    log.sign(now())
    for target in (
        "/v1/ledger/consistency?from=0&to=1",
        "/v1/ledger/consistency?from=2&to=1",
        "/v1/ledger/proof/x",
        "/v1/ledger/checkpoint?x=1",
    ):
        with pytest.raises(Refused) as refused:
            office.speaker._read(target)  # noqa: SLF001 -- the client makes no such mistake
        assert refused.value.code == "bad-parameter", target
    for target in ("/v1/ledger/proof/999999", "/v1/ledger/consistency?from=1&to=999999"):
        with pytest.raises(Refused) as missing:
            office.speaker._read(target)  # noqa: SLF001 -- as above
        assert missing.value.code == "not-published", target
    assert web


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE leaf SET entry = decode(repeat('00', 32), 'hex') WHERE index = 7",
        "DELETE FROM leaf WHERE index = 7",
        "UPDATE leaf SET index = CASE index WHEN 3 THEN 1004 WHEN 4 THEN 3 ELSE 4 END WHERE index IN (3, 4)",
        "DELETE FROM leaf WHERE index > 290",
    ],
)
def test_a_signer_signs_no_other_history(hub: Hub, log: Log, database_url: str, change: str) -> None:
    add_leaves(hub, 300)
    log.sign(now())
    signer = log._signer  # noqa: SLF001 -- the same key, as after a restart
    assert Log(hub.database, signer).size == 300
    tamper(database_url, change)
    with pytest.raises(LedgerChanged):
        Log(hub.database, signer)


def test_a_leaf_that_is_missing_at_the_end_stops_the_signer(hub: Hub, log: Log, database_url: str) -> None:
    add_leaves(hub, 5)
    log.sign(now())
    add_leaves(hub, 5)
    tamper(database_url, "DELETE FROM leaf WHERE index = 6")
    with pytest.raises(LedgerChanged, match="leaf 6 is missing"):
        log.sign(now())


def test_two_signers_never_fork(hub: Hub, log: Log) -> None:
    add_leaves(hub, 3)
    other = Log(hub.database, log._signer)  # noqa: SLF001 -- a second process with the same key
    assert log.sign(now())
    with pytest.raises(LedgerChanged, match="Another signer"):
        other.sign(now())


def test_a_signer_runs_until_it_is_stopped(hub: Hub, signer: NoteSigner) -> None:
    add_leaves(hub, 3)
    stop = threading.Event()
    running = threading.Thread(target=publishing.run, args=(hub.database, signer, stop))
    running.start()
    while True:
        with hub.database.transaction() as tx:
            found = rows(tx, "SELECT size, note FROM checkpoint")
        if found:
            break
    stop.set()
    running.join()
    assert found[0][0] == 3
    assert base64.b64decode(found[0][1].splitlines()[2])


def test_an_office_knows_the_ledger_from_its_introduction(web: str, enrol: Enrol) -> None:
    office: Office = enrol(SK_BORDER)
    assert read_vkey(office.folder.hub["ledger_vkey"]).name == "test-exchange/ledger"
    assert web
