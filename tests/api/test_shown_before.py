"""The hub's own words over real HTTP: what a state was shown before it became withheld, and what stops a removal."""

from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from authorities import Office
from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR, reader
from conftest import Enrol
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.wire import statements
from schemas.catalogue import served
from steps import again, dump, keep_all

BY_MONITOR = reader("by-monitor", "monitor", "BLR")
BY_BORDER = reader("by-border", "border_guard", "BLR")
SK_RETURN = reader("sk-return", "return_unit", "SVK")
SK_COURT = reader("sk-court", "court_liaison", "SVK")
KAZ = {"nationality": ["KAZ"]}


def words(office: Office, word: str) -> list[dict[str, Any]]:
    """The words of one sort in an inbox, verified and held to their schema, without their name."""
    found = []
    for item in office.speaker.inbox()["items"]:
        if item["type"] == "word":
            said = statements.heard(item["jws"], statements.WORD, office.folder.hub_key("words"))
            assert list(Draft202012Validator(served("word")).iter_errors(said)) == []
            found += [said] if said.pop("word") == word else []
    return found


def twice(hub: Hub) -> None:
    """Keep every promise, and the step under test once more: that must change nothing."""
    keep_all(hub)
    before = dump(hub)
    again(hub, "advise")
    assert dump(hub) == before


@pytest.mark.rule("L21")
@pytest.mark.usefixtures("web")
def test_monitors_and_nobody_else_hear_what_a_state_was_shown_before(hub: Hub, enrol: Enrol) -> None:
    slovak, kyiv, minsk, guard, unhcr, monitor = map(
        enrol, (SK_ASYLUM, UA_ASYLUM, BY_ASYLUM, BY_BORDER, UNHCR, BY_MONITOR)
    )
    said = {"person": "p", "subject": KAZ}
    first = slovak.post("claim_registered", aud=[BY_ASYLUM.urn], **said, facts={"previous_applications_known": "no"})
    guard.post("encounter", aud=[BY_ASYLUM.urn], **said)
    keep_all(hub)
    held = minsk.speaker.inbox()["items"]
    assert len(held) == 2
    assert words(unhcr, "shown_before") == []
    kyiv.post("claim_registered", person="p", subject={**KAZ, "feared": ["BLR"]}, aud=[UNHCR.urn])
    twice(hub)
    (told,) = words(unhcr, "shown_before")
    (shown,) = told.pop("notices")
    assert told == {"state": "BLR"}
    assert (shown["iss"], shown["id"], shown["to"]) == (SK_ASYLUM.urn, first["id"], BY_ASYLUM.urn)
    assert set(shown["parts"]) == {"event", "facts"}
    assert shown["at"] >= first["received"]
    slovak.post("claim_not_taken", aud=[BY_ASYLUM.urn], event_time="2026-10-03", person="p", subject=KAZ)
    kyiv.post("claim_registered", person="p", subject={"feared": ["BLR", "UKR"]}, event_time="2026-10-02")
    twice(hub)
    assert len(words(unhcr, "shown_before")) == 1
    assert minsk.speaker.inbox()["items"] == held
    for other in (minsk, guard, monitor, slovak, kyiv):
        assert words(other, "shown_before") == []


def is_stopped(office: Office) -> None:
    """The client signs no removal in the case, and does not know why."""
    with pytest.raises(Refusal) as stopped:
        office.leg("UKR", person="p", subject=KAZ)
    assert stopped.value.code == "stop-in-force"
    assert "L1" not in stopped.value.detail
    assert office.folder.pending() == []


@pytest.mark.rule("L08", "L13", "L14")
@pytest.mark.usefixtures("web")
def test_who_plans_a_removal_hears_what_stops_it_and_a_unit_never_why(hub: Hub, enrol: Enrol) -> None:
    border, unit, asylum, court, unhcr = map(enrol, (SK_BORDER, SK_RETURN, SK_ASYLUM, SK_COURT, UNHCR))
    planned = {"destination": "UKR", "planned_at": (now() + timedelta(days=90)).date().isoformat()}
    said = {"person": "p", "subject": KAZ}
    unit.post("removal_planned", counterpart="UKR", **said, facts=planned)
    asylum.post("safeguard", **said, safeguards=["trafficking_indicator"])
    border.post("encounter", **said)
    twice(hub)
    assert words(unit, "stop") == [{"case": "sk-return-1", "stop": "yes"}]
    assert [words(other, "stop") for other in (border, asylum, unhcr)] == [[], [], []]
    court.post("interim_measure", **said, facts={"body": "ecthr_rule_39", "step": "indicated"}, event_time="2026-10-04")
    twice(hub)
    assert words(unit, "stop") == [{"case": "sk-return-1", "stop": "yes"}]  # why is no news to it
    assert words(border, "stop") == [{"case": "sk-border-1", "stop": "yes"}]
    assert words(asylum, "stop") == [{"case": "sk-asylum-1", "stop": "yes", "rules": [{"rule": "L14"}]}]
    is_stopped(border)
    border.leg("UKR", person="p2", subject=KAZ, case="another")
    is_stopped(unit)
    done = {"destination": "UKR", "despite": ["carried_out_already"]}
    unit.post("removal_executed", counterpart="UKR", **said, facts=done)
    keep_all(hub)
    unhcr.post("removal_planned", counterpart="UKR", state="SVK", **said, facts={"destination": "UKR"})
    keep_all(hub)
    lifted = {"body": "ecthr_rule_39", "step": "lifted"}  # which the bound state's own court would say in vain
    unhcr.post("interim_measure", state="SVK", **said, facts=lifted, event_time="2026-10-05")
    twice(hub)
    assert words(asylum, "stop")[1:] == [{"case": "sk-asylum-1", "stop": "no"}]
    assert words(border, "stop")[1:] == [{"case": "sk-border-1", "stop": "no"}]
    rules = [[rule["rule"] for rule in word.get("rules", [])] for word in words(unhcr, "stop")]
    assert rules == [["L13", "L14"], ["L13"]]
    border.leg("UKR", person="p", subject=KAZ, event_time="2026-10-06")
