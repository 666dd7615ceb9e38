"""How many events of an invented world one core writes to Parquet in a second, beside writing the same ready tables.

CPU time of this process, all its threads together. The floor reads the files into memory first, outside the time.
"""

import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
from measuring import figure

from exchange import simulating, traces
from exchange.domain.world.dealing import World

PERSONS, BUCKETS = 40_000, 16
TARGET, MOST_TIMES = 100_000.0, 15.0


def written(folder: Path, seed: int) -> tuple[int, float]:
    """Write a world; return its events, and the CPU seconds."""
    folder.mkdir()
    before = time.process_time()
    done = simulating.write(folder, World(seed), PERSONS, BUCKETS, lambda *_: None)
    return done.events, time.process_time() - before


def floor(folder: Path, to: Path) -> float:
    """Write the same tables, ready in memory, as they were written; return the CPU seconds."""
    to.mkdir()
    tables = {path.name: pq.read_table(path) for path in sorted(folder.glob("*.parquet"))}
    before = time.process_time()
    for name, table in tables.items():
        pq.write_table(table, to / name, compression="zstd", row_group_size=(1 << 18) // BUCKETS)
    traces.seal(to, BUCKETS, traces.manifest(folder).participants, {})
    return time.process_time() - before


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        written(Path(place) / "warm", 1)
        events, took = written(Path(place) / "world", 2)
        least = floor(Path(place) / "world", Path(place) / "again")
    figure("simulate.events_a_second", events / took, "events/s", TARGET, at_most=False)
    figure("simulate.floor_events_a_second", events / least, "events/s", TARGET, at_most=False)
    figure("simulate.times_the_floor", took / least, "x", MOST_TIMES)


if __name__ == "__main__":
    main()
