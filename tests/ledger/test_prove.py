"""What a stranger proves with three files and two public keys, the exchange switched off."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from builders import SK_ASYLUM, SK_BORDER
from conftest import Enrol
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.publishing import Log
from exchange.wire import keys, leaves, tlog
from exchange.wire.encoding import b64decode, b64encode, read_json
from exchange.wire.signed_note import COSIGNATURE, NoteSigner, cosign, read_vkey
from ledger.kit import MOMENT, run


class Case:
    """The files of a case: two notices in one batch, one after them, one under a later checkpoint."""

    def __init__(self, folder: Path, hub: Hub, enrol: Enrol, log: Log) -> None:
        self.folder, self.hub, self.ids = folder, hub, list[str]()
        self.office = enrol(SK_BORDER)
        self.notices: dict[str, str] = {}
        posted = self.office.speaker.post_batch([self.office.parts(case=f"c-{n}") for n in range(2)])
        posted.append(self.office.post(case="c-2"))
        log.sign(MOMENT)
        self._prove(posted)
        run("ledger", "mirror", hub.origin, folder / "mirror", "--vkey", hub.ledger_vkey)
        later = self.office.post(case="c-3")
        log.sign(MOMENT)
        self._prove([later])
        run("ledger", "mirror", hub.origin, folder / "mirror", "--vkey", hub.ledger_vkey)
        jwk = hub.keys["receipt"].public
        (folder / "receipt.jwk").write_text(json.dumps(keys.public_to_jwk(jwk)))
        (folder / "author.jwk").write_text(json.dumps(keys.public_to_jwk(self.office.folder.key("notice").public)))

    def _prove(self, posted: list[Any]) -> None:
        for receipt in posted:
            number, notice_id = len(self.ids), str(receipt["id"])
            self.ids.append(notice_id)
            self.office.speaker.prove(notice_id)
            told = self.office.speaker.notice(self.office.who.urn, notice_id)
            self.path(number, "txt").write_text(told["notice"])
            kept = self.office.folder.path
            self.path(number, "jws").write_bytes((kept / "receipts" / f"{notice_id}.jws").read_bytes())
            self.path(number, "proof").write_bytes((kept / "proofs" / f"{notice_id}.tlog-proof").read_bytes())

    def path(self, number: int, kind: str) -> Path:
        return self.folder / f"{number}.{kind}"

    def prove(self, number: int, *more: object, code: int = 0) -> str:
        three = [self.path(number, kind) for kind in ("txt", "jws", "proof")]
        keys_given = ("--vkey", self.hub.ledger_vkey, "--receipt-key", self.folder / "receipt.jwk")
        return run("ledger", "prove", *three, *keys_given, *more, code=code)

    def refused(self, number: int, *more: object) -> str:
        with pytest.raises(Refusal) as raised:
            self.prove(number, *more)
        return raised.value.code


@pytest.fixture
def case(tmp_path: Path, hub: Hub, web: str, enrol: Enrol, log: Log) -> Case:
    assert web
    folder = tmp_path / "case"
    folder.mkdir()
    return Case(folder, hub, enrol, log)


def test_a_notice_is_proven_step_by_step(case: Case) -> None:
    for number in range(4):
        said = case.prove(number, "--author-key", case.folder / "author.jwk")
        assert case.ids[number] in said
        assert "the holder of the author's key signed it" in said
        assert "is over this very notice" in said
        assert "batch" in said if number < 2 else "batch" not in said
        assert said.count("Proven by: ") == 4
    steps = json.loads(case.prove(0, "--json"))
    assert "not checked" in steps[0]["says"]
    assert all(step["proof"] for step in steps)


def test_the_issuer_signed_part_alone_is_enough(case: Case) -> None:
    path = case.path(2, "txt")
    path.write_text(path.read_text().partition("~")[0] + "\n")
    assert "is over this very notice" in case.prove(2)


def later(case: Case, number: int) -> tuple[object, ...]:
    return "--before", case.path(number, "proof"), "--before-receipt", case.path(number, "jws")


def test_one_leaf_stands_before_another(case: Case) -> None:
    same = case.prove(0, *later(case, 2))
    assert "stands before" in same
    assert "one checkpoint" in same
    assert "(--mirror)" in case.prove(0, *later(case, 3))
    assert "of one history" in case.prove(0, *later(case, 3), "--mirror", case.folder / "mirror")
    told = read_json(b64decode(case.path(3, "jws").read_text().split(".")[1]))
    leaf_hash = told["leaf"]["hash"]  # type: ignore[call-overload,index]
    assert "stands before" in case.prove(0, "--before", case.path(3, "proof"), "--before-leaf", leaf_hash)
    assert case.refused(0, "--before", case.path(3, "proof"), "--before-leaf", b64encode(bytes(32))) == "bad-proof"
    assert case.refused(3, *later(case, 0)) == "not-before"
    assert case.refused(0, *later(case, 1)) == "not-before"  # one batch, one leaf
    case.prove(0, "--before", case.path(3, "proof"), code=2)
    case.prove(0, "--mirror", case.folder / "mirror", code=2)


def test_a_mirror_of_another_history_does_not_help(case: Case) -> None:
    tile = next((case.folder / "mirror" / "tile" / "0").rglob("*.p/*"))
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert case.refused(0, *later(case, 3), "--mirror", case.folder / "mirror") == "wrong-tiles"
    tile.unlink()
    assert case.refused(0, *later(case, 3), "--mirror", case.folder / "mirror") == "no-mirror"


def test_files_that_do_not_belong_together(case: Case, enrol: Enrol) -> None:
    kept = {kind: case.path(2, kind).read_bytes() for kind in ("txt", "jws", "proof")}
    for kind, number, code in (
        ("txt", 3, "wrong-receipt"), ("jws", 3, "wrong-receipt"), ("proof", 3, "bad-proof"),
    ):  # fmt: skip
        case.path(2, kind).write_bytes(case.path(number, kind).read_bytes())
        assert case.refused(2) == code
        case.path(2, kind).write_bytes(kept[kind])
    other = case.folder / "other.jwk"
    other.write_text(json.dumps(keys.public_to_jwk(enrol(SK_ASYLUM).folder.key("notice").public)))
    assert case.refused(2, "--author-key", other) == "unknown-key"
    assert case.refused(2, "--receipt-key", other) == "unknown-key"
    other.write_text("[]")
    assert case.refused(2, "--author-key", other) == "bad-key"


def test_a_forged_signature_and_an_edited_receipt(case: Case) -> None:
    head, payload, signature = case.path(2, "txt").read_text().partition("~")[0].split(".")
    forged = f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    case.path(2, "txt").write_text(forged)
    assert case.refused(2, "--author-key", case.folder / "author.jwk") == "bad-notice-signature"
    head, payload, signature = case.path(2, "jws").read_text().split(".")
    edited = b64encode(b64decode(payload).replace(b'"accepted"', b'"rejected"'))
    case.path(2, "jws").write_text(f"{head}.{edited}.{signature}")
    assert case.refused(2) == "bad-notice-signature"


def test_garbage_is_refused_in_words(case: Case) -> None:
    for kind in ("txt", "jws", "proof"):
        good = case.path(2, kind).read_bytes()
        for broken in (b"", b"{}", b"\xff", b"a.b.c", b"~"):
            case.path(2, kind).write_bytes(broken)
            assert case.refused(2).startswith("bad-")
        case.path(2, kind).write_bytes(good)


def test_a_witness_that_cosigned_is_named_and_one_that_did_not_too(case: Case) -> None:
    signers = [NoteSigner(name, Ed25519PrivateKey.generate(), COSIGNATURE) for name in ("w1", "w2")]
    path = case.path(2, "proof")
    proof = tlog.read_proof(path.read_bytes())
    opened = tlog.open_checkpoint(proof.checkpoint, read_vkey(case.hub.ledger_vkey))
    raw = proof.checkpoint + cosign(opened.note, signers[0], 1_795_420_114)
    path.write_text(tlog.write_proof(proof.index, proof.path, raw))
    said = case.prove(2, "--witness-vkey", signers[0].public.vkey, "--witness-vkey", signers[1].public.vkey)
    assert "Witness w1 cosigned it at 1795420114." in said
    assert "Witness w2 did not cosign it." in said


@pytest.mark.parametrize(
    "leaf",
    [
        {},
        {"salt": 1, "hash": 2},
        {"salt": "!", "hash": "x"},
        {"salt": b64encode(bytes(32)), "hash": "x", "batch": None},
        {"salt": b64encode(bytes(32)), "hash": "x", "batch": {"path": ["!"], "position": 0, "size": 1}},
        {"salt": b64encode(bytes(32)), "hash": "x", "batch": {"path": [1], "position": "0", "size": 1}},
        {"salt": b64encode(bytes(32)), "hash": "x", "batch": {"path": [], "position": "0", "size": 1}},
        {"salt": b64encode(bytes(32)), "hash": "x", "batch": {"path": [], "position": 1, "size": 1}},
    ],
)
def test_a_leaf_that_is_malformed_is_over_nothing(leaf: dict[str, Any]) -> None:
    assert not leaves.is_over(leaf, b"a.b")
