"""The record of a person: what is read, what is refused, and that nothing of it shows."""

from datetime import date
from typing import Any

import pytest

from exchange.client.linkage.dates import Day
from exchange.client.linkage.record import Birth, Document, Record, Spelling, of_row, read
from exchange.domain.errors import Refusal

TODAY = date(2026, 12, 1)
WHOLE: dict[str, Any] = {
    "names": [
        {"given": "Zarina", "family": "Qodirova", "patronymic": "Rustamovna", "script": "Latn", "source": "passport"},
        {"given": "Зарина", "family": "Қодирова"},
    ],
    "born": [{"date": "1370-01-05", "calendar": "persian", "source": "document"}],
    "sex": "F",
    "nationalities": ["TJK", "AFG"],
    "documents": [{"type": "P", "issuer": "TJK", "number": "мр 12345-67"}],
}
FILLERS = [
    "unknown", "Unknown", "UNKNOWN ", "N/A", "n.n.", "FNU", "xxx", "X", "неизвестно", "невідомо", "Nežinoma",
    "brak", "nezinomas", "Neznáme", "(unknown)", "не установлено",
    "غير معروف", "نامعلوم", "\uff4e\uff4f\uff4e\uff45",
]  # fmt: skip


def test_a_whole_record() -> None:
    assert read(WHOLE, TODAY) == Record(
        names=(
            Spelling("Zarina", "Qodirova", "Rustamovna", "Latn", "passport"),
            Spelling("Зарина", "Қодирова"),
        ),
        births=(Birth("1370-01-05", "persian", "document", (Day(1991, 3, 25),)),),
        sex="F",
        nationalities=("TJK", "AFG"),
        documents=(Document("MP1234567", "P", "TJK"),),
    )


def test_everything_is_optional_but_something_to_compare() -> None:
    assert read({"names": [{"family": "Qodirova"}]}) == Record(names=(Spelling(family="Qodirova"),))
    assert read({"documents": WHOLE["documents"]}).documents
    for empty in ({}, {"sex": "F"}, {"born": [{"date": "1990"}]}, {"names": [], "documents": []}):
        with pytest.raises(Refusal, match="nothing to compare"):
            read(empty)


@pytest.mark.parametrize("filler", FILLERS)
def test_what_is_written_where_nobody_knows_is_no_name(filler: str) -> None:
    """One such word would link every person whose name nobody knew."""
    assert read({"names": [{"given": filler, "family": "Qodirova"}]}).names == (Spelling(family="Qodirova"),)
    assert of_row({"given": filler, "family": "Qodirova"}).names == (Spelling(family="Qodirova"),)
    with pytest.raises(Refusal, match="nothing to compare"):
        read({"names": [{"given": filler, "family": filler}]})


def test_a_sex_or_nationality_that_is_not_known_is_none() -> None:
    read_back = read(WHOLE | {"sex": "X", "nationalities": ["XXX", "XXA"]}, TODAY)
    assert read_back.sex == ""
    assert read_back.nationalities == ("XXA",)


def test_an_unknown_birth_date_is_none_and_equal_entries_are_one() -> None:
    assert read(WHOLE | {"born": [{"date": "unknown"}, {"date": ""}]}).births == ()
    assert len(read(WHOLE | {"names": WHOLE["names"] * 3}).names) == 2


