"""From a new notice to the durable verdict: `bench_verdict.py [persons]`, 2,000 unless told; the target is at 1M.

Measured is what a worker does with one promise, from the start of the task to its commit: `detect` judges the person,
`alert` makes the alerts true. Beside them stands the least that anything durable costs here: one transaction that
inserts one row, in the same run, between the others. The target is a difference to that; CPU is this process alone.
Each new notice is about another person, judged before, of whom three authorities have told seventeen things. Each of
the persons who only fill the database has two notices and their promises kept, and one in seven has findings, alerts
and timers, multiplied from one such person whom the hub judged.
"""

import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from bench_check import LONG, SHORT, Loader, store
from measuring import figure

from authorities import Office, enrolled
from builders import READERS
from exchange import access, clock, intake
from exchange.client.line import ENVELOPE
from exchange.deps import Hub, open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.store import outbox
from exchange.store.session import rows
from exchange.wire import httpsig
from exchange.wire.messages import Request
from steps import STEPS
from workers.hub import settle
from workers.promises import keep

USUAL, MOST_MEASURED, MOST_WARM = 2000, 150, 20
OVER_A_COMMIT, P99 = 0.5, 10.0
NEW: tuple[tuple[str, dict[str, Any]], ...] = (
    ("encounter", {}),
    ("removal_executed", {"counterpart": "AFG", "facts": {"destination": "AFG"}}),
    ("arrival", {"counterpart": "SVK"}),
)
"""What is told of a person whose verdict is measured, in turn: the second completes a chain."""
UNCHECKED = "?options=-c%20session_replication_role%3Dreplica"
"""Ends the URL of a connection that loads: rows made here need no look at what they refer to."""
MULTIPLIED = """
CREATE TABLE bare (no bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE TEMP TABLE other AS SELECT DISTINCT no - 1 AS shift FROM neighbourhood WHERE no > 1 AND no % 14 = 1;
INSERT INTO finding SELECT projection, family, anchor + shift, body, found_at FROM finding CROSS JOIN other;
INSERT INTO timer SELECT notice + shift, pattern, due_at FROM timer CROSS JOIN other;
INSERT INTO alert (id, slug, family, anchor, person, status, pattern, severity, body, raised_at, changed_at, rests_on)
SELECT gen_random_uuid(), slug, family, anchor + shift, ARRAY(SELECT n + shift FROM unnest(person) AS n), status,
       pattern, severity, body, raised_at, changed_at, ARRAY(SELECT n + shift FROM unnest(rests_on) AS n)
  FROM alert CROSS JOIN other;
INSERT INTO alert_event (alert, at, act, actor, detail) SELECT id, raised_at, 'raised', '', '{}' FROM alert;
INSERT INTO outbox (step, subject, cause, promised_at, sent_at, done_at)
SELECT step, no, 'notice', received_at, received_at, received_at
  FROM notice CROSS JOIN unnest(ARRAY['link', 'deliver', 'detect', 'alert']) AS step
"""
Cost = tuple[float, float]
"""Milliseconds that passed, and milliseconds of CPU of this process."""


