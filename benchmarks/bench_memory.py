"""Whether the web's memory stays flat: `bench_memory.py [requests]`, 20,000 unless told otherwise.

Issue 3 asks for a million: `PYTHONPATH=.:tests:benchmarks .venv/bin/python benchmarks/bench_memory.py 1000000`. Fresh
notices, batches and reads among many more requests that are refused: unsigned, stale, forged, malformed. Memory is what
the process holds of its own (Rss without shared pages); growth is over the second half of the requests, when pools and
caches are full.
"""

import http.client
import re
import secrets
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bench_notice import signed, singles
from measuring import figure, with_children

from authorities import Office, enrolled
from builders import reader
from exchange import clock
from exchange.client.line import BATCH, ENVELOPE
from exchange.deps import open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.wire import httpsig
from exchange.wire.messages import Request

USUAL, CHUNK, FRESH, CLIENTS = 20_000, 1_000, 30, 4
TARGET = 0.05
"""Growth as a share of what it held half way."""
READS = ("/v1/self", "/v1/inbox?after=0", "/v1/notices", "/v1/alerts", "/v1/schemas/hub")


def private_bytes(pids: list[int]) -> int:
    """Return the private memory of processes."""
    total = 0
    for pid in pids:
        found = re.findall(r"^Private_\w+:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += sum(map(int, found)) * 1024
    return total


def fresh(office: Office, origin: str) -> list[Request]:
    """Return FRESH single notices, a batch of as many, and reads."""
    made = singles(office, origin, FRESH)
    body = b'{"notices":[' + b",".join(one.body for one in singles(office, origin, FRESH)) + b"]}"
    made.append(signed(office, f"{origin}/v1/notices/batch", body, BATCH))
    key = office.folder.key("request")
    return made + [
        httpsig.sign_request(Request("GET", origin + read, (), b""), key, clock.now(), secrets.token_bytes(16))
        for read in READS
    ]


def refused(office: Office, origin: str) -> list[Request]:
    """Return requests that are refused however often they come."""
    key, target = office.folder.key("request"), f"{origin}/v1/notices"
    made = []
    for _ in range(50):
        body = secrets.token_bytes(secrets.randbelow(2000))
        request = Request("POST", target, (("content-type", ENVELOPE),), body)
        stale = httpsig.sign_request(request, key, clock.now() - timedelta(hours=1), secrets.token_bytes(16))
        live = httpsig.sign_request(request, key, clock.now(), secrets.token_bytes(16))
        made += [request, stale, Request("POST", f"{origin}/v1/queries", live.headers, body)]
    return made


def post_all(origin: str, requests: list[Request]) -> None:
    """Send requests over CLIENTS lines that stay open."""

    def post(some: list[Request]) -> None:
        line = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=60)
        for request in some:
            where = request.target_uri.removeprefix(origin)
            line.request(request.method, where, request.body or None, dict(request.headers))
            line.getresponse().read()
        line.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(post, [requests[number::CLIENTS] for number in range(CLIENTS)]))


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(only=("postgres", "hub-keys", "migrate", "web"))
        with Exchange(Path(folder) / "var", plan) as exchange:
            running = exchange.start()
            hub = open_hub(load(running.environment), connections=2)
            office = Office(Path(folder) / "office", reader())
            enrolled(hub, office)
            pids = with_children(exchange.supervisor.pid("web") or 0)
            never = refused(office, running.origin)
            before, sent = 0, 0
            while sent < wanted:
                some = fresh(office, running.origin)
                some += (never * (CHUNK // len(never) + 1))[: CHUNK - len(some)]
                post_all(running.origin, some)
                sent += len(some)
                if before == 0 and sent >= wanted / 2:
                    before = private_bytes(pids)
            after = private_bytes(pids)
            hub.database.close()
    figure("memory.web_after", after / 2**20, "MiB", before * (1 + TARGET) / 2**20)
    figure("memory.web_growth", after / before - 1, "ratio", TARGET)
    figure("memory.requests", sent, "requests", wanted, at_most=False)


if __name__ == "__main__":
    main()
