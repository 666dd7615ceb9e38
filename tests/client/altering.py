"""The real hub on real HTTP, behind somebody who touches its next answers or cuts the line."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from werkzeug.serving import make_server

from exchange.app import make_app
from exchange.clock import now
from exchange.deps import Hub
from exchange.wire import httpsig
from exchange.wire.keys import PrivateKey
from exchange.wire.messages import Answer, Request


class Cut(ConnectionResetError):  # noqa: N818 -- it is what happens, not a fault of the code
    """The line is cut: the client sees a connection that ends without an answer."""


@dataclass
class Asked:
    """What the hub was asked: the request as it came, and `answer`, which asks the hub (once)."""

    request: Request
    answer: Callable[[], Answer] = field(repr=False)


@dataclass
class Between:
    """Serves the hub. `touches` are used up one a request, the first first; `requests` are those that came."""

    hub: Hub
    touches: list[Callable[[Asked], Answer]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._app = make_app(self.hub)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        fields = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
        fields |= {"content-type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
        request = Request(environ["REQUEST_METHOD"], self.hub.origin + environ["RAW_URI"], tuple(fields.items()), body)
        self.requests.append(request)
        asked = Asked(request, lambda: self._ask(environ))
        try:
            answer = self.touches.pop(0)(asked) if self.touches else asked.answer()
        except Cut:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # else the server waits for another request
            raise
        start_response(f"{answer.status} X", list(answer.headers))
        return [answer.body]

    def _ask(self, environ: dict[str, Any]) -> Answer:
        said: list[Any] = []
        body = b"".join(self._app(environ, lambda status, headers, *_: said.extend((status, headers))))  # type: ignore[arg-type]
        return Answer(int(said[0].split()[0]), tuple(said[1]), body)


@contextmanager
def serving(between: Between) -> Iterator[None]:
    """Serve where the hub says it is."""
    host, _, port = between.hub.origin.removeprefix("http://").rpartition(":")
    server = make_server(host, int(port), between, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def instead(asked: Asked, answer: Answer, key: PrivateKey) -> Answer:
    """An answer of any content, signed with `key` as the answer to this question."""
    bare = tuple((name, value) for name, value in answer.headers if name.lower() == "content-type")
    return httpsig.sign_answer(Answer(answer.status, bare, answer.body), asked.request, key, now())


def with_body(answer: Answer, body: bytes) -> Answer:
    """The answer with another body, its own length told."""
    headers = tuple((name, value) for name, value in answer.headers if name.lower() != "content-length")
    return Answer(answer.status, (*headers, ("Content-Length", str(len(body)))), body)
