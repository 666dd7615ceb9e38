"""What becomes of an alert when words come later: it grows, is withdrawn, comes back, and does not flicker."""

from datetime import timedelta
from typing import Any

import pytest

from authorities import Office, hire, signed_in, tokens
from builders import READERS, SK_ASYLUM, reader
from conftest import Enrol
from exchange import clock
from exchange.alerts import Act
from exchange.deps import Hub
from exchange.store import outbox
from steps import STEPS, again, keep_all, keep_all_at, wake
from workers.promises import keep

BY_BORDER = reader("by-border", "border_guard", "BLR")


@pytest.fixture
def offices(web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    return {who.slug: enrol(who) for who in [*READERS, BY_BORDER]}


def one(office: Office, pattern: str) -> dict[str, Any]:
    """The one alert of a pattern, with its history."""
    (found,) = [a for a in office.speaker.alerts() if a["pattern"] == pattern]
    return office.speaker.alert(found["id"])


def acts(alert: dict[str, Any]) -> list[str]:
    return [event["act"] for event in alert["history"]]


def only(hub: Hub, step: str) -> None:
    """Keep the promises of one step that are open now, and nothing that follows."""
    with hub.database.transaction() as tx:
        numbers = outbox.claim(tx, clock.now(), timedelta(0), 500).get(step, [])
    keep(hub, step, numbers, STEPS[step])


def test_a_hidden_word_between_two_steps_makes_no_alert_flicker(hub: Hub, offices: dict[str, Office]) -> None:
    """A worker may be about to alert by what was found before the person's fear became known."""
    offices["by-border"].leg("UKR", person="one", event_time="2026-09-01", subject={"nationality": ["KAZ"]})
    keep_all(hub)
    late = clock.now() + timedelta(days=8)
    wake(hub, late)
    before = one(offices["by-asylum"], "P13")
    assert acts(before) == ["raised"]
    offices["sk-asylum"].post("claim_expressed", person="one", subject={"nationality": ["KAZ"], "feared": ["BLR"]})
    only(hub, "link")
    again(hub, "alert")
    assert one(offices["by-asylum"], "P13") == before
    keep_all_at(hub, late)
    assert one(offices["by-asylum"], "P13") == before


def test_an_alert_on_a_states_own_words_lives_on_by_them_when_the_state_is_feared(
    hub: Hub, offices: dict[str, Office]
) -> None:
    kaz = {"nationality": ["KAZ"]}
    offices["by-border"].leg("UKR", person="one", event_time="2026-09-01", subject=kaz)
    keep_all(hub)
    late = clock.now() + timedelta(days=8)
    wake(hub, late)
    offices["sk-asylum"].post("claim_expressed", person="one", subject={**kaz, "feared": ["BLR"]})
    keep_all_at(hub, late)
    assert acts(one(offices["by-asylum"], "P13")) == ["raised"]
    offices["by-border"].post("encounter", person="one", subject=kaz, safeguards=["pregnant"])
    keep_all_at(hub, late)
    after = one(offices["by-asylum"], "P13")
    assert (acts(after), after["severity"]) == (["raised", "changed"], "high")


def test_an_alert_that_rests_on_anothers_word_stays_as_it_is_when_its_state_is_feared(
    hub: Hub, offices: dict[str, Office]
) -> None:
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)
    before = offices["ua-asylum"].speaker.alerts()
    assert [a["pattern"] for a in before].count("P04") == 1
    feared = {"nationality": ["AFG"], "feared": ["UKR"]}
    offices["sk-asylum"].post("claim_expressed", person="one", subject=feared, safeguards=["torture_survivor"])
    keep_all(hub)
    assert [a for a in offices["ua-asylum"].speaker.alerts() if a in before] == before
    assert "changed" in acts(one(offices["sk-asylum"], "P04"))


