"""Whatever stands in a record: a set of tokens or a clear refusal; never a crash, never a link to a stranger."""

# ruff: noqa: RUF001 -- letters that look alike are what this file is about

import itertools
import random
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.client.linkage.folding import _BLOCKS
from exchange.client.linkage.keying import SCORED_ONLY, HmacKeying, tokens_part
from exchange.client.linkage.keys import MatchKey, match_keys
from exchange.client.linkage.record import of_row, read
from exchange.domain.errors import Refusal

KEYING = HmacKeying(bytes(32), "2026a", "lt-border")
TODAY = date(2026, 12, 1)
SEED = 20261201
REST = {"born": [{"date": "1991-03-25"}], "sex": "F", "nationalities": ["TJK"]}
"""What all persons of a test share: only their names tell them apart."""

WITHOUT_A_LETTER = (
    "",
    " ",
    "-",
    "…",
    "123",
    "🙂",
    "🙂👩‍👩‍👧",
    "\u200f\u200e",
    "\u0301",
    "①②",
    "\u06dd",
    "’",
    "\ufeff",
    "/",
    "٣٤",
)
LETTERS_WITHOUT_SOUND = ("ь", "ъ", "ء", "ـ", "ʼ", "ʿ", "ьъь", "ьъъ", "ءءء", "ــــ", "ʼʿʼ", "々々", "ーー")
INITIALS = ("J", "Q.", "Ж", "م", "-A-")
ODD = {
    "one part": ("Zarina", ""),
    "forty parts": (" ".join(f"Nam{chr(97 + one % 26)}{chr(98 + one // 2)}" for one in range(40)), "Qodirova"),
    "emoji inside": ("Dil🙂noza", "Sat🙂torova"),
    "mixed scripts in one word": ("Мехрangez", "Nazарova"),
    "homoglyphs": ("Саmіllа", "Реtrоvа"),
    "right-to-left marks": ("\u202bفرزانه\u202c", "\u200fکریمی\u200e"),
    "isolates": ("\u2066Gulnora\u2069", "\u2067Yusupova\u2069"),
    "marks without end": ("Le\u0301\u0302\u0303" + "\u0301" * 300 + "yla", "Hu\u0301seynova"),
    "full width": ("Ｎａｔａｌｙａ", "Ｉｖａｎｏｖａ"),
    "mathematical": ("𝓕𝓪𝓽𝓲𝓶𝓪", "𝐀𝐡𝐦𝐚𝐝𝐢"),
    "ligature": ("ﷺ", "ﬃ"),
    "ideographs": ("王芳", "张伟"),
    "kana": ("ｻﾁｺ", "たなか"),
    "hangul by parts": (unicodedata.normalize("NFD", "김민준"), "박"),
    "hieroglyphs": ("𓀀𓁐", "𓃭"),
    "hyphens only between": ("-Sadaf-", "--Bek--murodova--"),
    "five hundred letters": ("Malika" * 85, "Rakhimova"),
    "tabs as spaces": ("Shahnoza\u00a0\u2003Bonu", "Ergasheva"),
    "digits inside": ("Ozoda2", "3Komilova"),
}  # fmt: skip


def keys(given_name: str, family: str = "", **change: Any) -> frozenset[MatchKey]:
    return match_keys(read({"names": [{"given": given_name, "family": family}]} | REST | change, TODAY))


def by_name(found: frozenset[MatchKey]) -> frozenset[MatchKey]:
    return frozenset(key for key in found if key.type != SCORED_ONLY)


@pytest.mark.parametrize("how", sorted(ODD))
def test_an_odd_name_makes_tokens(how: str) -> None:
    record = read({"names": [dict(zip(("given", "family"), ODD[how], strict=True))]} | REST, TODAY)
    part = tokens_part(record, KEYING)
    assert len(part["values"]) in (32, 64, 96, 128)
    assert part == tokens_part(record, KEYING)


def test_odd_names_of_strangers_agree_on_nothing() -> None:
    """Letters that one rule drops must not leave an empty word, which would equal every other empty word.

    One part alone may agree: by its skeleton, or where it ends in -ova.
    """
    made = {how: by_name(keys(*names)) for how, names in ODD.items() if how != "forty parts"}
    for one, other in itertools.combinations(sorted(made), 2):
        common = {key for key in made[one] & made[other] if not key.type.startswith(("C1", "W1"))}
        assert not common, f"{one}, {other}: {sorted(key.type for key in common)}"


