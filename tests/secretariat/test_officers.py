"""Two officers besides the one who asks: who counts, when, and what of a refused act is left."""

import json
import secrets
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from authorities import Office
from builders import SK_BORDER
from conftest import Enrol
from exchange import clock, link_weights, neighbours, officers, possession, rulebook, secretariat, signing_in
from exchange.client.line import ENVELOPE, JOSE, JSON
from exchange.client.officer import Officer
from exchange.client.speaker import Refused
from exchange.commands import Given
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire import key_statements, keys, sdjwt
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64encode
from exchange.wire.key_statements import OFFICER, OFFICER_URN
from schemas.neighbour_examples import ENTRY
from secretariat.kit import SOON, Room, asking_for, at_once, sent
from secretariat.test_keysets import K3
from secretariat.test_rules import TEXT

NOT_YOURS, STALE, KNOWN = "not-your-approval", "stale-nonce", "already-enrolled"


def test_each_officer_counts_once_and_who_asks_never(room: Room) -> None:
    asked = room.ask(room.bundle(room.applicant()))
    assert room.refused(lambda: room.approve(room.anna, asked)) == NOT_YOURS
    assert not room.approve(room.boris, asked).carried
    assert room.refused(lambda: room.approve(room.boris, asked)) == NOT_YOURS
    assert "pl-asylum" not in str(room.judged().who)
    assert room.approve(room.chiara, asked).carried
    assert room.refused(lambda: room.approve(room.boris, asked)) == "already-carried"
    assert len(room.judged().who) == 1


@pytest.mark.parametrize("before", [True, False])
def test_an_officer_who_is_suspended_between_the_signatures_counts_no_more(room: Room, *, before: bool) -> None:
    dora, eva = room.officer("dora"), room.officer("eva")
    room.appoint(dora)
    room.appoint(eva)
    asked = room.ask(room.bundle(room.applicant()))
    if before:
        room.suspend(room.boris, room.anna, dora)
        assert room.refused(lambda: room.approve(room.boris, asked)) == "not-an-officer"
    else:
        assert not room.approve(room.boris, asked).carried
        room.suspend(room.boris, room.anna, dora)
    assert not room.approve(room.chiara, asked).carried
    assert room.approve(dora, asked).carried
    (event,) = [one for one in room.judged().events if one.act == "enrol"]
    assert len(event.said) == 4, "bundle, command, and two approvals that count"


def test_a_command_of_an_officer_who_is_suspended_since_takes_no_effect(room: Room) -> None:
    dora = room.officer("dora")
    room.appoint(dora)
    told = room.bundle(room.applicant())
    asked = room.ask(told)
    room.approve(room.boris, asked)
    room.suspend(room.anna, room.boris, dora)
    assert room.refused(lambda: room.approve(room.chiara, asked)) == "no-such-command"
    assert secretariat.waiting(room.hub) == []
    again = room.ask(told, room.boris)
    room.approve(room.chiara, again)
    assert room.approve(dora, again).carried


def test_what_the_earlier_key_of_an_officer_said_counts_no_more_when_they_come_back(
    web: str, enrol: Enrol, room: Room
) -> None:
    assert web
    notice = enrol(SK_BORDER).post(safeguards=["torture_survivor"])
    members: dict[str, Json] = {"notice": {"iss": SK_BORDER.urn, "id": notice["id"]}, "part": "safeguards"}
    dora = room.officer("dora")
    room.appoint(dora)
    asked = room.say(dora, "erase", {**members, "reason": "unlawful"})  # by a thief, who has her key
    room.suspend(dora, room.anna, room.boris)
    back = room.officer("dora", "dora-again")
    room.appoint(back)
    assert room.refused(lambda: room.approve(room.boris, asked)) == "no-such-command"


