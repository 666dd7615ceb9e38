"""Every pattern is judged by its own examples, and they notice every small way to get it wrong."""

from functools import cache

import pytest

from domain.patterns.judging import Mutant, mutants, shows, variants_shown
from exchange.domain.patterns.algebra import Example, Pattern, Variant
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.routing import route

EXAMPLES = [(pattern, example) for pattern in PATTERNS for example in pattern.examples]
MUTANTS = [
    (pattern, variant, mutant) for pattern in PATTERNS for variant in pattern.variants for mutant in mutants(variant)
]
EQUIVALENT: dict[tuple[str, str, str], str] = {}


@pytest.mark.parametrize(("pattern", "example"), EXAMPLES, ids=[f"{p.id} {e.words}" for p, e in EXAMPLES])
def test_an_example_shows_what_it_names(pattern: Pattern, example: Example) -> None:
    assert variants_shown(example.timeline, pattern.variants, example.now) == example.finds


@pytest.mark.parametrize("pattern", PATTERNS, ids=[p.id for p in PATTERNS])
def test_silence_has_as_many_examples_as_finding(pattern: Pattern) -> None:
    found = [example for example in pattern.examples if example.finds]
    assert 0 < len(found) <= len(pattern.examples) - len(found)


@cache
def known(pattern_id: str) -> list[Known]:
    """What is known of each example of a pattern, for all mutants: they change neither the events nor the notions."""
    (pattern,) = (one for one in PATTERNS if one.id == pattern_id)
    return [Known(example.timeline) for example in pattern.examples]


def survives(pattern: Pattern, variant: Variant, mutant: Mutant) -> bool:
    _, clauses, windows = mutant
    steps = route(clauses)
    return all(
        shows(history, steps, example.now, windows) == (variant.name in example.finds)
        for example, history in zip(pattern.examples, known(pattern.id), strict=True)
    )


@pytest.mark.parametrize(
    ("pattern", "variant", "mutant"), MUTANTS, ids=[f"{p.id} {v.name}: {m[0]}" for p, v, m in MUTANTS]
)
def test_the_examples_kill_every_mutant(pattern: Pattern, variant: Variant, mutant: Mutant) -> None:
    equivalent = (pattern.id, variant.name, mutant[0]) in EQUIVALENT
    assert survives(pattern, variant, mutant) == equivalent
