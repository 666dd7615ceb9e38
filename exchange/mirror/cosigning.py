"""Taking the newest mirrored checkpoint to a witness, with the proof that it continues what the witness has seen."""

from dataclasses import dataclass
from typing import Final

from exchange import asking
from exchange.asking import Question
from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import consistency_proof
from exchange.mirror.folder import COSIGNED, Mirror, size_in
from exchange.wire import signed_note, tlog
from exchange.wire.signed_note import NoteKey
from exchange.wire.tlog import SignedCheckpoint

_PATIENCE: Final = 30.0  # seconds


@dataclass(frozen=True)
class Witness:
    """A witness: where it is, and its key."""

    url: str
    key: NoteKey


def cosign(mirror: Mirror, key: NoteKey, witness: Witness) -> SignedCheckpoint:
    """Let a witness cosign the newest checkpoint of a mirror, and keep it cosigned.

    Raises:
        Refusal: `no-mirror` when there is no checkpoint; `wrong-tiles`; those of `asking.ask`.
    """
    with mirror.alone():
        newest = mirror.newest(key)
        if newest is None:
            raise Refusal("no-mirror", "There is no checkpoint in the folder: `ledger mirror` gets one.")
        size = newest.head.size
        question = Question(newest.note.raw, size, lambda old: _proof(mirror, old, size), _PATIENCE)
        line = asking.ask(witness.url, witness.key, question, _seen(mirror, witness)).line
        note = signed_note.with_lines(newest.note, line, [witness.key])
        cosigned = tlog.open_checkpoint(note.raw, key, [witness.key])
        mirror.put(f"{_folder(witness)}/{size}.note", note.raw.encode())
    return cosigned


def _proof(mirror: Mirror, old: int, size: int) -> list[bytes]:
    try:
        return consistency_proof(old, size, mirror.tile)
    except (LookupError, ValueError) as error:
        raise Refusal("wrong-tiles", f"The tiles kept here are damaged: {error}. `ledger verify` says where.") from None


def _seen(mirror: Mirror, witness: Witness) -> int:
    """Return the size that the witness cosigned last, as far as this folder knows."""
    folder = mirror.path / _folder(witness)
    sizes = [size_in(path.name) for path in folder.iterdir()] if folder.is_dir() else []
    return max((size for size in sizes if size is not None), default=0)


def _folder(witness: Witness) -> str:
    return f"{COSIGNED}/{witness.key.id.hex()}"
