"""The ledger's leaves, and the acts that share a leaf a minute (RFC 6962 section 2.1; wire.md, Ledger)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from exchange.domain import merkle
from exchange.store.session import Tx, many, row, rows

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
        self.tx, self.now = tx, now

    def close(self) -> None:
        """Write the leaves, with what they were made of."""
        if self.added:
            leaves = [value for index, entry, _, _ in self.added for value in (index, entry, self.now)]
            openings = [value for index, _, salt, record in self.added for value in (index, salt, record)]
            self.tx.execute(_add_sql(len(self.added)), (*leaves, *openings))
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


def keep_closed(tx: Tx, index: int) -> None:
    """Forget what a leaf is over, because whoever was given that holds it with its salt."""
    tx.execute("DELETE FROM opening WHERE index = %s", (index,))


def act(tx: Tx, done: dict[str, object]) -> None:
    """Note a read, or an act of the hub or of a caseworker on the console: at, slug, pseudonym, what, object, purpose.

    It enters the ledger with its minute, under a salt of its own.
    """
    acts(tx, [done])


def acts(tx: Tx, done: list[dict[str, object]]) -> None:
    """Note acts, as `act` does. Nothing that waits for another transaction may follow in this one."""
    if not done:
        return
    tx.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_ACTS,))
    names = ("at", "slug", "pseudonym", "what", "object", "purpose")
    many(
        tx,
        "INSERT INTO act (at, slug, pseudonym, what, object, purpose, salt) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [(*(one.get(name) for name in names), secrets.token_bytes(32)) for one in done],
    )


ACT_RECORD = """
concat('{"at":"', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '"',
       ',"slug":' || to_json(slug)::text, ',"pseudonym":' || to_json(pseudonym)::text,
       ',"what":', to_json(what)::text, ',"object":', to_json(object)::text, ',"purpose":', to_json(purpose)::text, '}')
"""
"""The record of an act, as SQL: JSON that is the same in every session. What is null is left out."""
ACT_ENTRY = f"""
CASE WHEN salt IS NULL THEN convert_to(concat_ws('|', no, at, slug, pseudonym, what, object, purpose), 'UTF8')
     ELSE sha256(salt || convert_to({ACT_RECORD}, 'UTF8')) END
"""
"""What the tree of a minute is over. Acts from before there were salts stand in it bare."""
_OPEN_ACTS = f"""
SELECT no, {ACT_ENTRY} FROM act WHERE no > (SELECT coalesce(max(last_act), 0) FROM act_leaf) ORDER BY no
"""  # noqa: S608 -- constants


def close_minute(tx: Tx, now: datetime, salt: bytes) -> int | None:
    """Add the leaf of the minute before `now`: the root over its acts, also when there were none.

    Returns the leaf's index, or None when that minute is closed already.
    """
    minute = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
    book = Book(tx, now)  # before the acts: whoever notes an act may hold a nonce that an acceptance waits for
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (_ACTS,))
    if row(tx, "SELECT 1 FROM act_leaf WHERE minute >= %s", (minute,)):
        return None
    found = rows(tx, _OPEN_ACTS)
    before = row(tx, "SELECT coalesce(max(last_act), 0) FROM act_leaf", ())
    last = found[-1][0] if found else (before[0] if before else 0)
    leaf = book.add(merkle.root([bytes(entry) for _, entry in found]), salt)
    book.close()
    tx.execute("INSERT INTO act_leaf (minute, last_act, leaf_index) VALUES (%s, %s, %s)", (minute, last, leaf.index))
    return leaf.index
