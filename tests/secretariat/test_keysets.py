"""Tokens are compared under the keysets that two officers named, and a notice under any other is kept and told of."""

import json
from typing import Any

import pytest

from authorities import Office
from builders import SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange import keysets
from exchange.domain.errors import Refusal
from exchange.keysets import ENTRY
from exchange.secretariat import Outcome
from exchange.store.session import rows
from exchange.wire import statements
from exchange.wire.encoding import Json, read_json
from secretariat.kit import Room
from secretariat.test_commands import Desk, desk
from steps import keep_all

__all__ = ["desk"]
K3: dict[str, Json] = {
    "keyset": "k3", "profile": "N1", "mode": "voprf", "public_key": "B" * 42 + "A", "check": "C" * 21 + "A",
}  # fmt: skip


def ask(room: Room, state: str = "compared", **said: Json) -> Outcome:
    return room.say(room.anna, keysets.ACT, {**K3, "state": state, **said})


def name(room: Room, state: str = "compared", **said: Json) -> Outcome:
    return room.approve(room.boris, ask(room, state, **said))


def grades(room: Room) -> list[str]:
    keep_all(room.hub)
    with room.hub.database.transaction() as tx:
        return [grade for (grade,) in rows(tx, "SELECT grade FROM agreement ORDER BY no")]


def tell(office: Office, keyset: str) -> dict[str, Any]:
    parts = office.parts(person="one", case=f"{office.who.slug}-{keyset}")
    parts["hub"]["tokens"]["keyset"] = keyset
    return office.speaker.post(parts)


def words(office: Office) -> list[str]:
    items = [item for item in office.speaker.inbox()["items"] if item["type"] == "word"]
    return [str(office.folder.heard(one["jws"], statements.WORD)["word"]) for one in items]


def test_a_keyset_counts_when_another_officer_approves_and_leaves_a_leaf_and_an_act(room: Room) -> None:
    asked = ask(room)
    assert not asked.carried
    assert room.refused(lambda: room.approve(room.anna, asked)) == "not-your-approval"
    assert room.approve(room.boris, asked).carried
    with room.hub.database.transaction() as tx:
        told = next(one for one in keysets.listed(tx) if one["keyset"] == "k3")
        ((record,),) = rows(tx, "SELECT record FROM opening WHERE index = %s", (told["leaf"],))
        assert rows(tx, "SELECT what, object FROM act") == [("keyset compared", "k3")]
    kept: Any = read_json(bytes(record))
    assert (kept["typ"], kept["command"], {name: kept[name] for name in ENTRY}) == (keysets.TYP, asked.digest, K3)
    assert told == {**K3, "state": "compared", "at": kept["at"], "command": asked.digest, "leaf": told["leaf"]}


WRONG: list[tuple[dict[str, Json], str]] = [
    ({"mode": "hmac", "keyset": "sandbox", "public_key": ""}, "sandbox-tokens"),
    ({"mode": "hmac", "public_key": ""}, "bad-keyset"),
    ({"keyset": "sandbox"}, "bad-keyset"),
    ({"keyset": "K3"}, "bad-keyset"),
    ({"profile": "n1"}, "bad-keyset"),
    ({"public_key": ""}, "bad-keyset"),
    ({"check": "C" * 22}, "bad-keyset"),
    ({"state": "perhaps"}, "bad-keyset"),
    ({"check": 1}, "bad-key-statement"),
    ({"more": "x"}, "bad-key-statement"),
]


def test_an_entry_that_is_none_is_refused_and_hmac_by_a_real_exchange(room: Room) -> None:
    for said, code in WRONG:
        with pytest.raises(Refusal) as found:
            ask(room, **said)
        assert found.value.code == code, said
    with room.hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM officer_command") == [(0,)]


def test_a_keyset_never_changes_its_keys_and_may_end(room: Room) -> None:
    first, second = ask(room), ask(room, check="D" * 21 + "A")
    assert room.approve(room.boris, first).carried
    assert room.refused(lambda: room.approve(room.boris, second)) == "bad-keyset"  # it waited meanwhile
    assert room.refused(lambda: ask(room)) == "bad-keyset"
    assert room.refused(lambda: ask(room, public_key="D" * 42 + "A")) == "bad-keyset"
    assert name(room, "ended").carried
    with room.hub.database.transaction() as tx:
        of: dict[str, Any] = {"profile": "N1", "keyset": "k3"}
        assert not keysets.is_compared(tx, room.hub.exchange_id, of)
        assert not keysets.is_compared(tx, "sandbox-x", of)
        assert keysets.is_compared(tx, "sandbox-x", {**of, "keyset": "never-named"})
        assert not keysets.is_compared(tx, room.hub.exchange_id, {**of, "keyset": "never-named"})


def test_a_notice_under_a_keyset_without_a_name_is_kept_and_linked_once_it_has_one(
    web: str, room: Room, enrol: Enrol
) -> None:
    """Protection comes first: it is accepted. Its author is told, since else it would link with nobody, silently."""
    first, second = enrol(SK_BORDER), enrol(UA_BORDER)
    assert tell(first, "k3")["state"] == tell(second, "k3")["state"] == "accepted"
    assert grades(room) == []
    assert words(first) == words(second) == ["keyset_not_named"]
    assert name(room).carried
    assert grades(room) == ["probable"]
    third = tell(first, "k3")
    assert third["state"] == "accepted"
    assert len(grades(room)) == 2
    assert words(first) == ["keyset_not_named"]
    assert "k3" in [one["keyset"] for one in first.speaker.keysets()]
    assert web


def test_what_is_no_entry_is_refused_before_anybody_signs() -> None:
    for told in (None, [], {}, {**K3, "state": "compared"}):
        with pytest.raises(Refusal) as found:
            keysets.read(told)
        assert found.value.code == "bad-keyset"


def test_officers_name_and_end_a_keyset_by_commands(desk: Desk) -> None:
    file = desk.keep("k3.json", K3)
    asked = desk.officer("keyset", file)
    (shown,) = desk.waiting()
    assert {name: shown[name] for name in K3} == K3
    assert desk.officer("approve", asked["command"], me="boris")["took_effect"]
    assert desk.refused("keyset", file).code == "bad-keyset"
    ended = desk.officer("keyset", file, "--ended")
    assert ended["was"] == "compared"
    assert desk.officer("approve", ended["command"], me="boris")["took_effect"]
    last = next(one for one in json.loads(desk.run("officer", "keysets")) if one["keyset"] == "k3")
    assert (last["keyset"], last["state"]) == ("k3", "ended")
