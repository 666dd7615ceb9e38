"""Web and signer are killed between leaf and commit, commit and checkpoint, checkpoint and publication.

Whatever is killed, afterwards no index is missing, every checkpoint that anybody ever fetched is of the one history,
and whoever holds a receipt gets its proof. A moment is made to last: inside a transaction by a trigger that waits for a
lock of this test, inside a COMMIT as in tests/attacks/test_crash.py.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from attacks.test_crash import beside as beside  # noqa: PLC0414 -- a fixture
from attacks.test_crash import commits_held, hurried, kept, stored, unanswered, waiting
from authorities import Office
from builders import reader
from exchange.client.speaker import Refused
from exchange.deps import open_hub
from exchange.domain.errors import Refusal
from exchange.domain.merkle import leaf_hash
from exchange.domain.merkle_proofs import Edge
from exchange.embedded.postgres import NOT_DURABLE
from exchange.embedded.processes import Command, kill, launch, until
from exchange.embedded.services import PROGRAM, Plan, answers
from exchange.embedded.up import Exchange
from exchange.settings import load
from exchange.store.session import rows
from exchange.wire import tlog
from exchange.wire.signed_note import read_vkey
from journey import Journey

SERVICES = ("postgres", "hub-keys", "migrate", "web", "signer")
GATE = 77_001
"""Advisory lock at which a transaction waits for this test."""
GOAL = 8
KILLS = 3


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    plan = Plan(only=SERVICES, postgres_settings=NOT_DURABLE)
    with Exchange(tmp_path_factory.mktemp("ledger") / "var", plan, tell=lambda _: None) as exchange:
        exchange.start()
        yield exchange


class Watcher(threading.Thread):
    """An outsider: fetches the published checkpoint, again and again, whatever happens to the exchange."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.seen, self.over = url, set[str](), threading.Event()

    def run(self) -> None:
        with httpx.Client(trust_env=False, timeout=5) as http:
            while not self.over.wait(0.02):
                try:
                    answer = http.get(f"{self.url}/ledger/checkpoint")
                except httpx.TransportError:
                    continue
                if answer.status_code == httpx.codes.OK:
                    self.seen.add(answer.text)


@pytest.fixture
def journey(running: Exchange, tmp_path: Path) -> Iterator[Journey]:
    """The running exchange; when a test is over, everything that was ever published must be of one history."""
    made = Journey(running, open_hub(load(running.running.environment), connections=4), tmp_path)
    watcher = Watcher(made.hub.origin)
    watcher.start()
    try:
        yield made
        for name in ("web", "signer"):
            running.start_again(name)
        made.awaited(lambda: settled(made), "the signer did not go on")
        require_one_history(made, watcher.seen)
    finally:
        watcher.over.set()
        watcher.join()
        made.close()


def settled(journey: Journey) -> bool:
    """Say whether every leaf is signed."""
    return leaves(journey) == (max(notes(journey), default=0),) * 2


def leaves(journey: Journey) -> tuple[int, int]:
    """The number of leaves, and the next index."""
    with journey.hub.database.transaction() as tx:
        count, following = rows(tx, "SELECT count(*), coalesce(max(index) + 1, 0) FROM leaf")[0]
    return count, following


def notes(journey: Journey) -> dict[int, str]:
    with journey.hub.database.transaction() as tx:
        return dict(rows(tx, "SELECT size, note FROM checkpoint"))


def require_one_history(journey: Journey, seen: set[str]) -> None:
    """No index is missing, and every checkpoint, stored or fetched at some time, is of the leaves that are there."""
    with journey.hub.database.transaction() as tx:
        entries = rows(tx, "SELECT index, entry FROM leaf ORDER BY index")
    assert [index for index, _ in entries] == list(range(len(entries)))
    assert seen, "nothing was fetched"
    assert seen <= set(notes(journey).values())
    key, edge = read_vkey(journey.hub.ledger_vkey), Edge()
    for size, note in sorted(notes(journey).items()):
        edge.extend([leaf_hash(entry) for _, entry in entries[edge.size : size]])
        head = tlog.open_checkpoint(note, key).head
        assert (head.size, head.root) == (edge.size, edge.root())


