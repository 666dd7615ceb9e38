"""Mirrors of a running exchange: what is kept was verified, and a ledger that is changed is caught."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.mirror import checking
from exchange.publishing import Log
from exchange.wire import tlog
from exchange.wire.signed_note import COSIGNATURE, NoteSigner, read_vkey
from exchange.witness.keeping import Config, Witness
from ledger.kit import LOG, VKEY, files, flip, grow, leaf, publish, put, run, tamper

GO = Path(__file__).parents[2] / "examples" / "go"
PACKAGES = Path("/usr/share/gocode")
READY = shutil.which("go") is not None and (PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir()
WITNESS = NoteSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\3"), COSIGNATURE)
LEAVES = [leaf(number) for number in range(1500)]


def mirror(url: str, folder: Path, vkey: str) -> str:
    return run("ledger", "mirror", url, folder, "--vkey", vkey)


def refused(url: str, folder: Path, vkey: str = VKEY) -> str:
    """The code with which a mirror refuses; nothing but evidence may be written."""
    before = kept(folder)
    with pytest.raises(Refusal) as raised:
        mirror(url, folder, vkey)
    assert kept(folder) == before
    return raised.value.code


def kept(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in files(folder).items() if not name.startswith("forked") and name != "lock"}


def holds(folder: Path, vkey: str = VKEY) -> bool:
    return not checking.check(folder, read_vkey(vkey)).faults


def test_a_mirror_follows_the_ledger(hub: Hub, web: str, log: Log, tmp_path: Path) -> None:
    sizes = []
    for count in (1, 254, 1, 1, 44, 555, 1):
        grow(hub, log, count)
        assert f"{log.size} leaves" in mirror(web, tmp_path, hub.ledger_vkey)
        assert holds(tmp_path, hub.ledger_vkey)
        sizes.append(log.size)
    before = files(tmp_path)
    mirror(web, tmp_path, hub.ledger_vkey)
    assert files(tmp_path) == before  # nothing new
    assert {name for name in before if name.startswith("checkpoints")} == {f"checkpoints/{n}.note" for n in sizes}
    assert not [name for name in before if "001.p" in name]  # a partial tile goes when a wider one is there


def test_an_export_is_what_was_mirrored(hub: Hub, web: str, log: Log, tmp_path: Path, told: None) -> None:
    for count in (300, 300):
        grow(hub, log, count)
        mirror(web, tmp_path / "mirror", hub.ledger_vkey)
    assert "600 leaves, 0 tiles missing" in run("ledger", "export", tmp_path / "exported")
    mirrored = files(tmp_path / "mirror")
    assert mirrored.pop("lock") == b""
    assert files(tmp_path / "exported") == mirrored
    run("ledger", "export", tmp_path / "exported", code=2)  # never over something
    assert told is None


def test_an_export_shows_what_was_changed_in_the_database(
    hub: Hub, log: Log, database_url: str, tmp_path: Path, told: None
) -> None:
    for _ in range(3):
        grow(hub, log, 300)
    tamper(database_url, "UPDATE tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE index = 1")
    assert "0 tiles missing" in run("ledger", "export", tmp_path / "changed")
    assert "leaves 256 to 511" in run("ledger", "verify", tmp_path / "changed", "--vkey", hub.ledger_vkey, code=1)
    tamper(database_url, "DELETE FROM tile WHERE index = 2")
    assert "2 tiles missing" in run("ledger", "export", tmp_path / "dropped", code=1)
    said = run("ledger", "verify", tmp_path / "dropped", "--vkey", hub.ledger_vkey, code=1)
    assert "missing: the leaves 512 to 767" in said
    assert "missing: the nodes over the leaves 0 to 767" in said  # that tile is made when it is asked for
    assert told is None


def test_a_captured_hub_that_rewrites_history_is_caught(
    hub: Hub, web: str, log: Log, database_url: str, tmp_path: Path
) -> None:
    grow(hub, log, 300)
    mirror(web, tmp_path, hub.ledger_vkey)
    tamper(database_url, "UPDATE leaf SET entry = decode(repeat('00', 32), 'hex') WHERE index = 7")
    tamper(database_url, "TRUNCATE checkpoint, cosignature, tile")
    grow(hub, Log(hub.database, log._signer), 300)  # noqa: SLF001 -- a captured hub has the key
    assert refused(web, tmp_path, hub.ledger_vkey) == "ledger-forked"
    evidence = sorted((tmp_path / "forked").iterdir())
    assert [int(path.name.split("-")[0]) for path in evidence] == [300, 600]
    assert "Evidence of a fork" in run("ledger", "verify", tmp_path, "--vkey", hub.ledger_vkey, code=1)


class Shop:
    """An exchange of which only the open addresses are left, served from a folder in which anything can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.checkpoint, self.keys = folder, b"", b'{"ex":"test-exchange","events":[]}'
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = shop.folder / self.path.removeprefix("/ledger/")
                data = {"checkpoint": shop.checkpoint, "keys": shop.keys}.get(path.name)
                if data is None:
                    data = path.read_bytes() if path.is_file() else b""
                self.send_response(200 if data else 404)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def show(self, size: int, history: bytes = b"") -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        publish(self.folder, LEAVES if not history else [leaf(n, history) for n in range(size)], [size])
        self.checkpoint = (self.folder / f"checkpoints/{size}.note").read_bytes()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    made.show(1000)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.parametrize("size", [1, 300, 1000, 1001, 1500])
