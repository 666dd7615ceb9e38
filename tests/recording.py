"""What a hub asks its database, statement by statement: a connection that keeps what goes through it."""

from dataclasses import replace
from typing import Any

import psycopg

from exchange.deps import Hub
from exchange.store.session import Database

Said = tuple[str, int]
"""A statement, and how many values it was given."""


class Recorded:
    """The hub on connections of its own, and what it said on them."""

    def __init__(self, hub: Hub, url: str) -> None:
        self.said: list[Said] = []
        said = self.said

        class Cursor(psycopg.Cursor[Any]):
            def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
                said.append((str(query), len(params or ())))
                return super().execute(query, params, **how)

            def executemany(self, query: Any, params_seq: Any, **how: Any) -> None:
                given = list(params_seq)
                said.append((str(query), len(given)))
                super().executemany(query, given, **how)

        database = Database(url, most=8)
        database._pool.kwargs = {"autocommit": True, "cursor_factory": Cursor}  # noqa: SLF001 -- before it opens
        self.hub = replace(hub, database=database)

    def take(self) -> list[Said]:
        """Return what was said since the last time."""
        taken = list(self.said)
        self.said.clear()
        return taken
