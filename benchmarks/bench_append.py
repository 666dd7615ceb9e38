"""Notices appended a second with each way of giving a leaf its index, beside the same inserts without a ledger.

Durable PostgreSQL. Writers are threads with a connection each, as in the web process: they wait for the database, and
psycopg releases the interpreter meanwhile. Each append writes what an acceptance of one notice writes, with the
statement that the hub uses: nonce, notice, receipt, three parts, promise; the ledger adds two leaves with openings.
What acceptance looks up first is left out everywhere, also where the ledger's end comes with it for nothing.

    lock              advisory lock and the highest index, one append a transaction
    counter           a counter row, UPDATE ... RETURNING, one append a transaction
    grouped           as lock, and what waits at one moment shares a transaction: what the hub does
    unordered_grouped the same rows as `grouped`, and nobody asks where the ledger ends: what giving an index costs
    bare              no ledger: no lock, no leaf, no opening; numbers are the writer's own; one append a transaction
    bare_grouped      as bare, grouped as in `grouped`

Rounds of all candidates alternate; each figure is the median of its rounds, a ratio that of the ratios within a round.
Exits 1 when an index is missing or given twice, or a row is lost.
"""

import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psycopg
from bench_notice import one_notice
from measuring import figure

from authorities import Office, enrolled
from builders import reader
from exchange import clock
from exchange.deps import MOST_TOGETHER, open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.store import accepting
from exchange.store.accepting import Rows, b64
from exchange.store.group_commit import GroupCommit
from exchange.store.ledger import LEDGER, Entries
from exchange.store.session import Tx

WRITERS = (1, 8, 32)
ROUNDS, SECONDS = 13, 0.25
RATIO = 0.9
LEAVES, PARTS = 2, 3
RECORD = b"x" * 600
LOCK, COUNTER, GROUPED, UNORDERED = "lock", "counter", "grouped", "unordered_grouped"
BARE, BARE_GROUPED = "bare", "bare_grouped"

GROWN = """
SELECT (SELECT count(*) FROM leaf WHERE index >= %(index)s), (SELECT count(*) FROM opening WHERE index >= %(index)s),
       (SELECT count(*) FROM notice WHERE no > %(no)s), (SELECT count(*) FROM receipt WHERE notice > %(no)s),
       (SELECT count(*) FROM part WHERE notice > %(no)s),
       (SELECT count(*) FROM outbox WHERE step = 'bench' AND subject > %(no)s)
"""
"""Rows since an index and since a number of a notice."""

NextLeaf = Callable[[Tx, int], int]
"""Gives the first of so many indexes."""


def at_the_end(tx: Tx, _: int) -> int:
    (first,) = tx.execute("SELECT ledger_end(%s)", (LEDGER,)).fetchone() or (0,)
    return int(first)


def from_the_counter(tx: Tx, count: int) -> int:
    sql = "UPDATE bench_counter SET next = next + %s RETURNING next - %s"
    (first,) = tx.execute(sql, (count, count)).fetchone() or (0,)
    return int(first)


class OwnCount:
    """Indexes from this process alone: right only while no other one writes."""

    def __init__(self) -> None:
        self._first = 0

    def begin(self, first: int) -> None:
        self._first = first

    def __call__(self, _: Tx, count: int) -> int:
        first, self._first = self._first, self._first + count
        return first


OWN = OwnCount()


def write(tx: Tx, group: Sequence[Rows], next_leaf: NextLeaf | None) -> Sequence[None]:
    """Write the rows of a group in one transaction, with their leaves when they have a ledger."""
    with tx.transaction():
        tables = {
            name: [row for rows in group for row in getattr(rows, name)]
            for name in ("nonces", "notices", "parts", "promises")
        }
        leaves = [] if next_leaf is None else leaves_of(next_leaf(tx, LEAVES * len(group)), len(group))
        accepting.write(tx, Rows(leaves=leaves, **tables), clock.now())
    return [None] * len(group)


def leaves_of(first: int, appends: int) -> list[accepting.Row]:
    entries = Entries(first)
    for _ in range(LEAVES * appends):
        entries.add(RECORD, os.urandom(32))
    return [
        {"index": index, "entry": b64(entry), "salt": b64(salt), "record": b64(record)}
        for index, entry, salt, record in entries.added
    ]


def one_by_one(next_leaf: NextLeaf | None) -> Callable[[Tx, Rows], None]:
    def append(tx: Tx, rows: Rows) -> None:
        write(tx, [rows], next_leaf)

    return append


