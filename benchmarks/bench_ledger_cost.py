"""What the ledger costs of the CPU time of a notice that is accepted in batches of a hundred: at most 15 %.

Whole: as bench_notice.py counts it, the web process and PostgreSQL while batches are posted over HTTP, verification
included. The ledger's part, each piece measured apart and in turns, here and in PostgreSQL:

    computing   the root over the batch and its audit paths, salts, the hashes of both leaves
    receipts    place and path in each receipt, and the larger answer: made with and without, the difference
    rows        leaves, openings and the longer receipts: written with and without, the difference
    end         taking hold of the end of the ledger: the whole statement, although acceptance asks for more with it
    signer      its own CPU and PostgreSQL's for a second with the leaves of RATE notices: hashes, tiles, checkpoint

`accept_alone` is `accepting.accept` with everything checked before, as a measure beside the whole.
"""

import hashlib
import secrets
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_notice import TOGETHER, batches, each, one_notice, post_all, whole
from measuring import cpu_seconds, figure, own_cpu, with_children

from authorities import Office, enrolled
from builders import reader
from exchange import accepting, access, clock, deps
from exchange.accepting import Job, Outcome, Receipt
from exchange.checking import check
from exchange.deps import Hub, open_hub
from exchange.domain import merkle
from exchange.embedded.up import Exchange, Plan
from exchange.publishing import Log
from exchange.settings import load
from exchange.store import accepting as stored
from exchange.store import ledger
from exchange.store.accepting import Rows, b64
from exchange.store.ledger import LEDGER, Entries
from exchange.wire import statements
from exchange.wire.encoding import Json, b64encode, read_json, write_json
from exchange.wire.messages import Request

SHARE, ROUNDS, BATCHES, RATE = 0.15, 9, 20, 500
RECORD = statements.BATCH_RECORD.encode() + bytes(43)


def cpu(postgres: int) -> float:
    return own_cpu() + cpu_seconds(with_children(postgres))


def tell(outcomes: Sequence[Outcome]) -> bytes:
    return write_json({"outcomes": [{"status": 201, "receipt": o.jws} for o in outcomes if isinstance(o, Receipt)]})


def job(request: Request, hub: Hub) -> Job:
    """Return a batch with all its notices checked."""
    now = clock.now()
    caller = access.authenticate(request, hub, now)
    envelopes = read_json(request.body)["notices"]
    return Job(caller, [check(caller, envelope, hub, now) for envelope in envelopes], now, batch=True, tell=tell)


def accept_alone(hub: Hub, requests: Sequence[Request], postgres: int) -> float:
    """Return CPU seconds of one notice in `accepting.accept`. Exits when one was not accepted."""
    jobs = [job(request, hub) for request in requests]
    before = cpu(postgres)
    done = [accepting.accept(hub, one) for one in jobs]
    took = cpu(postgres) - before
    assert all(isinstance(o, Receipt) and not o.again for one in done for o in one.outcomes)
    return took / len(jobs) / TOGETHER


def difference(more: Callable[[], float], less: Callable[[], float]) -> float:
    """Return the median of `more() - less()` over rounds in which both take turns."""
    more(), less()
    return statistics.median(more() - less() for _ in range(ROUNDS))


def places(inputs: Sequence[bytes]) -> list[dict[str, Json]]:
    """Return what the ledger adds to each receipt of a batch."""
    ledger_entries = Entries(10**6)
    merkle.root(list(inputs))
    leaf = ledger_entries.add(RECORD, secrets.token_bytes(32))
    ledger_entries.add(RECORD, secrets.token_bytes(32))
    paths = merkle.paths(inputs)
    written = {node: b64encode(node) for node in {node for path in paths for node in path}}
    at: dict[str, Json] = {"index": leaf.index, "hash": b64encode(leaf.hash), "salt": b64encode(leaf.salt)}
    return [
        at | {"batch": {"position": n, "size": len(inputs), "path": [written[node] for node in path]}}
        for n, path in enumerate(paths)
    ]


