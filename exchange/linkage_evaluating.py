"""Linkage measured from end to end: records of two files, tokenised as authorities do and linked as the hub does.

The true pairs are known by the rows' ids: aN and bN are one person. Nothing of it is told to what is measured.
"""

import hashlib
import hmac
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from exchange.client.linkage.keying import HmacKeying, Keying, tokens_part
from exchange.client.linkage.record import Record
from exchange.domain.errors import Refusal
from exchange.domain.weighing.evidence import Evidence
from exchange.domain.weighing.weights import Weights
from exchange.embedded.ports import free_port
from exchange.embedded.postgres import NOT_DURABLE, start_postgres
from exchange.store import measuring, tokens
from exchange.store.migrating import migrate
from exchange.store.session import Database, Tx
from exchange.store.tokens import Hashed, Holder

KEYSET: Final = "evaluation"
_TOGETHER: Final = 500
"""Records that are indexed in one transaction."""


@dataclass(frozen=True)
class Row:
    """A record to link: its number, which pairs are known by, its side, who holds it, and its origin for the report."""

    number: str = field(repr=False)
    side: str
    author: str
    origin: str
    record: Record = field(repr=False)


@dataclass(frozen=True)
class Found:
    """A pair that the index found: the place of the row asked and of the row held in the list, and their evidence."""

    asked: int
    held: int
    evidence: Evidence


@dataclass(frozen=True)
class Search:
    """What was found, and what it cost: tokens and milliseconds of a record, milliseconds of a query."""

    rows: Sequence[Row]
    found: Sequence[Found]
    tokens: float
    ms_per_record: float
    ms_per_query: float


def search(rows: Sequence[Row], weights: Weights) -> Search:
    """Tokenise and index all rows, and ask for each of side `a` who it may be.

    Raises NotStarted when PostgreSQL cannot be started, Refusal `bad-rows` when no row says enough to be compared.
    """
    began = time.perf_counter()
    keying = HmacKeying(secrets.token_bytes(32), KEYSET)
    pepper = secrets.token_bytes(32)
    made = [_hashed(row.record, keying, pepper) for row in rows]
    spent = time.perf_counter() - began
    held = [len(each) for each in made if each]
    if not held:
        raise Refusal("bad-rows", "No record of the files says enough to be compared with any other.")
    with _database() as database:
        _index(database, rows, made, weights)
        began = time.perf_counter()
        with database.reading() as tx:
            asked = [number for number, row in enumerate(rows) if row.side == "a"]
            found = [one for number in asked for one in _ask(tx, number, (rows[number], made[number]), weights)]
        queries = time.perf_counter() - began
    return Search(rows, found, sum(held) / len(held), 1000 * spent / len(rows), 1000 * queries / max(1, len(asked)))


def _hashed(record: Record, keying: Keying, pepper: bytes) -> Hashed:
    """Return a record's tokens as the hub indexes them; none when it holds too little."""
    try:
        part = tokens_part(record, keying)
    except Refusal:
        return []
    start = f"{part['profile']}|{part['keyset']}|"
    return [
        (
            int.from_bytes(hmac.digest(pepper, (start + token).encode(), hashlib.sha256)[:8], signed=True),
            token.partition(".")[0],
        )
        for token in part["values"]
    ]


@contextmanager
def _database() -> Iterator[Database]:
    """Lend an empty database of the newest schema on a PostgreSQL of our own, which ends with the block."""
    with tempfile.TemporaryDirectory(prefix="exchange-linkage-") as folder:
        server = start_postgres(Path(folder) / "postgres", free_port(), settings=NOT_DURABLE)
        try:
            migrate(server.url)
            database = Database(server.url, most=1)
            try:
                yield database
            finally:
                database.close()
        finally:
            server.stop()


def _index(database: Database, rows: Sequence[Row], made: Sequence[Hashed], weights: Weights) -> None:
    kinds = weights.kinds
    for start in range(0, len(rows), _TOGETHER):
        with database.transaction() as tx:
            for number in range(start, min(start + _TOGETHER, len(rows))):
                tokens.add(tx, _holder(number, rows[number]), made[number], kinds)
    with database.reading() as tx:
        measuring.settle(tx)


def _holder(number: int, row: Row) -> Holder:
    return Holder(number + 1, f"{row.side}-{row.author}", str(number + 1))


def _ask(tx: Tx, number: int, asked: tuple[Row, Hashed], weights: Weights) -> Iterator[Found]:
    row, made = asked
    for one in tokens.candidates(tx, _holder(number, row), made, weights):
        yield Found(number, one.notice - 1, one.evidence)
