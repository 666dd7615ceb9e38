"""A key signs for its owner, for its purpose and in its time, and for nothing else."""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from attacks.kit import (
    Webs,
    a_notice,
    acknowledgement,
    batch,
    disclosure,
    envelope,
    parts_of,
    query,
    signed,
    statement,
)
from authorities import Office
from exchange.client import writing
from exchange.store.session import rows
from exchange.wire import keys
from exchange.wire.encoding import b64decode, read_json
from exchange.wire.messages import Request

UNTIL = {
    "revoked": "ends_at = now()",
    "revoked long ago": "ends_at = now() - interval '1 year'",
    "future": "active_from = now() + interval '1 hour'",
    "never in force": "active_from = now() + interval '2 hours', ends_at = now() + interval '1 hour'",
}
INACTIVE = pytest.mark.parametrize("dates", UNTIL.values(), ids=UNTIL.keys())


def set_dates(webs: Webs, kid: str, dates: str) -> None:
    """What key rotation will do: only the database is told."""
    with webs.hub.database.transaction() as tx:
        changed = tx.execute(f"UPDATE authority_key SET {dates} WHERE kid = %s", (kid,))  # type: ignore[arg-type]  # noqa: S608
        assert changed.rowcount == 1


def notice_of(office: Office, **how: Any) -> str:
    return a_notice(office, [disclosure(*part) for part in parts_of(office).items()], **how)


def messages(office: Office, **change: Any) -> dict[str, bytes]:
    """A good message of every kind that is signed with the notice key, with claims changed."""
    return {
        "/v1/notices": envelope(notice_of(office, change=change)),
        "/v1/queries": query(office, **change),
        "/v1/acknowledgements": acknowledgement(office, **change),
    }


# In another's name.


def test_a_foreign_iss_under_ones_own_key(webs: Webs) -> None:
    office, other = webs.enrol(), webs.enrol()
    for iss in (other.who.urn, "urn:asylum-exchange:authority:nobody"):
        for path, body in messages(office, iss=iss).items():
            assert webs.post(office, path, body).verdict == (403, "foreign-iss"), path
        found = webs.post(office, "/v1/notices/batch", batch(messages(office, iss=iss)["/v1/notices"], office.sign()))
        assert found.outcomes == [(403, "foreign-iss"), (201, "")]
    for iss in (office.who.urn.upper(), office.who.urn + "/", "https://issuer.example", ""):
        assert webs.post(office, "/v1/notices", messages(office, iss=iss)["/v1/notices"]).verdict[0] in {400, 403}
    assert webs.counts(other)["notice"] == 0


def test_what_another_signed_is_not_passed_on_as_ones_own(webs: Webs) -> None:
    office, other = webs.enrol(), webs.enrol()
    for path, body in messages(other).items():
        assert webs.post(office, path, body).verdict == (403, "foreign-key"), path
    assert webs.post(office, "/v1/notices/batch", batch(other.sign())).outcomes == [(403, "foreign-key")]
    body = other.sign()
    assert webs.post(other, "/v1/notices", body).verdict == (201, "")
    assert webs.post(office, "/v1/notices", body).verdict == (403, "foreign-key")  # also when it is known: no receipt
    assert webs.counts(office)["notice"] == 0


def test_a_kid_of_another_in_the_header_of_ones_own(webs: Webs) -> None:
    office, other = webs.enrol(), webs.enrol()
    key = other.folder.key("notice")
    header = {"alg": key.alg, "kid": key.kid, "typ": "asylum-exchange-notice+sd-jwt"}
    for iss in (office.who.urn, other.who.urn):
        bad = notice_of(office, header=json.dumps(header).encode(), change={"iss": iss})
        assert webs.post(office, "/v1/notices", envelope(bad)).verdict == (403, "foreign-key")


def test_a_request_in_the_name_of_another_key(webs: Webs) -> None:
    office, other = webs.enrol(), webs.enrol()
    request = signed(office, "/v1/notices", office.sign())
    mine, theirs = office.folder.key("request").kid, other.folder.key("request").kid
    headers = tuple((n, v.replace(mine, theirs)) for n, v in request.headers)
    assert webs.send(Request("POST", request.target_uri, headers, request.body)).verdict == (401, "bad-signature")
    stranger = keys.generate("request")
    assert webs.send(signed(office, "/v1/notices", office.sign(), key=stranger)).verdict == (401, "unknown-key")


# For another purpose.


def test_a_notice_key_signs_no_request_and_a_request_key_no_message(webs: Webs) -> None:
    office = webs.enrol()
    notice_key, request_key = office.folder.key("notice"), office.folder.key("request")
    for path, body in {**messages(office), "/v1/self": b"", "/v1/notices/batch": batch(office.sign())}.items():
        assert webs.send(signed(office, path, body, key=notice_key)).verdict == (401, "wrong-purpose"), path
    assert webs.post(office, "/v1/notices", envelope(notice_of(office, key=request_key))).code == "bad-notice-key"
    for path, typ, make in (
        ("/v1/queries", "asylum-exchange-query+jws", query),
        ("/v1/acknowledgements", "asylum-exchange-ack+jws", acknowledgement),
    ):
        members = read_json(_payload(make(office)))
        assert isinstance(members, dict)
        assert webs.post(office, path, statement(office, typ, members, request_key)).code == "bad-notice-key"
    assert webs.counts(office)["notice"] == 0


def _payload(body: bytes) -> bytes:
    return b64decode(body.decode().split(".")[1])


