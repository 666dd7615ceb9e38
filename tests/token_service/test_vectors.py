"""The library does RFC 9497: its published vectors, and its proofs held against a check that is written out by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from voprf import ristretto

from token_service.by_hand import proof_holds

SAID = json.loads((Path(__file__).parent / "vectors.json").read_text())
EVALUATOR = ristretto.Evaluator.from_seed(bytes.fromhex(SAID["seed"]), bytes.fromhex(SAID["key_info"]))
PUBLIC = bytes.fromhex(SAID["public_key"])


def several(vector: dict[str, Any], name: str) -> list[bytes]:
    return [bytes.fromhex(one) for one in vector[name]]


def evaluated(blinded: list[bytes]) -> tuple[bytes, list[bytes]]:
    answer = EVALUATOR.evaluate_batch([ristretto.BlindedInput.deserialize(one) for one in blinded]).serialize()
    return answer[:64], [answer[at : at + 32] for at in range(64, len(answer), 32)]


def test_the_key_is_derived_as_the_rfc_says() -> None:
    assert EVALUATOR.public_key.serialize() == PUBLIC


@pytest.mark.parametrize("vector", SAID["vectors"])
def test_evaluations_and_outputs_are_those_of_the_rfc(vector: dict[str, Any]) -> None:
    proof, found = evaluated(several(vector, "blinded"))
    assert found == several(vector, "evaluated")
    assert [EVALUATOR.evaluate_known_input(one) for one in several(vector, "input")] == several(vector, "output")
    assert proof_holds(PUBLIC, several(vector, "blinded"), found, proof)


@pytest.mark.parametrize("vector", SAID["vectors"])
def test_the_check_by_hand_takes_the_proofs_of_the_rfc_and_no_altered_one(vector: dict[str, Any]) -> None:
    blinded, found, proof = several(vector, "blinded"), several(vector, "evaluated"), bytes.fromhex(vector["proof"])
    assert proof_holds(PUBLIC, blinded, found, proof)
    assert not proof_holds(PUBLIC, blinded, blinded, proof)
    assert not proof_holds(PUBLIC, blinded, found, bytes([proof[0] ^ 1]) + proof[1:])
    assert not proof_holds(blinded[0], blinded, found, proof)


def test_blinding_hides_the_input_and_changes_no_output() -> None:
    clients = [ristretto.Client.blind(b"the same") for _ in range(3)]
    sent = [blinded.serialize() for _, blinded in clients]
    assert len(set(sent)) == 3
    proof, found = evaluated(sent)
    assert proof_holds(PUBLIC, sent, found, proof)
    outputs = ristretto.VerifiableBatchOutput.deserialize(proof + b"".join(found))
    made = ristretto.Client.finalize_batch([client for client, _ in clients], outputs, EVALUATOR.public_key)
    assert set(made) == {EVALUATOR.evaluate_known_input(b"the same")}
