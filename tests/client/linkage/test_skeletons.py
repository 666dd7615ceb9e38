"""Skeletons: frozen by vectors, the same however a part is typed, and bounded whatever is typed."""

# ruff: noqa: RUF001 -- letters of several scripts that look alike are what this is about

import json
import unicodedata
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.client.linkage.folding import LONGEST
from exchange.client.linkage.parts import words
from exchange.client.linkage.skeletons import COARSE, FINE, READINGS, coarse, exact, fine
from vectors.make_linkage_names import tables

LEVELS = (coarse, fine, exact)
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "linkage-names.json").read_text())
TYPED = st.text(max_size=30)
NAME = st.text(st.characters(categories=("L", "M")), max_size=20)


def every(vectors: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for group in vectors["groups"].values() for one in group] + vectors["odd"]


@pytest.mark.parametrize("vector", every(VECTORS), ids=lambda vector: ascii(vector["part"])[:20])
def test_profile_n1_says_what_it_said_when_it_was_frozen(vector: dict[str, Any]) -> None:
    part = vector["part"]
    assert words(part) == vector["words"]
    assert [sorted(level(part)) for level in LEVELS] == [vector["coarse"], vector["fine"], vector["exact"]]


def test_the_letter_tables_are_those_of_the_profile() -> None:
    assert tables() == VECTORS["tables"], "another table is another profile: N1 may not drift"


@pytest.mark.parametrize("group", VECTORS["groups"].values(), ids=VECTORS["groups"])
def test_most_spellings_of_one_name_share_a_skeleton(group: list[dict[str, Any]]) -> None:
    pairs = list(combinations(group, 2))
    matching = sum(not coarse(one["part"]).isdisjoint(coarse(other["part"])) for one, other in pairs)
    assert matching >= 0.6 * len(pairs)


@pytest.mark.parametrize("level", LEVELS)
@given(typed=TYPED)
def test_whatever_is_typed_has_at_most_three_short_skeletons(level: Any, typed: str) -> None:
    found = level(typed)
    assert len(found) <= READINGS
    assert all(0 < len(one) <= 3 * LONGEST for one in found)


@pytest.mark.parametrize("level", LEVELS)
@given(name=NAME)
def test_composition_and_case_change_nothing(level: Any, name: str) -> None:
    for form in ("NFC", "NFD", "NFKC"):
        assert level(unicodedata.normalize(form, name)) == level(name)
    assert level(name.casefold()) == level(name)


@pytest.mark.parametrize("level", LEVELS)
@given(
    name=st.sampled_from([one["part"] for one in every(VECTORS)]), mark=st.sampled_from("-.,'’·\u200f\u200b\u00ad _ـ")
)
def test_punctuation_and_case_of_real_letters_change_nothing(level: Any, name: str, mark: str) -> None:
    assert level(mark + name[:1] + mark + name[1:] + mark) == level(name)
    assert level(name.upper()) == level(name) == level(name.lower())


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 10_000,
        "ch" * 5_000,
        "a" + "\u0301\u0323" * 5_000,
        "ﷺ" * 10_000,
        "😀" * 10_000,
        "金" * 10_000,
        "аa" * 5_000,
    ],
    ids=lambda text: ascii(text[:2]),
)
def test_ten_thousand_characters_are_read_like_their_first(hostile: str) -> None:
    for level in LEVELS:
        assert level(hostile) == level(hostile[:4096])


def test_a_letter_of_another_script_that_looks_alike_changes_nothing() -> None:
    assert coarse("Мaxмуд") == coarse("Махмуд")  # Latin a and x
    assert coarse("Саrа") & coarse("Сара")
    assert coarse("Мaria") & coarse("Maria")  # the first letter is Cyrillic


def test_fine_tells_apart_what_coarse_does_not() -> None:
    assert coarse("Sara") & coarse("Šara")
    assert set(FINE) == set(COARSE)
    assert {COARSE[sound] for sound in "szSZCJc"} == {"S"}
    assert {FINE[sound] for sound in "SZCJc"} == {"C"}


def test_exact_holds_both_spellings_of_an_umlaut() -> None:
    assert exact("Müller") == {"muller", "mueller"}
    assert exact("") == exact("😀") == frozenset()


@pytest.mark.parametrize(
    ("passport", "lithuanian"),
    [
        ("Зелимхан", "Zelimchanas"),
        ("Хасуханов", "Chasuchanovas"),
        ("Хамзат", "Chamzatas"),
        ("Абдулхаким", "Abdulchakimas"),
        ("Мусаев", "Musajevas"),
        ("Хаджиев", "Chadžijevas"),
        ("Дмитрий", "Dmitrijus"),
        ("Шамиль", "Šamilis"),
        ("Лукашевич", "Lukaševičius"),
        ("Зайцев", "Zaicevas"),
    ],
)
def test_a_lithuanian_spelling_meets_the_passport(passport: str, lithuanian: str) -> None:
    assert coarse(passport) & coarse(lithuanian)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Odil", "Odiljon"), ("عادل", "Odiljon"), ("Одил", "Одилжон"), ("Xhemal", "Джемал"), ("Hüseyin", "Гусейн")],
)
def test_what_one_office_adds_or_hears_otherwise_meets(one: str, other: str) -> None:
    assert coarse(one) & coarse(other)


def test_a_coarse_skeleton_tells_h_from_k_only_while_it_is_short() -> None:
    assert (coarse("Ho"), coarse("Ko")) == ({"H"}, {"K"})
    assert coarse("Rahimi") == {"RKM"}
    assert fine("Rahimi") == {"RHM"}


def test_kh_at_the_start_is_one_sound() -> None:
    assert coarse("Khan") == {"HN"}
