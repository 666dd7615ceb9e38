"""Files of judged cases from anybody: whatever is bent in a case, it is refused in words, or judged."""

import copy
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builders import NOW
from domain import remembered
from exchange.domain import judged_cases
from exchange.domain.asof import AsOf
from exchange.domain.judged_cases import Unreadable
from exchange.domain.patterns.catalogue import PATTERNS

CASES = json.loads((Path(__file__).parent / "patterns" / "judged-cases.json").read_text("utf-8"))["cases"]
ODD = [
    *(None, True, 0, -1, 2**53 - 1, 1.5, "", " ", "x", [], {}, [1], {"a": 1}, "{A}", "{0.__class__}", "\x1b[2J"),
    *("2009-13-45", "2009-02-30", "9999-12-31", "0001-01-01", "2199-12-31", "1900", "2009-05-01T10:00:00Z", "2009-05"),
    *("unknown", "month", "about_day", "removal_executed", "SVK"),
]


def bent(rng: random.Random) -> dict[str, Any]:
    """A case of the file with some members taken away, changed, or doubled."""
    case: dict[str, Any] = copy.deepcopy(rng.choice(CASES))
    for _ in range(rng.choice((1, 1, 2, 4))):
        events = case.get("events")
        of = rng.choice(events) if isinstance(events, list) and events and rng.random() < 0.7 else case
        if not isinstance(of, dict) or not of:
            continue
        member, chance = rng.choice(list(of)), rng.random()
        if chance < 0.25:
            del of[member]
        elif chance < 0.35 and of is not case:
            case["events"].append(rng.choice((of, None, 3)))
        else:
            of[member] = copy.deepcopy(rng.choice(ODD))
    return case


def test_a_bent_case_is_refused_by_its_name_or_judged_as_of_any_moment() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    refused: list[tuple[Any, str]] = []
    judged = 0
    for _ in range(400):
        told = bent(rng)
        try:
            case = judged_cases.check(told, 7, NOW)
        except Unreadable as reason:
            refused.append((told.get("id"), str(reason)))
            continue
        moments = AsOf(*(datetime(rng.randrange(1900, 2199), 1, 1, tzinfo=UTC) for _ in range(2)))
        for as_of in (None, moments):
            made = judged_cases.as_json(judged_cases.judge(case, PATTERNS, as_of))
            numbers = {event["seq"] for event in told["events"]}
            assert all(numbers.issuperset(found) for one in made["findings"] for found in one["events"].values())
        judged += 1
    assert min(len(refused), judged) > 50
    assert [words for name, words in refused if not words.startswith((f"case {name}", "case number 7: "))] == []


def test_a_case_checked_is_judged_as_one_that_nobody_doubted() -> None:
    """What checking fills in changes nothing of a case that has everything."""
    for case in CASES:
        checked = judged_cases.check(case, 1, NOW)
        assert checked.warnings == ()
        assert [event["seq"] for event in checked.said["events"]] == [event["seq"] for event in case["events"]]
        for made, given in zip(checked.said["events"], case["events"], strict=True):
            assert {name: value for name, value in made.items() if name != "subtype"}.items() <= given.items()


def shown(name: str, lines: str) -> dict[str, list[tuple[str, str]]]:
    """Return what shows in a case that is told in lines: pattern -> severity and certainty of each finding."""
    judged = judged_cases.judge(judged_cases.check(remembered.case(name, lines), 1, NOW), PATTERNS)
    assert judged.warnings == ()
    assert {one.pattern.id for one in judged.findings} | set(judged.why_not) == {one.id for one in PATTERNS}
    found: dict[str, list[tuple[str, str]]] = {}
    for one in judged.findings:
        found.setdefault(one.pattern.id, []).append((one.severity, one.certainty))
    return found


def test_cases_of_no_file_are_flagged_and_those_alike_are_not() -> None:
    grave = {
        name: {severity for rows in shown(name, lines).values() for severity, _ in rows} & {"high", "critical"}
        for name, lines in (remembered.FLAGGED | remembered.SILENT).items()
    }
    assert {name for name, severities in grave.items() if not severities} == set(remembered.SILENT)


def test_a_claim_is_inadmissible_on_whatever_ground() -> None:
    """The event is `inadmissible_*` (domain.md B.3): a ground that nobody has listed is another one."""
    told = [shown("x; ERI", f"\n2020-01-01 day CHE claim_registered\n2020-02-01 day CHE>ITA {event}")
            for event in ("inadmissible_dublin", "inadmissible_transit_zone", "inadmissible")]  # fmt: skip
    assert told == [{"P03": [("medium", "certain")]}] * 3


def test_a_removal_that_leads_nobody_knows_where_is_one_and_doubted() -> None:
    found = shown("x; SYR", "\n2018-10-01 day GRC claim_expressed\n2018-10-01 day GRC removal_executed")
    assert found["P01"] == [("high", "possible")]


def test_what_is_blank_is_missing() -> None:
    blank = {"seq": 1, "state": "GRC", "event": "claim_expressed", "counterpart_state": " ", "date": "", "subtype": ""}
    (event,) = judged_cases.check({"id": "x", "date": "", "events": [blank]}, 1, NOW).said["events"]
    assert (event["counterpart_state"], event["date"], event["precision"]) == (None, None, "day")


def test_an_approximate_day_is_about_that_day_whatever_its_precision_says() -> None:
    told = {"seq": 1, "state": "GRC", "event": "claim_expressed", "date": "2020-01-05", "approx": True}
    for precision, read in ((None, "about_day"), ("day", "about_day"), ("month", "month"), ("unknown", "unknown")):
        case = judged_cases.check({"id": "x", "events": [told | {"precision": precision}]}, 1, NOW)
        assert case.said["events"][0]["precision"] == read
