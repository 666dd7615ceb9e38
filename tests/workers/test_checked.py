"""What stays of a check: who hears of it, who does not, and when it is forgotten."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from api.test_checks import about_checks, asked, check, ordered_onwards, send, soon, statement
from api.test_suspended import act
from authorities import PASSWORD, Office, hire
from builders import AF_BORDER, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from conftest import Enrol
from exchange import clock, retaining
from exchange.app import make_app
from exchange.client.line import JSON
from exchange.deps import Hub
from exchange.domain.retention import KEPT
from exchange.store.session import rows
from exchange.wire import statements
from exchange.wire.encoding import write_json
from schemas.catalogue import served
from steps import STEPS, again, dump, keep_all

LATER = timedelta(minutes=5)
GE_MONITOR = reader("ge-monitor", "monitor", "GEO")
AF_MONITOR = reader("af-monitor", "monitor", "AFG")


@pytest.fixture
def hub(database_url: str, secrets_folder: Path) -> Iterator[Hub]:
    with soon(database_url, secrets_folder) as opened:
        yield opened


@pytest.fixture
def offices(hub: Hub, web: str, enrol: Enrol) -> dict[str, Office]:
    """Ukraine has ordered the person's removal to Afghanistan; Slovakia has a case of the same person."""
    assert web
    found = {who.slug: enrol(who) for who in (SK_ASYLUM, UA_ASYLUM, UA_BORDER, UNHCR, GE_MONITOR)}
    ordered_onwards(found["ua-asylum"], found["ua-border"])
    found["sk-asylum"].post("claim_registered", person="one", event_time="2026-10-05")
    keep_all(hub)
    return found


def signed_in(hub: Hub) -> FlaskClient:
    """The console of a caseworker of the monitor."""
    hire(hub, "unhcr", "case-1")
    client = make_app(hub).test_client()
    client.post("/console/sign-in", data={"authority": "unhcr", "pseudonym": "case-1", "password": PASSWORD})
    return client


def test_every_check_is_told_of_once_and_its_answer_is_forgotten_after_thirty_days(
    hub: Hub, offices: dict[str, Office]
) -> None:
    sk = offices["sk-asylum"]
    text = statement(sk)
    assert send(sk, text)[0] == 200
    begun = clock.now()
    keep_all(hub)
    assert [len(about_checks(offices[slug])) for slug in ("unhcr", "ge-monitor", "ua-asylum")] == [1, 1, 0]
    before = dump(hub)
    again(hub, "checked")
    assert dump(hub) == before
    retaining.retain(hub, begun + KEPT["query"] + LATER)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT jws FROM query_answer") == [("",)]
        assert [
            r for (r,) in rows(tx, "SELECT record FROM opening") if text.rpartition(".")[0].encode() == bytes(r)
        ] == []
    assert (send(sk, text)[0], len(about_checks(offices["unhcr"]))) == (409, 1)


def test_an_alert_about_a_check_keeps_the_person_known_while_it_is_open_and_is_emptied_with_it(
    hub: Hub, offices: dict[str, Office]
) -> None:
    check(offices["sk-asylum"])
    begun = clock.now()
    keep_all(hub)
    over = begun + KEPT["silent"] + KEPT["evidence"]
    with hub.database.transaction() as tx:
        tx.execute("UPDATE alert SET status = 'closed' WHERE family <> 'check'")
    retaining.retain(hub, over)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) > 0 FROM token") == [(True,)]
        tx.execute("UPDATE alert SET status = 'closed'")
    retaining.retain(hub, over + timedelta(days=31))
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM token") == [(0,)]
        found = rows(tx, "SELECT slug, id::text, body -> 'check' FROM alert WHERE family = 'check'")
    assert [said for _, _, said in found] == [{"told": "patterns", "patterns": ["P05"]}] * 2
    for slug, number, _ in found:
        shown = offices[slug].speaker.alert(number)
        assert (shown["clauses"], shown["notices"]) == ([], [])
        assert [e.message for e in Draft202012Validator(served("alert")).iter_errors(shown)] == []
    number = next(number for slug, number, _ in found if slug == "unhcr")
    page = signed_in(hub).get(f"/console/alerts/{number}").text
    assert "<strong>Asked before a removal</strong>. It never said that this removal took place" in page


def test_the_console_shows_a_monitor_that_it_comes_from_a_check(hub: Hub, offices: dict[str, Office]) -> None:
    check(offices["sk-asylum"])
    keep_all(hub)
    (alert,) = about_checks(offices["unhcr"])
    client = signed_in(hub)
    shown = client.get(f"/console/alerts/{alert['id']}").text
    queue = client.get("/console/").text
    assert "P05" in queue
    for page in (queue, shown):
        assert "<strong>Asked before a removal</strong> to Ukraine" in page
        assert "if it were done" in page
    assert "this removal took place: what follows is what it would begin or complete." in shown
    assert (
        "sk-asylum asked before a removal to UKR (2027-01-05), and was told that something speaks against it." in shown
    )
    assert "If it were done: SVK then planned to send the person to UKR, or did." in shown


