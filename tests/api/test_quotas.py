"""Quotas: each authority and class has its own, over it comes 429, and nobody is locked out."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import httpx
import pytest
import uuid_utils

from authorities import Office
from builders import SK_ASYLUM, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange import clock, quotas
from exchange.api.operations import OPERATIONS
from exchange.client.line import BATCH, ENVELOPE, JSON
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.quotas import CLASSES, Limits
from exchange.store import quotas as stored
from exchange.store.quotas import Window
from exchange.store.session import rows
from exchange.wire import httpsig
from exchange.wire.encoding import write_json
from exchange.wire.messages import Answer, Request
from ledger.kit import served
from recording import Recorded

WINDOW = 10**9
"""Seconds: no test meets the turn of such a window."""


def limits(window: int = WINDOW, **most: int) -> Limits:
    return Limits(window, MappingProxyType(dict.fromkeys(CLASSES, 1000) | most))


@pytest.fixture
def offices(hub: Hub, enrol: Enrol) -> list[Office]:
    """Two authorities; nobody serves the hub yet."""
    assert hub
    return [enrol(SK_ASYLUM), enrol(UA_ASYLUM)]


def send(office: Office, method: str, path: str, body: bytes = b"", media_type: str = "") -> httpx.Response:
    """Send a signed request, and verify the answer, whatever it is."""
    fields = (("content-type", media_type),) if method == "POST" else ()
    request = Request(method, office.folder.hub["base_url"] + path, fields, body)
    signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
    got = httpx.request(method, signed.target_uri, headers=list(signed.headers), content=body, trust_env=False)
    answer = Answer(got.status_code, tuple(got.headers.multi_items()), got.content)
    httpsig.verify_answer(answer, signed, office.folder.hub_key("answer"))
    return got


def note(office: Office, **head: Any) -> bytes:
    return office.sign(office.parts("claim_registered", person="one"), **head)


def batch(office: Office, count: int) -> bytes:
    return b'{"notices":[' + b",".join(note(office) for _ in range(count)) + b"]}"


def used(hub: Hub, slug: str) -> dict[str, int]:
    with hub.database.transaction() as tx:
        return dict(rows(tx, "SELECT class, used FROM quota WHERE slug = %s", (slug,)))


def next_window(hub: Hub) -> None:
    """Let the windows that run be those before."""
    with hub.database.transaction() as tx:
        tx.execute("UPDATE quota SET begins = begins - %s", (WINDOW,))


def test_over_its_quota_an_authority_is_told_when_to_come_again(hub: Hub, offices: list[Office]) -> None:
    hub = replace(hub, limits=limits(notices=5, queries=1, acknowledgements=1, posts=1, reads=2))
    office, other = offices
    slug = office.who.slug
    with served(hub):
        first = note(office)
        assert send(office, "POST", "/v1/notices", first, ENVELOPE).status_code == 201
        assert send(office, "POST", "/v1/notices", first, ENVELOPE).status_code == 200  # the same again counts too
        whole = send(office, "POST", "/v1/notices/batch", batch(office, 4), BATCH)
        assert (whole.status_code, used(hub, slug)["notices"]) == (429, 2)
        assert send(office, "POST", "/v1/notices/batch", batch(office, 3), BATCH).status_code == 200
        over = [send(office, "POST", "/v1/notices", note(office), ENVELOPE) for _ in range(3)]
        assert [got.json()["code"] for got in over] == ["too-many"] * 3
        assert used(hub, slug) == {"notices": 5}  # what is refused is not counted
        wait = over[-1].json()["retry_after"]
        assert (over[-1].headers["retry-after"], 0 < wait <= WINDOW) == (str(wait), True)
        assert send(other, "POST", "/v1/notices", note(other), ENVELOPE).status_code == 201
        assert used(hub, other.who.slug) == {"notices": 1}
        for _ in range(2):  # the other classes have room: each is refused for what it is, and its reads are answered
            assert send(office, "GET", "/v1/self").status_code == 200
        assert send(office, "GET", "/v1/self").status_code == 429
        act = write_json({"caseworker": "nobody-1"})
        assert send(office, "POST", f"/v1/alerts/{uuid_utils.uuid7()}/take", act, JSON).status_code == 403
        with pytest.raises(Refused) as refused:
            office.speaker.post(office.parts("claim_registered"))
        assert (refused.value.code, refused.value.final, len(office.folder.pending())) == ("too-many", False, 1)
        next_window(hub)
        assert office.speaker.send_pending() == 1
        assert send(office, "POST", "/v1/notices/batch", batch(office, 5), BATCH).status_code == 429
        next_window(hub)  # a batch beyond the limit is taken when it is the first of its window
        assert send(office, "POST", "/v1/notices/batch", batch(office, 6), BATCH).status_code == 200
        assert used(hub, slug)["notices"] == 6


def test_each_message_has_a_class_of_its_own() -> None:
    paths = ("/v1/notices", "/v1/notices/batch", "/v1/queries", "/v1/acknowledgements", "/v1/keys")
    found = [quotas.class_of("POST", path) for path in paths]
    assert found == ["notices", "notices", "queries", "acknowledgements", "posts"]
    assert quotas.class_of("GET", "/v1/notices") == "reads"


def test_every_address_is_metered(hub: Hub, enrol: Enrol) -> None:
    office = enrol(UNHCR)  # a monitor may read most
    hub = replace(hub, limits=limits(reads=1))
    given = {"iss": office.who.urn, "name": "hub", "index": "0", "quarter": "2026-Q3", "state": "SVK"}
    queries = {"/v1/ledger/consistency": "?from=1&to=1"}
    refused = {}
    with served(hub):
        send(office, "GET", "/v1/self")
        for method, path in OPERATIONS:
            if method == "GET":
                target = path
                for name in (piece.split("}")[0] for piece in path.split("{")[1:]):
                    target = target.replace(f"{{{name}}}", given.get(name, str(uuid_utils.uuid7())))
                refused[path] = send(office, "GET", target + queries.get(path, "")).status_code
    assert {path for path, status in refused.items() if status != 429} == set()
    assert len(refused) > 10


def test_a_client_waits_as_long_as_it_is_told(hub: Hub, offices: list[Office]) -> None:
    office = offices[0]
    hub = replace(hub, limits=limits(window=1, notices=1))
    with served(hub):
        now = clock.now()
        with hub.database.transaction() as tx:
            values = (office.who.slug, hub.limits.window_at(now) + 1)
            tx.execute("INSERT INTO quota (slug, class, begins, used) VALUES (%s, 'notices', %s, 1)", values)
        assert office.speaker.post(office.parts("claim_registered"))["state"] == "accepted"
    with hub.database.transaction() as tx:
        ((refused,),) = rows(tx, "SELECT n FROM refusal_count WHERE code = 'too-many'")
    assert refused >= 1


def test_of_many_at_once_so_many_are_taken_as_there_is_room_for(hub: Hub, offices: list[Office]) -> None:
    slug = offices[0].who.slug

    def take(begins: int) -> bool:
        with hub.database.transaction() as tx:
            return stored.take(tx, (slug, "reads"), Window(begins, WINDOW), 7)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, [WINDOW] * 40)) == 7
    assert take(WINDOW) is False
    assert used(hub, slug) == {"reads": 7}
    assert take(2 * WINDOW) is True
    assert take(WINDOW) is True  # by a clock that is behind it is the same window still
    assert used(hub, slug) == {"reads": 2}
    assert take(100 * WINDOW) is True
    assert take(WINDOW) is True  # a clock that ran ahead locks nobody out
    assert used(hub, slug) == {"reads": 1}


def test_a_seq_that_is_used_again_costs_one_question_for_the_whole_batch(
    hub: Hub, database_url: str, offices: list[Office]
) -> None:
    office = offices[0]
    recorded = Recorded(hub, database_url)
    asked, outcomes = [], []
    with served(recorded.hub):
        send(office, "POST", "/v1/notices", note(office), ENVELOPE)
        for count in (2, 40):
            recorded.take()
            outcomes += json.loads(send(office, "POST", "/v1/notices/batch", batch(office, count), BATCH).content)[
                "outcomes"
            ]
            asked.append(recorded.take())
    recorded.hub.database.close()
    assert asked[0] == asked[1]
    assert [one["status"] for one in outcomes] == [201] * 42
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM outbox WHERE cause = 'sequence_reused'") == [(42,)]
