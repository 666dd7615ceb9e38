"""How an alert ends without a caseworker: replaced by another, or withdrawn, and what its reader is told of why."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from exchange import clock
from exchange.domain import references
from steps import STEPS, again, keep_all, keep_all_at, wake
from worlds import Stage, served, stage

PL_ASYLUM = reader("pl-asylum", "asylum_office", "POL")
PL_BORDER = reader("pl-border", "border_guard", "POL")
OFFICE, MONITOR = SK_ASYLUM.slug, UNHCR.slug


@pytest.fixture(scope="module")
def world(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    readers = (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR, PL_ASYLUM, PL_BORDER)
    with served(server_url, secrets_folder, tmp_path_factory.mktemp("world"), readers) as made:
        yield made


@pytest.fixture
def play(world: dict[str, Any]) -> Stage:
    return stage(world)


def last(alert: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return alert["history"][-1]["act"], alert["history"][-1]["detail"]


def told(alert: dict[str, Any]) -> dict[str, Any]:
    """What is told of why an alert was withdrawn."""
    return {name: value for name, value in last(alert)[1].items() if name in {"because", "iss", "id"}}


def correct(play: Stage, act: str, of: dict[str, Any], **facts: str) -> None:
    """Let the monitor correct a notice of its own, which needs nobody's agreement."""
    said = {"act": act, "reason": "wrong_facts", **facts}
    parts = play.parts(MONITOR, "correction", person="one", facts=said)
    parts["event"]["withdraws" if act == "withdraw" else "corrects"] = references.urn(UNHCR.urn, of["id"])
    play.offices[MONITOR].speaker.post(parts)


def claimed_and_sent(play: Stage) -> dict[str, Any]:
    """A claim and a leg of which P03 is raised; returns the alert of the office."""
    play.say("sk-asylum", "claim_registered", person="one", event_time="2026-08-01")
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    keep_all(play.hub)
    return play.alert(OFFICE, "P03")


def test_an_earlier_leg_that_comes_late_replaces_the_alert_and_each_office_is_told_by_which(play: Stage) -> None:
    before = claimed_and_sent(play)
    play.leg("pl-border", "SVK", person="one", event_time="2026-07-01")
    keep_all(play.hub)
    old = play.again(before, OFFICE)
    (new,) = play.alerts("sk-asylum", "P04")
    assert new["id"] != old["id"]
    assert (old["status"], old["superseded_by"], old["dossier"]) == ("superseded", new["id"], new["dossier"])
    assert last(old)[1]["by"] == new["id"]
    theirs = {a["id"] for slug in ("pl-asylum", "unhcr") for a in play.alerts(slug)}
    assert new["id"] not in theirs
    monitors = play.alerts(MONITOR)
    assert {a.get("superseded_by") for a in monitors} <= {None, *(a["id"] for a in monitors)}
    for step in STEPS:
        again(play.hub, step)
    keep_all(play.hub)
    assert play.again(before, OFFICE) == old


def test_two_persons_who_turn_out_to_be_one_have_one_alert_about_the_chain(play: Stage) -> None:
    play.say(MONITOR, "claim_expressed", state="SVK", event_time="2026-08-01")
    play.leg(MONITOR, "UKR", state="SVK", event_time="2026-09-01")
    play.say("ua-asylum", "claim_registered", person="two", event_time="2026-09-10")
    play.leg("ua-border", "MDA", person="two", event_time="2026-10-01")
    keep_all(play.hub)
    by_way = {a["clauses"][1]["words"][:3]: a for a in play.alerts(MONITOR, "P03")}
    assert len({a["dossier"] for a in by_way.values()}) == len(by_way) == 2
    play.say(MONITOR, "encounter", person="two", state="UKR", event_time="2026-09-20")
    keep_all(play.hub)
    first, second = (play.again(by_way[state], MONITOR) for state in ("SVK", "UKR"))
    assert (first["pattern"], first["status"], first["dossier"]) == ("P04", "open", second["dossier"])
    assert (second["status"], second["superseded_by"]) == ("superseded", first["id"])


