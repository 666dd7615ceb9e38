"""The client keeps what it signed until the hub has receipted it, and believes nobody but the hub that it pinned."""

import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from builders import SK_BORDER
from conftest import Enrol
from exchange.client.folder import Folder
from exchange.client.speaker import Refused, Speaker
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire import keys

ANSWER = b"HTTP/1.1 201 Created\r\ncontent-type: application/jose\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"


@contextmanager
def somebody(answer: bytes) -> Iterator[str]:
    """A server that takes a request and answers this, or closes the line without a word; yields its origin."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                line.recv(65536)
                line.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def pinned(folder: Folder, change: Callable[[dict[str, object]], None]) -> None:
    hub = folder.hub
    change(hub)
    folder.pin(hub)


def test_what_got_no_receipt_is_sent_again_the_same_bytes(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    with somebody(ANSWER) as other:
        pinned(office.folder, lambda h: h.update(base_url=other))
        with Speaker(office.folder) as speaker, pytest.raises(Refusal) as refused:
            speaker.post(office.parts())
    assert refused.value.code == "unsigned"
    (waiting,) = office.folder.pending()
    body = waiting.read_bytes()
    pinned(office.folder, lambda h: h.update(base_url=web))
    receipt = office.post()
    assert office.folder.pending() == []
    with hub.database.transaction() as tx:
        kept = rows(tx, "SELECT id::text, seq, jws FROM notice ORDER BY no")
    assert [(number, seq) for number, seq, _ in kept] == [(waiting.stem, 1), (receipt["id"], 2)]
    assert kept[0][2].encode() in body


def test_a_receipt_is_kept_as_the_hub_gave_it(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    first = office.post()
    with hub.database.transaction() as tx:
        ((jws,), *_) = rows(tx, "SELECT jws FROM receipt")
    assert (office.folder.path / "receipts" / f"{first['id']}.jws").read_text(encoding="ascii") == jws
    assert web


def test_an_answer_under_another_key_is_believed_by_nobody(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    stranger = keys.public_to_jwk(keys.generate("answer").public)
    pinned(office.folder, lambda h: h["hub_keys"].update(answer=stranger))  # type: ignore[attr-defined]
    with pytest.raises(Refusal) as refused:
        office.post()
    assert refused.value.code == "unknown-key"
    assert len(office.folder.pending()) == 1
    assert web


def test_a_receipt_under_another_key_is_believed_by_nobody(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    stranger = keys.public_to_jwk(keys.generate("receipt").public)
    pinned(office.folder, lambda h: h["hub_keys"].update(receipt=stranger))  # type: ignore[attr-defined]
    with pytest.raises(Refusal):
        office.post()
    assert len(office.folder.pending()) == 1
    assert web


def test_what_the_hub_refuses_for_good_does_not_stand_in_the_way(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    with pytest.raises(Refused) as refused:
        office.post("merits_decision")
    assert (refused.value.code, refused.value.final) == ("not-yours-to-say", True)
    assert office.folder.pending() == []
    assert office.post()["state"] == "accepted"
    assert web


def test_keys_are_never_written_over_and_only_their_owner_reads_them(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    office.post()
    before = (office.folder.path / "notice.pem").read_bytes()
    with pytest.raises(FileExistsError):
        office.folder.make("sk-border", "border_guard", "SVK", "Ed25519")
    assert (office.folder.path / "notice.pem").read_bytes() == before
    files = [path for path in office.folder.path.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert web
