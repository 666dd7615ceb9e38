"""The directory of neighbours in versions, which only grow."""

from dataclasses import dataclass
from datetime import datetime

from exchange.store.session import Later, Tx, asked, row, rows


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of an entry: its text, the digest of the command behind it, its leaf and the opening of that."""

    state: str
    version: int
    text: str
    command: str
    at: datetime
    leaf: int
    entry: bytes
    salt: bytes
    record: bytes


_VERSIONS = """
SELECT n.state, n.version, n.body, n.command, n.at, n.leaf_index, l.entry, o.salt, o.record
  FROM neighbour n JOIN leaf l ON l.index = n.leaf_index JOIN opening o ON o.index = n.leaf_index
"""
_NEWEST = " WHERE n.version = (SELECT max(m.version) FROM neighbour m WHERE m.state = n.state) ORDER BY n.state"


_ONWARD = """
SELECT n.state, n.body::jsonb ->> 'onward_returns'
  FROM (SELECT DISTINCT ON (state) state, body FROM neighbour WHERE at <= %s ORDER BY state, version DESC) n
 WHERE n.body LIKE '%%"onward_returns"%%'
"""


def newest(tx: Tx) -> list[StoredVersion]:
    """Return the newest version of every entry, by state."""
    return [StoredVersion(*found) for found in rows(tx, _VERSIONS + _NEWEST)]


def of_state(tx: Tx, state: str) -> list[StoredVersion]:
    """Return every version of the entry of a state, the oldest first."""
    return [StoredVersion(*found) for found in rows(tx, _VERSIONS + " WHERE n.state = %s ORDER BY n.version", (state,))]


def last_version(tx: Tx, state: str) -> int:
    """Return the number of the newest version, 0 when the state has no entry."""
    found = row(tx, "SELECT coalesce(max(version), 0) FROM neighbour WHERE state = %s", (state,))
    return int(found[0]) if found else 0


def last_text(tx: Tx, state: str) -> str | None:
    """Return the text of the newest version."""
    found = row(tx, "SELECT body FROM neighbour WHERE state = %s ORDER BY version DESC LIMIT 1", (state,))
    return None if found is None else str(found[0])


def onward(tx: Tx, now: datetime) -> Later[list[tuple[str, str]]]:
    """Ask for state and onward returns (a JSON list, as text) of every entry that had some at a moment."""
    found = asked(tx, _ONWARD, (now,))
    return lambda: [(str(state), str(text)) for state, text in found()]


def add(tx: Tx, version: dict[str, object]) -> None:
    """Keep a version: state, version, text, command, at, leaf. The caller holds the end of the ledger."""
    tx.execute(
        "INSERT INTO neighbour (state, version, body, command, at, leaf_index)"
        " VALUES (%(state)s, %(version)s, %(text)s, %(command)s, %(at)s, %(leaf)s)",
        version,
    )
