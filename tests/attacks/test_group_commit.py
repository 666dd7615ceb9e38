"""Replays that meet in one group commit, and one that meets a group from outside, in an order that the test decides."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from attacks.kit import acknowledgement, query
from authorities import Office
from builders import SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange import clock
from exchange.client.line import BATCH, ENVELOPE, JOSE, JSON
from exchange.deps import Hub
from exchange.embedded.processes import until
from exchange.store import ledger
from exchange.store.ledger import LEDGER
from exchange.store.session import rows
from exchange.wire import httpsig
from exchange.wire.messages import Request

REPLAYED = (401, "nonce-replayed")
WAITS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = %s
"""


def signed(office: Office, body: bytes, nonce: bytes = b"", media: str = ENVELOPE) -> Request:
    path = "/v1/notices" if media == ENVELOPE else "/v1/notices/batch"
    request = Request("POST", office.folder.hub["base_url"] + path, (("content-type", media),), body)
    return httpsig.sign_request(request, office.folder.key("request"), clock.now(), nonce or secrets.token_bytes(16))


class Crowd:
    """Requests in threads of their own, against the web of this process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.found: dict[str, tuple[int, str]] = {}
        self.threads: list[threading.Thread] = []

    def post(self, name: str, request: Request) -> None:
        def run() -> None:
            fields = list(request.headers)
            how = {"headers": fields, "content": request.body or None, "trust_env": False, "timeout": 30}
            got = httpx.request(request.method, request.target_uri, **how)
            self.found[name] = got.status_code, got.json()["code"] if got.status_code >= 400 else ""

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def post_and_await(self, name: str, request: Request) -> None:
        """Post, and await that it stands in the queue of the group that comes next."""
        queue = self.hub.together._queue  # noqa: SLF001 -- only from inside is it seen who waits together
        before = len(queue)
        self.post(name, request)
        assert until(lambda: len(queue) == before + 1)

    def answers(self) -> dict[str, tuple[int, str]]:
        for thread in self.threads:
            thread.join()
        return self.found


@pytest.fixture
def beside(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Another connection to the hub's database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@contextmanager
def held_end(beside: psycopg.Connection[Any]) -> Iterator[None]:
    """Hold the end of the ledger: who accepts now waits, and whoever comes meanwhile makes the next group."""
    beside.execute("SELECT pg_advisory_lock(%s)", (LEDGER,))
    try:
        yield
    finally:
        beside.execute("SELECT pg_advisory_unlock(%s)", (LEDGER,))


def is_waiting(beside: psycopg.Connection[Any], event: str, many: int = 1) -> bool:
    found = beside.execute(WAITS, (event,)).fetchone()
    return found is not None and found[0] >= many


def stored(hub: Hub) -> tuple[int, int, int]:
    with hub.database.transaction() as tx:
        (counts,) = rows(
            tx, "SELECT (SELECT count(*) FROM notice), (SELECT count(*) FROM nonce), (SELECT count(*) FROM refusal)"
        )
    return counts[0], counts[1], counts[2]


def test_replays_that_meet_in_one_group_are_accepted_once(
    hub: Hub, web: str, enrol: Enrol, beside: psycopg.Connection[Any]
) -> None:
    one, other = enrol(SK_BORDER), enrol(UA_BORDER)
    nonce = secrets.token_bytes(16)
    good = signed(one, one.sign(), nonce)
    crowd = Crowd(hub)
    with held_end(beside):
        crowd.post("leader", signed(one, one.sign()))
        assert until(lambda: is_waiting(beside, "advisory"))
        crowd.post_and_await("first", good)
        crowd.post_and_await("again", good)
        crowd.post_and_await("another body", signed(one, one.sign(), nonce))
        crowd.post_and_await("in a batch", signed(one, b'{"notices":[' + one.sign() + b"]}", nonce, BATCH))
        crowd.post_and_await("of another key", signed(other, other.sign(), nonce))
    assert crowd.answers() == {
        "leader": (201, ""),
        "first": (201, ""),
        "again": REPLAYED,
        "another body": REPLAYED,
        "in a batch": REPLAYED,
        "of another key": (201, ""),
    }
    assert stored(hub) == (3, 3, 3)
    with hub.database.transaction() as tx:
        times = rows(tx, "SELECT received_at FROM notice ORDER BY no")
    assert times[1] == times[2] != times[0]  # the last two were accepted in one transaction
    assert web


def test_a_refused_request_and_its_replay_in_one_group_are_refused_each_for_its_reason(
    hub: Hub, web: str, enrol: Enrol, beside: psycopg.Connection[Any]
) -> None:
    office = enrol(SK_BORDER)
    number = "01931d3c-0000-7000-8000-000000000001"
    crowd = Crowd(hub)
    conflict = signed(office, office.sign(id=number))
    with held_end(beside):
        crowd.post("leader", signed(office, office.sign(id=number)))
        assert until(lambda: is_waiting(beside, "advisory"))
        crowd.post_and_await("conflict", conflict)
        crowd.post_and_await("again", conflict)
    found = crowd.answers()
    assert found.pop("leader") == (201, "")
    assert sorted(found.values()) == [REPLAYED, (409, "id-conflict")]
    assert stored(hub) == (1, 2, 2)
    assert web


@pytest.mark.parametrize("ends", ["COMMIT", "ROLLBACK"])
def test_a_nonce_that_is_spent_elsewhere_while_a_group_is_written_takes_no_other_with_it(
    hub: Hub, web: str, enrol: Enrol, beside: psycopg.Connection[Any], ends: str
) -> None:
    # Another worker spends the nonce in a GET, which holds no lock on the ledger: its row is there and not committed.
    one, other = enrol(SK_BORDER), enrol(UA_BORDER)
    nonce = secrets.token_bytes(16)
    kid = one.folder.key("request").kid
    crowd = Crowd(hub)
    raced = signed(one, one.sign(), nonce)
    shown = (raced.header("signature-input") or "").partition('nonce="')[2].partition('"')[0]
    with held_end(beside):
        crowd.post("leader", signed(other, other.sign()))
        assert until(lambda: is_waiting(beside, "advisory"))
        crowd.post_and_await("raced", raced)
        crowd.post_and_await("innocent", signed(other, other.sign()))
        beside.execute("BEGIN")
        beside.execute("INSERT INTO nonce (kid, nonce, expires) VALUES (%s, %s, now() + '2 minutes')", (kid, shown))
    assert until(lambda: is_waiting(beside, "transactionid"))
    beside.execute(ends.encode())
    spent = ends == "COMMIT"
    assert crowd.answers() == {
        "leader": (201, ""),
        "raced": REPLAYED if spent else (201, ""),
        "innocent": (201, ""),
    }
    assert stored(hub) == (2, 3, 1) if spent else (3, 3, 0)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT max(index) + 1 = count(*) FROM leaf") == [(True,)]
    assert web


@pytest.mark.parametrize("name", ["query", "acknowledgement", "refused", "alert"])
def test_one_nonce_in_two_kinds_of_messages_holds_nobody_up(
    hub: Hub, web: str, enrol: Enrol, beside: psycopg.Connection[Any], name: str
) -> None:
    office = enrol(SK_BORDER)
    path, body, media = {
        "query": ("/v1/queries", query(office), JOSE),
        "acknowledgement": ("/v1/acknowledgements", acknowledgement(office), JOSE),
        "refused": ("/v1/notices", b"{}", ENVELOPE),
        "alert": ("/v1/alerts/01931d3c-0000-7000-8000-000000000001/take", b'{"caseworker":"nobody"}', JSON),
    }[name]
    nonce = secrets.token_bytes(16)
    request = Request("POST", hub.origin + path, (("content-type", media),), body)
    other = httpsig.sign_request(request, office.folder.key("request"), clock.now(), nonce)
    crowd = Crowd(hub)
    with held_end(beside):
        crowd.post("notice", signed(office, office.sign(), nonce))
        assert until(lambda: is_waiting(beside, "advisory"))
        crowd.post("other", other)
        assert until(lambda: is_waiting(beside, "advisory", many=2))
    assert crowd.answers() == {"notice": (201, ""), "other": REPLAYED}
    assert stored(hub)[:2] == (1, 1)
    assert web


def test_one_nonce_in_a_read_and_a_notice_holds_nobody_up_while_a_minute_is_closed(
    hub: Hub, web: str, enrol: Enrol, beside: psycopg.Connection[Any]
) -> None:
    # A ring that must not close: a read spends its nonce and waits for who closes the minute, who waits for the ledger,
    # which acceptance holds while it waits for the nonce.
    office = enrol(SK_BORDER)
    nonce = secrets.token_bytes(16)
    read = Request("GET", hub.origin + "/v1/self", (), b"")
    crowd = Crowd(hub)
    closed: list[BaseException | None] = []

    def close() -> None:
        try:
            with hub.database.transaction() as tx:
                ledger.close_minute(tx, clock.now(), bytes(32))
            closed.append(None)
        except psycopg.OperationalError as problem:
            closed.append(problem)

    closing = threading.Thread(target=close)
    with held_end(beside):
        crowd.post("notice", signed(office, office.sign(), nonce))
        assert until(lambda: is_waiting(beside, "advisory"))
        closing.start()
        assert until(lambda: is_waiting(beside, "advisory", many=2))
        crowd.post("read", httpsig.sign_request(read, office.folder.key("request"), clock.now(), nonce))
        assert until(lambda: "read" in crowd.found or is_waiting(beside, "advisory", many=3))
    closing.join()
    assert sorted(crowd.answers().values()) in ([(200, ""), REPLAYED], [(201, ""), REPLAYED])
    assert closed == [None]
    assert web
