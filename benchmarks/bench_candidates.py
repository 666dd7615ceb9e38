"""Candidates and scores for one notice: `bench_candidates.py [--persons N] [--queries N]`, 200,000 unless told.

The target, p95 <= 10 ms, is at 1,000,000 (`--persons 1000000`, some 15 GB of disk, some ten minutes). Persons are
invented (`invented_tokens.py`), with tokens as frequent as real ones, padded to 96. They are put into the index by
COPY, as `tokens.add` would have stored them, and the index into memory, of which PostgreSQL gets up to 8 GB. Asked is
about persons that another authority holds, with an error in half of the records, and about strangers, half of each.
Each is asked three times: the first time is what counts; the best of three says how much of it is a machine that is
shared; `cpu` is what processors gave to both sides, whatever else the machine did. One JSON line per figure.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from invented_tokens import changed, fill, persons, table
from measuring import figure

from exchange import link_weights
from exchange.domain.weighing import scoring
from exchange.domain.weighing.weights import Weights
from exchange.embedded.ports import free_port
from exchange.embedded.postgres import NOT_DURABLE, start_postgres
from exchange.store import tokens
from exchange.store.migrating import migrate
from exchange.store.session import Database, Tx
from exchange.store.tokens import Hashed, Holder

TARGET_MS, WARM_UP, TRIES = 10.0, 50, 3


def largest(edges: list[tuple[int, int]]) -> int:
    """Return the number of notices in the largest group that edges tie together."""
    near: dict[int, list[int]] = defaultdict(list)
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    most, seen = 1, set[int]()
    for start in near:
        tied, waiting = 0, [start]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                tied += 1
                waiting += near[one]
        most = max(most, tied)
    return most


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--persons", type=int, default=200_000)
    asked.add_argument("--queries", type=int, default=1000)
    said = asked.parse_args()
    weights = link_weights.shipped()
    with tempfile.TemporaryDirectory() as folder:
        settings = (*NOT_DURABLE, f"shared_buffers={1 + 7 * said.persons // 1_000_000}GB", "max_wal_size=8GB")
        server = start_postgres(Path(folder) / "postgres", free_port(), settings=settings)
        migrate(server.url)
        database = Database(server.url, most=1)
        with database.transaction() as tx:
            tokens.candidates(tx, Holder(0, "nobody", ""), [], weights)  # gives every type its number
            numbers = dict(tx.execute("SELECT name, no FROM token_type").fetchall())
        start = time.perf_counter()
        fill(server.url, said.persons, numbers)
        print(f"{said.persons} persons indexed in {time.perf_counter() - start:.0f} s", file=sys.stderr)
        measure(database, said.persons, said.queries, weights, numbers)
        database.close()
        server.stop()


def measure(database: Database, count: int, queries: int, weights: Weights, numbers: dict[str, int]) -> None:
    rng, known, strangers = np.random.default_rng(2), persons(count, 7), persons(queries, 8)
    true = np.arange(max(1, count // queries), count + 1, max(1, count // queries))[:queries]
    asked = [table(who, numbers, rng) for who in (changed(known.of(true - 1), rng), strangers)]
    each = [(int(n), int(side == 0), place) for place, n in enumerate(true) for side in (0, 1)]
    names = {number: name for name, number in numbers.items()}
    took, grades, hits, edges = [], Counter[str](), Counter[str](), list[tuple[int, int]]()
    for number, (notice, is_known, place) in enumerate([*each[:WARM_UP], *each]):
        hashes, types = (column[place].tolist() for column in asked[1 - is_known])
        said = [(one, names[kind]) for one, kind in zip(hashes, types, strict=True)]
        tries = [ask(database, said, weights) for _ in range(TRIES)]
        if number < WARM_UP:
            continue
        took.append([(wall, cpu) for wall, cpu, _ in tries])
        counted = tries[0][2]
        grades.update(grade for other, grade in counted if not is_known or other != notice)
        hits.update(grade for other, grade in counted if is_known and other == notice)
        edges += [(-number, other) for other, _ in counted]
    tell(took, count)
    for grade in ("probable", "possible"):
        figure(f"candidates.others_{grade}_per_query_with_{count}", grades[grade] / len(took), "notices", 1.0)
        figure(f"candidates.true_{grade}_share_with_{count}", hits[grade] / len(true), "", 0.0, at_most=False)
    figure(f"candidates.largest_group_with_{count}", largest(edges), "notices", 50)


def ask(database: Database, said: Hashed, weights: Weights) -> tuple[float, float, list[tuple[int, str]]]:
    """Return seconds by the clock and of processors, and the notices that were found with their grades."""
    with database.transaction() as tx:
        spent, start = cpu_of(tx), time.perf_counter()
        found = tokens.candidates(tx, Holder(0, "office-99", "asked"), said, weights)
        scores = {evidence: scoring.score(evidence, weights) for evidence in {one.evidence for one in found}}
        graded = [(one.notice, scores[one.evidence].grade) for one in found]
        wall = time.perf_counter() - start
        return wall, cpu_of(tx) - spent, [(notice, grade) for notice, grade in graded if grade != "none"]


def tell(took: list[list[tuple[float, float]]], count: int) -> None:
    first, best = [tries[0][0] for tries in took], [min(wall for wall, _ in tries) for tries in took]
    cpu = [min(spent for _, spent in tries) for tries in took]
    for kind, times in (("", first), ("best_of_3.", best), ("cpu.", cpu)):
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            value = sorted(times)[int(len(times) * share)] * 1e3
            figure(f"candidates.{kind}{name}_with_{count}_persons", value, "ms", TARGET_MS)


def cpu_of(tx: Tx) -> float:
    """Return the seconds that processors gave so far to this thread and to the process that serves its connection."""
    told = Path(f"/proc/{tx.info.backend_pid}/schedstat").read_text(encoding="ascii")
    return int(told.split()[0]) / 1e9 + time.thread_time()


if __name__ == "__main__":
    main()
