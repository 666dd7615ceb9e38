"""Files of judged cases from anybody: whatever is bent in a case, it is refused in words, or judged."""

import copy
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builders import NOW
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