@contextmanager
def gate(beside: psycopg.Connection[Any], table: str) -> Iterator[None]:
    """Let whoever adds rows to a table wait afterwards, its transaction open."""
    beside.execute("SELECT pg_advisory_lock(%s)", (GATE,))
    beside.execute(
        "CREATE OR REPLACE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NULL; END $$"
    )
    beside.execute(f"CREATE TRIGGER gate AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION gate()")
    try:
        yield
    finally:
        beside.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        beside.execute(f"DROP TRIGGER gate ON {table}")


def at_gate(beside: psycopg.Connection[Any]) -> int:
    sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    found = beside.execute(sql, (GATE,)).fetchone()
    return int(found[0]) if found else 0


def require_proofs(journey: Journey, office: Office) -> None:
    """Each receipt that an office holds is the one that the hub holds, and is proven."""
    assert office.folder.pending() == []
    assert kept(office) == stored(journey, office)
    for notice_id in kept(office):

        def proven(notice_id: str = notice_id) -> bool:
            try:
                return office.speaker.prove(notice_id).index >= 0
            except Refused as refused:
                if refused.code != "not-published":
                    raise
                return False

        journey.awaited(proven, "no proof came")


def signer_log(journey: Journey) -> str:
    return (journey.exchange.running.var / "log" / "signer.log").read_text()


def test_a_web_killed_between_leaf_and_commit(journey: Journey, beside: psycopg.Connection[Any]) -> None:
    (office,) = journey.enrol(reader("before-commit"))
    before = leaves(journey)
    with hurried(office) as speaker:
        with gate(beside, "leaf"):
            posting = unanswered(lambda: speaker.post(office.parts()))
            assert until(lambda: at_gate(beside) == 1)
            journey.exchange.kill("web")
            posting.join()
        journey.exchange.start_again("web")
        assert until(lambda: waiting(beside, "advisory") == 0)
        assert (leaves(journey), stored(journey, office)) == (before, {})  # absent: nothing was promised
        assert speaker.send_pending() == 1
        assert leaves(journey) == (before[0] + 2, before[1] + 2)
    require_proofs(journey, office)


def test_a_web_killed_between_commit_and_checkpoint(journey: Journey, beside: psycopg.Connection[Any]) -> None:
    (office,) = journey.enrol(reader("before-checkpoint"))
    journey.exchange.kill("signer")
    before = leaves(journey)[0]
    with hurried(office) as speaker:
        with commits_held(journey.exchange, beside):
            posting = unanswered(lambda: speaker.post(office.parts()))
            assert until(lambda: waiting(beside, "SyncRep") == 2)
            journey.exchange.kill("web")
            posting.join()
        journey.exchange.start_again("web")
        assert until(lambda: leaves(journey)[0] == before + 2)  # whole, though nobody was told
        assert speaker.send_pending() == 1
    assert leaves(journey)[0] == before + 4  # a retry adds two, and no second notice
    assert len(stored(journey, office)) == 1
    journey.exchange.start_again("signer")
    require_proofs(journey, office)


def test_a_signer_killed_before_its_commit(journey: Journey, beside: psycopg.Connection[Any]) -> None:
    (office,) = journey.enrol(reader("in-signing"))
    journey.awaited(lambda: settled(journey), "the signer did not sign the enrolment")
    before = notes(journey)
    with gate(beside, "checkpoint"):
        office.post()
        assert until(lambda: at_gate(beside) == 1)
        journey.exchange.kill("signer")
        assert notes(journey) == before
    assert until(lambda: waiting(beside, "advisory") == 0)
    assert notes(journey) == before  # it signed in its own memory; nobody can have seen it
    office.post()
    journey.exchange.start_again("signer")
    require_proofs(journey, office)


