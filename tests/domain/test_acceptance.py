from datetime import timedelta
from typing import Any

import pytest

from builders import NOW, SK_ASYLUM, SK_BORDER, UNHCR, facts, reader
from exchange.domain import acceptance
from exchange.domain.errors import Refusal
from exchange.domain.kinds import KINDS
from exchange.domain.vocabulary import AUTHORITY_KINDS


def event(kind: str, **said: str) -> dict[str, str]:
    return {"kind": kind, "state": "SVK", "event_time": "2010-09-23"} | said


def code(raised: pytest.ExceptionInfo[Refusal]) -> str:
    return raised.value.code


def test_every_kind_stands_in_the_table_of_authors() -> None:
    assert set(acceptance.AUTHORS) == set(KINDS)
    assert all(authors <= set(AUTHORITY_KINDS) for authors in acceptance.AUTHORS.values())


@pytest.mark.rule("L08")
def test_a_border_guard_may_not_register_a_claim() -> None:
    with pytest.raises(Refusal) as refused:
        acceptance.accept(SK_BORDER, event("claim_registered"), {})
    assert code(refused) == "not-yours-to-say"
    acceptance.accept(SK_ASYLUM, event("claim_registered"), {})


def test_the_secretariat_says_nothing_about_cases() -> None:
    for kind in KINDS:
        with pytest.raises(Refusal):
            acceptance.accept(reader("office", "secretariat", "UKR"), event(kind, state="UKR"), facts(kind))


def test_of_another_state_an_asylum_office_may_send_claims_and_nothing_else() -> None:
    acceptance.accept(SK_ASYLUM, event("claim_expressed", state="UKR"), {})
    with pytest.raises(Refusal) as refused:
        acceptance.accept(SK_ASYLUM, event("merits_decision", state="UKR"), {})
    assert code(refused) == "not-yours-to-say"
    with pytest.raises(Refusal):
        acceptance.accept(SK_BORDER, event("claim_expressed", state="UKR"), {})


def test_a_monitor_speaks_of_any_state() -> None:
    acceptance.accept(UNHCR, event("removal_executed", state="UKR"), {})


def test_a_border_guard_replies_to_readmission_requests_only() -> None:
    acceptance.accept(
        SK_BORDER, event("responsibility_reply"), facts("responsibility_reply", request_type="readmission")
    )
    with pytest.raises(Refusal):
        acceptance.accept(
            SK_BORDER, event("responsibility_reply"), facts("responsibility_reply", request_type="take_back")
        )


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (event("encounter", event_time="2026-11-26"), {}),
        (event("encounter", event_time="2027"), {}),
        (event("merits_decision"), {"decided_at": "2010-09-23", "served_at": "2010-09-22"}),
        (event("removal_planned", counterpart_state="UKR"), {"destination": "UKR", "planned_at": "2010-09-01"}),
    ],
)
def test_times_that_contradict_one_another(happened: dict[str, str], said: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        acceptance.agree(happened, said, NOW, NOW)
    assert code(refused) == "contradictory-times"


def test_a_notice_from_the_future_is_refused_beyond_five_seconds() -> None:
    acceptance.agree(event("encounter"), {}, NOW + timedelta(seconds=5), NOW)
    with pytest.raises(Refusal):
        acceptance.agree(event("encounter"), {}, NOW + timedelta(seconds=6), NOW)


def test_an_approximate_time_that_may_have_been_is_accepted() -> None:
    acceptance.agree(event("encounter", event_time="2026-11"), {}, NOW, NOW)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (event("removal_executed"), {"destination": "UKR"}),
        (event("removal_executed", counterpart_state="SVK"), {"destination": "SVK"}),
        (event("removal_executed", counterpart_state="UKR"), {"destination": "AFG"}),
        (event("return_decision", counterpart_state="UKR"), {"destinations": ["AFG", "PAK"]}),
        (event("admissibility_decision", counterpart_state="UKR"), {"named_country": "POL"}),
        (event("entry_refused"), {}),
    ],
)
def test_states_that_contradict_one_another(happened: dict[str, str], said: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        acceptance.agree(happened, said, NOW, NOW)
    assert code(refused) == "contradictory-states"


@pytest.mark.rule("L25")
@pytest.mark.parametrize(
    ("author", "source", "named", "good"),
    [
        (UNHCR, "counsel_or_ngo", True, True),
        (UNHCR, "counsel_or_ngo", False, False),
        (UNHCR, "own_act", False, True),
        (UNHCR, "own_act", True, False),
        (SK_ASYLUM, "counsel_or_ngo", False, True),  # it heard it from them, and says so
        (SK_ASYLUM, "counsel_or_ngo", True, False),
    ],
)
def test_a_monitor_alone_speaks_for_counsel_and_says_whom_it_accredits(
    author: Any,
    source: str,
    named: bool,  # noqa: FBT001
    good: bool,  # noqa: FBT001
) -> None:
    hub = {"source": source} | ({"accreditation": "NGO-7"} if named else {})
    if good:
        acceptance.speaks_for(author, hub)
    else:
        with pytest.raises(Refusal) as refused:
            acceptance.speaks_for(author, hub)
        assert code(refused) == "accreditation-missing"
