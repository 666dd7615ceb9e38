"""What the peers share: reading the rows, romanising them, and judging scored pairs. Runs inside .venv-peers.

A pair is (a, b), the numbers of a record of each file; it is true when the numbers are equal. Peers get their words
romanised (anyascii, lower case), since neither compares across scripts: without that they lose every pair of two
scripts, and the comparison would be unfair to them.
"""

import gzip
import json
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path

from anyascii import anyascii

Row = dict[str, str]
Scored = list[tuple[float, int, int]]
"""Pairs with their score: (score, number in a, number in b)."""

NAMES = ("given", "family", "pat")


def rows_of(path: Path) -> list[Row]:
    """Read a file of JSON lines, .gz or not, names romanised."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    for row in rows:
        for name in NAMES:
            row[name] = anyascii(row[name]).strip().lower()
    return rows


def number_of(row: Row) -> int:
    """The number in aN or bN."""
    return int(row["id"][1:])


def true_pairs(a: list[Row], b: list[Row]) -> int:
    """How many persons stand in both files."""
    return len({number_of(row) for row in a} & {number_of(row) for row in b})


def at_threshold(scored: Scored, true: int, threshold: float) -> dict[str, float]:
    """Precision, recall and F1 of the pairs that score at least the threshold."""
    kept = [one == other for score, one, other in scored if score >= threshold]
    right = sum(kept)
    precision, recall = right / max(len(kept), 1), right / max(true, 1)
    return {"precision": precision, "recall": recall, "f1": 2 * right / max(len(kept) + true, 1)}


def best_threshold(scored: Scored, true: int) -> float:
    """The threshold of the highest F1."""
    best, threshold = -1.0, float("inf")
    for score, kept, right in _ends(scored):
        f1 = 2 * right / (kept + true)
        if f1 > best:
            best, threshold = f1, score
    return threshold


def recall_at_precision(scored: Scored, true: int, precision: float) -> float:
    """The highest recall of any threshold whose precision is at least this."""
    return max((right / true for _, kept, right in _ends(scored) if right >= precision * kept), default=0.0)


def in_best(scored: Scored, true: int, places: int) -> float:
    """Share of true pairs that stand among the best `places` of their record of a; ties count against the pair."""
    by_record: dict[int, list[tuple[float, bool]]] = {}
    for score, one, other in scored:
        by_record.setdefault(one, []).append((score, one == other))
    found = 0
    for pairs in by_record.values():
        rising = sorted(-score for score, _ in pairs)
        found += sum(_not_worse(rising, -score) <= places for score, is_true in pairs if is_true)
    return found / max(true, 1)


def one_to_one(scored: Scored) -> Scored:
    """Only the pairs in which each record is the other's best (the first of equals)."""
    best_a: dict[int, tuple[float, int, int]] = {}
    best_b: dict[int, tuple[float, int, int]] = {}
    for pair in sorted(scored, key=lambda pair: -pair[0]):
        best_a.setdefault(pair[1], pair)
        best_b.setdefault(pair[2], pair)
    return [pair for pair in best_a.values() if best_b[pair[2]] == pair]


def milliseconds(work: Callable[[Row], object], rows: Iterable[Row]) -> float:
    """Median time of one call, in ms; the first row only warms up."""
    first, *others = rows
    work(first)
    took = []
    for row in others:
        before = time.perf_counter()
        work(row)
        took.append((time.perf_counter() - before) * 1000)
    return sorted(took)[len(took) // 2]


def judged(scored: Scored, true: int, threshold: float) -> dict[str, float]:
    """All figures of one peer on one pair of files, at a threshold chosen elsewhere, and at the best one of all."""
    mutual = one_to_one(scored)
    return {
        **at_threshold(scored, true, threshold),
        "f1_one_to_one": at_threshold(mutual, true, threshold)["f1"],
        "f1_best_threshold": at_threshold(scored, true, best_threshold(scored, true))["f1"],
        "f1_one_to_one_best_threshold": at_threshold(mutual, true, best_threshold(mutual, true))["f1"],
        "recall_at_p99": recall_at_precision(scored, true, 0.99),
        "top5_recall": in_best(scored, true, 5),
    }


def _ends(scored: Scored) -> Iterable[tuple[float, int, int]]:
    """For each distinct score, falling: (score, pairs at or above, true ones among them)."""
    ordered = sorted(scored, key=lambda pair: -pair[0])
    right = 0
    for place, (score, one, other) in enumerate(ordered, start=1):
        right += one == other
        if place == len(ordered) or ordered[place][0] < score:
            yield score, place, right


def _not_worse(rising: list[float], mark: float) -> int:
    """How many of a sorted list are at most the mark."""
    return bisect_left(rising, mark + 1e-12)
