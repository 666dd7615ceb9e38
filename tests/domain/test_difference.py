import dataclasses
import json
import random
from datetime import timedelta

import pytest

from exchange.domain import difference
from exchange.domain.difference import Found
from exchange.domain.patterns.algebra import Act, First, Not
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.windows import WINDOWS


def found(anchor: int, family: str = "path", **changes: object) -> Found:
    said = {"pattern": "P04", "severity": "critical", "stage": "done", "certainty": "certain", "acting": ("UKR", "SVK")}
    return Found(anchor, family, **{**said, **changes})  # type: ignore[arg-type]


def told(before: list[Found], after: list[Found]) -> dict[str, object]:
    return difference.report(difference.compare(before, after), {"rules": {}, "input": "x"})


def test_what_is_new_gone_and_changed_is_counted_by_pattern_by_state_and_by_who_was_told() -> None:
    stood = [
        found(1, told=("sk-asylum", "unhcr")),
        found(2, pattern="P03", stage="risk", acting=("SVK",), told=("unhcr",)),
        found(3, "p19", pattern="P19"),
        found(3),
    ]
    now = [found(2, acting=("SVK", "HUN")), found(3, "p19", pattern="P19", certainty="likely"), found(3), found(9)]
    report = told(stood, now)
    assert [report[kind] for kind in ("same", "new", "gone", "changed")] == [1, 1, 1, 2]
    assert report["patterns"] == {
        "P03": {"new": 0, "gone": 0, "changed": 1},
        "P04": {"new": 1, "gone": 1, "changed": 1},
        "P19": {"new": 0, "gone": 0, "changed": 1},
    }
    assert report["states"] == {
        "HUN": {"new": 0, "gone": 0, "changed": 1},
        "SVK": {"new": 1, "gone": 1, "changed": 2},
        "UKR": {"new": 1, "gone": 1, "changed": 1},
    }
    assert report["recipients"] == {
        "sk-asylum": {"new": 0, "gone": 1, "changed": 0},
        "unhcr": {"new": 0, "gone": 1, "changed": 1},
    }
    assert [example["anchor"] for example in report["examples"]] == [1, 2, 3, 9]  # type: ignore[attr-defined]


def test_nothing_changes_when_a_finding_rests_on_other_states_alone() -> None:
    report = told([found(1)], [found(1, acting=("HUN",))])
    assert (report["same"], report["examples"]) == (1, [])


def test_a_report_of_random_sides_adds_up_and_has_one_spelling() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)

    def side() -> list[Found]:
        keys = sorted((rng.randrange(500), rng.choice(("path", "p13"))) for _ in range(400))
        return [found(*key, pattern=rng.choice(("P03", "P04"))) for key in dict.fromkeys(keys)]

    before, after = side(), side()
    old, new = ({one.key: one.says for one in of} for of in (before, after))
    report = told(before, after)
    assert report["new"] == len(new.keys() - old.keys())
    assert report["gone"] == len(old.keys() - new.keys())
    assert report["changed"] == sum(old[key] != new[key] for key in old.keys() & new.keys())
    assert report["same"] == sum(old[key] == new[key] for key in old.keys() & new.keys())
    assert len(report["examples"]) <= difference.EXAMPLES * 2 * 3  # type: ignore[arg-type]
    text = difference.canonical(report)
    assert json.loads(text) == report
    assert difference.digest(json.loads(text)) == difference.digest(told(before, after))
    assert told(before, after[:-1])["changes"] != report["changes"]


@pytest.mark.parametrize("side", [[found(2), found(1)], [found(1), found(1)]])
def test_sides_that_are_not_in_order_are_refused(side: list[Found]) -> None:
    with pytest.raises(ValueError, match="order of their keys"):
        told(side, [])
    with pytest.raises(ValueError, match="order of their keys"):
        told([], side)


def test_the_hash_of_rules_changes_with_all_that_they_say_and_with_nothing_else() -> None:
    first = PATTERNS[0]
    same = difference.definition(PATTERNS, WINDOWS)
    assert difference.definition((dataclasses.replace(first, examples=()), *PATTERNS[1:]), WINDOWS) == same
    inner = First("x", "y", Act("leg", "A", "B"))
    variant = first.variants[0]
    changed = [
        dataclasses.replace(first, version=first.version + 1),
        dataclasses.replace(first, suppressors=()),
        dataclasses.replace(first, variants=first.variants[:-1]),
        dataclasses.replace(first, variants=(dataclasses.replace(variant, severity="info"), *first.variants[1:])),
        dataclasses.replace(first, variants=(dataclasses.replace(variant, clauses=(*variant.clauses, inner)),)),
        dataclasses.replace(
            first, variants=(dataclasses.replace(variant, clauses=(*variant.clauses, Not("x", "y", inner))),)
        ),
    ]
    hashes = {difference.definition((one, *PATTERNS[1:]), WINDOWS) for one in changed}
    hashes.add(difference.definition(PATTERNS, {**WINDOWS, "p01.put_out": timedelta(days=8)}))
    hashes.add(difference.definition(PATTERNS[1:], WINDOWS))
    assert len(hashes | {same}) == len(changed) + 3
