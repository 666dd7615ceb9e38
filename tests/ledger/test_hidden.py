"""What an outsider sees of the ledger is the same whether there was something to hide or nothing.

The same traffic is sent twice, on two empty databases, with a difference that is hidden from whoever looks from
outside. After every POST the ledger is signed and everything published is fetched.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from attacks.kit import claims
from authorities import Office, enrolled, tokens
from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM
from conftest import TEMPLATE, database_of, settings_for
from exchange import clock, deps
from exchange.client.line import ENVELOPE, JOSE
from exchange.deps import Hub, open_hub
from exchange.domain.merkle_proofs import tile_path, tiles_of
from exchange.domain.notice import Reader
from exchange.embedded.ports import free_port
from exchange.publishing import Log
from exchange.store import boxes, ledger
from exchange.store.session import rows
from exchange.wire import httpsig, jws, statements
from exchange.wire.encoding import write_json
from exchange.wire.messages import Request
from ledger.kit import MOMENT, planted, served
from steps import keep_all

Seen = tuple[Any, ...]


@dataclass
class Run:
    """One of two runs: a hub that is served, its signer, and what an outsider saw so far."""

    hub: Hub
    log: Log
    folder: Path
    seen: list[Seen] = field(default_factory=list)
    minutes: int = 0
    offices: list[Office] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    def enrol(self, *who: Reader) -> list[Office]:
        self.offices = [Office(self.folder / one.slug, one) for one in who]
        for office in self.offices:
            enrolled(self.hub, office)
        return self.offices

    def look(self, what: str, *told: Any) -> None:
        """Note how many leaves there are, and how large each thing is that anybody may fetch."""
        with self.hub.database.transaction() as tx:
            leaves = rows(tx, "SELECT count(*), max(index) FROM leaf")[0]
        signed = self.log.sign(MOMENT)
        note = httpx.get(f"{self.hub.origin}/ledger/checkpoint", trust_env=False)
        names = [tile_path(*place) for place in tiles_of(self.log.size)]
        tiles = [httpx.get(f"{self.hub.origin}/ledger/{name}", trust_env=False) for name in names]
        sizes = [(name, tile.status_code, len(tile.content)) for name, tile in zip(names, tiles, strict=True)]
        self.seen.append((what, leaves, signed, self.log.size, len(note.content), tuple(sizes), told))

    def post(self, office: Office, path: str, body: bytes) -> tuple[int, bytes]:
        """Send a signed request; the sizes of its answer, field by field, are noted too."""
        media = ENVELOPE if path == "/v1/notices" else JOSE
        request = Request("POST", self.hub.origin + path, (("content-type", media),), body)
        signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
        got = httpx.post(signed.target_uri, headers=list(signed.headers), content=body, trust_env=False)
        fields = tuple(sorted((name, len(value)) for name, value in got.headers.items()))
        self.look(path, got.status_code, len(got.content), fields)
        return got.status_code, got.content

    def minute(self) -> None:
        """Let a minute end."""
        self.minutes += 1
        with self.hub.database.transaction() as tx:
            ledger.close_minute(tx, MOMENT + timedelta(minutes=self.minutes), secrets.token_bytes(32))
        self.look("minute")


Begin = Callable[[], AbstractContextManager[Run]]


@pytest.fixture
def begin(server_url: str, secrets_folder: Path, tmp_path: Path) -> Begin:
    """Begin a run on an empty database."""

    @contextmanager
    def begun() -> Iterator[Run]:
        name = f"hidden_{secrets.token_hex(4)}"
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
            origin = f"http://127.0.0.1:{free_port()}"
            settings = replace(settings_for(database_of(server_url, name), secrets_folder, origin), query_deadline=0.05)
            hub = open_hub(settings, connections=4)
            run = Run(hub, Log(hub.database, deps.ledger_signer(settings)), tmp_path / name)
            with served(hub):
                yield run
            hub.database.close()
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return begun


NOTE = "01931d3c-0000-7000-8000-00000000abcd"


def word(office: Office, typ: str, **said: Any) -> bytes:
    return jws.sign(write_json({**claims(office), **said}), typ, office.folder.key("notice")).encode()


def traffic(run: Run, **how: Any) -> Run:
    """The same requests in the same order.

    The first notice is about `person`, who fears RUS. Then an office asks about "one", and an office of an ally of RUS
    about "two". A note of the border goes to `aud`, and both offices acknowledge it; inboxes are read when `reads` says
    so.
    """
    sk_asylum, sk, ua, by = run.enrol(SK_ASYLUM, SK_BORDER, UA_ASYLUM, BY_ASYLUM)
    feared = {"nationality": ["RUS"], "feared": ["RUS"]}
    said = sk_asylum.parts("claim_registered", person=how.get("person", "else"), subject=feared)
    run.post(sk_asylum, "/v1/notices", sk_asylum.sign(said))
    asking = ((ua, "one"), (by, "two"))
    for office, asked_of in asking:
        body = office.sign(office.parts("claim_registered", person=asked_of, subject={"nationality": ["KAZ"]}))
        run.post(office, "/v1/notices", body)
    note = sk.sign(sk.parts(person="noted", aud=how.get("aud", [])), id=NOTE)
    run.post(sk, "/v1/notices", note)
    run.minute()
    keep_all(run.hub)
    run.look("worked")
    for office, asked_of in asking:
        asked = {"purpose": "examining_the_application", "legal_basis": "national_law"}
        asked |= {"case": f"{office.who.slug}-1"}
        body = word(office, statements.QUERY, **asked, tokens=tokens(asked_of)["values"])
        run.answers += [run.post(office, "/v1/queries", body) for _ in range(2)]  # the second is a retry
    run.minute()
    for office in (ua, by):
        if how.get("reads", True):
            office.speaker.inbox()
        run.look("read")
        body = word(office, statements.ACKNOWLEDGEMENT, notice={"iss": sk.who.urn, "id": NOTE}, state="delivered")
        run.answers.append(run.post(office, "/v1/acknowledgements", body))
    run.minute()
    keep_all(run.hub)
    run.minute()
    for office in run.offices:
        office.close()
    return run


def outside(run: Run) -> list[Seen]:
    """What somebody sees who sends nothing."""
    return [one[:-1] for one in run.seen]


def statuses(run: Run) -> list[int]:
    return [status for status, _ in run.answers]


def mailboxes(run: Run) -> list[int]:
    """How many mailboxes the hub made, and the words about them that it put into inboxes."""
    asked = ("SELECT count(*) FROM query_answer WHERE hit", "SELECT count(*) FROM inbox WHERE cause LIKE 'query:%%'")
    with run.hub.database.transaction() as tx:
        return [rows(tx, sql)[0][0] for sql in asked]


def steps(run: Run) -> list[tuple[str, int]]:
    """What happened, and how many leaves it added."""
    counts = [seen[1][0] for seen in run.seen]
    assert all(leaves == (signed, signed - 1) for _, leaves, _, signed, *_ in run.seen)
    return [(seen[0], after - before) for seen, before, after in zip(run.seen[1:], counts, counts[1:], strict=False)]


def test_every_post_adds_two_leaves_and_every_minute_one(begin: Begin) -> None:
    with begin() as run:
        traffic(run, aud=[UA_ASYLUM.urn])
        assert statuses(run) == [200, 200, 200, 200, 201, 404]  # the last is refused: it was not delivered there
        adds = {"minute": 1, "worked": 0, "read": 0}
        assert steps(run) == [(what, adds.get(what, 2)) for what, _ in steps(run)]
        sk = run.offices[1]
        for body in (b"{}", sk.sign(sk.parts(), id=NOTE)):  # refused: malformed, in conflict with another
            assert run.post(sk, "/v1/notices", body)[0] in {400, 409}
        assert [added for _, added in steps(run)[-2:]] == [2, 2]


def test_a_query_that_hits_a_hidden_person_looks_like_one_that_hits_nothing(begin: Begin) -> None:
    with begin() as run:
        nothing = traffic(run)
        assert mailboxes(nothing) == [0, 0]
    for person, made in (("one", [1, 1]), ("two", [0, 0])):  # told to one asker, kept from the other
        with begin() as run:
            hit = traffic(run, person=person)
            assert mailboxes(hit) == made
        assert hit.seen == nothing.seen  # also the size of what the askers were answered, field by field


def test_a_disclosure_an_acknowledgement_and_a_read_look_like_none(begin: Begin) -> None:
    with begin() as run:
        nothing = traffic(run, reads=False)
    with begin() as run:
        some = traffic(run, aud=[UA_ASYLUM.urn])
    assert statuses(some) != statuses(nothing)
    assert outside(some) == outside(nothing)


def leaf_for_a_hit(tx: Any, item: boxes.Item, now: Any, put: Any = boxes.put) -> None:
    put(tx, item, now)
    if item.cause.startswith("query:"):
        ledger.append(tx, now, [(b"x", bytes(32))])


def minute_with_acts(tx: Any, now: Any, salt: bytes, close: Any = ledger.close_minute) -> int | None:
    if not rows(tx, "SELECT 1 FROM act WHERE no > (SELECT coalesce(max(last_act), 0) FROM act_leaf)"):
        return None
    return close(tx, now, salt)  # type: ignore[no-any-return]


LEAKS: list[tuple[Any, str, Any, dict[str, Any]]] = [
    (boxes, "put", leaf_for_a_hit, {"person": "one"}),
    (ledger, "close_minute", minute_with_acts, {"aud": [UA_ASYLUM.urn]}),
]


@pytest.mark.parametrize("leak", LEAKS, ids=["hit", "minute"])
def test_a_planted_leak_is_seen(begin: Begin, leak: tuple[Any, str, Any, dict[str, Any]]) -> None:
    where, name, fault, other = leak
    with planted(where, name, fault):
        with begin() as run:
            nothing = outside(traffic(run, reads=False))
        with begin() as run:
            assert outside(traffic(run, **other)) != nothing
