"""The life of keys over real HTTP: the history that everybody judges, and what an authority says of its own keys."""

import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
import uuid_utils
from jsonschema import Draft202012Validator

from authorities import Office
from builders import SK_BORDER, UA_ASYLUM
from conftest import Enrol
from exchange import clock, sandbox
from exchange.client import enrolling, writing
from exchange.client.line import ENVELOPE, JOSE, JSON
from exchange.deps import Hub
from exchange.domain.merkle import leaf_hash
from exchange.publishing import Log
from exchange.store.session import rows
from exchange.wire import httpsig, key_judging, key_statements, keys, sealing_keys, statements, tlog
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64decode, b64encode, write_json
from exchange.wire.key_history import OVERLAP, SECRETARIAT, History
from exchange.wire.key_statements import KEY
from exchange.wire.messages import Answer, Request
from exchange.wire.signed_note import read_vkey
from ledger.conftest import log  # noqa: F401 -- a fixture
from schemas.catalogue import served

Verdict = tuple[int, str]


def send(office: Office, method: str, target: str, body: bytes = b"", **how: Any) -> Answer:
    """Send a signed request and verify the answer. Keywords: `media`, `key`, `fields` (not signed)."""
    fields = (("content-type", how["media"]),) if body else ()
    request = Request(method, office.folder.hub["base_url"] + target, fields, body)
    key = how.get("key") or office.folder.key("request")
    signed = httpsig.sign_request(request, key, clock.now(), secrets.token_bytes(16))
    headers = dict(signed.headers) | how.get("fields", {})
    got = httpx.request(method, signed.target_uri, headers=headers, content=body or None, trust_env=False)
    answer = Answer(got.status_code, tuple(got.headers.multi_items()), got.content)
    httpsig.verify_answer(answer, signed, office.folder.hub_key("answer"))
    return answer


def verdict(answer: Answer) -> Verdict:
    is_problem = answer.header("content-type") == "application/problem+json"
    return answer.status, json.loads(answer.body)["code"] if is_problem else ""


def get(office: Office, target: str, **how: Any) -> Verdict:
    return verdict(send(office, "GET", target, **how))


def post(office: Office, notice: bytes) -> Verdict:
    return verdict(send(office, "POST", "/v1/notices", notice, media=ENVELOPE))


def say(office: Office, text: str, **how: Any) -> Answer:
    return send(office, "POST", "/v1/keys", text.encode(), media=JOSE, **how)


def fresh(purpose: str) -> Any:
    return sealing_keys.generate() if purpose == "seal" else keys.generate(purpose)


def asked(office: Office, purpose: str, key: Any) -> dict[str, Any]:
    body = write_json({"purpose": purpose, "key": key_statements.jwk_of(key.public)})
    answer = send(office, "POST", "/v1/keys/challenges", body, media=JSON)
    assert answer.status == 200, answer.body
    given: dict[str, Any] = json.loads(answer.body)
    return given


def claims(office: Office, **change: str) -> Claims:
    made = Claims("test-exchange", str(uuid_utils.uuid7()), office.who.urn, int(clock.now().timestamp()))
    return replace(made, **change)


def held(office: Office, key: Any, given: dict[str, Any]) -> str:
    if isinstance(key, sealing_keys.SealPrivateKey):
        return enrolling.opened(key, given["sealed"])
    return key_statements.prove_possession(claims(office), given["nonce"], key)


@dataclass
class Rotation:
    """A statement that a key follows another, as it must be; what a test changes is changed before `text`."""

    office: Office
    purpose: str
    key: Any
    given: dict[str, Any]

    def text(self, signer: Any = None, head: Claims | None = None, typ: str = KEY, **change: Any) -> str:
        members = {
            "act": "rotate",
            "purpose": self.purpose,
            "predecessor": self.office.folder.kid(self.purpose),
            "key": key_statements.jwk_of(self.key.public),
            "nonce": self.given["nonce"],
        }
        members |= {"possession": held(self.office, self.key, self.given)} | change
        by = signer or self.office.folder.key("notice" if self.purpose == "seal" else self.purpose)
        return key_statements.sign(members, head or claims(self.office), typ, by)


