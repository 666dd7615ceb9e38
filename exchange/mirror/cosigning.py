"""Taking the newest mirrored checkpoint to a witness, with the proof that it continues what the witness has seen."""

from dataclasses import dataclass
from typing import Final

import httpx

from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import consistency_proof
from exchange.mirror.folder import COSIGNED, Mirror, size_in
from exchange.wire import signed_note, tlog
from exchange.wire.signed_note import MAX_BYTES, NoteKey
from exchange.wire.tlog import SignedCheckpoint

_PATIENCE: Final = 30.0  # seconds
_GOOD: Final = 200
_OTHER_SIZE: Final = 409
_WHY: Final = {
    400: "it cannot read what it was sent",
    403: "it does not know the key that signed the checkpoint",
    404: "it does not know the ledger",
    409: "it has cosigned another checkpoint already, with more leaves or another root: mirror first; when that does"
    " not help, the ledger has forked",
    422: "the checkpoint does not continue what it has cosigned: the ledger has forked, or one of the two is damaged",
}


@dataclass(frozen=True)
class Witness:
    """A witness: where it is, and its key."""

    url: str
    key: NoteKey


def cosign(mirror: Mirror, key: NoteKey, witness: Witness) -> SignedCheckpoint:
    """Let a witness cosign the newest checkpoint of a mirror, and keep it cosigned.

    Raises:
        Refusal: `no-mirror` when there is no checkpoint; `no-answer`; `witness-refused` with what it means; those of
            `signed_note.with_lines` for an answer that is no cosignature of this witness.
    """
    with mirror.alone():
        newest = mirror.newest(key)
        if newest is None:
            raise Refusal("no-mirror", "There is no checkpoint in the folder: `ledger mirror` gets one.")
        lines = _ask(mirror, newest, witness, _seen(mirror, witness))
        note = signed_note.with_lines(newest.note, lines, [witness.key])
        cosigned = tlog.open_checkpoint(note.raw, key, [witness.key])
        mirror.put(f"{_folder(witness)}/{newest.head.size}.note", note.raw.encode())
    return cosigned


def _ask(mirror: Mirror, newest: SignedCheckpoint, witness: Witness, old: int) -> str:
    status, said = _send(mirror, newest, witness, old)
    told = size_in(f"{said[:-1]}.note") if status == _OTHER_SIZE and said.endswith("\n") else None
    if told is not None and told != old and told <= newest.head.size:  # it has seen more, or less, than is noted here
        status, said = _send(mirror, newest, witness, told)
    if status != _GOOD:
        why = _WHY.get(status, f"it answers {status}")
        raise Refusal("witness-refused", f"The witness {witness.key.name} does not cosign: {why}.")
    return said


def _send(mirror: Mirror, newest: SignedCheckpoint, witness: Witness, old: int) -> tuple[int, str]:
    try:
        nodes = consistency_proof(old, newest.head.size, mirror.tile)
    except (LookupError, ValueError) as error:
        raise Refusal("wrong-tiles", f"The tiles kept here are damaged: {error}. `ledger verify` says where.") from None
    body = tlog.write_asked(old, nodes, newest.note.raw)
    try:
        with httpx.Client(timeout=httpx.Timeout(_PATIENCE), trust_env=False) as http:
            answer = http.post(f"{witness.url.rstrip('/')}/add-checkpoint", content=body.encode())
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refusal("no-answer", f"The witness gave no answer: {type(error).__name__}.") from None
    return answer.status_code, answer.content[:MAX_BYTES].decode("utf-8", errors="replace")


def _seen(mirror: Mirror, witness: Witness) -> int:
    """Return the size that the witness cosigned last, as far as this folder knows."""
    folder = mirror.path / _folder(witness)
    sizes = [size_in(path.name) for path in folder.iterdir()] if folder.is_dir() else []
    return max((size for size in sizes if size is not None), default=0)


def _folder(witness: Witness) -> str:
    return f"{COSIGNED}/{witness.key.id.hex()}"
