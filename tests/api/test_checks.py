"""Ask before you remove, over real HTTP: what each asker is told, in one size, at one time, and what monitors hear."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uuid_utils
from jsonschema import Draft202012Validator

from api.test_silence import counting
from authorities import Office, tokens
from builders import AF_BORDER, BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from conftest import Enrol, free_port, settings_for
from exchange import answering, checks, clock, quotas
from exchange.client.speaker import JOSE
from exchange.deps import Hub, open_hub
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.store.session import rows
from exchange.wire import httpsig, jws, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import write_json
from exchange.wire.messages import Request
from ledger.kit import served as serving
from recording import Recorded
from schemas.catalogue import served
from schemas.checks import MOST_NAMED
from steps import again, dump, keep_all

KAZAKH = {"nationality": ["KAZ"]}
TOMORROW = {"destination": "UKR", "date": "2027-01-05", "means": "land"}
FEARS_BELARUS = {"nationality": ["KAZ"], "feared": ["BLR"]}


@contextmanager
def soon(database_url: str, secrets_folder: Path) -> Iterator[Hub]:
    """A hub with a short deadline: what is asked here is what answers say."""
    settings = settings_for(database_url, secrets_folder, f"http://127.0.0.1:{free_port()}")
    opened = open_hub(replace(settings, query_deadline=0.03), connections=8)
    yield opened
    opened.database.close()


@pytest.fixture
def hub(database_url: str, secrets_folder: Path) -> Iterator[Hub]:
    with soon(database_url, secrets_folder) as opened:
        yield opened


def asked(office: Office, person: str | None = "one", **said: Any) -> dict[str, Any]:
    made = {"purpose": "implementing_a_return_decision", "legal_basis": "national_law"}
    made |= {"case": f"{office.who.slug}-1", **TOMORROW}
    return made | ({} if person is None else {"tokens": tokens(person)["values"]}) | said


def statement(office: Office, person: str | None = "one", **said: Any) -> str:
    head = Claims("test-exchange", said.pop("id", str(uuid_utils.uuid7())), office.who.urn, 1790000000).members()
    members = {**head, **asked(office, person, **said)}
    return jws.sign(write_json(members), statements.CHECK, office.folder.key("notice"))


def send(office: Office, text: str) -> tuple[int, bytes]:
    target = office.folder.hub["base_url"] + "/v1/checks"
    request = Request("POST", target, (("content-type", JOSE),), text.encode())
    signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
    got = httpx.post(target, headers=list(signed.headers), content=signed.body, trust_env=False)
    return got.status_code, got.content


def code(got: tuple[int, bytes]) -> tuple[int, str]:
    return got[0], json.loads(got[1])["code"]


def check(office: Office, person: str | None = "one", **said: Any) -> dict[str, Any]:
    """Ask, and return the answer, which must be as its schema says."""
    told: dict[str, Any] = office.speaker.check(asked(office, person, **said))
    assert [e.message for e in Draft202012Validator(served("check-answer")).iter_errors(told)] == []
    return told


def ordered_onwards(ua: Office, border: Office, **said: Any) -> None:
    """Ukraine has ordered the person's removal to Afghanistan, and nobody has examined the claim."""
    ua.post("claim_registered", person="one", event_time="2026-09-01", **said)
    order = {"destinations": ["AFG"]}
    border.post("return_decision", counterpart="AFG", person="one", event_time="2026-10-01", facts=order, **said)


def about_checks(office: Office) -> list[dict[str, Any]]:
    return [alert for alert in office.speaker.alerts() if "check" in alert]


