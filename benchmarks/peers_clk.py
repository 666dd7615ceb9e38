"""Cryptographic long-term keys (Schnell, Bachteler, Reiher 2009) by clkhash, compared by anonlink's Dice coefficients.

Called by bench_peers.py inside .venv-peers:

    peers_clk.py TRAIN-A TRAIN-B A B

prints one JSON object. Each record becomes one Bloom filter of 1,024 bits: bigrams of the romanised names (given,
family and patronymic put together, so that an exchange costs little), positional unigrams of the date of birth, the
sex, the nationality, and bigrams of the document number. The threshold is the one of the best F1 on the train files.
"""

import json
import sys
import time
from pathlib import Path

import anonlink
from bitarray import bitarray
from clkhash import clk
from clkhash.comparators import ExactComparison, NgramComparison
from clkhash.field_formats import BitsPerFeatureStrategy, FieldHashingProperties, StringSpec
from clkhash.schema import Schema
from peers_judging import Row, Scored, best_threshold, judged, milliseconds, number_of, rows_of, true_pairs

LEAST, FEW = 0.6, 20
QUERIES = 41
BIGRAMS, DIGITS, WHOLE = NgramComparison(2), NgramComparison(1, positional=True), ExactComparison()
FIELDS = (("words", BIGRAMS, 300), ("dob", DIGITS, 160), ("sex", WHOLE, 15), ("nat", WHOLE, 30), ("doc", BIGRAMS, 60))


def main() -> None:
    """Judge the keys on two files, their threshold chosen on two others."""
    train_a, train_b, a, b = (rows_of(Path(name)) for name in sys.argv[1:5])
    threshold = best_threshold(compared(train_a, train_b), true_pairs(train_a, train_b))
    before = time.perf_counter()
    scored = compared(a, b)
    seconds = time.perf_counter() - before
    figures = judged(scored, true_pairs(a, b), threshold)
    stored = encoded(a)
    asked = milliseconds(lambda row: dice(encoded([row]), stored), b[:QUERIES])
    print(json.dumps(figures | {"threshold": threshold, "seconds": seconds, "ms_per_query": asked}))


def compared(a: list[Row], b: list[Row]) -> Scored:
    """Every pair whose coefficient is at least LEAST, at most FEW to a record of a."""
    similar, (lefts, rights) = dice(encoded(a), encoded(b))
    return [
        (score, number_of(a[one]), number_of(b[other]))
        for score, one, other in zip(similar, lefts, rights, strict=True)
    ]


def dice(a: list[bitarray], b: list[bitarray]) -> tuple[list[float], tuple[list[int], list[int]]]:
    """anonlink's Dice coefficients: (scores, (places in a, places in b))."""
    return anonlink.similarities.dice_coefficient((a, b), LEAST, k=FEW)


def encoded(rows: list[Row]) -> list[bitarray]:
    """One Bloom filter for each row."""
    entries = [[*(_entry(row)[name] for name, _, _ in FIELDS)] for row in rows]
    keys = clk.generate_key_lists("of the benchmark", len(FIELDS))
    return clk.hash_chunk(entries, keys, _schema(), validate_data=False)[0]


def _entry(row: Row) -> Row:
    words = " ".join(row[name] for name in ("given", "family", "pat") if row[name])
    return row | {"words": words, "dob": row["dob"].replace("-", "")}


def _schema() -> Schema:
    specs = [
        StringSpec(name, FieldHashingProperties(comparator, BitsPerFeatureStrategy(bits)))
        for name, comparator, bits in FIELDS
    ]
    return Schema(specs, 1024)


if __name__ == "__main__":
    main()
