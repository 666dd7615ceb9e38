"""Modifier R from the officers' entry in the directory to what is found, now and as of before."""

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from api.test_corrections import urn
from authorities import secretariat_of
from builders import SK_ASYLUM, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange import clock, explaining, neighbours, reading
from exchange.commands import Given
from exchange.console import neighbour_words
from exchange.deps import Hub
from exchange.domain.asof import AsOf
from exchange.domain.errors import Refusal
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.explaining import Question
from exchange.store import neighbours as directory
from exchange.store.session import rows
from schemas.neighbour_examples import ENTRY
from steps import keep_all

P03 = next(pattern for pattern in PATTERNS if pattern.id == "P03")


def enter(hub: Hub, version: int, *days: int) -> None:
    """Let the directory say that Ukraine sent Afghans on so many days ago."""
    entry: dict[str, Any] = {**copy.deepcopy(ENTRY), "state": "UKR"}
    del entry["onward_returns"]
    if days:
        one = ENTRY["onward_returns"][0]
        dates = [(clock.now() - timedelta(days=ago)).date().isoformat() for ago in days]
        entry["onward_returns"] = [{**one, "returned": date} for date in dates]
    text = json.dumps(entry)
    assert secretariat_of(hub).act("directory", neighbours.members(text, version), Given(bundle=text)).carried


def severities(hub: Hub) -> dict[str, str]:
    """Projection -> severity of the finding P03."""
    with hub.database.transaction() as tx:
        found = rows(tx, "SELECT projection, body FROM finding")
    return {name: body["severity"] for name, body in found if body["pattern"] == "P03"}


def test_an_entry_of_the_directory_raises_what_is_found_the_next_time(hub: Hub, web: str, enrol: Enrol) -> None:
    assert web
    sk, _, unhcr = enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UNHCR)
    claim = sk.post("claim_registered", person="one", event_time="2026-10-01", aud=[unhcr.who.urn])
    order = {"event_time": "2026-10-02", "counterpart_state": "UKR", "facts": {"destinations": ["UKR"]}}
    sk.post("return_decision", person="one", **order)
    keep_all(hub)
    assert set(severities(hub).values()) == {"high"}
    before = clock.now()
    enter(hub, 0, 400)
    enter(hub, 1, 400, 30)
    keep_all(hub)
    assert set(severities(hub).values()) == {"high"}, "nobody is judged anew for the directory alone"
    sk.post("detention", person="one", event_time="2026-10-03")
    keep_all(hub)
    assert set(severities(hub).values()) == {"critical"}
    person = urn(sk, claim)
    for known, severity in ((before, "high"), (clock.now(), "critical")):
        told = explaining.why(hub, Question(person, P03, AsOf(known=known), None), clock.now())
        assert [one.severity for one in told.findings] == [severity]
    enter(hub, 2)
    with hub.database.reading() as tx:
        assert reading.sent_on(directory.onward(tx, before)(), before) == frozenset()
        assert reading.sent_on(directory.onward(tx, clock.now())(), clock.now()) == frozenset()
    sk.post("detention", person="one", event_time="2026-10-04")
    keep_all(hub)
    assert set(severities(hub).values()) == {"high"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([], "onward_returns: Length must be between 1 and 64"),
        ([{**ENTRY["onward_returns"][0], "origin": "XXA"}], "onward_returns.0.origin: is not one of"),
        ([{**ENTRY["onward_returns"][0], "returned": "lately"}], "onward_returns.0.returned: "),
        ([{**ENTRY["onward_returns"][0], "source": ""}], "onward_returns.0.source: "),
        (
            [{**ENTRY["onward_returns"][0], "name": "A. B."}],
            "onward_returns.0: holds a member that the schema does not",
        ),
    ],
)
def test_a_return_without_origin_time_or_source_is_refused(wrong: list[dict[str, str]], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        neighbours.read_entry(json.dumps({**ENTRY, "onward_returns": wrong}))
    assert words in str(refused.value)


def test_a_caseworker_reads_in_the_directory_what_makes_findings_graver() -> None:
    (told,) = [one for one in neighbour_words.sections(ENTRY) if one.title == "Persons sent on to another state"]
    assert [(row.name, row.says, row.dates) for row in told.rows] == [
        ("Persons from Afghanistan", "Sent to Ukraine", "March 2026")
    ]
    assert told.rows[0].source
    without = {name: said for name, said in ENTRY.items() if name != "onward_returns"}
    assert len(neighbour_words.sections(without)) == len(neighbour_words.sections(ENTRY)) - 1