def rotation(office: Office, purpose: str) -> Rotation:
    key = fresh(purpose)
    return Rotation(office, purpose, key, asked(office, purpose, key))


def revocation(office: Office, kid: str, ending: str = "superseded", signer: Any = None, **more: Any) -> str:
    members = {"act": "revoke", "kid": kid, "as": ending, **more}
    return key_statements.sign(members, claims(office), KEY, signer or office.folder.key("recovery"))


def leaves(hub: Hub) -> int:
    with hub.database.transaction() as tx:
        return int(rows(tx, "SELECT count(*) FROM leaf")[0][0])


def set_dates(hub: Hub, kid: str, dates: str) -> None:
    with hub.database.transaction() as tx:
        assert tx.execute(f"UPDATE authority_key SET {dates} WHERE kid = %s", (kid,)).rowcount == 1  # type: ignore[arg-type]  # noqa: S608


def judged(told: dict[str, Any]) -> History:
    """The history that the records of an answer make, each leaf over its record."""
    history = History("test-exchange")
    for one in told["events"]:
        record = one["record"].encode()
        assert (
            b64encode(leaf_hash(hashlib.sha256(b64decode(one["leaf"]["salt"]) + record).digest()))
            == one["leaf"]["hash"]
        )
        key_judging.add(history, record, one["leaf"]["index"])
    return history


@pytest.fixture
def office(web: str, enrol: Enrol) -> Office:
    assert web
    return enrol(SK_BORDER)


@pytest.fixture
def other(office: Office, enrol: Enrol) -> Office:
    assert office
    return enrol(UA_ASYLUM)


# the history, read


def test_anybody_judges_the_history_and_finds_each_record_in_the_ledger(
    hub: Hub,
    office: Office,
    other: Office,
    log: Log,  # noqa: F811 -- the fixture
) -> None:
    for purpose in ("seal", "request", "notice", "recovery"):  # the notice key introduces the seal key
        assert say(office, rotation(office, purpose).text()).status == 201
    assert say(other, revocation(other, other.folder.kid("notice"), "compromised", since=5)).status == 201
    log.sign(clock.now())
    answer = send(office, "GET", "/v1/keys")
    told = json.loads(answer.body)
    assert [error.message for error in Draft202012Validator(served("keys")).iter_errors(told)] == []
    history = judged(told)
    assert [(event.of.rpartition(":")[2], event.act) for event in history.events] == [
        ("secretariat", "found"), ("sk-border", "enrol"), ("ua-asylum", "enrol"), *[("sk-border", "rotate")] * 4,
        ("ua-asylum", "revoke"),
    ]  # fmt: skip
    for one in told["events"]:
        raw = send(office, "GET", f"/v1/ledger/proof/{one['leaf']['index']}").body
        included = tlog.check_inclusion(
            tlog.read_proof(raw), b64decode(one["leaf"]["hash"]), read_vkey(hub.ledger_vkey)
        )
        assert included.index == one["leaf"]["index"]
    with hub.database.transaction() as tx:
        stored = {
            kid: (ends and int(ends.timestamp()), since and int(since.timestamp()))
            for kid, ends, since in rows(tx, "SELECT kid, ends_at, compromised_since FROM authority_key")
        }
    assert stored == {kid: (life.ends_at, life.compromised_since) for kid, life in history.lives.items()}
    assert httpx.get(f"{hub.origin}/ledger/keys", trust_env=False).content == answer.body


def test_the_history_of_one_is_its_own_and_that_of_the_officers(office: Office, other: Office) -> None:
    for slug, owners in ((other.who.slug, {SECRETARIAT, other.who.urn}), ("nobody", {SECRETARIAT})):
        told = json.loads(send(office, "GET", f"/v1/keys?of={slug}").body)
        history = judged(told)
        assert {event.of for event in history.events} == owners
        assert set(history.who) == owners - {SECRETARIAT}
    for wrong in ("", "A", "a_b", "-a", "a--b", "a" * 64, "a.b"):
        assert get(office, f"/v1/keys?of={wrong}") == (400, "bad-parameter"), wrong
    for wrong in ("of=a&of=b", "off=a", "of=a&x=1"):
        assert get(office, f"/v1/keys?{wrong}") == (400, "bad-parameter"), wrong


