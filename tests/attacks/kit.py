"""What the attacks share: two web processes on one database, authorities on them, requests sent byte for byte."""

import http.client
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from authorities import Office, enrolled
from builders import reader
from exchange import clock
from exchange.client.line import BATCH, ENVELOPE, JOSE, JSON
from exchange.deps import Hub
from exchange.store.session import rows
from exchange.wire import httpsig, jws, keys
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64encode, write_json
from exchange.wire.messages import Answer, Request, digest_of

ORIGIN = "https://exchange.test"
"""What authorities sign for, as if a proxy stood before the web; nothing is looked up under this name."""
HOST = "exchange.test"
EX = "test-exchange"
THREADS = 8
MEDIA = {
    "/v1/notices": ENVELOPE,
    "/v1/notices/batch": BATCH,
    "/v1/queries": JOSE,
    "/v1/acknowledgements": JOSE,
}
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Said:
    """An answer: its status, the code of a refusal, its body; `signed` says that the hub's signature was verified."""

    status: int
    code: str
    body: bytes = field(repr=False)
    signed: bool = True

    @property
    def verdict(self) -> tuple[int, str]:
        return self.status, self.code

    @property
    def outcomes(self) -> list[tuple[int, str]]:
        found = json.loads(self.body)["outcomes"]
        return [(one["status"], one.get("problem", {}).get("code", "")) for one in found]


@dataclass
class Webs:
    """Two workers: web processes of their own on one database. `hub` is the test's own way to that database."""

    hub: Hub
    ports: tuple[int, int]
    folder: Path
    offices: list[Office] = field(default_factory=list)

    def enrol(self, kind: str = "border_guard", state: str = "SVK", alg: str = "Ed25519") -> Office:
        """An authority that nobody had before: the database is shared by all attacks."""
        slug = f"office-{len(self.offices)}"
        office = Office(self.folder / slug, reader(slug, kind, state), alg)
        enrolled(self.hub, office)
        self.offices.append(office)
        return office

    def send(self, request: Request, worker: int = 0, **how: Any) -> Said:
        """Send a request as it is to a worker; see `sent` for what may be done to it on the way."""
        return sent(self.ports[worker], request, self.hub, **how)

    def post(self, office: Office, path: str, body: bytes, **how: Any) -> Said:
        return self.send(signed(office, path, body, method="POST"), **how)

    def counts(self, office: Office) -> dict[str, int]:
        """What is stored of an authority: notices, refusals, nonces that were spent; and all leaves."""
        by_slug = {t: f"SELECT count(*) FROM {t} WHERE slug = %(slug)s" for t in ("notice", "refusal")}  # noqa: S608
        asked = by_slug | {
            "nonce": "SELECT count(*) FROM nonce JOIN authority_key USING (kid) WHERE slug = %(slug)s",
            "leaf": "SELECT count(*) FROM leaf WHERE %(slug)s <> ''",
        }
        with self.hub.database.transaction() as tx:
            return {name: rows(tx, sql, {"slug": office.who.slug})[0][0] for name, sql in asked.items()}


def signed(office: Office, path: str, body: bytes = b"", **how: Any) -> Request:
    """A request signed as the profile asks. Keywords: `key`, `nonce`, `media`, `created`, `method`."""
    method = how.get("method", "POST" if body else "GET")
    fields = () if method == "GET" and not body else (("content-type", how.get("media", MEDIA.get(path, JSON))),)
    request = Request(method, ORIGIN + path, fields, body)
    key, nonce = how.get("key") or office.folder.key("request"), how.get("nonce") or secrets.token_bytes(16)
    return httpsig.sign_request(request, key, how.get("created") or clock.now(), nonce)


def sent(port: int, request: Request, hub: Hub, **how: Any) -> Said:
    """Send a request and verify the hub's signature of the answer.

    `target` stands on the request line instead of the one that was signed, `arrives` is how the server hands it on;
    `extra` fields are added, `host` and `length` replace what a client would say.
    """
    target = how.get("target", request.target_uri.removeprefix(ORIGIN))
    headers = (*request.headers, *how.get("extra", ()))
    given = [f"{request.method} {target} HTTP/1.1", f"Host: {how.get('host', HOST)}", "Connection: close"]
    given += [f"{name}: {value}" for name, value in headers]
    if request.body or request.method != "GET":
        given.append(f"Content-Length: {how.get('length', len(request.body))}")
    (answer,) = spoken(port, "\r\n".join([*given, "", ""]).encode("latin-1") + request.body)
    came = Request(request.method, ORIGIN + how.get("arrives", target), headers, request.body)
    return judged(answer, came, hub)


def judged(answer: Answer, request: Request, hub: Hub) -> Said:
    """What an answer says; one that bears a signature must bear the right one."""
    is_signed = answer.header("signature") is not None
    if is_signed:
        httpsig.verify_answer(answer, request, hub.keys["answer"].public)
    is_problem = answer.header("content-type") == "application/problem+json"
    return Said(answer.status, json.loads(answer.body)["code"] if is_problem else "", answer.body, is_signed)


