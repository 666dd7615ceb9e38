"""Every table that holds history refuses every way to change it. The list is the migration's own."""

import importlib.util
from pathlib import Path
from typing import Any

import psycopg
import pytest

import exchange.store.migrations
from exchange.deps import Hub
from exchange.store.session import Tx, row, rows

VERSIONS = sorted((Path(next(iter(exchange.store.migrations.__path__))) / "versions").glob("*.py"))
ERASABLE = {"part", "sealed"}
"""What never changes and goes only when its erasure is on record: tests/api/test_erasure.py."""
MAY_CHANGE = {
    *("authority", "authority_key", "nonce", "opening", "refusal_count", "neighbourhood", "outbox"),
    *("token", "token_type", "token_author", "token_case"),
    *("retention", "timer", "finding", "alert", "caseworker", "console_session", "sign_in_failure", "alembic_version"),
    *("replay_found", "quota", "probe", "clock", "link_shown"),
    *("sighting", "sighting_told", "collective_day", "collective_mark", "collective_waiting", "collective_key"),
}
"""What is no history: directory, derived rows, work, accounts."""
ANY = {
    "bigint": "0",
    "text": "'x'",
    "uuid": "'01931d3c-0000-7000-8000-000000000001'",
    "bytea": "decode(repeat('00', 32), 'hex')",
    "timestamp with time zone": "'2026-11-24'",
    "jsonb": "'{}'",
    "ARRAY": "'{x}'",
    "boolean": "true",
    "date": "'2026-11-24'",
    "integer": "0",
    "double precision": "0",
}

SPECIAL = {
    "status": "'full'",
    "verdict": "'refused'",
    "scope": "'all'",
    "grade": "'possible'",
    "what": "'query'",
    "mode": "'voprf'",
    "state": "'ended'",
    "b": "1",
    "hashes": "decode(repeat('00', 256 * 32), 'hex')",
}
"""Columns of which a constraint asks more than the kind: a member's status, what was asked, a keyset, a full tile."""


def history() -> tuple[str, ...]:
    tables: set[str] = set()
    for path in VERSIONS:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        tables |= set(module.HISTORY)
    return tuple(sorted(tables - ERASABLE))


def columns(tx: Tx, table: str) -> list[tuple[str, str]]:
    sql = (
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'NO' ORDER BY ordinal_position"
    )
    return [(name, kind) for name, kind in rows(tx, sql, (table,))]


def plant(tx: Tx, table: str) -> None:
    """Put one row into a table, past its foreign keys: a row trigger says nothing about an empty table."""
    found = columns(tx, table)
    values = [SPECIAL.get(name, ANY[kind]) for name, kind in found]
    tx.execute("SET LOCAL session_replication_role = replica")
    names = ", ".join(name for name, _ in found)
    tx.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(values)})")  # noqa: S608
    tx.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("table", history())
def test_a_table_of_history_refuses_every_change(hub: Hub, table: str) -> None:
    with hub.database.transaction() as tx:
        plant(tx, table)
        name = columns(tx, table)[0][0]
        before: Any = rows(tx, f"SELECT * FROM {table}")  # noqa: S608
    attempts = (
        f"UPDATE {table} SET {name} = {name}",  # noqa: S608
        f"DELETE FROM {table}",  # noqa: S608
        f"DELETE FROM {table} WHERE {name} IS NOT NULL",  # noqa: S608
        f"TRUNCATE {table} CASCADE",
    )
    for sql in attempts:
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation) as refused, hub.database.transaction() as tx:
            tx.execute(sql)
        assert str(refused.value).startswith(f"table {table} holds history")
    with hub.database.transaction() as tx:
        assert rows(tx, f"SELECT * FROM {table}") == before  # noqa: S608


def test_every_table_is_either_history_or_known_to_change(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        tables = {name for (name,) in rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        assert tables == MAY_CHANGE | ERASABLE | set(history())
        guards = row(tx, "SELECT count(*) FROM pg_trigger WHERE tgname IN ('only_grows', 'never_emptied')", ())
    assert guards == (2 * len(history()) + len(ERASABLE),)
    assert not MAY_CHANGE & set(history())