def test_who_has_the_history_gets_a_signed_304_until_it_grows(office: Office) -> None:
    first = send(office, "GET", "/v1/keys")
    tag = str(first.header("etag"))
    again = send(office, "GET", "/v1/keys", fields={"if-none-match": tag})
    assert (again.status, again.body, again.header("etag")) == (304, b"", tag)
    assert say(office, rotation(office, "notice").text()).status == 201
    grown = send(office, "GET", "/v1/keys", fields={"if-none-match": tag})
    assert grown.status == 200
    assert grown.header("etag") != tag


# one key follows another


def told_of(office: Office, kid: str, **how: Any) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(send(office, "GET", "/v1/self", **how).body)["keys"]
    (one,) = [key for key in found if key["kid"] == kid]
    return one


def ends_in_thirty_days(office: Office, kid: str) -> bool:
    record = json.loads(json.loads(send(office, "GET", "/v1/keys").body)["events"][-1]["record"])
    return told_of(office, kid)["ends_at"] == record["at"] + OVERLAP == record["at"] + 30 * 86400


def test_a_request_key_and_the_one_that_follows_it(hub: Hub, office: Office) -> None:
    turn, old = rotation(office, "request"), office.folder.kid("request")
    assert get(office, "/v1/self", key=turn.key) == (401, "unknown-key")
    assert say(office, turn.text()).status == 201
    assert get(office, "/v1/self", key=turn.key) == (200, "")
    assert get(office, "/v1/self") == (200, "")
    assert ends_in_thirty_days(office, old)
    set_dates(hub, old, "ends_at = now()")
    assert get(office, "/v1/self") == (401, "key-not-active")
    assert get(office, "/v1/self", key=turn.key) == (200, "")
    assert told_of(office, old, key=turn.key)["status"] == "ended"
    assert told_of(office, turn.key.kid, key=turn.key)["status"] == "active"


def test_a_notice_key_and_the_one_that_follows_it(hub: Hub, office: Office) -> None:
    turn, old = rotation(office, "notice"), office.folder.kid("notice")
    sent = [office.sign() for _ in range(2)]
    assert say(office, turn.text()).status == 201
    assert post(office, sent[0]) == (201, "")
    office.folder.keep("", "notice.pem", keys.private_to_pem(turn.key))
    assert post(office, office.sign()) == (201, "")
    assert ends_in_thirty_days(office, old)
    set_dates(hub, old, "ends_at = now()")
    assert post(office, sent[1]) == (403, "bad-notice-key")
    assert post(office, sent[0]) == (200, "")  # what was accepted stays accepted
    assert post(office, office.sign()) == (201, "")


def test_a_seal_key_and_the_one_that_follows_it(hub: Hub, office: Office, other: Office) -> None:
    turn, old = rotation(other, "seal"), other.folder.kid("seal")
    assert say(other, turn.text()).status == 201
    parts = office.parts(aud=[other.who.urn]) | {"sealed": [{"to": [other.who.urn], "narrative": "a text"}]}

    def sealed_for(kid: str, seq: int) -> bytes:
        jwk = other.enrolment["keys"]["seal"] if kid == old else key_statements.jwk_of(turn.key.public)
        office.folder.know({**other.enrolment, "keys": {**other.enrolment["keys"], "seal": jwk}})
        return writing.write(office.folder, parts, seq, None).envelope

    assert post(office, sealed_for(old, 1)) == (201, "")
    assert post(office, sealed_for(turn.key.kid, 2)) == (201, "")
    assert ends_in_thirty_days(other, old)
    set_dates(hub, old, "ends_at = now()")
    assert post(office, sealed_for(old, 3)) == (400, "unknown-recipient")
    assert post(office, sealed_for(turn.key.kid, 4)) == (201, "")


def test_a_recovery_key_and_the_one_that_follows_it(office: Office) -> None:
    turn, old = rotation(office, "recovery"), office.folder.kid("recovery")
    assert say(office, turn.text()).status == 201
    assert ends_in_thirty_days(office, old)
    kid = office.folder.kid("notice")
    # A key that was ended says nothing of keys any more, not even in its thirty days.
    assert verdict(say(office, revocation(office, kid))) == (403, "not-its-key")
    assert verdict(say(office, revocation(office, kid, signer=turn.key))) == (201, "")
    assert post(office, office.sign()) == (403, "bad-notice-key")