def test_an_officer_who_came_back_approves_anew_with_the_new_key(room: Room) -> None:
    dora = room.officer("dora")
    room.appoint(dora)
    asked = room.ask(room.bundle(room.applicant()))
    assert not room.approve(dora, asked).carried
    room.suspend(dora, room.anna, room.boris)
    back = room.officer("dora", "dora-again")
    room.appoint(back)
    assert not room.approve(room.boris, asked).carried, "the approval under the earlier key would make two"
    assert room.approve(back, asked).carried
    assert len(room.judged().who) == 1


def test_a_bundle_serves_once(room: Room) -> None:
    office = room.applicant()
    told = room.bundle(office)
    first, second = room.ask(told), room.ask(told)
    room.approve(room.boris, first)
    room.approve(room.boris, second)
    assert room.approve(room.chiara, first).carried
    assert room.refused(lambda: room.approve(room.chiara, second)) == "bad-history"
    assert room.refused(lambda: room.ask(told)) == KNOWN
    anew = room.applicant("pl-asylum", "anew")
    told_anew = room.bundle(anew)
    asked = room.ask(told_anew)
    room.approve(room.boris, asked)
    assert room.approve(room.chiara, asked).carried
    for earlier in (told, told_anew):
        assert room.refused(lambda told=earlier: room.ask(told)) == KNOWN


def test_a_nonce_serves_one_authority_one_seal_key_and_seven_days(room: Room) -> None:
    office, other = room.applicant(), room.applicant("ua-border", state="UKR")
    invitation = room.invite(office)
    for_other = {**room.invite(other), "sealed": invitation["sealed"]}
    assert room.refused(lambda: room.ask(room.bundle(office, for_other))) == STALE
    same_slug = room.applicant("pl-asylum", "same-slug")
    for_its_key = {**room.invite(same_slug), "sealed": invitation["sealed"]}
    (office.folder.path / "bundle.jws").unlink()
    assert room.refused(lambda: room.ask(room.bundle(office, for_its_key))) == STALE
    (office.folder.path / "bundle.jws").unlink()
    told = room.bundle(office, invitation)
    for late in (timedelta(days=8), timedelta(days=-1)):
        now = clock.now() + late
        command = signed_at(room.anna, "enrol", {"bundle": told["bundle"]}, int(now.timestamp()))
        given = Given(bundle=told["text"])
        assert room.refused(lambda c=command, g=given, n=now: secretariat.carry_out(room.hub, c, g, n)) == STALE
    assert not room.ask(told).carried


def signed_at(who: Officer, act: str, members: dict[str, Json], at: int, **head: Any) -> str:
    key = keys.private_from_pem((who.path / "officer.pem").read_bytes(), "officer")
    entry = who.entry
    given = {"ex": entry["ex"], "id": str(head.pop("id", None) or uuid7()), "iss": OFFICER_URN + entry["name"]}
    return key_statements.sign({"act": act, **members}, Claims(**{**given, "iat": at, **head}), OFFICER, key)


def uuid7() -> str:
    text = uuid.uuid4().hex
    return str(uuid.UUID(f"{text[:12]}7{text[13:16]}a{text[17:]}"))


def test_a_seal_key_that_was_not_opened_is_not_held(room: Room) -> None:
    office = room.applicant()
    invitation = room.invite(office)
    claims = Claims(room.hub.exchange_id, uuid7(), office.who.urn, int(clock.now().timestamp()))
    held: dict[str, Any] = {purpose: office.folder.key(purpose) for purpose in ("request", "notice", "recovery")}
    held["seal"] = office.folder.seal_key()
    for opened in (b64encode(bytes(32)), "", "\u00e9"):
        given = {"nonce": invitation["nonce"], "opened": opened}
        text = key_statements.bundle({"kind": "asylum_office", "state": "POL"}, claims, given, held)
        told = {"bundle": key_statements.read_bundle(text, claims.ex).fingerprint, "text": text}
        assert room.refused(lambda told=told: room.ask(told)) == "no-possession"