def test_a_fork_is_refused_at_any_size_with_both_notes_kept(shop: Shop, tmp_path: Path, size: int) -> None:
    folder = tmp_path / "mirror"
    mirror(shop.url, folder, VKEY)
    shop.show(size, b"other")
    assert refused(shop.url, folder) == "ledger-forked"
    notes = {path.read_bytes() for path in (folder / "forked").iterdir()}
    assert notes == {shop.checkpoint, (folder / "checkpoints/1000.note").read_bytes()}


def test_an_older_checkpoint_is_no_fork(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror(shop.url, folder, VKEY)
    for size in (1, 256, 999):
        shop.show(size)
        assert refused(shop.url, folder) == "older-checkpoint"
    assert not (folder / "forked").exists()


def flipped(folder: Path) -> None:
    flip(folder / "tile/0/004", 77)


def flipped_above(folder: Path) -> None:
    flip(folder / "tile/1/000.p/5", 33)


def dropped(folder: Path) -> None:
    (folder / "tile/0/004").unlink()


def shortened(folder: Path) -> None:
    path = folder / "tile/0/004"
    path.write_bytes(path.read_bytes()[:-1])


def lengthened(folder: Path) -> None:
    path = folder / "tile/0/004"
    path.write_bytes(path.read_bytes() * 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (flipped, "wrong-tiles"),
        (flipped_above, "wrong-tiles"),
        (dropped, "no-answer"),
        (shortened, "wrong-tiles"),
        (lengthened, "no-answer"),
    ],
)
@pytest.mark.parametrize("first", [0, 1000])
def test_tiles_that_are_not_those_signed_are_not_kept(
    shop: Shop, tmp_path: Path, change: Callable[[Path], None], code: str, first: int
) -> None:
    folder = tmp_path / "mirror"
    if first:
        mirror(shop.url, folder, VKEY)
    shop.show(1500)
    change(shop.folder)
    assert refused(shop.url, folder) == code
    shop.show(1500)
    mirror(shop.url, folder, VKEY)
    assert holds(folder)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no-answer"),
        (b"garbage", "bad-note"),
        (b"\xff" * 100, "bad-note"),
        (b"x" * 2_000_000, "no-answer"),
    ],
)
def test_garbage_for_a_checkpoint(shop: Shop, tmp_path: Path, raw: bytes, code: str) -> None:
    shop.checkpoint = raw
    assert refused(shop.url, tmp_path / "mirror") == code


def test_an_edited_checkpoint_and_that_of_another_key(shop: Shop, tmp_path: Path, hub: Hub) -> None:
    assert refused(shop.url, tmp_path / "mirror", hub.ledger_vkey) == "unknown-note-key"
    shop.checkpoint = shop.checkpoint.replace(b"\n1000\n", b"\n1001\n")
    assert refused(shop.url, tmp_path / "mirror") == "bad-note-signature-line"
    assert refused("http://127.0.0.1:9", tmp_path / "mirror") == "no-answer"
    assert refused("nowhere", tmp_path / "mirror") == "no-answer"


def test_a_damaged_mirror_accuses_nobody(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror(shop.url, folder, VKEY)
    for size, name in ((1500, "tile/0/003.p/232"), (1000, "tile/1/000.p/3"), (700, "tile/0/001"), (513, "tile/0/002")):
        flip(folder / name, 3)
        shop.show(size)
        # what a smaller root is made of can be damaged unseen; then the checkpoint is only an older one
        assert refused(shop.url, folder) in ({"wrong-tiles"} if size >= 1000 else {"wrong-tiles", "older-checkpoint"})
        flip(folder / name, 3)
    assert not (folder / "forked").exists()


def test_a_mirror_that_was_killed_goes_on(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror(shop.url, folder, VKEY)
    shop.show(1500)
    put(folder / "incoming/tile/0/000", b"half of a ti")
    shutil.copytree(shop.folder / "tile", folder / "tile", dirs_exist_ok=True)  # moved in, and no checkpoint yet
    assert not holds(folder)
    mirror(shop.url, folder, VKEY)
    assert holds(folder)
    assert not (folder / "incoming").exists()


@pytest.mark.skipif(not READY and os.environ.get("CI") != "true", reason="Go is missing")
def test_go_reads_the_mirror(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    for size in (257, 1500):
        shop.show(size)
        mirror(shop.url, folder, VKEY)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOCACHE": str(tmp_path / "cache")}
    program = tmp_path / "verify"
    subprocess.run(["go", "build", "-o", program, "."], cwd=GO, env=environment, check=True)
    note = folder / "checkpoints/1500.note"
    done = subprocess.run([program, "tiles", VKEY, note, folder], capture_output=True, text=True, check=False)
    assert done.stdout == "1500 leaves\n", done.stderr
    # and what a witness of ours cosigned
    config = Config(WITNESS, {LOG.name: LOG.public}, tmp_path / "state", ("127.0.0.1", 0))
    line = Witness(config, lambda: 1_795_420_114).add_checkpoint(tlog.write_asked(0, [], note.read_text()).encode())
    (tmp_path / "cosigned").write_text(note.read_text() + line)
    both = f"{VKEY},{WITNESS.public.vkey}"
    for path, code in ((tmp_path / "cosigned", 0), (note, 1)):
        assert subprocess.run([program, "checkpoint", both, path], capture_output=True, check=False).returncode == code
