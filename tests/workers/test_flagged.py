"""A notice key was in other hands: what came under it since then is kept, told on and marked, and silences nobody."""

from datetime import timedelta
from typing import Any

import pytest

from authorities import PASSWORD, Office, hire
from builders import READERS, UA_ASYLUM, reader
from conftest import Enrol
from exchange import clock
from exchange.app import make_app
from exchange.deps import Hub
from exchange.domain.notice import FLAG
from exchange.store.session import rows
from ledger.kit import tamper
from steps import keep_all, keep_all_at, wake

HOUR = 3600
Offices = dict[str, Office]


@pytest.fixture
def offices(web: str, enrol: Enrol) -> Offices:
    assert web
    return {who.slug: enrol(who) for who in [*READERS, reader("by-border", "border_guard", "BLR")]}


def queue(office: Office, pattern: str) -> list[dict[str, Any]]:
    return [alert for alert in office.speaker.alerts() if alert["pattern"] == pattern]


def grave(office: Office, pattern: str) -> list[tuple[str, str, list[str]]]:
    """The alerts of a pattern that nothing hides: severity, certainty, our cases."""
    found = [alert for alert in queue(office, pattern) if alert["severity"] != "info"]
    return sorted((alert["severity"], alert["certainty"], alert.get("your_cases", [])) for alert in found)


def compromised(office: Office, since: int | None = None) -> None:
    """Say, with the recovery key, that the notice key has been in other hands for an hour, or since a time."""
    an_hour_ago = int(clock.now().timestamp()) - HOUR
    office.speaker.keys.revoke(office.folder.kid("notice"), "compromised", an_hour_ago if since is None else since)


def merits(office: Office, person: str) -> dict[str, Any]:
    served = {"merits_scope": "full", "outcome": "rejected", "served_at": "2026-09-10"}
    return office.parts("merits_decision", person=person, case=person, event_time="2026-09-09", facts=served)


def test_the_time_of_receipt_decides_and_no_time_that_the_thief_writes(
    hub: Hub, offices: Offices, database_url: str
) -> None:
    """What came before the theft keeps its finding silent; what came since does not, whenever it says it was signed."""
    office, long_ago = offices["sk-asylum"], int(clock.now().timestamp()) - 20 * 24 * HOUR
    early, late = (office.speaker.post(merits(office, person)) for person in ("early", "late"))
    back = merits(office, "back-dated")
    back["hub"] |= {"seq": 3, "prev": late["sha256"]}
    envelope = office.sign(back, iat=long_ago).decode()
    office.speaker._line.jws("/v1/notices", envelope.encode(), "application/vnd.asylum-exchange.envelope+json")  # noqa: SLF001 -- no client would sign that
    for person in ("early", "late", "back-dated"):
        offices["sk-border"].post("claim_expressed", person=person, case=person, event_time="2026-08-01")
        offices["sk-border"].leg("UKR", person=person, case=person, event_time="2026-10-01")
    tamper(database_url, f"UPDATE notice SET received_at = received_at - interval '2 hours' WHERE id = '{early['id']}'")  # noqa: S608
    keep_all(hub)
    assert grave(office, "P03") == []
    compromised(office)
    assert grave(office, "P03") == []  # nothing has been judged anew yet
    with hub.database.transaction() as tx:
        promised = rows(tx, "SELECT cause FROM outbox WHERE step = 'detect' AND done_at IS NULL")
    assert len(promised) == 2
    assert {cause.partition(":")[0] for (cause,) in promised} == {"key"}
    keep_all(hub)
    assert grave(office, "P03") == [
        ("critical", "possible", ["back-dated"]),
        ("critical", "possible", ["late"]),
    ]


def test_a_word_on_a_link_that_counts_no_more_has_its_persons_judged_and_their_clocks_looked_at(
    hub: Hub, offices: Offices
) -> None:
    """As when it was said: whom a link joins decides also who must answer whom."""
    office = offices["sk-border"]
    office.leg("UKR", person="one", event_time="2026-09-01")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)
    hire(hub, "sk-border", "one-1", "caseworker")
    (link,) = office.speaker.links.index()
    office.speaker.links.say(link["id"], "confirm", "one-1", ("document", "photograph"))
    keep_all(hub)
    since = int(clock.now().timestamp()) - HOUR
    office.speaker.keys.revoke(office.folder.kid("request"), "compromised", since)  # the key that signed the word
    with hub.database.transaction() as tx:
        waiting = "SELECT step, subject FROM outbox WHERE starts_with(cause, 'key:') ORDER BY 1, 2"
        assert rows(tx, waiting) == [("detect", 1), ("detect", 2), ("remind", 1), ("remind", 2)]
    keep_all(hub)


