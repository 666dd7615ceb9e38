"""Every example is valid by its own schema, and the JSON Schemas refuse what the schemas refuse."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from exchange.domain.errors import Refusal
from exchange.domain.kinds import KINDS
from exchange.wire import encoding, sdjwt
from schemas import examples
from schemas.catalogue import CATALOGUE, HEARD, NOTICE, SENT, served
from schemas.messages import ACKNOWLEDGEMENT
from schemas.parts import FACTS
from schemas.reading import read
from schemas.sealed import SEALED


def judge(name: str) -> Draft202012Validator:
    return Draft202012Validator(served(name))


def takes(name: str, value: object) -> bool:
    try:
        read(CATALOGUE[name].schema, value, "message")
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_example_is_valid_by_its_schema(name: str) -> None:
    entry = CATALOGUE[name]
    assert read(entry.schema, entry.example, name) == entry.example
    document = served(name)
    Draft202012Validator.check_schema(document)
    assert list(judge(name).iter_errors(entry.example)) == []
    assert document["examples"] == [entry.example]
    assert document["description"]


def test_every_kind_has_a_schema_and_an_example_with_every_member() -> None:
    for kind in KINDS:
        assert CATALOGUE[f"facts-{kind}"].example.keys() == FACTS[kind].fields.keys()


def spoiled(value: Any) -> Iterator[Any]:
    """Every value that differs from this one at one place: a member gone, unknown, of another type, too long."""
    for other in (None, 1.5, True, "", [], {}, "x" * 70_000, ["x"] * 600):
        if type(other) is not type(value) or other != value:
            yield other
    if isinstance(value, dict):
        yield value | {"unknown": 1}
        for name in value:
            yield {key: inner for key, inner in value.items() if key != name}
            yield from ({**value, name: bad} for bad in spoiled(value[name]))
    elif isinstance(value, list):
        yield from ([bad] for inner in value[:1] for bad in spoiled(inner))
        yield value * 600


def differing(name: str) -> Iterator[tuple[bool, str]]:
    """Whether the schema takes what the JSON Schema judges otherwise, and what that is."""
    validator = judge(name)
    for bad in spoiled(CATALOGUE[name].example):
        if validator.is_valid(bad) != takes(name, bad):
            yield takes(name, bad), json.dumps(bad)[:300]


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_is_judged_alike_by_the_json_schema_and_the_schema(name: str) -> None:
    assert list(differing(name)) == []


@pytest.mark.parametrize("name", HEARD)
def test_of_what_is_heard_the_json_schema_says_more(name: str) -> None:
    assert [bad for taken, bad in differing(name) if not taken] == []


def test_the_example_notice_hangs_together() -> None:
    unverified = sdjwt.read(NOTICE)
    assert len(unverified.disclosures) == len(sdjwt.PARTS)
    assert sorted(examples.sha256(each.encode()) for each in unverified.disclosures) == list(unverified.digests)
    (blob,) = examples.SEALED
    assert blob["bytes"] == len(examples.JWE.encode())
    assert len(examples.PLAINTEXT) == 2048
    assert encoding.read_json(examples.PLAINTEXT) == examples.PERSON


@pytest.mark.parametrize("wrong", [{}, [], None, "x", 1, [1], [[]]])
def test_the_list_of_sealed_blobs_is_a_list_of_objects(wrong: object) -> None:
    with pytest.raises(Refusal) as raised:
        read(SEALED, wrong, "sealed part")
    assert raised.value.code == "bad-schema"


def test_a_list_of_sealed_blobs_has_at_most_eight_entries() -> None:
    assert read(SEALED, examples.SEALED * 8, "sealed part")
    with pytest.raises(Refusal):
        read(SEALED, examples.SEALED * 9, "sealed part")


@pytest.mark.parametrize(
    ("said", "good"),
    [
        ({"state": "delivered"}, True),
        ({"state": "delivered", "reason": "no_key"}, False),
        ({"state": "delivered", "pt_sha256": examples.ZEROS}, False),
        ({"state": "opened"}, False),
        ({"state": "opened", "pt_sha256": examples.ZEROS}, True),
        ({"state": "opened", "pt_sha256": examples.ZEROS, "reason": "malformed"}, False),
        ({"state": "unreadable"}, False),
        ({"state": "unreadable", "reason": "no_key"}, True),
        ({"state": "unreadable", "reason": "because"}, False),
    ],
)
def test_an_acknowledgement_says_what_its_state_needs(said: dict[str, str], good: bool) -> None:  # noqa: FBT001
    whole = {"notice": {"iss": examples.ISS, "id": examples.ID}, **said}
    claims = examples.CLAIMS
    assert judge("acknowledgement").is_valid({**claims, **whole}) is good
    try:
        assert read(ACKNOWLEDGEMENT, whole, "acknowledgement") == whole
    except Refusal:
        assert not good
    else:
        assert good
