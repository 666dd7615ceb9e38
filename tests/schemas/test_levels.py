"""Members of every level of every schema: unknown ones, wrong types, lists beyond their limits."""

from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from authorities import tokens
from builders import SK_BORDER, facts
from exchange.domain.errors import Refusal
from exchange.domain.kinds import ENUMERATED, KINDS
from exchange.domain.vocabulary import SAFEGUARDS
from schemas.fields import Choice, Edtf, Text
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES
from schemas.reading import read

SECRET = "Jane_Example"  # noqa: S105 -- what a sender might, against the rules, have put anywhere
WRONG: list[object] = [None, 1, True, 1.5, [], {}, "", SECRET, f"{SECRET}\n", " yes", "\u202eyes"]
TEXTS = {
    "case": "SK-1",
    "registration_no": "R/1",
    "act_reference": "A.1",
    "reference": "x",
    "place": "SKVNP",
    "border_point": "UAUZH",
    "language": "prs",
    "forwarded_to": SK_BORDER.urn,
    "approval_reference": "A-1",
    "mailbox": "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11",
    "replaced_by": "urn:asylum-exchange:notice:sk-border:019ab000-0000-7000-8000-000000000001",
    "hours_since_arrest": "6",
}
EVENT_PART = {
    "kind": "encounter",
    "event_time": "2010-09-23",
    "state": "SVK",
    "counterpart_state": "UKR",
    "in_reply_to": TEXTS["replaced_by"],
    "corrects": TEXTS["replaced_by"],
    "withdraws": TEXTS["replaced_by"],
    "reference": "x",
}
HUB_PART: dict[str, Any] = {
    "subject": {n: ["AFG"] for n in ("nationality", "origin", "former_residence", "feared")},
    "tokens": tokens("one"),
    "case": "SK-1",
    "aud": [SK_BORDER.urn],
    "seq": 1,
    "prev": "a" * 43,
    "source": "own_act",
    "accreditation": "NGO-7",
    "purpose": "readmission",
    "legal_basis": "national_law",
    "transfer": {"basis": "gdpr_49_1_f_vital_interests", "necessity": ["prevent_refoulement"]},
}


def full(kind: str) -> dict[str, Any]:
    """Facts of a kind with every member that the schema knows."""
    return facts(kind) | {
        name: value(name, field) for name, field in FACTS[kind].fields.items() if name not in ENUMERATED[kind]
    }


def value(name: str, field: object) -> Any:
    if isinstance(field, fields.List):
        return [entry(field)] * (2 if name == "approved_by" else 1)
    if isinstance(field, Edtf):
        return "2010-09-24~"
    return "UKR" if isinstance(field, Choice) else TEXTS[name]


def entry(field: Any) -> str:
    inner = field.inner
    if isinstance(inner, Text):
        return "case-1"
    return "UKR" if inner.listed is None else inner.listed.codes[0]


WHOLE: list[tuple[str, Schema, dict[str, Any]]] = [
    ("hub", HUB, HUB_PART),
    ("event", EVENT, EVENT_PART),
    *((kind, FACTS[kind], full(kind)) for kind in KINDS),
]


def refused(schema: Any, said: object) -> str:
    with pytest.raises(Refusal) as raised:
        read(schema, said, "part")
    assert raised.value.code == "bad-schema"
    assert SECRET not in raised.value.detail
    return raised.value.detail


@pytest.mark.parametrize(("schema", "good"), [(s, g) for _, s, g in WHOLE], ids=[name for name, *_ in WHOLE])
def test_every_member_of_every_part_takes_its_example_and_nothing_of_another_kind(
    schema: Schema, good: dict[str, Any]
) -> None:
    assert set(good) == set(schema.fields)
    assert read(schema, good, "part") == good
    assert "does not know" in refused(schema, good | {SECRET: "x"})
    for name, field in schema.fields.items():
        if isinstance(field, Choice | Edtf | Text):
            fits = isinstance(field, Text) and field.pattern.fullmatch(SECRET)
            for wrong in WRONG:
                if not (fits and wrong == SECRET):
                    assert name in refused(schema, good | {name: wrong})


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k in KINDS for n in FACTS[k].fields if n not in ENUMERATED[k]])
def test_lists_and_times_of_the_facts_have_limits(kind: str, name: str) -> None:
    field, good = FACTS[kind].fields[name], full(kind)
    if isinstance(field, fields.List):
        length = next(rule for rule in field.validators if isinstance(rule, validate.Length))
        one, most = entry(field), length.max or length.equal
        wrong: list[Any] = [[one] * (most + 1), [one, None], [one, ["SVK"]], [f"{one} "], ["XXA"], one, {one: 1}]
        assert read(FACTS[kind], good | {name: [one] * most}, "facts")
        wrong += [["not_recorded"], []] if length.min or length.equal else []
    elif isinstance(field, Edtf):
        wrong = ["2010-13", "2010-02-30", "23.9.2010", "2010-09-23T25:00:00Z", "2011/2010", "2010-09-23?x", "x" * 300]
    else:
        wrong = ["x" * 300, "a b", "é", "a\x00"]
    for one in wrong:
        assert name in refused(FACTS[kind], good | {name: one})


@pytest.mark.parametrize("member", ["nationality", "origin", "former_residence", "feared"])
def test_states_of_a_person(member: str) -> None:
    for good in (["XXA"], ["XXB"], ["XXC"], ["XXX"], ["RKS"], ["AFG"] * 8):
        said = HUB_PART | {"subject": {member: good}}
        assert read(HUB, said, "hub") == said
    for wrong in ([], ["AFG"] * 9, "AFG", ["afg"], ["UNO"], ["EUR"], [None], None, {"AFG": 1}, [["AFG"]]):
        assert member in refused(HUB, HUB_PART | {"subject": {member: wrong}})


@pytest.mark.parametrize(
    ("member", "inner"),
    [
        ("subject", {SECRET: ["AFG"]}),
        ("subject", {"nationality": ["AFG"], "name": SECRET}),
        ("tokens", tokens("one") | {SECRET: "x"}),
        ("tokens", tokens("one") | {"values": []}),
        ("tokens", tokens("one") | {"profile": SECRET}),
        ("tokens", tokens("one") | {"keyset": f"{SECRET} "}),
        ("tokens", {"values": tokens("one")["values"]}),
        ("subject", []),
        ("subject", None),
        ("tokens", None),
        ("aud", None),
        ("aud", [[SK_BORDER.urn]]),
    ],
)
def test_objects_inside_the_hub_part_are_as_closed_as_the_part(member: str, inner: object) -> None:
    assert member in refused(HUB, HUB_PART | {member: inner})


def test_the_most_tokens_and_addressees() -> None:
    many = tokens("one") | {"values": (tokens("one")["values"] * 8)[:128]}
    most = HUB_PART | {"tokens": many, "aud": [SK_BORDER.urn] * 64}
    assert read(HUB, most, "hub") == most


def test_safeguards_are_codes_of_the_list() -> None:
    every = {"codes": list(SAFEGUARDS)}
    assert read(SAFEGUARD_CODES, every, "safeguards") == every
    for wrong in ([], [SECRET], [None], "pregnant", [*SAFEGUARDS, "pregnant"], None):
        assert "codes" in refused(SAFEGUARD_CODES, {"codes": wrong})
    assert "does not know" in refused(SAFEGUARD_CODES, every | {"narrative": SECRET})


def test_a_part_that_is_no_object_is_refused() -> None:
    for _, schema, _ in WHOLE:
        for wrong in (None, [], SECRET, 1, [{}]):
            refused(schema, wrong)
