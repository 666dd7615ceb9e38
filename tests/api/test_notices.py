"""Posting notices over real HTTP: what is accepted, what is answered, what is stored."""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

import httpx
import pytest

from authorities import Office
from builders import SK_ASYLUM, SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange import clock
from exchange.client.speaker import ENVELOPE, Refused
from exchange.deps import Hub
from exchange.store.session import rows
from exchange.wire import httpsig
from exchange.wire.encoding import b64decode, b64encode
from exchange.wire.messages import Answer, Request


def send(office: Office, body: bytes, **how: Any) -> tuple[int, dict[str, Any], Request]:
    """Post an envelope, signed now unless told otherwise; the answer's own signature is verified."""
    target = office.folder.hub["base_url"] + "/v1/notices"
    request = Request("POST", target, (("content-type", how.get("media_type", ENVELOPE)),), body)
    signed = how.get("again") or httpsig.sign_request(
        request, office.folder.key("request"), how.get("created", clock.now()), secrets.token_bytes(16)
    )
    got = httpx.post(target, headers=list(signed.headers), content=signed.body, trust_env=False)
    answer = Answer(got.status_code, tuple(got.headers.multi_items()), got.content)
    httpsig.verify_answer(answer, signed, office.folder.hub_key("answer"))
    return got.status_code, json.loads(got.content) if got.content.startswith(b"{") else {}, signed


def counts(hub: Hub) -> dict[str, int]:
    with hub.database.transaction() as tx:
        tables = ("notice", "leaf", "refusal", "nonce", "outbox", "receipt", "notice_conflict")
        return {t: rows(tx, f"SELECT count(*) FROM {t}")[0][0] for t in tables}  # noqa: S608 -- names above


@pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
def test_a_notice_is_accepted_with_a_receipt_and_two_leaves(hub: Hub, web: str, enrol: Enrol, alg: str) -> None:
    office = enrol(SK_BORDER, alg)
    before = counts(hub)
    receipt = office.post()
    after = counts(hub)
    assert receipt["state"] == "accepted"
    assert receipt["leaf"]["index"] == before["leaf"]
    assert {t: after[t] - before[t] for t in after} == {
        "notice": 1, "leaf": 2, "refusal": 0, "nonce": 1, "outbox": 1, "receipt": 1, "notice_conflict": 0,
    }  # fmt: skip
    assert web


