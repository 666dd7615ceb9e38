"""A request is accepted once, on whichever worker it comes again, at the same moment or later."""

import base64
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from attacks.kit import THREADS, Said, Webs, at_once, batch, query, signed
from authorities import Office
from exchange import clock
from exchange.store import directory
from exchange.wire.messages import Request

REPLAYED = (401, "nonce-replayed")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def verdicts(found: list[Said]) -> Counter[tuple[int, str]]:
    return Counter(one.verdict for one in found)


MESSAGES: dict[str, tuple[Callable[[Office], tuple[str, bytes]], tuple[int, str]]] = {
    "notice": (lambda office: ("/v1/notices", office.sign()), (201, "")),
    "batch": (lambda office: ("/v1/notices/batch", batch(office.sign(), office.sign())), (200, "")),
    "get": (lambda _: ("/v1/self", b""), (200, "")),
    "refused notice": (lambda _: ("/v1/notices", b"{}"), (400, "bad-schema")),
    "refused batch": (lambda _: ("/v1/notices/batch", b"{}"), (400, "bad-schema")),
    "refused query": (lambda office: ("/v1/queries", query(office)), (403, "no-own-case")),
    "not found": (lambda _: ("/v1/nothing", b"{}"), (404, "not-found")),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_one_request_many_times_at_once_on_two_workers_is_answered_once(webs: Webs, name: str) -> None:
    make, first = MESSAGES[name]
    office = webs.enrol()
    for _ in range(3):
        request = signed(office, *make(office))
        before = webs.counts(office)
        found = at_once(lambda n, request=request: webs.send(request, worker=n % 2))
        assert verdicts(found) == {first: 1, REPLAYED: THREADS - 1}
        added = {name: n - before[name] for name, n in webs.counts(office).items()}
        notices = {"notice": 1, "batch": 2}.get(name, 0)
        refusals = THREADS - 1 + (first[0] >= 400)
        assert (added["notice"], added["refusal"], added["nonce"]) == (notices, refusals, 1)
        assert added["leaf"] == (0 if name == "get" else 2 * THREADS)


def test_the_other_worker_knows_what_was_spent_on_the_first(webs: Webs) -> None:
    office = webs.enrol()
    for make, first in MESSAGES.values():
        request = signed(office, *make(office))
        assert webs.send(request, worker=0).verdict == first
        assert webs.send(request, worker=1).verdict == REPLAYED


def test_one_nonce_in_a_get_and_in_posts_at_once_is_spent_once(webs: Webs) -> None:
    office = webs.enrol()
    for _ in range(6):
        nonce = secrets.token_bytes(16)
        bodies = [("/v1/self", b""), ("/v1/notices", office.sign()), ("/v1/notices/batch", batch(office.sign()))]
        bodies += [("/v1/inbox?after=0&wait=0", b""), ("/v1/notices", office.sign()), ("/v1/quarantine", b"")]
        requests = [signed(office, *one, nonce=nonce) for one in bodies]
        before = webs.counts(office)
        found = at_once(lambda n, requests=requests: webs.send(requests[n], worker=n % 2), len(requests))
        assert verdicts(found)[REPLAYED] == len(requests) - 1
        added = {name: n - before[name] for name, n in webs.counts(office).items()}
        assert added["nonce"] == 1
        assert added["notice"] == sum(one.status == 201 or b"outcomes" in one.body for one in found)


def test_a_nonce_is_of_one_key_two_authorities_may_have_the_same(webs: Webs) -> None:
    # Else an authority that guesses or sees the nonce of another could spend it first.
    one, other = webs.enrol(), webs.enrol()
    for _ in range(3):
        nonce = secrets.token_bytes(16)
        requests = [signed(office, "/v1/notices", office.sign(), nonce=nonce) for office in (one, other)]
        found = at_once(lambda n, requests=requests: webs.send(requests[n % 2], worker=n // 4))
        assert verdicts(found) == {(201, ""): 2, REPLAYED: THREADS - 2}
    assert webs.counts(one)["notice"] == webs.counts(other)["notice"] == 3


def test_a_second_signature_of_p256_is_no_second_request(webs: Webs) -> None:
    # (r, n - s) verifies wherever (r, s) does: anybody can make it, so it must spend the same nonce.
    office = webs.enrol(alg="ES256")
    request = signed(office, "/v1/notices", office.sign())
    value = base64.b64decode((request.header("signature") or "").removeprefix("ax=:").removesuffix(":"))
    s = ORDER - int.from_bytes(value[32:])
    other = base64.b64encode(value[:32] + s.to_bytes(32)).decode()
    headers = tuple((n, f"ax=:{other}:" if n.lower() == "signature" else v) for n, v in request.headers)
    twin = Request(request.method, request.target_uri, headers, request.body)
    found = at_once(lambda n: webs.send((request, twin)[n % 2], worker=n // 4))
    assert verdicts(found) == {(201, ""): 1, REPLAYED: THREADS - 1}


def test_a_request_for_one_address_is_none_for_another(webs: Webs) -> None:
    office = webs.enrol()
    request = signed(office, "/v1/notices", office.sign())
    for other in ("/v1/queries", "/v1/notices/batch", "/v1/notices?again", "/v1/acknowledgements"):
        assert webs.send(request, target=other).verdict[0] == 401, other
    assert webs.counts(office)["nonce"] == 0
    assert webs.send(request).verdict == (201, "")


def test_a_nonce_that_was_forgotten_belongs_to_a_request_that_is_stale(webs: Webs) -> None:
    office = webs.enrol()
    request = signed(office, "/v1/notices", office.sign())
    assert webs.send(request).verdict == (201, "")
    with webs.hub.database.transaction() as tx:
        directory.forget_nonces(tx, clock.now())
    assert webs.send(request, worker=1).verdict == REPLAYED


def test_a_worker_whose_clock_is_a_little_ahead_forgets_no_nonce_too_early(webs: Webs) -> None:
    office = webs.enrol()
    request = signed(office, "/v1/self", created=clock.now() - timedelta(seconds=110))
    assert webs.send(request).verdict == (200, "")
    with webs.hub.database.transaction() as tx:
        directory.forget_nonces(tx, clock.now() + timedelta(seconds=15))
    assert webs.send(request, worker=1).verdict in {REPLAYED, (401, "stale")}
