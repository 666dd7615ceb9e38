"""What a notice, its receipt and a proof show to somebody who has nothing else: a court, with the hub switched off.

Each step says what is shown and what proves it. Nothing is asked of anybody; the keys come from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import root_at
from exchange.mirror.folder import Mirror
from exchange.wire import jws, leaves, sdjwt, statements, tlog
from exchange.wire.claims import read_claims
from exchange.wire.encoding import Json, b64decode, b64encode, is_hash, read_json
from exchange.wire.keys import PublicKey
from exchange.wire.signed_note import NoteKey
from exchange.wire.tlog import Included, SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement, and what proves it."""

    says: str
    proof: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that the reader trusts: of the ledger, its witnesses, the hub's receipts, perhaps the author."""

    ledger: NoteKey
    receipt: PublicKey
    witnesses: Sequence[NoteKey] = ()
    author: PublicKey | None = None


def prove(notice: str, receipt: str, proof: bytes, keys: Keys) -> tuple[list[Shown], Included]:
    """Return what a notice (SD-JWT, or its issuer-signed part), its receipt and a tlog-proof show together.

    Raises:
        Refusal: those of `jws.parse`; `bad-notice-signature`, `unknown-key` when the author's key is given and did
            not sign; those of `statements.heard`; `wrong-receipt`; those of `tlog.check_inclusion`.
    """
    signed = jws.parse(notice.strip().partition("~")[0], sdjwt.TYP)
    payload = read_json(signed.payload)
    claims = read_claims(payload if isinstance(payload, dict) else {}, "bad-notice")
    sha256 = b64encode(sdjwt.identity(signed.text))
    shown = [_by_author(signed, keys.author, f"{claims.iss}, id {claims.id}")]
    told = statements.heard(receipt.strip(), statements.RECEIPT, keys.receipt)
    if [told.get(name) for name in ("iss", "id", "sha256")] != [claims.iss, claims.id, sha256]:
        raise Refusal("wrong-receipt", "The receipt is for another notice.")
    shown.append(
        Shown(
            f"The exchange says that it accepted this very notice; the hub's clock showed {_time(told)}.",
            f"The receipt names the SHA-256 of the notice's signing input, {sha256}, and verifies under the hub's"
            f" receipt key {keys.receipt.kid}.",
        )
    )
    leaf = leaf_of(told)
    if not leaves.is_over(leaf, signed.signing_input):
        raise Refusal("wrong-receipt", "The leaf in the receipt is not over the notice.")
    shown.append(_over(leaf))
    included = _included(proof, leaf, keys)
    return [*shown, _stands(included, keys)], included


def leaf_of(told: dict[str, Json]) -> dict[str, Any]:
    """Return the leaf in a receipt. Raises Refusal `wrong-receipt` for one that has none."""
    leaf = told.get("leaf")
    if not isinstance(leaf, dict) or type(leaf.get("index")) is not int or not is_hash(str(leaf.get("hash"))):
        raise Refusal("wrong-receipt", "The receipt names no leaf.")
    return cast("dict[str, Any]", leaf)


def before(first: Included, proof: bytes, leaf_hash: bytes, keys: Keys) -> tuple[list[Shown], Included]:
    """Return what shows that a leaf stands before the leaf with `leaf_hash`, by the tlog-proof of that one.

    Raises:
        Refusal: those of `tlog.check_inclusion`; `not-before`; `ledger-forked` when two roots of one size were signed.
    """
    second = tlog.check_inclusion(tlog.read_proof(proof), leaf_hash, keys.ledger, keys.witnesses)
    a, b = first.checkpoint.head, second.checkpoint.head
    if a.size == b.size and a.root != b.root:
        raise Refusal("ledger-forked", f"The ledger signed two roots over {a.size} leaves. Both proofs show it: keep.")
    if first.index >= second.index:
        raise Refusal("not-before", f"The leaf {first.index} does not stand before the leaf {second.index}.")
    order = Shown(
        f"The leaf {first.index} stands before the leaf {second.index}: it was there when the other was added.",
        "Leaves are only ever added at the end, and their numbers follow that order"
        + (
            "; both proofs end in the root of one checkpoint."
            if a == b
            else f". The proofs end in two checkpoints of {a.origin}, of {a.size} and {b.size} leaves; that the larger"
            " continues the smaller is for a mirror to show (--mirror)."
        ),
    )
    return [_stands(second, keys), order], second


def one_history(mirror: Mirror, *checkpoints: SignedCheckpoint) -> Shown:
    """Return that the tiles of a mirror give the roots of all these checkpoints.

    Raises:
        Refusal: `no-mirror` when it has not so many leaves; `wrong-tiles` when it gives another root.
    """
    sizes = sorted({one.head.size for one in checkpoints})
    for one in checkpoints:
        try:
            root = root_at(one.head.size, mirror.tile)
        except (LookupError, ValueError) as error:
            raise Refusal("no-mirror", f"The mirror does not reach {one.head.size} leaves: {error}.") from None
        if root != one.head.root:
            raise Refusal(
                "wrong-tiles", f"The mirror gives another root over {one.head.size} leaves: see ledger verify."
            )
    return Shown(
        f"The checkpoints of {' and '.join(map(str, sizes))} leaves are of one history.",
        "The tiles of the mirror give the signed root at each of these sizes.",
    )


def _by_author(signed: jws.Unverified, author: PublicKey | None, who: str) -> Shown:
    says = f"The notice says that it is of {who}"
    if author is None:
        return Shown(f"{says}. Who signed it was not checked.", "Nothing: give the author's key with --author-key.")
    if signed.kid != author.kid:
        raise Refusal("unknown-key", "The notice is not signed with the key that was given for its author.")
    jws.verify(signed, author, sdjwt.PURPOSE)
    return Shown(f"{says}, and the holder of the author's key signed it.", f"It verifies under the key {author.kid}.")


def _time(told: dict[str, Json]) -> str:
    received = told.get("received")
    return datetime.fromtimestamp(received, UTC).isoformat() if type(received) is int else "no time"


def _over(leaf: dict[str, Any]) -> Shown:
    how = "SHA-256 of the salt in the receipt and "
    if "batch" in leaf:
        place = leaf["batch"]
        how += f"the root over a batch, in which the notice is number {place['position'] + 1} of {place['size']}"
    else:
        how += "the notice's signing input"
    return Shown(
        f"The leaf {leaf['index']} of the ledger is over this very notice, and over no other.",
        f"{how} gives the entry whose leaf hash is {leaf['hash']}.",
    )


def _included(raw: bytes, leaf: dict[str, Any], keys: Keys) -> Included:
    proof = tlog.read_proof(raw)
    if proof.index != leaf["index"]:
        raise Refusal("bad-proof", f"The proof is of the leaf {proof.index}, and the receipt names {leaf['index']}.")
    return tlog.check_inclusion(proof, b64decode(str(leaf["hash"])), keys.ledger, keys.witnesses)


def _stands(included: Included, keys: Keys) -> Shown:
    head = included.checkpoint.head
    silent = [key for key in keys.witnesses if included.checkpoint.note.signed_by(key) is None]
    absent = "".join(f" Witness {key.name} did not cosign it." for key in silent)
    seen = "".join(f" Witness {one.key.name} cosigned it at {one.time}." for one in included.checkpoint.cosignatures)
    return Shown(
        f"The leaf with the hash {b64encode(included.leaf_hash)} is number {included.index} of the ledger"
        f" {head.origin}, which had {head.size} leaves then.",
        f"The audit path of the proof leads to the root of the checkpoint of {head.size} leaves, which the ledger's key"
        f" signed.{seen}{absent}",
    )
