"""A transaction whose statements do not wait for one another is one still: all of it, or nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from builders import NOW
from exchange import logs
from exchange.store import outbox
from exchange.store.session import Database, Tx, asked, rows


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, most=1)
    yield opened
    opened.close()


def promised(database: Database) -> list[str]:
    with database.transaction() as tx:
        return [cause for (cause,) in rows(tx, "SELECT cause FROM outbox ORDER BY no")]


def begin(tx: Tx) -> None:
    outbox.promise(tx, [("detect", 1, "one"), ("detect", 2, "two")], NOW)


def test_what_is_asked_together_is_answered_each_for_itself_and_all_is_stored(database: Database) -> None:
    with database.pipelined() as tx:
        begin(tx)
        one, two = (asked(tx, "SELECT cause FROM outbox WHERE subject = %s", (no,)) for no in (1, 2))
        assert (two(), one()) == ([("two",)], [("one",)])
        outbox.promise(tx, [("detect", 3, "three")], NOW)
    assert promised(database) == ["one", "two", "three"]


def begin_and_fail(tx: Tx) -> None:
    begin(tx)
    raise LookupError


def test_what_a_step_raises_undoes_everything_and_the_connection_is_good_for_the_next(database: Database) -> None:
    with pytest.raises(LookupError), database.pipelined() as tx:
        begin_and_fail(tx)
    assert promised(database) == []


@pytest.mark.parametrize("is_read", [True, False])
def test_what_the_database_refuses_is_raised_whether_its_answer_was_read_or_not(
    database: Database, *, is_read: bool
) -> None:
    def run() -> None:
        with database.pipelined() as tx:
            begin(tx)
            refused = asked(tx, "SELECT 1 / subject FROM (SELECT 0 AS subject) none")
            outbox.promise(tx, [("detect", 3, "three")], NOW)
            if is_read:
                refused()

    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            run()
    assert promised(database) == []
    with database.pipelined() as tx:
        begin(tx)
    assert promised(database) == ["one", "two"]


def ask_and_fail(tx: Tx) -> None:
    asked(tx, "SELECT 'Amina'::int")
    raise LookupError


def test_of_two_faults_the_one_that_nobody_read_is_not_logged_with_what_a_row_held(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    logs.configure("INFO")  # as a process of the exchange has it
    with pytest.raises(LookupError), database.pipelined() as tx:
        ask_and_fail(tx)
    assert "Amina" not in caplog.text
