"""The directory of neighbours: what ships is valid and sourced, and an entry that is not is refused in words."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from exchange import neighbours
from exchange.demo.neighbours import SHIPPED, shipped
from exchange.domain.errors import Refusal
from exchange.domain.members import STATES
from exchange.domain.neighbours import NOT_RECORDED, differences
from schemas.neighbour_examples import ENTRY


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """Every statement of an entry: what says something, a list or an agreement."""
    if isinstance(value, dict):
        if {"says", "partner", "name"} & value.keys():
            yield value
        for inner in value.values():
            yield from statements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from statements(inner)


def test_an_entry_ships_for_every_participant() -> None:
    assert set(shipped()) == STATES
    assert {path.suffix for path in SHIPPED.iterdir()} == {".json", ".md"}


@pytest.mark.parametrize("state", sorted(STATES))
def test_what_ships_is_valid_and_every_statement_has_a_source_and_the_day_it_was_verified(state: str) -> None:
    entry = neighbours.read_entry(shipped()[state])
    assert entry["state"] == state
    found = list(statements(entry))
    assert len(found) >= 10
    for said in found:
        if said.get("says") == NOT_RECORDED:
            assert said == {"says": NOT_RECORDED}
        else:
            assert len(said["source"]) > 10
            assert said["verified_at"] == "2026-11-24", "what nobody verified is not shipped"


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with another value at a dotted path; None takes the member away."""
    entry = copy.deepcopy(ENTRY)
    *way, last = path.split(".")
    place: Any = entry
    for name in way:
        place = place[int(name)] if name.isdecimal() else place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return entry


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("adequacy_decision", {"says": "yes"}, "adequacy_decision.source: a statement has source and verified_at"),
        ("adequacy_decision", {"says": NOT_RECORDED, "since": "2020"}, "adequacy_decision.says: not_recorded stands"),
        ("readmission.0.source", None, "readmission.0.source: Missing data"),
        ("readmission.0.verified_at", "yesterday", "readmission.0.verified_at: has not the form"),
        ("readmission.0.status", "ended", "readmission.0.status: is not one of: denounced, in_force"),
        ("readmission.0.signed", "2007-13", "readmission.0.signed: A time is no date of EDTF"),
        ("readmission.0.partner", "XYZ", "readmission.0.partner: is not one of"),
        ("readmission", [], "readmission: is empty exactly when coverage says not_recorded"),
        ("coverage.offices", NOT_RECORDED, "offices: is empty exactly when coverage says not_recorded"),
        ("offices.0.head_of_office", "Jan Kowalski", "offices.0: holds a member that the schema does not know"),
        ("offices.0.contacts", [{"function": "front_office"}], "a contact point has post, email or telephone"),
        ("offices.0.contacts.0.email", "not an address", "offices.0.contacts.0.email: has not the form"),
        ("treaties.echr", None, "treaties.echr: Missing data"),
        ("state", "XXA", "state: is not one of"),
    ],
)
def test_a_malformed_entry_is_refused_and_told_what_is_wrong(path: str, value: Any, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        neighbours.read_entry(json.dumps(changed(path, value)))
    assert refused.value.code == "bad-schema"
    assert words in refused.value.detail
    assert "Kowalski" not in refused.value.detail


def test_differences_are_told_by_their_place() -> None:
    after = changed("readmission.0.status", "suspended") | {"adequacy_decision": {"says": NOT_RECORDED}}
    assert differences(ENTRY, ENTRY) == []
    assert differences(ENTRY, after) == [
        ("adequacy_decision.says", "not_needed", "not_recorded"),
        ("adequacy_decision.source", ENTRY["adequacy_decision"]["source"], ""),
        ("adequacy_decision.verified_at", "2026-11-24", ""),
        ("readmission.0.status", "in_force", "suspended"),
    ]
