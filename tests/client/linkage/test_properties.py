"""What match keys promise of every record: how it is typed changes nothing, and one shared field links nobody."""

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.client.linkage.keys import MatchKey, match_keys
from exchange.client.linkage.record import read
from exchange.client.linkage.skeletons import coarse
from exchange.domain.errors import Refusal

NAMES = (
    "Anastasiya", "Oleksandr", "Zübeyde", "Žydrūnas", "Łukasz", "Nguyễn", "Şahin", "Ağayev", "Ștefan", "Đorđe", "José",
    "Анастасия", "Олександр", "Зүбәйдә", "Ўткір", "Ёлкин", "Йосиф", "Її", "محمد", "عبدالرحمن", "گل‌احمد", "فاطمة",
    "אברהם", "გიორგი", "Հակոբյան", "Ἀλέξανδρος", "Γεώργιος", "ተስፋዬ", "অনিতা", "अनिता", "Ó Briain", "D'Angelo",
    "Abd-al-Rahman",
)  # fmt: skip
LETTERS = {
    "latin": "abcdefghijklmnopqrstuvwxyzáàâäãåąăāčçćďđéèêëęěėēğģíìîïīįķĺľłļñńňņóòôöõőøōřŕśšşșťțúùûüůűūųýźžż",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўқғҳҷәөүһ",
    "greek": "αβγδεζηθικλμνξοπρτυφχψωάέήίόύώϊϋ",
    "armenian": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցփքօֆ",
}
PUNCTUATION = [
    " {}",
    "{} ",
    "{}.",
    "({})",
    "«{}»",
    "\u200f{}\u200e",
    "{}\u200b",
    "{},",
    '"{}"',
    "{}!",
    "{}\u00ad",
    "-{}-",
    "{} 🙂",
]
"""Ways to type a name with something around it."""
TYPED = {
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "upper case": str.upper,
    "lower case": str.lower,
    "capitals": lambda text: " ".join(word.capitalize() for word in text.split(" ")),
} | {f"as {form!a}": form.format for form in PUNCTUATION}
words = st.sampled_from(sorted(LETTERS)).flatmap(lambda script: st.text(LETTERS[script], min_size=2, max_size=12))
names = st.sampled_from(NAMES) | words


def keys(given: str, family: str, patronymic: str = "") -> frozenset[MatchKey]:
    """The keys of a name with one date; none where every part of it is what is written when nobody knows (`xx`)."""
    said = {
        "names": [{"given": given, "family": family, "patronymic": patronymic}],
        "born": [{"date": "1991-03-25"}],
        "sex": "F",
        "nationalities": ["TJK"],
    }
    try:
        return match_keys(read(said))
    except Refusal:
        return frozenset()


@pytest.mark.parametrize("how", sorted(TYPED))
@given(names, names, st.just("") | names)
def test_how_a_name_is_typed_changes_no_key(how: str, given: str, family: str, patronymic: str) -> None:
    type_ = TYPED[how]
    assert keys(type_(given), type_(family), type_(patronymic)) == keys(given, family, patronymic)


@given(names, names)
def test_given_and_family_name_exchanged_change_no_key(given: str, family: str) -> None:
    assert {key.type for key in keys(given, family) ^ keys(family, given)} <= {"VGD"}


@given(st.lists(st.tuples(names, names), min_size=1, max_size=3), st.randoms())
def test_neither_order_nor_number_of_equal_entries_changes_a_key(spellings: list[tuple[str, str]], drawn: Any) -> None:
    said = {
        "names": [{"given": given, "family": family} for given, family in spellings],
        "born": [{"date": "1991-03-25"}, {"date": "1991"}],
        "nationalities": ["TJK", "AFG"],
        "documents": [{"number": "AB12345", "issuer": "TJK"}, {"number": "CD12345", "issuer": "AFG"}],
    }
    mixed = {name: [*drawn.sample(said[name], len(said[name])), said[name][0]] for name in said}
    assert but_shortened(match_keys(read(mixed))) == but_shortened(match_keys(read(said)))


def but_shortened(found: frozenset[MatchKey]) -> frozenset[MatchKey]:
    """Without the keys of a beginning or an end: they are made of the first pairs of parts alone."""
    return frozenset(key for key in found if key.type not in ("E2Y", "W2Y"))


@given(names, names)
def test_nothing_but_the_persons_data_says_a_key(given: str, family: str) -> None:
    """Source, script and calendar tell how a thing is known, not who the person is."""
    known = match_keys(read({"names": [{"given": f"Bo{given}", "family": family}], "born": [{"date": "1991-03-25"}]}))
    other = {"given": f"Bo{given}", "family": family, "script": "Latn", "source": "passport"}
    born = {"date": "1370-01-05", "calendar": "persian", "source": "declared"}
    assert match_keys(read({"names": [other], "born": [born]})) == known


# Two persons who differ in everything: no name part of one is like one of the other, by the skeletons themselves.
ONE = {
    "given": "Zarina", "family": "Qodirova", "patronymic": "Rustamovna", "date": "1991-03-25", "sex": "F",
    "nationality": "TJK", "number": "AB123456", "issuer": "TJK", "type": "P",
}  # fmt: skip
OTHER = {
    "given": "Mehmet", "family": "Yilmaz", "patronymic": "Hasanoglu", "date": "1957-11-04", "sex": "M",
    "nationality": "TUR", "number": "X9876541", "issuer": "TUR", "type": "I",
}  # fmt: skip


def of(said: dict[str, str]) -> frozenset[MatchKey]:
    return match_keys(
        read(
            {
                "names": [{part: said.get(part, "") for part in ("given", "family", "patronymic")}],
                "born": [{"date": said.get("date", "")}],
                "sex": said.get("sex", ""),
                "nationalities": [said["nationality"]] if "nationality" in said else [],
                "documents": [{name: said[name] for name in ("number", "issuer", "type")}] if "number" in said else [],
            }
        )
    )


def test_the_two_persons_differ_in_everything() -> None:
    assert of(ONE)
    assert of(OTHER)
    assert not of(ONE) & of(OTHER)
    likes = [{text for name in ("given", "family", "patronymic") for text in coarse(who[name])} for who in (ONE, OTHER)]
    assert not likes[0] & likes[1]


@pytest.mark.parametrize("shared", sorted(ONE))
@pytest.mark.parametrize("missing", ["", *sorted(ONE)])
def test_one_shared_field_makes_no_common_key(shared: str, missing: str) -> None:
    """Also where another field is not known: what is missing must not stand for an equal value."""
    needed = {"number", "issuer", "type"}
    gone = needed if missing in needed else {missing}
    first = {name: value for name, value in ONE.items() if name not in gone}
    second = {name: value for name, value in (OTHER | {shared: ONE[shared]}).items() if name not in gone}
    common = of(first) & of(second)
    assert not common, {key.type for key in common}


@pytest.mark.parametrize("only", sorted({"given", "family", "patronymic"}))
def test_a_name_part_that_stands_alone_makes_no_key(only: str) -> None:
    assert not of({only: ONE[only]})


def test_sex_and_nationality_make_no_key_with_a_name_part() -> None:
    """Name part, sex and nationality are what thousands share: a date must be there, or a second part."""
    assert not of({"given": "Zarina", "sex": "F", "nationality": "TJK"})


@given(names, names)
def test_a_key_shows_nothing_in_a_repr(given: str, family: str) -> None:
    for key in keys(given, family):
        assert repr(key) == f"MatchKey(type={key.type!r})"
        assert repr(replace(key, value="other")) == repr(key)