@pytest.mark.parametrize("text", WITHOUT_A_LETTER)
def test_a_name_without_a_letter_is_refused_or_left_out(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        keys(text, text)
    assert refused.value.code == "bad-record"
    assert keys(text, "Qodirova") == keys("", "Qodirova")


@pytest.mark.parametrize("text", [*LETTERS_WITHOUT_SOUND, *INITIALS])
def test_letters_without_a_sound_and_initials_make_no_key_of_a_name(text: str) -> None:
    assert by_name(keys(text, text)) == frozenset()
    with pytest.raises(Refusal, match="too little"):
        tokens_part(read({"names": [{"given": text}]} | REST, TODAY), KEYING)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Dil🙂noza", "Dilnoza"),
        ("Маrіnа", "Marina"),
        ("Саmіllа", "Camilla"),
        ("\u202bفرزانه\u202c", "فرزانه"),
        ("فاط\u200dمه", "فاطمه"),
        ("Ｎａｔａｌｙａ", "Natalya"),
        ("𝓕𝓪𝓽𝓲𝓶𝓪", "Fatima"),
        ("Zar\u00adina", "Zarina"),
    ],
)
def test_a_name_typed_with_tricks_still_finds_its_person(typed: str, meant: str) -> None:
    """A person is not to be hidden by letters that look alike or do not show."""
    common = keys(typed, "Qodirova") & keys(meant, "Qodirova")
    assert {"C2D", "C1D"} <= {key.type for key in common}


@pytest.mark.parametrize("text", ["Zarina" * 2000, "\u0301" * 10_000, "🙂" * 10_000, "Ali " * 2500, "ﷺ" * 600])
def test_ten_thousand_characters_are_refused(text: str) -> None:
    with pytest.raises(Refusal, match="longer than 512"):
        keys(text, "Qodirova")
    with pytest.raises(Refusal, match="longer than 512"):
        of_row({"given": text})


def test_the_work_is_bounded_whatever_512_characters_hold() -> None:
    """Tokens are keyed by a service that counts them: no record asks for more than a notice has room for."""
    names = [{"given": "ﷺ " * 256, "family": "غ" * 512, "patronymic": "ch" * 256}] * 15
    record = read({"names": [*names, {"given": "ж" * 512, "family": "x c " * 128}]} | REST, TODAY)
    assert len(tokens_part(record, KEYING)["values"]) <= 128


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ({"date": "1991-03-25"}, True),
        ({"date": "1370-01-05", "calendar": "persian"}, True),
        ({"date": "1411-09-09", "calendar": "islamic"}, True),
        ({"date": "1983-07-16", "calendar": "ethiopic"}, True),
        ({"date": "1370-01-05", "calendar": "unknown"}, True),
        ({"date": "1370-01-05", "calendar": "islamic"}, False),
        ({"date": "1370-02-05", "calendar": "persian"}, False),
    ],
)
def test_one_birth_date_in_four_calendars_finds_its_person(born: dict[str, str], expected: bool) -> None:  # noqa: FBT001 -- a table
    common = keys("Zarina", "Qodirova") & keys("Zarina", "Qodirova", born=[born])
    assert ("C2D" in {key.type for key in common}) is expected


@pytest.mark.parametrize(
    "text", ["1990-02-31", "1370-01-05", "2027-01-01", "1890-01-01", "1990-13-01", "yesterday", "1990-02-31" * 99]
)
def test_an_impossible_date_refuses_the_record(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        keys("Zarina", "Qodirova", born=[{"date": text}])
    assert refused.value.code == "bad-record"


def test_random_bytes_of_unicode_are_tokens_or_a_refusal() -> None:
    drawn = random.Random(SEED)
    print("seed", SEED)
    counted = {"tokens": 0, "refused": 0}
    for _ in range(1500):
        names = [text(drawn, odd=drawn.choice((0, 0, 0, 1))) for _ in range(3)]
        counted[tried(dict(zip(("given", "family", "patronymic"), names, strict=True)))] += 1
    assert min(counted.values()) > 50, counted


def text(drawn: random.Random, odd: int) -> str:
    """Letters and marks of any script, and as many characters of any kind as are asked for."""
    known = [chr(drawn.choice(KNOWN)) for _ in range(drawn.randint(0, 24))]
    return "".join(known + [chr(drawn.randint(0, 0x10FFFF)) for _ in range(odd)])


KNOWN = [one for one in range(0x20, 0x2070) if unicodedata.category(chr(one)) not in ("Cn", "Cc")]


def tried(said: dict[str, str]) -> str:
    """Tell what became of a name: `tokens`, or `refused` with words that do not hold it."""
    try:
        part = tokens_part(read({"names": [said]} | REST, TODAY), KEYING)
    except Refusal as refused:
        return why(refused, said.values())
    assert len(part["values"]) in (32, 64, 96, 128)
    return "tokens"


def why(refused: Refusal, said: Iterable[str]) -> str:
    assert refused.code == "bad-record"
    assert all(len(text) < 3 or text not in str(refused) for text in said)
    return "refused"


@pytest.mark.parametrize("end", [end for end, _ in _BLOCKS])
def test_the_letters_at_the_end_of_a_block_of_unicode_are_no_crash(end: int) -> None:
    for letter in (chr(end - 1), chr(end)):
        assert tried({"given": letter * 3, "family": "Q" + letter}) in {"tokens", "refused"}


MEMBERS = st.sampled_from(["names", "born", "sex", "nationalities", "documents", "given", "family", "date", "number"])
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(MEMBERS, json, max_size=5) | json)
def test_any_json_is_a_record_or_a_refusal(obj: object) -> None:
    for reader in (read, of_row):
        try:
            assert isinstance(match_keys(reader(obj)), frozenset)
        except Refusal as refused:
            why(refused, ())
