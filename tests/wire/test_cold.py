"""What is cut out of a Disclosure and put back: the same characters, and nothing of it readable in between."""

import json
import random
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from exchange.wire import cold, sdjwt
from exchange.wire.encoding import b64decode, b64encode

PEPPER = bytes(range(32))
TOKENS = {"profile": "N1", "keyset": "k1", "values": [f"C{n}D.{b64encode(bytes([n]) * 32)}" for n in range(10, 42)]}


def disclosure(text: str) -> str:
    return b64encode(text.encode())


def written(chance: random.Random, value: Any) -> str:
    """JSON as any sender may write it: with spaces, in any order, with needless escapes."""
    if isinstance(value, dict):
        members = [
            f"{written(chance, name)}{gap(chance)}:{gap(chance)}{written(chance, one)}" for name, one in value.items()
        ]
        chance.shuffle(members)
        return "{" + gap(chance) + f"{gap(chance)},{gap(chance)}".join(members) + gap(chance) + "}"
    if isinstance(value, list):
        return "[" + gap(chance) + f",{gap(chance)}".join(written(chance, one) for one in value) + gap(chance) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(c):04x}" if chance.random() < 0.2 else json.dumps(c)[1:-1] for c in value) + '"'
    return json.dumps(value)


def gap(chance: random.Random) -> str:
    return "".join(chance.choice(" \t\n\r") for _ in range(chance.randrange(3)))


def test_however_it_was_written_it_comes_back_to_the_letter() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(200):
        hub = {"case": 'a "tokens": {} Қодирова', "seq": 7, "aud": [], "subject": {"tokens": 1}, "tokens": TOKENS}
        given = disclosure(gap(chance) + "[" + ",".join(written(chance, one) for one in ("salt", "hub", hub)) + "]")
        made = cold.cut(given, "tokens", PEPPER, "1")
        assert made is not None, seed
        assert sdjwt.disclosed(made.rest) == {**hub, "tokens": {}}, seed
        assert cold.whole(made, PEPPER, "1") == given, seed
        assert b"keyset" not in made.sealed
        assert not any(one in b64decode(made.rest).decode() for one in TOKENS["values"])


def test_it_opens_for_its_own_notice_and_pepper_alone() -> None:
    made = cold.cut(disclosure(json.dumps(["salt", "hub", {"tokens": TOKENS}])), "tokens", PEPPER, "1")
    assert made is not None
    for pepper, about in ((PEPPER, "2"), (bytes(32), "1")):
        with pytest.raises(InvalidTag):
            cold.whole(made, pepper, about)


def test_what_has_no_such_member_stays_whole() -> None:
    for hub in ({}, {"case": "tokens"}, {"subject": {"tokens": TOKENS}}):
        assert cold.cut(disclosure(json.dumps(["salt", "hub", hub])), "tokens", PEPPER, "1") is None
