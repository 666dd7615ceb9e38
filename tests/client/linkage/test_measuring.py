"""Recall and chance over all pairs: the counts by inclusion and exclusion are those of counting one by one."""

# ruff: noqa: RUF001 -- letters of several scripts that look alike are what this is about

import random
from itertools import combinations

import pytest

from exchange.client.linkage.measuring import Figures, measure
from exchange.client.linkage.skeletons import coarse

SEED = 20261201
WORDS = (
    "ali",
    "alí",
    "али",
    "علي",
    "omar",
    "умар",
    "عمر",
    "sara",
    "сара",
    "سارة",
    "zara",
    "金",
    "ola",
    "шара",
    "jamal",
)


def one_by_one(groups: list[list[str]]) -> tuple[int, int, int, int]:
    held = [(number, word) for number, group in enumerate(groups) for word in dict.fromkeys(group)]
    counts = [0, 0, 0, 0]
    for (group, one), (other_group, other) in combinations(held, 2):
        at = 0 if group == other_group else 2
        counts[at] += 1
        counts[at + 1] += not coarse(one).isdisjoint(coarse(other))
    return counts[0], counts[1], counts[2], counts[3]


def test_the_counts_are_those_of_counting_one_by_one() -> None:
    print("seed", SEED)
    draw = random.Random(SEED)
    for _ in range(20):
        groups = [draw.choices(WORDS, k=draw.randint(1, 6)) for _ in range(12)]
        found = measure(groups, coarse)
        everything = found[""]
        counted = (everything.pairs, everything.matching, everything.strangers, everything.by_chance)
        assert counted == one_by_one(groups)
        by_scripts = [one for name, one in found.items() if name]
        assert sum(one.pairs for one in by_scripts) == everything.pairs
        assert sum(one.matching for one in by_scripts) == everything.matching


def test_figures_by_pair_of_scripts() -> None:
    found = measure([["Ali", "Али", "علي"], ["Omar", "Умар", "Omarov"], ["金"]], coarse)
    assert set(found) == {"", "Arabic-Cyrillic", "Arabic-Latin", "Cyrillic-Latin", "Latin-Latin"}
    assert found["Cyrillic-Latin"] == Figures(2, 3, 2, 1.5, 3, 0)
    assert found["Cyrillic-Latin"].recall == pytest.approx(2 / 3)
    assert found["Cyrillic-Latin"].recall_of_groups == pytest.approx(0.75)
    assert found["Latin-Latin"].chance == 0
    assert measure([["alone"]], coarse) == {}
