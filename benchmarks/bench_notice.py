"""CPU time of one accepted notice beside the pieces of which nothing can be left out, measured in one run.

Whole: the web process and PostgreSQL, while one client posts single notices over HTTP. Pieces: the two signature
verifications, the digest, the parse, the schemas, and the rows and leaves really written, in one transaction.
"""

import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx
from measuring import cpu_seconds, figure, own_cpu, with_children

from authorities import Office
from builders import reader
from exchange import clock, officers
from exchange.client.speaker import ENVELOPE
from exchange.deps import Hub, open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.wire import httpsig, sdjwt
from exchange.wire.encoding import read_json
from exchange.wire.messages import Request, digest_of
from schemas.parts import EVENT, FACTS, HUB

COUNT, WARM_UP = 1000, 100
TARGET = 4.0


def signed(office: Office, target: str) -> Request:
    body = office.sign(office.parts(person=secrets.token_hex(4)), ex=office.folder.hub["ex"])
    request = Request("POST", target, (("content-type", ENVELOPE),), body)
    return httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))


def post_all(requests: list[Request]) -> None:
    with httpx.Client(trust_env=False) as http:
        for request in requests:
            got = http.post(request.target_uri, headers=list(request.headers), content=request.body)
            assert got.status_code == 201, got.text


def whole(exchange: Exchange, office: Office) -> float:
    """Return CPU seconds of one notice in the web process and PostgreSQL."""
    target = exchange.running.origin + "/v1/notices"
    post_all([signed(office, target) for _ in range(WARM_UP)])
    requests = [signed(office, target) for _ in range(COUNT)]
    pids = [p for name in ("web", "postgres") for p in with_children(exchange.supervisor.pid(name) or 0)]
    before = cpu_seconds(pids)
    post_all(requests)
    return (cpu_seconds(pids) - before) / COUNT


def each(work: Callable[[], object], times: int = 2000) -> float:
    """Return CPU seconds of one call, here."""
    work()
    before = own_cpu()
    for _ in range(times):
        work()
    return (own_cpu() - before) / times


def computing(office: Office) -> float:
    """Return CPU seconds of what is computed for a notice: verifications, digest, parse, schemas."""
    body = office.sign(office.parts(person="one"), ex="x")
    text = read_json(body)["notice"]
    unverified = sdjwt.read(text)
    key = office.folder.key("notice").public
    notice = sdjwt.verify(unverified, key, "x")
    parts = notice.parts
    verify = each(lambda: key.verify(unverified.signed.signature, notice.signing_input))
    parse = each(lambda: (read_json(body), [sdjwt.disclosed(d) for d in notice.disclosures.values()]))
    load = each(lambda: (HUB.load(parts["hub"]), EVENT.load(parts["event"]), FACTS["encounter"].load(parts["facts"])))
    return 2 * verify + each(lambda: digest_of(body)) + parse + load


ROWS = (
    ("INSERT INTO nonce VALUES (%s, %s, now())", ("k", "{n}")),
    ("INSERT INTO leaf VALUES (%s, %s, now())", (-1, b"x" * 32)),
    ("INSERT INTO leaf VALUES (%s, %s, now())", (-2, b"x" * 32)),
    ("INSERT INTO opening VALUES (%s, %s, %s)", (-1, b"x" * 32, b"x" * 700)),
    ("INSERT INTO opening VALUES (%s, %s, %s)", (-2, b"x" * 32, b"x" * 500)),
    ("INSERT INTO part VALUES (1, %s, %s)", ("hub{n}", "x" * 900)),
    ("INSERT INTO part VALUES (1, %s, %s)", ("event{n}", "x" * 250)),
    ("INSERT INTO part VALUES (1, %s, %s)", ("facts{n}", "x" * 400)),
    ("INSERT INTO outbox (step, subject, cause, promised_at) VALUES ('bench', 1, %s, now())", ("{n}",)),
)
"""The rows of one notice, written in the cheapest way there is for one: a pipeline, one commit, nothing read.

The rows of `notice` and `receipt` are left out, so the sum is rather too small than too large.
"""


def writing(hub: Hub, postgres: int) -> float:
    """Return CPU seconds, here and in PostgreSQL, of the rows and leaves of one notice in one transaction."""
    before = own_cpu() + cpu_seconds(with_children(postgres))
    for number in range(COUNT):
        with hub.database.transaction() as tx, tx.pipeline():
            for sql, values in ROWS:
                row = (
                    v.format(n=number) if isinstance(v, str) else v - 2 * number if isinstance(v, int) else v
                    for v in values
                )
                tx.execute(sql, tuple(row))
    return (own_cpu() + cpu_seconds(with_children(postgres)) - before) / COUNT


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(only=("postgres", "hub-keys", "migrate", "web"))
        with Exchange(Path(folder) / "var", plan) as exchange:
            running = exchange.start()
            hub = open_hub(load(running.environment), connections=2)
            office = Office(Path(folder) / "office", reader())
            officers.enrol(hub, officers.read_enrolment(office.enrolment), clock.now())
            office.folder.pin(officers.introduction(hub))
            one = whole(exchange, office)
            pieces = computing(office) + writing(hub, exchange.supervisor.pid("postgres") or 0)
            hub.database.close()
    figure("notice.cpu", one * 1e6, "us", TARGET * pieces * 1e6)
    figure("notice.pieces", pieces * 1e6, "us", pieces * 1e6)
    figure("notice.cpu_over_pieces", one / pieces, "ratio", TARGET)


if __name__ == "__main__":
    main()
