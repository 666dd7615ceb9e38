"""What two commands, two requests or a spoiled file must not do to the token service."""

import http.client
import json
import multiprocessing
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.domain.errors import Refusal
from exchange.token_service import batchlog, keysets, members
from exchange.token_service.batchlog import Log
from exchange.token_service.quotas import DAY
from exchange.wire.encoding import write_json
from token_service.kit import Desk, Process, authority, process, run

TIMES = 12


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.service.__exit__()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Process]:
    with process(tmp_path) as made:
        yield made


def _set_quotas(folder: Path, slug: str) -> None:
    for number in range(1, TIMES + 1):
        members.set_quota(folder, slug, number, number)


def test_a_suspension_is_not_written_over_by_another_command(desk: Desk, tmp_path: Path) -> None:
    """Quotas of others are set by other processes; each whole file that they write has the suspension in it."""
    slugs = [f"pl-office-{number}" for number in range(4)]
    for slug in slugs:
        members.admit(desk.folder, desk.enrolment(authority(tmp_path, slug)))
    context = multiprocessing.get_context("fork")
    busy = [context.Process(target=_set_quotas, args=(desk.folder, slug)) for slug in slugs]
    for one in busy:
        one.start()
    members.set_state(desk.folder, "lt-asylum", members.SUSPENDED)
    for one in busy:
        one.join()
    assert [one.exitcode for one in busy] == [0] * len(busy)
    found = members.load(desk.folder)
    assert found["lt-asylum"].state == members.SUSPENDED
    assert {found[slug].per_day for slug in slugs} == {TIMES}


def _make(folder: Path) -> None:
    try:
        keysets.make(folder, "k9", 0)
    except Refusal:
        raise SystemExit(7) from None


def test_a_key_is_made_once_though_two_make_it_at_once(desk: Desk) -> None:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=_make, args=(desk.folder,)) for _ in range(4)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(str(one.exitcode) for one in both) == ["0", "7", "7", "7"]


@pytest.mark.parametrize("line", [b"{}\n", b"x\n", b'{"at":"1","of":"a","n":1,"keyset":"k","sha256":"","prev":""}\n'])
def test_a_line_that_is_none_of_the_log_is_refused_in_words(desk: Desk, line: bytes) -> None:
    other = desk.folder.with_name("other")
    other.mkdir()
    (other / batchlog.FILE).write_bytes(line)
    with pytest.raises(Refusal) as found:
        Log(other)
    assert found.value.code == "bad-token-service"


@pytest.mark.parametrize("told", [[], {"lt-asylum": "many"}, {"lt-asylum": -1}, {"lt-asylum": True}])
def test_a_file_of_notices_that_is_none_is_refused_in_words(desk: Desk, tmp_path: Path, told: object) -> None:
    path = tmp_path / "notices.json"
    path.write_text(json.dumps(told))
    with pytest.raises(Refusal) as found:
        run("token-service", "--folder", desk.folder, "report", "--notices", path)
    assert found.value.code == "bad-token-service"


def test_a_slip_of_the_pen_makes_no_folder(tmp_path: Path) -> None:
    for words in (("suspend", "lt-asylum"), ("keyset", "k1"), ("keyset-state", "k1", "active"), ("report",)):
        with pytest.raises(Refusal) as found:
            run("token-service", "--folder", tmp_path / "tokems", *words)
        assert found.value.code == "bad-token-service"
    assert not (tmp_path / "tokems").exists()


def test_a_batch_that_was_logged_and_not_answered_counts_and_is_blinded_anew(desk: Desk) -> None:
    """The process dies between the log and the answer: the quota is spent, and the same bytes give nothing."""
    before = keysets.load(desk.folder)["k1"]
    request = desk.signed(write_json({"keyset": "k1", "blinded": []}))
    member = members.load(desk.folder)["lt-asylum"]
    desk.service._account(member, before.id, 50, request.body)  # noqa: SLF001 -- what comes before the evaluation
    desk.restart()
    with pytest.raises(Refusal) as found:
        desk.service._account(member, before.id, 50, request.body)  # noqa: SLF001
    assert found.value.code == "nonce-replayed"
    members.set_quota(desk.folder, "lt-asylum", 60, 60)
    with pytest.raises(Refusal) as found:
        desk.ask(11)
    assert found.value.code == "too-many"
    desk.clock.forward(DAY)
    desk.ask(11)


def test_what_comes_behind_a_question_without_a_body_is_not_taken_for_the_next_one(service: Process) -> None:
    """A proxy may send the requests of many over one line: nobody may put one in another's place."""
    hidden = b"GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as line:
        head = b"GET /v1/keysets HTTP/1.1\r\nHost: x\r\ncontent-length: %d\r\n\r\n" % len(hidden)
        line.sendall(head + hidden)
        got = b""
        while some := line.recv(4096):
            got += some
    assert got.count(b"HTTP/1.1") == 1
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as line:
        line.sendall(b"POST /v1/evaluations HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\n{} ")
        assert line.recv(4096).startswith(b"HTTP/1.1 413")
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    for _ in range(2):  # a line without bodies stays open
        connection.request("GET", "/v1/keysets")
        assert connection.getresponse().read().startswith(b'{"keysets"')
    connection.close()
