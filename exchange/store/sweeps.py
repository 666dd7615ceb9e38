"""Sweeps: DuckDB reads a bucket of timelines and picks the persons whom the rules must judge."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

import duckdb

from exchange.domain.patterns.necessary import Condition
from exchange.store.picking import MOST_BITS, asked, choosing, gathering

_PIECE: Final = 1 << 12
_SETTINGS: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "true",
    "temp_directory": "",  # what is read of persons is written to no disk
    "enable_external_file_cache": "false",  # and is kept no longer than it is looked at
    "lock_configuration": "true",
}


class NoRoom(Exception):  # noqa: N818 -- it says that fewer must be looked at at once, not that code failed
    """What was to be looked at at once needs more memory than there is."""


@cache
def _database(memory: int, threads: int) -> duckdb.DuckDBPyConnection:
    """Return the database of this process, empty, in memory. Opening it takes as long as picking from 25,000 events."""
    return duckdb.connect(config={"memory_limit": f"{memory}MiB", "threads": threads, **_SETTINGS})


class Sweep:
    """A connection to DuckDB, with tables that end with it, for one bucket at a time. Used in a `with` block."""

    def __init__(self, memory: int, threads: int = 1) -> None:
        """`memory` is in MiB, what DuckDB may hold at most; it reaches no network and loads no extension.

        Sweeps of one process with the same `memory` share it.
        """
        self._connection = _database(memory, threads).cursor()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def read(self, files: tuple[Path, Path], participants: Iterable[str], part: tuple[int, int] = (0, 1)) -> None:
        """Look at a bucket, by its files of events and of persons, or at a part (which, of how many) of its persons.

        `participants` are the member states.
        """
        for name, path in zip(("events", "persons"), files, strict=True):
            text = str(path).replace("'", "''")
            some = f" WHERE hash(person) % {part[1]} = {part[0]}" if part[1] > 1 else ""
            self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet('{text}'){some}")
        states = "CREATE OR REPLACE TEMP TABLE participants AS SELECT unnest(?::VARCHAR[]) AS state"
        self._connection.execute(states, [sorted(participants)])

    def pick(self, wanted: Mapping[str, Sequence[Condition]]) -> int:
        """Pick the persons that meet a condition; returns how many.

        `wanted` is the id of a pattern -> its conditions, of which one must hold. Raises NoRoom.
        """
        if len(wanted) > MOST_BITS:
            raise ValueError(f"A sweep tells {MOST_BITS} patterns apart; sweep with fewer.")
        ask = asked(tuple(wanted.values()))
        with _room():
            for statement in gathering(ask):
                self._connection.execute(statement)
            there = {bits for (bits,) in self._connection.execute("SELECT DISTINCT bits FROM seen").fetchall()}
            for statement in choosing(ask, there):
                self._connection.execute(statement)
        ((count,),) = self._connection.execute("SELECT count(*) FROM picked").fetchall()
        return int(count)

    def picked(self) -> dict[int, int]:
        """Return the persons picked last: person -> set of the places of patterns in `wanted`, as bits."""
        return dict(self._connection.execute("SELECT person, patterns FROM picked").fetchall())

    def events(self, kinds: Sequence[Collection[str]]) -> Iterator[Any]:
        """Yield the events of the persons picked, in the order of persons, as record batches. Raises NoRoom.

        `kinds` are those that each pattern of `wanted` can ask about: of a person, those of their patterns are yielded.
        """
        asked = {
            kind: sum(1 << place for place, some in enumerate(kinds) if kind in some) for kind in set().union(*kinds)
        }
        with _room():
            rows = ", ".join(f"('{kind}', {patterns})" for kind, patterns in sorted(asked.items()))
            sql = (
                "SELECT e.* FROM events e JOIN picked p USING (person)"  # noqa: S608 -- constants
                f" JOIN (VALUES {rows}) AS a (kind, patterns) USING (kind)"
                " WHERE a.patterns & p.patterns <> 0 ORDER BY e.person"
            )
            yield from cast("Iterator[Any]", self._connection.sql(sql).to_arrow_reader(_PIECE))

    def persons(self) -> list[Any]:
        """Return what is said of the persons picked, in their order, as record batches. Raises NoRoom."""
        with _room():
            sql = "SELECT p.* FROM persons p WHERE p.person IN (SELECT person FROM picked) ORDER BY p.person"
            return cast("list[Any]", self._connection.sql(sql).to_arrow_table().to_batches(_PIECE))


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as reason:
        raise NoRoom from reason
