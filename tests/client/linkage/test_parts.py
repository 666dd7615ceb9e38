"""Name parts: what a spelling is cut into."""

# ruff: noqa: RUF001 -- letters of several scripts that look alike are what this is about

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.client.linkage.parts import LONGEST, MOST, PARTICLES, Part, parts, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Al-Hussein", ["hussein"]),
        ("'Abd al-Raḥmān", ["abd", "raḥmān"]),
        ("Abdul·lah O’Neill", ["abdullah", "oneill"]),
        ("İRfan", [unicodedata.normalize("NFKC", "i\u0307rfan")]),
        ("von der Leyen", ["leyen"]),
        ("bin", ["bin"]),
        ("аль-Хусейни", ["хусейни"]),
        ("محمد\u200cرضا ابن علی", ["محمدرضا", "علی"]),
        ("Vagif oğlu / Vaqif OGLU", ["vagif", "oğlu", "vaqif"]),
        ("😀 , -", []),
        ("", []),
    ],
)
def test_a_field_is_cut_into_words_without_particles(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_the_first_word_of_each_field_comes_first_and_four_are_looked_at() -> None:
    found = parts("Amir Hossein Ali", "de la Cruz Lopez", "Rezaevich")
    assert found == (
        Part("given", "amir"), Part("family", "cruz"), Part("patronymic", "rezaevich"), Part("given", "hossein"),
    )  # fmt: skip
    assert len(parts(" ".join(f"name{n}" for n in range(40)))) == MOST
    assert parts("") == ()


def test_a_part_says_no_name_in_its_repr() -> None:
    assert "hussein" not in repr(parts("Hussein"))


def test_particles_stand_as_words_are_folded() -> None:
    assert {word for one in PARTICLES for word in words(one)} == PARTICLES


@given(given=st.text(max_size=60), family=st.text(max_size=60))
def test_any_text_gives_parts_that_are_bounded_and_typed_alike(given: str, family: str) -> None:
    found = parts(given, family)
    assert len(found) <= MOST
    assert all(0 < len(part.text) <= LONGEST for part in found)
    assert parts(unicodedata.normalize("NFD", given), unicodedata.normalize("NFC", family)) == found
    assert parts(f" {given}, ", f"({family})") == found