def test_a_seal_key_signs_nothing(webs: Webs) -> None:
    office = webs.enrol()
    seal, key = office.folder.seal_key().public.kid, office.folder.key("notice")
    header = {"alg": key.alg, "kid": seal, "typ": "asylum-exchange-notice+sd-jwt"}
    bad = notice_of(office, header=json.dumps(header).encode())
    assert webs.post(office, "/v1/notices", envelope(bad)).code == "bad-notice-key"
    request = signed(office, "/v1/notices", office.sign())
    headers = tuple((n, v.replace(office.folder.key("request").kid, seal)) for n, v in request.headers)
    assert webs.send(Request("POST", request.target_uri, headers, request.body)).verdict == (401, "wrong-purpose")


def test_a_key_of_the_hub_is_no_key_of_an_authority(webs: Webs) -> None:
    office = webs.enrol()
    for purpose, key in webs.hub.keys.items():
        assert webs.send(signed(office, "/v1/self", key=replace(key, purpose="request"))).code == "unknown-key", purpose
        assert webs.post(office, "/v1/notices", envelope(notice_of(office, key=key))).code == "bad-notice-key", purpose


# Before and after its time. Key rotation comes later; what the hub does with the dates is here.


@INACTIVE
def test_a_request_key_that_is_not_active(webs: Webs, dates: str) -> None:
    office = webs.enrol()
    good = signed(office, "/v1/notices", office.sign())
    set_dates(webs, office.folder.key("request").kid, dates)
    for worker in (0, 1):
        assert webs.send(good, worker=worker).verdict == (401, "key-not-active")
        for path, body in {**messages(office), "/v1/self": b"", "/v1/notices/batch": batch(office.sign())}.items():
            assert webs.send(signed(office, path, body), worker=worker).verdict == (401, "key-not-active"), path
    assert webs.counts(office) | {"leaf": 0} == {"notice": 0, "refusal": 0, "nonce": 0, "leaf": 0}


@INACTIVE
def test_a_notice_key_that_is_not_active(webs: Webs, dates: str) -> None:
    office = webs.enrol()
    made = messages(office)
    set_dates(webs, office.folder.key("notice").kid, dates)
    for worker in (0, 1):
        for path, body in made.items():
            assert webs.post(office, path, body, worker=worker).verdict == (403, "bad-notice-key"), path
        found = webs.post(office, "/v1/notices/batch", batch(made["/v1/notices"]), worker=worker)
        assert found.outcomes == [(403, "bad-notice-key")]
    assert webs.counts(office)["notice"] == 0


def test_a_key_ends_between_two_requests_on_both_workers(webs: Webs) -> None:
    office = webs.enrol()
    kid = office.folder.key("notice").kid
    accepted = [office.sign(), office.sign()]
    for worker in (0, 1):
        assert webs.post(office, "/v1/notices", accepted[worker], worker=worker).verdict == (201, "")
    set_dates(webs, kid, "ends_at = now()")
    for worker in (0, 1):
        assert webs.post(office, "/v1/notices", office.sign(), worker=worker).verdict == (403, "bad-notice-key")
        # What was accepted before keeps its receipt: a retry whose answer was lost must not be lost with the key.
        assert webs.post(office, "/v1/notices", accepted[worker], worker=1 - worker).verdict == (200, "")
    set_dates(webs, kid, "ends_at = now() + interval '1 hour'")
    assert webs.post(office, "/v1/notices", office.sign()).verdict == (201, "")
    assert webs.counts(office)["notice"] == 3


def test_a_key_of_the_future_serves_from_its_hour_on(webs: Webs) -> None:
    office = webs.enrol()
    kid = office.folder.key("request").kid
    set_dates(webs, kid, "active_from = now() + interval '1 minute'")
    assert webs.send(signed(office, "/v1/self")).verdict == (401, "key-not-active")
    set_dates(webs, kid, "active_from = now()")
    assert webs.send(signed(office, "/v1/self")).verdict == (200, "")


RECIPIENTS: dict[str, Callable[[Webs, Office], None]] = {
    name: lambda webs, to, dates=dates: set_dates(webs, to.folder.seal_key().public.kid, dates)  # type: ignore[misc]
    for name, dates in UNTIL.items()
}


@pytest.mark.parametrize("name", RECIPIENTS)
def test_a_seal_key_that_is_not_active_receives_nothing(webs: Webs, name: str) -> None:
    office, to = webs.enrol(), webs.enrol("asylum_office", "UKR")
    office.folder.know(to.enrolment)
    parts = office.parts(aud=[to.who.urn]) | {"sealed": [{"to": [to.who.urn], "narrative": "a text"}]}
    good = writing.write(office.folder, parts, 1, None).envelope
    spoiled = writing.write(office.folder, parts, 2, None).envelope
    assert webs.post(office, "/v1/notices", good).verdict == (201, "")
    RECIPIENTS[name](webs, to)
    assert webs.post(office, "/v1/notices", spoiled).verdict == (400, "unknown-recipient")
    assert webs.post(office, "/v1/notices", good).verdict == (200, "")


def test_a_refused_key_leaves_a_count_and_no_trace_of_anybody(webs: Webs) -> None:
    office = webs.enrol()
    set_dates(webs, office.folder.key("request").kid, "ends_at = now()")
    counted = "SELECT coalesce(sum(n), 0) FROM refusal_count WHERE code = 'key-not-active'"
    with webs.hub.database.transaction() as tx:
        ((before,),) = rows(tx, counted)
    assert webs.send(signed(office, "/v1/notices", office.sign(), nonce=secrets.token_bytes(16))).status == 401
    with webs.hub.database.transaction() as tx:
        ((after,),) = rows(tx, counted)
        assert rows(tx, "SELECT count(*) FROM refusal WHERE slug = %s", (office.who.slug,)) == [(0,)]
    assert after == before + 1