def test_the_recovery_key_introduces_any_successor(office: Office) -> None:
    recovery = office.folder.key("recovery")
    for purpose in ("seal", "request", "notice", "recovery"):
        assert say(office, rotation(office, purpose).text(signer=recovery)).status == 201


def test_an_es256_key_may_follow(office: Office) -> None:
    key = keys.generate("request", "ES256")
    turn = Rotation(office, "request", key, asked(office, "request", key))
    assert say(office, turn.text()).status == 201
    assert get(office, "/v1/self", key=key) == (200, "")


def test_the_same_statement_again_gets_the_same_receipt_and_two_leaves(hub: Hub, office: Office) -> None:
    before = leaves(hub)
    turn = rotation(office, "notice")
    assert leaves(hub) == before + 2
    text = turn.text()
    answers = []
    for number, status in enumerate((201, 200, 200), start=2):
        answers.append(say(office, text))
        assert answers[-1].status == status
        assert leaves(hub) == before + 2 * number
    assert len({answer.body for answer in answers}) == 1
    told = statements.heard(answers[0].body.decode(), statements.RECEIPT, hub.keys["receipt"].public)
    (event,) = json.loads(send(office, "GET", "/v1/keys").body)["events"][2:]
    assert told["leaf"] == event["leaf"]
    assert json.loads(event["record"])["said"] == [text]
    assert (told["iss"], told["sha256"]) == (
        office.who.urn,
        b64encode(hashlib.sha256(text.rpartition(".")[0].encode()).digest()),
    )
    # Signed anew it is another statement: it has a successor already.
    assert verdict(say(office, turn.text()))[1] == "bad-history"


# what is refused


def _of_another_key(turn: Rotation) -> str:
    given = asked(turn.office, turn.purpose, fresh(turn.purpose))
    return turn.text(
        nonce=given["nonce"], possession=held(turn.office, turn.key, {**turn.given, "nonce": given["nonce"]})
    )


def _too_old(turn: Rotation) -> str:
    raw = b64decode(turn.given["nonce"])
    early = b64encode((int.from_bytes(raw[:8]) - 8 * 24 * 3600).to_bytes(8) + raw[8:])
    return turn.text(nonce=early, possession=held(turn.office, turn.key, {**turn.given, "nonce": early}))


def _possession(turn: Rotation, key: Any, **change: str) -> str:
    head = claims(turn.office, **change)
    return turn.text(possession=key_statements.prove_possession(head, turn.given["nonce"], key))


NOTICE: dict[str, tuple[Callable[[Rotation, Office], str], str]] = {
    "of another authority": (lambda turn, other: turn.text(head=claims(other)), "foreign-iss"),
    "signed by another authority": (lambda turn, other: turn.text(signer=other.folder.key("notice")), "not-its-key"),
    "of another exchange": (lambda turn, _: turn.text(head=claims(turn.office, ex="else")), "wrong-exchange"),
    "of another typ": (lambda turn, _: turn.text(typ=key_statements.ENROLMENT), "wrong-typ"),
    "over the nonce of another key": (lambda turn, _: _of_another_key(turn), "stale-nonce"),
    "over a nonce dated back": (lambda turn, _: _too_old(turn), "stale-nonce"),
    "over no nonce": (lambda turn, _: turn.text(nonce=b64encode(bytes(32))), "stale-nonce"),
    "held by nobody": (lambda turn, _: _possession(turn, keys.generate("notice")), "no-possession"),
    "held in another's name": (
        lambda turn, other: _possession(turn, turn.key, iss=other.who.urn),
        "no-possession",
    ),
    "held for another exchange": (lambda turn, _: _possession(turn, turn.key, ex="else"), "no-possession"),
    "held for another purpose": (
        lambda turn, _: _possession(turn, keys.private_from_pem(keys.private_to_pem(turn.key), "request")),
        "no-possession",
    ),
    "not said to be held": (lambda turn, _: turn.text(possession=""), "no-possession"),
    "introduced by the request key": (
        lambda turn, _: turn.text(signer=turn.office.folder.key("request")),
        "not-its-key",
    ),
    "introduced by itself": (lambda turn, _: turn.text(signer=turn.key), "not-its-key"),
    "after a key of another purpose": (
        lambda turn, _: turn.text(predecessor=turn.office.folder.kid("request")),
        "bad-history",
    ),
    "after a key of another authority": (
        lambda turn, other: turn.text(predecessor=other.folder.kid("notice")),
        "bad-history",
    ),
    "after nothing": (lambda turn, _: turn.text(predecessor=b64encode(bytes(32))), "bad-history"),
}


