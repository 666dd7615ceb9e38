"""The web is killed after it has committed and before it has answered: nothing is lost by that, and nothing is doubled.

A moment so short is made to last: PostgreSQL commits on its own disk, then waits for a standby that does not exist. So
the web hangs inside its COMMIT, is killed there, and the commit stands. Everything is as durable as in earnest.
"""

import hashlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from attacks.kit import statement
from authorities import Office, tokens
from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, reader
from exchange.client.line import JOSE
from exchange.client.speaker import Speaker
from exchange.deps import open_hub
from exchange.domain.errors import Refusal
from exchange.embedded.processes import until
from exchange.embedded.services import answers
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.store.session import rows
from exchange.wire import statements
from exchange.wire.encoding import b64decode, b64encode
from journey import Journey
from steps import keep_all

SERVICES = ("postgres", "hub-keys", "migrate", "web")
AUTHORS = 4
GOAL = 12
"""Notices of each author while the web is killed again and again."""
KILLS = 2


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    plan = Plan(only=SERVICES, extra={"ASYLUM_EXCHANGE_QUERY_DEADLINE": "0.1"})
    with Exchange(tmp_path_factory.mktemp("crash") / "var", plan, tell=lambda _: None) as exchange:
        exchange.start()
        yield exchange


@pytest.fixture
def journey(running: Exchange, tmp_path: Path) -> Iterator[Journey]:
    made = Journey(running, open_hub(load(running.running.environment), connections=4), tmp_path)
    yield made
    made.close()


@pytest.fixture
def beside(running: Exchange) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the database's owner."""
    with psycopg.connect(running.running.database_url, autocommit=True) as connection:
        yield connection


def waiting(beside: psycopg.Connection[Any], event: str) -> int:
    found = beside.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = %s", (event,)).fetchone()
    return int(found[0]) if found else 0


@contextmanager
def commits_held(running: Exchange, beside: psycopg.Connection[Any]) -> Iterator[None]:
    """Let whoever commits meanwhile wait behind the commit; one of this test's own shows that it is so."""

    def probe() -> None:
        with psycopg.connect(running.running.database_url, autocommit=True) as connection:
            connection.execute("SELECT pg_logical_emit_message(true, '', '')")

    beside.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    beside.execute("SELECT pg_reload_conf()")
    assert until(lambda: beside.execute("SHOW synchronous_standby_names").fetchone() == ("nobody",))
    probing = threading.Thread(target=probe)
    probing.start()
    try:
        assert until(lambda: waiting(beside, "SyncRep") == 1)
        yield
    finally:
        beside.execute("ALTER SYSTEM RESET synchronous_standby_names")
        beside.execute("SELECT pg_reload_conf()")
        probing.join()


def unanswered(act: Callable[[], Any]) -> threading.Thread:
    """Act in a thread that gets no answer."""

    def run() -> None:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "no-answer"

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def crash_after_commit(journey: Journey, beside: psycopg.Connection[Any], act: Callable[[], Any]) -> None:
    """Act; kill the web when the act is committed and nobody was told; start the web again."""
    with commits_held(journey.exchange, beside):
        acting = unanswered(act)
        assert until(lambda: waiting(beside, "SyncRep") == 2)
        journey.exchange.kill("web")
        acting.join()
    journey.exchange.start_again("web")


def hurried(office: Office) -> Speaker:
    """A client that tries once: the retry is the test's to make."""
    return Speaker(office.folder, tries=1)


def stored(journey: Journey, office: Office) -> dict[str, str]:
    """Receipts that the hub holds for an office, by id."""
    with journey.hub.database.transaction() as tx:
        sql = "SELECT n.id::text, r.jws FROM notice n JOIN receipt r ON r.notice = n.no WHERE n.slug = %s"
        found = rows(tx, sql, (office.who.slug,))
    assert len({notice_id for notice_id, _ in found}) == len(found)
    return dict(found)