def test_a_notice_that_came_in_the_very_second_of_the_theft_is_flagged(
    hub: Hub, offices: Offices, database_url: str
) -> None:
    office, now = offices["sk-asylum"], int(clock.now().timestamp())
    for number, seconds in enumerate((-0.001, 0)):
        told = office.speaker.post(merits(office, f"person-{number}"))
        moment = f"to_timestamp({now - HOUR}) + interval '{seconds} seconds'"
        tamper(database_url, f"UPDATE notice SET received_at = {moment} WHERE id = '{told['id']}'")  # noqa: S608
    compromised(office, now - HOUR)
    found = [office.speaker.notice(office.who.urn, one["id"]) for one in office.speaker.notices()["items"]]
    assert [one.get("flag") for one in found] == [None, FLAG]
    compromised(office, now)  # a later time takes nothing back
    found = [office.speaker.notice(office.who.urn, one["id"]) for one in office.speaker.notices()["items"]]
    assert [one.get("flag") for one in found] == [None, FLAG]
    assert hub


def test_a_promise_under_a_stolen_key_hides_nothing(hub: Hub, offices: Offices) -> None:
    promise = {"reply": "accepted", "intended_procedure": "full_merits"}
    offices["ua-asylum"].post(
        "responsibility_reply", person="one", event_time="2026-09-20", counterpart="SVK", facts=promise
    )
    offices["sk-asylum"].post("claim_registered", person="one", case="one", event_time="2026-08-01")
    today = clock.now().date().isoformat()  # a promise is fresh from when it was told
    offices["sk-border"].leg("UKR", person="one", case="one", event_time=today)
    keep_all(hub)
    assert grave(offices["sk-asylum"], "P03") == []
    compromised(offices["ua-asylum"])
    keep_all(hub)
    assert grave(offices["sk-asylum"], "P03") == [("critical", "possible", ["one"])]
    (alert,) = queue(offices["sk-asylum"], "P03")
    assert [found["code"] for found in alert["suppressors"]] == ["S6"]  # it is still said


def test_a_fear_told_under_a_stolen_key_takes_no_alert_away(hub: Hub, offices: Offices) -> None:
    """Where the person fears harm is another pattern, and that one says nothing of a claim found inadmissible."""
    named = {"outcome": "inadmissible", "named_country": "UKR"}
    office = offices["sk-asylum"]
    office.post("claim_registered", person="one", case="one", event_time="2026-08-01")
    office.post(
        "admissibility_decision", person="one", case="one", counterpart="UKR", event_time="2026-09-01", facts=named
    )
    feared = {"nationality": ["AFG"], "feared": ["UKR"]}
    offices["ua-border"].post("claim_expressed", person="one", subject=feared)
    keep_all(hub)
    assert grave(office, "P03") == []
    compromised(offices["ua-border"])
    keep_all(hub)
    assert [severity for severity, _, _ in grave(office, "P03")] == ["medium"]


def test_an_arrival_under_a_stolen_key_ends_no_search(hub: Hub, offices: Offices) -> None:
    offices["sk-border"].leg("UKR", person="one", case="one", event_time="2026-10-01")
    offices["ua-border"].post("arrival", person="one", counterpart="SVK", event_time="2026-10-02")
    keep_all(hub)
    late = clock.now() + timedelta(days=8)
    wake(hub, late)
    assert queue(offices["unhcr"], "P13") == []
    compromised(offices["ua-border"])
    keep_all_at(hub, late)
    assert [certainty for _, certainty, _ in grave(offices["unhcr"], "P13")] == ["likely"]  # as if it were not said


def test_a_leg_under_a_stolen_key_still_raises_the_alarm(hub: Hub, offices: Offices) -> None:
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)
    before = offices["ua-asylum"].speaker.alert(queue(offices["ua-asylum"], "P04")[0]["id"])
    compromised(offices["ua-border"])
    keep_all(hub)
    after = offices["ua-asylum"].speaker.alert(before["id"])
    assert (before["certainty"], after["certainty"]) == ("likely", "possible")
    assert (after["severity"], after["status"]) == ("critical", "open")
    assert [event["act"] for event in after["history"]] == ["raised", "changed"]


