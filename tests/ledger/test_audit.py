"""What a stranger proves with the published files and one party's openings, the hub switched off."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conftest import Enrol
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.merkle import leaf_hash
from exchange.publishing import Log
from exchange.store import ledger
from exchange.store.session import rows
from exchange.wire import keys
from exchange.wire.encoding import b64decode, b64encode
from ledger.auditkit import Case, Edit, stranger
from ledger.kit import MOMENT, run, tamper
from steps import keep_all


@pytest.fixture
def case(tmp_path: Path, hub: Hub, enrol: Enrol, log: Log, request: pytest.FixtureRequest) -> Case:
    request.getfixturevalue("web")
    request.getfixturevalue("told")
    folder = tmp_path / "case"
    folder.mkdir()
    return Case(folder, hub, enrol, log)


def test_a_stranger_proves_what_came_before_a_removal_under_a_key_that_was_good(case: Case, database_url: str) -> None:
    words = [*case.words, *case.pins(), "--before", case.folder / "removal.json"]
    tamper(database_url, "TRUNCATE leaf, opening, notice, act, key_event CASCADE")  # whatever the hub has become
    said = stranger(words, case.folder)
    sk, ua = case.sk.who.urn, case.ua.who.urn
    assert f"{sk} signed it, with its notice key {case.sk.folder.kid('notice')}." in said
    assert f"{sk} was enrolled by the officer officer-1, and officer-2 and officer-3 approved it." in said
    assert "no revocation of it stands before leaf" in said
    assert "delivered to ua-asylum, as item 1 of its inbox, to be seen whole: event, facts, safeguards." in said
    assert "ua-asylum was shown a page of its inbox with item 1, which holds the notice." in said
    assert "ua-asylum asked for the notice by its id." in said
    assert f"{ua} acknowledged the notice at leaf" in said
    assert f"before the notice {case.removal} of {case.border.who.urn} was accepted" in said
    assert said.count("verifies under the hub's receipt key") == 2
    assert "was not given" not in said
    hub_word = [line for line in said.splitlines() if line.strip().startswith("Nothing but the hub's word: ")]
    proofs = [line for line in said.splitlines() if line.strip().startswith("Proven by: ")]
    statements = [line for line in said.splitlines() if line[0].isdigit()]
    assert len(hub_word) + len(proofs) == len(statements) > 20
    assert any("after number 1, at leaf" in line for line in statements)  # what a hub could still keep back


def test_what_is_not_brought_along_is_only_the_word_of_the_hub(case: Case) -> None:
    told = json.loads(run(*case.words, "--json"))
    words = [one["says"] for one in told if "word" in one]
    assert any("receipt" in says for says in words)
    assert any("officers" in says for says in words)
    assert all(("word" in one) != ("proof" in one) for one in told)
    pinned = json.loads(run(*case.words, *case.pins(), "--json"))
    assert len([one for one in pinned if "word" in one]) == len(words) - 2
    assert case.refused(dict.copy, "--secretariat", b64encode(bytes(32))) == "wrong-secretariat"
    other = case.folder / "other.jwk"
    other.write_text(json.dumps(keys.public_to_jwk(keys.generate("receipt").public)))
    assert case.refused(dict.copy, "--receipt-key", other) == "unknown-key"


def test_a_row_that_was_edited_shows(case: Case, database_url: str, tmp_path: Path) -> None:
    leaf = case.openings()["acknowledgements"][0]["leaf"]["index"]
    run("ledger", "mirror", case.hub.origin, tmp_path / "mirror", "--vkey", case.hub.ledger_vkey)
    tamper(database_url, f"UPDATE leaf SET entry = set_byte(entry, 3, get_byte(entry, 3) # 1) WHERE index = {leaf:d}")  # noqa: S608 -- a number
    run("ledger", "export", tmp_path / "edited")
    words = [*case.words[:2], tmp_path / "edited", *case.words[3:]]
    with pytest.raises(Refusal) as raised:
        run(*words)
    assert raised.value.code == "wrong-tiles"
    assert "are not those" in raised.value.detail or "do not give the root" in raised.value.detail
    # whoever has the log's key, too, signs the edited history anew: whoever mirrored before has both
    tamper(database_url, "TRUNCATE checkpoint, cosignature, tile")
    again = Log(case.hub.database, case.log._signer)  # noqa: SLF001 -- a captured hub has the key
    again.sign(MOMENT)
    with pytest.raises(Refusal) as raised:
        run("ledger", "mirror", case.hub.origin, tmp_path / "mirror", "--vkey", case.hub.ledger_vkey)
    assert raised.value.code == "ledger-forked"
    assert len(list((tmp_path / "mirror" / "forked").iterdir())) == 2


def test_without_a_history_of_keys_nothing_is_said(case: Case) -> None:
    (case.folder / "exported" / "keys.json").unlink()
    assert case.refused(dict.copy) == "no-keys"
    assert "It does not hold" not in run("ledger", "verify", case.folder / "exported", "--vkey", case.hub.ledger_vkey)


ZERO = b64encode(bytes(32))


def first(value: str) -> str:
    return ("B" if value[0] == "A" else "A") + value[1:]


def swap(told: dict[str, Any], name: str) -> None:
    told["acts"][0][name], told["acts"][1][name] = told["acts"][1][name], told["acts"][0][name]


EDITS: list[tuple[str, Edit]] = [
    ("not-in-ledger", lambda t: t["acts"][0].update(salt=first(t["acts"][0]["salt"]))),
    ("not-in-ledger", lambda t: t["acts"][0].update(record=t["acts"][0]["record"].replace("ua-asylum", "sk-border"))),
    ("not-in-ledger", lambda t: t["acts"][0]["path"].__setitem__(0, first(t["acts"][0]["path"][0]))),
    ("not-in-ledger", lambda t: t["acts"][0].update(position=10**6)),
    ("not-in-ledger", lambda t: swap(t, "salt")),
    ("not-in-ledger", lambda t: swap(t, "record")),
    ("not-in-ledger", lambda t: t["minutes"][0]["leaf"].update(salt=first(t["minutes"][0]["leaf"]["salt"]))),
    ("not-in-ledger", lambda t: t["minutes"][0]["leaf"].update(hash=first(t["minutes"][0]["leaf"]["hash"]))),
    ("bad-openings", lambda t: t["acts"][0].update(minute=0)),
    ("bad-openings", lambda t: t["acts"][0].update(salt=t["acts"][0]["salt"][:-4])),
    ("bad-openings", lambda t: t.update(acts={})),
    ("bad-openings", lambda t: t.update(more=1)),
    ("bad-openings", lambda t: t.pop("to")),
    ("bad-openings", lambda t: t.update(id=t["id"][::-1])),
    ("bad-openings", lambda t: t["acts"].pop(0)),  # shown before it was delivered
    ("not-in-ledger", lambda t: t["answer"].update(record=t["answer"]["record"] + " ")),
    ("not-in-ledger", lambda t: t["answer"]["leaf"].update(hash=first(t["answer"]["leaf"]["hash"]))),
    ("not-in-ledger", lambda t: t["answer"].update(t["acknowledgements"][0])),
    ("no-mirror", lambda t: t["answer"]["leaf"].update(index=10**9)),
    ("bad-openings", lambda t: t["answer"]["leaf"].update(index=-1)),
    ("not-in-ledger", lambda t: t["acknowledgements"][0]["leaf"].update(salt=b64encode(bytes(32)))),
    ("bad-jws", lambda t: t["acknowledgements"][0].update(jws="a.b")),
    ("wrong-typ", lambda t: t.update(notice=t["receipt"])),
]


@pytest.mark.parametrize("number", range(len(EDITS)))
def test_openings_that_were_edited(case: Case, number: int) -> None:
    code, edit = EDITS[number]
    assert case.refused(edit) == code


def over(record: bytes, index: int) -> dict[str, Any]:
    """A leaf that is over a record, and that no ledger has."""
    return {"index": index, "hash": b64encode(leaf_hash(sha256(bytes(32) + record).digest())), "salt": ZERO}


def test_what_fits_together_and_stands_in_no_ledger(case: Case) -> None:
    minute = case.openings()["minutes"][0]["leaf"]["index"]

    def other_reader(told: dict[str, Any]) -> None:
        record = told["acts"][0]["record"].replace("ua-asylum", "af-border")
        told["acts"] = [{"record": record, "salt": ZERO, "minute": minute, "position": 0, "path": []}]
        root = leaf_hash(sha256(bytes(32) + record.encode()).digest())
        told["minutes"] = [{"leaf": over(root, minute), "size": 1}]

    def other_place(told: dict[str, Any]) -> None:
        said = told["acknowledgements"][0]
        said["leaf"] = over(said["jws"].rpartition(".")[0].encode(), said["leaf"]["index"])

    def other_answer(told: dict[str, Any]) -> None:
        told["answer"] = {"record": "x", "leaf": over(b"x", told["answer"]["leaf"]["index"])}

    for forge in (other_reader, other_place, other_answer):
        assert case.refused(forge) == "not-in-ledger"


def test_openings_of_another_notice_do_not_fit(case: Case) -> None:
    other = case.openings("removal")
    assert case.refused(lambda t: t.update(receipt=other["receipt"])) == "wrong-receipt"
    assert case.refused(lambda t: t.update(notice=other["notice"])) == "bad-openings"
    assert case.refused(lambda t: t.update(answer=other["answer"])) == "not-in-ledger"
    assert case.refused(dict.copy, "--before", case.folder / "notice.json") == "not-before"
    with pytest.raises(Refusal) as raised:
        run(*case.words[:3], case.folder / "removal.json", *case.words[4:], "--before", case.folder / "notice.json")
    assert raised.value.code == "not-before"


def test_an_act_of_another_minute_and_of_another_notice(case: Case) -> None:
    second = str(case.sk.post(aud=[case.ua.who.urn], case="c-2")["id"])
    keep_all(case.hub)
    case.close(2)
    run("ledger", "openings", case.sk.who.urn, second, case.folder / "second.json")
    exported = case.folder / "exported"
    exported.rename(case.folder / "older")
    run("ledger", "export", exported)
    other = case.openings("second")
    (act,) = other["acts"]
    assert "delivered" in act["record"]

    def borrow(told: dict[str, Any]) -> None:
        told["acts"].append(act)
        told["minutes"] += other["minutes"]

    assert case.refused(borrow) == "bad-openings"  # it is about another notice
    assert case.refused(lambda t: (borrow(t), t["acts"][0].update(minute=act["minute"]))) == "not-in-ledger"


def test_a_neighbour_cannot_be_guessed_from_a_path(case: Case) -> None:
    with case.hub.database.transaction() as tx:
        found = rows(tx, f"SELECT no, salt, {ledger.ACT_RECORD} FROM act")  # noqa: S608 -- a constant
        bare = rows(tx, "SELECT concat_ws('|', no, at, slug, pseudonym, what, object, purpose) FROM act")
    guesses = {leaf_hash(record.encode()) for _, _, record in found} | {leaf_hash(one.encode()) for (one,) in bare}
    nodes = {b64decode(node) for act in case.openings()["acts"] for node in act["path"]}
    assert len(nodes) > 2
    assert not nodes & guesses
    salts = [salt for _, salt, _ in found]
    assert len(set(salts)) == len(salts) > 4
    handed = {b64decode(act["salt"]) for act in case.openings()["acts"]}
    assert len(handed) == len(case.openings()["acts"]) == 3  # delivered, shown, read by id: no salt of a neighbour


def test_openings_for_an_addressee_tell_of_no_other(case: Case) -> None:
    path = case.folder / "own.json"
    run("ledger", "openings", case.sk.who.urn, case.notice, path, "--for", "sk-border")
    own = json.loads(path.read_bytes())
    assert (own["acts"], own["acknowledgements"], own["to"]) == ([], [], "sk-border")
    assert "ua-asylum" not in path.read_text()
    run("ledger", "openings", case.sk.who.urn, case.notice, path, code=2)  # it is never overwritten
    case.close(2)
    run("ledger", "openings", case.sk.who.urn, case.notice, case.folder / "all.json")
    records = [json.loads(act["record"]) for act in case.openings("all")["acts"]]
    assert [one["what"] for one in records] == ["delivered", "shown", "notice", "openings", "openings"]
    assert records[-1]["object"].endswith(" sk-border")
    with pytest.raises(Refusal) as raised:
        run("ledger", "openings", case.sk.who.urn, case.removal, case.folder / "none.json")
    assert raised.value.code == "not-found"


def test_acts_whose_minute_is_open_or_that_have_no_salt_are_counted(case: Case, database_url: str) -> None:
    case.ua.speaker.notice(case.sk.who.urn, case.notice)
    tamper(database_url, "ALTER TABLE act DROP CONSTRAINT act_salted")
    with case.hub.database.transaction() as tx:
        sql = "INSERT INTO act (at, what, object, purpose) VALUES (now(), 'notice', %s, '')"
        tx.execute(sql, (f"{case.sk.who.urn} {case.notice}",))
    run("ledger", "openings", case.sk.who.urn, case.notice, case.folder / "open.json")
    told = case.openings("open")
    assert (len(told["acts"]), told["waiting"], told["bare"]) == (3, 3, 0)  # the first openings, a read, the bare one
    case.close(2)
    run("ledger", "openings", case.sk.who.urn, case.notice, case.folder / "bare.json")
    told = case.openings("bare")
    assert (len(told["acts"]), told["waiting"], told["bare"]) == (3, 0, 4)  # a minute with a bare act tells nothing


def test_a_delivery_that_runs_twice_is_one_act(case: Case) -> None:
    with case.hub.database.transaction() as tx:
        tx.execute("UPDATE outbox SET done_at = NULL, sent_at = NULL WHERE step = 'deliver'")
    keep_all(case.hub)
    with case.hub.database.transaction() as tx:
        (told,) = rows(tx, "SELECT slug, object FROM act WHERE what = 'delivered'")
    assert told == ("ua-asylum", f"{case.sk.who.urn} {case.notice} event,facts,safeguards 1")


def test_a_mirror_keeps_the_keys_and_sees_when_one_is_left_out(case: Case, database_url: str, tmp_path: Path) -> None:
    words = ("ledger", "mirror", case.hub.origin, tmp_path / "mirror", "--vkey", case.hub.ledger_vkey)
    run(*words)
    kept = tmp_path / "mirror" / "keys.json"
    assert kept.read_bytes() == (case.folder / "exported" / "keys.json").read_bytes()
    tamper(database_url, "DELETE FROM key_event WHERE leaf_index = (SELECT max(leaf_index) FROM key_event)")
    with pytest.raises(Refusal) as raised:
        run(*words)
    assert raised.value.code == "bad-history"
    assert "leaves out records" in raised.value.detail
    tamper(database_url, "DELETE FROM key_event WHERE leaf_index = (SELECT min(leaf_index) FROM key_event)")
    with pytest.raises(Refusal) as raised:
        run(*words[:3], tmp_path / "fresh", *words[4:])
    assert raised.value.code == "bad-history"
    assert len(json.loads(kept.read_bytes())["events"]) == 4
    assert not (tmp_path / "fresh" / "keys.json").exists()