def test_a_replaced_notice_takes_its_alert_along(play: Stage) -> None:
    posted = clock.now()
    wrong = play.leg(MONITOR, "UKR", state="SVK", person="one", event_time="2026-10-01")
    keep_all(play.hub)
    wake(play.hub, posted + timedelta(days=8))
    (before,) = play.alerts(MONITOR, "P13")
    right = play.leg(MONITOR, "UKR", state="SVK", person="one", event_time="2026-10-02")
    correct(play, "replace", wrong, replaced_by=references.urn(UNHCR.urn, right["id"]))
    keep_all_at(play.hub, posted + timedelta(days=16))
    old, new = (one for one in sorted(play.alerts(MONITOR, "P13"), key=lambda one: one["id"]))
    assert (old["id"], old["status"], old["superseded_by"]) == (before["id"], "superseded", new["id"])


def test_a_late_confirmation_withdraws_with_the_reason_and_names_the_notice_to_those_who_have_it(play: Stage) -> None:
    posted = clock.now()
    play.leg("sk-border", "UKR", person="one", event_time="2026-10-01")
    keep_all(play.hub)
    wake(play.hub, posted + timedelta(days=8))
    came = play.say("ua-border", "arrival", person="one", counterpart="SVK", event_time="2026-10-02")
    keep_all_at(play.hub, posted + timedelta(days=8))
    monitor, office = (play.alert(slug, "P13") for slug in (MONITOR, OFFICE))
    assert monitor["status"] == office["status"] == "withdrawn"
    assert told(monitor) == {"because": "confirmation", "iss": UA_BORDER.urn, "id": came["id"]}
    assert told(office) == {"because": "confirmation"}  # on a probable link it has no reference (L17)


def test_a_queue_holds_what_was_withdrawn_for_thirty_days_and_its_id_finds_it_later(play: Stage) -> None:
    posted = clock.now()
    play.leg("sk-border", "UKR", person="one", event_time="2026-10-01")
    keep_all(play.hub)
    wake(play.hub, posted + timedelta(days=8))
    play.say("ua-border", "arrival", person="one", counterpart="SVK", event_time="2026-10-02")
    keep_all_at(play.hub, posted + timedelta(days=8))
    gone = play.alert(OFFICE, "P13")
    with play.hub.database.transaction() as tx:
        tx.execute("UPDATE alert SET changed_at = now() - interval '30 days' WHERE id = %s", (gone["id"],))
    assert gone["id"] not in {one["id"] for one in play.offices[OFFICE].speaker.alerts()}
    assert play.again(gone, OFFICE)["status"] == "withdrawn"


def test_a_decision_that_was_served_in_time_says_so(play: Stage) -> None:
    claimed_and_sent(play)
    served = {"merits_scope": "full", "outcome": "rejected", "decided_at": "2026-08-10", "served_at": "2026-08-11"}
    play.say("pl-asylum", "merits_decision", person="one", event_time="2026-08-10", facts=served)
    keep_all(play.hub)
    gone = [a for a in play.alerts("unhcr", "P03") if a["status"] == "withdrawn"]
    assert [last(a)[1]["because"] for a in gone] == ["decision"]


@pytest.mark.rule("L21")
def test_no_withdrawal_tells_a_state_of_a_word_that_it_may_not_know(play: Stage) -> None:
    """Ukraine holds an alert, then is feared by another's word, then its evidence goes: it sees nothing of either."""
    posted = clock.now()
    play.leg("ua-border", "SVK", person="one", event_time="2026-10-01", subject={"nationality": ["KAZ"]})
    keep_all(play.hub)
    wake(play.hub, posted + timedelta(days=8))
    before = play.alerts("ua-asylum", "P13")
    feared = {"nationality": ["KAZ"], "feared": ["UKR"]}
    play.say("sk-asylum", "arrival", person="one", counterpart="UKR", event_time="2026-10-02", subject=feared)
    keep_all_at(play.hub, posted + timedelta(days=8))
    assert [a["status"] for a in before] == ["open"]
    assert play.alerts("ua-asylum", "P13") == before
    assert [a["status"] for a in play.alerts("unhcr", "P13")] == ["withdrawn"]


