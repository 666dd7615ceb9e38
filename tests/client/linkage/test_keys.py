"""Match keys: composites only, the same for what offices write differently, and never more than a record is worth."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.client.linkage import keys
from exchange.client.linkage.dates import Day
from exchange.client.linkage.keys import ORDER, RULES, MatchKey, match_keys
from exchange.client.linkage.record import Birth, Document, Record, Spelling

AMIR = Spelling("Amir", "Karimi")
DAY = Day(1990, 5, 17)


def record(*names: Spelling, day: Day | None = DAY, sex: str = "M", state: str = "AFG", number: str = "") -> Record:
    return Record(
        names or (AMIR,),
        (Birth("", readings=(day,)),) if day else (),
        sex,
        (state,) if state else (),
        (Document(number, "P", "AFG"),) if number else (),
    )


def types(*records: Record) -> set[str]:
    """The types of key that all these records share a value of."""
    shared = frozenset.intersection(*map(match_keys, records))
    return {key.type for key in shared}


def test_order_names_every_type_once() -> None:
    made = {rule.type for rule in RULES} | {"DOC", "DOCE"}
    assert sorted(ORDER) == sorted(made)


PEOPLE = st.tuples(
    st.sampled_from(["Amir", "Olena", "Giorgi", "Tesfaye", "Şükrü", "Наталья", "محمد"]),
    st.sampled_from(["Karimi", "Kovalenko", "Beridze", "Abebe", "Yildiz", "Петрова", "حسینی"]),
    st.builds(Day, st.integers(1940, 2010), st.integers(1, 12), st.integers(2, 28)),
    st.sampled_from(["M", "F"]),
    st.sampled_from(["AFG", "UKR", "GEO", "ERI"]),
    st.sampled_from(["A1234567", "B7654321", "C5550001", "D9000017"]),
)


@given(one=PEOPLE, other=PEOPLE, field=st.integers(0, 5))
def test_no_key_is_made_of_a_single_field(one: tuple, other: tuple, field: int) -> None:  # type: ignore[type-arg]
    """Two persons who have one field in common, and no more, share no key but that of one document."""
    names = [{side[0] for side in (one, other)}, {side[1] for side in (one, other)}]
    others = [place for place in range(6) if place != field]
    if any(one[place] == other[place] for place in others) or len(names[0] & names[1]):
        return
    if field != 2 and abs(one[2].year - other[2].year) < 25:
        other = (*other[:2], Day(one[2].year + 30, other[2].month, other[2].day), *other[3:])
        if (other[2].month, other[2].day) in ((one[2].month, one[2].day), (one[2].day, one[2].month)):
            return
    alike = (*other[:field], one[field], *other[field + 1 :])
    made = [
        record(Spelling(said[0], said[1]), day=said[2], sex=said[3], state=said[4], number=said[5])
        for said in (one, alike)
    ]
    assert types(*made) <= ({"DOC", "DOCE"} if field == 5 else set())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.type)
def test_every_rule_takes_the_date_into_its_value(rule: keys.Rule) -> None:
    others = [record(day=day) for day in (Day(1921, 1, 1), Day(1948, 11, 28), Day(1975, 7, 30), Day(2003, 1, 1))]
    for one, other in combinations(others, 2):
        assert rule.type not in types(one, other)


def test_given_and_family_name_may_be_exchanged() -> None:
    one, other = match_keys(record()), match_keys(record(Spelling("Karimi", "Amir")))
    assert {key.type for key in one ^ other} == {"VGD"}


def test_twins_share_no_given_name_and_whoever_has_another_family_name_does() -> None:
    one = record(Spelling("Amir Hossein", "Karimi"))
    assert "VGD" in types(one, record(Spelling("Amirhossein", "Kerimli")))
    assert "VGD" not in types(one, record(Spelling("Amir Hassan", "Karimi")))
    assert "VGD" not in {key.type for key in match_keys(record(Spelling("", "Amir Karimi")))}


def test_day_and_month_may_be_exchanged() -> None:
    assert {"C2D", "C2MD", "C1D", "V1D", "DOB"} <= types(record(day=Day(1990, 5, 7)), record(day=Day(1990, 7, 5)))


def test_a_digit_of_the_day_may_be_wrong() -> None:
    assert "C1DE" in types(record(day=Day(1990, 5, 17)), record(day=Day(1990, 5, 19)))
    assert "C1DE" in types(record(day=Day(1990, 5, 17)), record(day=Day(1990, 5, 27)))
    assert "C1DE" not in types(record(day=Day(1990, 5, 17)), record(day=Day(1990, 5, 28)))


def test_an_estimated_birth_date_agrees_in_the_year_alone() -> None:
    shared = types(record(), record(day=Day(1990, 1, 1)))
    assert {"C2Y", "V2Y", "X2Y"} <= shared
    assert not shared & {"C2D", "C1D", "C2MD", "C1D0", "DOB"}
    assert match_keys(record(day=Day(1990, 1, 1))) == match_keys(record(day=Day(1990)))


def test_what_few_hold_is_not_made_of_the_commonest_birthday() -> None:
    double = record(Spelling("Amir Hossein", "Karimi"), day=Day(1990, 1, 1))
    assert not {key.type for key in match_keys(double)} & {"CAD", "DOB", "V1D", "VGD"}
    assert "CAD" in {key.type for key in match_keys(record(Spelling("Amir Hossein", "Karimi Rad")))}


@pytest.mark.parametrize("years", [1, -1])
def test_the_year_may_be_wrong_by_one(years: int) -> None:
    assert {"C2Y", "C2MD", "C1MD"} <= types(record(), record(day=Day(1990 + years, 5, 17)))


def test_a_record_without_a_birth_date_agrees_in_windows_of_twenty_years() -> None:
    assert types(record(), record(day=None)) == {"C2NS", "V2NS"}


def test_a_letter_of_one_name_may_be_wrong() -> None:
    assert {"W2Y", "W1D"} <= types(record(), record(Spelling("Amir", "Karini")))
    assert {"W2Y", "W1D"} <= types(record(Spelling("Gabriel", "Noor")), record(Spelling("Gabbirel", "Noor")))
    assert "E2Y" in types(record(Spelling("Nadezhda", "Kuznetsova")), record(Spelling("Nadezhda", "Kuznedova")))


def test_a_sex_that_is_not_known_agrees_with_both() -> None:
    assert {"C2Y", "C1D", "DOB"} <= types(record(), record(sex=""))


def test_where_no_state_is_known_nothing_is_said_of_it() -> None:
    held = {key.type for key in match_keys(record(state=""))}
    assert "C2D" in held
    assert not held & {"C2NS", "DOB"}


def test_any_spelling_may_agree() -> None:
    both = record(Spelling("Амир", "Карими"), Spelling("Amir", "Karimi"))
    assert "X2Y" in types(both, record())
    assert "X2Y" in types(both, record(Spelling("Амир", "Карими")))


def test_a_whole_name_in_one_field_makes_pairs() -> None:
    assert {"C2D", "V2Y"} <= types(record(), record(Spelling("", "Amir Karimi")))


def test_a_double_name_agrees_with_its_parts_in_one() -> None:
    assert "V2Y" in types(record(Spelling("Amir Hossein", "Karimi")), record(Spelling("Amirhossein", "Karimi")))


def test_family_name_and_patronymic_alone_are_no_pair() -> None:
    """Brothers and sisters share both."""
    shared = types(record(Spelling("Ivan", "Orlov", "Petrovich")), record(Spelling("Semyon", "Orlov", "Petrovich")))
    assert not {kind for kind in shared if kind[1] == "2"}


def test_an_initial_is_no_name() -> None:
    assert not {key.type for key in match_keys(record(Spelling("A.", "Karimi")))} & {"C2D", "C2Y", "X2Y"}


def test_a_document_agrees_but_for_one_sign() -> None:
    assert types(record(number="A1234567"), replace(record(day=None, number="A1234567"), names=())) == {"DOC", "DOCE"}
    assert "DOCE" in types(record(number="A1234567"), record(number="A1234067"))
    assert "DOC" not in types(record(number="A1234567"), record(number="A1234067"))


def test_a_document_of_no_known_type_agrees_and_one_of_another_issuer_does_not() -> None:
    known = record(number="A1234567")
    no_type = replace(known, documents=(Document("A1234567", "", "AFG"),))
    other = replace(known, documents=(Document("A1234567", "P", "IRN"),))
    assert "DOC" in types(known, no_type)
    assert not types(known, other) & {"DOC", "DOCE"}


def test_a_short_number_of_no_known_issuer_says_nothing() -> None:
    short = Record(documents=(Document("12345"),))
    assert match_keys(short) == frozenset()


def test_a_key_does_not_show_its_value() -> None:
    assert "KARIMI" not in repr(MatchKey("X2Y", "amir karimi|1990|")).upper()


def test_work_is_bounded_however_much_a_record_holds() -> None:
    names = tuple(Spelling(f"Chrzcijmchgha{n}x Szczjgh", f"Jacheghj{n} Dzhicughe") for n in range(16))
    days = tuple(Birth("", readings=(Day(1980 + n, 2, 3),)) for n in range(10))
    made = match_keys(Record(names, days, "", ("AFG", "IRN"), (Document("9" * 100, "P", "AFG"),)))
    assert len(made) < 4000
    assert sum(key.type == "DOCE" for key in made) == keys.LONGEST_NUMBER
