"""Birth dates in four calendars: published examples, round trips, and every way of being impossible."""

from datetime import date, timedelta

import jdatetime
import pytest
from hijridate import Gregorian, Hijri
from hypothesis import given
from hypothesis import strategies as st

from exchange.client.linkage.dates import CALENDARS, readings
from exchange.domain.errors import Refusal

TODAY = date(2026, 12, 1)


def said(text: str, calendar: str = "gregorian", today: date | None = TODAY) -> list[str]:
    """The readings as EDTF."""
    return [
        f"{one.year:04}" + f"-{one.month:02}" * (one.month > 0) + f"-{one.day:02}" * (one.day > 0)
        for one in readings(text, calendar, today)
    ]


@pytest.mark.parametrize("text", ["1990", "1990-05", "1990-05-31", "2024-02-29", "2026-12-01", "1896-01-01"])
def test_a_gregorian_date_is_itself(text: str) -> None:
    assert said(text) == [text]


@pytest.mark.parametrize("text", ["", "unknown", "XXXX"])
def test_an_unknown_date_has_no_reading(text: str) -> None:
    assert said(text) == []


# The table of Reingold and Dershowitz, Calendrical Calculations, appendix C; the Ethiopian new years of 2003 and 2007
# and the day of Adwa from the literature.
@pytest.mark.parametrize(
    ("calendar", "text", "gregorian"),
    [
        ("persian", "1374-12-06", "1996-02-25"),
        ("persian", "1370-12-27", "1992-03-17"),
        ("persian", "1370-01-01", "1991-03-21"),
        ("persian", "1403-12-30", "2025-03-20"),
        ("ethiopic", "1988-06-17", "1996-02-25"),
        ("ethiopic", "1984-07-08", "1992-03-17"),
        ("ethiopic", "2000-01-01", "2007-09-12"),
        ("ethiopic", "1996-01-01", "2003-09-12"),
        ("ethiopic", "1888-06-23", "1896-03-01"),
        ("ethiopic", "1987-13-06", "1995-09-11"),
        ("islamic", "1416-10-05", "1996-02-25"),
        ("islamic", "1411-10-06", "1991-04-20"),
    ],
)
def test_published_days(calendar: str, text: str, gregorian: str) -> None:
    assert gregorian in said(text, calendar)


def test_a_hijri_day_has_the_reading_of_each_table() -> None:
    assert said("1416-10-05", "islamic") == ["1996-02-23", "1996-02-24", "1996-02-25"]
    assert said("1342-01-01", "islamic") == ["1923-08-14"], "before Umm al-Qura, the tabular calendar alone"


@pytest.mark.parametrize(
    ("calendar", "text", "expected"),
    [
        ("persian", "1370", ["1991", "1992"]),
        ("persian", "1370-03", ["1991-05", "1991-06"]),
        ("persian", "1403-12", ["2025-02", "2025-03"]),
        ("islamic", "1411", ["1990", "1991"]),
        ("islamic", "1411-12", ["1991-06", "1991-07"]),
        ("ethiopic", "1986", ["1993", "1994"]),
        ("ethiopic", "1986-13", ["1994-09"]),
        ("ethiopic", "1987-12", ["1995-08", "1995-09"]),
    ],
)
def test_a_year_or_month_lies_across_two(calendar: str, text: str, expected: list[str]) -> None:
    assert said(text, calendar) == expected


def test_an_unknown_calendar_holds_every_possible_reading() -> None:
    assert said("1370-01-01", "unknown") == ["1950-10-13", "1991-03-21"]
    assert said("1990-05-01", "unknown") == ["1990-05-01", "1998-01-09"]
    assert said("2020-05-01", "unknown") == ["2020-05-01"], "the Ethiopian reading is in the future"
    with pytest.raises(Refusal, match="no calendar"):
        said("0200-01-01", "unknown")


