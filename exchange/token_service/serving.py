"""The token service over HTTP, on loopback: `POST /v1/evaluations` and `GET /v1/keysets`.

What the network sees, TLS above all, is for a proxy in front to say. An evaluation proves itself under the keyset's
public key, which authorities pinned, so answers are not signed.
"""

import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from exchange import logs
from exchange.domain.errors import Refusal
from exchange.token_service.evaluating import Service
from exchange.wire.encoding import Json, write_json
from exchange.wire.messages import Request

EVALUATIONS: Final = "/v1/evaluations"
KEYSETS: Final = "/v1/keysets"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
LARGEST: Final = 128 * 1024
"""Bytes of a body: a batch of the largest size fits."""
STATUS: Final = {
    "bad-json": 400, "bad-schema": 400, "wrong-digest": 400, "headers-too-large": 431, "too-large": 413,
    "member-suspended": 403, "not-found": 404, "keyset-not-active": 409, "too-many": 429,
    "bad-token-service": 503, "internal": 500,
}  # fmt: skip
"""Every other refusal is one of the signature: 401."""
_PATIENCE: Final = 30.0
"""Seconds that a connection may be silent."""
_LONGEST_NUMBER: Final = 9


class Server(ThreadingHTTPServer):
    """The service at an address. `serve_forever` serves, `shutdown` from another thread ends it."""

    daemon_threads = True

    def __init__(self, service: Service) -> None:
        """Listen; port 0 takes any that is free."""
        self.service = service
        super().__init__(service.config.bind, _Handler)

    def handle_error(self, *_: object) -> None:
        """Note that a connection broke; there is nobody left to answer."""
        logs.log().info("token service lost a connection", error=sys.exception())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer leaves as one
    server: Server

    def do_GET(self) -> None:
        """Answer which keysets there are."""
        if {"Content-Length", "Transfer-Encoding"} & {name.title() for name in self.headers}:
            self.close_connection = True  # a body is not read: it must not be taken for the next request of another
        if self.path != KEYSETS:
            self._refuse(Refusal("not-found", "There is nothing here."))
        else:
            self._done(self.server.service.keysets)

    def do_POST(self) -> None:
        """Answer a batch."""
        body = self._body()
        if body is None:
            self.close_connection = True  # what follows on the line is not known
            self._refuse(Refusal("too-large", f"A body of a stated length, at most {LARGEST} bytes, is needed."))
        elif self.path != EVALUATIONS:
            self._refuse(Refusal("not-found", "There is nothing here."))
        else:
            origin = self.server.service.config.origin
            request = Request("POST", origin + self.path, tuple(self.headers.items()), body)
            self._done(lambda: self.server.service.evaluate(request))

    def _done(self, act: Callable[[], dict[str, Json]]) -> None:
        try:
            self._answer(HTTPStatus.OK, act(), JSON)
        except Refusal as refusal:
            self._refuse(refusal)
        except Exception as error:  # noqa: BLE001 -- a fault is told as quietly as it can be
            logs.log().error("token service failed", error=error)
            self._refuse(Refusal("internal", "Something failed inside the service. Nothing was evaluated."))

    def _refuse(self, refusal: Refusal) -> None:
        told: dict[str, Json] = {"code": refusal.code, "detail": refusal.detail}
        told |= {name: more for name, more in refusal.more.items() if isinstance(more, str | int)}
        self._answer(STATUS.get(refusal.code, HTTPStatus.UNAUTHORIZED), told, PROBLEM)

    def _body(self) -> bytes | None:
        told = ",".join(self.headers.get_all("Content-Length", []))  # of two lengths another reader may take the other
        is_number = told.isascii() and told.isdecimal() and len(told) <= _LONGEST_NUMBER
        if "Transfer-Encoding" in self.headers or not is_number or int(told) > LARGEST:
            return None
        raw = self.rfile.read(int(told))
        return raw if len(raw) == int(told) else None

    def _answer(self, status: int, told: dict[str, Json], media_type: str) -> None:
        data = write_json(told)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is the library's
        """Say nothing on the terminal."""
