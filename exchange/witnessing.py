"""The cosigner: it takes the newest checkpoint to each witness, and keeps the cosignatures that verify.

It has no private key. Each witness has a thread and a deadline of its own, so that one that is silent, slow or lying
delays neither another one nor the signer, which does not know of it. One visit:

1. nothing is to be done when the witness has cosigned the newest checkpoint, unless this process has just begun: the
database may be an old backup that was put back; 2. it is asked, with the proof from the
size that it cosigned last; 3. its line is kept once it has verified under its configured key. No transaction is open
while it is asked.
"""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange import asking, clock, logs
from exchange.asking import Question, WitnessRefused
from exchange.deps import UNREACHABLE
from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import consistency_proof
from exchange.store import cosignatures, tree
from exchange.store.cosignatures import StoredCosignature
from exchange.store.session import Database
from exchange.wire.witnesses import Witness


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two visits to a witness, for one answer, and between two visits to one that fails, at most."""

    every: float = 5.0
    patience: float = 10.0
    longest: float = 300.0

    def wait(self, failures: int, dice: random.Random) -> float:
        """Return the seconds until the next visit, after so many failed in a row: doubled for each, then by dice.

        The dice take up to half of it off, so that witnesses and hubs do not all come at once.
        """
        return min(self.every * 2.0 ** min(failures, 16), self.longest) * dice.uniform(0.5, 1)


PACE: Final = Pace()
_GOODBYE: Final = 2.0
"""Seconds that a visit may still take when the process is told to stop. One that is cut off leaves nothing behind."""


class OtherLedger(Exception):  # noqa: N818 -- it says what was found
    """A witness says that it has seen a ledger that ours does not continue: one of the two lies, or was set back."""


class WitnessLeft(Exception):  # noqa: N818 -- it says what was found
    """A witness is visited no more, by a fault of ours: the process ends, so that it is started again."""


def run(
    database: Database, witnesses: Sequence[Witness], stop: threading.Event, dice: random.Random, pace: Pace = PACE
) -> None:
    """Visit the witnesses until `stop` is set, through outages of the database. Raises WitnessLeft."""
    if not witnesses:
        logs.log().info("cosigner has no witnesses, and idles")
    visitors = [
        threading.Thread(target=_attend, args=(Visitor(database, one, pace.patience), stop, dice, pace), daemon=True)
        for one in witnesses
    ]
    for visitor in visitors:
        visitor.start()
    while not stop.is_set():
        _touch(database)
        stop.wait(pace.every)
        if not stop.is_set() and not all(visitor.is_alive() for visitor in visitors):
            raise WitnessLeft("A thread of the cosigner has ended; the log says why.")
    for visitor in visitors:
        visitor.join(_GOODBYE / len(visitors))


def _touch(database: Database) -> None:
    """Use the connection: what asks whether this process is well sees it, also where there is nobody to visit."""
    try:
        with database.reading() as tx:
            tree.last_checkpoint(tx)
    except UNREACHABLE as error:
        logs.log().warning("cosigner waits", error=error)


def _attend(visitor: "Visitor", stop: threading.Event, dice: random.Random, pace: Pace) -> None:
    failures, anew = 0, True
    while not stop.is_set():
        anew = not visitor.fares_well(anew=anew)
        failures = failures + 1 if anew else 0
        stop.wait(pace.wait(failures, dice))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who visits one witness. `patience` is in seconds, for one answer."""

    database: Database
    witness: Witness
    patience: float

    def fares_well(self, *, anew: bool = False) -> bool:
        """Visit the witness and say in the log what went wrong; tells whether it was no fault of the witness."""
        name = self.witness.key.name
        try:
            self.visit(anew=anew)
        except UNREACHABLE as error:
            logs.log().warning("cosigner waits", witness=name, error=error)
        except LookupError as error:
            logs.log().error("cosigner finds tiles missing", witness=name, error=error)
            return False
        except OtherLedger:
            logs.log().error("witness sees another ledger", witness=name, code="witness-refused")
            return False
        except Refusal as refusal:
            logs.log().warning("witness gave no cosignature", witness=name, code=refusal.code)
            return False
        return True

    def visit(self, *, anew: bool = False) -> bool:
        """Let the witness cosign the newest checkpoint, and keep its line; tells whether there was something to do.

        `anew` asks also for what it has cosigned: it may have seen more than an old backup knows of. Raises
        OtherLedger; Refusal as `asking.ask`; LookupError when tiles are missing.
        """
        key = self.witness.key
        with self.database.transaction() as tx:
            newest = tree.last_checkpoint(tx)
            old = cosignatures.last_size(tx, key.name, key.id.hex())
        if newest is None or (newest.size == old and not anew):
            return False
        size = newest.size
        question = Question(newest.note, size, lambda before: self._prove(before, size), self.patience)
        try:
            signature = asking.ask(self.witness.url, key, question, old)
        except WitnessRefused as refused:
            if refused.forked or (refused.beyond is not None and refused.beyond > self._size()):
                raise OtherLedger from refused
            raise
        with self.database.transaction() as tx:
            kept = StoredCosignature(size, key.name, key.id.hex(), signature.line)
            cosignatures.add(tx, kept, clock.now())
        return True

    def _prove(self, old: int, size: int) -> list[bytes]:
        with self.database.transaction() as tx:
            return consistency_proof(old, size, tree.Reader(tx))

    def _size(self) -> int:
        """Return the size of our newest checkpoint: whoever has a mirror may have taken it there before us."""
        with self.database.transaction() as tx:
            newest = tree.last_checkpoint(tx)
        return 0 if newest is None else newest.size