def test_an_alert_that_was_replaced_comes_back_when_its_finding_does(play: Stage) -> None:
    before = claimed_and_sent(play)
    early = play.leg(MONITOR, "SVK", state="POL", person="one", event_time="2026-07-01")
    keep_all(play.hub)
    assert play.again(before, OFFICE)["status"] == "superseded"
    correct(play, "withdraw", early)
    keep_all(play.hub)
    back = play.again(before, OFFICE)
    assert (back["status"], "superseded_by" in back, last(back)[0]) == ("open", False, "reopened")
    (gone,) = [a for a in play.alerts("sk-asylum", "P04") if a["id"] != before["id"]]
    assert (gone["status"], gone["superseded_by"]) == ("superseded", before["id"])


# about checks


def checked(play: Stage, date: str = "2027-01-05") -> dict[str, Any]:
    """The Slovak office asks before a removal to Ukraine; returns the monitor's alert about it."""
    case = {
        "purpose": "implementing_a_return_decision",
        "legal_basis": "national_law",
        "case": f"{play.mark}-sk-asylum",
    }
    told = play.offices[OFFICE].speaker.check({**case, "destination": "UKR", "date": date})
    keep_all(play.hub)
    (found,) = (a for a in play.offices[MONITOR].speaker.alerts() if a.get("check", {}).get("id") == told["id"])
    return found


def test_an_alert_about_a_check_goes_with_its_evidence_and_comes_back_with_it(play: Stage) -> None:
    """A monitor told of a claim, takes it back, and tells of it once more; nobody asks again meanwhile."""
    play.say(OFFICE, "detention", person="one", event_time="2026-10-05")
    claim = play.say(MONITOR, "claim_expressed", person="one", state="SVK", event_time="2026-10-05")
    keep_all(play.hub)
    alert = checked(play)
    assert (alert["pattern"], alert["status"]) == ("P03", "open")
    correct(play, "withdraw", claim)
    keep_all(play.hub)
    gone = play.again(alert, MONITOR)
    assert (gone["status"], told(gone)["because"], told(gone)["iss"]) == ("withdrawn", "correction", UNHCR.urn)
    play.say(MONITOR, "claim_expressed", person="one", state="SVK", event_time="2026-10-06")
    keep_all(play.hub)
    back = play.again(alert, MONITOR)
    assert (back["status"], last(back)[0], back["pattern"]) == ("open", "reopened", "P03")
    for step in ("alert", "checked"):
        again(play.hub, step)
    assert play.again(alert, MONITOR) == back
    with play.hub.database.transaction() as tx:
        tx.execute("UPDATE alert SET status = 'closed' WHERE id = %s", (alert["id"],))
    play.say(MONITOR, "claim_expressed", person="one", state="SVK", event_time="2026-10-04")
    keep_all(play.hub)
    assert play.again(alert, MONITOR)["status"] == "closed"


def test_a_removal_that_was_asked_about_and_is_told_of_counts_once(play: Stage) -> None:
    play.say("ua-asylum", "claim_registered", person="one", event_time="2026-09-01")
    play.say("ua-border", "return_decision", counterpart="AFG", person="one", facts={"destinations": ["AFG"]})
    play.say(OFFICE, "claim_registered", person="one", event_time="2026-10-05")
    keep_all(play.hub)
    alert = checked(play, "2026-11-20")
    play.leg("sk-border", "UKR", person="one", event_time="2026-11-24")
    keep_all(play.hub)
    assert play.again(alert, MONITOR)["clauses"] == alert["clauses"]
