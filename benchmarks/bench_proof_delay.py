"""Seconds from a receipt in hand to the first moment when its leaf can be proven, at 500 notices a second.

Web, signer and PostgreSQL run as processes of their own; batches of a hundred are sent when they are due, whether or
not the ones before are answered. A leaf can be proven when the published checkpoint covers it: it is asked for over
HTTP every PAUSE seconds, which is part of the figure. Both leaves of a batch count, that of its notices and that of its
answer. At the end the proof of every batch is fetched and checked under the key of the ledger. Exits 1 when a notice
was refused, no checkpoint comes, or a proof does not hold.
"""

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from bench_notice import TOGETHER, batches, post_all
from measuring import figure

from authorities import Office, enrolled
from builders import reader
from exchange import clock
from exchange.deps import open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.wire import httpsig, tlog
from exchange.wire.encoding import b64decode
from exchange.wire.messages import Request
from exchange.wire.signed_note import read_vkey

RATE, SECONDS, THREADS = 500, 20, 8
PAUSE = 0.02
TARGET, PATIENCE = 2.0, 60.0
SPREAD = 0.618
"""Moves each batch within its time, so that they meet the signer's second at every point of it."""
HELD = 0.98
"""Share of RATE that must have been answered, for the delays to be those of that rate."""


@dataclass(frozen=True)
class Taken:
    """A batch that was accepted: when its answer was there, and the place and hash of its leaf."""

    at: float
    index: int
    hash: bytes


class Watch:
    """What the published checkpoint covers, and since when."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._stop = threading.Event()
        self.seen: list[tuple[float, int]] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _run(self) -> None:
        with httpx.Client(trust_env=False, timeout=60) as http:
            while not self._stop.wait(PAUSE):
                size = int(http.get(f"{self._origin}/ledger/checkpoint").text.split("\n")[1])
                if not self.seen or self.seen[-1][1] < size:
                    self.seen.append((time.perf_counter(), size))

    def covers(self, index: int) -> float | None:
        """Return since when a leaf is covered, if it is."""
        return next((at for at, size in self.seen if size > index), None)

    def wait_for(self, index: int) -> None:
        """Wait until a leaf is covered. Fails when the signer stands still."""
        given_up = time.perf_counter() + PATIENCE
        while self.covers(index) is None:
            assert time.perf_counter() < given_up, f"no checkpoint covers the leaf {index}"
            clock.pause(PAUSE)


def taken(got: httpx.Response) -> Taken:
    """Return what the answer to a batch says. Fails when a notice was refused, or two say different leaves."""
    at, outcomes = time.perf_counter(), got.json()["outcomes"]
    assert {one["status"] for one in outcomes} == {201}, got.text
    leaves = [json.loads(b64decode(one["receipt"].split(".")[1]))["leaf"] for one in outcomes]
    assert len({leaf["index"] for leaf in leaves}) == 1
    return Taken(at, leaves[0]["index"], b64decode(leaves[0]["hash"]))


def at_rate(requests: Sequence[Request]) -> tuple[float, list[Taken]]:
    """Send the batches when they are due; return the notices answered a second, and what became of each batch."""
    here = threading.local()
    start = time.perf_counter() + 0.2

    def post(number: int) -> Taken:
        if not hasattr(here, "http"):
            here.http = httpx.Client(trust_env=False, timeout=60)
        due = start + (number + number * SPREAD % 1) * TOGETHER / RATE
        clock.pause(max(0.0, due - time.perf_counter()))
        request = requests[number]
        return taken(here.http.post(request.target_uri, headers=list(request.headers), content=request.body))

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(post, range(len(requests))))
    return len(requests) * TOGETHER / (max(one.at for one in found) - start), found


def check_proofs(office: Office, origin: str, vkey: str, found: Sequence[Taken]) -> None:
    """Fetch and check the proof of each batch. Fails when one does not hold."""
    log = read_vkey(vkey)
    with httpx.Client(trust_env=False, timeout=60) as http:
        for one in found:
            asked = Request("GET", f"{origin}/v1/ledger/proof/{one.index}", (), b"")
            signed = httpsig.sign_request(asked, office.folder.key("request"), clock.now(), os.urandom(16))
            proof = tlog.read_proof(http.get(signed.target_uri, headers=list(signed.headers)).content)
            assert proof.index == one.index
            tlog.check_inclusion(proof, one.hash, log)


def main() -> None:
    plan = Plan(only=("postgres", "hub-keys", "migrate", "web", "signer"))
    with tempfile.TemporaryDirectory() as folder, Exchange(Path(folder) / "var", plan) as exchange:
        running = exchange.start()
        hub = open_hub(load(running.environment), connections=1)
        office = Office(Path(folder) / "office", reader())
        enrolled(hub, office)
        hub.database.close()
        post_all(batches(office, running.origin, 3), 1)
        requests = batches(office, running.origin, RATE * SECONDS // TOGETHER)
        watch = Watch(running.origin)
        with watch.watching():
            rate, found = at_rate(requests)
            watch.wait_for(max(one.index for one in found) + 1)
        check_proofs(office, running.origin, hub.ledger_vkey, found)
    # the leaf of the answer stands behind that of the notices
    delays = sorted((watch.covers(one.index + 1) or 0.0) - one.at for one in found)
    figure("proof_delay.rate", rate, "1/s", HELD * RATE, at_most=False)
    figure("proof_delay.median", statistics.median(delays), "s", TARGET)
    figure("proof_delay.p99", delays[len(delays) * 99 // 100], "s", TARGET)
    figure("proof_delay.slowest", delays[-1], "s", TARGET)


if __name__ == "__main__":
    main()
