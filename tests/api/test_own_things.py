"""What an authority reads of its own, over real HTTP: sequence reports, quarantine, state, notices, waiting."""

import threading
from typing import Any

import pytest

from authorities import Office
from builders import SK_BORDER, UA_ASYLUM, UA_BORDER
from conftest import Enrol
from exchange import clock
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.wire import statements
from steps import keep_all


def post_at(office: Office, seq: int, prev: str | None = None) -> str:
    """Post a notice at a place in the sequence that the client would never choose; returns its hash."""
    parts = office.parts()
    parts["hub"] |= {"seq": seq} if prev is None else {"seq": seq, "prev": prev}
    body = office.sign(parts)
    answer = office.speaker._line.call(  # noqa: SLF001 -- the client makes no such mistake
        "POST", "/v1/notices", body, "application/vnd.asylum-exchange.envelope+json"
    )
    told = statements.heard(answer.decode(), statements.RECEIPT, office.folder.hub_key("receipt"))
    return str(told["sha256"])


def words(hub: Hub, office: Office) -> list[dict[str, Any]]:
    keep_all(hub)
    items = [item for item in office.speaker.inbox()["items"] if item["type"] == "word"]
    return [statements.heard(item["jws"], statements.WORD, office.folder.hub_key("words")) for item in items]


def test_gaps_reuse_and_wrong_links_are_accepted_and_told_to_their_sender_alone(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    office, other = enrol(SK_BORDER), enrol(UA_BORDER)
    first = post_at(office, 1)
    fifth = post_at(office, 5, first)
    post_at(office, 6, fifth)
    post_at(office, 3)
    post_at(office, 5)
    post_at(office, 7, "A" * 43)
    told = [(word["word"], word["seq"], word.get("expected")) for word in words(hub, office)]
    assert told == [("sequence_gap", 5, 2), ("sequence_reused", 5, None), ("prev_mismatch", 7, None)]
    assert words(hub, other) == []
    assert office.speaker.own_state()["sequence"]["seq"] == 7
    assert web


def test_a_first_notice_with_a_predecessor_is_told(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    post_at(office, 1, "A" * 43)
    assert [word["word"] for word in words(hub, office)] == ["prev_mismatch"]
    assert web


def test_own_state(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    assert office.speaker.own_state()["sequence"] == {"seq": 0}
    receipt = office.post()
    told = office.speaker.own_state()
    assert {key["purpose"]: (key["kid"], key["status"]) for key in told["keys"]} == {
        "request": (office.folder.key("request").kid, "active"),
        "notice": (office.folder.key("notice").kid, "active"),
        "seal": (office.folder.seal_key().kid, "active"),
        "recovery": (office.folder.key("recovery").kid, "active"),
    }
    assert (told["iss"], told["kind"], told["state"]) == (SK_BORDER.urn, "border_guard", "SVK")
    assert told["sequence"] == {"seq": 1, "prev": receipt["sha256"]}
    assert abs(told["time"] - clock.now().timestamp()) < 60
    assert web


def test_a_sender_and_nobody_else_reads_why_its_messages_were_refused(web: str, enrol: Enrol) -> None:
    office, other = enrol(SK_BORDER), enrol(UA_BORDER)
    for _ in range(2):
        with pytest.raises(Refused):
            office.post(event_time="never")
    page = office.speaker.quarantine()
    assert [(one["no"], one["code"], one["path"], one["method"]) for one in page["items"]] == [
        (1, "bad-schema", "/v1/notices", "POST"),
        (2, "bad-schema", "/v1/notices", "POST"),
    ]
    assert all(one["digest"].startswith("sha-256=:") for one in page["items"])
    assert "never" not in str(page)
    assert office.speaker.quarantine(page["next"])["items"] == []
    assert other.speaker.quarantine() == {"items": [], "next": 0}
    assert web


def test_own_and_addressed_notices_are_listed_and_read_back(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua = enrol(SK_BORDER), enrol(UA_ASYLUM)
    ua.folder.know(sk.enrolment)
    receipts = [sk.post(aud=[UA_ASYLUM.urn]), sk.post()]
    keep_all(hub)
    listed = [{"iss": r["iss"], "id": r["id"], "sha256": r["sha256"]} for r in receipts]
    assert sk.speaker.notices()["items"] == listed
    assert sk.speaker.notices(after=str(receipts[0]["id"]))["items"] == listed[1:]
    page = ua.speaker.notices("addressed")
    assert page["items"] == listed[:1]
    assert ua.speaker.notices("addressed", str(page["next"]))["items"] == []
    assert ua.speaker.notices()["items"] == []
    own, theirs = (office.speaker.notice(sk.who.urn, str(receipts[0]["id"])) for office in (sk, ua))
    assert set(sk.speaker.open(own).parts) == {"hub", "event", "facts"}
    assert own["acknowledgements"] == []
    assert ua.speaker.open(theirs).parts == {k: v for k, v in sk.speaker.open(own).parts.items() if k != "hub"}
    assert "receipt" not in theirs
    with pytest.raises(Refused) as refused:
        ua.speaker.notice(sk.who.urn, str(receipts[1]["id"]))
    assert refused.value.code == "not-found"
    assert web


@pytest.mark.parametrize(
    "target",
    [
        "/v1/notices?which=all",
        "/v1/notices?which=own&which=own",
        "/v1/notices?after=x",
        "/v1/notices?which=addressed&after=x",
        "/v1/inbox?wait=31",
        "/v1/inbox?wait=-1",
        "/v1/quarantine?before=1",
        "/v1/self?x=1",
    ],
)
def test_parameters_that_an_address_does_not_take(web: str, enrol: Enrol, target: str) -> None:
    with pytest.raises(Refused) as refused:
        enrol().speaker._read(target)  # noqa: SLF001 -- the client makes no such mistake
    assert refused.value.code == "bad-parameter"
    assert web


def test_an_id_that_no_notice_can_have_is_not_found(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    with pytest.raises(Refused) as refused:
        office.speaker.notice(office.who.urn, "x")
    assert refused.value.code == "not-found"
    assert web


def test_who_waits_for_its_inbox_is_answered_when_something_comes(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    got: list[dict[str, Any]] = []
    waiter = threading.Thread(target=lambda: got.append(office.speaker.inbox(wait=30)))
    before = clock.now()
    waiter.start()
    post_at(office, 4)
    keep_all(hub)
    waiter.join()
    assert [item["type"] for item in got[0]["items"]] == ["word"]
    assert (clock.now() - before).total_seconds() < 30
    assert office.speaker.inbox(got[0]["next"], wait=1)["items"] == []
    assert web
