"""How long one notice takes to be accepted at 200 a second on two cores, from the moment it was due to be sent.

Web and PostgreSQL run, the workers do not: what they do with a notice is measured by bench_alert.py. The load is open:
a notice is sent when it is due, whether or not the ones before are answered.
"""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from bench_notice import singles
from measuring import figure

from authorities import Office, enrolled
from builders import reader
from exchange import clock
from exchange.deps import open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.wire.messages import Request

RATE, SECONDS, THREADS = 200, 15, 24
TARGET = 0.050
WARM_UP = 300


def at_rate(requests: list[Request]) -> list[float]:
    """Send the requests RATE a second; return the seconds from due to answered of each."""
    took: list[float] = []
    here = threading.local()
    start = time.perf_counter() + 0.2

    def post(number: int) -> None:
        if not hasattr(here, "http"):
            here.http = httpx.Client(trust_env=False, timeout=60)
        due = start + number / RATE
        clock.pause(max(0.0, due - time.perf_counter()))
        request = requests[number]
        got = here.http.post(request.target_uri, headers=list(request.headers), content=request.body)
        took.append(time.perf_counter() - due)
        assert got.status_code == 201, got.text

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(post, range(len(requests))))
    return sorted(took)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(only=("postgres", "hub-keys", "migrate", "web"))
        with Exchange(Path(folder) / "var", plan) as exchange:
            running = exchange.start()
            hub = open_hub(load(running.environment), connections=2)
            office = Office(Path(folder) / "office", reader())
            enrolled(hub, office)
            at_rate(singles(office, running.origin, WARM_UP))
            took = at_rate(singles(office, running.origin, RATE * SECONDS))
            hub.database.close()
    figure("rate.p50_at_200", took[len(took) // 2], "s", TARGET)
    figure("rate.p99_at_200", took[len(took) * 99 // 100], "s", TARGET)
    figure("rate.slowest_at_200", took[-1], "s", TARGET)


if __name__ == "__main__":
    main()
