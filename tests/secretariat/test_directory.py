"""Edits of the directory of neighbours: one officer asks, another approves; nothing else changes an entry."""

import copy
import hashlib
import json
from typing import Any

import pytest

from exchange import directory_room, neighbours
from exchange.commands import Given
from exchange.demo import neighbours as first
from exchange.domain.errors import Refusal
from exchange.secretariat import Outcome
from exchange.store import neighbours as stored
from exchange.store.session import rows
from exchange.wire.encoding import Json, read_json
from schemas.neighbour_examples import ENTRY
from secretariat.kit import Room
from secretariat.test_commands import Desk, desk

__all__ = ["desk"]
TEXT = json.dumps(ENTRY)


def suspended() -> str:
    entry = copy.deepcopy(ENTRY)
    entry["readmission"][0]["status"] = "suspended"
    return json.dumps(entry)


def ask(room: Room, text: str = TEXT, replaces: int = 0, **said: Json) -> Outcome:
    return room.say(room.anna, "directory", {**neighbours.members(text, replaces), **said}, Given(bundle=text))


def versions(room: Room) -> list[stored.StoredVersion]:
    with room.hub.database.reading() as tx:
        return stored.of_state(tx, "POL")


def test_an_edit_takes_effect_when_another_officer_approves_and_leaves_a_leaf_and_an_act(room: Room) -> None:
    asked = ask(room)
    assert not asked.carried
    assert asked.gave["state"] == "POL"
    assert versions(room) == []
    assert room.refused(lambda: room.approve(room.anna, asked)) == "not-your-approval"
    assert room.approve(room.boris, asked).carried
    (one,) = versions(room)
    assert (one.version, one.text, one.command) == (1, TEXT, asked.digest)
    assert hashlib.sha256(one.salt + one.record).digest() == one.entry
    record: Any = read_json(one.record)
    assert (record["state"], record["version"], record["command"]) == ("POL", 1, asked.digest)
    assert record["entry"] == neighbours.digest_of(TEXT)
    with room.hub.database.reading() as tx:
        assert rows(tx, "SELECT what, object FROM act") == [("directory changed", "POL 1")]
    second = ask(room, suspended(), 1)
    assert second.gave["changes"] == ["readmission.0.status: in_force -> suspended"]
    assert room.approve(room.chiara, second).carried
    assert [each.version for each in versions(room)] == [1, 2]
    assert versions(room)[0] == one


def test_an_edit_of_a_version_that_is_no_longer_in_force_is_refused_at_either_moment(room: Room) -> None:
    both = ask(room), ask(room, suspended())
    assert room.approve(room.boris, both[0]).carried
    assert room.refused(lambda: room.approve(room.boris, both[1])) == "stale-version"
    assert room.refused(lambda: ask(room, suspended(), 0)) == "stale-version"
    assert room.refused(lambda: ask(room, suspended(), 2)) == "stale-version"
    assert [each.version for each in versions(room)] == [1]


def test_a_command_is_about_the_very_entry_that_comes_with_it(room: Room) -> None:
    assert room.refused(lambda: ask(room, TEXT, entry=neighbours.digest_of(suspended()))) == "bad-key-statement"
    assert room.refused(lambda: ask(room, TEXT, state="SVK")) == "bad-key-statement"
    assert room.refused(lambda: ask(room, TEXT, replaces="0")) == "bad-key-statement"
    assert room.refused(lambda: ask(room, TEXT, more=1)) == "bad-key-statement"
    wrong = json.dumps({**ENTRY, "as_of": "soon"})
    said: dict[str, Json] = {"state": "POL", "replaces": 0, "entry": neighbours.digest_of(wrong)}
    with pytest.raises(Refusal) as refused:
        room.say(room.anna, "directory", said, Given(bundle=wrong))
    assert refused.value.code == "bad-schema"
    assert "as_of" in refused.value.detail
    assert room.refused(lambda: room.say(room.anna, "directory", said)) == "bad-json"


def test_the_shipped_entries_are_entered_once_and_never_undo_what_officers_wrote(room: Room) -> None:
    assert room.approve(room.boris, ask(room)).carried
    entered = first.enter(room.all)
    assert set(entered) == set(first.shipped()) - {"POL"}
    before = room.counts()
    assert first.enter(room.all) == []
    assert room.counts() == before
    assert directory_room.in_force(room.hub, "POL") == (1, TEXT)
    assert directory_room.states(room.hub) == set(first.shipped())


def test_an_entry_is_changed_by_commands(desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        desk.run("officer", "entry", "POL")
    assert refused.value.code == "not-found"
    asked = desk.officer("directory", desk.keep("POL.json", TEXT), "--replaces", 0)
    assert not asked["took_effect"]
    assert "1 other officer:" in desk.told
    (shown,) = desk.waiting()
    assert (shown["act"], shown["state"], shown["says"], shown["still_needed"]) == ("directory", "POL", ENTRY, 1)
    assert desk.officer("approve", asked["command"], me="boris")["took_effect"]
    assert json.loads(desk.run("officer", "entry", "POL")) == ENTRY
    assert "--replaces 1" in desk.told
    asked = desk.officer("directory", desk.keep("POL.json", suspended()), "--replaces", 1)
    assert asked["changes"] == ["readmission.0.status: in_force -> suspended"]
    assert desk.refused("directory", desk.keep("POL.json", "{}"), "--replaces", 1).code == "bad-schema"
    assert desk.refused("directory", desk.keep("POL.json", TEXT), "--replaces", 0).code == "stale-version"
