"""Sealed texts over real HTTP: carried by the hub, opened by addressees alone, acknowledged, erased."""

import json
from typing import Any

import pytest

from authorities import Office, secretariat_of
from builders import AF_BORDER, SK_BORDER, UA_ASYLUM, UA_BORDER
from conftest import Enrol
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire import sdjwt, sealing_keys
from exchange.wire.encoding import read_json, write_json
from steps import keep_all

PERSON = {
    "names": [{"written": "Canary Seven", "script": "Latn"}],
    "birth_date": [{"date": "1990-02-03", "calendar": "gregorian", "source": "document", "disputed": "no"}],
}
NARRATIVE = "The canary sang at the border."


def acquainted(*offices: Office) -> None:
    for one in offices:
        for other in offices:
            if one is not other:
                one.folder.know(other.enrolment)


@pytest.fixture
def both(web: str, enrol: Enrol) -> tuple[Office, Office]:
    sk, ua = enrol(SK_BORDER), enrol(UA_ASYLUM)
    acquainted(sk, ua)
    assert web
    return sk, ua


def sealed(author: Office, *to: Office, **said: Any) -> dict[str, Any]:
    text = {"to": [office.who.urn for office in to], "person": PERSON, "narrative": NARRATIVE}
    aud = [office.who.urn for office in to]
    return author.parts(aud=aud, safeguards=["torture_survivor"]) | {"sealed": [text]} | said


def delivered(hub: Hub, office: Office) -> dict[str, Any]:
    keep_all(hub)
    (item,) = [one for one in office.speaker.inbox()["items"] if one["type"] == "notice"]
    return dict(item)


def test_a_text_is_sealed_carried_opened_and_acknowledged(hub: Hub, both: tuple[Office, Office]) -> None:
    sk, ua = both
    receipt = sk.speaker.post(sealed(sk, ua))
    item = delivered(hub, ua)
    opened = ua.speaker.receive(item)
    (text,) = opened.sealed
    assert (text.person, text.narrative) == (PERSON, NARRATIVE)
    assert set(opened.parts) == {"event", "facts", "safeguards", "sealed"}
    keep_all(hub)
    (told,) = sk.speaker.inbox()["items"]
    assert told["type"] == "acknowledgement"
    said = read_json(sdjwt.jws.parse(told["jws"], "asylum-exchange-ack+jws").payload)
    assert isinstance(said, dict)
    assert (said["state"], said["pt_sha256"], said["iss"]) == ("opened", text.pt_sha256, ua.who.urn)
    own = sk.speaker.notice(sk.who.urn, str(receipt["id"]))
    assert own["acknowledgements"] == [told["jws"]]
    assert own["sealed"] == item["sealed"]
    assert set(sk.speaker.open(own).parts) == {"hub", "event", "facts", "safeguards", "sealed"}


def test_the_hub_can_open_nothing_and_shows_nothing(hub: Hub, both: tuple[Office, Office]) -> None:
    sk, ua = both
    sk.speaker.post(sealed(sk, ua))
    item = delivered(hub, ua)
    with hub.database.transaction() as tx:
        tables = [t for (t,) in rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        held = "\n".join(str(rows(tx, f"SELECT * FROM {table}")) for table in tables)  # noqa: S608 -- as found
    for word in ("Canary", "1990-02-03", "sang"):
        assert word not in held
        assert word not in json.dumps(item)


def test_only_recipients_get_a_sealed_text(hub: Hub, both: tuple[Office, Office], enrol: Enrol) -> None:
    sk, ua = both
    border = enrol(UA_BORDER)
    acquainted(sk, border)
    parts = sealed(sk, ua)
    parts["hub"]["aud"].append(border.who.urn)
    sk.speaker.post(parts)
    item = delivered(hub, border)
    assert item["sealed"] == []
    assert set(border.speaker.open(item).parts) <= {"event", "facts"}
    assert len(delivered(hub, ua)["sealed"]) == 1


def test_a_recipient_that_must_not_learn_gets_nothing(hub: Hub, both: tuple[Office, Office], enrol: Enrol) -> None:
    sk, ua = both
    af = enrol(AF_BORDER)
    acquainted(sk, af)
    receipt = sk.speaker.post(sealed(sk, ua, af))
    assert receipt["held"] == [af.who.urn]
    delivered(hub, ua)
    assert af.speaker.inbox()["items"] == []
    with pytest.raises(Refused) as refused:
        af.speaker.notice(sk.who.urn, str(receipt["id"]))
    with pytest.raises(Refused) as nothing:
        af.speaker.notice(sk.who.urn, "01931d3c-0000-7000-8000-000000000001")
    assert (refused.value.code, refused.value.detail) == (nothing.value.code, nothing.value.detail)
    with pytest.raises(Refused) as unheard:
        af.speaker.acknowledge({"iss": sk.who.urn, "id": str(receipt["id"])}, "delivered")
    assert unheard.value.code == "not-found"


def spoiled(sk: Office, envelope: dict[str, Any], how: str) -> dict[str, Any]:
    blob = json.loads(envelope["sealed"][0])
    if how == "classical":
        blob["recipients"][0]["header"]["alg"] = "HPKE-0-KE"
    elif how == "more":
        blob["unprotected"] = {}
    changed = json.dumps(blob, separators=(",", ":"))
    return {
        "none": {**envelope, "sealed": []},
        "twice": {**envelope, "sealed": envelope["sealed"] * 2},
        "other": {**envelope, "sealed": [changed + " "]},
        "unsigned": {"notice": json.loads(sk.sign())["notice"], "sealed": envelope["sealed"]},
    }.get(how, {**envelope, "sealed": [changed]})


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("none", "sealed-mismatch"),
        ("twice", "sealed-mismatch"),
        ("other", "sealed-mismatch"),
        ("classical", "sealed-mismatch"),
        ("more", "sealed-mismatch"),
        ("unsigned", "sealed-mismatch"),
    ],
)
def test_what_was_not_signed_is_refused(both: tuple[Office, Office], how: str, code: str) -> None:
    sk, ua = both
    envelope = _written(sk, sealed(sk, ua))
    with pytest.raises(Refused) as refused:
        _send(sk, spoiled(sk, envelope, how))
    assert refused.value.code == code


