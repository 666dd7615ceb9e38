"""What an act on an alert needs, and what it leaves behind."""

import pytest
from flask.testing import FlaskClient

from console.offices import MISSING, PASSWORD, Office, act, hidden, sign_in
from exchange.alerts import Act
from exchange.app import make_app
from exchange.deps import Hub
from exchange.desk import Deed


def test_take_acknowledge_and_close(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    found = office.gets(severity="high")
    sign_in(client, office, "NN-1")
    answer = act(client, found, "take")
    assert (answer.status_code, office.status(found)) == (303, "taken")
    assert "Taken." in client.get(answer.location).text
    act(client, found, "acknowledge")
    assert office.status(found) == "acknowledged"
    act(client, found, "close", reason="merits_examined")
    assert office.status(found) == "closed"
    text = client.get(f"/console/alerts/{found}").text
    assert "Open it again" in text
    assert "The merits were examined in full" in text


def test_every_read_and_every_act_leaves_its_trace(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    found = office.gets()
    sign_in(client, office, "NN-1")
    client.get("/console/")
    act(client, found, "take")
    assert office.acts() == [
        ("NN-1", "sign_in", ""),
        ("NN-1", "alerts", ""),
        ("NN-1", "alert", found),
        ("NN-1", "take", found),
    ]


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"password": "a wrong password"}, 403, "password is wrong"),
        ({"password": ""}, 403, "password is wrong"),
        ({"csrf": "0" * 64}, 403, "This form is out of date"),
        ({"csrf": "é"}, 403, "This form is out of date"),
        ({"seen": "7"}, 409, "The alert changed after you read it"),
        ({"seen": ""}, 400, "This form is out of date"),
        ({"seen": "9" * 5000}, 400, "This form is out of date"),
    ],
)
def test_an_act_that_does_not_go_is_said_on_the_page(
    client: FlaskClient, office: Office, said: dict[str, str], status: int, words: str
) -> None:
    office.hires("NN-1")
    found = office.gets()
    sign_in(client, office, "NN-1")
    answer = act(client, found, "take", **said)
    assert answer.status_code == status
    assert words in answer.text
    assert PASSWORD not in answer.text
    assert office.status(found) == "open"
    assert ("NN-1", "take", found) not in office.acts()


@pytest.mark.parametrize("reason", ["", "because"])
def test_closing_needs_a_reason_of_the_list(client: FlaskClient, office: Office, reason: str) -> None:
    office.hires("NN-1")
    found = office.gets(severity="high")
    sign_in(client, office, "NN-1")
    act(client, found, "take")
    answer = act(client, found, "close", reason=reason)
    assert (answer.status_code, office.status(found)) == (400, "taken")
    assert "Choose a reason" in answer.text


def test_an_act_at_the_wrong_time_is_refused(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    found = office.gets(severity="high")
    sign_in(client, office, "NN-1")
    answer = act(client, found, "close", reason="too_late")
    assert (answer.status_code, office.status(found)) == (409, "open")


def test_nobody_acts_on_evidence_that_they_have_not_seen(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    found = office.gets(severity="high")
    sign_in(client, office, "NN-1")
    page = client.get(f"/console/alerts/{found}")
    office.learns(found, certainty="certain")
    form = {"csrf": hidden(page, "csrf"), "seen": hidden(page, "seen"), "password": PASSWORD}
    answer = client.post(f"/console/alerts/{found}/acknowledge", data=form)
    assert (answer.status_code, office.status(found)) == (409, "open")
    assert "Changed by new evidence" in answer.text


def test_a_critical_alert_is_closed_by_four_eyes(client: FlaskClient, office: Office) -> None:
    for pseudonym, role in (("NN-1", "supervisor"), ("NN-2", "caseworker"), ("NN-3", "supervisor")):
        office.hires(pseudonym, role)
    found = office.gets()
    sign_in(client, office, "NN-1")
    assert (
        "Nobody has asked for the closing yet"
        in act(client, found, "take").text + client.get(f"/console/alerts/{found}").text
    )
    assert act(client, found, "close", reason="removal_stopped").status_code == 303
    assert office.status(found) == "taken"
    page = client.get(f"/console/alerts/{found}").text
    assert "<strong>NN-1</strong> has asked for the closing; a supervisor other than you must agree" in page
    assert act(client, found, "close", reason="removal_stopped").status_code == 303
    assert office.status(found) == "taken"
    sign_in(client, office, "NN-2")
    page = client.get(f"/console/alerts/{found}").text
    assert "a supervisor must agree, and you are none" in page
    assert "act-close" not in page
    answer = act(client, found, "close", reason="removal_stopped")
    assert (answer.status_code, office.status(found)) == (403, "taken")
    assert "closed by a second, a supervisor who signed in on the console" in answer.text
    sign_in(client, office, "NN-3")
    page = client.get(f"/console/alerts/{found}").text
    assert "Agree to the closing" in page
    assert '<option value="removal_stopped" selected>' in page
    act(client, found, "close", reason="removal_stopped")
    assert office.status(found) == "closed"


def test_a_form_of_one_session_does_not_fit_another(client: FlaskClient, office: Office, hub: Hub) -> None:
    office.hires("NN-1")
    office.hires("NN-2")
    found = office.gets()
    other = make_app(hub).test_client()
    sign_in(client, office, "NN-1")
    sign_in(other, office, "NN-2")
    csrf = hidden(other.get("/console/"), "csrf")
    assert act(client, found, "take", csrf=csrf).status_code == 403
    assert office.status(found) == "open"


def test_a_password_never_shows_in_a_deed() -> None:
    assert PASSWORD not in repr(Deed(Act("take", MISSING), PASSWORD, 1))