def together(next_leaf: NextLeaf | None) -> Callable[[Tx, Rows], None]:
    group: GroupCommit[Rows, None] = GroupCommit(MOST_TOGETHER)

    def append(tx: Tx, rows: Rows) -> None:
        group.do(rows, 1, lambda jobs: write(tx, jobs, next_leaf))

    return append


CANDIDATES: dict[str, Callable[[], Callable[[Tx, Rows], None]]] = {
    LOCK: partial(one_by_one, at_the_end),
    COUNTER: partial(one_by_one, from_the_counter),
    GROUPED: partial(together, at_the_end),
    UNORDERED: partial(together, OWN),
    BARE: partial(one_by_one, None),
    BARE_GROUPED: partial(together, None),
}


@dataclass(frozen=True)
class Bench:
    """A database with the newest schema: its lines, one for each writer, and the numbers of notices."""

    lines: Sequence[Tx]
    kid: str
    numbers: Iterator[int]

    def a_second(self, name: str, writers: int) -> float:
        """Return the appends a second of a candidate. Exits when what it wrote is not whole."""
        since = self.end(), next(self.numbers)
        self.lines[0].execute("UPDATE bench_counter SET next = %s", since[:1])
        OWN.begin(since[0])
        append = CANDIDATES[name]()
        ready = threading.Barrier(writers)

        def run(tx: Tx) -> tuple[int, float, float]:
            ready.wait()
            start, done = time.perf_counter(), 0
            while time.perf_counter() - start < SECONDS:
                append(tx, replace(one_notice(next(self.numbers), self.kid), leaves=[]))
                done += 1
            return done, start, time.perf_counter()

        with ThreadPoolExecutor(writers) as pool:
            ran = list(pool.map(run, self.lines[:writers]))
        count = sum(done for done, _, _ in ran)
        self.check(name, since, count)
        return count / (max(end for _, _, end in ran) - min(start for _, start, _ in ran))

    def end(self) -> int:
        """Return the index after the highest."""
        (found,) = self.lines[0].execute("SELECT coalesce(max(index) + 1, 0) FROM leaf").fetchone() or (0,)
        return int(found)

    def check(self, name: str, since: tuple[int, int], count: int) -> None:
        """Exit unless the rows since the index and the number of a notice in `since` are those of `count` appends."""
        leaves = 0 if name in {BARE, BARE_GROUPED} else LEAVES * count
        found = self.lines[0].execute(GROWN, {"index": since[0], "no": since[1]}).fetchone()
        grown = (self.end() - since[0], *(found or ()))
        # the primary key forbids an index twice; as many leaves as the end has moved: none is missing
        if grown != (leaves, leaves, leaves, count, count, PARTS * count, count):
            sys.exit(f"{name}: {count} appends wrote {grown}")


def measure(bench: Bench, writers: int) -> dict[str, list[float]]:
    """Return the appends a second of each round by candidate, the order turning from round to round."""
    found: dict[str, list[float]] = {name: [] for name in CANDIDATES}
    names = list(CANDIDATES)
    for turn in range(ROUNDS):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            found[name].append(bench.a_second(name, writers))
    return found


def ratio(found: dict[str, list[float]], name: str, other: str) -> float:
    return statistics.median(a / b for a, b in zip(found[name], found[other], strict=True))


def tell(writers: int, found: dict[str, list[float]]) -> None:
    bare = statistics.median(found[BARE])
    for name, rounds in found.items():
        figure(f"append.{name}_{writers}", statistics.median(rounds), "1/s", RATIO * bare, at_most=False)
    pairs = [(name, other) for name in (LOCK, COUNTER, GROUPED) for other in (BARE, BARE_GROUPED)]
    for name, other in [*pairs, (GROUPED, UNORDERED)]:
        figure(f"append.{name}_to_{other}_{writers}", ratio(found, name, other), "ratio", RATIO, at_most=False)


def main() -> None:
    plan = Plan(only=("postgres", "hub-keys", "migrate"))
    with tempfile.TemporaryDirectory() as folder, Exchange(Path(folder) / "var", plan) as exchange:
        running = exchange.start()
        hub = open_hub(load(running.environment), connections=1)
        office = Office(Path(folder) / "office", reader())
        enrolled(hub, office)
        hub.database.close()
        lines = [psycopg.connect(running.database_url, autocommit=True) for _ in range(max(WRITERS))]
        lines[0].execute("CREATE TABLE bench_counter AS SELECT 0::bigint AS next")
        bench = Bench(lines, office.enrolment["keys"]["notice"]["kid"], itertools.count(1))
        for name in CANDIDATES:
            bench.a_second(name, max(WRITERS))  # everything is prepared and in memory once
        for writers in WRITERS:
            tell(writers, measure(bench, writers))
        for line in lines:
            line.close()


if __name__ == "__main__":
    main()
