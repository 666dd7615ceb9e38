"""What the patterns say of 43 judged cases. The table changes only with an explanation in the commit.

To write it anew: `python tests/domain/patterns/test_judged.py`, then read the difference.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[3])]  # for the command, which pytest does not prepare

from exchange.domain import judged  # noqa: E402 -- after the path
from exchange.domain.patterns.catalogue import PATTERNS  # noqa: E402 -- after the path
from exchange.domain.patterns.evaluator import Finding, evaluate  # noqa: E402 -- after the path

HERE = Path(__file__).parent
TABLE = HERE / "judged-table.json"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((HERE / "judged-cases.json").read_text("utf-8"))["cases"]
}


def found(case: str) -> tuple[Finding, ...]:
    """What the patterns find, as of the last event."""
    history, _ = judged.timeline(CASES[case])
    return evaluate(history, PATTERNS, judged.last_moment(CASES[case])).findings


def table() -> dict[str, list[list[str]]]:
    return {case: sorted([f.pattern.id, f.severity] for f in found(case)) for case in CASES}


def test_the_table_is_what_the_patterns_say() -> None:
    assert json.loads(TABLE.read_text("utf-8")) == table(), f"To write it anew: python {Path(__file__)}"


def test_a_first_interview_that_says_no_does_not_hide_the_chain() -> None:
    (chain,) = [f for f in found("ECTHR-MS-SVK-UKR") if f.pattern.id == "P04"]
    assert (chain.severity, chain.stage, chain.acting) == ("critical", "done", ("UKR", "SVK"))


def test_asady_is_silent() -> None:
    assert found("ECTHR-ASADY") == ()


def test_a_decision_served_after_the_flight_suppresses_nothing() -> None:
    assert [(f.pattern.id, f.severity) for f in found("ECTHR-OZDIL")] == [("P19", "critical")]


def test_the_courts_outcome_is_a_floor() -> None:
    """Hirsi: nobody was let say a claim, so it waits for P11, handover without a decision."""
    must = {name for name, case in CASES.items() if case["chain_refoulement"] in {"violation_found", "risk_found"}}
    assert {name for name in must if not found(name)} == {"ECTHR-HIRSI"}


def test_every_event_of_the_cases_has_its_notice() -> None:
    assert {name: warnings for name, case in CASES.items() if (warnings := judged.timeline(case)[1])} == {}


def test_an_event_that_no_notice_can_tell_is_warned_of() -> None:
    case = CASES["ECTHR-AKKAD"]
    strange = [said | {"subtype": "hunger_strike"} if said["seq"] == 3 else said for said in case["events"]]
    history, warnings = judged.timeline(case | {"events": strange})
    assert warnings == ("event 3 left out: other hunger_strike is not known",)
    assert len(history.events) == len(strange) - 1


def test_measures_bind_the_state_and_assurances_are_by_the_one_that_gives_them() -> None:
    told = {name: judged.timeline(CASES[name])[0].events for name in ("ECTHR-DA-POL", "CAT-AGIZA", "CJEU-MIRZA")}
    said = {(e.kind, e.state, e.counterpart, e.facts.get("step")) for events in told.values() for e in events}
    assert {
        ("interim_measure", "POL", None, "indicated"),
        ("assurance", "EGY", "SWE", "given"),
        ("assurance", "EGY", "SWE", "breached"),
        ("responsibility_request", "CZE", "HUN", None),
    } <= said


if __name__ == "__main__":
    lines = (f'  "{case}": {json.dumps(rows)}' for case, rows in table().items())
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
