"""Every pattern is judged by its own examples, and they notice every small way to get it wrong."""

import pytest

from domain.patterns.judging import Mutant, mutants, shows, variants_shown
from exchange.domain.patterns.algebra import Example, Pattern, Variant
from exchange.domain.patterns.catalogue import PATTERNS

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


def survives(pattern: Pattern, variant: Variant, mutant: Mutant) -> bool:
    _, clauses, windows = mutant
    return all(
        shows(example.timeline, clauses, example.now, windows) == (variant.name in example.finds)
        for example in pattern.examples
    )


@pytest.mark.parametrize(
    ("pattern", "variant", "mutant"), MUTANTS, ids=[f"{p.id} {v.name}: {m[0]}" for p, v, m in MUTANTS]
)
def test_the_examples_kill_every_mutant(pattern: Pattern, variant: Variant, mutant: Mutant) -> None:
    equivalent = (pattern.id, variant.name, mutant[0]) in EQUIVALENT
    assert survives(pattern, variant, mutant) == equivalent
