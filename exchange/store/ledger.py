"""The ledger's leaves, and the acts that share a leaf a minute (RFC 6962 section 2.1; wire.md, Ledger)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from exchange.domain import merkle
from exchange.store.session import Tx, row, rows

LEDGER = 4201
"""Advisory lock on the end of the ledger: an index is given once, in order, inside the accepting transaction."""
_ACTS = 4202
"""Advisory lock on the acts of the running minute: shared by writers, exclusive for the one who closes a minute."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf just added: its index, its hash (RFC 6962: SHA-256 of 0x00 and the entry) and the salt behind it."""

    index: int
    hash: bytes
    salt: bytes


class Entries:
    """Leaves with places from `first` on, computed and not yet written. The caller holds the end of the ledger."""

    def __init__(self, first: int) -> None:
        """Begin at the index `first`."""
        self._next = first
        self.added: list[tuple[int, bytes, bytes, bytes]] = []
        """Index, entry, salt and record of each leaf."""

    def add(self, record: bytes, salt: bytes) -> Leaf:
        """Append SHA-256(salt, record). The salt has 32 random bytes."""
        entry = hashlib.sha256(salt + record).digest()
        leaf = Leaf(self._next, merkle.leaf_hash(entry), salt)
        self.added.append((self._next, entry, salt, record))
        self._next += 1
        return leaf


class Book(Entries):
    """The end of the ledger, held until the transaction ends. Leaves are written by `close`."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        """Take hold of the end of the ledger; other writers wait."""
        found = row(tx, "SELECT ledger_end(%s)", (LEDGER,))
        super().__init__(int(found[0]) if found else 0)
        self._tx, self._now = tx, now

    def close(self) -> None:
        """Write the leaves, with what they were made of."""
        if self.added:
            leaves = [value for index, entry, _, _ in self.added for value in (index, entry, self._now)]
            openings = [value for index, _, salt, record in self.added for value in (index, salt, record)]
            self._tx.execute(_add_sql(len(self.added)), (*leaves, *openings))
        self.added.clear()


@cache
def _add_sql(count: int) -> str:
    """Return the statement that writes so many leaves with their openings in one round trip."""
    rows_of_values = ", ".join(["(%s, %s, %s)"] * count)
    return (
        f"WITH added AS (INSERT INTO leaf (index, entry, appended_at) VALUES {rows_of_values})"  # noqa: S608 -- marks
        f" INSERT INTO opening (index, salt, record) VALUES {rows_of_values}"
    )


def append(tx: Tx, now: datetime, records: list[tuple[bytes, bytes]]) -> list[Leaf]:
    """Append records, each with its salt, that do not depend on their own place; returns their leaves."""
    book = Book(tx, now)
    leaves = [book.add(record, salt) for record, salt in records]
    book.close()
    return leaves


def act(tx: Tx, done: dict[str, object]) -> None:
    """Note a read, or an act of the hub or of a caseworker on the console: at, slug, pseudonym, what, object, purpose.

    It enters the ledger with its minute.
    """
    tx.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_ACTS,))
    tx.execute(
        "INSERT INTO act (at, slug, pseudonym, what, object, purpose)"
        " VALUES (%(at)s, %(slug)s, %(pseudonym)s, %(what)s, %(object)s, %(purpose)s)",
        {"slug": None, "pseudonym": None, **done},
    )


_ACT_RECORDS = """
SELECT no, concat_ws('|', no, at, slug, pseudonym, what, object, purpose) FROM act
 WHERE no > (SELECT coalesce(max(last_act), 0) FROM act_leaf) ORDER BY no
"""


def close_minute(tx: Tx, now: datetime, salt: bytes) -> int | None:
    """Add the leaf of the minute before `now`: the root over the records of its acts, also when there were none.

    Returns the leaf's index, or None when that minute is closed already.
    """
    minute = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
    book = Book(tx, now)  # before the acts: whoever notes an act may hold a nonce that an acceptance waits for
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (_ACTS,))
    if row(tx, "SELECT 1 FROM act_leaf WHERE minute >= %s", (minute,)):
        return None
    found = rows(tx, _ACT_RECORDS)
    before = row(tx, "SELECT coalesce(max(last_act), 0) FROM act_leaf", ())
    last = found[-1][0] if found else (before[0] if before else 0)
    leaf = book.add(merkle.root([record.encode() for _, record in found]), salt)
    book.close()
    tx.execute("INSERT INTO act_leaf (minute, last_act, leaf_index) VALUES (%s, %s, %s)", (minute, last, leaf.index))
    return leaf.index