def test_days_of_several_birth_dates() -> None:
    born = [
        {"date": "1991-03-25"},
        {"date": "1370-01-05", "calendar": "persian"},
        {"date": "1370", "calendar": "persian"},
    ]
    assert read(WHOLE | {"born": born}).days == (Day(1991, 3, 25), Day(1991), Day(1992))
    born = [{"date": "1416-10-05", "calendar": "islamic"}, {"date": "1996"}]
    assert read(WHOLE | {"born": born}).days == (Day(1996, 2, 23), Day(1996), Day(1996, 2, 24), Day(1996, 2, 25))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nickname": "Zari"}, "not known. Known are: born, documents, names, nationalities, sex"),
        ({1: "Zari"}, "not known"),
        ({"names": [{"given": "Zari", "age": "7"}]}, "A name has a member that is not known"),
        ({"names": {"given": "Zari"}}, "`names` is not a list"),
        ({"names": [{"given": "Zari"}] * 17}, "at most 16"),
        ({"names": ["Zari"]}, "A name is not a JSON object"),
        ({"names": [{"given": ["Zari"]}]}, "`given` is not a text"),
        ({"names": [{"given": "123", "family": "?"}]}, "no letter"),
        ({"names": [{}]}, "no letter"),
        ({"names": [{"given": "🙂🙂"}]}, "no letter"),
        ({"names": [{"given": "Zari" * 200}]}, "longer than 512"),
        ({"names": [{"given": "Zari\x00na"}]}, "control character"),
        ({"names": [{"given": "Zari\ud800"}]}, "control character"),
        ({"born": [{"date": "1990-02-31"}]}, "does not exist"),
        ({"born": [{"date": 19900501}]}, "`date` is not a text"),
        ({"born": [{"date": "1990-05-01", "calendar": "mayan"}]}, "`calendar` is none of: ethiopic"),
        ({"born": [{"date": "1990-05-01", "source": "rumour"}]}, "`source` is none of"),
        ({"born": [{"day": "1990-05-01"}]}, "A birth date has a member"),
        ({"born": [{"date": "2027-01-01"}]}, "in the future"),
        ({"born": [{"date": "1370-01-05"}]}, "as if of another"),
        ({"sex": "female"}, "`sex` is none of: F, M, X"),
        ({"sex": 1}, "`sex` is not a text"),
        ({"nationalities": ["Tajik"]}, "A nationality is no code"),
        ({"nationalities": ["TJ"]}, "A nationality is no code"),
        ({"nationalities": [["TJK"]]}, "A nationality is no code"),
        ({"documents": [{"number": "AB12345", "type": "P"}]}, "issuer is no code"),
        ({"documents": [{"number": "AB12345", "issuer": "TJK", "type": "passport"}]}, "`type` is none of"),
        ({"documents": [{"number": "AB1", "issuer": "TJK"}]}, "too short"),
        ({"documents": [{"number": "000-000-000", "issuer": "TJK"}]}, "nobody knows"),
        ({"documents": [{"issuer": "TJK"}]}, "too short"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_form_is_refused_without_being_quoted(change: dict[Any, Any], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(WHOLE | change, TODAY)
    assert refused.value.code == "bad-record"
    assert words in refused.value.detail
    for quoted in ("Zari", "1990", "1370", "mayan", "rumour", "Tajik", "AB1"):
        assert quoted not in str(refused.value)


@pytest.mark.parametrize("obj", [None, [], "Zarina", 7, [WHOLE]])
def test_what_is_no_object_is_refused(obj: object) -> None:
    for reader in (read, of_row):
        with pytest.raises(Refusal, match="JSON object"):
            reader(obj)


def test_nothing_of_a_record_shows_in_a_repr() -> None:
    shown = repr([read(WHOLE, TODAY), *read(WHOLE, TODAY).names, *read(WHOLE).births, *read(WHOLE).documents])
    for said in ("Zarina", "Зарина", "1370", "1991", "12345", "AFG", "'F'"):
        assert said not in shown


def test_documents_that_look_alike_are_equal() -> None:
    """A Cyrillic Ve looks like a B, and a Persian seven is a seven: both are typed from what is printed."""
    numbers = {of_row({"doc": number}).documents[0].number for number in ("BH 1234567", "ВН1234567", "bh-۱۲۳۴۵۶۷")}  # noqa: RUF001
    assert numbers == {"BH1234567"}


def test_a_row_of_evaluation_data() -> None:
    row = {"id": "a1", "auth": "DE", "given": "Anna", "family": "Klym", "pat": "Ivanivna", "dob": "1965-10-14",
           "sex": "F", "nat": "UA", "doc": "DE256076", "loc": "uk_UA"}  # fmt: skip
    assert of_row(row) == Record(
        names=(Spelling("Anna", "Klym", "Ivanivna"),),
        births=(Birth("1965-10-14", readings=(Day(1965, 10, 14),)),),
        sex="F",
        nationalities=("UA",),
        documents=(Document("DE256076"),),
    )


@pytest.mark.parametrize("dob", ["", "1990-02-31", "0000-00-00", "n/a", "31.12.1990"])
def test_a_row_without_a_date_that_exists_has_none(dob: str) -> None:
    assert of_row({"given": "Anna", "dob": dob}).births == ()


def test_an_empty_row_is_an_empty_record() -> None:
    assert of_row({}) == Record()
    assert of_row({"given": "", "family": "", "sex": "", "nat": "", "doc": "000000"}) == Record()
    with pytest.raises(Refusal, match="`given` is not a text"):
        of_row({"given": 7})
