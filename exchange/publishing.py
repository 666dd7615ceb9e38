"""The signer: once a second it signs what the ledger has become. It alone holds the key of the ledger.

It believes nothing that it has not computed: at its start it derives the root again from the leaves, and signs no more
when that is not what it signed before. A leaf that was edited, dropped or put elsewhere stops it.
"""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from exchange import clock, logs
from exchange.deps import UNREACHABLE
from exchange.domain.merkle import leaf_hash
from exchange.domain.merkle_proofs import Edge, Tile
from exchange.store import tree
from exchange.store.session import Database, Tx
from exchange.store.tree import StoredCheckpoint
from exchange.wire.signed_note import NoteSigner
from exchange.wire.tlog import Checkpoint

CADENCE: Final = 1.0
"""Seconds between two checkpoints, at the full second."""


class LedgerChanged(Exception):  # noqa: N818 -- it says what was found
    """The leaves are not those that were signed; the message says where. Nothing is signed until it is known why."""


def run(database: Database, signer: NoteSigner, stop: threading.Event) -> None:
    """Sign once a second until `stop` is set, through outages of the database. Raises LedgerChanged."""
    log: Log | None = None
    while not stop.is_set():
        try:
            log = log or Log(database, signer)
            log.sign(clock.now())
        except UNREACHABLE as error:
            logs.log().warning("signer waits", error=error)
            log = None  # what was on its way when the line broke is not known: derive it again
        now = clock.now().timestamp()
        stop.wait(CADENCE - now % CADENCE)


class Log:
    """The ledger as its signer knows it: the right edge of the tree up to the last checkpoint."""

    def __init__(self, database: Database, signer: NoteSigner) -> None:
        """Derive the tree from the leaves up to the last checkpoint. Raises LedgerChanged when the root is another."""
        self._database, self._signer = database, signer
        self._edge = Edge()
        with database.transaction() as tx:
            tree.hold(tx)  # a signer that was killed in its commit may still be committing
            last = tree.last_checkpoint(tx)
            if last is None:
                return
            filled = self._extend(tx, last.size)
            if self._edge.root() == last.root:
                tree.add_tiles(tx, filled)  # those that were lost: proofs are made from them
        if self._edge.size != last.size or self._edge.root() != last.root:
            raise LedgerChanged(
                f"The root over {self._edge.size} leaves is not the one that was signed at {last.size}."
            )

    @property
    def size(self) -> int:
        """Return the number of leaves that are signed."""
        return self._edge.size

    def sign(self, now: datetime) -> bool:
        """Sign the leaves that came since the last time, if any did; tells whether there was something to sign.

        Raises LedgerChanged when a number is missing, when another signer was here, or when what was signed is gone.
        """
        with self._database.transaction() as tx:
            tree.hold(tx)
            last = tree.last_checkpoint(tx)
            self._require_own(last)
            before = self._edge.size
            tree.add_tiles(tx, self._extend(tx, None))
            if self._edge.size == before:
                return False
            root = self._edge.root()
            note = Checkpoint(self._signer.name, self._edge.size, root).signed(self._signer)
            tree.add_checkpoint(tx, StoredCheckpoint(self._edge.size, root, note), now)
        return True

    def _require_own(self, last: StoredCheckpoint | None) -> None:
        """Return if the last checkpoint is the one that this signer made or began with. Raises LedgerChanged."""
        size = 0 if last is None else last.size
        if size > self._edge.size:
            raise LedgerChanged("Another signer has signed since; there must be one.")
        if size < self._edge.size:
            raise LedgerChanged(f"The checkpoint of {self._edge.size} leaves is gone: the last one is of {size}.")
        if last is not None and last.root != self._edge.root():
            raise LedgerChanged(f"The root that was signed at {size} is not the one that stands there now.")

    def _extend(self, tx: Tx, until: int | None) -> list[Tile]:
        filled: list[Tile] = []
        for entry in self._next(tx, until):
            filled += self._edge.extend([leaf_hash(entry)])
        return filled

    def _next(self, tx: Tx, until: int | None) -> Iterator[bytes]:
        expected = self._edge.size
        for index, entry in tree.entries(tx, expected):
            if until is not None and index >= until:
                return
            if index != expected:
                raise LedgerChanged(f"The leaf {expected} is missing.")
            yield entry
            expected += 1
