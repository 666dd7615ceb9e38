"""Proof that the hub keeps what it said: checkpoints that continue one another, and leaves that are under them."""

from dataclasses import dataclass
from typing import Any, Final, cast

from exchange.client.folder import Folder
from exchange.client.line import Line
from exchange.domain.errors import Refusal
from exchange.wire import statements, tlog
from exchange.wire.encoding import b64decode
from exchange.wire.signed_note import NoteKey, read_vkey
from exchange.wire.tlog import Included, Proof, SignedCheckpoint
from exchange.wire.witnesses import MOST_ASKED, STATES, Witness, is_witnessed, read_witnesses

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

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """The pinned witnesses, none when the introduction named none. Raises Refusal as `read_witnesses`."""
        return read_witnesses(self.folder.hub.get("witnesses", []))

    def kept(self) -> SignedCheckpoint | None:
        """Return the checkpoint that was seen last, if any was."""
        path = self.folder.path / CHECKPOINT
        return tlog.open_checkpoint(path.read_bytes(), self.key) if path.exists() else None

    def look(self) -> SignedCheckpoint:
        """Fetch the last checkpoint, and keep it when it continues the one kept.

        Raises Refusal `ledger-forked`, with both checkpoints kept as evidence, when it does not; `older-checkpoint`
        when the exchange no longer knows the one kept; those of the line. The newer one stays kept in each case.
        """
        return self._accept(self.line.call("GET", "/v1/ledger/checkpoint", b"", ""))

    def compare(self, raw: bytes) -> SignedCheckpoint:
        """Return our checkpoint, once one that somebody else was shown is proven to be of the same history (gossip).

        Raises Refusal as `look`, and those of `tlog.open_checkpoint`: a hub that shows two of its readers two ledgers
        is found out when they compare. `older-checkpoint` says that it denies to us what it signed for the other.
        """
        ours, theirs = self.look(), tlog.open_checkpoint(raw, self.key)
        if theirs.head != ours.head:
            self.folder.keep(PROOFS, "theirs.note", raw)
            self._require_one_history(theirs, ours)
        return ours

    def prove(self, notice_id: str, cosigned: int = 0) -> Included:
        """Fetch the proof that the leaf in the kept receipt of a notice is in the ledger, verify it, and keep it.

        `cosigned`, up to 8, is how many pinned witnesses must have cosigned its checkpoint (`not-witnessed`).
        Raises Refusal: those of the hub (`not-published`: there is a checkpoint a second), `bad-proof`, with what the
        hub answered kept, and those of `look`.
        """
        receipt = (self.folder.path / "receipts" / f"{notice_id}.jws").read_text(encoding="ascii")
        told = self.folder.heard(receipt, statements.RECEIPT)
        leaf = cast("dict[str, Any]", told["leaf"])
        known = [one.key for one in self.witnesses] if cosigned else []
        raw, proof = self._fetch(leaf["index"], cosigned)
        self._accept(proof.checkpoint.encode())
        try:
            included = tlog.check_inclusion(proof, b64decode(str(leaf["hash"])), self.key, known)
        except Refusal:  # the receipt says one leaf and the checkpoint another: both are signed
            self.folder.keep(PROOFS, f"{notice_id}.broken-proof", raw)
            raise
        if len(included.checkpoint.cosignatures) < cosigned:
            raise Refusal("not-witnessed", f"The checkpoint is not cosigned by {cosigned} of the pinned witnesses.")
        self.folder.keep(PROOFS, f"{notice_id}.tlog-proof", raw)
        return included

    def included(self, index: int, leaf_hash: bytes) -> tuple[bytes, Included]:
        """Return the proof that a leaf is in the ledger, as the hub gave it, verified.

        Raises Refusal `not-published` while no checkpoint covers it, `bad-proof`, and those of `look`.
        """
        raw, proof = self._fetch(index, 0)
        self._accept(proof.checkpoint.encode())
        return raw, tlog.check_inclusion(proof, leaf_hash, self.key, [])

    def witnessed(self, index: int, leaf_hash: bytes) -> Included:
        """Return a leaf as one that pinned witnesses of two different states have seen in the ledger.

        The hub gives the newest checkpoint that so many witnesses cosigned, whoever they are: while those that are
        pinned here are of one state, it is asked for more. Raises Refusal `not-witnessed`, always when no witnesses of
        two states are pinned; `not-published` while no two have cosigned; `bad-proof`; those of `look`.
        """
        pinned = self.witnesses
        if len({one.state for one in pinned}) < STATES:
            raise Refusal("not-witnessed", f"No witnesses of {STATES} states are pinned here.")
        for least in range(STATES, MOST_ASKED + 1):
            try:
                _, proof = self._fetch(index, least)
            except Refusal as refusal:
                if refusal.code == "not-published" and least > STATES:
                    break
                raise
            self._accept(proof.checkpoint.encode())
            included = tlog.check_inclusion(proof, leaf_hash, self.key, [one.key for one in pinned])
            if is_witnessed(included.checkpoint, pinned):
                return included
        raise Refusal("not-witnessed", f"No checkpoint over it is cosigned by pinned witnesses of {STATES} states.")

    def _fetch(self, index: int, cosigned: int) -> tuple[bytes, Proof]:
        """Return the proof of a leaf as the hub gives it, and as it reads; nobody has checked what it claims."""
        asked = f"?cosigned={cosigned}" if cosigned else ""
        raw = self.line.call("GET", f"/v1/ledger/proof/{index}{asked}", b"", "")
        proof = tlog.read_proof(raw)
        if proof.index != index:
            raise Refusal("bad-proof", "The proof is of another leaf.")
        return raw, proof

    def _accept(self, raw: bytes) -> SignedCheckpoint:
        fresh, kept = tlog.open_checkpoint(raw, self.key), self.kept()
        if kept is not None and kept.head != fresh.head:
            self._require_one_history(kept, fresh)
        if kept is None or fresh.head.size > kept.head.size:
            self.folder.keep("", CHECKPOINT, raw)
        return fresh

    def _require_one_history(self, kept: SignedCheckpoint, fresh: SignedCheckpoint) -> None:
        """Only a proof that fails is a fork: a line that breaks, or a hub that lost what it signed, proves none."""
        old, new = sorted((kept, fresh), key=lambda one: one.head.size)
        if old.head.size == new.head.size:
            raise self._forked(old, new)
        try:
            raw = self.line.call("GET", f"/v1/ledger/consistency?from={old.head.size}&to={new.head.size}", b"", "")
        except Refusal as refusal:
            self.folder.keep(PROOFS, "unproven.note", fresh.note.raw.encode())
            if refusal.code == "not-published" and new is kept:
                raise _older(kept, fresh) from refusal
            raise
        try:
            tlog.check_consistency(old, new, tlog.read_hashes(raw))
        except Refusal as refusal:
            raise self._forked(old, new) from refusal

    def _forked(self, old: SignedCheckpoint, new: SignedCheckpoint) -> Refusal:
        for name, one in (("forked-old.note", old), ("forked-new.note", new)):
            self.folder.keep(PROOFS, name, one.note.raw.encode())
        return Refusal(
            "ledger-forked",
            "The exchange does not show that its ledger continues the one seen before. Both checkpoints are kept: tell"
            " others. A mirror shows whether there are two histories, or tables that are damaged.",
        )


def _older(kept: SignedCheckpoint, fresh: SignedCheckpoint) -> Refusal:
    return Refusal(
        "older-checkpoint",
        f"The exchange shows its checkpoint of {fresh.head.size} leaves and knows none of {kept.head.size}, which it"
        " signed: that one is kept here. It runs on an old copy, or an old backup was put back.",
    )
