"""What a caseworker sees and does of the rest of an alert's life: dossiers, notes, putting aside, opening again."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from console.offices import Office, act, sign_in

RISK = {"pattern": "P13", "title": "Lost after handover", "severity": "medium", "stage": "risk"}
OWN_FILE = "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"


@pytest.fixture
def worker(client: FlaskClient, office: Office) -> FlaskClient:
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    return client


def queue(client: FlaskClient) -> dict[str, str]:
    """The sections of the queue by their headings."""
    first, *rest = client.get("/console/").text.partition("<main")[2].split("<h2>")
    return {"Open work": first} | {part.partition("<")[0]: part for part in rest}


def test_alerts_about_one_person_stand_together(worker: FlaskClient, office: Office) -> None:
    office.gets(**RISK)
    office.gets()
    office.meets()
    office.gets(pattern="P09", title="Nobody examines", severity="high", your_cases=[])
    text = queue(worker)["Open work"]
    assert text.count('class="dossier"') == 2
    heads = [
        text.index(said) for said in ("your case SK-AO-2010-77", "P04 Chain", "P13 Lost", "none of your cases", "P09")
    ]
    assert heads == sorted(heads)
    assert "3 alerts" in text


def test_what_another_alert_covers_is_shown_with_it_and_not_counted(worker: FlaskClient, office: Office) -> None:
    done = office.gets(of={"rests_on": [1, 2]})
    risk = office.gets(**RISK, of={"rests_on": [2]})
    text = queue(worker)["Open work"]
    assert "1 alert." in text
    assert 'covered by <a href="/console/alerts/' + done in text
    assert "Not counted as open work" in worker.get(f"/console/alerts/{risk}").text


def test_what_is_put_aside_stands_apart_with_its_end_and_author(worker: FlaskClient, office: Office) -> None:
    found = office.gets(**RISK)
    assert act(worker, found, "snooze", days="3").status_code == 303
    sections = queue(worker)
    assert "The queue is empty" in sections["Open work"]
    assert "by NN-1" in sections["Put aside"]
    assert f"/console/alerts/{found}" in sections["Put aside"]
    page = worker.get(f"/console/alerts/{found}").text
    assert "Put aside until" in page
    act(worker, found, "unsnooze")
    assert found in queue(worker)["Open work"]


def test_what_came_after_the_page_was_read_is_not_put_aside_with_it(worker: FlaskClient, office: Office) -> None:
    found = office.gets(**RISK, of={"person": [1, 2]})
    page = worker.get(f"/console/alerts/{found}")
    assert "about this person: 1 alert." in page.text
    read = re.findall('name="read" value="([^"]+)"', page.text)
    office.meets()
    office.gets(**RISK, of={"family": found, "person": [1, 2]})
    answer = act(worker, found, "snooze", days="3", read=read)
    assert answer.status_code == 409
    assert "There is more of this kind than you read" in answer.text
    assert act(worker, found, "snooze", days="3", read=[]).status_code == 409
    assert "about this person: 2 alerts." in answer.text
    assert "Put aside" not in queue(worker)
    assert act(worker, found, "snooze", days="3").status_code == 303
    assert "The queue is empty" in queue(worker)["Open work"]


def test_a_critical_alert_is_not_offered_to_be_put_aside_and_refuses_it(worker: FlaskClient, office: Office) -> None:
    found = office.gets()
    assert "act-snooze" not in worker.get(f"/console/alerts/{found}").text
    answer = act(worker, found, "snooze", days="3")
    assert answer.status_code == 409
    assert "A critical alert is not put aside" in answer.text


UNLISTED: list[tuple[str, dict[str, Any], str]] = [
    ("snooze", {"days": "15"}, "Choose for how many days"),
    ("snooze", {"days": "3.5"}, "Choose for how many days"),
    ("comment", {"code": "because"}, "Choose what to note"),
    ("comment", {"code": "file_checked", "reference": "Ivan Petrov"}, "must be a UUID"),
    ("reopen", {"reason": "too_late"}, "Choose a reason for opening it again"),
]


def test_what_is_not_of_a_closed_list_is_refused_in_words(worker: FlaskClient, office: Office) -> None:
    found = office.gets(**RISK)
    for name, said, words in UNLISTED:
        answer = act(worker, found, name, **said)
        assert answer.status_code == 400
        assert words in answer.text
        assert "Ivan" not in answer.text
    assert [done for _, done, _ in office.acts() if done in {"snooze", "comment", "reopen"}] == []


def test_a_note_stands_in_the_history(worker: FlaskClient, office: Office) -> None:
    found = office.gets()
    act(worker, found, "comment", code="asked_other_state", reference=OWN_FILE.upper())
    text = worker.get(f"/console/alerts/{found}").text
    assert f"The other state was asked ({OWN_FILE})" in text
    assert office.acts()[-2:] == [("NN-1", "comment", found), ("NN-1", "alert", found)]


def test_a_closed_alert_is_opened_again(worker: FlaskClient, office: Office) -> None:
    found = office.gets(**RISK)
    act(worker, found, "take")
    act(worker, found, "close", reason="too_late")
    assert found not in queue(worker)["Open work"]
    act(worker, found, "reopen", reason="removal_planned_again")
    assert (office.status(found), found in queue(worker)["Open work"]) == ("open", True)
    assert "A removal is planned again" in worker.get(f"/console/alerts/{found}").text


def test_a_closing_that_is_asked_for_can_be_called_off(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    office.hires("NN-2")
    found = office.gets()
    sign_in(client, office, "NN-1")
    act(client, found, "take")
    act(client, found, "close", reason="too_late")
    sign_in(client, office, "NN-2")
    assert "Keep it open" in client.get(f"/console/alerts/{found}").text
    act(client, found, "disagree")
    assert "Nobody has asked for the closing yet" in client.get(f"/console/alerts/{found}").text


def test_an_alert_that_was_replaced_leads_to_the_other(worker: FlaskClient, office: Office) -> None:
    new = office.gets()
    old = office.gets(**RISK)
    office.learns(old, status="superseded", by=new)
    sections = queue(worker)
    assert old not in sections["Open work"]
    assert f'by <a href="/console/alerts/{new}">P04 Chain completed' in sections["Withdrawn or replaced"]
    assert f'<a href="/console/alerts/{new}">read that one' in worker.get(f"/console/alerts/{old}").text


def test_what_was_closed_is_found_again(worker: FlaskClient, office: Office) -> None:
    found = office.gets(**RISK)
    assert "Your authority has closed no alert" in worker.get("/console/closed").text
    act(worker, found, "take")
    act(worker, found, "close", reason="too_late")
    closed = worker.get("/console/closed").text
    assert f"/console/alerts/{found}" in closed
    assert '<span class="hint">taken by ' in closed  # who closed it stands in its history, and may be somebody else
    assert 'href="/console/closed"' in worker.get("/console/").text
    assert office.acts()[-2][1:] == ("closed_alerts", "")
