"""Ledgers for tests: on a hub with a signer in the test, or in a folder, made from numbers."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click.testing
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.serving import make_server

from exchange.app import make_app
from exchange.cli.main import cli
from exchange.deps import Hub
from exchange.domain.merkle import leaf_hash
from exchange.domain.merkle_proofs import Edge
from exchange.publishing import Log
from exchange.store import ledger
from exchange.wire.signed_note import NoteSigner
from exchange.wire.tlog import Checkpoint

MOMENT = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
LOG = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1"))
VKEY = LOG.public.vkey


def run(*words: object, code: int = 0) -> str:
    """Run a command of the command line; returns what it printed. A refusal is raised."""
    done = click.testing.CliRunner().invoke(cli, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def leaf(number: int, history: bytes = b"") -> bytes:
    return leaf_hash(history + number.to_bytes(4))


def note(size: int, leaves: Sequence[bytes], signer: NoteSigner = LOG) -> str:
    edge = Edge()
    edge.extend(leaves[:size])
    return Checkpoint(signer.name, size, edge.root()).signed(signer)


def publish(folder: Path, leaves: Sequence[bytes], sizes: Sequence[int], signer: NoteSigner = LOG) -> None:
    """Write a ledger as an export has it, without any code of the mirror."""
    edge = Edge()
    for tile in [*edge.extend(leaves[: sizes[-1]]), *edge.partial()]:
        put(folder / tile.path, tile.data)
    for size in sizes:
        put(folder / f"checkpoints/{size}.note", note(size, leaves, signer).encode())
    put(folder / "vkey", f"{signer.public.vkey}\n".encode())


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def flip(path: Path, at: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


def grow(hub: Hub, log: Log, count: int, history: bytes = b"") -> None:
    with hub.database.transaction() as tx:
        ledger.append(tx, MOMENT, [(b"record" + history, number.to_bytes(32)) for number in range(count)])
    log.sign(MOMENT)


def tamper(url: str, sql: str) -> None:
    """Change history as only the owner of the database can."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(sql)


@contextmanager
def served(hub: Hub) -> Iterator[None]:
    """Serve a hub at its origin, over real HTTP."""
    host, _, port = hub.origin.removeprefix("http://").rpartition(":")
    server = make_server(host, int(port), make_app(hub), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def planted(where: Any, name: str, fault: Any) -> Iterator[None]:
    """Put a fault, or what a captured hub would do, into the product for a while."""
    good = getattr(where, name)
    setattr(where, name, fault)
    try:
        yield
    finally:
        setattr(where, name, good)
