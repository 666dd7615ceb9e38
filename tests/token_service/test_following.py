"""The service takes request keys over from the published ledger, as far as its records bear them out."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.errors import Refusal
from exchange.token_service import evaluating, members
from exchange.wire import key_statements, keys
from exchange.wire.encoding import Json, b64encode
from exchange.wire.key_statements import KEY
from ledger.keykit import SK, Captured, claims
from token_service.kit import ORIGIN, run


class Operator:
    """Who runs a service, admitted sk-border, and mirrors the ledger."""

    def __init__(self, path: Path) -> None:
        self.hub, self.path, self.folder = Captured(), path, path / "tokens"
        evaluating.init(self.folder, ORIGIN, "127.0.0.1:0")
        self.admit(self.hub.held["request"])

    def admit(self, key: keys.PrivateKey) -> None:
        enrolment = {"slug": "sk-border", "keys": {"request": keys.public_to_jwk(key.public)}}
        (self.path / "enrolment.json").write_text(json.dumps(enrolment))
        run("token-service", "--folder", self.folder, "admit", self.path / "enrolment.json")

    def follow(self) -> str:
        self.hub.publish(self.path / "mirror")
        return run(
            "token-service",
            "--folder",
            self.folder,
            "follow",
            self.path / "mirror",
            "--vkey",
            self.path / "mirror" / "vkey",
        )

    def member(self) -> members.Member:
        return members.load(self.folder)["sk-border"]

    def rotate(self) -> keys.PrivateKey:
        """A request key follows the one before."""
        fresh, nonce = keys.generate("request"), b64encode(secrets.token_bytes(32))
        old, head = self.hub.held["request"], claims(SK, self.hub.at)
        said: dict[str, Json] = {
            "act": "rotate",
            "purpose": "request",
            "predecessor": old.kid,
            "key": keys.public_to_jwk(fresh.public),
            "nonce": nonce,
            "possession": key_statements.prove_possession(head, nonce, fresh),
        }
        self.hub.enter(SK, "rotate", [key_statements.sign(said, head, KEY, old)])
        return fresh


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_a_successor_takes_the_place_of_a_key(operator: Operator) -> None:
    assert operator.follow() == ""
    fresh = operator.rotate()
    assert operator.follow() == f"sk-border {fresh.kid}\n"
    assert (operator.member().key.kid, operator.member().state) == (fresh.kid, members.ACTIVE)
    assert operator.follow() == ""


def test_a_key_that_was_ended_gets_nothing_more(operator: Operator) -> None:
    operator.hub.revoke(operator.hub.held["request"], "compromised", since=operator.hub.at)
    assert "suspended" in operator.follow()
    assert operator.member().state == members.SUSPENDED


def test_who_was_enrolled_anew_by_officers_gets_nothing_until_the_operator_compares_the_key(operator: Operator) -> None:
    """A captured hub has officers of its own; their word, in a ledger that holds, must not admit their key."""
    admitted = operator.member().key
    operator.hub.held = operator.hub.enrol(SK)
    assert "does not follow the one that was admitted" in operator.follow()
    assert (operator.member().key, operator.member().state) == (admitted, members.SUSPENDED)
    fresh = operator.rotate()
    assert "does not follow" in operator.follow()
    operator.admit(fresh)
    run("token-service", "--folder", operator.folder, "resume", "sk-border")
    assert operator.follow() == ""
    assert (operator.member().key.kid, operator.member().state) == (fresh.kid, members.ACTIVE)


def test_a_ledger_that_never_had_the_admitted_key_changes_it_for_nobody(operator: Operator) -> None:
    admitted = operator.member().key
    operator.hub = Captured()
    assert "does not follow" in operator.follow()
    assert (operator.member().key, operator.member().state) == (admitted, members.SUSPENDED)


def test_two_keys_that_followed_each_other_between_two_looks_are_followed(operator: Operator) -> None:
    operator.hub.held["request"] = operator.rotate()
    newest = operator.rotate()
    assert operator.follow() == f"sk-border {newest.kid}\n"


def test_a_suspension_by_the_operator_stays(operator: Operator) -> None:
    run("token-service", "--folder", operator.folder, "suspend", "sk-border")
    operator.rotate()
    operator.follow()
    assert operator.member().state == members.SUSPENDED


def altered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    record = events[-1]["record"].replace('"at":', '"at":1')
    return [*events[:-1], {**events[-1], "record": record}]


def test_a_record_that_the_ledger_does_not_have_changes_nothing(operator: Operator) -> None:
    operator.rotate()
    operator.hub.events = altered(operator.hub.events)
    before = operator.member()
    with pytest.raises(Refusal) as found:
        operator.follow()
    assert found.value.code == "bad-history"
    assert operator.member() == before