def test_a_command_is_fresh_of_this_exchange_and_its_id_is_used_once(room: Room) -> None:
    now = int(clock.now().timestamp())
    suspend: dict[str, Json] = {"officer": room.chiara.entry["name"]}

    def carried(at: int, **head: Any) -> str:
        text = signed_at(room.anna, "suspend", suspend, at, **head)
        return room.refused(lambda: secretariat.carry_out(room.hub, text, Given(), clock.now()))

    assert carried(now - secretariat.FRESH - 60) == "stale-command"
    assert carried(now + secretariat.FRESH + 60) == "stale-command"
    assert carried(now, ex="another") == "wrong-exchange"
    number = uuid7()
    text = signed_at(room.anna, "suspend", suspend, now, id=number)
    first = secretariat.carry_out(room.hub, text, Given(), clock.now())
    assert carried(now - 1, id=number) == "id-conflict"
    before = room.counts()
    assert secretariat.carry_out(room.hub, text, Given(), clock.now()).digest == first.digest
    assert room.counts() == before, "the very same command again changes nothing"
    thief = signed_at(room.boris, "approve", {"what": first.digest}, now, iss=OFFICER_URN + room.anna.entry["name"])
    assert room.refused(lambda: secretariat.carry_out(room.hub, thief, Given(), clock.now())) == "bad-notice-signature"
    nobody = signed_at(room.boris, "approve", {"what": first.digest}, now, iss=OFFICER_URN + "eva")
    assert room.refused(lambda: secretariat.carry_out(room.hub, nobody, Given(), clock.now())) == "not-an-officer"


@pytest.mark.parametrize("act", ["appoint", "suspend"])
def test_a_command_says_nothing_that_its_act_has_no_use_for(room: Room, act: str) -> None:
    """Else an officer could ask for another officer in the guise of an enrolment, with a bundle and its fingerprint."""
    told = room.bundle(room.applicant())
    members = asking_for(room.officer("mallory")) if act == "appoint" else {"officer": room.chiara.entry["name"]}
    guise = {**members, "bundle": told["bundle"]}
    assert room.refused(lambda: room.say(room.anna, act, guise, Given(bundle=told["text"]))) == "bad-key-statement"
    room.say(room.anna, act, members, Given(bundle=told["text"]))
    ((stored, _),) = secretariat.waiting(room.hub)
    assert stored.attached is None


def test_a_key_that_an_authority_took_while_an_appointment_waited_makes_no_officer(
    web: str, enrol: Enrol, room: Room
) -> None:
    assert web
    office, dora = enrol(SK_BORDER), room.officer("dora")
    asked = room.say(room.anna, "appoint", asking_for(dora))
    room.approve(room.boris, asked)
    taken = keys.private_from_pem((dora.path / "officer.pem").read_bytes(), "notice")
    office.folder.keep("next", "notice.pem", keys.private_to_pem(taken))  # as a rotation that was interrupted
    assert office.speaker.keys.rotate("notice") == taken.kid
    assert room.refused(lambda: room.approve(room.chiara, asked)) == KNOWN
    assert taken.kid in room.judged().lives, "the history goes on to hold for everybody"


def test_two_approvals_in_one_moment_enrol_once(room: Room) -> None:
    dora = room.officer("dora")
    room.appoint(dora)
    for number in range(6):
        asked = room.ask(room.bundle(room.applicant(f"office-{number}")))
        came = at_once(
            *(lambda who=who, asked=asked: room.approve(who, asked) for who in (room.boris, room.chiara, dora))
        )
        assert sum(1 for one in came if one == "already-carried" or one.carried) == 2
        assert sum(1 for one in came if one != "already-carried" and one.carried) == 1
    assert sorted(room.judged().who) == [f"urn:asylum-exchange:authority:office-{number}" for number in range(6)]


def test_two_enrolments_of_one_name_in_one_moment(room: Room) -> None:
    offices = [room.applicant("pl-asylum", folder, state) for folder, state in (("one", "POL"), ("two", "UKR"))]
    asked = [room.ask(room.bundle(office)) for office in offices]
    for one in asked:
        room.approve(room.boris, one)
    came = at_once(*(lambda one=one: room.approve(room.chiara, one) for one in asked))
    assert "bad-history" in came, "the second is another authority under the same name"
    assert len(room.judged().who) == 1
    assert room.counts()["authority_key"] == 4


