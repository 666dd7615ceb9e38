"""Reading an inbox page by page, and asking: one answer for nothing and for nothing that may be told."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import uuid_utils

from authorities import Office, tokens
from builders import AF_BORDER, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange import answering, clock
from exchange.client.speaker import JOSE, Refused
from exchange.deps import Hub
from exchange.store import boxes
from exchange.store.session import rows
from exchange.wire import httpsig, jws, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import write_json
from exchange.wire.messages import Request
from steps import keep_all


def test_an_inbox_is_read_page_by_page_without_a_gap(hub: Hub, web: str, enrol: Enrol) -> None:
    office, other = enrol(UA_ASYLUM), enrol(SK_ASYLUM)
    now = clock.now()
    with hub.database.transaction() as tx:
        for number in range(150):
            for said in (str(number), "twice"):
                item = {"type": "acknowledgement", "jws": said}
                boxes.put(tx, boxes.Item("ua-asylum", f"test:{number}", item), now)
    first = office.speaker.inbox()
    second = office.speaker.inbox(first["next"])
    last = office.speaker.inbox(second["next"])
    assert [item["seq"] for item in first["items"] + second["items"]] == list(range(1, 151))
    assert (len(first["items"]), last["items"], last["next"]) == (100, [], 150)
    assert other.speaker.inbox() == {"items": [], "next": 0}
    assert web


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?after=", "?after=1&after=2", "?before=1", "?after=1&x=2"])
def test_parameters_that_are_none(web: str, enrol: Enrol, query: str) -> None:
    with pytest.raises(Refused) as refused:
        enrol().speaker._read(f"/v1/inbox{query}")  # noqa: SLF001 -- the client makes no such mistake
    assert refused.value.code == "bad-parameter"
    assert web


def ask(office: Office, text: str) -> tuple[int, bytes]:
    target = office.folder.hub["base_url"] + "/v1/queries"
    request = Request("POST", target, (("content-type", JOSE),), text.encode())
    signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
    got = httpx.post(target, headers=list(signed.headers), content=signed.body, trust_env=False)
    return got.status_code, got.content


def query(office: Office, person: str = "one", **said: Any) -> str:
    claims = Claims("test-exchange", said.pop("id", str(uuid_utils.uuid7())), office.who.urn, 1790000000)
    asked = {
        "purpose": "examining_the_application",
        "legal_basis": "ammr_51",
        "case": f"{office.who.slug}-1",
        "tokens": tokens(person)["values"],
    }
    return jws.sign(write_json({**claims.members(), **asked, **said}), statements.QUERY, office.folder.key("notice"))


@pytest.mark.rule("L05")
def test_a_hit_is_a_mailbox_and_the_holder_learns_who_asked_and_why(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua, _ = enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UNHCR)
    sk.post("claim_registered", person="one")
    ua.post("claim_registered", person="one")
    keep_all(hub)
    answer = sk.ask("sk-asylum-1", "one")
    assert answer["answer"] == "mailbox"
    assert ua.speaker.inbox()["items"] == []  # it is told by a step, after the answer
    keep_all(hub)
    (item,) = ua.speaker.inbox()["items"]
    word = statements.heard(item["jws"], statements.WORD, ua.folder.hub_key("words"))
    assert (word["word"], word["mailbox"], word["asked_by"]) == ("query", answer["mailbox"], SK_ASYLUM.urn)
    assert word["purpose"] == "examining_the_application"
    assert web


def test_an_office_that_may_not_know_of_the_person_does_not_learn_of_it_by_a_query(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    """Of unknown origin: the Slovak office is not involved, though its border guard is."""
    sk_border, sk, ua, _ = enrol(SK_BORDER), enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UNHCR)
    sk_border.leg("UKR", person="one", subject={})
    ua.post("claim_registered", person="one", subject={})
    keep_all(hub)
    assert ua.ask("ua-asylum-1", "one")["answer"] == "nothing_to_tell"
    keep_all(hub)
    assert sk.speaker.inbox()["items"] == []
    ua.post("claim_registered", person="one", subject={"nationality": ["AFG"]})
    keep_all(hub)
    assert ua.ask("ua-asylum-1", "one")["answer"] == "mailbox"
    keep_all(hub)
    assert len(sk.speaker.inbox()["items"]) == 1
    assert web


def test_every_answer_has_one_size_and_comes_at_its_deadline(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua, af = enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(AF_BORDER)
    sk.post("claim_registered", person="one")
    ua.post("claim_registered", person="one")
    af.post("encounter", person="one")
    lengths = set()
    for office in (sk, af):
        start = clock.now()
        status, body = ask(office, query(office))
        assert (status, clock.now() >= answering.deadline(hub, start, start)) == (200, True)
        lengths.add(len(body))
    assert len(lengths) == 1
    assert web


def test_a_query_is_in_the_ledger_before_its_answer_and_again_gives_the_same(hub: Hub, web: str, enrol: Enrol) -> None:
    sk = enrol(SK_ASYLUM)
    sk.post("claim_registered", person="one")
    text = query(sk)
    first, again = ask(sk, text), ask(sk, text)
    assert first == again
    with hub.database.transaction() as tx:
        records = [bytes(r) for (r,) in rows(tx, "SELECT record FROM opening ORDER BY index")]
        assert rows(tx, "SELECT count(*) FROM query") == [(1,)]
    assert records[-4:] == [text.rpartition(".")[0].encode(), first[1]] * 2
    assert web


def test_the_same_query_many_times_at_once_has_one_answer_and_tells_the_holder_once(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    sk, ua, _ = enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UNHCR)
    sk.post("claim_registered", person="one")
    ua.post("claim_registered", person="one")
    keep_all(hub)
    text = query(sk)
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: ask(sk, text), range(8)))
    ((status, _),) = answers
    assert status == 200
    keep_all(hub)
    assert len(ua.speaker.inbox()["items"]) == 1
    assert web


def code(got: tuple[int, bytes]) -> tuple[int, str]:
    return got[0], json.loads(got[1])["code"]


@pytest.mark.rule("L05")
def test_queries_that_are_refused(web: str, enrol: Enrol) -> None:
    sk, ua = enrol(SK_ASYLUM), enrol(UA_ASYLUM)
    assert code(ask(sk, query(sk))) == (403, "no-own-case")
    sk.post("claim_registered", person="one")
    ua.post("claim_registered", person="two")
    assert code(ask(sk, query(sk, "two"))) == (403, "no-own-case")
    assert code(ask(sk, query(sk, case="ua-asylum-1"))) == (403, "no-own-case")
    assert code(ask(sk, query(ua, "two"))) == (403, "foreign-key")
    assert code(ask(sk, query(sk, ex="elsewhere"))) == (403, "wrong-exchange")
    assert code(ask(sk, query(sk, iss=UA_ASYLUM.urn))) == (403, "foreign-iss")
    assert code(ask(sk, query(sk, purpose="curiosity"))) == (400, "bad-schema")
    assert code(ask(sk, query(sk, name="x"))) == (400, "bad-schema")
    assert code(ask(sk, "a.b.c")) == (400, "bad-jws")
    number = str(uuid_utils.uuid7())
    assert ask(sk, query(sk, id=number))[0] == 200
    assert code(ask(sk, query(sk, id=number, purpose="determining_responsibility"))) == (409, "id-conflict")
    assert web