@dataclass(frozen=True)
class Pieces:
    """The pieces of the ledger, in CPU seconds of a batch."""

    hub: Hub
    office: Office
    postgres: int

    def receipts(self, leaves: Sequence[dict[str, Json]] | None) -> list[str]:
        base: dict[str, Json] = {
            "iss": self.office.who.urn,
            "id": "00000000-0000-7000-8000-000000000000",
            "sha256": b64encode(bytes(32)),
            "state": "accepted",
            "received": 1_800_000_000,
        }
        members = [base] * TOGETHER if leaves is None else [base | {"leaf": leaf} for leaf in leaves]
        return [statements.state(statements.RECEIPT, one, self.hub.keys["receipt"]) for one in members]

    def answer(self, leaves: Sequence[dict[str, Json]] | None) -> Callable[[], float]:
        def work() -> bytes:
            body = tell([Receipt(jws, again=False) for jws in self.receipts(leaves)])
            return hashlib.sha256(body).digest()

        return lambda: each(work, 10)

    def rows(self, receipt: str, leaves: int) -> Callable[[], float]:
        kid = self.office.enrolment["keys"]["notice"]["kid"]
        opened = {"entry": b64(bytes(32)), "salt": b64(bytes(32)), "record": b64(RECORD)}

        def rows_of_a_batch() -> Rows:
            start = 10**9 + secrets.randbelow(9 * 10**8) * 1000  # twelve digits of an id at most
            many = [one_notice(start + n, kid) for n in range(TOGETHER)]
            return Rows(
                nonces=many[0].nonces,
                leaves=[{"index": -start - n, **opened} for n in range(leaves)],
                notices=[row | {"receipt": receipt} for rows in many for row in rows.notices],
                parts=[row for rows in many for row in rows.parts],
                promises=[row for rows in many for row in rows.promises],
            )

        def work() -> float:
            prepared = [rows_of_a_batch() for _ in range(10)]
            before = cpu(self.postgres)
            for rows in prepared:
                with self.hub.database.transaction() as tx:
                    stored.write(tx, rows, clock.now())
            return (cpu(self.postgres) - before) / len(prepared)

        return work

    def end(self) -> float:
        with self.hub.database.transaction() as tx:
            before = cpu(self.postgres)
            for _ in range(1000):
                tx.execute("SELECT ledger_end(%s)", (LEDGER,))
            return (cpu(self.postgres) - before) / 1000

    def signer(self, log: Log, leaves: int, times: int) -> float:
        """Return CPU seconds of one checkpoint over so many new leaves."""
        took = 0.0
        for _ in range(times):
            with self.hub.database.transaction() as tx:
                ledger.append(tx, clock.now(), [(RECORD, bytes(32))] * leaves)
            before = cpu(self.postgres)
            assert log.sign(clock.now())
            took += cpu(self.postgres) - before
        return took / times


def main() -> None:
    plan = Plan(only=("postgres", "hub-keys", "migrate", "web"))
    with tempfile.TemporaryDirectory() as folder, Exchange(Path(folder) / "var", plan) as exchange:
        running = exchange.start()
        settings = load(running.environment)
        hub = open_hub(settings, connections=2)
        office = Office(Path(folder) / "office", reader())
        enrolled(hub, office)
        postgres, origin = exchange.supervisor.pid("postgres") or 0, running.origin
        post_all(batches(office, origin, 3), 1)
        rounds = [whole(exchange, batches(office, origin, BATCHES // 4), 1) for _ in range(4)]
        notice = statistics.median(rounds) / (BATCHES // 4) / TOGETHER
        alone = statistics.median(accept_alone(hub, batches(office, origin, 5), postgres) for _ in range(4))
        log = Log(hub.database, deps.ledger_signer(settings))
        log.sign(clock.now())
        pieces, inputs = Pieces(hub, office, postgres), [secrets.token_bytes(400) for _ in range(TOGETHER)]
        second = pieces.signer(log, 2 * RATE // TOGETHER, 60)
        single = pieces.signer(log, 2 * RATE, 20)
        leaves = places(inputs)
        (long, *_), (short, *_) = pieces.receipts(leaves), pieces.receipts(None)
        costs = {
            "computing": each(lambda: places(inputs), 200),
            "receipts": difference(pieces.answer(leaves), pieces.answer(None)),
            "rows": difference(pieces.rows(long, 2), pieces.rows(short, 0)),
            "end": pieces.end(),
        }
        hub.database.close()
    report(notice, alone, {name: cost / TOGETHER for name, cost in costs.items()}, (second, single))


def report(notice: float, alone: float, costs: dict[str, float], signing: tuple[float, float]) -> None:
    second, single = signing
    costs = {**costs, "signer": second / RATE}
    figure("ledger_cost.batched_notice", notice * 1e6, "us", notice * 1e6)
    figure("ledger_cost.accept_alone", alone * 1e6, "us", notice * 1e6)
    for name, cost in costs.items():
        figure(f"ledger_cost.{name}", cost * 1e6, "us", SHARE * notice * 1e6)
    figure("ledger_cost.share", sum(costs.values()) / notice, "ratio", SHARE)
    figure("ledger_cost.signer_leaf_of_single_notices", single / (2 * RATE) * 1e6, "us", SHARE * notice * 1e6)


if __name__ == "__main__":
    main()
