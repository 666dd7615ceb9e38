"""Closed lists are closed, unknown members are refused at every level, and the docs say what the schemas do."""

from pathlib import Path
from typing import Any

import pytest

from authorities import tokens
from builders import SK_BORDER, facts
from exchange.domain.errors import Refusal
from exchange.domain.kinds import ENUMERATED, KINDS
from schemas import describe
from schemas.messages import CLOSING, ENVELOPE, QUESTION
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES
from schemas.reading import read

ROOT = Path(__file__).parents[2]
NEEDED = {
    "admissibility_decision": {"named_country": "UKR"},
    "return_decision": {"destinations": ["UKR"]},
    "removal_planned": {"destination": "UKR"},
    "removal_executed": {"destination": "UKR"},
    "information_request": {"asked": ["stage"]},
}
HUB_PART: dict[str, Any] = {
    "subject": {"nationality": ["AFG"], "feared": ["PAK", "XXA"]},
    "tokens": tokens("one"),
    "case": "SK-1",
    "aud": [SK_BORDER.urn],
    "seq": 1,
    "source": "own_act",
    "purpose": "readmission",
    "legal_basis": "national_law",
}
EVENT_PART = {"kind": "encounter", "event_time": "2010-09-23", "state": "SVK"}


def refused(schema: Any, value: object) -> str:
    with pytest.raises(Refusal) as raised:
        read(schema, value, "part")
    assert raised.value.code == "bad-schema"
    return raised.value.detail


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_that_is_accepted(kind: str) -> None:
    good = facts(kind, **NEEDED.get(kind, {}))
    assert read(FACTS[kind], good, "facts") == good


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", ["a word of mine", None, 1, True, ["yes"], {"yes": "no"}, "Yes", ""])
def test_every_enumerated_member_refuses_what_is_not_in_its_list(kind: str, wrong: object) -> None:
    good = facts(kind, **NEEDED.get(kind, {}))
    for member in ENUMERATED[kind]:
        assert member in refused(FACTS[kind], good | {member: wrong})
        assert member in refused(FACTS[kind], {name: value for name, value in good.items() if name != member})


@pytest.mark.parametrize(
    ("schema", "good"),
    [
        (HUB, HUB_PART),
        (EVENT, EVENT_PART),
        (SAFEGUARD_CODES, {"codes": ["pregnant"]}),
        (ENVELOPE, {"notice": "x"}),
        (CLOSING, {"caseworker": "one-1", "reason": "too_late"}),
        (
            QUESTION,
            {
                "purpose": "examining_the_application",
                "legal_basis": "ammr_51",
                "case": "x",
                "tokens": tokens("one")["values"],
            },
        ),
    ],
)
def test_messages_refuse_unknown_and_missing_members(schema: Any, good: dict[str, Any]) -> None:
    assert read(schema, good, "part") == good
    assert "does not know" in refused(schema, good | {"Jane Example": 1})
    assert "Jane" not in refused(schema, good | {"Jane Example": 1})
    for name in [n for n, f in schema.fields.items() if f.required]:
        assert name in refused(schema, {n: v for n, v in good.items() if n != name})
    for other in (None, [], "text", 5):
        refused(schema, other)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": {"nationality": ["AFG"], "name": "x"}},
        {"subject": {"nationality": ["AFG"] * 9}},
        {"subject": {"nationality": "AFG"}},
        {"subject": {"nationality": [None]}},
        {"tokens": tokens("one") | {"values": tokens("one")["values"] * 33}},
        {"tokens": tokens("one") | {"values": ["C2D." + "a" * 42]}},
        {"tokens": tokens("one") | {"values": ["c2d." + "a" * 43]}},
        {"aud": ["urn:asylum-exchange:authority:x"] * 65},
        {"aud": ["urn:asylum-exchange:authority:X"]},
        {"aud": ["unhcr"]},
        {"case": "a b"},
        {"case": "x" * 65},
        {"seq": 0},
        {"seq": True},
        {"seq": 1.0},
        {"seq": "1"},
        {"prev": "short"},
    ],
)
def test_the_limits_of_the_hub_part(change: dict[str, Any]) -> None:
    refused(HUB, HUB_PART | change)


def test_a_refusal_names_a_few_members_and_counts_the_rest() -> None:
    detail = refused(FACTS["encounter"], {})
    assert "and 2 more" in detail


def test_the_page_about_notices_is_what_the_schemas_say() -> None:
    assert (ROOT / "docs" / "notices.md").read_text(encoding="utf-8") == describe.page()
