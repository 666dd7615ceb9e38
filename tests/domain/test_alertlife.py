import random
from typing import Any

import pytest

from exchange.domain import alertlife
from exchange.domain.alertlife import Outcome, Stands
from exchange.domain.errors import Refusal


def refused(code: str, act: Any, *said: Any) -> None:
    with pytest.raises(Refusal) as raised:
        act(*said)
    assert raised.value.code == code


def test_an_alert_that_is_not_critical_is_closed_by_one() -> None:
    assert alertlife.act(Stands("taken", "high"), ("close", "one", "caseworker")).status == "closed"


@pytest.mark.rule("L11")
def test_a_critical_alert_waits_for_a_second() -> None:
    asked = alertlife.act(Stands("taken", "critical"), ("close", "one", "supervisor"))
    assert asked == Outcome("taken", "one")
    waits = Stands("taken", "critical", closing_by="one")
    assert alertlife.act(waits, ("close", "one", "supervisor")) == asked
    assert alertlife.act(waits, ("close", "two", "supervisor")) == Outcome("closed", None)


def test_the_second_is_a_supervisor() -> None:
    refused("four-eyes", alertlife.act, Stands("taken", "critical", "one"), ("close", "two", "caseworker"))


def test_the_second_is_a_monitor_or_it_stays_open() -> None:
    waits = Stands("acknowledged", "critical", "one")
    assert alertlife.monitored("open", waits, "agree") == Outcome("closed", None)
    assert alertlife.monitored("open", waits, "disagree") == Outcome("acknowledged", None)
    refused("wrong-status", alertlife.monitored, "closed", waits, "agree")
    refused("no-closing-asked", alertlife.monitored, "open", Stands("taken", "critical"), "agree")


def test_once_a_monitor_has_spoken_against_it_no_supervisor_closes_it() -> None:
    again = Stands("taken", "critical", "one", monitor_disagrees=True)
    refused("four-eyes", alertlife.act, again, ("close", "two", "supervisor"))
    assert alertlife.monitored("open", again, "agree") == Outcome("closed", None)


@pytest.mark.parametrize(
    ("against", "agreed", "holds"),
    [
        ("", "", False),
        ("", "a", False),
        ("a", "", True),
        ("a", "a", False),
        ("a", "b", True),
        ("a", "bc", False),
        ("ab", "a", True),
        ("ab", "ac", True),
        ("ab", "ab", False),
        ("ab", "cd", False),
    ],
)
def test_a_disagreement_holds_until_whoever_spoke_agrees_or_two_others_do(
    against: str,
    agreed: str,
    holds: bool,  # noqa: FBT001
) -> None:
    assert alertlife.holds(set(against), set(agreed)) == holds


def test_while_a_disagreement_is_held_to_agree_lets_the_request_wait() -> None:
    waits = Stands("taken", "critical", "one", monitor_disagrees=True)
    assert alertlife.monitored("open", waits, "agree", held=True) == Outcome("taken", "one")
    assert alertlife.monitored("open", waits, "disagree", held=True) == Outcome("taken", None)


def test_who_asked_for_a_closing_can_call_it_off_and_so_can_a_colleague() -> None:
    for who in ("one", "two"):
        done = alertlife.act(Stands("taken", "critical", "one"), ("disagree", who, "caseworker"))
        assert done == Outcome("taken", None)
    refused("no-closing-asked", alertlife.act, Stands("taken", "critical"), ("disagree", "one", "caseworker"))


@pytest.mark.parametrize(
    ("status", "act"),
    [
        ("open", "close"),
        ("closed", "take"),
        ("closed", "close"),
        ("closed", "snooze"),
        ("open", "reopen"),
        ("withdrawn", "acknowledge"),
        ("withdrawn", "reopen"),
        ("superseded", "reopen"),
        ("open", "unsnooze"),
    ],
)
def test_acts_that_do_not_fit_the_status(status: str, act: str) -> None:
    refused("wrong-status", alertlife.act, Stands(status, "high"), (act, "one", "supervisor"))


def test_what_retention_has_emptied_is_not_opened_again() -> None:
    assert alertlife.act(Stands("closed", "high"), ("reopen", "one", "caseworker")) == Outcome("open", None)
    refused(
        "wrong-status", alertlife.act, Stands("closed", "high", has_evidence=False), ("reopen", "one", "caseworker")
    )


def test_a_critical_alert_is_never_put_aside() -> None:
    refused("never-snoozed", alertlife.act, Stands("open", "critical"), ("snooze", "one", "supervisor"))
    assert alertlife.act(Stands("open", "high"), ("snooze", "one", "caseworker")) == Outcome("open", None)


def test_changed_evidence_brings_an_alert_back_whatever_was_done_with_it() -> None:
    assert alertlife.after_change("acknowledged", taken=True) == "taken"
    assert alertlife.after_change("acknowledged", taken=False) == "open"
    for gone in ("closed", *alertlife.GONE):
        assert alertlife.after_change(gone, taken=True) == "open"


@pytest.mark.rule("L11")
def test_nobody_closes_a_critical_alert_alone_whatever_they_do_in_whatever_order() -> None:
    """Random acts of one person: without a second, and without new evidence, it is never closed."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    asked = 0
    for _ in range(300):
        stands = Stands("open", "critical")
        for name in rng.choices(alertlife.ACTS, k=12):
            try:
                done = alertlife.act(stands, (name, "one", rng.choice(("caseworker", "supervisor"))))
            except Refusal:
                continue
            stands = Stands(done.status, "critical", done.closing_by)
            asked += done.closing_by is not None
            assert stands.status != "closed", seed
    assert asked
