"""Keys in an audit: a captured hub writes what it likes, into a ledger that holds, and is refused or found out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.key_history import OVERLAP, hash_of
from ledger.keykit import HOUR, SK, Captured
from ledger.kit import VKEY, run

UA = "urn:asylum-exchange:authority:ua-border"


class Court:
    """A court that holds the folder and openings."""

    def __init__(self, folder: Path, hub: Captured) -> None:
        self.folder, self.hub, self.times = folder, hub, 0

    def words(self, openings: dict[str, Any]) -> list[object]:
        self.times += 1
        path, receipt = self.folder / f"openings-{self.times}.json", self.folder / "receipt.jwk"
        path.write_text(json.dumps(openings))
        receipt.write_text(json.dumps(keys.public_to_jwk(self.hub.receipt.public)))
        folder = self.folder / f"mirror-{self.times}"
        self.hub.publish(folder)
        first = hash_of(self.hub.events[0]["record"].encode())
        trusted = ["--vkey", VKEY, "--receipt-key", receipt, "--secretariat", first]
        return ["ledger", "audit", folder, path, *trusted]

    def says(self, openings: dict[str, Any]) -> str:
        return run(*self.words(openings))

    def refuses(self, openings: dict[str, Any]) -> Refusal:
        with pytest.raises(Refusal) as raised:
            run(*self.words(openings))
        return raised.value

    def verify(self) -> str:
        """What `ledger verify` says of the folder, which does not hold."""
        folder = self.folder / "verified"
        self.hub.publish(folder)
        return run("ledger", "verify", folder, "--vkey", VKEY, code=1)


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return Court(tmp_path, Captured())


def test_a_good_key_with_and_without_a_later_event(court: Court) -> None:
    openings = court.hub.accept(court.hub.held["notice"])
    said = court.says(openings)
    assert "as far as the records go that are published" in said
    assert f"No record of {SK} after number 1, at leaf 1, was kept back." in said
    court.hub.revoke(court.hub.held["request"], "superseded")
    said = court.says(openings)
    assert "Number 2 stands at leaf 4: none before can be missing." in said
    assert "kept back" not in said


def test_a_key_that_was_revoked_before_is_refused_whatever_the_clock_says(court: Court) -> None:
    hub = court.hub
    before = hub.accept(hub.held["notice"])
    hub.revoke(hub.held["notice"], "superseded")
    assert court.refuses(hub.accept(hub.held["notice"])).code == "key-not-good"
    refusal = court.refuses(hub.accept(hub.held["notice"], at=hub.at - 5 * HOUR))  # back-dated by the hub
    assert refusal.code == "key-not-good"
    assert f"number 2 of {SK} (revoke), at leaf 4" in refusal.detail
    assert "none before can be missing" in court.says(before)


def test_a_compromised_key_flags_what_came_after_and_never_drops_it(court: Court) -> None:
    hub = court.hub
    early, late = hub.accept(hub.held["notice"]), hub.accept(hub.held["notice"])
    hub.revoke(hub.held["notice"], "compromised", since=hub.at - HOUR // 2)
    said = court.says(late)
    assert "FLAGGED: the key was reported compromised since" in said
    assert f"number 2 of {SK} (revoke), at leaf 6, says since when" in said
    said = court.says(early)
    assert "FLAGGED" not in said
    assert "this came before" in said
    assert court.refuses(hub.accept(hub.held["notice"])).code == "key-not-good"


def test_a_key_that_was_followed_verifies_for_its_overlap(court: Court) -> None:
    hub = court.hub
    old, fresh = hub.held["notice"], hub.rotate()
    assert f"The key follows its key {old.kid}." in court.says(hub.accept(fresh))
    assert "verified on until" in court.says(hub.accept(old))
    assert court.refuses(hub.accept(old, at=hub.at + OVERLAP + HOUR)).code == "key-not-good"


def test_a_key_that_nobody_enrolled_or_somebody_else(court: Court) -> None:
    hub = court.hub
    assert court.refuses(hub.accept(keys.generate("notice"))).code == "unknown-key"
    assert court.refuses(hub.accept(hub.held["request"])).code == "wrong-purpose"
    fresh = keys.generate("notice")
    early = hub.accept(fresh)
    other = hub.enrol(UA)
    assert court.refuses(hub.accept(other["notice"])).code == "foreign-key"
    assert "signed it" in court.says(hub.accept(other["notice"], iss=UA))
    assert court.refuses(early).code == "unknown-key"
    old, hub.held = hub.held["notice"], hub.enrol(SK)
    assert court.refuses(hub.accept(old)).code == "key-not-good"  # enrolled anew: the old keys ended
    assert "signed it" in court.says(hub.accept(hub.held["notice"]))


def test_a_key_enrolled_after_the_notice(court: Court) -> None:
    hub = court.hub
    known = keys.generate("notice")
    early = hub.accept(known)
    hub.rotate(known)
    refusal = court.refuses(early)
    assert refusal.code == "unknown-key"
    assert "It was enrolled at leaf 4, which is not before 2." in refusal.detail


def left_out(hub: Captured) -> None:
    hub.revoke(hub.held["request"], "superseded")
    hub.revoke(hub.held["notice"], "superseded")
    del hub.events[2]


def altered(hub: Captured) -> None:
    event = hub.events[1]
    event["record"] = event["record"].replace("approve", "Approve").replace('"at":', '"at": ')


def of_another_leaf(hub: Captured) -> None:
    hub.events[1]["leaf"] = hub.accept(hub.held["notice"])["answer"]["leaf"]


def moved(hub: Captured) -> None:
    hub.events[1]["leaf"] = {**hub.events[1]["leaf"], "index": 2}


def not_approved(hub: Captured) -> None:
    hub.enrol(UA, names=["boris"], judged=False)


def approved_by_the_one_who_asked(hub: Captured) -> None:
    hub.enrol(UA, names=["boris", "anna"], judged=False)


def approved_twice_by_one(hub: Captured) -> None:
    hub.enrol(UA, names=["boris", "boris"], judged=False)


def swapped(hub: Captured) -> None:
    hub.enrol(UA)
    hub.events.reverse()


def cut(hub: Captured) -> None:
    hub.events[1] = {"leaf": hub.events[1]["leaf"]}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (left_out, "events[2], of the leaf 5: A record is missing"),
        (altered, "events[1], of the leaf 1: the leaf hash is not over this salt and record."),
        (of_another_leaf, "the leaf hash is not over"),
        (moved, "events[1], of the leaf 2: the ledger has another leaf there"),
        (not_approved, "events[2], of the leaf 4: Not enough other officers"),
        (approved_by_the_one_who_asked, "events[2], of the leaf 4: Not enough other officers"),
        (approved_twice_by_one, "events[2], of the leaf 4: Not enough other officers"),
        (swapped, "events[0], of the leaf 4"),
        (cut, "events[1]: an event has record and leaf."),
    ],
)
def test_a_false_history_of_keys_is_told_with_its_place(
    court: Court, edit: Callable[[Captured], None], words: str
) -> None:
    openings = court.hub.accept(court.hub.held["notice"])
    assert "signed it" in court.says(openings)
    edit(court.hub)
    said = court.verify()
    assert "keys.json" in said
    assert words in said
    assert court.refuses(openings).code in {"wrong-tiles", "bad-history"}


def test_a_key_that_nobody_approved_signs_nothing(court: Court) -> None:
    slipped = court.hub.enrol(UA, names=["boris"], judged=False)
    assert court.refuses(court.hub.accept(slipped["notice"], iss=UA)).code == "wrong-tiles"


def test_a_notice_that_the_ledger_does_not_hold(court: Court) -> None:
    hub = court.hub
    openings = hub.accept(hub.held["notice"])
    hub.leaves[2] = hub.leaves[3]  # its leaf was never there
    assert court.refuses(openings).code == "not-in-ledger"
