"""Modifier R: a state that is known in public to send people of the same origin on makes a finding graver by one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from builders import NOW, SK_ASYLUM, UA_BORDER, UNHCR, notice, subject
from exchange.domain import findings, onward
from exchange.domain.corrections import corrected
from exchange.domain.linkage import Person
from exchange.domain.notice import Notice
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.references import urn

SENT_ON = frozenset({("UKR", "AFG")})


def entry(returned: str, verified_at: str = "2026-11-24") -> list[dict[str, str]]:
    return [{"origin": "AFG", "returned_to": "AFG", "returned": returned, "verified_at": verified_at}]


@pytest.mark.parametrize(
    ("counts", "returned"),
    [
        (True, "2026-06-01"),
        (True, "2025-11-23"),
        (False, "2025-11-22"),
        (True, "2025-11"),  # perhaps within the twelve months
        (False, "2025-10"),
        (True, "2026-11-24"),
        (False, "2026-11-25"),
        (True, "2026"),
    ],
)
def test_a_return_counts_for_twelve_months(returned: str, *, counts: bool) -> None:
    said = onward.of_entry("UKR", entry(returned))
    assert onward.counting(said, datetime(2026, 11, 24, 12, tzinfo=UTC)) == (SENT_ON if counts else frozenset())


def test_what_nobody_compared_with_its_source_does_not_count() -> None:
    assert onward.of_entry("UKR", entry("2026-06-01", "not_verified")) == ()


def severities(*notices: Notice, sent_on: onward.SentOn = SENT_ON) -> dict[str, tuple[str, str]]:
    """Pattern -> severity and certainty."""
    loaded = tuple(replace(one, sent_on=sent_on) for one in notices)
    verdict = evaluate(findings.of_person(Person(corrected(loaded), grade="probable")), PATTERNS, NOW)
    return {one.pattern.id: (one.severity, one.certainty) for one in verdict.findings}


CLAIM = notice(1, "claim_registered", author=SK_ASYLUM, event_time="2026-10-01")
ORDER = notice(2, "return_decision", author=SK_ASYLUM, event_time="2026-10-02", counterpart="UKR")


def test_it_raises_the_severity_by_one_and_never_the_certainty() -> None:
    before = severities(CLAIM, ORDER, sent_on=frozenset())["P03"]
    assert before == ("high", "likely")
    assert severities(CLAIM, ORDER)["P03"] == ("critical", "likely")


@pytest.mark.parametrize("sent_on", [{("MDA", "AFG")}, {("UKR", "IRN")}, {("UKR", "RUS"), ("SVK", "AFG")}])
def test_another_state_or_another_origin_raises_nothing(sent_on: set[tuple[str, str]]) -> None:
    assert severities(CLAIM, ORDER, sent_on=frozenset(sent_on))["P03"] == ("high", "likely")


@pytest.mark.parametrize(
    ("severity", "said"),
    [
        ("critical", {"nationality": {"IRN"}, "origin": {"AFG"}}),
        ("critical", {"nationality": {"AFG", "IRN"}}),
        ("high", {"nationality": {"IRN"}, "feared": {"AFG"}}),
        ("high", {"nationality": {"IRN"}, "former_residence": {"AFG"}}),
        ("high", {"nationality": {"XXA"}}),
    ],
)
def test_the_origin_is_what_somebody_named_as_such(severity: str, said: dict[str, set[str]]) -> None:
    told = [replace(one, subject=subject(**said)) for one in (CLAIM, ORDER)]
    assert severities(*told)["P03"] == (severity, "likely")


def test_an_unknown_origin_matches_nobody() -> None:
    told = [replace(one, subject=subject(nationality={"XXA"})) for one in (CLAIM, ORDER)]
    assert severities(*told, sent_on=frozenset({("UKR", "XXA")}))["P03"] == ("high", "likely")


def test_an_author_does_not_lower_it_by_its_own_correction_of_the_origin() -> None:
    """Until somebody agreed, what it said first counts on (L23)."""
    elsewhere = subject(nationality={"IRN"})
    first = [replace(one, subject=subject(nationality={"AFG", "IRN"})) for one in (CLAIM, ORDER)]
    second = [replace(one, no=one.no + 2, id=one.id.replace("0-0", "0-1", 1), subject=elsewhere) for one in first]
    corrections = [_replacing(5 + place, old, new) for place, (old, new) in enumerate(zip(first, second, strict=True))]
    assert severities(*first, *second, *corrections)["P03"][0] == "critical"


def _replacing(no: int, old: Notice, new: Notice) -> Notice:
    facts = {"act": "replace", "reason": "wrong_facts", "replaced_by": urn(new.author.urn, new.id)}
    made = notice(no, "correction", author=old.author, facts=facts, subject=new.subject)
    return replace(made, event={**made.event, "corrects": urn(old.author.urn, old.id)})


def test_returns_that_notices_tell_of_raise_nothing() -> None:
    """Nothing about other people is worked out from notices (L22): only the directory raises."""
    onwards = notice(3, "removal_executed", author=UA_BORDER, event_time="2026-10-20", counterpart="AFG")
    told = notice(4, "encounter", author=UNHCR, event_time="2026-10-21")
    assert severities(CLAIM, ORDER, onwards, told, sent_on=frozenset())["P03"][0] == "high"