def test_a_successor_is_refused_and_leaves_two_leaves(hub: Hub, office: Office, other: Office) -> None:
    turn = rotation(office, "notice")
    before = send(office, "GET", "/v1/keys").body
    for what, (make, code) in NOTICE.items():
        text = make(turn, other)
        count = leaves(hub)
        status, found = verdict(say(office, text))
        assert found == code, what
        assert 400 <= status < 500
        assert leaves(hub) == count + 2, what
    assert send(office, "GET", "/v1/keys").body == before
    assert say(office, turn.text()).status == 201  # nothing of what was refused stands in the way


def test_a_nonce_is_good_for_its_authority_alone(office: Office, other: Office) -> None:
    key = keys.generate("notice")
    turn = Rotation(office, "notice", key, asked(other, "notice", key))
    assert verdict(say(office, turn.text()))[1] == "stale-nonce"


def test_a_seal_key_that_is_not_held_is_refused(hub: Hub, office: Office) -> None:
    turn = rotation(office, "seal")
    wrong = enrolling.opened(turn.key, asked(office, "seal", turn.key)["sealed"])  # of another nonce, perhaps
    count = leaves(hub)
    for number, shown in enumerate(("", b64encode(bytes(32)), "é", wrong[:-1]), start=1):
        assert verdict(say(office, turn.text(possession=shown)))[1] == "no-possession", shown
        assert leaves(hub) == count + 2 * number
    for signer in ("request", "recovery"):
        expected = "not-its-key" if signer == "request" else ""
        assert verdict(say(office, turn.text(signer=office.folder.key(signer))))[1] == expected


def test_a_key_that_everybody_knows_or_that_somebody_has_is_refused(hub: Hub, office: Office, other: Office) -> None:
    known = {"notice": sandbox.signing_key("sk-border", "notice"), "seal": sandbox.seal_key("sk-border")}
    count = leaves(hub)
    for purpose, key in known.items():
        body = write_json({"purpose": purpose, "key": key_statements.jwk_of(key.public)})  # type: ignore[attr-defined]
        assert verdict(send(office, "POST", "/v1/keys/challenges", body, media=JSON))[1] == "sandbox-key"
    assert leaves(hub) == count + 4
    nonce = rotation(office, "notice").given
    assert verdict(say(office, Rotation(office, "notice", known["notice"], nonce).text()))[1] == "sandbox-key"
    for owner in (office, other):
        for purpose in ("notice", "request"):
            key = keys.private_from_pem((owner.folder.path / f"{purpose}.pem").read_bytes(), "notice")
            taken = Rotation(office, "notice", key, asked(office, "notice", key))
            assert verdict(say(office, taken.text()))[1] == "already-enrolled", (owner.who.slug, purpose)


def test_what_is_no_question_for_a_nonce_is_refused(hub: Hub, office: Office) -> None:
    jwk = key_statements.jwk_of(keys.generate("notice").public)
    for body, code in (
        (b"{", "bad-json"), (b"[]", "bad-schema"), (write_json({"purpose": "notice"}), "bad-schema"),
        (write_json({"purpose": "answer", "key": jwk}), "bad-schema"),
        (write_json({"purpose": "notice", "key": jwk, "more": 1}), "bad-schema"),
        (write_json({"purpose": "seal", "key": jwk}), "bad-key"),
        (write_json({"purpose": "notice", "key": {**jwk, "d": "x"}}), "bad-schema"),
    ):  # fmt: skip
        count = leaves(hub)
        assert verdict(send(office, "POST", "/v1/keys/challenges", body, media=JSON)) == (400, code)
        assert leaves(hub) == count + 2
    assert verdict(send(office, "POST", "/v1/keys/challenges", b"{}", media=JOSE)) == (415, "wrong-media-type")
    assert verdict(send(office, "POST", "/v1/keys", b"x", media=JSON)) == (415, "wrong-media-type")


