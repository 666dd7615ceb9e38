"""Whatever comes first, and however often a message comes, the queues are the same in the end."""

import random
from typing import Any

import pytest

from authorities import Office
from builders import READERS, SK_ASYLUM, UA_ASYLUM
from conftest import Enrol
from exchange.deps import Hub
from steps import dump, keep_all, keep_doubled

ORDERS = 4
UKRAINE = {"nationality": ["AFG"], "former_residence": ["IRN"]}
SAID: list[tuple[str, str, dict[str, Any]]] = [
    ("sk-border", "encounter", {"event_time": "2026-08-30", "subject": {}, "safeguards": ["age_disputed"]}),
    ("sk-border", "removal_executed", {"event_time": "2026-09-01", "counterpart": "UKR", "subject": {}}),
    ("ua-border", "arrival", {"event_time": "2026-09-02", "counterpart": "SVK", "aud": [SK_ASYLUM.urn]}),
    ("ua-asylum", "claim_registered", {"event_time": "2026-09-05", "case": "office", "subject": UKRAINE}),
    ("ua-border", "return_decision", {"event_time": "2026-09-10", "counterpart": "AFG"}),
    ("ua-border", "removal_executed", {"event_time": "2026-10-01", "counterpart": "AFG", "aud": [UA_ASYLUM.urn]}),
    ("unhcr", "claim_expressed", {"event_time": "2026-08-29", "state": "SVK", "subject": {"origin": ["AFG"]}}),
]


@pytest.fixture
def offices(web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    return {who.slug: enrol(who) for who in READERS}


def say(offices: dict[str, Office], saying: tuple[str, str, dict[str, Any]], person: str) -> None:
    slug, kind, how = saying
    named: dict[str, Any] = {
        "removal_executed": {"destination": how.get("counterpart"), "legal_act": "return_decision"},
        "return_decision": {"destinations": [how.get("counterpart")]},
    }
    case = f"{how.get('case', slug)}-{person}"
    offices[slug].post(kind, **how | {"person": person, "case": case, "facts": named.get(kind, {})})


def seen(offices: dict[str, Office], person: str, before: dict[str, set[str]]) -> dict[str, list[str]]:
    """What of the alerts is new in every queue, without what is fresh each time; adds their ids to `before`."""
    found = {}
    for slug, office in offices.items():
        known = before.setdefault(slug, set())
        new = [a for a in office.speaker.alerts() if a["id"] not in known]
        known |= {a["id"] for a in new}
        found[slug] = sorted(str(plain(a)).replace(person, "PERSON") for a in new)
    return found


def plain(alert: dict[str, Any]) -> dict[str, Any]:
    """An alert without what is fresh, or in the order of arrival."""
    number = {n["number"]: str(n["event"]) for n in alert["notices"]}
    notices = sorted(str({m: v for m, v in n.items() if m not in {"number", "id"}}) for n in alert["notices"])
    clauses = [(c["clause"], c["words"], sorted(number[n] for n in c["notices"])) for c in alert["clauses"]]
    kept = {m: v for m, v in alert.items() if m not in {"id", "raised_at", "changed_at", "dossier"}}
    return kept | {"notices": notices, "clauses": clauses, "inhibited_by": "inhibited_by" in alert}


def test_any_order_of_arrival_gives_every_reader_the_same_queue(hub: Hub, offices: dict[str, Office]) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    before: dict[str, set[str]] = {}
    results = []
    for turn in range(ORDERS):
        for saying in rng.sample(SAID, len(SAID)):
            say(offices, saying, f"p{turn}")
            if rng.random() < turn / ORDERS:  # all at once first, then more and more one by one
                keep_all(hub)
        keep_all(hub)
        results.append(seen(offices, f"p{turn}", before))
    assert all(results[0][slug] for slug in ("unhcr", "sk-asylum", "ua-asylum"))
    assert not results[0]["af-border"]
    for later in results[1:]:
        assert later == results[0], seed


def test_every_message_twice_gives_what_it_gives_once(hub: Hub, offices: dict[str, Office]) -> None:
    before: dict[str, set[str]] = {}
    results = []
    for person, keep in (("once", keep_all), ("twice", keep_doubled)):
        for saying in SAID:
            say(offices, saying, person)
        keep(hub)
        inboxes = {slug: len(office.speaker.inbox()["items"]) for slug, office in offices.items()}
        results.append((seen(offices, person, before), inboxes))
    (once, delivered), (twice, delivered_again) = results
    assert once == twice
    assert delivered_again == {slug: 2 * count for slug, count in delivered.items()}
    assert any(delivered.values())
    still = dump(hub)
    keep_doubled(hub)
    assert dump(hub) == still
