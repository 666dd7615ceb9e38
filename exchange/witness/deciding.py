"""Whether a witness cosigns what it is sent. No file and no network: C2SP tlog-witness, in its order.

1. the body is of the form (400); 2. the ledger is known (404); 3. its key signed (403); 4. what is signed is a
checkpoint, and the old size is not beyond it (400); 5. the old size is that of the last one that was cosigned (409,
with that size); 6. of equal sizes the roots are equal (409); 7. the proof shows that it continues that one (422).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exchange.domain.errors import Refusal
from exchange.domain.merkle import EMPTY, verify_consistency
from exchange.wire import tlog
from exchange.wire.signed_note import NoteKey
from exchange.wire.tlog import Asked, SignedCheckpoint

TEXT: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"
_FORGED: Final = frozenset({"unknown-note-key", "bad-note-signature-line"})


class Turned(Exception):  # noqa: N818 -- an answer, not a fault
    """The witness does not cosign: the status of its answer, what it says, and as which media type."""

    def __init__(self, status: int, body: str, media_type: str = TEXT) -> None:
        """`body` ends in a newline."""
        super().__init__(f"{status}: {body.strip()}")
        self.status, self.body, self.media_type = status, body, media_type


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent about a known ledger, signed by its key; nobody has compared it with what was seen before."""

    asked: Asked
    checkpoint: SignedCheckpoint


def read(raw: bytes, logs: Mapping[str, NoteKey]) -> Sent:
    """Return what a body of `add-checkpoint` says. `logs` has the key of each known ledger by origin. Raises Turned."""
    try:
        asked = tlog.read_asked(raw)
        origin = tlog.origin_of(asked.checkpoint)
    except Refusal as refusal:
        raise Turned(400, f"{refusal.detail}\n") from None
    if origin not in logs:
        raise Turned(404, "this ledger is not known here\n")
    try:
        checkpoint = tlog.open_checkpoint(asked.checkpoint, logs[origin])
    except Refusal as refusal:
        raise Turned(403 if refusal.code in _FORGED else 400, f"{refusal.detail}\n") from None
    if asked.old > checkpoint.head.size:
        raise Turned(400, "the old size is beyond that of the checkpoint\n")
    return Sent(asked, checkpoint)


def decide(sent: Sent, last: SignedCheckpoint | None) -> None:
    """Return if the witness may cosign, when `last` is what it cosigned of this ledger. Raises Turned."""
    size, root = (0, EMPTY) if last is None else (last.head.size, last.head.root)
    head = sent.checkpoint.head
    if sent.asked.old != size or (head.size == size and head.root != root):
        raise Turned(409, f"{size}\n", SIZE)
    if not verify_consistency(size, root, head.size, head.root, sent.asked.proof):
        raise Turned(422, "the checkpoint is not shown to continue the last one\n")
