"""Accuracy of linkage by the shipped weights, on persons-dev and among 200,000 persons, in memory.

    PYTHONPATH=.:benchmarks .venv/bin/python benchmarks/bench_linkage.py [PERSONS [QUERIES]]

To the 10,000 records of persons-dev-b come strangers until PERSONS (default 200,000) are held: given name, family name
and birth date each of another record of persons-train, of one origin (`linkage_lab.strangers`). Of persons-dev-a
QUERIES rows drawn by lot (default all 10,000) are asked about. Match keys, the cut at 128, bands of rarity, the hub's
limit of rows of one authority under one token, weights and scores are the real ones; hashes are 64 bits. One JSON line
a figure. `top5_recall` ranks all who share a key; `shown_recall` ranks those alone whom the hub records, which are at
least possible links.
"""

import hashlib
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files

import numpy as np
from linkage_lab import COUNTED, SEED, Row, Tokens, pair_of, same, strangers, tokens
from measuring import DATA, figure, there

from exchange.domain.weighing import scoring, weights
from exchange.domain.weighing.evidence import Agreed, Evidence, band, magnitude
from exchange.domain.weighing.measures import Judged, measure
from exchange.domain.weighing.weights import Weights
from exchange.store.tokens import MOST

PERSONS = 200_000
QUERIES = 10_000


class Held:
    """Records held, as sorted hashes with the place of their record."""

    def __init__(self, held: Sequence[Row], population: int) -> None:
        self.rows = held
        authors = {slug: number for number, slug in enumerate(sorted({row["auth"] for row in held}))}
        self.authors = np.array([authors[row["auth"]] for row in held], dtype=np.int16)
        self.kinds: list[frozenset[str]] = []
        hashes, places = [], []
        for place, row in enumerate(held):
            made = tokens(row)
            self.kinds.append(frozenset(made))
            hashed = [one for _, one in hashes_of(made)]
            hashes.append(np.array(hashed, dtype=np.int64))
            places.append(np.full(len(hashed), place, dtype=np.int32))
        hashes_, places_ = np.concatenate(hashes), np.concatenate(places)
        order = np.argsort(hashes_, kind="stable")
        self._hashes, self._places = hashes_[order], places_[order]
        self._population = magnitude(population)

    def pairs(self, made: Tokens) -> Iterator[tuple[int, Evidence]]:
        """Yield the places of records that share a token, with the evidence."""
        shared: dict[int, dict[str, list[int]]] = defaultdict(dict)
        for kind, hashed in hashes_of(made):
            first, last = np.searchsorted(self._hashes, [hashed, hashed + 1])
            places = self._places[first:last]
            if len(places):
                counts = np.bincount(self.authors[places])
                place = band(1 + int(np.minimum(counts, COUNTED).sum()))
                for other in self._first_of_each(places, counts):
                    shared[int(other)].setdefault(kind, []).append(place)
        for other, found in shared.items():
            differ = frozenset(made.keys() & self.kinds[other] - found.keys())
            agree = tuple(Agreed(kind, len(each), min(each)) for kind, each in sorted(found.items()))
            yield other, Evidence(agree, differ, self._population)

    def _first_of_each(self, places: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return the places, of each author the first ones as far as the hub's index takes them."""
        if counts.max() <= MOST:
            return places
        authors = self.authors[places]
        return np.concatenate([places[authors == one][:MOST] for one in np.flatnonzero(counts)])


def hashes_of(made: Tokens) -> Iterator[tuple[str, int]]:
    for kind, values in made.items():
        for value in values:
            digest = hashlib.blake2b(f"{kind}|{value}".encode(), digest_size=8).digest()
            yield kind, int.from_bytes(digest, signed=True)


def main() -> None:
    """Measure at the size of persons-dev and at PERSONS."""
    if not there("linkage", DATA):
        return
    known = weights.read(json.loads(files("exchange.data").joinpath("link-weights.json").read_text()))
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    asked, held = pair_of("dev")
    train_a, train_b = pair_of("train")
    number = min(int(sys.argv[2]) if len(sys.argv) > 2 else QUERIES, len(asked))
    some = random.Random(SEED).sample(asked, number)  # noqa: S311 -- which rows are asked about
    sizes = [len(held)] if wanted <= len(held) else [len(held), wanted]
    for size in sizes:
        everyone = held + list(strangers(train_a + train_b, size - len(held)))
        measured(f"linkage.{size}", some, everyone, known)


def measured(name: str, asked: Sequence[Row], held: Sequence[Row], known: Weights) -> None:
    began = time.perf_counter()
    index = Held(held, len(held) + len(asked))
    figure(f"{name}.ms_per_record", 1000 * (time.perf_counter() - began) / len(held), "ms", 2)
    numbers = {row["id"][1:] for row in held if row["id"][0] == "b"}
    true = {row["id"]: row["loc"] for row in asked if row["id"][1:] in numbers}
    judged, grades = [], []
    for row in asked:
        for other, evidence in index.pairs(tokens(row)):
            found = scoring.score(evidence, known)
            judged.append(Judged(row["id"], same(row, held[other]), found.bits))
            grades.append(found.grade)
    told = measure(judged, true, known.shipped)
    large = len(held) > QUERIES
    _figure(name, "precision", told.precision, 0.95)
    _figure(name, "recall", told.recall, 0.9)
    _figure(name, "f1", told.f1, 0.0 if large else 0.945)
    _figure(name, "recall_at_p99", told.recall_at_p99, 0.7 if large else 0.87)
    _figure(name, "top5_recall", told.top5_recall, 0.96)
    shown = [pair for pair, grade in zip(judged, grades, strict=True) if grade != "none"]
    _figure(name, "shown_recall", measure(shown, true, known.shipped).top5_recall, 0.0)
    _figure(name, "weakest_origin", min(told.recall_by_origin.values()), 0.0 if large else 0.85)
    probable = [pair.same for pair, grade in zip(judged, grades, strict=True) if grade == "probable"]
    _figure(name, "probable.precision", sum(probable) / max(1, len(probable)), 0.99)
    _figure(name, "probable.recall", sum(probable) / max(1, len(true)), 0.0)
    figure(f"{name}.possible_per_notice", grades.count("possible") / len(asked), "pairs", 5)


def _figure(name: str, what: str, value: float, target: float) -> None:
    figure(f"{name}.{what}", value, "share", target, at_most=False)


if __name__ == "__main__":
    main()
