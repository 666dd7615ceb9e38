"""A witness whose faults can be switched on: it answers over a bare socket, so it may answer what no server would."""

import contextlib
import socket
import threading
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.wire import tlog
from exchange.wire.signed_note import COSIGNATURE, NoteKey, NoteSigner, cosign, open_note, sign

TIME = 1_795_420_114


class FakeWitness:
    """Cosigns whatever it is sent, unless `fault` names what it does instead. Close it."""

    def __init__(self, log: NoteKey, name: str = "fake.example/w9") -> None:
        self.log, self.fault = log, ""
        self.signer = NoteSigner(name, Ed25519PrivateKey.generate(), COSIGNATURE)
        self.key = self.signer.public
        self.meanwhile: Callable[[], int] = lambda: 0
        """What happens before the fault `it has seen more` tells the size that this returns."""
        self.asked = 0
        self.at_once, self.most_at_once = 0, 0
        self.sent = threading.Event()
        """Set when a fault that never ends has begun."""
        self._over = threading.Event()
        self._count = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        if self._over.is_set():
            return
        self._over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=(line,)))
            self._threads[-1].start()

    def _serve(self, line: socket.socket) -> None:
        with self._count:
            self.asked += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        with line, contextlib.suppress(OSError):
            self._answer(line, _body(line))
        with self._count:
            self.at_once -= 1

    def _answer(self, line: socket.socket, body: bytes) -> None:
        note = open_note(tlog.read_asked(body).checkpoint, [self.log])
        good = cosign(note, self.signer, TIME).encode()
        stranger = NoteSigner(self.signer.name, Ed25519PrivateKey.generate(), COSIGNATURE)
        changed = open_note(tlog.Checkpoint("o", 1, bytes(32)).signed(_LOG), [_LOG.public])
        longer = open_note(sign(f"{note.text}\nmore\n", _LOG), [_LOG.public])
        key_id = good.split()[2][:8]
        answers: dict[str, Callable[[], None]] = {
            "": lambda: line.sendall(_http(good)),
            "garbage": lambda: line.sendall(b"\x00\xff" * 500),
            "garbage in http": lambda: line.sendall(_http(b"\x00\xff" * 500)),
            "an empty answer": lambda: line.sendall(_http(b"")),
            "another key": lambda: line.sendall(_http(cosign(note, stranger, TIME).encode())),
            "another text": lambda: line.sendall(_http(cosign(changed, self.signer, TIME).encode())),
            "a longer text": lambda: line.sendall(_http(f"more\n\n{cosign(longer, self.signer, TIME)}".encode())),
            "the line and a text": lambda: line.sendall(_http(good + b"\n" + good)),
            "a plain signature": lambda: line.sendall(
                _http(b"\xe2\x80\x94 " + good.split()[1] + b" " + key_id + b"\n")
            ),
            "no length that holds": lambda: line.sendall(_http(good, length=len(good) + 1)),
            "a redirection": lambda: line.sendall(
                b"HTTP/1.1 302 Found\r\nLocation: /add-checkpoint\r\nContent-Length: 0\r\n\r\n"
            ),
            "a fork": lambda: line.sendall(_http(b"not continued\n", "422 Unprocessable Content")),
            "an absurd size": lambda: line.sendall(_http(b"9" * 400 + b"\n", "409 Conflict")),
            "a size again and again": lambda: line.sendall(_http(b"1\n", "409 Conflict")),
            "it has seen more": lambda: line.sendall(_http(f"{self.meanwhile()}\n".encode(), "409 Conflict")),
            "megabytes": lambda: self._endless(line, b"x" * 65_536, 0),
            "silence": lambda: self._endless(line, b"", 0.02),
            "a trickle of a head": lambda: self._endless(line, b"a", 0.02, b"HTTP/1.1 200 OK\r\nX-Slow: "),
            "a trickle of a body": lambda: self._endless(line, b"a", 0.02, b"HTTP/1.1 200 OK\r\n\r\n"),
        }
        answers[self.fault]()

    def _endless(
        self, line: socket.socket, piece: bytes, pause: float, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n"
    ) -> None:
        """Send pieces until the asker leaves; a silent witness sends nothing at all."""
        line.sendall(head if piece else b"")
        self.sent.set()
        while not self._over.wait(pause):
            if piece:
                line.sendall(piece)
            elif _has_left(line):
                return


FAULTS = {
    "garbage": "no-answer",
    "garbage in http": "bad-note",
    "an empty answer": "bad-note",
    "another key": "unknown-note-key",
    "another text": "bad-note-signature-line",
    "a longer text": "bad-note",
    "the line and a text": "bad-note-signature-line",
    "a plain signature": "bad-note-signature-line",
    "no length that holds": "no-answer",
    "a redirection": "witness-refused",
    "an absurd size": "witness-refused",
    "a size again and again": "witness-refused",
    "megabytes": "bad-note",
    "silence": "no-answer",
    "a trickle of a head": "no-answer",
    "a trickle of a body": "no-answer",
}
"""What it does wrong, and the code of it in the hub's log."""
_LOG = NoteSigner("o", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\7"))


def _http(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode() + body


def _body(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += line.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    (length,) = (int(one.split(b":")[1]) for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:"))
    while len(body) < length:
        body += line.recv(65_536)
    return body


def _has_left(line: socket.socket) -> bool:
    line.settimeout(0)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