def spoken(port: int, data: bytes, *, half_close: bool = False) -> list[Answer]:
    """Say these bytes to a worker and return every answer that comes before it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        with suppress(BrokenPipeError, ConnectionResetError):  # it answers before all is said, and listens no more
            line.sendall(data)
        if half_close:
            line.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := line.recv(65536):
            heard += piece
    return list(_answers(heard, data.partition(b" ")[0].decode()))


class _Heard:
    """Bytes as a socket, for the parser of the standard library."""

    def __init__(self, data: bytes) -> None:
        self.file = _Unclosed(data)

    def makefile(self, *_: object, **__: object) -> "_Unclosed":
        return self.file


class _Unclosed:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def readline(self, limit: int = -1) -> bytes:
        end = self.data.find(b"\n", self.at) + 1 or len(self.data)
        return self.read(min(end - self.at, limit) if limit >= 0 else end - self.at)

    def read(self, size: int = -1) -> bytes:
        end = len(self.data) if size is None or size < 0 else self.at + size
        piece, self.at = self.data[self.at : end], min(end, len(self.data))
        return piece

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The next answer may follow."""


def _answers(heard: bytes, method: str) -> Iterable[Answer]:
    while heard:
        stream = _Heard(heard)
        answer = http.client.HTTPResponse(stream, method=method)  # type: ignore[arg-type]  # it reads a file, whatever is behind it
        answer.begin()
        body = answer.read()
        yield Answer(answer.status, tuple(answer.getheaders()), body)
        heard = heard[stream.file.at :]


def at_once(work: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """What each of some threads came to that began together."""
    start, results, failures = threading.Barrier(threads), [], []

    def run(number: int) -> None:
        start.wait()
        try:
            results.append(work(number))
        except BaseException as error:  # noqa: BLE001 -- raised again below, in the thread of the test
            failures.append(error)

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]
    return results


# Messages that the client never would write.


def claims(office: Office, **change: Any) -> dict[str, Any]:
    """The five claims of a message of an office, now."""
    given = Claims(EX, _uuid7(), office.who.urn, int(clock.now().timestamp())).members()
    return {**given, **change}


def _uuid7() -> str:
    milliseconds, dice = int(clock.now().timestamp() * 1000), secrets.token_hex(10)
    number = f"{milliseconds:012x}7{dice[:3]}8{dice[3:18]}"
    return "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:32]))


def parts_of(office: Office, **said: Any) -> dict[str, Any]:
    """Parts of a good notice, `seq` among them."""
    made = office.parts(**said)
    return {**made, "hub": {"seq": 1, **made["hub"]}}


def disclosure(name: object, value: object, salt: object = None) -> str:
    """A Disclosure; `value` that is bytes is JSON text and stands as it is."""
    text = value if isinstance(value, bytes) else write_json(value)  # type: ignore[arg-type]
    given = b64encode(secrets.token_bytes(32)) if salt is None else salt
    return b64encode(b"[" + write_json(given) + b"," + write_json(name) + b"," + text + b"]")  # type: ignore[arg-type]


def digest(text: str) -> str:
    return digest_of(text.encode()).removeprefix("sha-256=:").removesuffix(":").translate(_TO_URL).rstrip("=")


_TO_URL = str.maketrans("+/", "-_")


def a_notice(office: Office, disclosures: list[str], **how: Any) -> str:
    """A notice over these Disclosures, signed by the office.

    `_sd` gives other digests than theirs, `shown` other Disclosures than those, `change` other claims, `header` another
    header (as JSON text), `payload` another payload (a function of its JSON text), `key` another key.
    """
    digests = how.get("_sd") or sorted({*map(digest, disclosures), *(digest(f"decoy {n}") for n in range(5))})
    own = [digest(one) for one in disclosures]
    digests = how.get("_sd") or sorted([*own, *[d for d in digests if d not in own][: 5 - len(own)]])
    payload = write_json({**claims(office, **how.get("change", {})), "_sd_alg": "sha-256", "_sd": digests})
    key: keys.PrivateKey = how.get("key") or office.folder.key("notice")
    change: Callable[[bytes], bytes] = how.get("payload", lambda text: text)
    header = {"alg": key.alg, "kid": key.kid, "typ": "asylum-exchange-notice+sd-jwt"}
    text = jws_of(how.get("header") or write_json(header), change(payload), key)  # type: ignore[arg-type]
    return "".join(f"{piece}~" for piece in (text, *how.get("shown", disclosures)))


def jws_of(header: bytes, payload: bytes, key: keys.PrivateKey) -> str:
    """A compact JWS whose signature is right for its header and payload, whatever these say."""
    signing_input = f"{b64encode(header)}.{b64encode(payload)}"
    return f"{signing_input}.{b64encode(key.sign(signing_input.encode()))}"


def envelope(notice: str, *sealed: str) -> bytes:
    made: dict[str, Any] = {"notice": notice, "sealed": list(sealed)} if sealed else {"notice": notice}
    return write_json(made)


def batch(*envelopes: bytes) -> bytes:
    return b'{"notices":[' + b",".join(envelopes) + b"]}"


def query(office: Office, **change: Any) -> bytes:
    asked = {
        "purpose": "examining_the_application",
        "legal_basis": "national_law",
        "case": "no-such-case",
        "tokens": ["C2D." + b64encode(bytes(32))],
    }
    return statement(office, "asylum-exchange-query+jws", {**asked, **change})


def acknowledgement(office: Office, **change: Any) -> bytes:
    of = {"iss": office.who.urn, "id": "01931d3c-0000-7000-8000-000000000001"}
    return statement(office, "asylum-exchange-ack+jws", {"notice": of, "state": "delivered", **change})


def statement(office: Office, typ: str, members: dict[str, Any], key: keys.PrivateKey | None = None) -> bytes:
    text = jws.sign(write_json({**claims(office), **members}), typ, key or office.folder.key("notice"))
    return text.encode()