def test_every_act_leaves_a_leaf_over_the_command_as_it_was_signed(web: str, enrol: Enrol, room: Room) -> None:
    assert web
    office = enrol(SK_BORDER)
    notice = office.post(safeguards=["torture_survivor"])
    erase: dict[str, Json] = {"notice": {"iss": SK_BORDER.urn, "id": notice["id"]}, "part": "safeguards"}
    account: dict[str, Json] = {"authority": SK_BORDER.slug, "pseudonym": "cw-1", "role": "caseworker"}
    room.all.act("account", account, Given(password_hash=signing_in.hash_of("a long enough password")))
    room.all.act("erase", {**erase, "reason": "unlawful"})
    room.appoint(room.officer("dora"))
    room.all.act("suspend", {"officer": "dora"})
    room.all.act("revoke", {"kid": office.folder.kid("notice"), "as": "superseded"})
    entry = json.dumps(ENTRY)
    room.all.act("directory", neighbours.members(entry, 0), Given(bundle=entry))
    room.all.act("suspend-member", {"state": "SVK", "scope": "all"})
    room.all.act("member", {"state": "SVK", "scope": "all", "status": "full"})
    room.all.act("ally", {"state": "BLR", "of": "SVK"})
    room.all.act("end-ally", {"state": "BLR", "of": "SVK"})
    room.all.act("replay", rulebook.members(TEXT), Given(bundle=TEXT))
    weights = link_weights.SHIPPED.read_text().replace(link_weights.shipped().version, "another")
    room.all.act("link-weights", link_weights.members(weights), Given(bundle=weights))
    room.all.act("keyset", {**K3, "state": "compared"})
    with room.hub.database.reading() as tx:
        found = rows(tx, "SELECT act, digest, jws FROM officer_command")
    assert {act for act, *_ in found} == {*officers.ACTS, "approve"} - {"hub-key"}
    for _, digest, jws in found:
        record, hashed = room.record_of(digest)
        assert record == jws.rpartition(".")[0].encode()
        assert b64encode(hashed) == digest


