"""What a log says and shows: checkpoints, proofs, and what a witness is asked.

Sources: C2SP tlog-checkpoint, tlog-proof, tlog-witness. A checkpoint is a signed note of three lines: the origin,
which is the name of the log's key, the number of leaves in decimal, the root in base64. Further lines are refused: a
log could say there what no monitor can check, and to each reader something else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import InitVar, dataclass
from typing import Final

from exchange.domain.errors import Refusal
from exchange.domain.merkle import EMPTY, HASH_BYTES, MAX_SIZE, verify_consistency, verify_inclusion
from exchange.wire.checked import Mark
from exchange.wire.signed_note import (
    COSIGNATURE,
    Note,
    NoteKey,
    NoteSigner,
    Signature,
    decode,
    encode,
    open_note,
    read_text,
    sign,
)

PROOF_TYPE: Final = "c2sp.org/tlog-proof@v1"
MAX_NODES: Final = 63
"""Most nodes of a proof of inclusion; of consistency, a tree of MAX_SIZE has no more either (C2SP tlog-witness)."""
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_ORIGIN: Final = re.compile(r"[^\x00-\x1f]+")
_LINES: Final = 3
_MARK: Final = Mark("tlog.open_checkpoint")
_INCLUDED: Final = Mark("tlog.check_inclusion")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's name, the number of leaves and the root."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        sound = _ORIGIN.fullmatch(self.origin) and 0 <= self.size <= MAX_SIZE and len(self.root) == HASH_BYTES
        if not sound or (self.size == 0 and self.root != EMPTY):
            raise ValueError("a checkpoint has an origin of one line, a size below 2^63, and a root of 32 bytes")

    @property
    def text(self) -> str:
        """Return the text of its note."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"

    def signed(self, signer: NoteSigner) -> str:
        """Return the note by which the log answers for it. Raises ValueError when the signer is of another log."""
        if signer.name != self.origin:
            raise ValueError("a checkpoint's origin is the name of the key that signs it")
        return sign(self.text, signer)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that the log's key signed; only `open_checkpoint` makes one."""

    head: Checkpoint
    note: Note
    cosignatures: tuple[Signature, ...]
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        _MARK.demand(mark)


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof that is well formed. Nobody has checked what it claims; `extra` nobody can."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None


@dataclass(frozen=True, slots=True)
class Included:
    """A leaf of which it was checked that it stands there; only `check_inclusion` makes one."""

    leaf_hash: bytes
    index: int
    checkpoint: SignedCheckpoint
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        _INCLUDED.demand(mark)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a log sends to a witness (`add-checkpoint`), well formed and unchecked."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str


def open_checkpoint(raw: str | bytes, log: NoteKey, witnesses: Iterable[NoteKey] = ()) -> SignedCheckpoint:
    """Return the checkpoint if the log's key signed it. How many witnesses are enough is for the caller to say.

    Raises:
        Refusal: those of `open_note`; `unknown-note-key` also when only witnesses signed; `bad-checkpoint` when the
            text is no checkpoint of this log.
    """
    note = open_note(raw, [log, *witnesses])
    if note.signed_by(log) is None:
        raise Refusal("unknown-note-key", "the log itself did not sign the checkpoint")
    head = _head(note.text)
    if head.origin != log.name:
        raise Refusal("bad-checkpoint", "the checkpoint is of another log than its key")
    cosignatures = tuple(one for one in note.signatures if one.key.kind == COSIGNATURE)
    return SignedCheckpoint(head, note, cosignatures, _MARK)


def origin_of(raw: str | bytes) -> str:
    """Return the first line of what may be a checkpoint: only to choose the key with which to open it.

    Raises:
        Refusal: `bad-note`, `bad-checkpoint`.
    """
    origin = read_text(raw, "bad-note").partition("\n")[0]
    if not origin:
        raise Refusal("bad-checkpoint", "the origin of a checkpoint is not empty")
    return origin


def check_inclusion(proof: Proof, leaf_hash: bytes, log: NoteKey, witnesses: Iterable[NoteKey] = ()) -> Included:
    """Return the leaf with its place if the proof shows it under a checkpoint of the log.

    Raises:
        Refusal: those of `open_checkpoint`; `bad-proof` when the path does not lead to the root.
    """
    opened = open_checkpoint(proof.checkpoint, log, witnesses)
    if not verify_inclusion(leaf_hash, proof.index, opened.head.size, proof.path, opened.head.root):
        raise Refusal("bad-proof", "the leaf does not lead to the root of the checkpoint")
    return Included(leaf_hash, proof.index, opened, _INCLUDED)


