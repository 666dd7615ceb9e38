"""Facts hold codes of lists with a name, a source and a version, and lists only grow, each time by a new version.

To pin a list that grew, or a new one: `python tests/schemas/test_code_lists.py`, which refuses what may not be.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2])]  # for the command, which pytest does not prepare

from marshmallow import fields  # noqa: E402 -- after the path

from exchange.domain import codes, kinds  # noqa: E402 -- after the path
from exchange.domain.codes import LISTS, NOT_RECORDED, CodeList  # noqa: E402 -- after the path
from exchange.domain.vocabulary import ACTING_STATES  # noqa: E402 -- after the path
from schemas.catalogue import served  # noqa: E402 -- after the path
from schemas.fields import Choice  # noqa: E402 -- after the path
from schemas.parts import FACTS  # noqa: E402 -- after the path

PINNED = Path(__file__).with_name("code-lists.json")
CLOSED = {
    *(codes.ERASABLE, codes.PURPOSES, codes.LEGAL_BASES, codes.SAFEGUARDS, codes.SEXES, codes.RELATIONS),
    *(codes.TRANSFER_BASES, codes.NECESSITIES),
}
"""What every notice must say, or need not say at all."""
ELSEWHERE = {
    *(
        "sources_of_knowledge",
        "purposes",
        "legal_bases",
        "safeguards",
        "transfer_bases",
        "transfer_necessities",
    ),  # of the hub part, and a part of their own
    *("romanisation_schemes", "calendars", "sources_of_birth_dates", "sexes", "relations"),  # of the person block
}
Pin = dict[str, dict[str, Any]]


def pin(lists: Sequence[CodeList]) -> Pin:
    return {one.name: {"version": one.version, "codes": list(one.codes), "meaning": dict(one.meaning)} for one in lists}


def faults(pinned: Pin, lists: Sequence[CodeList]) -> Iterator[str]:
    now = pin(lists)
    for name, then in pinned.items():
        if name not in now:
            yield f"{name} is gone"
            continue
        new = now[name]
        if gone := [code for code in then["codes"] if code not in new["codes"]]:
            yield f"{name} lost {gone}"
        if other := [code for code in then["meaning"] if new["meaning"].get(code) != then["meaning"][code]]:
            yield f"{name} gave another meaning to {other}"
        if sorted(new["codes"]) != sorted(then["codes"]) and new["version"] <= then["version"]:
            yield f"{name} changed without a new version"
        if new["version"] < then["version"]:
            yield f"{name} went back to version {new['version']}"


def choices() -> Iterator[tuple[str, str, Choice]]:
    for kind, schema in FACTS.items():
        for name, field in schema.fields.items():
            inner = field.inner if isinstance(field, fields.List) else field
            if isinstance(inner, Choice):
                yield kind, name, inner


def test_the_lists_are_those_that_were_pinned() -> None:
    pinned = json.loads(PINNED.read_text("utf-8"))
    assert list(faults(pinned, LISTS)) == []
    assert pinned == pin(LISTS), f"To pin what grew: python {Path(__file__).name}"


def test_a_list_may_only_grow_and_only_by_a_new_version() -> None:
    was = CodeList("colours", 1, "nowhere", ("red", "blue"), MappingProxyType({"red": "as blood"}))
    pinned = pin([was])
    for wrong, said in {
        replace(was, name="colour"): "colours is gone",
        replace(was, codes=("red",), version=2): "colours lost ['blue']",
        replace(was, codes=("red", "blue", "green")): "colours changed without a new version",
        replace(was, version=0): "colours went back to version 0",
        replace(
            was, meaning=MappingProxyType({"red": "as wine"}), version=2
        ): "colours gave another meaning to ['red']",
    }.items():
        assert said in list(faults(pinned, [wrong]))
    for right in (was, replace(was, version=2), replace(was, codes=("green", "red", "blue"), version=2)):
        assert list(faults(pinned, [right])) == []


def test_every_list_has_a_name_of_its_own_a_source_a_version_and_codes_once_each() -> None:
    assert len({one.name for one in LISTS}) == len(LISTS) == len(pin(LISTS))
    for one in LISTS:
        assert one.name.isidentifier()
        assert one.source
        assert one.version >= 1
        assert len(set(one.codes)) == len(one.codes) >= 1
        assert set(one.meaning) <= set(one.codes)
        assert one in CLOSED or one.codes[-1] == NOT_RECORDED


def test_every_choice_of_facts_is_of_a_list_or_a_state() -> None:
    used = set()
    for kind, name, choice in choices():
        several = kinds.SEVERAL.get(kind, {}).get(name)
        assert choice.listed is kinds.LISTED[kind].get(name, several)
        if choice.listed is None:
            assert choice.values == ACTING_STATES, (kind, name)
        else:
            assert choice.values == set(choice.listed.codes) - ({NOT_RECORDED} if several else set()), (kind, name)
            assert choice.listed in LISTS
            used.add(choice.listed.name)
    assert used | ELSEWHERE == {one.name for one in LISTS}  # a list that no member has would be no part of the format


def test_json_schemas_say_which_list_and_from_where() -> None:
    said = 0
    for kind, name, choice in choices():
        shape = served(f"facts-{kind}")["properties"][name]
        shape = shape.get("items", shape)
        if choice.listed is not None:
            assert f"list {choice.listed.name}, version {choice.listed.version}" in shape["description"]
            assert choice.listed.source in shape["description"]
            said += 1
    assert said > len(LISTS)


def test_every_kind_has_its_term() -> None:
    assert set(kinds.TERMS) == set(kinds.KINDS)
    assert len(kinds.KINDS) == len(set(kinds.TERMS.values())) == 25


if __name__ == "__main__":
    if wrong := list(faults(json.loads(PINNED.read_text("utf-8")) if PINNED.exists() else {}, LISTS)):
        sys.exit("; ".join(wrong))
    rows = (f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in pin(LISTS).items())
    PINNED.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
