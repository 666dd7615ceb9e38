"""When a notice says that something happened, and how far that is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from builders import NOW, UA_BORDER, notice
from exchange.domain import findings, linkage
from exchange.domain.edtf import Interval
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2026-11-01/9999-12-31", datetime(2026, 11, 1, tzinfo=UTC), NOW),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC), NOW),
        ("0001", datetime(1900, 1, 1, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC)),
        ("0001/2026-11-01", datetime(1900, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_what_is_told_has_happened_by_then_and_in_somebodys_life(said: str, first: datetime, last: datetime) -> None:
    happened = notice(1, event_time=said).happened
    assert happened == Interval(first, last, exact=happened.exact)


@pytest.mark.rule("L23")
@pytest.mark.parametrize("time", ["2026-10-01/9999-12-31", "2026-10-01/", "/2026-10-01", "0001", "0001/9999-12-31"])
def test_no_time_that_is_accepted_stops_the_judging_of_a_person(time: str) -> None:
    said = (
        notice(1, "claim_expressed", event_time="2026-09-01"),
        notice(2, "claim_expressed", event_time=time, author=UA_BORDER),
        notice(3, "encounter", event_time=time, facts={"fear_asked": "yes", "fear_answer": "no"}),
        notice(4, "hold_request", event_time=time, facts={"step": "asked"}, counterpart="UKR"),
        notice(5, "removal_executed", event_time="2026-10-01", counterpart="UKR", facts={"destination": "UKR"}),
        notice(6, "removal_executed", event_time="2026-10-02", author=UA_BORDER, counterpart="AFG"),
    )
    agreements = {(1, no): "probable" for no in range(2, 7)}
    (person,) = linkage.resolve(said, agreements)
    verdict = evaluate(findings.of_person(person), PATTERNS, NOW + timedelta(days=60))
    assert "P04" in {f.pattern.id for f in verdict.findings}


@pytest.mark.rule("L23")
@pytest.mark.parametrize(("returned", "certainty"), [("yes", "certain"), ("not_recorded", "possible"), ("no", None)])
def test_who_leaves_out_whether_the_person_was_returned_gains_nothing(returned: str, certainty: str | None) -> None:
    said = (
        notice(1, "claim_expressed", event_time="2026-10-01"),
        notice(
            2,
            "entry_refused",
            event_time="2026-10-03",
            counterpart="UKR",
            facts={"reason_letter": "C", "physically_returned": returned},
        ),
    )
    (person,) = linkage.resolve(said, {(1, 2): "probable"})
    found = evaluate(findings.of_person(person), PATTERNS, NOW).findings
    sure = {f.pattern.id: f.certainty for f in found}
    assert sure.get("P01") == certainty
