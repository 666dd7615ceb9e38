"""Proof that the hub keeps what it said: checkpoints that continue one another, and leaves that are under them."""

from dataclasses import dataclass
from typing import Any, Final, cast

from exchange.client.folder import Folder
from exchange.client.line import Line
from exchange.domain.errors import Refusal
from exchange.wire import statements, tlog
from exchange.wire.encoding import b64decode
from exchange.wire.signed_note import NoteKey, read_vkey
from exchange.wire.tlog import Included, SignedCheckpoint

CHECKPOINT: Final = "checkpoint.note"
PROOFS: Final = "proofs"


@dataclass(frozen=True, slots=True)
class Watched:
    """The ledger as this authority has seen it: the last checkpoint, kept in the folder, and the log's pinned key."""

    folder: Folder
    line: Line

    @property
    def key(self) -> NoteKey:
        """The pinned verifier key of the ledger."""
        return read_vkey(str(self.folder.hub["ledger_vkey"]))

    def kept(self) -> SignedCheckpoint | None:
        """Return the checkpoint that was seen last, if any was."""
        path = self.folder.path / CHECKPOINT
        return tlog.open_checkpoint(path.read_bytes(), self.key) if path.exists() else None

    def look(self) -> SignedCheckpoint:
        """Fetch the last checkpoint, and keep it when it continues the one kept.

        Raises Refusal `ledger-forked`, with both checkpoints kept as evidence, when it does not.
        """
        return self._accept(self.line.call("GET", "/v1/ledger/checkpoint", b"", ""))

    def prove(self, notice_id: str) -> Included:
        """Fetch the proof that the leaf in the kept receipt of a notice is in the ledger, verify it, and keep it.

        Raises Refusal: those of the hub (`not-published`: there is a checkpoint a second), `bad-proof`,
        `ledger-forked`.
        """
        receipt = (self.folder.path / "receipts" / f"{notice_id}.jws").read_text(encoding="ascii")
        told = statements.heard(receipt, statements.RECEIPT, self.folder.hub_key("receipt"))
        leaf = cast("dict[str, Any]", told["leaf"])
        raw = self.line.call("GET", f"/v1/ledger/proof/{leaf['index']}", b"", "")
        proof = tlog.read_proof(raw)
        if proof.index != leaf["index"]:
            raise Refusal("bad-proof", "The proof is of another leaf.")
        included = tlog.check_inclusion(proof, b64decode(str(leaf["hash"])), self.key)
        self._accept(proof.checkpoint.encode())
        self.folder.keep(PROOFS, f"{notice_id}.tlog-proof", raw)
        return included

    def _accept(self, raw: bytes) -> SignedCheckpoint:
        fresh, kept = tlog.open_checkpoint(raw, self.key), self.kept()
        if kept is not None:
            old, new = sorted((kept, fresh), key=lambda one: one.head.size)
            self._require_one_history(old, new)
        if kept is None or fresh.head.size > kept.head.size:
            self.folder.keep("", CHECKPOINT, raw)
        return fresh

    def _require_one_history(self, old: SignedCheckpoint, new: SignedCheckpoint) -> None:
        if old.head == new.head:
            return
        try:
            sizes = f"from={old.head.size}&to={new.head.size}"
            nodes = tlog.read_hashes(self.line.call("GET", f"/v1/ledger/consistency?{sizes}", b"", ""))
            tlog.check_consistency(old, new, nodes)
        except Refusal as refusal:
            for name, one in (("forked-old.note", old), ("forked-new.note", new)):
                self.folder.keep(PROOFS, name, one.note.raw.encode())
            raise Refusal(
                "ledger-forked",
                "The ledger is not the one that was seen before. Both checkpoints are kept: tell others.",
            ) from refusal
