"""What the patterns say of 43 judged cases. The table changes only with an explanation in the commit.

After a change of a pattern, `python tests/domain/patterns/test_judged.py` writes it anew, with docs/patterns.md and
docs/judged-cases.md, and says which of them changed; then read the difference.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[3])]  # for the command, which pytest does not prepare

from exchange.domain import judged, judged_cases, judged_page  # noqa: E402 -- after the path
from exchange.domain.patterns import describe  # noqa: E402 -- after the path
from exchange.domain.patterns.catalogue import PATTERNS  # noqa: E402 -- after the path
from exchange.domain.patterns.evaluator import Finding, evaluate  # noqa: E402 -- after the path

HERE = Path(__file__).parent
TABLE = HERE / "judged-table.json"
DOCS = HERE.parents[2] / "docs"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((HERE / "judged-cases.json").read_text("utf-8"))["cases"]
}


def found(case: str) -> tuple[Finding, ...]:
    """What the patterns find, as of the last event."""
    history, _ = judged.timeline(CASES[case])
    return evaluate(history, PATTERNS, judged.last_moment(CASES[case])).findings


def table() -> dict[str, list[list[str]]]:
    return {case: sorted([f.pattern.id, f.severity] for f in found(case)) for case in CASES}


def page() -> str:
    """What docs/judged-cases.md says, by the same way as a file of anybody."""
    checked = [judged_cases.check(case, n, judged.last_moment(case)) for n, case in enumerate(CASES.values(), start=1)]
    return judged_page.page([judged_cases.judge(case, PATTERNS) for case in checked])


def written() -> dict[Path, str]:
    """Return what follows from the patterns, by the file that holds it."""
    lines = (f'  "{case}": {json.dumps(rows)}' for case, rows in table().items())
    answers = "{\n" + ",\n".join(lines) + "\n}\n"
    return {TABLE: answers, DOCS / "judged-cases.md": page(), DOCS / "patterns.md": describe.page()}


def test_the_page_is_what_the_patterns_say() -> None:
    assert (DOCS / "judged-cases.md").read_text("utf-8") == page(), f"To write it anew: {judged_page.COMMAND}"
    assert (HERE.parents[2] / judged_page.COMMAND.split()[1]).samefile(__file__)


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
    must = {name for name, case in CASES.items() if case["chain_refoulement"] in {"violation_found", "risk_found"}}
    grave = {name for name in must if {f.severity for f in found(name)} & {"high", "critical"}}
    assert must - grave == set()


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
    for path, text in written().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"{path.relative_to(HERE.parents[2])} changed\n")