def test_the_flag_is_shown_to_whoever_is_shown_the_author_and_to_nobody_else(hub: Hub, offices: Offices) -> None:
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    compromised(offices["ua-border"])
    keep_all(hub)
    words = "Signed when its author&#39;s key was in other hands"
    for slug, flags in (("unhcr", 1), ("ua-asylum", 0)):
        (alert,) = queue(offices[slug], "P04")
        flagged = [notice for notice in alert["notices"] if "flag" in notice]
        assert [notice["flag"] for notice in flagged] == [FLAG] * flags
        assert [notice["author"] for notice in flagged] == [offices["ua-border"].who.urn] * flags
        assert all("author" in notice for notice in flagged)
        hire(hub, slug, f"{slug}-1")
        client = make_app(hub).test_client()
        form = {"authority": slug, "pseudonym": f"{slug}-1", "password": PASSWORD}
        assert client.post("/console/sign-in", data=form).status_code in {200, 302, 303}
        page = client.get(f"/console/alerts/{alert['id']}")
        assert page.status_code == 200
        assert page.text.count(words) == flags
        assert "Chain completed" in page.text


def test_a_claim_under_a_stolen_key_still_protects_the_person_from_the_state_that_is_feared(
    hub: Hub, offices: Offices
) -> None:
    kaz = {"nationality": ["KAZ"]}
    offices["sk-asylum"].post("claim_expressed", person="one", subject={**kaz, "feared": ["BLR"]})
    compromised(offices["sk-asylum"])
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01", subject=kaz)
    keep_all(hub)
    late = clock.now() + timedelta(days=8)
    wake(hub, late)
    assert offices["by-asylum"].speaker.alerts() == []
    assert offices["by-asylum"].speaker.inbox()["items"] == []
    assert queue(offices["unhcr"], "P13") != []
    # The same history without the fear: the office in that state hears of its own removal.
    offices["by-border"].leg("UKR", person="two", event_time="2026-09-01", subject=kaz)
    keep_all(hub)
    wake(hub, late)
    assert len(queue(offices["by-asylum"], "P13")) == 1


def test_nothing_is_dropped_and_every_copy_says_so(hub: Hub, offices: Offices) -> None:
    author, other = offices["sk-asylum"], offices["ua-asylum"]
    other.folder.know(author.enrolment)
    author.folder.know(other.enrolment)
    text = {"to": [UA_ASYLUM.urn], "narrative": "a text"}
    told = author.speaker.post(author.parts("claim_expressed", aud=[UA_ASYLUM.urn]) | {"sealed": [text]})
    keep_all(hub)
    before = items(other)
    (item,) = before
    assert "flag" not in item
    assert not other.speaker.open(item).flagged
    compromised(author)
    keep_all(hub)
    (item,) = items(other)
    assert item == {**before[0], "flag": FLAG}
    for where in (item, other.speaker.notice(author.who.urn, str(told["id"]))):
        assert where["flag"] == FLAG
        found = other.speaker.open(where)
        assert found.flagged
        assert [one.narrative for one in found.sealed] == ["a text"]
    assert [one.narrative for one in other.speaker.receive(item).sealed] == ["a text"]
    assert author.speaker.notice(author.who.urn, str(told["id"]))["flag"] == FLAG
    assert author.speaker.quarantine()["items"] == []


def items(office: Office) -> list[dict[str, Any]]:
    return [item for item in office.speaker.inbox()["items"] if "notice" in item]


def test_a_notice_that_was_not_yet_delivered_is_delivered_with_the_flag(hub: Hub, offices: Offices) -> None:
    offices["ua-asylum"].folder.know(offices["sk-asylum"].enrolment)
    offices["sk-asylum"].post("claim_expressed", aud=[UA_ASYLUM.urn])
    compromised(offices["sk-asylum"])
    assert items(offices["ua-asylum"]) == []
    keep_all(hub)
    (item,) = items(offices["ua-asylum"])
    assert item["flag"] == FLAG
    assert offices["ua-asylum"].speaker.open(item).flagged


@pytest.mark.rule("L23")
def test_a_link_confirmed_under_a_stolen_key_is_judged_anew_and_shown_as_doubted(hub: Hub, offices: Offices) -> None:
    sk, ua = offices["sk-border"], offices["ua-border"]
    sk.leg("UKR", person="one", event_time="2026-09-01")
    ua.leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)
    for office in (sk, ua):
        hire(hub, office.who.slug, "one-1", "caseworker")
        (link,) = office.speaker.links.index()
        office.speaker.links.say(link["id"], "confirm", "one-1", ("document", "photograph"))
    keep_all(hub)
    (before,) = queue(offices["sk-asylum"], "P04")
    assert before["link"] == "confirmed"
    sk.speaker.keys.revoke(sk.folder.kid("request"), "compromised", int(clock.now().timestamp()) - HOUR)
    keep_all(hub)
    (after,) = queue(offices["sk-asylum"], "P04")
    assert (after["id"], after["link"]) == (before["id"], "probable")
    (theirs,) = ua.speaker.links.index("judged")
    assert (theirs["grade"], theirs["doubted"]) == ("probable", "yes")
    assert [word["by"] for word in theirs["words"]] == ["you"]
