"""A witness over HTTP: `POST /add-checkpoint`, on loopback. What the network sees is for a proxy in front to say."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from exchange import logs
from exchange.domain.errors import Refusal
from exchange.wire.signed_note import MAX_BYTES
from exchange.witness.deciding import TEXT, Turned
from exchange.witness.keeping import Witness

PATH: Final = "/add-checkpoint"
_PATIENCE: Final = 30.0
"""Seconds that a connection may be silent."""


class Server(ThreadingHTTPServer):
    """The witness at an address. `serve_forever` serves, `shutdown` from another thread ends it."""

    daemon_threads = True

    def __init__(self, witness: Witness, bind: tuple[str, int]) -> None:
        """Listen; port 0 takes any that is free."""
        self.witness = witness
        super().__init__(bind, _Handler)

    def handle_error(self, *_: object) -> None:
        """Note that a connection broke; there is nobody left to answer."""
        logs.log().info("witness lost a connection", error=sys.exception())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    server: Server

    def do_POST(self) -> None:
        """Answer a request to cosign."""
        raw = self._body()
        if raw is None:
            self.close_connection = True  # what follows on the line is not known
            self._answer(400, "a body of a stated length, and not too long, is needed\n")
        elif self.path != PATH:
            self._answer(404, "there is nothing here\n")
        else:
            self._cosign(raw)

    def _cosign(self, raw: bytes) -> None:
        try:
            self._answer(200, self.server.witness.add_checkpoint(raw))
        except Turned as turned:
            self._answer(turned.status, turned.body, turned.media_type)
        except (Refusal, OSError) as error:
            logs.log().warning("witness cannot keep its state", error=error)
            self._answer(500, "the witness cannot keep its state, and signs nothing\n")

    def _body(self) -> bytes | None:
        told = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not told.isascii() or not told.isdecimal() or len(told) > 9:  # noqa: PLR2004 -- digits of a number that fits anywhere
            return None
        if int(told) > MAX_BYTES:
            return None
        raw = self.rfile.read(int(told))
        return raw if len(raw) == int(told) else None

    def _answer(self, status: int, body: str, media_type: str = TEXT) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is the library's
        """Say nothing on the terminal."""
