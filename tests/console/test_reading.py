"""What the queue and an alert show, and to whom."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from console.offices import MISSING, PASSWORD, Office, hidden, sign_in


def test_no_page_holds_a_script_or_a_style_of_its_own(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    for path in ("/console/", f"/console/alerts/{office.gets()}"):
        assert not re.search(r"<script|<style|style=|\son\w+=|https?://", client.get(path).text)


def test_the_queue_is_the_worst_first_in_words(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    office.gets(pattern="P13", title="Lost after handover", severity="medium", stage="risk", certainty="possible")
    office.gets()
    office.meets()
    office.gets(pattern="P09", title="Nobody examines", severity="high", your_cases=[])
    sign_in(client, office, "NN-1")
    text = client.get("/console/").text
    assert text.index("P04 Chain completed") < text.index("P13 Lost after handover") < text.index("P09 Nobody examines")
    for said in (
        "Critical",
        "High",
        "Medium",
        "Probable link",
        "your case SK-AO-2010-77",
        "none of your cases",
        "Possible",
    ):
        assert said in text


def test_a_withdrawn_alert_stands_apart(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    office.learns(office.gets(), status="withdrawn")
    sign_in(client, office, "NN-1")
    text = client.get("/console/").text
    assert "The queue is empty" in text
    assert text.index("Withdrawn") < text.index("P04 Chain completed")


def test_an_alert_answers_the_one_question(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    text = client.get(f"/console/alerts/{office.gets()}").text
    said = [
        "Who has examined the merits?",
        "No state examined the merits before that.",
        "What to ask first",
        "Ask Ukraine whether it examined the merits",
        "Slovakia removed the person to Ukraine.",
        "What speaks against it",
        "S2: The person was heard",
    ]
    assert [words for words in said if words not in text] == []
    assert "how far it examined the merits is not shown to you: ask" in text  # a notice on a probable link
    without = office.gets(clauses=[{"clause": "leg", "words": "Removed.", "notices": [2]}], suppressors=[])
    assert "The evidence of this alert does not say." in client.get(f"/console/alerts/{without}").text


def test_an_alert_shows_notices_as_far_as_they_may_be_seen(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    text = client.get(f"/console/alerts/{office.gets()}").text
    assert text.count("probable link") == 3
    assert "23 September 2010, 17:10 UTC" in text
    assert "Interpreting relayed through another person: <strong>yes" in text
    assert "March 2011" in text
    assert "1 March 2011" not in text


def test_what_others_wrote_is_text_and_no_markup(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    found = office.gets(title="<script>alert(1)</script>", your_cases=['"><img src=x>'], question="<b>ask</b>")
    for path in ("/console/", f"/console/alerts/{found}"):
        text = client.get(path).text
        assert "&lt;script&gt;" in text
        assert not re.search("<script|<img|<b>", text)


def test_an_alert_of_another_authority_is_as_if_there_were_none(
    client: FlaskClient, office: Office, new_office: Callable[[], Office]
) -> None:
    office.hires("NN-1")
    foreign = new_office().gets()
    sign_in(client, office, "NN-1")
    answers = [client.get(f"/console/alerts/{number}") for number in (foreign, MISSING, "no-uuid")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    form = {"csrf": hidden(answers[0], "csrf"), "seen": "1", "password": PASSWORD, "reason": "too_late"}
    acts = [client.post(f"/console/alerts/{number}/take", data=form) for number in (foreign, MISSING)]
    assert {answer.data for answer in acts} == {answers[0].data}
    assert {answer.status_code for answer in acts} == {404}
    assert client.get("/console/elsewhere").data == answers[0].data
