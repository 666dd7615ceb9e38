"""What a replay costs for a million events: reading and picking, judging, against the same patterns in plain SQL.

`bench_replay.py N` makes N events (see replay_history.py), 500,000 unless told. The sweep, the SQL of DuckDB and of
PostgreSQL (replay_sql.py) and the rules written by hand (hand_written.py) find the same number of persons, which is
asserted; the sweep also keeps what it found. CPU time is that of one process with one thread; `at_100m` is that for a
hundred million events, divided by two cores, with the share of candidates that is printed.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import hand_written
import replay_history
from measuring import figure, with_children
from replay_sql import by_duckdb, by_postgres

from exchange import replaying, sweeping, traces
from exchange.domain.manifest import Manifest
from exchange.domain.patterns import necessary
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.store.sweeps import Sweep

EVENTS = 500_000
A_BUCKET = 600_000
CHAINS = [pattern for pattern in PATTERNS if pattern.id in {"P03", "P04", "P05"}]
MOST_MEMORY = 512
MANY = 50_000_000
"""From so many events on only the sweeps are run."""


def picking(folder: Path, told: Manifest, patterns: Sequence[Pattern]) -> float:
    """Return CPU seconds of picking alone."""
    began = time.process_time()
    wanted = {pattern.id: necessary.conditions(pattern) for pattern in patterns}
    for number in range(told.buckets):
        with Sweep(sweeping.MEMORY) as sweep:
            files = folder / traces.events_file(number), folder / traces.persons_file(number)
            sweep.read(files, told.participants)
            sweep.pick(wanted)
    return time.process_time() - began


def swept(folder: Path, results: Path, patterns: Sequence[Pattern]) -> tuple[float, sweeping.Counts]:
    """Return CPU seconds of a whole sweep, explained and written, and what was looked at."""
    began = time.process_time()
    counts = sweeping.run(folder, results, patterns, 0, lambda *_: None)
    return time.process_time() - began, counts


def by_hand(folder: Path, told: Manifest) -> tuple[float, int]:
    """Return CPU seconds of the rules that are written by hand, for everybody, and how many persons they find."""
    began = time.process_time()
    found = sum(bool(hand_written.judge(of)) for number in range(told.buckets) for _, of in traces.read(folder, number))
    return time.process_time() - began, found


def by_two(folder: Path, results: Path) -> float:
    """Return the MiB that a replay by two processes, and the one that hands out the work, held together at most.

    Looked at 20 times a second; what processes share is counted once (PSS).
    """
    run = [sys.executable, "-c", "from exchange.cli.main import main; main()", "patterns", "replay", str(folder)]
    asked = ["--workers", "2", "--results", str(results)]
    most = 0
    with subprocess.Popen([*run, *asked], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as replay:
        while replay.poll() is None:
            with suppress(FileNotFoundError, ProcessLookupError):  # one that ended between listing and reading
                most = max(most, sum(map(held, with_children(replay.pid))))
            time.sleep(0.05)
    assert replay.returncode == 0, replay.args
    return most / 1024


def held(pid: int) -> int:
    """Return the KiB that a process holds, its part of what it shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def told_of(name: str, took: float, counts: sweeping.Counts, target: float) -> None:
    unit = "s on two cores" + (", extrapolated" if counts.events < MANY else "")
    figure(f"replay.{name}_events_per_cpu_second", counts.events / took, "1/s", 0, at_most=False)
    figure(f"replay.{name}_candidates", counts.candidates / counts.persons, "of persons", 1)
    figure(f"replay.{name}_at_100m", took / counts.events * 1e8 / 2, unit, target)


def beside(folder: Path, told: Manifest, chains: Path) -> None:
    """Tell what the sweep of the chain patterns costs in parts, and beside others that find the same persons."""
    base, persons = by_duckdb(folder, told)
    picked = picking(folder, told, CHAINS)
    took, counts = swept(folder, chains, CHAINS)
    seen = {one.anchor // replay_history.STEPS for one in sweeping.found_in(chains, told.buckets)}
    others = {"postgres": by_postgres(folder, told), "by_hand": by_hand(folder, told)}
    assert {len(seen), persons, *(found for _, found in others.values())} == {persons}, (len(seen), persons, others)
    figure("replay.plain_sql", base / told.events * 1e6, "CPU s per 1M", 0.45)
    figure("replay.picking_chains", picked / base, "x plain SQL", 1.15)
    figure("replay.sweep_chains", took / base, "x plain SQL", 1.15)
    for name, (cost, _) in others.items():
        figure(f"replay.{name}", cost / base, "x plain SQL", 0, at_most=False)
    figure("replay.a_candidate", (took - picked) / counts.candidates * 1e6, "us, read and judged", 100)
    figure("replay.true_candidates", persons / counts.candidates, "of candidates", 0, at_most=False)


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as place:
        folder, chains = Path(place) / "history", Path(place) / "chains"
        make = [sys.executable, __file__, str(events), str(folder)]
        subprocess.run(make, check=True, env=os.environ)  # in a process of its own: its memory is not that of a sweep
        told = traces.manifest(folder)
        if events < MANY:
            beside(folder, told, chains)
        told_of("chains", *swept(folder, Path(place) / "again", CHAINS), 30)
        told_of("all", *swept(folder, Path(place) / "all", PATTERNS), 90)
        began = time.process_time()
        changed = [pattern for pattern in CHAINS if pattern.id != "P04"]
        _, counts = swept(folder, Path(place) / "changed", changed)
        replaying.report_against_results(folder, Path(place) / "changed", counts, Path(place) / "again")
        told_of("changed_rule", time.process_time() - began, counts, 60)
        figure("replay.peak_memory_of_two_workers", by_two(folder, Path(place) / "two"), "MiB", MOST_MEMORY)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figure("replay.peak_memory", peak, "MiB", MOST_MEMORY)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        count = int(sys.argv[1])
        replay_history.make(Path(sys.argv[2]), count, max(1, round(count / A_BUCKET)))
    else:
        main()
