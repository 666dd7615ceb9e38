from typing import Any

import pytest

from builders import AF_BORDER, BY_ASYLUM, SK_ASYLUM, SK_BORDER, STANDING, UA_ASYLUM, UNHCR, notice, reader, subject
from exchange.domain import addressing
from exchange.domain.notice import Reader

FINDING: dict[str, Any] = {"acting": ["UKR", "SVK"], "complained_of": ["SVK", "UKR"], "severity": "high"}
TIED = [notice(1)]


def told(readers: list[Reader], finding: dict[str, Any] = FINDING, everybody: list[Reader] | None = None) -> set[str]:
    return {r.slug for r in addressing.recipients(finding, readers, TIED, everybody or readers, STANDING)}


@pytest.mark.rule("L15")
def test_the_offices_of_the_states_that_act_and_the_monitor_are_told() -> None:
    everybody = [SK_ASYLUM, UA_ASYLUM, SK_BORDER, BY_ASYLUM, AF_BORDER, UNHCR]
    assert told(everybody) == {"sk-asylum", "ua-asylum", "unhcr"}


@pytest.mark.rule("L15")
def test_a_state_complained_of_is_never_told_alone() -> None:
    assert told([SK_ASYLUM, UA_ASYLUM]) == set()
    only_ukraine = FINDING | {"complained_of": ["UKR"]}
    assert told([SK_ASYLUM, UA_ASYLUM], only_ukraine) == {"sk-asylum"}


def test_a_monitor_in_a_withheld_state_is_no_independent_recipient() -> None:
    assert told([SK_ASYLUM, reader("af-monitor", "monitor", "AFG")]) == set()


def test_a_monitor_counts_for_readers_who_do_not_share_its_projection() -> None:
    assert told([SK_ASYLUM], everybody=[SK_ASYLUM, UNHCR]) == {"sk-asylum"}


@pytest.mark.rule("L01")
def test_nobody_in_a_state_that_the_person_fears_is_told() -> None:
    tied = [notice(1, subject=subject(feared={"UKR"}))]
    readers = [SK_ASYLUM, UA_ASYLUM, UNHCR]
    assert {r.slug for r in addressing.recipients(FINDING, readers, tied, readers, STANDING)} == {"sk-asylum", "unhcr"}