@pytest.mark.parametrize(
    ("calendar", "text", "words"),
    [
        ("gregorian", "1990-02-31", "does not exist in the gregorian"),
        ("gregorian", "2023-02-29", "does not exist"),
        ("gregorian", "1990-13", "does not exist"),
        ("gregorian", "1990-13-01", "does not exist"),
        ("gregorian", "1370", "more than 130 years ago by the gregorian calendar, as if of another"),
        ("gregorian", "1895-12-31", "more than 130"),
        ("gregorian", "2027", "in the future"),
        ("gregorian", "2026-12-02", "in the future"),
        ("persian", "1402-12-30", "does not exist in the persian"),
        ("persian", "1370-08-31", "does not exist"),
        ("persian", "1990-05-01", "in the future"),
        ("persian", "9999-01-01", "does not exist"),
        ("islamic", "1411-02-31", "does not exist in the islamic"),
        ("islamic", "1411-13-01", "does not exist"),
        ("islamic", "1200", "more than 130"),
        ("ethiopic", "1986-13-06", "does not exist in the ethiopic"),
        ("ethiopic", "1986-14", "does not exist"),
        ("ethiopic", "9999-13-05", "does not exist"),
        ("julian", "1990-05-01", "calendar that is not known"),
        ("gregorian", "0000-00-00", "nobody knows"),
        ("gregorian", "1900-01-01", "nobody knows"),
        ("gregorian", "9999-12-31", "nobody knows"),
        ("gregorian", "1990-00-00", "00"),
        ("gregorian", "1990-05-00", "00"),
        ("gregorian", "0000", "nobody knows"),
        ("gregorian", "90-05-01", "not of the form"),
        ("gregorian", "01.05.1990", "not of the form"),
        ("gregorian", "1990-5-1", "not of the form"),
        ("gregorian", "1990-05-01T00:00:00Z", "not of the form"),
        ("gregorian", "۱۳۷۰-۰۱-۰۱", "not of the form"),  # noqa: RUF001 -- Persian digits
        ("gregorian", "1990~", "not of the form"),
        ("gregorian", "9" * 10_000, "not of the form"),
    ],
)
def test_an_impossible_date_is_refused_without_being_quoted(calendar: str, text: str, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        said(text, calendar)
    assert refused.value.code == "bad-record"
    assert text not in str(refused.value)


def test_without_today_only_what_nobody_can_be_born_in_is_refused() -> None:
    assert said("2040-01-01", today=None) == ["2040-01-01"]
    with pytest.raises(Refusal):
        said("1370", today=None)


@given(st.dates(date(1925, 1, 1), date(2026, 11, 30)))
def test_hijri_and_solar_hijri_return(day: date) -> None:
    lunar = Gregorian(day.year, day.month, day.day).to_hijri().isoformat()
    assert day.isoformat() in said(lunar, "islamic")
    assert said(jdatetime.date.fromgregorian(date=day).isoformat(), "persian") == [day.isoformat()]


@given(st.integers(1345, 1440), st.integers(1, 12), st.integers(1, 28))
def test_the_two_tables_of_the_hijri_calendar_are_near(year: int, month: int, day: int) -> None:
    found = [date.fromisoformat(one) for one in said(f"{year}-{month:02}-{day:02}", "islamic", None)]
    assert found[0] == Hijri(year, month, day).to_gregorian()
    assert len(found) <= 3
    assert all(abs(one - found[0]) <= timedelta(days=2) for one in found)


def test_every_ethiopian_day_follows_the_one_before() -> None:
    convert = CALENDARS["ethiopic"]
    expected = date(1897, 9, 10)
    for year in range(1890, 2018):
        for month in range(1, 14):
            for day in range(1, 31 if month < 13 else 7 if year % 4 == 3 else 6):
                assert convert(year, month, day) == (expected,)
                expected += timedelta(days=1)


def test_every_tabular_hijri_day_before_umm_al_qura_follows_the_one_before() -> None:
    convert, leap = CALENDARS["islamic"], {2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29}
    expected = date(1866, 5, 16)
    for year in range(1283, 1343):
        for month in range(1, 13):
            length = 30 if month % 2 or (month == 12 and year % 30 in leap) else 29
            for day in range(1, length + 1):
                assert convert(year, month, day) == (expected,)
                expected += timedelta(days=1)


def test_a_date_does_not_show_in_a_repr() -> None:
    assert "1990" not in repr(readings("1990-05-01"))
