"""What witnesses cosigned: a line for each checkpoint and witness, and checkpoints with their lines.

A note's text never changes: the lines are what is appended to it, in the order in which they came.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.store.session import Tx, row
from exchange.store.tree import StoredCheckpoint

_COSIGNING: Final = 4207
"""Advisory lock: one transaction at a time counts who has cosigned."""
_LINES: Final = (
    "SELECT c.size, c.root, c.note || coalesce("
    "(SELECT string_agg(s.line, '' ORDER BY s.nth, s.at, s.key_id) FROM cosignature s WHERE s.size = c.size), '')"
    " FROM checkpoint c"
)


@dataclass(frozen=True, slots=True)
class StoredCosignature:
    """A line of a witness for the checkpoint of a size: the name and the id (hex) of its key, and the line."""

    size: int
    witness: str
    key_id: str
    line: str


def last_size(tx: Tx, witness: str, key_id: str) -> int:
    """Return the size of the last checkpoint that is known here to be cosigned with a key, 0 when none is."""
    sql = "SELECT size FROM cosignature WHERE witness = %s AND key_id = %s ORDER BY size DESC LIMIT 1"
    found = row(tx, sql, (witness, key_id))
    return 0 if found is None else int(found[0])


def add(tx: Tx, cosignature: StoredCosignature, now: datetime) -> None:
    """Store a line; one that this key has given for the same checkpoint stays."""
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (_COSIGNING,))
    sql = (
        "INSERT INTO cosignature (size, witness, key_id, nth, line, at)"
        " SELECT %(size)s, %(witness)s, %(key_id)s, 1 + count(DISTINCT s.witness), %(line)s, %(now)s"
        " FROM cosignature s WHERE s.size = %(size)s AND s.witness <> %(witness)s"
        " ON CONFLICT DO NOTHING"
    )
    tx.execute(sql, {"now": now, **{name: getattr(cosignature, name) for name in StoredCosignature.__slots__}})


def last_checkpoint(tx: Tx) -> StoredCheckpoint | None:
    """Return the checkpoint with most leaves, its note with the lines that are stored for it."""
    return _checkpoint(row(tx, f"{_LINES} ORDER BY c.size DESC LIMIT 1", ()))


def cosigned_checkpoint(tx: Tx, index: int, least: int) -> StoredCheckpoint | None:
    """Return the newest checkpoint that covers a leaf and that `least` different witnesses cosigned, with their lines.

    Witnesses differ by name: two keys of one name count once.
    """
    which = "(SELECT size FROM cosignature WHERE nth = %s AND size > %s ORDER BY size DESC LIMIT 1)"
    return _checkpoint(row(tx, f"{_LINES} WHERE c.size = {which}", (least, index)))


def _checkpoint(found: tuple[object, ...] | None) -> StoredCheckpoint | None:
    return None if found is None else StoredCheckpoint(*found)  # type: ignore[arg-type]  # as the query has them
