"""Every rule of disclosure has its home and its test, and docs/disclosure.md is made from the one table of them."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import NOW, SK_ASYLUM, SK_BORDER, facts, notice
from exchange.domain import acceptance, findings, rules
from exchange.domain.errors import Refusal
from exchange.domain.linkage import Person
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.rules import RULES

ROOT = Path(__file__).parents[2]
IDS = [f"L{number:02}" for number in range(1, 27)]


def marked(path: Path) -> Iterator[tuple[str, str]]:
    """Each rule that a test of a file is marked with, and the test's name."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule":
                yield from ((ast.literal_eval(one), node.name) for one in mark.args)


def test_every_rule_stands_in_the_table_once() -> None:
    assert list(RULES) == IDS
    assert len({rule.says for rule in RULES.values()}) == len(IDS)


@pytest.mark.parametrize("name", IDS)
def test_a_rule_is_in_the_code_and_a_test_shows_it(name: str) -> None:
    module, _, attribute = RULES[name].home.partition(":")
    assert getattr(importlib.import_module(module), attribute).__doc__
    tests = [test for mark, test in marked(ROOT / RULES[name].shown_by) if mark == name]
    assert tests
    assert all(test.startswith("test_") for test in tests)


def test_no_test_is_of_a_rule_that_does_not_exist() -> None:
    said = {name: path.name for path in (ROOT / "tests").rglob("test_*.py") for name, _ in marked(path)}
    assert said.keys() == set(IDS)


def test_the_page_is_what_the_table_says() -> None:
    assert (ROOT / "docs" / "disclosure.md").read_text(encoding="utf-8") == rules.page()


@pytest.mark.rule("L06")
@pytest.mark.parametrize(
    ("kind", "said", "good"),
    [
        ("information_request", {"asked": ["stage"], "approved_in_writing": "no"}, True),
        ("information_request", {"asked": ["grounds_of_claim"], "approved_in_writing": "yes"}, False),
        ("information_request", {"asked": ["words_of_claim"], "approved_in_writing": "no"}, False),
        (
            "information_request",
            {"asked": ["words_of_claim"], "approved_in_writing": "yes", "approval_reference": "X-1"},
            True,
        ),
        ("information_reply", {"told": ["grounds_of_decision"]}, False),
        ("information_reply", {"told": ["grounds_of_decision"], "approval_reference": "X-1"}, True),
    ],
)
def test_l06_grounds_and_words_need_the_persons_approval(kind: str, said: dict[str, object], good: bool) -> None:  # noqa: FBT001
    if good:
        acceptance.approved(kind, facts(kind, **said))
        return
    with pytest.raises(Refusal) as refused:
        acceptance.approved(kind, facts(kind, **said))
    assert refused.value.code == "approval-missing"


@pytest.mark.rule("L19")
def test_l19_that_a_country_is_called_safe_lowers_nothing() -> None:
    def judged(ground: str) -> list[dict[str, object]]:
        said = {"outcome": "inadmissible", "ground": ground, "named_country": "UKR"}
        person = Person(
            (
                notice(1, "claim_expressed", author=SK_ASYLUM, event_time="2026-03-01"),
                notice(
                    2,
                    "admissibility_decision",
                    author=SK_ASYLUM,
                    event_time="2026-03-05",
                    counterpart="UKR",
                    facts=said,
                ),
                notice(3, "removal_executed", author=SK_BORDER, event_time="2026-03-09", counterpart="UKR"),
            ),
            grade="probable",
        )
        return [findings.as_body(one) for one in evaluate(findings.of_person(person), PATTERNS, NOW).findings]

    safe = judged("safe_third_country")
    assert "critical" in {one["severity"] for one in safe}
    assert safe == judged("other") == judged("first_country_of_asylum")
    for path in (ROOT / "exchange" / "domain" / "patterns").glob("*.py"):
        assert "neighbours" not in path.read_text(encoding="utf-8"), path.name
