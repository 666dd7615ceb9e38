"""CPU time of one accepted notice beside the pieces of which nothing can be left out, measured in one run.

Whole: the web process and PostgreSQL, while clients post over HTTP: single notices by one client and by sixteen at
once, and batches of a hundred. Pieces: the signature verifications; the digests of the body, the Disclosures, the
signing input and the leaves; the strict reading of JSON, JWS and Disclosures; the schemas; and the rows and leaves
really written, in the cheapest way of those tried: one statement for one notice, COPY for a hundred. The receipt's
signature, HTTP and the answer's signature are no pieces: they are what the share is about.
"""

import hashlib
import json
import secrets
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from measuring import cpu_seconds, figure, own_cpu, with_children

from authorities import Office, enrolled
from builders import reader
from exchange import clock
from exchange.client import writing
from exchange.client.line import BATCH, ENVELOPE
from exchange.deps import Hub, open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.store import accepting
from exchange.store.accepting import Rows, b64
from exchange.wire import httpsig, sdjwt
from exchange.wire.encoding import read_json
from exchange.wire.messages import Request
from schemas.messages import ENVELOPE as ENVELOPE_SCHEMA
from schemas.parts import EVENT, FACTS, HUB

COUNT, WARM_UP, BATCHES, TOGETHER, CLIENTS = 1500, 200, 20, 100, 16
SINGLES, BATCHED = 0.35, 0.65
"""Share of the pieces in the whole, at least."""


_LAST: dict[str, tuple[int, str]] = {}
"""slug -> seq and hash of the notice signed last: each continues the one before, as a client's do."""


def envelope(office: Office) -> bytes:
    seq, prev = _LAST.get(office.who.slug, (0, ""))
    parts = office.parts(person=secrets.token_hex(4))
    parts["hub"] |= {"seq": seq + 1} | ({"prev": prev} if prev else {})
    signed_one = office.sign(parts, ex=office.folder.hub["ex"])
    _LAST[office.who.slug] = writing.place_of(signed_one).seq, writing.place_of(signed_one).sha256
    return signed_one


def signed(office: Office, target: str, body: bytes, media_type: str) -> Request:
    request = Request("POST", target, (("content-type", media_type),), body)
    return httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))


def singles(office: Office, origin: str, count: int) -> list[Request]:
    return [signed(office, f"{origin}/v1/notices", envelope(office), ENVELOPE) for _ in range(count)]


def batches(office: Office, origin: str, count: int) -> list[Request]:
    bodies = [b'{"notices":[' + b",".join(envelope(office) for _ in range(TOGETHER)) + b"]}" for _ in range(count)]
    return [signed(office, f"{origin}/v1/notices/batch", body, BATCH) for body in bodies]


def post_all(requests: list[Request], clients: int) -> None:
    def post(some: list[Request]) -> None:
        with httpx.Client(trust_env=False, timeout=60) as http:
            for request in some:
                got = http.post(request.target_uri, headers=list(request.headers), content=request.body)
                assert got.status_code in {200, 201}, got.text
                if got.status_code == 200:
                    assert {one["status"] for one in got.json()["outcomes"]} == {201}

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(post, [requests[number::clients] for number in range(clients)]))


def whole(exchange: Exchange, requests: list[Request], clients: int) -> float:
    """Return CPU seconds of the web process and PostgreSQL for these requests."""
    pids = [p for name in ("web", "postgres") for p in with_children(exchange.supervisor.pid(name) or 0)]
    before = cpu_seconds(pids)
    post_all(requests, clients)
    return cpu_seconds(pids) - before


def each(work: Callable[[], object], times: int = 2000) -> float:
    """Return CPU seconds of one call, here."""
    work()
    before = own_cpu()
    for _ in range(times):
        work()
    return (own_cpu() - before) / times


def computing(office: Office) -> tuple[float, float]:
    """Return CPU seconds of what is computed for one request, and for one notice in it."""
    body = office.sign(office.parts(person="one"), ex="x")
    envelope_read = read_json(body)
    text = envelope_read["notice"]
    unverified = sdjwt.read(text)
    key = office.folder.key("notice").public
    notice = sdjwt.verify(unverified, key, "x")
    parts, disclosures = notice.parts, list(notice.disclosures.values())
    hashed = [body, notice.signing_input, bytes(64), *(d.encode() for d in disclosures)]
    verify = each(lambda: key.verify(unverified.signed.signature, notice.signing_input))
    digests = each(lambda: [hashlib.sha256(data).digest() for data in hashed])
    parse = each(lambda: (read_json(body), sdjwt.read(text), [sdjwt.disclosed(d) for d in disclosures]))
    load = each(
        lambda: (
            ENVELOPE_SCHEMA.load(envelope_read),
            HUB.load(parts["hub"]),
            EVENT.load(parts["event"]),
            FACTS["encounter"].load(parts["facts"]),
        )
    )
    return verify, verify + digests + parse + load


