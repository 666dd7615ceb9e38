"""Stands in for the exchange's own processes: `python stand_in.py NAME`. Uses the standard library alone."""

import http.server
import os
import signal
import socket
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CONNECTS = {
    "relay": "ASYLUM_EXCHANGE_DATABASE_URL",
    "worker": "ASYLUM_EXCHANGE_REDIS_URL",
    "signer": "ASYLUM_EXCHANGE_DATABASE_URL",
    "cosigner": "ASYLUM_EXCHANGE_DATABASE_URL",
}


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    sys.exit(0)


def connection(name: str) -> AbstractContextManager[Any]:
    if name not in CONNECTS or "STAND_IN_IS_ALONE" in os.environ:
        return nullcontext()
    url = urlsplit(os.environ[CONNECTS[name]])
    return socket.create_connection((url.hostname, url.port))


def main(name: str) -> None:
    with Path("starts").open("a", encoding="ascii") as lines:
        lines.write(f"{name}\n")
    if name == "hub-keys":
        Path(os.environ["ASYLUM_EXCHANGE_SECRETS"]).mkdir(exist_ok=True)
    if name == os.environ.get("STAND_IN_FAILS"):
        sys.exit("a reason in words")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if name == "web":
        host, port = os.environ["ASYLUM_EXCHANGE_BIND"].split(":")
        http.server.HTTPServer((host, int(port)), Web).serve_forever()
    if name == "worker":  # has children, as Celery's does
        child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        signal.signal(signal.SIGTERM, lambda *_: end(child))
    with connection(name):
        if name == os.environ.get("STAND_IN_IS_DEAF"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while name in {"relay", "worker", "beat", "signer", "cosigner"}:
            signal.pause()


main(sys.argv[1])