def _written(office: Office, parts: dict[str, Any]) -> dict[str, Any]:
    from exchange.client import writing  # noqa: PLC0415 -- the one test that sends what the client never would

    envelope = read_json(writing.write(office.folder, parts, 1, None).envelope)
    assert isinstance(envelope, dict)
    return envelope


def _send(office: Office, envelope: dict[str, Any]) -> None:
    office.speaker._line.call(  # noqa: SLF001 -- as above
        "POST", "/v1/notices", write_json(envelope), "application/vnd.asylum-exchange.envelope+json"
    )


def test_recipients_are_enrolled_and_addressed(both: tuple[Office, Office], enrol: Enrol) -> None:
    sk, ua = both
    outsider = enrol(UA_BORDER)
    acquainted(sk, outsider)
    parts = sealed(sk, ua, outsider)
    parts["hub"]["aud"] = [ua.who.urn]
    with pytest.raises(Refused) as refused:
        sk.speaker.post(parts)
    assert refused.value.code == "recipient-outside-aud"
    stranger = sealing_keys.public_to_jwk(sealing_keys.generate().public)
    sk.folder.know({**outsider.enrolment, "keys": {**outsider.enrolment["keys"], "seal": stranger}})
    with pytest.raises(Refused) as unknown:
        sk.speaker.post(sealed(sk, ua, outsider))
    assert unknown.value.code == "unknown-recipient"


def test_acknowledgements_are_checked(hub: Hub, both: tuple[Office, Office]) -> None:
    sk, ua = both
    receipt = sk.speaker.post(sealed(sk, ua))
    delivered(hub, ua)
    head = {"iss": sk.who.urn, "id": str(receipt["id"])}
    for state, more, code in (
        ("opened", {"pt_sha256": "A" * 43}, "not-the-content"),
        ("opened", {}, "bad-schema"),
        ("unreadable", {"reason": "tired"}, "bad-schema"),
        ("delivered", {"reason": "no_key"}, "bad-schema"),
        ("read", {}, "bad-schema"),
    ):
        with pytest.raises(Refused) as refused:
            ua.speaker.acknowledge(head, state, **more)
        assert refused.value.code == code, state
    assert ua.speaker.acknowledge(head, "unreadable", reason="no_key")["state"] == "accepted"
    with pytest.raises(Refused) as own:
        sk.speaker.acknowledge(head, "delivered")
    assert own.value.code == "not-found"
    assert len(ua.speaker.quarantine()["items"]) == 5


def test_an_author_that_signed_another_text_is_found_out(hub: Hub, both: tuple[Office, Office]) -> None:
    sk, ua = both
    sk.speaker.post(sealed(sk, ua))
    item = delivered(hub, ua)
    ua.folder.know({**sk.enrolment, "keys": {**sk.enrolment["keys"], "notice": ua.enrolment["keys"]["notice"]}})
    with pytest.raises(Refusal) as refused:
        ua.speaker.open(item)
    assert refused.value.code == "unknown-key"


def erase(hub: Hub, notice: tuple[str, str], part: str, reason: str) -> None:
    named = {"iss": notice[0], "id": notice[1]}
    secretariat_of(hub).act("erase", {"notice": named, "part": part, "reason": reason})


def test_an_erased_part_is_gone_everywhere_and_all_proofs_stay(hub: Hub, both: tuple[Office, Office]) -> None:
    sk, ua = both
    envelope = _written(sk, sealed(sk, ua))
    _send(sk, envelope)
    item = delivered(hub, ua)
    iss, notice_id = sk.who.urn, sdjwt.read(item["notice"]).claims.id
    blob = item["sealed"][0]
    for name in ("sealed", "safeguards"):
        erase(hub, (iss, notice_id), name, "asked_by_the_person")
    (after,) = [one for one in ua.speaker.inbox()["items"] if one["type"] == "notice"]
    assert after["sealed"] == []
    opened = ua.speaker.open(after)
    assert set(opened.parts) == {"event", "facts"}
    assert opened.sha256 == ua.speaker.open(item).sha256
    with hub.database.transaction() as tx:
        tables = [t for (t,) in rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        assert all(blob not in str(rows(tx, f"SELECT * FROM {table}")) for table in tables)  # noqa: S608 -- as found
    _send(sk, envelope)  # the same bytes again: the stored receipt, nothing stored anew
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM sealed") == [(0,)]
        assert rows(tx, "SELECT what, purpose FROM act WHERE what LIKE 'erased%%' ORDER BY no") == [
            ("erased sealed", "asked_by_the_person"),
            ("erased safeguards", "asked_by_the_person"),
        ]
    for what, code in ((("facts", "unlawful"), "bad-erasure"), (("sealed", "unlawful"), "not-found")):
        with pytest.raises(Refusal) as refused:
            erase(hub, (iss, notice_id), *what)
        assert refused.value.code == code