@pytest.mark.parametrize("table", ["officer_command", "key_event", "command_carried"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_officers_said_only_grows(room: Room, table: str, change: str) -> None:
    asked = room.ask(room.bundle(room.applicant()))
    room.approve(room.boris, asked)
    room.approve(room.chiara, asked)
    column = "owner" if table == "key_event" else "digest"
    with room.hub.database.reading() as tx, pytest.raises(psycopg.Error, match=table):
        tx.execute(change.format(table, column, column))


@pytest.fixture
def office(web: str, enrol: Enrol) -> Office:
    assert web
    return enrol(SK_BORDER)


def test_no_key_serves_for_what_another_is_for(office: Office, room: Room) -> None:
    folder = office.folder
    recovery, notice = folder.key("recovery"), folder.key("notice")
    assert isinstance(recovery, keys.PrivateKey)
    assert isinstance(notice, keys.PrivateKey)
    for key in (recovery, notice):
        before = room.counts()
        for path, body, media in (("/v1/notices", office.sign(), ENVELOPE), ("/v1/keys/challenges", b"{}", JSON)):
            assert sent(office, path, body, media, key) == (401, "wrong-purpose")
        assert room.counts() == before, "nobody is known to have called"
    claims = Claims(room.hub.exchange_id, uuid7(), folder.urn, int(clock.now().timestamp()))
    as_notice = keys.private_from_key(recovery.key, "notice")
    parts = office.parts()
    parts["hub"]["seq"] = 1
    text = sdjwt.issue(claims, parts, as_notice, secrets.token_bytes)
    request = folder.key("request")
    assert isinstance(request, keys.PrivateKey)
    question = key_statements.sign(
        {"purpose": "examining_the_application"}, claims, "asylum-exchange-query+jws", recovery
    )
    for path, body, media in (
        ("/v1/notices", json.dumps({"notice": text}).encode(), ENVELOPE),
        ("/v1/queries", question.encode(), JOSE),
    ):
        before = room.counts()
        assert sent(office, path, body, media, request)[1] == "bad-notice-key"
        assert room.counts()["leaf"] == before["leaf"] + 2, "the refused message, and the answer"


def test_a_refused_change_of_keys_leaves_its_leaves_and_takes_nothing_in(office: Office, room: Room) -> None:
    before, last = room.counts(), room.judged().last
    keys_of = office.speaker.keys
    with pytest.raises(Refused) as raised:
        keys_of.revoke(office.folder.kid("notice"), "compromised", int((clock.now() + SOON * 5).timestamp()))
    assert raised.value.code == "bad-key-statement"
    after = room.counts()
    assert after["leaf"] == before["leaf"] + 2
    assert (after["key_event"], room.judged().last) == (before["key_event"], last)


def test_a_nonce_of_the_hub_is_bound_to_authority_and_key(hub: Hub) -> None:
    now = clock.now()
    given = possession.nonce(hub, "pl-asylum", "kid", now)
    possession.check_nonce(hub, "pl-asylum", "kid", given, now)
    for slug, kid in (("pl-asylu", "mkid"), ("pl-asylum", "kid2"), ("ua-border", "kid")):
        with pytest.raises(Refusal) as raised:
            possession.check_nonce(hub, slug, kid, given, now)
        assert raised.value.code == STALE


def test_a_command_slipped_into_the_table_is_nobodys(web: str, enrol: Enrol, room: Room) -> None:
    """Whoever writes to the database can put words into an officer's mouth, and no signature under them."""
    assert web
    notice = enrol(SK_BORDER).post(safeguards=["torture_survivor"])
    members: dict[str, Json] = {"notice": {"iss": SK_BORDER.urn, "id": notice["id"]}, "part": "safeguards"}
    name, mine = room.anna.entry["name"], room.officer("thief")
    at = int(clock.now().timestamp())
    text = signed_at(mine, "erase", {**members, "reason": "unlawful"}, at, iss=OFFICER_URN + name)
    digest = key_statements.read(text, OFFICER, room.hub.exchange_id).digest
    with room.hub.database.transaction() as tx:
        tx.execute(
            "INSERT INTO officer_command (digest, officer, id, act, jws, at, leaf_index)"
            " VALUES (%s, %s, %s, 'erase', %s, now(), 0)",
            (digest, name, uuid7(), text),
        )
    assert secretariat.waiting(room.hub) == []
    assert room.refused(lambda: room.say(room.boris, "approve", {"what": digest})) == "no-such-command"


def test_a_secretariat_begins_once_when_two_begin_it_in_one_moment(hub: Hub, tmp_path: Path) -> None:
    trio = [Officer(tmp_path / name) for name in ("anna", "boris", "chiara")]
    for one in trio:
        one.make(one.path.name, hub.exchange_id)
    lists = [one.sign_list([other.entry for other in trio]) for one in trio]
    came = at_once(*[lambda: secretariat.begin(hub, lists, clock.now())] * 3)
    assert sorted(map(str, came)) == ["None", "bad-history", "bad-history"]


def test_an_authority_and_officers_change_one_key_in_one_moment(office: Office, room: Room) -> None:
    members: dict[str, Json] = {"kid": office.folder.kid("notice"), "as": "superseded"}
    asked = room.say(room.anna, "revoke", members)
    rotated, approved = at_once(
        lambda: office.speaker.keys.rotate("notice"), lambda: room.approve(room.boris, asked).carried
    )
    assert approved is True
    lives = room.judged().of(SK_BORDER.urn, "notice")
    assert lives[0].ended_as == "superseded"
    assert rotated in {lives[-1].kid, "not-its-key"}, "whichever came first, the other was judged after it"
