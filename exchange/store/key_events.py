"""Key events with their leaves, and the commands of officers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.errors import UniqueViolation

from exchange.domain.errors import Refusal
from exchange.store.session import Tx, row, rows


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """An open record: its leaf, the entry and salt of that, the record."""

    leaf: int
    entry: bytes
    salt: bytes
    record: bytes


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """A command of an officer, or an approval of one; `attached` is the bundle that came with it."""

    digest: str
    officer: str
    act: str
    jws: str
    attached: str | None
    at: datetime


_RECORDS = """
SELECT k.leaf_index, l.entry, o.salt, o.record
  FROM key_event k JOIN leaf l ON l.index = k.leaf_index JOIN opening o ON o.index = k.leaf_index
"""


def records(tx: Tx, owners: list[str] | None = None) -> list[StoredRecord]:
    """Return the records of these owners, or of all, in the order of the ledger."""
    some = " WHERE k.owner = ANY(%s)" if owners is not None else ""
    values = (owners,) if owners is not None else ()
    return [StoredRecord(*found) for found in rows(tx, _RECORDS + some + " ORDER BY k.leaf_index", values)]


def add(tx: Tx, event: dict[str, Any]) -> None:
    """Note which leaf a key event has: leaf, owner, no, perhaps digest and receipt."""
    tx.execute(
        "INSERT INTO key_event (leaf_index, owner, no, digest, receipt)"
        " VALUES (%(leaf)s, %(owner)s, %(no)s, %(digest)s, %(receipt)s)",
        {"digest": None, "receipt": None, **event},
    )


def receipt(tx: Tx, digest: str) -> str | None:
    """Return the receipt that an authority's statement about its keys got."""
    found = row(tx, "SELECT receipt FROM key_event WHERE digest = %s", (digest,))
    return None if found is None else str(found[0])


_COMMAND = "SELECT digest, officer, act, jws, attached, at FROM officer_command"


def command(tx: Tx, digest: str) -> StoredCommand | None:
    """Return a command by the digest of its signing input."""
    found = row(tx, f"{_COMMAND} WHERE digest = %s", (digest,))
    return None if found is None else StoredCommand(*found)


def approvals(tx: Tx, digest: str) -> list[StoredCommand]:
    """Return the approvals of a command, the oldest first."""
    return [StoredCommand(*found) for found in rows(tx, f"{_COMMAND} WHERE what = %s ORDER BY no", (digest,))]


def waiting(tx: Tx) -> list[StoredCommand]:
    """Return the commands that have not taken effect, the oldest first."""
    some = " c WHERE act <> 'approve' AND NOT EXISTS (SELECT 1 FROM command_carried d WHERE d.digest = c.digest)"
    return [StoredCommand(*found) for found in rows(tx, f"{_COMMAND}{some} ORDER BY no")]


def add_command(tx: Tx, said: dict[str, Any]) -> None:
    """Keep a command: digest, officer, id, act, what, jws, attached, at, leaf. Raises Refusal `id-conflict`."""
    try:
        with tx.transaction():
            tx.execute(
                "INSERT INTO officer_command (digest, officer, id, act, what, jws, attached, at, leaf_index) VALUES"
                " (%(digest)s, %(officer)s, %(id)s, %(act)s, %(what)s, %(jws)s, %(attached)s, %(at)s, %(leaf)s)",
                said,
            )
    except UniqueViolation:
        raise Refusal("id-conflict", "Another command of this officer has this id.") from None


def carry(tx: Tx, digest: str, now: datetime) -> None:
    """Note that a command took effect."""
    tx.execute("INSERT INTO command_carried (digest, at) VALUES (%s, %s)", (digest, now))


def is_carried(tx: Tx, digest: str) -> bool:
    """Tell whether a command took effect."""
    return row(tx, "SELECT 1 FROM command_carried WHERE digest = %s", (digest,)) is not None
