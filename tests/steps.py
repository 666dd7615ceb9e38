"""Keep promised work in this process, for tests of what the steps do. The relay and Celery have tests of their own."""

from datetime import datetime, timedelta
from typing import Any

from exchange import (
    advising,
    alerting,
    checked,
    correcting,
    delivering,
    detecting,
    linking,
    queried,
    reminding,
    sequence,
)
from exchange.clock import now
from exchange.deps import Hub
from exchange.store import outbox
from exchange.store.session import rows
from workers.promises import Step, keep

STEPS: dict[str, Step] = {
    "link": linking.link,
    "weigh": linking.weigh,
    "deliver": delivering.deliver,
    "detect": detecting.detect,
    "alert": alerting.alert,
    "advise": advising.advise,
    "correct": correcting.correct,
    "remind": reminding.remind,
    "report": sequence.tell,
    "queried": queried.tell,
    "checked": checked.tell,
    "acknowledged": delivering.acknowledged,
}


def keep_all(hub: Hub) -> int:
    """Keep every promise, and those that follow from them; returns how many."""
    kept = 0
    while True:
        with hub.database.transaction() as tx:
            claimed = outbox.claim(tx, now(), timedelta(0), 500)
        if not claimed:
            return kept
        for step, numbers in claimed.items():
            keep(hub, step, numbers, STEPS[step])
            kept += len(numbers)


def keep_all_at(hub: Hub, at: datetime) -> None:
    """Keep every promise as if it were that moment: an absence that was judged stays past its deadline."""
    while True:
        with hub.database.transaction() as tx:
            claimed = outbox.claim(tx, now(), timedelta(0), 500)
        if not claimed:
            return
        for step, numbers in claimed.items():
            for number in numbers:
                with hub.database.transaction() as tx:
                    for _, subject, cause in outbox.take(tx, step, [number], at):
                        STEPS[step](tx, hub, subject, cause, at)


def again(hub: Hub, step: str) -> None:
    """Run a step once more on all that it was ever done for, as if every message had come twice."""
    with hub.database.transaction() as tx:
        done = rows(tx, "SELECT subject, cause FROM outbox WHERE step = %s ORDER BY no", (step,))
    for subject, cause in done:
        with hub.database.transaction() as tx:
            STEPS[step](tx, hub, subject, cause, now())


def wake(hub: Hub, at: datetime) -> None:
    """Let a moment come for the timers and clocks, and judge by it."""
    with hub.database.transaction() as tx:
        due = detecting.wake(tx, at) + reminding.wake(tx, at)
        alerting.run_out(tx, at)
        waiting = "step IN ('detect', 'remind') AND done_at IS NULL"
        promised = rows(tx, f"SELECT step, subject, cause FROM outbox WHERE {waiting} ORDER BY no")  # noqa: S608 -- ours
        tx.execute(f"UPDATE outbox SET done_at = %s WHERE {waiting}", (at,))  # noqa: S608 -- ours
    for step, subject, cause in promised:
        with hub.database.transaction() as tx:
            STEPS[step](tx, hub, subject, cause, at)
    keep_all(hub)
    assert due >= len(promised)


FRESH = {"finding": "found_at", "outbox": "sent_at"}
"""table -> the column that says when something was last done, not what."""


def dump(hub: Hub) -> dict[str, list[tuple[Any, ...]]]:
    """Return what every table holds, but for `FRESH`."""
    columns = (
        "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        " AND (table_name, column_name) NOT IN (SELECT * FROM unnest(%s::text[], %s::text[])) GROUP BY table_name"
    )
    with hub.database.transaction() as tx:
        tables = rows(tx, columns, (list(FRESH), list(FRESH.values())))
        return {t: sorted(rows(tx, f"SELECT {names} FROM {t}"), key=str) for t, names in tables}  # noqa: S608 -- as found


def keep_doubled(hub: Hub) -> None:
    """Keep every promise, and run each step a second time straight after, as if its message had come twice."""
    while True:
        with hub.database.transaction() as tx:
            claimed = outbox.claim(tx, now(), timedelta(0), 500)
        if not claimed:
            return
        for step, numbers in claimed.items():
            for number in numbers:
                with hub.database.transaction() as tx:
                    ((_, subject, cause),) = outbox.take(tx, step, [number], now())
                    STEPS[step](tx, hub, subject, cause, now())
                with hub.database.transaction() as tx:
                    STEPS[step](tx, hub, subject, cause, now())
