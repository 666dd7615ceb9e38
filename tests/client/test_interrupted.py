"""Between the client and the hub anything may happen: a line is cut, the program dies, somebody touches an answer."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from authorities import Office
from client.altering import Asked, Between, Cut, instead, serving, with_body
from conftest import Enrol
from exchange.client.speaker import Speaker
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire import keys, statements
from exchange.wire.encoding import b64encode, read_json, write_json
from exchange.wire.messages import Answer

JOSE = (("content-type", "application/jose"),)
PROBLEM = (("content-type", "application/problem+json"),)


@pytest.fixture
def between(hub: Hub) -> Iterator[Between]:
    made = Between(hub)
    with serving(made):
        yield made


@pytest.fixture
def office(enrol: Enrol) -> Office:
    return enrol()


def stored(hub: Hub) -> list[tuple[Any, ...]]:
    with hub.database.transaction() as tx:
        return rows(tx, "SELECT n.id::text, n.seq, r.jws FROM notice n JOIN receipt r ON r.notice = n.no ORDER BY n.no")


def refused(act: Callable[..., object], *given: Any) -> str:
    with pytest.raises(Refusal) as found:
        act(*given)
    return found.value.code


def place(office: Office) -> int:
    seq, _ = office.folder.place()
    return seq


def receipts(office: Office) -> list[str]:
    return [path.read_text() for path in sorted((office.folder.path / "receipts").glob("*.jws"))]


def cut_before(_: Asked) -> Answer:
    raise Cut


def cut_after(asked: Asked) -> Answer:
    asked.answer()
    raise Cut


@pytest.mark.parametrize("cut", [cut_before, cut_after])
def test_a_request_whose_line_is_cut_is_sent_again_as_a_new_request(
    hub: Hub, between: Between, office: Office, cut: Callable[[Asked], Answer]
) -> None:
    between.touches = [cut]
    receipt = office.post()
    first, second = between.requests
    assert first.body == second.body
    assert first.header("signature-input") != second.header("signature-input")
    ((notice_id, seq, jws),) = stored(hub)
    assert (notice_id, seq) == (receipt["id"], 1)
    assert receipts(office) == [jws]
    assert office.folder.pending() == []


@pytest.mark.parametrize("stored_before", ["stored", ""])
def test_a_client_that_dies_before_the_receipt_sends_the_same_bytes_when_it_lives_again(
    hub: Hub, between: Between, office: Office, tmp_path: Path, stored_before: str
) -> None:
    said = tmp_path / "notice.json"
    said.write_text(json.dumps(office.parts()))
    folder = str(office.folder.path)
    command = [sys.executable, "-m", "exchange.cli.main", "authority", "--folder", folder, "post", str(said)]
    running: list[subprocess.Popen[bytes]] = []

    def killed(asked: Asked) -> Answer:
        if stored_before:
            asked.answer()
        running[0].kill()
        raise Cut

    between.touches = [killed]
    running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    assert running[0].wait(60) == -9
    (waiting,) = office.folder.pending()
    body = waiting.read_bytes()
    assert (place(office), receipts(office)) == (1, [])
    assert office.speaker.send_pending() == 1
    assert [request.body for request in between.requests] == [body, body]
    ((notice_id, _, jws),) = stored(hub)
    assert notice_id == waiting.stem
    assert (place(office), office.folder.pending(), receipts(office)) == (2, [], [jws])


def test_a_client_that_dies_between_its_own_files_takes_no_number_twice(
    hub: Hub, between: Between, office: Office
) -> None:
    receipt = office.post()
    # So the folder looks when the program dies after it moved on and before it dropped what waited.
    office.folder.keep_pending(receipt["id"], between.requests[0].body)
    office.speaker.send_pending()
    assert place(office) == 2
    office.post()
    assert [seq for _, seq, _ in stored(hub)] == [1, 2]


# What somebody in between may do to an answer, and what the client says of it.


def unsigned(asked: Asked) -> Answer:
    answer = asked.answer()
    return Answer(answer.status, JOSE, answer.body)


def of_another_key(asked: Asked) -> Answer:
    return instead(asked, asked.answer(), keys.generate("answer"))


def of_another_status(asked: Asked) -> Answer:
    answer = asked.answer()
    return Answer(200, answer.headers, answer.body)


def of_another_body(asked: Asked) -> Answer:
    answer = asked.answer()
    return with_body(answer, answer.body[:-1])


def of_another_type(asked: Asked) -> Answer:
    answer = asked.answer()
    kept = tuple((name, value) for name, value in answer.headers if name.lower() != "content-type")
    return Answer(answer.status, (*kept, ("Content-Type", "text/html")), answer.body)


def a_page(_: Asked) -> Answer:
    return Answer(502, (("content-type", "text/html"),), b"<h1>Bad Gateway</h1>")


def elsewhere(_: Asked) -> Answer:
    return Answer(307, (("location", "http://127.0.0.1:1/v1/notices"),), b"")


TOUCHED = [
    (unsigned, "unsigned"),
    (a_page, "unsigned"),
    (elsewhere, "unsigned"),
    (of_another_key, "unknown-key"),
    (of_another_status, "bad-signature"),
    (of_another_type, "bad-signature"),
    (of_another_body, "wrong-digest"),
]


def test_an_answer_that_was_touched_is_no_answer(hub: Hub, between: Between, office: Office) -> None:
    for number, (touch, expected) in enumerate(TOUCHED, 1):
        between.touches = [touch]
        assert refused(office.post) == expected
        assert (place(office), len(receipts(office)), len(office.folder.pending())) == (number, number - 1, 1)
        office.speaker.send_pending()
    assert [seq for _, seq, _ in stored(hub)] == [*range(1, len(TOUCHED) + 1)]


def test_an_answer_to_another_request_is_no_answer(between: Between, office: Office) -> None:
    heard: list[Answer] = []

    def keep(asked: Asked) -> Answer:
        heard.append(asked.answer())
        return heard[0]

    between.touches = [keep, lambda _: heard[0]]
    office.speaker.inbox()
    assert refused(office.speaker.inbox) == "bad-signature"


# A hub whose answer key signs and whose receipt is not what it must be.


def other(hub: Hub, change: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    return lambda receipt: statements.state(statements.RECEIPT, {**receipt, **change}, hub.keys["receipt"])


OTHERS: list[tuple[Callable[[Hub], Callable[[dict[str, Any]], str]], str]] = [
    (lambda hub: other(hub, {"id": "01931d3c-0000-7000-8000-000000000001"}), "wrong-receipt"),
    (lambda hub: other(hub, {"iss": "urn:asylum-exchange:authority:another"}), "wrong-receipt"),
    (lambda hub: other(hub, {"sha256": b64encode(bytes(32))}), "wrong-receipt"),
    (lambda hub: lambda _: statements.state(statements.RECEIPT, {}, hub.keys["receipt"]), "wrong-receipt"),
    (lambda hub: lambda said: statements.state(statements.VIEW, said, hub.keys["words"]), "wrong-typ"),
    (lambda _: lambda said: statements.state(statements.RECEIPT, said, keys.generate("receipt")), "unknown-key"),
    (lambda _: lambda _said: "", "bad-jws"),
]


def test_a_receipt_for_anything_else_is_no_receipt(hub: Hub, between: Between, office: Office) -> None:
    def touched(asked: Asked, make: Callable[[dict[str, Any]], str]) -> Answer:
        said = statements.heard(asked.answer().body.decode(), statements.RECEIPT, hub.keys["receipt"].public)
        return instead(asked, Answer(201, JOSE, make(said).encode()), hub.keys["answer"])

    for number, (make, expected) in enumerate(OTHERS, 1):
        between.touches = [partial(touched, make=make(hub))]
        assert refused(office.post) == expected
        assert (place(office), len(receipts(office)), len(office.folder.pending())) == (number, number - 1, 1)
        office.speaker.send_pending()


def refusing(hub: Hub, status: int, code: str) -> Callable[[Asked], Answer]:
    body = write_json({"status": status, "code": code, "detail": "x"})
    return lambda asked: instead(asked, Answer(status, PROBLEM, body), hub.keys["answer"])


def test_a_refusal_drops_what_will_never_be_taken_and_nothing_else(hub: Hub, between: Between, office: Office) -> None:
    for status, kept in ((400, 0), (403, 0), (409, 0), (413, 0), (415, 0), (401, 1), (429, 1)):
        between.touches = [refusing(hub, status, "some-code")]
        assert refused(office.speaker.post, office.parts()) == "some-code"
        assert len(office.folder.pending()) == kept
        assert place(office) == 1
        for waiting in office.folder.pending():
            office.folder.drop_pending(waiting.stem)
    assert stored(hub) == []


def test_a_hub_that_cannot_answer_now_is_asked_again(hub: Hub, between: Between, office: Office) -> None:
    between.touches = [refusing(hub, 503, "not-ready")]
    office.post()
    first, second = between.requests
    assert first.body == second.body
    assert len(stored(hub)) == 1


def test_a_hub_that_never_answers_takes_nothing_away(hub: Hub, between: Between, office: Office) -> None:
    with Speaker(office.folder, tries=1) as speaker:
        for number, touch in enumerate((refusing(hub, 500, "internal"), refusing(hub, 503, "not-ready"), cut_before)):
            between.touches = [touch]
            assert refused(speaker.post, office.parts()) == "no-answer"
            (waiting,) = office.folder.pending()
            assert speaker.send_pending() == 1
            assert stored(hub)[number][0] == waiting.stem


def test_a_refused_notice_takes_no_number(hub: Hub, between: Between, office: Office) -> None:
    first = office.post()
    assert refused(office.post, "merits_decision") == "not-yours-to-say"
    second = office.post()
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT seq, prev FROM notice ORDER BY no") == [(1, None), (2, first["sha256"])]
    assert second["sha256"] == office.folder.place()[1]
    assert len(between.requests) == 3


def test_one_refused_for_good_stops_no_other(hub: Hub, between: Between, office: Office) -> None:
    with Speaker(office.folder, tries=1) as speaker:
        between.touches = [cut_before]
        assert refused(speaker.post, office.parts("merits_decision")) == "no-answer"
        between.touches = [cut_before]
        assert refused(speaker.post, office.parts(case="two")) == "no-answer"
        bad, good = office.folder.pending()
        third = speaker.post(office.parts(case="three"))
    assert [notice_id for notice_id, _, _ in stored(hub)] == [good.stem, third["id"]]
    assert [seq for _, seq, _ in stored(hub)] == [2, 3]
    assert office.folder.pending() == []
    problem = read_json((office.folder.path / "refused" / f"{bad.stem}.problem.json").read_bytes())
    assert isinstance(problem, dict)
    assert problem["code"] == "not-yours-to-say"
    assert (office.folder.path / "refused" / bad.name).exists()


def test_what_is_signed_is_kept_while_older_ones_wait(hub: Hub, between: Between, office: Office) -> None:
    with Speaker(office.folder, tries=1) as speaker:
        for number in range(3):
            between.touches = [cut_before]
            assert refused(speaker.post, office.parts(case=f"case-{number}")) == "no-answer"
        assert len(office.folder.pending()) == 3
        assert speaker.send_pending() == 3
    assert [seq for _, seq, _ in stored(hub)] == [1, 2, 3]
    assert place(office) == 4


def test_a_batch_that_is_refused_whole_leaves_nothing_waiting(hub: Hub, between: Between, office: Office) -> None:
    between.touches = [refusing(hub, 413, "too-large")]
    assert refused(office.speaker.post_batch, [office.parts(case=f"case-{n}") for n in range(4)]) == "too-large"
    assert office.folder.pending() == []
    between.touches = [refusing(hub, 503, "not-ready")] * 20
    with Speaker(office.folder, tries=1) as speaker:
        assert refused(speaker.post_batch, [office.parts(case=f"case-{n}") for n in range(3)]) == "no-answer"
    between.touches = []
    assert office.speaker.send_pending() == 3
    assert [seq for _, seq, _ in stored(hub)] == [1, 2, 3]
