"""Keying: the HMAC that everything begins with, the interface, and the member `tokens` of a notice."""

import hashlib
import hmac
from collections.abc import Sequence

import pytest

from exchange.client.linkage.keying import HmacKeying, Keying, chosen, fill_key, keyed, tokens_part, tokens_parts
from exchange.client.linkage.keys import MatchKey, match_keys
from exchange.client.linkage.record import Record, read
from exchange.domain.errors import Refusal
from exchange.wire.encoding import b64decode
from schemas.parts import HUB, Tokens

KEY = bytes(range(32))
SAID = {
    "names": [{"given": "Zarina", "family": "Qodirova", "patronymic": "Rustamovna"}],
    "born": [{"date": "1991-03-25"}],
    "sex": "F",
    "nationalities": ["TJK"],
}


def record(**change: object) -> Record:
    return read(SAID | change)


def test_a_token_is_the_hmac_of_profile_type_and_value() -> None:
    """The vector is frozen, and openssl's: who changes it changes every token there is, and needs a new profile."""
    made = HmacKeying(KEY, "2026a").tokens([MatchKey("C2D", "AL RS|1991-3-25|")])
    assert made == ["C2D.enPviUln6jmGxexNZYhyN9w5TokPMnTDsAkddR_iGhI"]
    expected = hmac.new(KEY, b"N1|C2D|AL RS|1991-3-25|", hashlib.sha256).digest()
    assert b64decode(made[0].partition(".")[2]) == expected == keyed(KEY, MatchKey("C2D", "AL RS|1991-3-25|"))


def test_a_key_is_of_32_bytes_at_least_and_does_not_show() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        HmacKeying(b"short", "2026a")
    assert KEY.hex() not in repr(HmacKeying(KEY, "2026a"))


def test_other_keys_types_and_values_make_other_tokens() -> None:
    one = MatchKey("C2D", "AL RS")
    others = (one, MatchKey("C1D", "AL RS"), MatchKey("C2D", "AL"))
    assert len({keyed(key, match) for key in (KEY, bytes(32)) for match in others}) == 6


def test_the_member_of_a_notice() -> None:
    part = tokens_part(record(), HmacKeying(KEY, "2026a", "lt-border"))
    assert Tokens().validate(part) == {}
    assert "tokens" not in HUB.validate({"tokens": part}), HUB.validate({"tokens": part})
    assert (part["profile"], part["keyset"]) == ("N1", "2026a")
    assert len(part["values"]) in (32, 64, 96, 128)
    assert part == tokens_part(record(), HmacKeying(KEY, "2026a", "lt-border")), "a record keeps its fill"
    assert {token.partition(".")[0] for token in part["values"]} == {key.type for key in match_keys(record())}


def test_two_authorities_agree_on_what_they_know_and_on_nothing_else() -> None:
    """Other tokens are their own fill, also where no holder is named."""
    ours = set(HmacKeying(KEY, "2026a").tokens(sorted(match_keys(record()))))
    for holders in (("lt-border", "pl-asylum"), ("", ""), ("lt-border", "")):
        one, other = (set(tokens_part(record(), HmacKeying(KEY, "2026a", name))["values"]) for name in holders)
        assert one & other == ours


def test_fill_keys_are_one_holder_each() -> None:
    assert fill_key(KEY, "lt-border") == fill_key(KEY, "lt-border") != fill_key(KEY, "pl-asylum")
    assert fill_key(KEY) != fill_key(KEY)
    assert len(fill_key(KEY)) == len(fill_key(KEY, "lt-border")) == 32


def test_a_record_that_makes_no_key_is_refused() -> None:
    nothing = [Record(), record(names=[{"given": "ь"}])]
    for one in nothing:
        with pytest.raises(Refusal, match="too little to compare") as refused:
            tokens_part(one, HmacKeying(KEY, "2026a"))
        assert refused.value.code == "bad-record"


def test_a_record_of_many_spellings_is_cut_before_it_is_keyed_and_alike_everywhere() -> None:
    """Both authorities keep the same of what both hold, most telling types first."""
    names = [{"given": f"Zar{a}na", "family": f"Qod{a}r{b}va", "patronymic": "Rustam"} for a in "aeiou" for b in "aei"]
    one, other = record(names=names), record(names=[*names, {"given": "Nilufar", "family": "Qodirova"}])
    assert len(match_keys(one)) > 128
    assert len(chosen(one)) == len(chosen(other)) == 128
    assert len(set(chosen(one)) & set(chosen(other))) > 80
    assert chosen(one)[0].type == "C2D"


class Counting:
    """A keying that counts its calls, as the service's cost a request each."""

    profile, keyset, fill_key = "N1", "2026a", bytes(32)

    def __init__(self) -> None:
        self.calls = 0

    def tokens(self, keys: Sequence[MatchKey]) -> list[str]:
        self.calls += 1
        return HmacKeying(KEY, self.keyset).tokens(keys)


def test_many_records_take_one_call() -> None:
    keying = Counting()
    as_keying: Keying = keying
    records = [record(), record(sex="M"), record(born=[{"date": "1985-07-30"}])]
    parts = tokens_parts(records, as_keying)
    assert keying.calls == 1
    assert parts == [tokens_part(one, as_keying) for one in records]
