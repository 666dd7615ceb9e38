"""No caseworker meets a bare code."""

import pytest

from exchange.console import showing, when, words
from exchange.console.states import STATES
from exchange.domain import alertlife, clocks, disclosure, judgements, kinds, linked, vocabulary, withdrawals
from schemas.alerts import STATUSES

LISTS = {
    "kind": kinds.KINDS,
    "law": (clocks.SILENCE,),
    "link": vocabulary.GRADES,
    "member": {member for members in disclosure.FACTS.values() for member in members.split()},
    "owed": clocks.WHAT,
    "reason": (*vocabulary.CLOSING_REASONS, *alertlife.REOPENING_REASONS),
    "role": ("caseworker", "supervisor"),
    "safeguard": vocabulary.SAFEGUARDS,
    "seen_as": ("author", "office", "unit", "confirmed", "probable", "monitor"),
    "severity": ("info", "medium", "high", "critical"),
    "source": vocabulary.SOURCES,
    "stage": ("risk", "imminent", "done"),
    "state": vocabulary.PERSON_STATES | vocabulary.ACTING_STATES,
    "status": STATUSES,
    "certainty": ("certain", "likely", "possible"),
    "corrected": ("contested", "withdrawn", "replaced"),
    "act": {
        *("raised", "changed", "reopened", "withdrawn", "superseded", "run_out", "snooze_over", "snooze_broken"),
        *(*alertlife.ACTS, "close_asked", "monitor_agreed", "monitor_disagreed"),
    },
    "because": withdrawals.REASONS,
    "comment": alertlife.COMMENTS,
    "compared": judgements.COMPARED,
    "link_act": judgements.ACTS,
    "link_grade": linked.GRADES,
    "said_by": ("you", "other", "monitor"),
    "side": ("yours", "other", "first", "second"),
    "verdict": (judgements.CONFIRMED, judgements.REFUSED),
}


@pytest.mark.parametrize("table", LISTS)
def test_every_code_has_words(table: str) -> None:
    assert set(LISTS[table]) <= set(words.TABLES[table])


def test_no_state_is_named_twice() -> None:
    assert len(set(STATES.values())) == len(STATES)


def test_every_value_of_a_fact_reads_as_words() -> None:
    for kind, members in kinds.LISTED.items():
        for member, listed in {**members, **kinds.SEVERAL.get(kind, {})}.items():
            assert not [code for code in listed.codes if "_" in words.value(member, code)]


@pytest.mark.parametrize(
    ("edtf", "said"),
    [
        ("2010", "2010"),
        ("2010-09", "September 2010"),
        ("2010-09-03", "3 September 2010"),
        ("2010-09-23~", "about 23 September 2010"),
        ("2010?", "2010 (uncertain)"),
        ("2010-05%", "about May 2010 (uncertain)"),
        ("2010-09-23/2010-09-24", "between 23 September 2010 and 24 September 2010"),
        ("2010-09-23T17:10:00Z", "23 September 2010, 17:10 UTC"),
        ("2010-09-23T17:10:00+02:00", "23 September 2010, 17:10 UTC+02:00"),
        ("2010-09/..", "2010-09/.."),
        ("2010-21", "2010-21"),
    ],
)
def test_times_stay_as_vague_as_they_were_said(edtf: str, said: str) -> None:
    assert when.edtf(edtf) == said


def test_moments_are_in_utc() -> None:
    assert when.moment("2026-11-24T13:05:09+01:00") == "24 November 2026, 12:05 UTC"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"kind": "removal_executed", "state": "SVK", "counterpart_state": "UKR"}, "Slovakia to Ukraine"),
        ({"kind": "arrival", "state": "UKR", "counterpart_state": "SVK"}, "Ukraine, from Slovakia"),
        ({"kind": "remedy", "state": "SVK", "counterpart_state": "UKR"}, "Slovakia; other state: Ukraine"),
        ({"kind": "encounter", "state": "SVK"}, "Slovakia"),
    ],
)
def test_the_direction_of_a_removal_is_said(event: dict[str, str], said: str) -> None:
    assert showing.states(event) == said


def test_facts_are_in_words() -> None:
    facts = {"destination": "UKR", "transit": ["HUN", "POL"], "legal_act": "none", "act_reference": "X-1"}
    event = {"kind": "removal_executed", "reference": "R-9"}
    assert showing.facts({"event": event, "facts": facts}) == [
        ("Legal act", "none: handed over without a decision"),
        ("To", "Ukraine"),
        ("By way of", "Hungary, Poland"),
        ("Reference of the act", "X-1"),
        ("Reference", "R-9"),
    ]


def test_times_and_authorities_among_the_facts() -> None:
    facts = {"forwarded_to": "urn:asylum-exchange:authority:sk-asylum", "forwarded_at": "2010-09"}
    shown = showing.facts({"event": {"kind": "claim_expressed"}, "facts": facts})
    assert shown == [("Forwarded to", "sk-asylum"), ("Forwarded", "September 2010")]


def test_lists_of_codes_are_in_words() -> None:
    facts = {"outcome": "hit", "told": ["grounds_of_claim", "stage"], "mailbox": "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"}
    assert showing.facts({"event": {"kind": "information_reply"}, "facts": facts}) == [
        ("Outcome", "yes, something is known"),
        ("Told", "grounds of claim, stage"),
        ("Mailbox", "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"),
    ]


def test_a_suppressor_is_said_with_its_code() -> None:
    assert showing.suppressor("S4") == "S4: An interim measure was complied with"
    assert showing.suppressor({"code": "S6", "words": "Hungary promised."}) == "S6: Hungary promised."