def kept(office: Office) -> dict[str, str]:
    """Receipts that an office holds, by id."""
    return {path.stem: path.read_text() for path in (office.folder.path / "receipts").glob("*.jws")}


def require_sound(journey: Journey, office: Office, count: int) -> None:
    """Everything of an office is there once, in its order, and each receipt proves its notice."""
    assert office.folder.pending() == []
    assert kept(office) == stored(journey, office)
    with journey.hub.database.transaction() as tx:
        found = rows(tx, "SELECT id::text, jws, seq, prev FROM notice WHERE slug = %s ORDER BY seq", (office.who.slug,))
        assert [seq for _, _, seq, _ in found] == list(range(1, count + 1))
        assert rows(tx, "SELECT max(index) + 1 = count(*) FROM leaf") == [(True,)]
        assert rows(
            tx, "SELECT count(*) FROM outbox o JOIN notice n ON n.no = o.subject WHERE step = 'report' AND n.slug = %s",
            (office.who.slug,),
        ) == [(0,)]  # fmt: skip
    last = None
    for notice_id, jws, _, prev in found:
        signing_input = jws.rpartition(".")[0].encode()
        told = statements.heard(kept(office)[notice_id], statements.RECEIPT, office.folder.hub_key("receipt"))
        assert told["leaf"]["hash"] == leaf_over(signing_input, told["leaf"])
        assert (told["id"], told["sha256"], prev) == (notice_id, sha256(signing_input), last)
        last = told["sha256"]


def sha256(data: bytes) -> str:
    return b64encode(hashlib.sha256(data).digest())


def leaf_over(signing_input: bytes, leaf: dict[str, Any]) -> str:
    """The hash of a leaf over a notice, alone or in its batch: as docs/wire-format.md says, by this file alone."""
    record = signing_input
    if "batch" in leaf:
        number, last = leaf["batch"]["position"], leaf["batch"]["size"] - 1
        root = hashlib.sha256(b"\0" + signing_input).digest()
        for one in map(b64decode, leaf["batch"]["path"]):  # RFC 9162 section 2.1.3.2
            is_right = number % 2 == 1 or number == last
            root = hashlib.sha256(b"\1" + (one + root if is_right else root + one)).digest()
            while is_right and number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
            number, last = number >> 1, last >> 1
        assert last == 0
        record = b"asylum-exchange-batch/v1\n" + b64encode(root).encode()
    entry = hashlib.sha256(b64decode(leaf["salt"]) + record).digest()
    return sha256(b"\0" + entry)


def test_a_batch_whose_answer_was_lost(journey: Journey, beside: psycopg.Connection[Any]) -> None:
    (office,) = journey.enrol(reader("one-batch"))
    with hurried(office) as speaker:
        speaker.post(office.parts())
        crash_after_commit(journey, beside, lambda: speaker.post_batch([office.parts() for _ in range(7)]))
    assert len(office.folder.pending()) == 7
    assert len(stored(journey, office)) == 8
    with hurried(office) as speaker:
        assert speaker.send_pending() == 7
        speaker.post(office.parts())
    require_sound(journey, office, 9)


def test_a_notice_whose_answer_was_lost_and_those_who_waited_behind_it(
    journey: Journey, beside: psycopg.Connection[Any]
) -> None:
    offices = journey.enrol(*(reader(f"group-{n}") for n in range(AUTHORS)))
    speakers = [hurried(office) for office in offices]
    with commits_held(journey.exchange, beside):
        threads = [unanswered(lambda s=s, o=o: s.post(o.parts())) for s, o in zip(speakers, offices, strict=True)]  # type: ignore[misc]
        assert until(lambda: waiting(beside, "SyncRep") == 2)
        journey.exchange.kill("web")
        for thread in threads:
            thread.join()
    journey.exchange.start_again("web")
    assert 1 <= sum(len(stored(journey, office)) for office in offices) < AUTHORS  # one group, and those behind it
    for speaker, office in zip(speakers, offices, strict=True):
        (waits,) = office.folder.pending()
        assert set(stored(journey, office)) <= {waits.stem}
        assert kept(office) == {}
        assert (speaker.send_pending(), speaker.send_pending()) == (1, 0)
        require_sound(journey, office, 1)
        speaker.close()


