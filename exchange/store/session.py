"""Connections and transactions. Nothing else commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Tx = psycopg.Connection[TupleRow]
"""An open transaction. Use cases hand it to the functions of this package."""
T = TypeVar("T")
Later: TypeAlias = Callable[[], T]
"""An answer that is waited for when it is asked for, once."""


class Database:
    """A pool of connections to the exchange's PostgreSQL, opened at first use."""

    def __init__(self, url: str, *, most: int) -> None:
        """`url` is a postgresql:// URL; `most` is the number of connections at most."""
        self._pool = ConnectionPool(
            url, min_size=1, max_size=most, open=False, kwargs={"autocommit": True}, timeout=10, name="exchange"
        )

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open a transaction; it commits when the block ends and rolls back when the block raises."""
        self._pool.open()
        with self._pool.connection() as connection, connection.transaction():
            yield connection

    @contextmanager
    def pipelined(self) -> Iterator[Tx]:
        """Open a transaction in which no statement waits for the answer to the one before (libpq's pipeline mode).

        An answer is waited for when its rows are read. So what the database refuses is raised then, or when the block
        ends; the `rowcount` of a statement is not known, and no transaction can be opened within.
        """
        self._pool.open()
        with self._pool.connection() as connection, connection.pipeline():
            connection.execute("BEGIN", prepare=False)
            yield connection
            connection.execute("COMMIT", prepare=False)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Lend a connection for a query that stands alone: no transaction is opened for it."""
        self._pool.open()
        with self._pool.connection() as connection:
            yield connection

    def close(self) -> None:
        """Give the connections back to the server."""
        self._pool.close()


def need_not_last(tx: Tx) -> None:
    """Let this transaction commit without waiting for the disk: what it writes may be lost in a crash."""
    tx.execute("SET LOCAL synchronous_commit = off")


def row(tx: Tx, sql: str, values: tuple[Any, ...] | dict[str, Any]) -> tuple[Any, ...] | None:
    """Return the first row of a query, or None."""
    return tx.execute(sql, values).fetchone()


def rows(tx: Tx, sql: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    return tx.execute(sql, values).fetchall()


def asked(tx: Tx, sql: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> Later[list[tuple[Any, ...]]]:
    """Send a query, and return what reads its rows: in a pipelined transaction several can be under way."""
    return tx.execute(sql, values).fetchall


def many(tx: Tx, sql: str, values: list[tuple[Any, ...]]) -> None:
    """Run one statement for many rows in one round trip."""
    if len(values) == 1:
        tx.execute(sql, values[0])
    elif values:
        with tx.cursor() as cursor:
            cursor.executemany(sql, values)
