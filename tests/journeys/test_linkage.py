"""One person, two spellings, and a hub that holds no name: linked, explained, alerted, and undone by two caseworkers.

The Ukrainian border guard read a Cyrillic passport with a patronymic; the Lithuanian one wrote down what it heard, with
the names swapped and the first of January. Real processes throughout; the person is invented.
"""

import json

import pytest

from authorities import Office, hire
from builders import UA_ASYLUM, UA_BORDER, UNHCR, reader
from exchange.client.linkage import record
from exchange.client.linkage.keying import HmacKeying, tokens_part
from journey import Journey
from journeys.test_nothing_readable import forms, tables

LT_BORDER = reader("lt-border", "border_guard", "LTU")
LT_ASYLUM = reader("lt-asylum", "asylum_office", "LTU")
PASSPORT = {
    "names": [{"given": "Марьям", "family": "Бараева", "patronymic": "Руслановна", "source": "passport"}],
    "born": [{"date": "1986-03-14", "source": "document"}],
    "sex": "F",
    "nationalities": ["RUS"],
}
HEARD = {
    "names": [{"given": "Barajeva", "family": "Marjam"}],
    "born": [{"date": "1986-01-01", "source": "declared"}],
    "sex": "F",
    "nationalities": ["RUS"],
}
PERSON = ("Марьям", "Бараева", "Руслановна", "Barajeva", "Marjam", "1986-03-14", "1986-01-01")
KEY = b"the authorities' own key of a test: 32 bytes and more"


def hands_over(office: Office, to: str, day: str, said: dict[str, object]) -> None:
    """Post a removal with tokens made here, at the authority: what the record says goes no further."""
    parts = office.parts(
        "removal_executed",
        counterpart=to,
        event_time=day,
        facts={"destination": to},
        subject={"nationality": ["RUS"]},
    )
    parts["hub"]["tokens"] = tokens_part(record.read(said), HmacKeying(KEY, "test", office.who.slug))
    office.speaker.post(parts)


@pytest.mark.rule("L17")
def test_one_person_in_two_spellings_is_linked_explained_and_undone(journey: Journey) -> None:
    lt, ua, *told = journey.enrol(LT_BORDER, UA_BORDER, LT_ASYLUM, UA_ASYLUM, UNHCR)
    for office in (lt, ua):
        hire(journey.hub, office.who.slug, "one-1")
    hands_over(lt, "UKR", "2026-09-01", HEARD)
    hands_over(ua, "RUS", "2026-10-01", PASSPORT)
    alerts = {office.who.slug: journey.alert(office, "P04") for office in told}
    assert {alert["link"] for alert in alerts.values()} == {"probable"}
    journey.settle()

    (mine,), (theirs,) = lt.speaker.links.index(), ua.speaker.links.index()
    assert (mine["grade"], theirs["grade"]) == ("probable", "probable")
    agreeing = [reason for reason in mine["why"]["reasons"] if reason["says"] == "agrees"]
    assert all(reason["words"] for reason in mine["why"]["reasons"])
    assert any("two name parts" in reason["words"] and reason["bits"] > 0 for reason in agreeing)
    assert "persons" not in json.dumps(mine["why"])  # how rare a token is depends on notices of others (L22)

    held = list(tables(journey.exchange.running.database_url))
    for text in PERSON:
        for form in forms(text):
            assert [name for name, content in held if form in content] == [], text
    assert any(b"RUS" in content for _, content in held)

    lt.speaker.links.say(mine["id"], "refuse", "one-1", ("photograph",))
    journey.settle()
    assert {office.speaker.alert(alerts[office.who.slug]["id"])["status"] for office in told} == {"open"}
    assert ua.speaker.links.say(theirs["id"], "refuse", "one-1", ("biometric",))["grade"] == "refused"
    journey.settle()
    for office in told:
        gone = office.speaker.alert(alerts[office.who.slug]["id"])
        assert (gone["status"], gone["history"][-1]["detail"]["because"]) == ("withdrawn", "link_undone")
        assert gone["clauses"] == gone["notices"] == []
        assert "2026-10" not in json.dumps(gone)
