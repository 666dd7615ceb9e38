"""Batches over real HTTP: each notice is judged for itself, and all of them share two leaves."""

import json
import secrets
from typing import Any

import httpx
import pytest

from authorities import Office
from builders import SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange import clock
from exchange.client.line import BATCH, Refused
from exchange.deps import Hub
from exchange.store.session import rows
from exchange.wire import httpsig
from exchange.wire.messages import Answer, Request

NUMBER = "01931d3c-0000-7000-8000-000000000001"


def post(office: Office, body: bytes, **how: Any) -> tuple[int, dict[str, Any], Request]:
    target = office.folder.hub["base_url"] + "/v1/notices/batch"
    request = Request("POST", target, (("content-type", how.get("media_type", BATCH)),), body)
    signed = how.get("again") or httpsig.sign_request(
        request, office.folder.key("request"), clock.now(), secrets.token_bytes(16)
    )
    got = httpx.post(target, headers=list(signed.headers), content=body, trust_env=False)
    httpsig.verify_answer(
        Answer(got.status_code, tuple(got.headers.multi_items()), got.content), signed, office.folder.hub_key("answer")
    )
    return got.status_code, json.loads(got.content), signed


def batch(*envelopes: bytes) -> bytes:
    return b'{"notices":[' + b",".join(envelopes) + b"]}"


def outcomes(got: tuple[int, dict[str, Any], Request]) -> list[tuple[int, str]]:
    assert got[0] == 200, got[1]
    return [(one["status"], one.get("problem", {}).get("code", "")) for one in got[1]["outcomes"]]


def count(hub: Hub, table: str) -> int:
    with hub.database.transaction() as tx:
        return int(rows(tx, f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 -- names of this file


def test_a_bad_notice_takes_no_good_one_with_it(hub: Hub, web: str, enrol: Enrol) -> None:
    office, other = enrol(SK_BORDER), enrol(UA_BORDER)
    before = count(hub, "leaf")
    bad = office.sign(office.parts(event_time="never"))
    foreign = other.sign()
    got = post(office, batch(office.sign(), b'{"notice":5}', bad, foreign, b"17", office.sign()))
    assert outcomes(got) == [
        (201, ""), (400, "bad-schema"), (400, "bad-schema"), (403, "foreign-key"), (400, "bad-schema"), (201, ""),
    ]  # fmt: skip
    assert (count(hub, "notice"), count(hub, "receipt"), count(hub, "nonce")) == (2, 2, 1)
    assert count(hub, "leaf") - before == 2
    told = office.speaker.quarantine()["items"]
    assert [(one["entry"], one["code"]) for one in told] == [
        (1, "bad-schema"), (2, "bad-schema"), (3, "foreign-key"), (4, "bad-schema"),
    ]  # fmt: skip
    assert other.speaker.quarantine()["items"] == []
    assert web


def test_every_receipt_of_a_batch_proves_its_notice(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    receipts = office.speaker.post_batch([office.parts(case=f"sk-{n}") for n in range(7)])
    assert all(isinstance(one, dict) for one in receipts)  # the client checks leaf and path of each
    leaves = [one["leaf"] for one in receipts if isinstance(one, dict)]
    assert {leaf["hash"] for leaf in leaves} == {leaves[0]["hash"]}
    assert [leaf["batch"]["position"] for leaf in leaves] == list(range(7))
    assert office.folder.place()[0] == 8
    assert count(hub, "notice") == 7
    assert office.speaker.inbox()["items"] == []  # nothing to report of the sequence
    assert web


def test_the_same_batch_again_stores_nothing_and_gives_the_same_receipts(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    body = batch(*(office.sign() for _ in range(3)))
    first = post(office, body)
    again = post(office, body)
    assert outcomes(again) == [(200, "")] * 3
    assert [one["receipt"] for one in again[1]["outcomes"]] == [one["receipt"] for one in first[1]["outcomes"]]
    assert count(hub, "notice") == 3
    assert post(office, body, again=first[2])[1]["code"] == "nonce-replayed"
    assert web


def test_twins_and_conflicts_within_a_batch(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    one, other = office.sign(id=NUMBER), office.sign(id=NUMBER)
    got = post(office, batch(one, one, other))
    assert outcomes(got) == [(201, ""), (200, ""), (409, "id-conflict")]
    assert got[1]["outcomes"][0]["receipt"] == got[1]["outcomes"][1]["receipt"]
    assert (count(hub, "notice"), count(hub, "notice_conflict")) == (1, 1)
    assert web


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad-json"),
        (b"[]", "bad-schema"),
        (b'{"notices":[]}', "bad-schema"),
        (b'{"notices":[{}],"more":1}', "bad-schema"),
        (b'{"notices":[{"notice":"a","notice":"b"}]}', "bad-json"),
        (b'{"notices":[' + b",".join([b"{}"] * 501) + b"]}", "bad-schema"),
    ],
)
def test_what_is_no_batch_is_refused_whole(web: str, enrol: Enrol, body: bytes, code: str) -> None:
    assert post(enrol(), body)[1]["code"] == code
    assert web


def test_sizes(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    large = json.dumps({"notice": "x" * (256 * 1024 + 1)}).encode()
    got = post(office, batch(office.sign(), large))
    assert outcomes(got) == [(201, ""), (413, "too-large")]
    assert post(office, batch(b'{"notice":"' + b"x" * (4 * 1024 * 1024) + b'"}'))[1]["code"] == "too-large"
    assert post(office, batch(office.sign()), media_type="application/json")[1]["code"] == "wrong-media-type"
    assert count(hub, "notice") == 1
    assert web


def test_the_client_goes_on_after_a_batch_with_a_refusal(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    parts = [office.parts(), office.parts(event_time="never"), office.parts()]
    got = office.speaker.post_batch(parts)
    assert [isinstance(one, Refused) for one in got] == [False, True, False]
    assert office.folder.pending() == []
    assert office.post()["state"] == "accepted"
    assert office.folder.place()[0] == 5
    assert web
