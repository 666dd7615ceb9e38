"""The letter tables: every reading is made of known sounds, every cost belongs to a reading."""

import pytest

from exchange.client.linkage.letters import ANY, NAMES, SCRIPTS, Script, read_scripts
from exchange.client.linkage.skeletons import FINE, UNDOUBLED

CONTEXTS = {ANY} | {before + after for before in "^cea" for after in "$cea"}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=NAMES)
def test_every_reading_is_made_of_known_sounds_and_stands_once(script: Script) -> None:
    for key, readings in script.readings.items():
        assert set("".join(readings)) <= set(FINE), key
        assert len(set(readings)) == len(readings) > 0, key
        assert key.strip("^$"), key


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=NAMES)
def test_every_cost_is_of_a_reading_in_a_context(script: Script) -> None:
    assert set(script.costs) <= set(script.readings)
    for key, costs in script.costs.items():
        assert set(costs) <= CONTEXTS
        assert ANY in costs
        assert {len(cost) for cost in costs.values()} == {len(script.readings[key])}
        assert all(number >= 0 for cost in costs.values() for number in cost)


def test_without_costs_the_first_reading_is_the_cheapest() -> None:
    latin = read_scripts({})["latin"]
    token = next(latin.tokens("chen"))
    assert (token.key, token.context) == ("ch", "^e")
    assert [cost for _, cost in latin.options(token)] == [0, 100, 200, 300]


def test_letters_without_a_key_are_skipped_and_the_ends_belong_to_the_outer_keys() -> None:
    latin = SCRIPTS["latin"]
    assert [token.key for token in latin.tokens("жal")] == ["a", "l"]
    assert [token.key for token in latin.tokens("")] == []
    assert [token.context for token in latin.tokens("b")] == ["^$"]


def test_the_scripts_that_write_vowels_are_named() -> None:
    assert set(NAMES) - UNDOUBLED == {"arabic", "hebrew"}
