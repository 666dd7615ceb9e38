"""What the steps make of notices: twice changes nothing, order changes nothing, absence waits for its deadline."""

import random
from datetime import timedelta
from typing import Any

import pytest

from authorities import Office, hire, signed_in
from builders import READERS, SK_ASYLUM, UA_ASYLUM
from conftest import Enrol
from exchange.alerts import Act
from exchange.client.speaker import Refused
from exchange.clock import now
from exchange.deps import Hub
from exchange.store import outbox
from exchange.store.session import rows
from steps import STEPS, again, dump, keep_all, keep_all_at, wake
from workers.promises import keep


def chain(offices: dict[str, Office]) -> None:
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01", aud=[UA_ASYLUM.urn])
    offices["ua-border"].post("arrival", counterpart="SVK", person="one", event_time="2026-09-01")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")


@pytest.fixture
def offices(web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    return {who.slug: enrol(who) for who in READERS}


def queues(offices: dict[str, Office]) -> dict[str, Any]:
    """The queues of all, without what must differ between two runs."""
    return {slug: sorted(str(what(a)) for a in office.speaker.alerts()) for slug, office in offices.items()}


def what(alert: dict[str, Any]) -> dict[str, Any]:
    kept = {n: alert[n] for n in ("pattern", "severity", "certainty", "stage", "link", "status")}
    words = sorted(clause["words"] for clause in alert["clauses"])
    return kept | {"words": words, "notices": sorted(str(n["event"]) for n in alert["notices"])}


@pytest.mark.parametrize("step", STEPS)
def test_every_step_twice_changes_nothing(hub: Hub, offices: dict[str, Office], step: str) -> None:
    chain(offices)
    keep_all(hub)
    before = dump(hub)
    assert before["alert"]
    again(hub, step)
    assert dump(hub) == before
    keep_all(hub)
    assert dump(hub) == before


def test_the_order_in_which_notices_come_does_not_matter(hub: Hub, offices: dict[str, Office]) -> None:
    """Both removals name their act: without one, P11 asks what the same state had told before it removed (L23)."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    made = [
        ("sk-border", "removal_executed", "2026-09-01", "UKR", {"destination": "UKR", "legal_act": "return_decision"}),
        ("ua-border", "arrival", "2026-09-02", "SVK", {}),
        ("ua-asylum", "claim_registered", "2026-09-05", None, {}),
        ("ua-border", "return_decision", "2026-09-10", "AFG", {"destinations": ["AFG"]}),
        ("ua-border", "removal_executed", "2026-10-01", "AFG", {"destination": "AFG", "legal_act": "return_decision"}),
    ]
    results = []
    for person in ("one", "two", "three"):
        rng.shuffle(made)
        for slug, kind, when, other, said in made:
            aside = {} if other is None else {"counterpart": other}
            offices[slug].post(kind, event_time=when, person=person, case=f"{slug}-{person}", facts=said, **aside)
        keep_all(hub)
        seen = queues(offices)
        results.append(seen)
    first = results[0]
    assert first["unhcr"]
    for count, later in enumerate(results, start=1):
        assert {slug: set(mine) for slug, mine in later.items()} == {slug: set(mine) for slug, mine in first.items()}
        assert {slug: len(mine) for slug, mine in later.items()} == {s: count * len(m) for s, m in first.items()}


def test_what_the_state_that_removed_tells_of_a_claim_afterwards_does_not_end_p11(
    hub: Hub, offices: dict[str, Office]
) -> None:
    """The one thing in which the order counts: its own word, and whether that stood in the ledger before (L23)."""
    claim: tuple[str, str, dict[str, Any]] = ("ua-asylum", "claim_registered", {"event_time": "2026-09-05"})
    out: tuple[str, str, dict[str, Any]] = (
        "ua-border",
        "removal_executed",
        {"event_time": "2026-10-01", "counterpart": "AFG", "facts": {"destination": "AFG"}},
    )
    shown = []
    for person, order in (("one", (claim, out)), ("two", (out, claim))):
        held = {a["id"] for a in offices["unhcr"].speaker.alerts()}
        for slug, kind, said in order:
            offices[slug].post(kind, person=person, case=f"{slug}-{person}", **said)
            keep_all(hub)
        new = [a for a in offices["unhcr"].speaker.alerts() if a["id"] not in held]
        shown.append({a["pattern"]: a["certainty"] for a in new})
    before, after = shown
    assert "P11" not in before
    assert after == before | {"P11": "possible"}
    assert "P19" in before


def test_absence_waits_for_its_deadline_and_a_late_word_withdraws_the_alert(
    hub: Hub, offices: dict[str, Office]
) -> None:
    offices["sk-border"].leg("UKR", person="one", event_time="2026-10-01")
    keep_all(hub)
    posted = now()

    def lost() -> list[str]:
        return [a["status"] for a in offices["sk-asylum"].speaker.alerts() if a["pattern"] == "P13"]

    wake(hub, posted + timedelta(days=6, hours=23))
    assert lost() == []
    wake(hub, posted + timedelta(days=7, minutes=1))
    assert lost() == ["open"]
    offices["sk-border"].post("encounter", person="one", event_time="2026-10-02")
    keep_all_at(hub, posted + timedelta(days=8))
    assert lost() == ["open"]
    offices["ua-border"].post("arrival", counterpart="SVK", person="one", event_time="2026-10-02")
    keep_all_at(hub, posted + timedelta(days=8))
    assert lost() == ["withdrawn"]
    assert [a["pattern"] for a in offices["ua-asylum"].speaker.alerts()] == []
    (alert,) = [a for a in offices["sk-asylum"].speaker.alerts() if a["pattern"] == "P13"]
    history = offices["sk-asylum"].speaker.alert(alert["id"])["history"]
    assert [event["act"] for event in history] == ["raised", "withdrawn"]


def test_a_step_that_keeps_failing_is_parked_and_the_others_go_on(hub: Hub, offices: dict[str, Office]) -> None:
    offices["sk-border"].post(person="one")
    with hub.database.transaction() as tx:
        outbox.promise(tx, [("link", 10**9, "no such notice")], now())
    for _ in range(outbox.MOST_ATTEMPTS + 1):
        with hub.database.transaction() as tx:
            numbers = [no for (no,) in rows(tx, "SELECT no FROM outbox WHERE step = 'link' AND done_at IS NULL")]
        keep(hub, "link", numbers, STEPS["link"])
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT attempts, last_error FROM outbox WHERE parked_at IS NOT NULL") == [(10, "LookupError")]
        assert rows(tx, "SELECT count(*) FROM outbox WHERE step = 'link' AND done_at IS NULL") == [(1,)]


def acts(office: Office) -> tuple[str, Any]:
    (alert,) = [a for a in office.speaker.alerts() if a["pattern"] == "P04"]
    return alert["id"], office.speaker.act


def test_a_critical_alert_is_closed_by_four_eyes(hub: Hub, offices: dict[str, Office]) -> None:
    for pseudonym, role in (("one", "caseworker"), ("two", "caseworker"), ("chief", "supervisor")):
        hire(hub, SK_ASYLUM.slug, f"{pseudonym}-1", role)
    chain(offices)
    keep_all(hub)
    alert_id, act = acts(offices["sk-asylum"])
    with pytest.raises(Refused) as refused:
        act(alert_id, "take", {"caseworker": "stranger-1"})
    assert refused.value.code == "unknown-caseworker"
    assert act(alert_id, "take", {"caseworker": "one-1"})["status"] == "taken"
    assert act(alert_id, "acknowledge", {"caseworker": "one-1"})["status"] == "acknowledged"
    reason = {"reason": "removal_stopped"}
    assert act(alert_id, "close", {"caseworker": "one-1", **reason})["closing_by"] == "one-1"
    assert act(alert_id, "close", {"caseworker": "one-1", **reason})["status"] == "acknowledged"
    for who in ("two-1", "chief-1"):  # an authority's key does not show that a second person stood behind it
        with pytest.raises(Refused) as refused:
            act(alert_id, "close", {"caseworker": who, **reason})
        assert refused.value.code == "four-eyes"
    closed = signed_in(hub, SK_ASYLUM.slug, "chief-1", Act("close", alert_id, **reason))
    assert closed["status"] == "closed"
    assert signed_in(hub, SK_ASYLUM.slug, "chief-1", Act("close", alert_id, **reason)) == closed
    with pytest.raises(Refused) as refused:
        act(alert_id, "take", {"caseworker": "chief-1"})
    assert refused.value.code == "wrong-status"
    assert alert_id not in {a["id"] for a in offices["sk-asylum"].speaker.alerts()}
    again(hub, "alert")
    assert alert_id not in {a["id"] for a in offices["sk-asylum"].speaker.alerts()}
    offices["sk-border"].post("safeguard", person="one", safeguards=["serious_illness"], event_time="2026-08-01")
    offices["ua-border"].leg("PAK", person="one", event_time="2026-10-02", case="ua-border-1")
    keep_all(hub)
    assert {a["status"] for a in offices["sk-asylum"].speaker.alerts() if a["id"] == alert_id} <= {"open"}


def test_an_acknowledgement_runs_out(hub: Hub, offices: dict[str, Office]) -> None:
    hire(hub, SK_ASYLUM.slug, "one-1", "caseworker")
    chain(offices)
    keep_all(hub)
    alert_id, act = acts(offices["sk-asylum"])
    act(alert_id, "acknowledge", {"caseworker": "one-1"})
    wake(hub, now() + timedelta(hours=71))
    assert offices["sk-asylum"].speaker.alert(alert_id)["status"] == "acknowledged"
    wake(hub, now() + timedelta(hours=73))
    assert offices["sk-asylum"].speaker.alert(alert_id)["status"] == "open"


def test_another_authoritys_alert_is_answered_as_none(hub: Hub, offices: dict[str, Office]) -> None:
    chain(offices)
    keep_all(hub)
    alert_id, _ = acts(offices["unhcr"])
    answers = []
    for asked in (alert_id, "01931d3c-0000-7000-8000-000000000001", "nonsense"):
        with pytest.raises(Refused) as refused:
            offices["sk-asylum"].speaker.alert(asked)
        answers.append((refused.value.code, refused.value.detail))
    assert set(answers) == {("no-such-alert", "There is no such alert in your queue.")}