def check_consistency(old: SignedCheckpoint, new: SignedCheckpoint, proof: Sequence[bytes]) -> None:
    """Return if both are checkpoints of one log, and the newer tree begins with the whole older one.

    Raises:
        Refusal: `bad-proof`. When it is right for its sizes and the log made it, the log has forked.
    """
    a, b = old.head, new.head
    if a.origin != b.origin or not verify_consistency(a.size, a.root, b.size, b.root, proof):
        raise Refusal("bad-proof", "the newer tree is not shown to begin with the older one")


def write_proof(index: int, path: Sequence[bytes], checkpoint: str, extra: bytes | None = None) -> str:
    """Return a tlog-proof@v1 of the leaf at `index`; `checkpoint` is the signed note, with any cosignatures."""
    told = f"extra {encode(extra)}\n" if extra else ""
    return f"{PROOF_TYPE}\n{told}index {index}\n{write_hashes(path)}\n{checkpoint}"


def read_proof(raw: str | bytes) -> Proof:
    """Return the parts of a tlog-proof@v1.

    Raises:
        Refusal: `bad-proof` for any other form; the checkpoint in it is for `open_checkpoint` to read.
    """
    head, gap, checkpoint = read_text(raw, "bad-proof").partition("\n\n")
    kind, *lines = head.split("\n")
    told = lines.pop(0) if lines and lines[0].startswith("extra ") else None
    extra = None if told is None else decode(told.removeprefix("extra "))
    index = _number(lines.pop(0), "index ") if lines else None
    path = _hashes(lines)
    if kind != PROOF_TYPE or not gap or index is None or path is None or not checkpoint:
        raise Refusal("bad-proof", "not of the form c2sp.org/tlog-proof@v1")
    if told is not None and not extra:
        raise Refusal("bad-proof", "extra is base64 of something")
    return Proof(index, path, checkpoint, extra)


def write_asked(old: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """Return the body of `add-checkpoint`: the size that the witness knows, the proof from there, the checkpoint."""
    return f"old {old}\n{write_hashes(proof)}\n{checkpoint}"


def read_asked(raw: str | bytes) -> Asked:
    """Return the parts of the body of `add-checkpoint`.

    Raises:
        Refusal: `bad-proof` for any other form.
    """
    head, gap, checkpoint = read_text(raw, "bad-proof").partition("\n\n")
    first, *lines = head.split("\n")
    old, proof = _number(first, "old "), _hashes(lines)
    if not gap or old is None or proof is None or not checkpoint:
        raise Refusal("bad-proof", "not what C2SP tlog-witness says for add-checkpoint")
    return Asked(old, proof, checkpoint)


def write_hashes(hashes: Sequence[bytes]) -> str:
    """Return hashes in base64, a line each: the answer to a question for consistency."""
    return "".join(f"{encode(one)}\n" for one in hashes)


def read_hashes(raw: str | bytes) -> tuple[bytes, ...]:
    """Return the nodes of a proof from lines of base64; of no lines, none.

    Raises:
        Refusal: `bad-proof`.
    """
    *lines, end = read_text(raw, "bad-proof").split("\n")
    found = _hashes(lines)
    if end or found is None:
        raise Refusal("bad-proof", f"a proof is at most {MAX_NODES} lines, each 32 bytes in base64")
    return found


def _head(text: str) -> Checkpoint:
    origin, *lines = text[:-1].split("\n")
    if len(lines) != _LINES - 1:
        raise Refusal("bad-checkpoint", "a checkpoint has three lines: origin, size and root")
    size, root = _number(lines[0]), decode(lines[1])
    try:
        return Checkpoint(origin, -1 if size is None else size, root or b"")
    except ValueError:
        raise Refusal(
            "bad-checkpoint", "a checkpoint has an origin, a size in decimal and a root of 32 bytes"
        ) from None


def _number(line: str, before: str = "") -> int | None:
    digits = line.removeprefix(before)
    if not line.startswith(before) or _DECIMAL.fullmatch(digits) is None or int(digits) > MAX_SIZE:
        return None
    return int(digits)


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...] | None:
    found = [decode(line) for line in lines[: MAX_NODES + 1]]
    sound = [one for one in found if one is not None and len(one) == HASH_BYTES]
    return tuple(sound) if len(lines) <= MAX_NODES and len(sound) == len(lines) else None
