"""Whether the web's memory stays flat: `bench_memory.py [requests]`, 20,000 unless told otherwise.

Issue 3 asks for a million: `PYTHONPATH=.:tests:benchmarks .venv/bin/python benchmarks/bench_memory.py 1000000`. Mixed
requests: notices, batches, refusals, reads, forged signatures. Memory is what the process holds of its own (Rss without
shared pages); growth is over the second half of the requests, when pools and caches are full.
"""

import re
import secrets
import sys
import tempfile
from pathlib import Path

import httpx
from bench_notice import batches, signed, singles
from measuring import figure, with_children

from authorities import Office
from builders import reader
from exchange import clock, officers
from exchange.client.line import ENVELOPE
from exchange.deps import open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.wire import httpsig
from exchange.wire.messages import Request

USUAL, CHUNK = 20_000, 100
TARGET = 0.05
"""Growth as a share of what it held half way."""


def private_bytes(pids: list[int]) -> int:
    """Return the private memory of processes."""
    total = 0
    for pid in pids:
        found = re.findall(r"^Private_\w+:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += sum(map(int, found)) * 1024
    return total


def mixed(office: Office, origin: str) -> list[Request]:
    """Return CHUNK requests of every sort."""
    made = singles(office, origin, CHUNK - 40)
    made += batches(office, origin, 1)
    made += [signed(office, f"{origin}/v1/notices", secrets.token_bytes(200), ENVELOPE) for _ in range(19)]
    for target in ("/v1/self", "/v1/inbox?after=0", "/v1/notices", "/v1/alerts", "/v1/quarantine?after=999999"):
        request = Request("GET", origin + target, (), b"")
        for _ in range(2):
            made.append(
                httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
            )
            made.append(Request("GET", origin + target + "&forged=1", made[-1].headers, b""))
    return made


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(only=("postgres", "hub-keys", "migrate", "web"))
        with Exchange(Path(folder) / "var", plan) as exchange, httpx.Client(trust_env=False, timeout=60) as http:
            running = exchange.start()
            hub = open_hub(load(running.environment), connections=2)
            office = Office(Path(folder) / "office", reader())
            officers.enrol(hub, officers.read_enrolment(office.enrolment), clock.now())
            office.folder.pin(officers.introduction(hub))
            pids = with_children(exchange.supervisor.pid("web") or 0)
            before, sent = 0, 0
            while sent < wanted:
                for request in mixed(office, running.origin):
                    http.request(
                        request.method, request.target_uri, headers=list(request.headers), content=request.body or None
                    )
                    sent += 1
                if before == 0 and sent >= wanted / 2:
                    before = private_bytes(pids)
            after = private_bytes(pids)
            hub.database.close()
    figure("memory.web_after", after / 2**20, "MiB", before * (1 + TARGET) / 2**20)
    figure("memory.web_growth", after / before - 1, "ratio", TARGET)
    figure("memory.requests", sent, "requests", wanted, at_most=False)


if __name__ == "__main__":
    main()
