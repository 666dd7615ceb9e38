"""Changed rules count once two officers stand behind the report of their replay: one asks, another approves."""

import json
from pathlib import Path
from typing import Any

from exchange import rulebook
from exchange.commands import Given
from exchange.domain import difference
from exchange.secretariat import Outcome
from exchange.store import replays
from exchange.store.session import rows
from exchange.wire.encoding import Json, read_json
from secretariat.kit import Room
from secretariat.test_commands import Desk, desk

__all__ = ["desk"]
OF = {"rules": {"definition": "ab" * 32, "patterns": {"P04": 2}}, "input": "cd" * 32, "against": "database"}
REPORT = difference.report(difference.compare([], []), OF)
TEXT = difference.canonical(REPORT).decode()


def ask(room: Room, text: str = TEXT, **said: Json) -> Outcome:
    return room.say(room.anna, "replay", {**rulebook.members(text), **said}, Given(bundle=text))


def test_rules_count_when_another_officer_approves_and_leave_a_leaf_and_an_act(room: Room) -> None:
    asked = ask(room)
    assert not asked.carried
    assert asked.gave == {"rules": OF["rules"], "against": "database", "input": OF["input"], **dict.fromkeys(
        ("same", "new", "gone", "changed"), 0)}  # fmt: skip
    assert room.refused(lambda: room.approve(room.anna, asked)) == "not-your-approval"
    assert rulebook.counts(room.hub, "ab" * 32) is None
    assert room.approve(room.boris, asked).carried
    assert rulebook.counts(room.hub, "ab" * 32)
    assert rulebook.counts(room.hub, "ba" * 32) is None
    with room.hub.database.reading() as tx:
        signed = replays.signed(tx, "ab" * 32)
        assert signed
        ((record,),) = rows(tx, "SELECT record FROM opening WHERE index = %s", (signed.leaf,))
        assert rows(tx, "SELECT what, object FROM act") == [("rules signed", difference.digest(REPORT))]
    told: Any = read_json(bytes(record))
    assert (told["report"], told["definition"]) == (difference.digest(REPORT), "ab" * 32)
    assert told["command"] == signed.command == asked.digest
    assert room.refused(lambda: ask(room)) == "bad-replay"


def test_a_report_is_signed_as_it_was_printed_or_not_at_all(room: Room) -> None:
    for wrong in (
        json.dumps(REPORT),
        TEXT.replace("asylum-exchange-replay", "another"),
        "[]",
        TEXT.replace('"new":0,', ""),
    ):
        assert room.refused(lambda text=wrong: room.say(  # type: ignore[misc]
            room.anna, "replay", rulebook.members(TEXT), Given(bundle=text))) == "bad-replay"  # fmt: skip
    other = difference.canonical({**REPORT, "same": 1}).decode()
    said = rulebook.members(TEXT)
    assert room.refused(lambda: room.say(room.anna, "replay", said, Given(bundle=other))) == "bad-key-statement"
    assert room.refused(lambda: ask(room, definition="ef" * 32)) == "bad-key-statement"
    asked, again = ask(room), room.say(room.boris, "replay", said, Given(bundle=TEXT))
    assert room.approve(room.chiara, asked).carried
    assert room.refused(lambda: room.approve(room.chiara, again)) == "bad-replay"


def test_history_is_exported_replayed_and_the_report_signed_by_commands(desk: Desk, tmp_path: Path) -> None:
    history = tmp_path / "history"
    desk.run("patterns", "export", history, "--buckets", 1)
    assert "0 persons, 0 events, 1 buckets" in desk.told
    told = desk.run("patterns", "replay", history, "--workers", 0, "--patterns", "p04")
    assert "0 candidates" in told
    assert "1 of 1 buckets, 0 persons" in desk.told
    words = ("patterns", "replay", history, "--workers", 0, "--against", "database")
    assert "0 same, 0 new, 0 gone, 0 changed" in desk.run(*words)
    text = desk.run(*words, "--json")
    results = next(one for one in history.glob("results-*") if json.loads(text)["rules"]["definition"][:12] in one.name)
    assert json.loads(desk.run("officer", "rules"))["since"] is None
    assert json.loads(desk.run(*words[:-1], results, "--json"))["against"] == json.loads(text)["rules"]
    asked = desk.officer("replay", desk.keep("report.json", text + "\n"))
    assert not asked["took_effect"]
    (shown,) = desk.waiting()
    assert (shown["act"], shown["still_needed"], shown["says"]["new"]) == ("replay", 1, 0)
    assert desk.run("officer", "replay-report", asked["command"]) == text
    assert desk.officer("approve", asked["command"], me="boris")["took_effect"]
    told = json.loads(desk.run("officer", "rules"))
    assert told["since"]
    assert told["definition"] == json.loads(text)["rules"]["definition"]
    assert desk.refused("replay", desk.keep("report.json", "{}")).code == "bad-replay"