@pytest.mark.rule("L10")
def test_a_report_for_the_person_says_who_asked_before_a_removal(hub: Hub, offices: dict[str, Office]) -> None:
    unhcr = offices["unhcr"]
    unhcr.post("encounter", person="one", case="u-1", state="SVK")
    check(offices["sk-asylum"])
    keep_all(hub)
    wanted = {"case": "u-1", "purpose": "supervision", "legal_basis": "gdpr_15", "for": "person"}
    made = json.loads(unhcr.speaker._line.call("POST", "/v1/disclosure-reports", write_json(wanted), JSON))  # noqa: SLF001 -- nobody signs the ledger here
    told = statements.heard(made["report"], statements.DISCLOSURE_REPORT, unhcr.folder.hub_key("words"))
    assert [(one["asked_by"], one["purpose"]) for one in told["queries"]] == [
        (SK_ASYLUM.urn, "implementing_a_return_decision")
    ]


def test_an_asker_whose_state_is_suspended_for_the_person_is_told_nothing_and_the_monitors_hear_of_it(
    hub: Hub, offices: dict[str, Office]
) -> None:
    act(hub, "suspend-member", 1, state="SVK", scope="AFG")
    assert check(offices["sk-asylum"])["answer"] == "nothing_to_tell"
    keep_all(hub)
    (alert,) = about_checks(offices["unhcr"])
    assert (alert["pattern"], alert["check"]["told"]) == ("P05", "nothing_to_tell")


def test_monitors_hear_of_what_is_high_and_not_of_less(hub: Hub, offices: dict[str, Office], enrol: Enrol) -> None:
    """Somebody was handed over and has not been heard of since: P13 is medium at first, and high later."""
    left = {"destination": "UKR", "legal_act": "readmission_agreement"}
    enrol(SK_BORDER).post("removal_executed", counterpart="UKR", person="three", case="three", facts=left)
    offices["sk-asylum"].post("detention", person="three", case="three", event_time="2026-08-01")
    keep_all(hub)
    check(offices["sk-asylum"], "three", case="three", destination="POL")
    with hub.database.transaction() as tx:
        ((subject, cause),) = rows(tx, "SELECT subject, cause FROM outbox WHERE step = 'checked'")
    heard = []
    for days in (1, 8, 22):
        with hub.database.transaction() as tx:
            STEPS["checked"](tx, hub, subject, cause, clock.now() + timedelta(days=days))
        heard.append([(one["pattern"], one["severity"]) for one in about_checks(offices["unhcr"])])
    assert heard == [[], [], [("P13", "high")]]


@pytest.mark.rule("L23")
def test_a_check_that_was_closed_hides_no_later_one_that_is_milder(hub: Hub, offices: dict[str, Office]) -> None:
    sk = offices["sk-asylum"]
    check(sk)
    keep_all(hub)
    (first,) = about_checks(offices["unhcr"])
    with hub.database.transaction() as tx:
        tx.execute("UPDATE alert SET status = 'closed' WHERE family = 'check'")
    examined = {"merits_scope": "full", "outcome": "rejected", "decided_at": "2026-10-01", "served_at": "2026-10-02"}
    offices["ua-asylum"].post("merits_decision", person="one", event_time="2026-10-01", facts=examined)
    sk.post("remedy", person="one", event_time="2026-10-10", facts={"step": "lodged"})
    keep_all(hub)
    told = check(sk)
    keep_all(hub)
    (again_open,) = about_checks(offices["unhcr"])
    assert (first["pattern"], first["severity"], told["patterns"][0]["pattern"]) == ("P05", "critical", "P07")
    assert [again_open[member] for member in ("id", "status", "pattern", "severity")] == [
        *(first["id"], "open", "P07", "high")
    ]
    assert again_open["check"]["id"] == told["id"]


@pytest.mark.rule("L25")
def test_neither_a_monitor_that_asks_itself_nor_one_in_a_withheld_state_is_told(
    hub: Hub, offices: dict[str, Office], enrol: Enrol
) -> None:
    border, inside, ge = enrol(AF_BORDER), enrol(AF_MONITOR), offices["ge-monitor"]
    border.post("claim_expressed", person="two", case="two")
    ge.post("encounter", person="one", case="one")
    keep_all(hub)
    assert check(border, "two", case="two", destination="PAK")["answer"] == "nothing_to_tell"
    assert check(ge, "one", case="one")["answer"] == "patterns"
    keep_all(hub)
    assert sorted(one["check"]["asked_by"] for one in about_checks(offices["unhcr"])) == [AF_BORDER.urn, GE_MONITOR.urn]
    assert [one["check"]["asked_by"] for one in about_checks(ge)] == [AF_BORDER.urn]
    assert about_checks(inside) == []


def test_a_monitor_whose_state_is_suspended_for_the_persons_nationality_is_not_told(
    hub: Hub, offices: dict[str, Office]
) -> None:
    check(offices["sk-asylum"])
    keep_all(hub)
    act(hub, "suspend-member", 1, state="GEO", scope="AFG")
    assert about_checks(offices["ge-monitor"]) == []  # it had not seen it
    offices["sk-asylum"].speaker.check(asked(offices["sk-asylum"], destination="AFG"))
    keep_all(hub)
    assert [len(about_checks(offices[slug])) for slug in ("unhcr", "ge-monitor")] == [2, 0]