def shown(told: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {one["pattern"]: (one["stage"], one["shows"]) for one in told["patterns"]}


def test_an_office_is_told_of_the_plan_onwards_and_what_to_ask_first(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua, border, unhcr = (enrol(who) for who in (SK_ASYLUM, UA_ASYLUM, UA_BORDER, UNHCR))
    ordered_onwards(ua, border)
    own = sk.post("claim_registered", person="one", event_time="2026-10-05")
    keep_all(hub)
    told = check(sk)
    assert told["answer"] == "patterns"
    assert shown(told)["P05"] == ("imminent", "planned")
    assert told["question"] == "Ask both states to hold the removal until somebody has examined the merits."
    assert told["patterns"][0]["pattern"] == "P05"
    assert set(told["notices"]) <= {f"urn:asylum-exchange:notice:sk-asylum:{own['id']}"}  # of others' nothing
    assert [alert for alert in sk.speaker.alerts() if alert["pattern"] == "P05"] == []  # nothing was planned
    keep_all(hub)
    (alert,) = about_checks(unhcr)
    assert alert["check"] | {"patterns": []} == {
        "id": told["id"],
        "asked_by": SK_ASYLUM.urn, "destination": "UKR", "date": "2027-01-05", "told": "patterns", "patterns": [],
    }  # fmt: skip
    assert (alert["pattern"], alert["severity"], alert["stage"]) == ("P05", "critical", "imminent")
    whole = unhcr.speaker.alert(alert["id"])
    assert [e.message for e in Draft202012Validator(served("alert")).iter_errors(whole)] == []
    assert any(clause["words"].startswith("If it were done: SVK") for clause in alert["clauses"])
    assert sk.who.slug in alert["clauses"][0]["words"]
    assert [n["event"]["kind"] for n in alert["notices"]].count("return_decision") == 1
    assert web


def test_a_check_by_the_case_alone_and_one_carried_out_now(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua, border = enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UA_BORDER)
    ordered_onwards(ua, border)
    sk.post("claim_registered", person="one")
    keep_all(hub)
    assert shown(check(sk, None, date="2026-11-30"))["P05"][0] == "imminent"
    assert shown(check(sk, destination="AFG"))["P19"] == ("done", "carried_out")
    assert web


def test_of_nothing_known_nothing_can_be_told_in_the_same_size_at_the_same_time(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    """The same wherever there is nothing, something hidden, or a hit; nobody may read it as a clearance."""
    by, sk, ua, border = (enrol(who) for who in (BY_ASYLUM, SK_ASYLUM, UA_ASYLUM, UA_BORDER))
    ordered_onwards(ua, border)
    sk.post("claim_registered", person="one")
    ua.post("claim_registered", person="two", case="hidden", subject=FEARS_BELARUS)
    for person in ("two", "three"):
        by.post("detention", person=person, case=person, subject=KAZAKH)
    keep_all(hub)
    start, sizes, said = clock.now(), set(), []
    for office, person, case in ((sk, "one", "sk-asylum-1"), (by, "two", "two"), (by, "three", "three")):
        start = clock.now()
        status, body = send(office, statement(office, person, case=case))
        assert clock.now() >= answering.deadline(hub, start, start)
        sizes.add((status, len(body)))
        told = statements.heard(body.decode(), statements.CHECK_ANSWER, office.folder.hub_key("words"))
        said.append((told["answer"], told["words"]))
    assert len(sizes) == 1
    assert [answer for answer, _ in said] == ["patterns", "nothing_to_tell", "nothing_to_tell"]
    assert said[1] == said[2]
    assert "does not mean that no claim or risk exists" in str(said[2][1])
    assert web


@pytest.mark.rule("L08")
def test_a_border_guard_is_told_to_stop_and_never_why(hub: Hub, web: str, enrol: Enrol) -> None:
    guard, ua, border = enrol(SK_BORDER), enrol(UA_ASYLUM), enrol(UA_BORDER)
    ordered_onwards(ua, border)
    guard.post("encounter", person="one")
    guard.post("encounter", person="two", case="two")
    keep_all(hub)
    told = check(guard)
    assert told.keys() == {"iat", "jti", "id", "sha256", "answer", "words", "pad"}
    assert told["answer"] == "stop"
    assert check(guard, "two", case="two")["answer"] == "nothing_to_tell"
    ua.post("safeguard", person="two", case="two", safeguards=["unaccompanied_minor"])
    keep_all(hub)
    assert check(guard, "two", case="two")["answer"] == "stop"  # a child without a guardian (L12)
    assert web


@pytest.mark.rule("L21")
def test_a_withheld_state_is_told_nothing_and_the_monitors_hear_of_it(hub: Hub, web: str, enrol: Enrol) -> None:
    """A Belarusian office plans to send somebody on to Kazakhstan, who said in Ukraine that they fear Belarus."""
    by_monitor = reader("by-monitor", "monitor", "BLR")
    by, ua, sk, inside, unhcr = (enrol(who) for who in (BY_ASYLUM, UA_ASYLUM, SK_ASYLUM, by_monitor, UNHCR))
    ua.post("claim_registered", person="one", subject=FEARS_BELARUS)
    by.post(
        "return_decision",
        counterpart="KAZ",
        person="one",
        subject={"nationality": ["UZB"]},
        facts={"destinations": ["KAZ"]},
    )
    keep_all(hub)
    told = check(by, destination="KAZ")
    assert told["answer"] == "nothing_to_tell"
    keep_all(hub)
    (alert,) = about_checks(unhcr)
    assert (alert["check"]["asked_by"], alert["check"]["told"]) == (BY_ASYLUM.urn, "nothing_to_tell")
    assert (alert["pattern"], alert["severity"]) == ("P19", "critical")
    assert [about_checks(office) for office in (by, ua, sk, inside)] == [[], [], [], []]
    assert web


def test_asking_again_changes_the_alert_and_never_makes_it_look_better(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua, border, unhcr = (enrol(who) for who in (SK_ASYLUM, UA_ASYLUM, UA_BORDER, UNHCR))
    ordered_onwards(ua, border)
    sk.post("claim_registered", person="one")
    keep_all(hub)
    for date in ("2027-01-05", "2027-02-05", "2030-02-05"):  # the last is beyond the window of the plan onwards
        check(sk, date=date)
        keep_all(hub)
    (alert,) = about_checks(unhcr)
    assert alert["severity"] == "critical"
    history = [event["act"] for event in unhcr.speaker.alert(alert["id"])["history"]]
    assert history[:2] == ["raised", "changed"]
    stands = dump(hub)
    again(hub, "checked")
    assert dump(hub) == stands
    with hub.database.transaction() as tx:
        acts = rows(tx, "SELECT DISTINCT slug FROM act WHERE what = 'check_told'")
    assert acts == [("unhcr",)]
    assert web


def test_a_check_is_in_the_ledger_before_its_answer_and_again_gives_the_same(hub: Hub, web: str, enrol: Enrol) -> None:
    sk = enrol(SK_ASYLUM)
    sk.post("claim_registered", person="one")
    number = str(uuid_utils.uuid7())
    text = statement(sk, id=number)
    first, second = send(sk, text), send(sk, text)
    assert first == second
    assert first[0] == 200
    with hub.database.transaction() as tx:
        records = [bytes(r) for (r,) in rows(tx, "SELECT record FROM opening ORDER BY index")]
        assert rows(tx, "SELECT what, count(*) FROM query GROUP BY what") == [("check", 1)]
    assert records[-4:] == [text.rpartition(".")[0].encode(), first[1]] * 2
    assert code(send(sk, statement(sk, id=number, destination="POL"))) == (409, "id-conflict")
    keep_all(hub)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM outbox WHERE step = 'checked' AND done_at IS NOT NULL") == [(1,)]
        assert rows(tx, "SELECT count(*) FROM outbox WHERE attempts > 0") == [(0,)]
    assert web


@pytest.mark.rule("L05")
def test_checks_that_are_refused(web: str, enrol: Enrol) -> None:
    sk, ua = enrol(SK_ASYLUM), enrol(UA_ASYLUM)
    assert code(send(sk, statement(sk))) == (403, "no-own-case")
    sk.post("claim_registered", person="one")
    assert code(send(sk, statement(sk, "two"))) == (403, "no-own-case")
    assert code(send(sk, statement(sk, None, case="ua-asylum-1"))) == (403, "no-own-case")
    assert code(send(sk, statement(ua))) == (403, "foreign-key")
    assert code(send(sk, statement(sk, destination="SVK"))) == (400, "contradictory-states")
    assert code(send(sk, statement(sk, date="2099"))) == (400, "contradictory-times")
    for wrong in ({"date": "soon"}, {"destination": "XXA"}, {"purpose": "curiosity"}, {"means": "foot"}, {"name": "x"}):
        assert code(send(sk, statement(sk, **wrong))) == (400, "bad-schema")
    asking = jws.sign(write_json(Claims("test-exchange", str(uuid_utils.uuid7()), sk.who.urn, 1).members()),
                      statements.QUERY, sk.folder.key("notice"))  # fmt: skip
    assert code(send(sk, asking)) == (400, "wrong-typ")
    assert quotas.class_of("POST", "/v1/checks") == quotas.class_of("POST", "/v1/queries")  # one limit for both
    assert web


@pytest.mark.rule("L02")
def test_a_check_is_the_same_work_whatever_is_answered(hub: Hub, database_url: str, enrol: Enrol) -> None:
    by, ua = enrol(BY_ASYLUM), enrol(UA_ASYLUM)
    recorded, sizes = Recorded(hub, database_url), list[int]()
    recorded.hub.keys["words"] = counting(recorded.hub.keys["words"], sizes)
    ways = {"hit": KAZAKH, "hidden": FEARS_BELARUS, "nothing": None}
    with serving(recorded.hub):
        for way, subject in ways.items():
            if subject:
                ua.post("claim_registered", person=way, case=way, subject=subject)
            by.post("detention", person=way, case=way, subject=KAZAKH)
        keep_all(hub)
        work = {}
        sizes.clear()
        for way in ways:
            recorded.take()
            answer = by.speaker.check(asked(by, way, case=way, destination="KAZ"))["answer"]
            work[way] = (answer, recorded.take())
    recorded.hub.database.close()
    assert {way: answer for way, (answer, _) in work.items()} == {
        "hit": "patterns", "hidden": "nothing_to_tell", "nothing": "nothing_to_tell",
    }  # fmt: skip
    assert work["hit"][1] == work["hidden"][1] == work["nothing"][1]
    assert len(work["hit"][1]) > 15
    assert len(sizes) == len(ways)
    assert len(set(sizes)) == 1


def test_who_asks_about_persons_kept_from_its_own_state_is_counted_as_probing(hub: Hub, web: str, enrol: Enrol) -> None:
    af = enrol(AF_BORDER)
    af.post("encounter", person="one")
    assert check(af)["answer"] == "nothing_to_tell"
    keep_all(hub)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT slug, case_ref FROM probe") == [("af-border", "af-border-1")]
    assert web


@pytest.mark.rule("L07")
def test_past_the_third_country_gate_only_the_asylum_office_is_told(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, office, border = enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UA_BORDER)
    for number, transfer in (
        ("kept", None),
        ("passed", {"basis": "gdpr_49_1_f_vital_interests", "necessity": ["prevent_refoulement"]}),
    ):
        sk.post("claim_registered", person=number, case=number, transfer=transfer)
        for asker in (office, border):
            asker.post("detention", person=number, case=number)
    keep_all(hub)
    told = [
        [check(asker, number, case=number, destination="AFG")["answer"] for number in ("kept", "passed")]
        for asker in (office, border)
    ]
    assert told == [["patterns", "patterns"], ["nothing_to_tell", "stop"]]
    assert web


def test_the_longest_answer_fits_its_size(hub: Hub) -> None:
    """Every pattern there is, each resting on as many notices as an answer names, of the longest names."""
    longest = "urn:asylum-exchange:notice:" + "a" * 63 + ":01931d3c-0000-7000-8000-000000000001"
    patterns = [
        {"pattern": one.id, "stage": "imminent", "shows": "carried_out", "notices": list(range(1, MOST_NAMED + 1))}
        for one in PATTERNS
    ]
    question = max((one.question for one in PATTERNS), key=lambda words: len(words.encode()))
    said = {
        "id": "01931d3c-0000-7000-8000-000000000001",
        "sha256": "x" * 43,
        "answer": "patterns",
        "words": checks.LOOK,
    }
    said |= {"question": question, "patterns": patterns, "notices": [longest] * MOST_NAMED}
    sizes = {
        len(answering.sign(hub, statements.CHECK_ANSWER, one, clock.now()))
        for one in (said, checks.STOP, answering.NOTHING_TO_TELL)
    }
    assert len(sizes) == 1