@pytest.mark.parametrize("purpose", ["notice", "seal"])
def test_of_two_successors_at_the_same_time_one_is_taken(hub: Hub, office: Office, purpose: str) -> None:
    turns = [rotation(office, purpose) for _ in range(2)]
    texts = [turn.text() for turn in turns]
    count, start = leaves(hub), threading.Barrier(2)
    found: dict[int, Verdict] = {}

    def run(number: int) -> None:
        start.wait()
        found[number] = verdict(say(office, texts[number]))

    running = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert sorted(code for _, code in found.values()) in (["", "bad-history"], ["", "not-its-key"])
    assert leaves(hub) == count + 4
    (winner,) = [number for number, (status, _) in found.items() if status == 201]
    history = judged(json.loads(send(office, "GET", "/v1/keys").body))
    current = history.current(office.who.urn, purpose)
    assert current is not None
    assert current.kid == turns[winner].key.kid
    assert len(history.of(office.who.urn, purpose)) == 2


# a key is revoked


def test_the_recovery_key_ends_a_request_key_at_once(hub: Hub, office: Office) -> None:
    receipt = office.post()
    kid = office.folder.kid("request")
    assert verdict(say(office, revocation(office, kid))) == (201, "")
    assert get(office, "/v1/self") == (401, "key-not-active")
    assert verdict(say(office, revocation(office, kid))) == (401, "key-not-active")
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT id::text FROM notice") == [(receipt["id"],)]


def test_the_recovery_key_ends_a_notice_key_and_what_was_signed_stays(office: Office, other: Office) -> None:
    sent = office.sign()
    assert post(office, sent) == (201, "")
    kid = office.folder.kid("notice")
    assert verdict(say(office, revocation(office, kid, "compromised", since=int(clock.now().timestamp())))) == (201, "")
    assert post(office, office.sign()) == (403, "bad-notice-key")
    assert post(office, sent) == (200, "")
    assert len(office.speaker.notices()["items"]) == 1
    # An ended key introduces nothing; the recovery key does.
    turn = rotation(office, "notice")
    assert verdict(say(office, turn.text())) == (403, "not-its-key")
    assert verdict(say(office, turn.text(signer=office.folder.key("recovery")))) == (201, "")
    office.folder.keep("", "notice.pem", keys.private_to_pem(turn.key))
    assert post(office, office.sign()) == (201, "")
    assert other


def test_a_seal_key_that_was_revoked_receives_nothing(office: Office, other: Office) -> None:
    office.folder.know(other.enrolment)
    parts = office.parts(aud=[other.who.urn]) | {"sealed": [{"to": [other.who.urn], "narrative": "a text"}]}
    assert verdict(say(other, revocation(other, other.folder.kid("seal")))) == (201, "")
    assert post(office, writing.write(office.folder, parts, 1, None).envelope) == (400, "unknown-recipient")


def test_a_revocation_that_is_refused(hub: Hub, office: Office, other: Office) -> None:
    kid, soon = office.folder.kid("notice"), int(clock.now().timestamp()) + 1000
    cases = [
        (revocation(office, kid, signer=office.folder.key("notice")), "not-its-key"),
        (revocation(office, kid, signer=office.folder.key("request")), "not-its-key"),
        (revocation(office, kid, signer=other.folder.key("recovery")), "not-its-key"),
        (revocation(other, kid), "foreign-iss"),
        (revocation(office, other.folder.kid("notice")), "bad-history"),
        (revocation(office, b64encode(bytes(32))), "bad-history"),
        (revocation(office, kid, "lost"), "bad-schema"),
        (revocation(office, kid, "compromised"), "bad-schema"),
        (revocation(office, kid, "superseded", since=5), "bad-schema"),
        (revocation(office, kid, "compromised", since=soon), "bad-key-statement"),
    ]
    for text, code in cases:
        count = leaves(hub)
        assert verdict(say(office, text))[1] == code
        assert leaves(hub) == count + 2
    assert told_of(office, kid)["status"] == "active"
