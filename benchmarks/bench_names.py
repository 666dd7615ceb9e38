"""Skeletons of names on spellings that nothing was learned from, on records, and their cost.

    PYTHONPATH=.:tests .venv/bin/python benchmarks/bench_names.py [FOLDER]

Held out: the groups of name_forms.tsv.gz that `learn_letters.held_out` keeps. Records: persons-dev; a record's name is
held when its given and its family name both share a coarse skeleton (in either order). One JSON line a figure.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from learn_letters import held_out, lines
from measuring import DATA, figure, there

from exchange.client.linkage.folding import fold
from exchange.client.linkage.letters import SCRIPTS
from exchange.client.linkage.measuring import measure
from exchange.client.linkage.parts import words
from exchange.client.linkage.skeletons import COARSE, coarse, fine, readings

TARGETS = {"Arabic-Latin": (0.95, 25), "Cyrillic-Latin": (0.94, 25), "Latin-Latin": (0.75, 20)}
ORIGIN = 0.85
MOST = 100


def spellings(data: Path) -> None:
    rows = (line.split("\t") for line in lines(data / "name_forms.tsv.gz"))
    held = [forms.split(",") for group, forms in rows if held_out(group)]
    for level in (coarse, fine):
        found = measure(held, level)
        for scripts, (recall, chance) in TARGETS.items():
            name = f"names.{level.__name__}.{scripts.lower()}"
            figure(f"{name}.recall_of_groups", found[scripts].recall_of_groups, "share", recall, at_most=False)
            figure(f"{name}.recall", found[scripts].recall, "share", recall, at_most=False)
            figure(f"{name}.chance", found[scripts].chance, "in 10,000", chance)


def persons(data: Path) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    a, b = (
        {row["id"][1:]: row for row in map(json.loads, lines(data / f"persons-dev-{side}.jsonl.gz"))} for side in "ab"
    )
    yield from ((a[number]["loc"], a[number], b[number]) for number in a if number in b)


def records(data: Path) -> None:
    parts: dict[str, list[float]] = defaultdict(list)
    for origin, one, other in persons(data):
        ours, theirs = ([skeletons(row[field]) for field in ("given", "family")] for row in (one, other))
        straight = sum(not a.isdisjoint(b) for a, b in zip(ours, theirs, strict=True))
        swapped = sum(not a.isdisjoint(b) for a, b in zip(ours, reversed(theirs), strict=True))
        parts[origin].append(max(straight, swapped) / 2)
    for origin, held in sorted(parts.items()):
        figure(f"names.parts.{origin}.recall", sum(held) / len(held), "share", ORIGIN, at_most=False)


def skeletons(text: str) -> frozenset[str]:
    return frozenset().union(*map(coarse, words(text)))


def cost(data: Path) -> None:
    every = sorted({word for _, one, other in persons(data) for row in (one, other) for word in words(row["family"])})
    start = time.process_time()
    for word in every:
        script, folded = fold(word)
        readings(SCRIPTS[script], folded, COARSE)
    figure("names.skeleton.uncached", 1e6 * (time.process_time() - start) / len(every), "µs", MOST)


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    if not there("names", data):
        return
    spellings(data)
    records(data)
    cost(data)


if __name__ == "__main__":
    main()
