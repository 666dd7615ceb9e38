"""Link weights count once two officers stand behind them; then every notice is weighed anew."""

import json
from pathlib import Path
from typing import Any

from authorities import TYPES, Office
from builders import SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange import link_weights
from exchange.commands import Given
from exchange.secretariat import Outcome
from exchange.store import links, outbox
from exchange.store.session import rows
from exchange.wire.encoding import Json, read_json
from secretariat.kit import Room
from secretariat.test_commands import Desk, desk
from steps import keep_all

__all__ = ["desk"]


def other(version: str = "test-2", **changed: Any) -> str:
    told = json.loads(link_weights.SHIPPED.read_text())
    return json.dumps({**told, "version": version, **changed}, sort_keys=True)


def ask(room: Room, text: str, **said: Json) -> Outcome:
    return room.say(room.anna, link_weights.ACT, {**link_weights.members(text), **said}, Given(bundle=text))


def grades(room: Room) -> list[tuple[Any, ...]]:
    with room.hub.database.transaction() as tx:
        return rows(tx, "SELECT a, b, weights, grade FROM agreement ORDER BY no")


def test_weights_count_when_another_officer_approves_and_leave_a_leaf_and_an_act(room: Room) -> None:
    asked = ask(room, other())
    assert not asked.carried
    assert (asked.gave["version"], asked.gave["against"]) == ("test-2", link_weights.shipped().version)
    assert room.refused(lambda: room.approve(room.anna, asked)) == "not-your-approval"
    with room.hub.database.transaction() as tx:
        assert link_weights.in_force(tx, "N1") == link_weights.shipped()
    assert room.approve(room.boris, asked).carried
    with room.hub.database.transaction() as tx:
        in_force = link_weights.in_force(tx, "N1")
        assert in_force
        assert (in_force.version, link_weights.of_version(tx, "test-2")) == ("test-2", in_force)
        assert link_weights.in_force(tx, "N2") is None
        ((record,),) = rows(tx, "SELECT o.record FROM link_weights w JOIN opening o ON o.index = w.leaf_index")
        assert rows(tx, "SELECT what, object FROM act") == [("link weights signed", asked_for(other()))]
    told: Any = read_json(bytes(record))
    assert (told["weights"], told["version"], told["command"]) == (asked_for(other()), "test-2", asked.digest)


def asked_for(text: str) -> Json:
    return link_weights.members(text)["weights"]


def test_weights_are_of_the_form_and_of_a_version_of_their_own(room: Room) -> None:
    many = {f"T{number}": [1.0, 1.0, 1.0, 0.0] for number in range(64)}
    for wrong in ("[]", other(agree=1), other(agree=many), other(typ="another"), other(thresholds={})):
        assert room.refused(lambda text=wrong: ask(room, text)) == "bad-link-weights"  # type: ignore[misc]
    assert room.refused(lambda: ask(room, other(), weights="ef" * 32)) == "bad-key-statement"
    assert room.refused(lambda: ask(room, other(link_weights.shipped().version))) == "bad-link-weights"
    asked, again = ask(room, other()), ask(room, other())
    assert room.approve(room.chiara, asked).carried
    assert room.refused(lambda: room.approve(room.chiara, again)) == "bad-link-weights"
    assert room.refused(lambda: ask(room, other())) == "bad-link-weights"


def test_what_was_linked_is_weighed_anew_and_keeps_its_earlier_decisions(web: str, enrol: Enrol, room: Room) -> None:
    assert web
    sk, ua = enrol(SK_BORDER), enrol(UA_BORDER)
    told(sk, ua)
    keep_all(room.hub)
    shipped = link_weights.shipped().version
    assert grades(room) == [(1, 2, shipped, "probable")]
    thresholds = {"probable": 900.0, "possible": 800.0, "shipped": 850.0}
    assert room.approve(room.boris, ask(room, other("strict", thresholds=thresholds))).carried
    keep_all(room.hub)
    assert grades(room) == [(1, 2, shipped, "probable"), (1, 2, "strict", "none")]
    with room.hub.database.transaction() as tx:
        assert links.agreements_around(tx, 1) == {}
        assert links.related(tx, 1) == []
        last = links.decided(tx, 2, 1)
        assert last
        assert (last.weights, last.grade, {one.type for one in last.evidence.agree}) == (
            "strict", "none", set(TYPES))  # fmt: skip
        assert outbox.undone(tx) == (0, 0)
    assert room.approve(room.boris, ask(room, other("as before"))).carried
    keep_all(room.hub)
    with room.hub.database.transaction() as tx:
        assert links.agreements_around(tx, 1) == {(1, 2): "probable"}
    assert len(grades(room)) == 3


def told(sk: Office, ua: Office) -> None:
    sk.post(person="one")
    ua.post(person="one")
    ua.post(person="two", case="another")


def test_links_that_earlier_weights_did_not_make_are_found(web: str, enrol: Enrol, room: Room) -> None:
    assert web
    sk, ua = enrol(SK_BORDER), enrol(UA_BORDER)
    thresholds = {"probable": 900.0, "possible": 800.0, "shipped": 850.0}
    assert room.approve(room.boris, ask(room, other("strict", thresholds=thresholds))).carried
    told(sk, ua)
    keep_all(room.hub)
    assert grades(room) == []
    assert room.approve(room.boris, ask(room, other("as shipped"))).carried
    keep_all(room.hub)
    assert grades(room) == [(1, 2, "as shipped", "probable")]
    with room.hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(DISTINCT no) FROM neighbourhood WHERE notice IN (1, 2)") == [(1,)]


def test_officers_sign_and_read_weights_by_commands(desk: Desk, tmp_path: Path) -> None:
    assert json.loads(desk.run("officer", "weights"))["since"] is None
    file = tmp_path / "weights.json"
    file.write_text(other())
    asked = desk.officer("link-weights", file)
    (shown,) = desk.waiting()
    assert (shown["act"], shown["still_needed"], shown["says"]["version"]) == ("link-weights", 1, "test-2")
    assert desk.officer("approve", asked["command"], me="boris")["took_effect"]
    counting = json.loads(desk.run("officer", "weights"))
    assert counting["since"]
    assert counting["weights"] == json.loads(other())
