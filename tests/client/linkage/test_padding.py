"""Padding: one of four sizes, types that the record holds, and what is cut when there is more."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.client.linkage.padding import SIZES, padded
from exchange.wire.encoding import b64encode
from schemas.fields import TOKEN

KEY, OTHER = b"k" * 32, b"o" * 32


def made(number: int, types: str = "C2D C1D DOB", seed: int = 1) -> list[str]:
    drawn = random.Random(seed)
    names = types.split()
    return [f"{names[one % len(names)]}.{b64encode(drawn.randbytes(32))}" for one in range(number)]


@pytest.mark.parametrize(("number", "size"), [(1, 32), (32, 32), (33, 64), (64, 64), (96, 96), (97, 128), (128, 128)])
def test_the_next_of_four_sizes(number: int, size: int) -> None:
    tokens = made(number)
    filled = padded(tokens, KEY)
    assert len(filled) == len(set(filled)) == size
    assert set(tokens) <= set(filled)
    assert filled == sorted(filled), "the order says nothing"
    assert all(TOKEN.fullmatch(token) for token in filled)


def test_nothing_stays_nothing() -> None:
    assert padded([], KEY) == []


def test_fill_stands_only_under_types_that_the_record_holds_and_under_all_alike() -> None:
    counted = Counter(token.partition(".")[0] for token in padded(made(65), KEY))
    assert set(counted) == {"C2D", "C1D", "DOB"}
    many = Counter(t.partition(".")[0] for one in range(200) for t in padded(made(1, "A2 B2 C2", one), KEY))
    assert many == {"A2": 200 * 32}, "one type, so the fill is of that type"
    spread = Counter(t.partition(".")[0] for one in range(200) for t in padded(made(2, "A2 B2", one), KEY))
    assert abs(spread["A2"] - spread["B2"]) < 600, spread


def test_a_record_keeps_its_fill_and_no_other_authority_has_it() -> None:
    """Notices of one case laid over one another show nothing; what two authorities agree on is never fill."""
    tokens = made(40)
    assert padded(tokens, KEY) == padded(list(reversed(tokens)), KEY)
    assert set(padded(tokens, KEY)) & set(padded(tokens, OTHER)) == set(tokens)
    assert set(padded(tokens, KEY)) & set(padded(tokens[1:], KEY)) == set(tokens[1:])


def test_above_128_the_types_at_the_end_of_the_order_are_cut_first() -> None:
    tokens = made(180)
    filled = padded(tokens, KEY, ["DOB", "C1D", "C2D"])
    assert len(filled) == SIZES[-1]
    assert set(filled) <= set(tokens)
    assert Counter(token.partition(".")[0] for token in filled) == {"DOB": 60, "C1D": 60, "C2D": 8}
    assert Counter(t.partition(".")[0] for t in padded(tokens, KEY, ["C2D"])) == {"C2D": 60, "C1D": 60, "DOB": 8}


def test_of_one_type_two_authorities_cut_alike() -> None:
    """Both keep the lowest values: what both kept of what both hold is as much as it can be."""
    shared, mine, theirs = made(120, "C1D"), made(60, "C1D", 2), made(60, "C1D", 3)
    common = set(padded(shared + mine, KEY)) & set(padded(shared + theirs, OTHER))
    assert len(common) > 70


@given(st.integers(1, 300), st.integers(0, 2**32))
def test_any_number_has_a_size(number: int, seed: int) -> None:
    tokens = made(number, seed=seed)
    filled = padded(tokens, KEY)
    assert len(filled) in SIZES
    assert set(filled) <= set(tokens) or set(tokens) <= set(filled)
