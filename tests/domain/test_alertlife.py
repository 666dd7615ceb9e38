import pytest

from exchange.domain import alertlife
from exchange.domain.errors import Refusal


def test_an_alert_that_is_not_critical_is_closed_by_one() -> None:
    assert alertlife.act("taken", "high", None, ("close", "one", "caseworker")).status == "closed"


@pytest.mark.rule("L11")
def test_a_critical_alert_waits_for_a_second() -> None:
    asked = alertlife.act("taken", "critical", None, ("close", "one", "supervisor"))
    assert asked == alertlife.Outcome("taken", "one")
    again = alertlife.act(asked.status, "critical", asked.closing_by, ("close", "one", "supervisor"))
    assert again == asked
    second = alertlife.act(asked.status, "critical", asked.closing_by, ("close", "two", "supervisor"))
    assert second == alertlife.Outcome("closed", None)


def test_the_second_is_a_supervisor() -> None:
    with pytest.raises(Refusal) as refused:
        alertlife.act("taken", "critical", "one", ("close", "two", "caseworker"))
    assert refused.value.code == "four-eyes"


@pytest.mark.parametrize(
    ("status", "act"), [("open", "close"), ("closed", "take"), ("closed", "close"), ("withdrawn", "acknowledge")]
)
def test_acts_that_do_not_fit_the_status(status: str, act: str) -> None:
    with pytest.raises(Refusal) as refused:
        alertlife.act(status, "high", None, (act, "one", "supervisor"))
    assert refused.value.code == "wrong-status"


def test_changed_evidence_brings_an_alert_back_whatever_was_done_with_it() -> None:
    assert alertlife.after_change("acknowledged", taken=True) == "taken"
    assert alertlife.after_change("acknowledged", taken=False) == "open"
    assert alertlife.after_change("closed", taken=True) == "open"
