"""Profile N1 as a whole is frozen: other tokens for one of these records are another profile."""

import json
from pathlib import Path

from exchange.client.linkage.keying import HmacKeying, chosen
from exchange.client.linkage.record import read
from vectors.make_linkage_tokens import KEY, TODAY, vectors

FROZEN = json.loads(Path(__file__).parents[2].joinpath("vectors", "linkage-tokens.json").read_text("utf-8"))


def test_the_tokens_of_whole_records_are_frozen() -> None:
    assert FROZEN["key"] == KEY.hex()
    assert vectors() == FROZEN["records"]


def test_a_swapped_lithuanian_spelling_with_an_estimated_date_shares_tokens_with_the_passport() -> None:
    passport, lithuanian = (set(one["tokens"]) for one in FROZEN["records"][:2])
    kinds = {token.partition(".")[0] for token in passport & lithuanian}
    assert {"C2Y", "F2Y", "C2NS"} <= kinds


def test_no_vector_shows_its_value() -> None:
    for one in FROZEN["records"]:
        keys = chosen(read(one["record"], TODAY))
        shown = repr(keys) + "".join(HmacKeying(KEY, "vectors").tokens(keys))
        assert not any(key.value in shown for key in keys)