def test_a_signer_killed_after_its_commit_and_a_web_before_publication(
    journey: Journey, beside: psycopg.Connection[Any]
) -> None:
    (office,) = journey.enrol(reader("signed"))
    journey.awaited(lambda: settled(journey), "the signer did not sign the enrolment")
    journey.exchange.kill("signer")
    office.post()
    before, told = max(notes(journey)), len(signer_log(journey))
    with commits_held(journey.exchange, beside):
        journey.exchange.start_again("signer")
        assert until(lambda: waiting(beside, "SyncRep") == 2)
        journey.exchange.kill("signer")
        journey.exchange.kill("web")
        journey.exchange.start_again("signer")
        pid = journey.exchange.supervisor.pid("signer")
        assert until(lambda: waiting(beside, "advisory") == 1)  # it waits for what the dead one left
    assert until(lambda: max(notes(journey)) > before)
    signed = notes(journey)[max(notes(journey))]
    journey.exchange.start_again("web")
    published = httpx.get(f"{journey.hub.origin}/ledger/checkpoint", trust_env=False).text
    assert published == signed
    office.post()
    require_proofs(journey, office)
    assert (signer_log(journey)[told:], journey.exchange.supervisor.pid("signer")) == ("", pid)


def test_two_signers_at_once(journey: Journey, tmp_path: Path) -> None:
    (office,) = journey.enrol(reader("two-signers"))
    told, log = len(signer_log(journey)), tmp_path / "second.log"
    command = Command((*PROGRAM, "signer"), journey.exchange.running.environment)
    pid = journey.exchange.supervisor.pid("signer")
    journey.awaited(lambda: settled(journey), "the signer did not sign the enrolment")
    second = launch(command, log)
    try:

        def one_has_ended() -> bool:
            office.post()
            return second.poll() is not None or journey.exchange.supervisor.pid("signer") != pid

        journey.awaited(one_has_ended, "two signers went on side by side")
    finally:
        kill(second)
    said = log.read_text() + signer_log(journey)[told:]
    assert said.count("Another signer has signed since") >= 1
    assert "missing" not in said
    require_proofs(journey, office)


class Author(threading.Thread):
    """Posts notices until all are receipted, whatever is killed."""

    def __init__(self, office: Office, port: int) -> None:
        super().__init__()
        self.office, self.port = office, port
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            while len(kept(self.office)) < GOAL:
                try:
                    with hurried(self.office) as speaker:
                        if not speaker.send_pending():
                            speaker.post(self.office.parts())
                except Refusal as refusal:
                    if refusal.code != "no-answer":
                        raise
                    until(lambda: answers(self.port))
        except BaseException as problem:  # noqa: BLE001 -- told by the test, not lost in a thread
            self.problem = problem


def await_more(journey: Journey, offices: list[Office], count: int) -> None:
    """Await that so many more notices are receipted, or all."""

    def receipted() -> int:
        return sum(len(kept(office)) for office in offices)

    at = min(receipted() + count, GOAL * len(offices))
    journey.awaited(lambda: receipted() >= at, "no receipts came")


def test_kills_of_signer_web_and_database_while_authors_post(journey: Journey) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    offices = journey.enrol(*(reader(f"posting-{n}") for n in range(2)))
    authors = [Author(office, int(journey.hub.origin.rpartition(":")[2])) for office in offices]
    for author in authors:
        author.start()
    for name in ["signer", *dice.choices(["signer", "web", "postgres"], k=KILLS - 1)]:
        await_more(journey, offices, dice.randrange(1, 4))
        journey.exchange.kill(name)
        journey.exchange.start_again(name)
        if name == "postgres":
            journey.hub.database.close()  # its connections were cut with the database
            journey.hub = open_hub(load(journey.exchange.running.environment), connections=4)
    journey.awaited(lambda: not any(author.is_alive() for author in authors), "an author is stuck")
    assert [author.problem for author in authors] == [None, None]
    for office in offices:
        require_proofs(journey, office)
