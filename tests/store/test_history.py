"""What the database itself guards: history only grows, work is claimed once, the ledger has no gap."""

import secrets
import threading
from datetime import timedelta

import psycopg
import pytest

from builders import NOW
from conftest import Enrol
from exchange.deps import Hub
from exchange.store import ledger, outbox
from exchange.store.migrating import migrate
from exchange.store.session import rows


def history_tables(hub: Hub) -> list[str]:
    sql = "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_name = 'only_grows'"
    with hub.database.transaction() as tx:
        return sorted(name for (name,) in rows(tx, sql))


def test_history_refuses_to_be_changed_or_emptied(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol()
    office.post()
    tables = history_tables(hub)
    assert {
        "leaf",
        "notice",
        "receipt",
        "alert_event",
        "inbox",
        "agreement",
        "act",
        "erasure",
        "acknowledgement",
    } <= set(tables)
    for table in tables:
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation), hub.database.transaction() as tx:
            tx.execute(f"TRUNCATE {table} CASCADE")
    for table in ("leaf", "notice", "part", "receipt"):
        for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET {first_column(hub, table)} = DEFAULT"):  # noqa: S608
            with pytest.raises(psycopg.Error), hub.database.transaction() as tx:
                tx.execute(sql)
    assert web


def first_column(hub: Hub, table: str) -> str:
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    with hub.database.transaction() as tx:
        return str(rows(tx, sql, (table,))[-1][0])


def test_a_second_migration_does_nothing(database_url: str) -> None:
    migrate(database_url)


def test_two_claimers_get_disjoint_rows(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        outbox.promise(tx, [("link", n, "test") for n in range(20)], NOW)
    with hub.database.transaction() as one, hub.database.transaction() as other:
        first = outbox.claim(one, NOW, timedelta(seconds=4), 10)["link"]
        second = outbox.claim(other, NOW, timedelta(seconds=4), 100)["link"]
    assert len(first) == len(second) == 10
    assert set(first).isdisjoint(second)


def test_what_was_sent_and_not_kept_is_sent_again_in_time(hub: Hub) -> None:
    resend = timedelta(seconds=4)
    with hub.database.transaction() as tx:
        outbox.promise(tx, [("link", 1, "test"), ("link", 1, "test")], NOW)
        sent = outbox.claim(tx, NOW, resend, 10)
        assert len(sent["link"]) == 1
        assert outbox.claim(tx, NOW + timedelta(seconds=3), resend, 10) == {}
        assert outbox.claim(tx, NOW + timedelta(seconds=5), resend, 10) == sent
        assert outbox.take(tx, "link", sent["link"], NOW) == [(sent["link"][0], 1, "test")]
        assert outbox.claim(tx, NOW + timedelta(seconds=60), resend, 10) == {}


def test_a_transaction_that_fails_promises_nothing(hub: Hub) -> None:
    def promise_and_fail() -> None:
        with hub.database.transaction() as tx:
            outbox.promise(tx, [("link", 1, "test")], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        promise_and_fail()
    with hub.database.transaction() as tx:
        assert outbox.undone(tx) == (0, 0)


def test_many_writers_leave_a_ledger_without_gaps(hub: Hub) -> None:
    def append() -> None:
        for _ in range(25):
            with hub.database.transaction() as tx:
                ledger.append(tx, NOW, [(b"one", secrets.token_bytes(32)), (b"two", secrets.token_bytes(32))])

    threads = [threading.Thread(target=append) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*), min(index), max(index) FROM leaf") == [(400, 0, 399)]


def test_a_minute_has_one_leaf_whether_anybody_read_or_not(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        assert ledger.close_minute(tx, NOW, secrets.token_bytes(32)) == 0
        assert ledger.close_minute(tx, NOW, secrets.token_bytes(32)) is None
        ledger.act(tx, {"at": NOW, "slug": None, "what": "alerts", "object": "", "purpose": "own_cases"})
        assert ledger.close_minute(tx, NOW + timedelta(minutes=1), secrets.token_bytes(32)) == 1
        assert [last for (last,) in rows(tx, "SELECT last_act FROM act_leaf ORDER BY minute")] == [0, 1]
