from datetime import UTC, datetime

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain import edtf
from exchange.domain.errors import Refusal


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last", "exact"),
    [
        ("2010-09-23", "2010-09-23", "2010-09-23", True),
        ("2010-09-24~", "2010-09-21", "2010-09-27", False),
        ("2010-09", "2010-09-01", "2010-09-30", False),
        ("2010", "2010-01-01", "2010-12-31", False),
        ("2011~", "2010-01-01", "2012-12-30", False),
        ("2010-09-23/2010-09-25", "2010-09-23", "2010-09-25", False),
        ("201X", "2010-01-01", "2019-12-31", False),
    ],
)
def test_the_interval_that_a_time_names(text: str, first: str, last: str, exact: bool) -> None:  # noqa: FBT001
    when = edtf.read(text)
    assert (when.earliest.date(), when.latest.date(), when.exact) == (day(first).date(), day(last).date(), exact)


def test_a_moment_keeps_its_minute_and_its_offset() -> None:
    assert edtf.read("2026-12-01T08:10:00+02:00").earliest == datetime(2026, 12, 1, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2010-13-01",
        "2010-02-30",
        "0000",
        "9999~",
        "2010-09-23T25:00:00Z",
        "2010" * 40,
        "23.09.2010",
        "2011/2010",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        edtf.read(text)
    assert refused.value.code == "bad-time"


@given(st.dates())
def test_the_usual_forms_mean_what_the_edtf_package_says(date: object) -> None:
    text = str(date)
    for form in (text, text[:7], text[:4]):
        parsed, ours = parse_edtf(form), edtf.read(form)
        assert (*ours.earliest.timetuple()[:3],) == (*parsed.lower_strict()[:3],)
        assert (*ours.latest.timetuple()[:3],) == (*parsed.upper_strict()[:3],)


@given(st.text(max_size=80))
def test_any_text_is_a_time_or_is_refused(text: str) -> None:
    try:
        when = edtf.read(text)
    except Refusal:
        return
    assert when.earliest <= when.latest
