"""Answers over real HTTP: to a notice, to a mailbox; what the asker is shown of them, and what one still owes."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from authorities import PASSWORD, Office, hire
from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange.app import make_app
from exchange.cli import main
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.domain import references
from exchange.store.session import rows
from schemas.catalogue import CATALOGUE
from schemas.reading import read
from steps import keep_all


@pytest.fixture
def offices(web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    return {who.slug: enrol(who) for who in (SK_BORDER, SK_ASYLUM, UA_ASYLUM, UNHCR)}


def refused(office: Office, parts: dict[str, Any]) -> str:
    with pytest.raises(Refused) as caught:
        office.speaker.post(parts)
    return caught.value.code


def opened(office: Office, author: Office, notice_id: str) -> dict[str, Any]:
    office.folder.know(author.enrolment)
    return dict(office.speaker.open(office.speaker.notice(author.who.urn, notice_id)).parts)


def test_a_mailbox_is_answered_to_the_one_that_asked_and_to_nobody_else(hub: Hub, offices: dict[str, Office]) -> None:
    sk, ua = offices["sk-asylum"], offices["ua-asylum"]
    for office in (sk, ua):
        office.post("claim_registered", person="one")
    keep_all(hub)
    mailbox = sk.ask("sk-asylum-1", "one")["mailbox"]
    keep_all(hub)
    said = {"outcome": "hit", "told": ["stage"], "mailbox": mailbox}

    def reply(*aud: str, **facts: Any) -> dict[str, Any]:
        return ua.parts("information_reply", person="one", aud=list(aud), facts=said | facts)

    assert refused(ua, reply()) == "contradictory-references"
    assert refused(ua, reply(SK_ASYLUM.urn, UNHCR.urn)) == "contradictory-references"
    assert refused(ua, reply(UNHCR.urn)) == "contradictory-references"
    stranger = "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"
    assert refused(ua, reply(SK_ASYLUM.urn, mailbox=stranger)) == "unknown-reference"
    own = sk.parts("information_reply", person="one", aud=[UA_ASYLUM.urn], facts=said)
    assert refused(sk, own) == "unknown-reference"  # it asked, and was not told of its own question
    assert refused(ua, reply(SK_ASYLUM.urn, told=["words_of_claim"])) == "approval-missing"
    told = ua.speaker.post(reply(SK_ASYLUM.urn))
    keep_all(hub)
    assert opened(sk, ua, told["id"])["facts"]["mailbox"] == mailbox
    for other in ("sk-border", "unhcr"):
        assert [item["type"] for item in offices[other].speaker.inbox()["items"]] == []


def test_the_one_that_asked_is_shown_the_answers_that_it_was_given(hub: Hub, offices: dict[str, Office]) -> None:
    sk, ua, unhcr = offices["sk-asylum"], offices["ua-asylum"], offices["unhcr"]
    grounds = {"asked": ["grounds_of_claim"], "approved_in_writing": "no"}
    both = [SK_ASYLUM.urn, UNHCR.urn]
    request = ua.parts("information_request", person="one", aud=both, facts=grounds)
    assert refused(ua, request) == "approval-missing"
    request["facts"] |= {"approved_in_writing": "yes", "approval_reference": "A-1"}
    asked = ua.speaker.post(request)["id"]
    keep_all(hub)
    urn = references.urn(UA_ASYLUM.urn, asked)
    assert ua.speaker.notice(UA_ASYLUM.urn, asked)["answers"] == []
    with pytest.raises(Refused) as caught:
        sk.speaker.reply(urn.replace(asked, asked[:-1] + "0"), sk.parts("information_reply", person="one"))
    assert caught.value.code == "unknown-reference"
    aside = unhcr.parts("information_reply", person="one", aud=[SK_ASYLUM.urn])
    aside["event"]["in_reply_to"] = urn
    unhcr.speaker.post(aside)  # which the asker is not given
    answer = sk.speaker.reply(urn, sk.parts("information_reply", person="one", facts={"outcome": "no_hit"}))["id"]
    keep_all(hub)
    reading = ua.speaker.notice(UA_ASYLUM.urn, asked)
    assert reading["answers"] == [references.urn(SK_ASYLUM.urn, answer)]
    read(CATALOGUE["notice-reading"].schema, reading, "notice-reading")
    assert "answers" not in sk.speaker.notice(UA_ASYLUM.urn, asked)


def test_what_is_owed_is_listed_by_api_command_line_and_console(hub: Hub, offices: dict[str, Office]) -> None:
    sk, ua, border = offices["sk-asylum"], offices["ua-asylum"], offices["sk-border"]
    run = [CliRunner().invoke(main.cli, ["authority", "--folder", str(sk.folder.path), "due"]).output]
    asked = {"person": "one", "case": "one", "aud": [SK_ASYLUM.urn], "counterpart": "SVK"}
    hold = ua.post("hold_request", **asked, facts={"step": "asked", "due_at": "2030-01-02T03:04:05Z"})["id"]
    take_back = {"request_type": "take_back", "due_at": "2031-01-02"}
    request = ua.post("responsibility_request", **asked, facts=take_back)["id"]
    claim = border.post("claim_expressed", person="two", case="two")["id"]
    keep_all(hub)
    owed = sk.speaker.due()
    read(CATALOGUE["owed"].schema, {"owed": owed}, "owed")
    assert [(one["id"], one["kind"], one["what"]) for one in owed] == [
        (claim, "claim_expressed", "register"),
        (hold, "hold_request", "answer"),
        (request, "responsibility_request", "answer"),
    ]
    assert (owed[1]["due"], owed[2]["law"]) == (1893553445, "silence_means_acceptance")
    assert [offices[slug].speaker.due() for slug in ("ua-asylum", "unhcr", "sk-border")] == [[], [], []]
    run.append(CliRunner().invoke(main.cli, ["authority", "--folder", str(sk.folder.path), "due"]).output)
    assert run[0] == "Nothing waits for an answer of yours.\n"
    assert (
        f"2030-01-02 03:04 UTC  Request to hold a removal: Answer it\n    urn:asylum-exchange:notice:ua-asylum:{hold}"
        in run[1]
    )
    assert "By law silence means acceptance" in run[1]
    as_sent = CliRunner().invoke(main.cli, ["authority", "--folder", str(sk.folder.path), "due", "--json"]).output
    assert json.loads(as_sent) == owed
    shows_on_the_console(hub, hold)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM act WHERE what = 'due' AND slug = 'sk-asylum'") == [(5,)]


def shows_on_the_console(hub: Hub, hold: str) -> None:
    hire(hub, "sk-asylum", "nn-1")
    client = make_app(hub).test_client()
    signed = {"authority": "sk-asylum", "pseudonym": "nn-1", "password": PASSWORD}
    client.post("/console/sign-in", data=signed)
    page = client.get("/console/due").text
    for words in ("2 January 2030, 03:04 UTC", "Request to hold a removal", "ua-asylum", hold, "By law silence means"):
        assert words in page
    assert "Late" not in page
    assert 'href="/console/due"' in client.get("/console/").text
