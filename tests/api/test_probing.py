"""Who probes for persons kept from its own state is shown to the secretariat alone, and sees no difference."""

import json
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator

from authorities import PASSWORD, Office, hire
from builders import AF_BORDER, BY_ASYLUM, SK_ASYLUM, UA_ASYLUM, UNHCR, reader
from conftest import Enrol
from exchange.app import make_app
from exchange.deps import Hub
from exchange.store.session import rows
from schemas.catalogue import served
from steps import again, dump, keep_all

SECRETARIAT = reader("secretariat", "secretariat", "UNO")
OTHER_SECRETARIAT = reader("deputy-secretariat", "secretariat", "UNO")
KAZAKH = {"nationality": ["KAZ"]}
MOST = 3


def ask(office: Office, kind: str, *numbers: int, subject: dict[str, Any] | None = None) -> None:
    """Ask about persons, each in an own case."""
    for number in numbers:
        case = f"{office.who.slug}-{number}"
        office.post(kind, person=f"{case}", case=case, subject=subject or {"nationality": ["AFG"]})
        assert office.ask(case, case)["answer"] == "nothing_to_tell"


def probing(office: Office) -> list[dict[str, Any]]:
    return [alert for alert in office.speaker.alerts() if alert["pattern"] == "Q01"]


def history(office: Office, alert_id: str) -> list[str]:
    told = office.speaker.alert(alert_id)
    assert [e.message for e in Draft202012Validator(served("alert")).iter_errors(told)] == []
    return [event["act"] for event in told["history"]]


def leaves(hub: Hub) -> int:
    with hub.database.transaction() as tx:
        return int(rows(tx, "SELECT count(*) FROM leaf")[0][0])


def page(hub: Hub, path: str) -> str:
    """What a caseworker of the secretariat sees on the console."""
    client = make_app(hub).test_client()
    form = {"authority": SECRETARIAT.slug, "pseudonym": "clerk-1", "password": PASSWORD}
    assert client.post("/console/sign-in", data=form).status_code == 303
    return client.get(path).text


def names_nobody(hub: Hub, told: dict[str, Any]) -> None:
    """Fail when an alert holds the id of a notice or of a query, or a case."""
    with hub.database.transaction() as tx:
        hidden = [str(value) for found in rows(tx, "SELECT id, case_ref FROM notice") for value in found]
        hidden += [str(found[0]) for found in rows(tx, "SELECT id FROM query")]
    assert hidden
    assert [value for value in hidden if value in json.dumps(told)] == []


def shown_well(hub: Hub, alert_id: str) -> None:
    """Fail unless the console shows an alert of this kind in words that fit it."""
    queue, shown = page(hub, "/console/"), page(hub, f"/console/alerts/{alert_id}")
    for text in (queue, shown):
        assert "Q01 Repeated probing" in text
        assert f"in {MOST} cases" in text
        assert "erits" not in text
    assert "Why does this authority ask, and for whom?" in shown
    assert "Notice " not in shown


def test_the_secretariat_is_told_of_probing_and_nobody_else(hub: Hub, web: str, enrol: Enrol) -> None:
    af, secretariat, deputy = enrol(AF_BORDER), enrol(SECRETARIAT), enrol(OTHER_SECRETARIAT)
    others = [enrol(who) for who in (UNHCR, SK_ASYLUM)]
    worker = replace(hub, probing=(MOST, 30))
    hire(hub, SECRETARIAT.slug, "clerk-1")
    ask(af, "encounter", *range(1, MOST))
    before = leaves(hub)
    assert af.ask("af-border-1", "af-border-1")["answer"] == "nothing_to_tell"  # a case twice is one case
    keep_all(worker)
    assert (probing(secretariat), leaves(hub) - before) == ([], 2)
    ask(af, "encounter", MOST)
    keep_all(worker)
    assert leaves(hub) - before == 6  # a notice and a query more: the alert adds none
    (alert,) = probing(secretariat)
    assert alert["probing"] == {"asked_by": AF_BORDER.urn, "cases": MOST, "days": 30}
    assert (alert["title"], alert["notices"], alert["status"]) == ("Repeated probing", [], "open")
    assert [b["probing"] for b in probing(deputy)] == [alert["probing"]]
    assert [one.speaker.alerts() for one in (af, *others)] == [[], [], []]
    names_nobody(hub, secretariat.speaker.alert(alert["id"]))
    stands = dump(hub)
    again(worker, "queried")
    assert dump(hub) == stands
    shown_well(hub, alert["id"])
    assert web


def test_an_alert_about_probing_grows_comes_back_and_forgets(hub: Hub, web: str, enrol: Enrol) -> None:
    af, secretariat, worker = enrol(AF_BORDER), enrol(SECRETARIAT), replace(hub, probing=(2, 30))
    hire(hub, SECRETARIAT.slug, "clerk-1")
    seen = []
    for number in range(1, 6):
        ask(af, "encounter", number)
        keep_all(worker)
        if number == 3:
            _close(secretariat, probing(secretariat)[0]["id"])
        if number == 4:
            with hub.database.transaction() as tx:
                tx.execute("UPDATE probe SET at = at - interval '30 days'")
        seen.append([event for one in probing(secretariat) for event in history(secretariat, one["id"])])
    closed = ["raised", "changed", "take", "close"]
    assert seen == [[], ["raised"], [], [*closed, "reopened"], [*closed, "reopened"]]
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM probe") == [(1,)]  # what is older than the window counts no more
    assert web


def _close(office: Office, alert_id: str) -> None:
    for name, more in (("take", {}), ("close", {"reason": "handled_elsewhere"})):
        office.speaker.act(alert_id, name, {"caseworker": "clerk-1", **more})


def test_others_words_count_as_the_askers_own_do_and_other_persons_do_not(hub: Hub, web: str, enrol: Enrol) -> None:
    """Belarus may act for Russia: it is kept from those who fear Russia, whoever said so."""
    by, sk, ua, secretariat = enrol(BY_ASYLUM), enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(SECRETARIAT)
    for number in (1, 2):
        case = f"by-asylum-{number}"
        sk.post("claim_registered", person=case, case=case, subject=KAZAKH | {"feared": ["RUS"]})
    keep_all(hub)
    for office in (by, ua):
        ask(office, "claim_registered", 1, 2, subject=KAZAKH)
    keep_all(replace(hub, probing=(2, 30)))
    assert [alert["probing"]["asked_by"] for alert in probing(secretariat)] == [BY_ASYLUM.urn]
    assert web