def test_an_acknowledgement_and_a_query_whose_answers_were_lost(
    journey: Journey, beside: psycopg.Connection[Any]
) -> None:
    sk, sk_asylum, ua = journey.enrol(SK_BORDER, SK_ASYLUM, UA_ASYLUM)
    ua.post("claim_registered", person="one")
    receipt = sk.post(person="one", aud=[ua.who.urn])
    keep_all(journey.hub)
    of = {"iss": sk.who.urn, "id": receipt["id"]}
    ex = {"ex": ua.folder.hub["ex"]}
    said = statement(ua, "asylum-exchange-ack+jws", {**ex, "notice": of, "state": "delivered"})
    asked = {"purpose": "determining_responsibility", "legal_basis": "national_law", "case": f"{sk.who.slug}-1"}
    question = {**ex, **asked, "tokens": tokens("one")["values"]}
    query = statement(sk, "asylum-exchange-query+jws", question)
    for office, path, body in ((ua, "/v1/acknowledgements", said), (sk, "/v1/queries", query)):

        def send(office: Office = office, path: str = path, body: bytes = body) -> bytes:
            with hurried(office) as speaker:
                return speaker._line.call("POST", path, body, JOSE)  # noqa: SLF001 -- the same bytes, as a retry sends

        crash_after_commit(journey, beside, send)
        assert send() == send()
    keep_all(journey.hub)
    assert [item["type"] for item in sk.speaker.inbox()["items"]] == ["acknowledgement"]
    words = [item for item in ua.speaker.inbox()["items"] if item["type"] == "word"]
    assert len(words) == 1
    with journey.hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM acknowledgement") == [(1,)]
        assert rows(tx, "SELECT max(index) + 1 = count(*) FROM leaf") == [(True,)]
    assert sk_asylum.speaker.inbox()["items"] == []


class Author(threading.Thread):
    """Posts notices and batches until all are receipted, whatever happens to the web."""

    def __init__(self, office: Office, dice: random.Random, port: int) -> None:
        super().__init__()
        self.office, self.dice, self.port = office, dice, port
        self.unanswered = 0
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            while len(kept(self.office)) < GOAL:
                self._post()
        except BaseException as problem:  # noqa: BLE001 -- told by the test, not lost in a thread
            self.problem = problem

    def _post(self) -> None:
        many = min(self.dice.choice([1, 1, 1, 2, 5]), GOAL - len(kept(self.office)))
        try:
            with hurried(self.office) as speaker:
                if speaker.send_pending():
                    return
                if many == 1:
                    speaker.post(self.office.parts())
                else:
                    speaker.post_batch([self.office.parts() for _ in range(many)])
        except Refusal as refusal:
            if refusal.code != "no-answer":
                raise
            self.unanswered += 1
            until(lambda: answers(self.port))


def test_a_web_that_is_killed_again_and_again(journey: Journey) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    port = int(journey.hub.origin.rpartition(":")[2])
    offices = journey.enrol(*(reader(f"author-{n}") for n in range(AUTHORS)))
    authors = [Author(office, random.Random(seed + n), port) for n, office in enumerate(offices)]
    for author in authors:
        author.start()
    for at in sorted(dice.sample(range(3, AUTHORS * GOAL - 8), KILLS)):

        def come(at: int = at) -> bool:
            return sum(len(stored(journey, office)) for office in offices) >= at

        assert until(lambda: come() or not any(author.is_alive() for author in authors))
        journey.exchange.kill("web")
        journey.exchange.start_again("web")
    for author in authors:
        author.join()
    assert [author.problem for author in authors] == [None] * AUTHORS
    print(f"answers that were lost: {[author.unanswered for author in authors]}")
    for office in offices:
        with hurried(office) as speaker:
            assert speaker.send_pending() == 0
        require_sound(journey, office, GOAL)