def test_the_receipts_leaf_can_be_checked_by_its_holder(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol()
    receipt = office.post()
    with hub.database.transaction() as tx:
        ((jws,),) = rows(tx, "SELECT jws FROM notice")
    entry = hashlib.sha256(b64decode(receipt["leaf"]["salt"]) + jws.rpartition(".")[0].encode()).digest()
    assert receipt["leaf"]["hash"] == b64encode(hashlib.sha256(b"\x00" + entry).digest())
    assert web


def test_the_same_bytes_again_give_the_same_receipt_and_store_nothing_else(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol()
    body = office.sign()
    assert send(office, body)[0] == 201
    before = counts(hub)
    assert send(office, body)[0] == 200
    after = counts(hub)
    assert {t: after[t] - before[t] for t in after if after[t] != before[t]} == {"leaf": 2, "nonce": 1}
    assert web


def test_other_bytes_under_a_used_id_are_refused_and_kept(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol()
    number = "01931d3c-0000-7000-8000-000000000001"
    assert send(office, office.sign(id=number))[0] == 201
    status, problem, _ = send(office, office.sign(id=number))
    assert (status, problem["code"]) == (409, "id-conflict")
    after = counts(hub)
    assert (after["notice"], after["notice_conflict"], after["refusal"]) == (1, 1, 1)
    assert web


def test_sequence_and_chain_of_a_sender_are_stored(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol()
    first, second = office.post(), office.post()
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT seq, prev FROM notice ORDER BY no") == [(1, None), (2, first["sha256"])]
    assert second["sha256"] != first["sha256"]
    assert web


def test_addressees_that_will_not_be_served_are_named_without_a_reason(web: str, enrol: Enrol) -> None:
    enrol(UA_BORDER)
    office = enrol(SK_BORDER)
    to = [UA_BORDER.urn, "urn:asylum-exchange:authority:nobody"]
    assert "held" not in office.post(aud=[UA_BORDER.urn])
    assert office.post(aud=to)["held"] == [to[1]]
    assert office.post(aud=to, subject={"nationality": ["AFG"], "feared": ["UKR"]})["held"] == to
    assert "held" not in office.post(aud=to, subject={"nationality": ["SVK"]})
    assert web


def test_a_replayed_request_is_refused(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol()
    body = office.sign()
    status, _, signed = send(office, body)
    assert status == 201
    status, problem, _ = send(office, body, again=signed)
    assert (status, problem["code"]) == (401, "nonce-replayed")
    assert counts(hub)["notice"] == 1
    assert web


def test_a_refused_request_has_spent_its_nonce(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol()
    status, problem, signed = send(office, b"{}")
    assert (status, problem["code"]) == (400, "bad-schema")
    assert send(office, b"{}", again=signed)[1]["code"] == "nonce-replayed"
    after = counts(hub)
    assert (after["notice"], after["refusal"], after["nonce"]) == (0, 2, 1)
    assert web


@pytest.mark.parametrize(("created", "code"), [(timedelta(minutes=-10), "stale"), (timedelta(minutes=5), "ahead")])
def test_a_request_out_of_its_time_is_told_the_hubs_clock(
    web: str, enrol: Enrol, created: timedelta, code: str
) -> None:
    office = enrol()
    status, problem, _ = send(office, office.sign(), created=clock.now() + created)
    assert (status, problem["code"]) == (401, code)
    assert str(clock.now().year) in problem["detail"]
    assert web


def changed(office: Office, change: dict[str, Any]) -> dict[str, Any]:
    """Parts of a good notice with members set, given as dotted paths."""
    made = office.parts()
    for path, value in change.items():
        part, _, member = path.partition(".")
        made[part][member] = value
    return made


BAD = [
    ({"event.kind": "teleportation"}, "bad-schema"),
    ({"event.event_time": "yesterday"}, "bad-schema"),
    ({"event.event_time": "2099-01-01"}, "contradictory-times"),
    ({"event.state": "XYZ"}, "bad-schema"),
    ({"event.counterpart_state": "SVK"}, "contradictory-states"),
    ({"event.state": "UKR"}, "not-yours-to-say"),
    ({"event.surprise": "x"}, "bad-schema"),
    ({"hub.name": "x"}, "bad-schema"),
    ({"hub.aud": "x"}, "bad-schema"),
    ({"hub.subject": {"nationality": []}}, "bad-schema"),
    ({"hub.subject": {"nationality": ["afg"]}}, "bad-schema"),
    ({"hub.tokens": {"profile": "N1", "keyset": "sandbox", "values": ["C2D.short"]}}, "bad-schema"),
    ({"hub.purpose": "curiosity"}, "bad-schema"),
    ({"facts.fear_asked": "perhaps"}, "bad-schema"),
    ({"facts.fear_asked": None}, "bad-schema"),
    ({"facts.narrative": "x"}, "bad-schema"),
]


@pytest.mark.parametrize(("change", "code"), BAD)
def test_a_bad_notice_is_refused_and_nothing_is_stored(
    hub: Hub, web: str, enrol: Enrol, change: dict[str, Any], code: str
) -> None:
    office = enrol()
    _, problem, _ = send(office, office.sign(changed(office, change)))
    assert problem["code"] == code
    after = counts(hub)
    assert (after["notice"], after["outbox"], after["refusal"]) == (0, 0, 1)
    assert web


def test_an_unknown_members_name_is_not_repeated(web: str, enrol: Enrol) -> None:
    office = enrol()
    _, problem, _ = send(office, office.sign(changed(office, {"hub.Ahmad_Example": "x"})))
    assert "Ahmad" not in json.dumps(problem)
    assert web


def test_a_notice_for_another_exchange_is_refused(web: str, enrol: Enrol) -> None:
    office = enrol()
    assert send(office, office.sign(ex="other-exchange"))[1]["code"] == "wrong-exchange"
    assert web


def test_a_notice_in_anothers_name_is_refused(web: str, enrol: Enrol) -> None:
    office = enrol()
    assert send(office, office.sign(iss=UA_BORDER.urn))[1]["code"] == "foreign-iss"
    assert web


def test_anothers_notice_cannot_be_passed_on_as_ones_own(web: str, enrol: Enrol) -> None:
    ours, theirs = enrol(SK_BORDER), enrol(UA_BORDER)
    assert send(ours, theirs.sign())[1]["code"] == "foreign-key"
    assert web


def test_a_border_guard_may_not_decide(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    with pytest.raises(Refused) as refused:
        office.post("merits_decision")
    assert refused.value.code == "not-yours-to-say"
    assert office.folder.pending() == []
    assert enrol(SK_ASYLUM).post("merits_decision")["state"] == "accepted"
    assert web


def test_a_sealed_part_lists_at_least_one_text(web: str, enrol: Enrol) -> None:
    office = enrol()
    sealed = office.parts() | {"sealed": []}
    assert send(office, office.sign(sealed))[1]["code"] == "bad-schema"
    assert web


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad-json"),
        (b"{", "bad-json"),
        (b'{"notice":"a","notice":"b"}', "bad-json"),
        (b'{"notice":"a.b.c~"}', "bad-jws"),
        (b'{"notice":5}', "bad-schema"),
        (b'{"notice":"x","more":1}', "bad-schema"),
        (b"[" * 5000, "bad-json"),
        (b'{"notice":1e400}', "bad-json"),
        (b"\xff\xfe", "bad-json"),
    ],
)
def test_a_malformed_body_is_refused(web: str, enrol: Enrol, body: bytes, code: str) -> None:
    assert send(enrol(), body)[1]["code"] == code
    assert web


def test_the_media_type_is_part_of_the_message(web: str, enrol: Enrol) -> None:
    office = enrol()
    status, problem, _ = send(office, office.sign(), media_type="application/json")
    assert (status, problem["code"]) == (415, "wrong-media-type")
    assert web


def test_an_oversized_body_is_refused(hub: Hub, web: str, enrol: Enrol) -> None:
    status, problem, _ = send(enrol(), b"x" * (256 * 1024 + 1))
    assert (status, problem["code"]) == (413, "too-large")
    assert counts(hub)["notice"] == 0
    assert web


def test_keys_of_another_purpose_and_unknown_keys(web: str, enrol: Enrol, tmp_path: Any) -> None:
    office = enrol()
    target = office.folder.hub["base_url"] + "/v1/notices"
    request = Request("POST", target, (("content-type", ENVELOPE),), office.sign())
    stranger = Office(tmp_path / "stranger", UA_BORDER)
    for key, code in ((office.folder.key("notice"), "wrong-purpose"), (stranger.folder.key("request"), "unknown-key")):
        signed = httpsig.sign_request(request, key, clock.now(), secrets.token_bytes(16))
        got = httpx.post(target, headers=list(signed.headers), content=signed.body, trust_env=False)
        assert (got.status_code, got.json()["code"]) == (401, code)
    assert web


def test_a_notice_under_the_request_key_is_refused(web: str, enrol: Enrol) -> None:
    office = enrol()
    swapped = office.folder.path / "notice.pem"
    swapped.write_bytes((office.folder.path / "request.pem").read_bytes())
    assert send(office, office.sign())[1]["code"] == "bad-notice-key"
    assert web