def test_an_alert_grows_when_the_origin_becomes_known(hub: Hub, offices: dict[str, Office]) -> None:
    """While the origin is unknown an office knows its own words alone; what it holds must not stay behind."""
    offices["sk-asylum"].post("claim_registered", person="one", subject={}, event_time="2026-08-01")
    offices["sk-border"].leg("UKR", person="one", subject={}, event_time="2026-09-01")
    keep_all(hub)
    before = one(offices["sk-asylum"], "P03")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)
    after = one(offices["sk-asylum"], "P04")
    assert after["id"] == before["id"]
    assert (before["severity"], after["severity"], acts(after)) == ("critical", "critical", ["raised", "changed"])


def test_a_closed_alert_comes_back_on_new_evidence_and_on_nothing_else(hub: Hub, offices: dict[str, Office]) -> None:
    hire(hub, SK_ASYLUM.slug, "one-1", "caseworker")
    hire(hub, SK_ASYLUM.slug, "chief-1", "supervisor")
    office = offices["sk-asylum"]
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)
    number = one(office, "P04")["id"]
    office.speaker.act(number, "take", {"caseworker": "one-1"})
    office.speaker.act(number, "close", {"caseworker": "one-1", "reason": "too_late"})
    signed_in(hub, SK_ASYLUM.slug, "chief-1", Act("close", number, reason="too_late"))
    offices["ua-border"].post("encounter", person="two", case="another")
    for step in STEPS:
        again(hub, step)
    keep_all(hub)
    wake(hub, clock.now() + timedelta(days=2))
    closed = office.speaker.alert(number)
    assert (closed["status"], acts(closed)) == ("closed", ["raised", "take", "close_asked", "close"])
    offices["sk-border"].post("safeguard", person="one", event_time="2026-09-01", case="new", safeguards=["elderly"])
    offices["sk-border"].leg("UKR", person="one", event_time="2026-08-01", case="older")
    keep_all(hub)
    back = office.speaker.alert(number)
    assert (back["status"], acts(back)[4:]) == ("open", ["reopened"])
    assert back["id"] in {a["id"] for a in office.speaker.alerts()}


def test_a_withdrawn_alert_keeps_its_history_and_stays_withdrawn(hub: Hub, offices: dict[str, Office]) -> None:
    offices["sk-border"].leg("UKR", person="one", event_time="2026-10-01")
    keep_all(hub)
    posted = clock.now()
    wake(hub, posted + timedelta(days=8))
    assert one(offices["unhcr"], "P13")["status"] == "open"
    offices["ua-border"].post("arrival", person="one", counterpart="SVK", event_time="2026-10-02")
    keep_all_at(hub, posted + timedelta(days=8))
    gone = one(offices["unhcr"], "P13")
    assert (gone["status"], acts(gone)) == ("withdrawn", ["raised", "withdrawn"])
    for step in STEPS:
        again(hub, step)
    keep_all_at(hub, posted + timedelta(days=9))
    assert one(offices["unhcr"], "P13") == gone


def test_two_persons_tied_by_a_hidden_word_alone_stay_two_for_a_state_that_may_not_know_of_it(
    hub: Hub, offices: dict[str, Office]
) -> None:
    """Else what Belarus said of the one, its own fear, would take from it an alert about the other."""
    border, late = offices["by-border"], clock.now() + timedelta(days=8)
    border.leg("UKR", person="one", case="one", event_time="2026-09-01", subject={"nationality": ["KAZ"]})
    feared = {"nationality": ["KAZ"], "feared": ["BLR"]}
    border.leg("UKR", person="two", case="two", event_time="2026-09-01", subject=feared)
    keep_all(hub)
    wake(hub, late)
    before = one(offices["by-asylum"], "P13")
    both = offices["sk-asylum"].parts("claim_expressed", subject={"nationality": ["KAZ"]})
    both["hub"]["tokens"] = tokens("one") | {"values": tokens("one")["values"][:2] + tokens("two")["values"][2:]}
    offices["sk-asylum"].speaker.post(both)
    keep_all_at(hub, late)
    assert one(offices["by-asylum"], "P13") == before
