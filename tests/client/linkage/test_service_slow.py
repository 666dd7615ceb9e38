"""A token service that answers slowly, without end or packed badly holds up no notice."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from voprf import ristretto

from exchange.client.linkage.keys import MatchKey
from exchange.client.linkage.service import LARGEST, Pinned, ServiceKeying
from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.encoding import b64encode

KEYS = [MatchKey("C2D", "invented|1")]
PUBLIC = b64encode(ristretto.Evaluator.from_seed(bytes(32), b"k1").public_key.serialize())
Say = Callable[[BaseHTTPRequestHandler, threading.Event], None]


def pinned(origin: str) -> Pinned:
    return Pinned(origin, "k1", PUBLIC, bytes(32), bytes(32))


@contextmanager
def saying(say: Say) -> Iterator[str]:
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.close_connection = True
            try:
                say(self, over)
            except OSError:
                self.log_message("the other side is gone")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def dripping_head(to: BaseHTTPRequestHandler, over: threading.Event) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not over.wait(0.05):
        to.wfile.write(b"x")


def dripping_body(to: BaseHTTPRequestHandler, over: threading.Event) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.wait(0.05):
        to.wfile.write(b" ")


def endless(to: BaseHTTPRequestHandler, over: threading.Event) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.is_set():
        to.wfile.write(b" " * LARGEST)


def packed(to: BaseHTTPRequestHandler, _: threading.Event) -> None:
    data = gzip.compress(b" " * (1 << 26))
    to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(data) + data)


def badly_packed(to: BaseHTTPRequestHandler, _: threading.Event) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nxxxx")


def elsewhere(to: BaseHTTPRequestHandler, _: threading.Event) -> None:
    to.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("say", [dripping_head, dripping_body, endless, packed, badly_packed, elsewhere])
def test_a_service_that_gives_no_answer_in_time_or_in_measure_is_down(say: Say) -> None:
    with (
        saying(say) as origin,
        ServiceKeying(pinned(origin), keys.generate("request"), longest=0.5) as keying,
        pytest.raises(Refusal) as found,
    ):
        keying.tokens(KEYS)
    assert found.value.code == "token-service-down"


@pytest.mark.parametrize(
    "origin", ["", "nothing", "ftp://x", "http://[bad", "https://x/y", "https://x?y", "https://a@x", "https://x y"]
)
def test_an_origin_that_is_none_is_refused_when_it_is_pinned(origin: str) -> None:
    with pytest.raises(Refusal) as found:
        ServiceKeying(pinned(origin), keys.generate("request"))
    assert found.value.code == "bad-keying"


def test_a_port_that_there_is_not_is_as_good_as_a_service_that_is_down() -> None:
    with (
        ServiceKeying(pinned("http://127.0.0.1:99999"), keys.generate("request")) as keying,
        pytest.raises(Refusal) as found,
    ):
        keying.tokens(KEYS)
    assert found.value.code == "token-service-down"
