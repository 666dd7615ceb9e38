"""A caseworker's queue by the API: in which order, of whose, and what an act that comes twice does."""

from typing import Any

import pytest

from authorities import Office, hire
from builders import READERS, SK_ASYLUM, UA_ASYLUM
from conftest import Enrol
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.store.session import row
from steps import keep_all

SEVERITIES = ("critical", "high", "medium", "info")
NOBODYS = "01931d3c-0000-7000-8000-000000000001"


@pytest.fixture
def offices(hub: Hub, web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    made = {who.slug: enrol(who) for who in READERS}
    for who in (SK_ASYLUM, UA_ASYLUM):
        hire(hub, who.slug, "one-1", "caseworker")
        hire(hub, who.slug, "chief-1", "supervisor")
    return made


def chain(hub: Hub, offices: dict[str, Office], person: str = "one") -> None:
    offices["sk-border"].leg("UKR", person=person, event_time="2026-09-01", case=f"s-{person}")
    offices["ua-border"].leg("AFG", person=person, event_time="2026-10-01", case=f"u-{person}")
    keep_all(hub)


def refused(speak: Any, *said: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        speak(*said)
    return raised.value.code, raised.value.detail


def events(hub: Hub) -> int:
    with hub.database.transaction() as tx:
        found = row(tx, "SELECT count(*) FROM alert_event", ())
    return int(found[0]) if found else 0


def test_the_worst_stands_first(hub: Hub, offices: dict[str, Office]) -> None:
    offices["sk-asylum"].post("claim_registered", person="mild", event_time="2026-08-01")
    refusal = {"named_country": "UKR", "outcome": "inadmissible", "ground": "safe_third_country"}
    offices["sk-asylum"].post("admissibility_decision", counterpart="UKR", person="mild", facts=refusal)
    keep_all(hub)
    chain(hub, offices)
    planned = {"destination": "UKR"}
    offices["sk-asylum"].post("claim_registered", person="middle", case="m", event_time="2026-08-01")
    offices["sk-border"].post("removal_planned", counterpart="UKR", person="middle", case="m", facts=planned)
    keep_all(hub)
    for office in (offices["sk-asylum"], offices["unhcr"]):
        order = [SEVERITIES.index(a["severity"]) for a in office.speaker.alerts()]
        assert order == sorted(order)
        assert len(set(order)) > 2


def test_no_alert_of_another_and_none_at_all_are_answered_alike(hub: Hub, offices: dict[str, Office]) -> None:
    chain(hub, offices)
    theirs = offices["unhcr"].speaker.alerts()[0]["id"]
    speaker = offices["sk-asylum"].speaker
    answers = {refused(speaker.alert, asked) for asked in (theirs, NOBODYS, "nonsense", "1", theirs.upper())}
    said = {"caseworker": "one-1"}
    for name in ("take", "acknowledge"):
        answers |= {refused(speaker.act, asked, name, said) for asked in (theirs, NOBODYS, "nonsense")}
    answers |= {refused(speaker.act, asked, "close", said | {"reason": "too_late"}) for asked in (theirs, NOBODYS)}
    assert answers == {("no-such-alert", "There is no such alert in your queue.")}
    assert [event["act"] for event in offices["unhcr"].speaker.alert(theirs)["history"]] == ["raised"]


def test_a_border_guard_and_a_withheld_state_have_empty_queues(hub: Hub, offices: dict[str, Office]) -> None:
    chain(hub, offices)
    assert offices["sk-border"].speaker.alerts() == offices["af-border"].speaker.alerts() == []


def test_the_same_act_again_is_answered_alike_and_changes_nothing(hub: Hub, offices: dict[str, Office]) -> None:
    chain(hub, offices)
    speaker = offices["sk-asylum"].speaker
    number = next(a["id"] for a in speaker.alerts() if a["pattern"] == "P04")
    for name, said in (("take", {}), ("acknowledge", {}), ("close", {"reason": "too_late"})):
        once = speaker.act(number, name, {"caseworker": "one-1", **said})
        before = events(hub)
        assert speaker.act(number, name, {"caseworker": "one-1", **said}) == once
        assert events(hub) == before
    assert once["status"] == "acknowledged"
    assert once["closing_by"] == "one-1"


def test_the_same_act_of_somebody_else_is_another_act(hub: Hub, offices: dict[str, Office]) -> None:
    chain(hub, offices)
    speaker = offices["sk-asylum"].speaker
    number = next(a["id"] for a in speaker.alerts() if a["pattern"] == "P04")
    assert speaker.act(number, "take", {"caseworker": "one-1"})["taken_by"] == "one-1"
    assert speaker.act(number, "take", {"caseworker": "chief-1"})["taken_by"] == "chief-1"
    assert [e["actor"] for e in speaker.alert(number)["history"]] == ["exchange", "one-1", "chief-1"]


def test_who_acts_must_be_a_caseworker_of_the_authority(hub: Hub, offices: dict[str, Office]) -> None:
    hire(hub, UA_ASYLUM.slug, "only-ua", "supervisor")
    chain(hub, offices)
    speaker = offices["sk-asylum"].speaker
    number = speaker.alerts()[0]["id"]
    for who in ("only-ua", "nobody-1"):
        code, detail = refused(speaker.act, number, "take", {"caseworker": who})
        assert code == "unknown-caseworker"
        assert who not in detail


BAD_ACTS: list[tuple[str, dict[str, Any]]] = [
    ("take", {}),
    ("take", {"caseworker": "one-1", "reason": "too_late"}),
    ("acknowledge", {"caseworker": "one-1", "until": "2030-01-01"}),
    ("close", {"caseworker": "one-1"}),
    ("close", {"caseworker": "one-1", "reason": "because"}),
    ("close", {"caseworker": "one-1", "reason": None}),
    ("take", {"caseworker": "One Name"}),
]


def test_acts_that_are_not_as_the_schema_says(hub: Hub, offices: dict[str, Office]) -> None:
    chain(hub, offices)
    speaker = offices["sk-asylum"].speaker
    number = speaker.alerts()[0]["id"]
    before = events(hub)
    for name, said in BAD_ACTS:
        code, detail = refused(speaker.act, number, name, said)
        assert code == "bad-schema"
        assert "because" not in detail
        assert "One Name" not in detail
    assert events(hub) == before


def test_reading_and_acting_leave_their_trace(hub: Hub, offices: dict[str, Office]) -> None:
    chain(hub, offices)
    speaker = offices["sk-asylum"].speaker
    number = speaker.alerts()[0]["id"]
    speaker.alert(number)
    with hub.database.transaction() as tx:
        leaves = row(tx, "SELECT count(*) FROM leaf", ())
        sql = "SELECT array_agg(what || ' ' || object ORDER BY no) FROM act WHERE slug = 'sk-asylum'"
        assert row(tx, sql, ()) == (["alerts ", f"alert {number}"],)
    speaker.act(number, "take", {"caseworker": "one-1"})
    with hub.database.transaction() as tx:
        after = row(tx, "SELECT count(*) FROM leaf", ())
    assert leaves is not None
    assert after == (leaves[0] + 2,)