NONCE = ("COPY nonce FROM STDIN", lambda n: ("k", f"{n}", "2026-01-01"))
LEAVES = (
    ("COPY leaf FROM STDIN", lambda n: (-n, b"x" * 32, "2026-01-01")),
    ("COPY opening FROM STDIN", lambda n: (-n, b"x" * 32, b"x" * 600)),
)
NOTICE = (
    "COPY notice (no, slug, id, sha256, jws, kid, kind, event_time, authored_at, received_at, case_ref, seq, prev,"
    " leaf_index) FROM STDIN"
)
ROWS = (
    (
        NOTICE,
        lambda n: (
            *(n, "sk-border", f"00000000-0000-7000-8000-{n:012d}", b"x" * 32, "x" * 700, "{kid}", "encounter", "2026"),
            *("2026-01-01", "2026-01-01", "sk-border-1", 1, None, 0),
        ),
    ),
    ("COPY receipt FROM STDIN", lambda n: (n, "x" * 600)),
    ("COPY part FROM STDIN", lambda n: (n, "hub", "x" * 900)),
    ("COPY part FROM STDIN", lambda n: (n, "event", "x" * 250)),
    ("COPY part FROM STDIN", lambda n: (n, "facts", "x" * 400)),
    (
        "COPY outbox (step, subject, cause, promised_at) FROM STDIN",
        lambda n: ("bench", n, "accepted", "2026-01-01"),
    ),
)
"""The rows of one notice; a request has one nonce and two leaves beside."""


def one_notice(n: int, kid: str) -> Rows:
    """Return the rows of one notice in the form that the hub writes."""
    b32, text = b64(bytes(32)), "x" * 700
    notice = {"no": n, "slug": "sk-border", "id": f"00000000-0000-7000-8000-{n:012d}", "sha256": b32, "jws": text}
    notice |= {"kid": kid, "kind": "encounter", "event_time": "2026", "iat": 1, "case_ref": "sk-border-1", "seq": 1}
    notice |= {"prev": None, "leaf": 0, "receipt": text}
    sizes = (("hub", 900), ("event", 250), ("facts", 400))
    return Rows(
        nonces=[{"kid": "k", "nonce": f"{n}", "expires": 1}],
        leaves=[{"index": -2 * n - i, "entry": b32, "salt": b32, "record": b64(bytes(600))} for i in (0, 1)],
        notices=[notice],
        parts=[{"notice": n, "name": name, "disclosure": "x" * size} for name, size in sizes],
        promises=[{"step": "bench", "subject": n, "cause": "accepted"}],
    )


def writing_one(hub: Hub, postgres: int, kid: str) -> float:
    """Return CPU seconds, here and in PostgreSQL, of the rows of one request with one notice."""
    start, times = 1_000_000_000_000 + secrets.randbelow(10**9) * 1000, 600
    before = own_cpu() + cpu_seconds(with_children(postgres))
    for n in range(start, start + times):
        with hub.database.transaction() as tx:
            accepting.write(tx, one_notice(n % 10**12, kid), clock.now())
    return (own_cpu() + cpu_seconds(with_children(postgres)) - before) / times


def writing_many(hub: Hub, postgres: int, kid: str, together: int) -> float:
    """Return CPU seconds, here and in PostgreSQL, of the rows of one request with so many notices."""
    times = max(20, 600 // together)
    start = 1_000_000 * (1 + secrets.randbelow(100_000))
    before = own_cpu() + cpu_seconds(with_children(postgres))
    for turn in range(times):
        numbers = range(start + turn * together, start + (turn + 1) * together)
        plan = [(NONCE, numbers[:1]), *((leaf, range(2 * numbers[0], 2 * numbers[0] + 2)) for leaf in LEAVES)]
        with hub.database.transaction() as tx, tx.cursor() as cursor:
            for (sql, make), wanted in [*plan, *((one, numbers) for one in ROWS)]:
                with cursor.copy(sql) as copy:
                    for n in wanted:
                        copy.write_row(tuple(kid if value == "{kid}" else value for value in make(n)))
    return (own_cpu() + cpu_seconds(with_children(postgres)) - before) / times


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(only=("postgres", "hub-keys", "migrate", "web"))
        with Exchange(Path(folder) / "var", plan) as exchange:
            running = exchange.start()
            hub = open_hub(load(running.environment), connections=2)
            office = Office(Path(folder) / "office", reader())
            enrolled(hub, office)
            origin, postgres = running.origin, exchange.supervisor.pid("postgres") or 0
            post_all(singles(office, origin, WARM_UP), CLIENTS)
            post_all(batches(office, origin, 2), 1)
            quiet = whole(exchange, singles(office, origin, COUNT // 3), 1) / (COUNT // 3)
            busy = whole(exchange, singles(office, origin, COUNT), CLIENTS) / COUNT
            batched = whole(exchange, batches(office, origin, BATCHES), 1) / BATCHES / TOGETHER
            request, notice = computing(office)
            kid = json.loads((office.folder.path / "enrolment.json").read_text())["keys"]["notice"]["kid"]
            one = request + notice + writing_one(hub, postgres, kid)
            many = notice + (request + writing_many(hub, postgres, kid, TOGETHER)) / TOGETHER
            hub.database.close()
    for name, value in (("computed", request + notice), ("single_pieces", one), ("batched_pieces", many)):
        figure(f"notice.{name}", value * 1e6, "us", value * 1e6)
    for name, value, pieces, share in (
        ("single_one_client", quiet, one, SINGLES),
        ("single_sixteen_clients", busy, one, SINGLES),
        ("batch_of_100", batched, many, BATCHED),
    ):
        figure(f"notice.{name}", value * 1e6, "us", pieces / share * 1e6)
        figure(f"notice.{name}_share", pieces / value, "ratio", share, at_most=False)


if __name__ == "__main__":
    main()