def cost(work: Callable[[], object]) -> Cost:
    """Return what a piece of work cost."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1e3, (time.process_time() - cpu) * 1e3


class Crowd:
    """A hub on a database that is full, and the offices that go on telling it things."""

    def __init__(self, hub: Hub, offices: list[Office], url: str) -> None:
        self.hub, self._url = hub, url
        self._office = next(office for office in offices if office.who.slug == "ua-border")
        self._loader = Loader(hub, offices)

    def fill(self, persons: int, measured: list[str]) -> None:
        """Store the persons who fill the database, and those to be measured."""
        store(self._url + UNCHECKED, self._loader, ((f"other-{number}", SHORT) for number in range(persons)))
        self.judge(1)
        with psycopg.connect(self._url + UNCHECKED, autocommit=True) as connection:
            for statement in MULTIPLIED.split(";\n"):
                connection.execute(statement.encode())
        first = self._loader.next
        store(self._url + UNCHECKED, self._loader, ((name, LONG) for name in measured))
        for subject in range(first, self._loader.next, len(LONG)):
            self.judge(subject)

    def judge(self, subject: int) -> None:
        """Judge the person of a notice as if it had just been linked."""
        for step in ("detect", "alert"):
            with self.hub.database.transaction() as tx:
                outbox.promise(tx, [(step, subject, "begun")], clock.now())
            self.keep(step, subject)

    def tell(self, name: str, kind: str, said: dict[str, Any]) -> int:
        """Let Ukraine's border guard tell something of a person, and the hub link it; returns the number."""
        office, number = self._office, self._loader.next
        parts = office.parts(kind, person=name, case=f"ua-border-{name}", event_time="2026-11-20", **said)
        parts["hub"] |= {"seq": number}
        body = office.sign(parts, ex=office.folder.hub["ex"])
        request = Request("POST", f"{self.hub.origin}/v1/notices", (("content-type", ENVELOPE),), body)
        signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
        intake.receive(access.authenticate(signed, self.hub, clock.now()), body, self.hub, clock.now())
        self._loader.next += 1
        self.keep("link", number)
        return number

    def keep(self, step: str, subject: int) -> Cost:
        """Keep what is promised of a step for a notice; returns what it cost from task start to commit."""
        with self.hub.database.reading() as tx:
            sql = "SELECT no FROM outbox WHERE step = %s AND subject = %s AND done_at IS NULL"
            ((promised,),) = rows(tx, sql, (step, subject))
        took = cost(lambda: keep(self.hub, step, [promised], STEPS[step]))
        with self.hub.database.reading() as tx:
            failed = rows(tx, "SELECT last_error FROM outbox WHERE no = %s AND done_at IS NULL", (promised,))
        if failed:
            sys.exit(f"{step} failed: {failed[0][0]}")
        return took

    def bare(self, number: int) -> Cost:
        """Return what it costs to commit one row in a transaction of its own."""

        def commit() -> None:
            with self.hub.database.transaction() as tx:
                tx.execute("INSERT INTO bare (no, at) VALUES (%s, %s)", (number, clock.now()))

        return cost(commit)


@contextmanager
def full(persons: int, measured: list[str]) -> Iterator[Crowd]:
    """Start a hub without processes, on a database that holds so many persons."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(only=("postgres", "hub-keys", "migrate"))
        with Exchange(Path(folder) / "var", plan) as exchange:
            settings = load(exchange.start().environment)
            hub = open_hub(settings, connections=2)
            offices = [Office(Path(folder) / who.slug, who) for who in READERS]
            enrolled(hub, *offices)
            crowd, start = Crowd(hub, offices, settings.database_url), time.perf_counter()
            crowd.fill(persons, measured)
            print(f"{persons} persons stored in {time.perf_counter() - start:.0f} s", file=sys.stderr)
            yield crowd
            hub.database.close()


def main() -> None:
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    warm = min(persons, MOST_WARM)
    names = [f"measured-{number}" for number in range(min(persons, MOST_MEASURED) + warm)]
    took: dict[str, list[Cost]] = {"one_commit": [], "detect": [], "alert": []}
    with full(persons, names) as crowd:
        settle()
        for place, name in enumerate(names):
            number = crowd.tell(name, *NEW[place % len(NEW)])
            took["one_commit"].append(crowd.bare(number))
            for step in ("detect", "alert"):
                took[step].append(crowd.keep(step, number))
    tell({what: costs[warm:] for what, costs in took.items()}, persons)


def tell(took: dict[str, list[Cost]], persons: int) -> None:
    """Print the figures."""
    passed = {what: sorted(ms for ms, _ in costs) for what, costs in took.items()}
    middle = len(passed["one_commit"]) // 2
    least = passed["one_commit"][middle]
    for what, times in passed.items():
        p50 = P99 if what == "one_commit" else OVER_A_COMMIT + least
        figure(f"verdict.{what}_p50_with_{persons}_persons", times[middle], "ms", p50)
        figure(f"verdict.{what}_p99_with_{persons}_persons", times[int(len(times) * 0.99)], "ms", P99)
    spent = {what: sorted(cpu for _, cpu in costs) for what, costs in took.items()}
    for what, times in spent.items():
        figure(f"verdict.{what}_cpu_p50", times[middle], "ms", OVER_A_COMMIT + spent["one_commit"][middle])
        figure(f"verdict.{what}_cpu_p99", times[int(len(times) * 0.99)], "ms", P99)
    for what in ("detect", "alert"):
        figure(f"verdict.{what}_p50_beyond_one_commit", passed[what][middle] - least, "ms", OVER_A_COMMIT)


if __name__ == "__main__":
    main()
