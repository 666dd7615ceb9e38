"""Keying by the token service: what its tokens are, what is believed of its answers, and what it never sees."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from voprf import ristretto

from exchange import clock
from exchange.client.folder import Folder
from exchange.client.linkage.keying import PROFILE, HmacKeying, keyed, tokens_parts
from exchange.client.linkage.keys import MatchKey
from exchange.client.linkage.record import read
from exchange.client.linkage.service import TOGETHER, Pinned, ServiceKeying
from exchange.domain.errors import Refusal
from exchange.embedded.ports import free_port
from exchange.token_service import batchlog, evaluating, keysets, members
from exchange.token_service.evaluating import MOST, Service
from exchange.token_service.quotas import Quota
from exchange.token_service.serving import Server
from exchange.wire.encoding import b64decode, b64encode, read_json, write_json
from exchange.wire.messages import Request
from token_service.kit import Desk, authority

K = bytes(range(32))
FILL = bytes(32)
KEYS = [MatchKey("C2D", f"invented|{number}") for number in range(5)]
Spoil = Callable[[dict[str, Any]], object]


class Served:
    """A service over HTTP in this process."""

    def __init__(self, path: Path, quota: Quota = evaluating.DEFAULT_QUOTA) -> None:
        self.folder, port = path / "tokens", free_port()
        evaluating.init(self.folder, f"http://127.0.0.1:{port}", f"127.0.0.1:{port}", quota)
        self.public = {name: keysets.make(self.folder, name, 0).public_key for name in ("k1", "k2")}
        self.authority = authority(path)
        members.admit(self.folder, Desk.enrolment(self.authority))
        self.service = Service(self.folder, clock.now)
        self.server = Server(self.service)
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
        self.service.__exit__()

    def keying(self, keyset: str = "k1", who: Folder | None = None, **said: Any) -> ServiceKeying:
        its = {"origin": self.service.config.origin, "public_key": self.public[keyset], "shared": K, "fill": FILL}
        return ServiceKeying(Pinned(keyset=keyset, **{**its, **said}), (who or self.authority).key("request"))

    def evaluator(self, keyset: str = "k1") -> ristretto.Evaluator:
        return keysets.load(self.folder)[keyset].evaluator()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path)
    yield made
    made.stop()


@contextmanager
def lying(served: Served, spoil: Spoil, status: int = 200) -> Iterator[str]:
    """A service that answers as the true one does, spoiled."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = read_json(self.rfile.read(int(self.headers["Content-Length"])))
            assert isinstance(told, dict)
            blinded = [ristretto.BlindedInput.deserialize(b64decode(one)) for one in told["blinded"]]  # type: ignore[union-attr, arg-type]
            answer = evaluating._evaluated(served.evaluator(), blinded)  # noqa: SLF001 -- as the true one does
            spoiled = spoil({"keyset": told["keyset"], **answer})
            data = spoiled if isinstance(spoiled, bytes) else write_json(spoiled)  # type: ignore[arg-type]
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def code(act: Callable[..., object], *given: object) -> str:
    with pytest.raises(Refusal) as found:
        act(*given)
    return found.value.code


def test_a_token_is_the_first_half_of_the_voprf_of_the_hmac(served: Served) -> None:
    with served.keying() as keying:
        assert (keying.profile, keying.keyset) == (PROFILE, "k1")
        found = keying.tokens(KEYS)
    expected = [served.evaluator().evaluate_known_input(keyed(K, key))[:32] for key in KEYS]
    assert found == [f"C2D.{b64encode(value)}" for value in expected]


def test_two_authorities_make_the_same_tokens_and_other_keys_make_others(served: Served, tmp_path: Path) -> None:
    other = authority(tmp_path, "pl-asylum")
    members.admit(served.folder, Desk.enrolment(other))
    with ExitStack() as opened:
        kinds = (served.keying(), served.keying(who=other), served.keying("k2"), served.keying(shared=bytes(32)))
        made = [opened.enter_context(keying).tokens(KEYS) for keying in kinds]
    made.append(HmacKeying(K, "sandbox").tokens(KEYS))
    assert made[0] == made[1]
    assert len({token for tokens in made for token in tokens}) == 4 * len(KEYS)


def test_records_are_tokenised_together_in_requests_of_a_bounded_size(served: Served) -> None:
    keys = [MatchKey("C2Y", f"{number}") for number in range(2 * TOGETHER + 1)]
    with served.keying() as keying:
        found = keying.tokens(keys)
        assert keying.tokens([]) == []
    assert found[-1] == f"C2Y.{b64encode(served.evaluator().evaluate_known_input(keyed(K, keys[-1]))[:32])}"
    assert [one.n for one, _ in batchlog.read(served.folder)] == [342, 342, 341]


def test_the_service_is_sent_nothing_that_it_could_know_again(served: Served) -> None:
    with served.keying() as keying:
        first, second = (keying._asked(KEYS, _Now())[1].result() for _ in range(2))  # noqa: SLF001 -- what is sent
    assert set(first["evaluated"]).isdisjoint(second["evaluated"])


class _Now:
    """Does at once what is handed to a thread."""

    def submit(self, act: Callable[..., Any], *given: object) -> "_Now":
        self._done = act(*given)
        return self

    def result(self) -> Any:
        return self._done


def test_padded_tokens_of_two_records_of_one_person_agree(served: Served) -> None:
    person = {"names": [{"given": "Arash", "family": "Rahimi"}], "born": [{"date": "1990-05-13"}], "sex": "M"}
    with served.keying() as keying:
        one, two = tokens_parts([read(person), read(person)], keying)
    assert (one["profile"], one["keyset"]) == (PROFILE, "k1")
    assert one["values"] == two["values"]
    assert len(one["values"]) in {32, 64, 96, 128}


def test_a_service_that_is_not_there_is_down(served: Served) -> None:
    with served.keying(origin=f"http://127.0.0.1:{free_port()}") as keying:
        assert code(keying.tokens, KEYS) == "token-service-down"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: {**told, "evaluated": told["evaluated"][::-1]},
        lambda told: {**told, "evaluated": told["evaluated"][:-1]},
        lambda told: {**told, "evaluated": [told["evaluated"][0]] * 5},
        lambda told: {**told, "evaluated": [b64encode(bytes(32))] * 5},
        lambda told: {**told, "evaluated": [b64encode(b"\xff" * 32)] * 5},
        lambda told: {**told, "evaluated": ["AA"] * 5},
        lambda told: {**told, "evaluated": [1] * 5},
        lambda told: {**told, "evaluated": {}},
        lambda told: {**told, "proof": b64encode(bytes(64))},
        lambda told: {**told, "proof": b64encode(b64decode(told["proof"])[:-1])},
        lambda told: {**told, "proof": b64encode(b64decode(told["proof"]) + bytes(32))},
        lambda told: {**told, "proof": 5},
        lambda told: {**told, "keyset": "k2"},
        lambda told: {"keyset": told["keyset"]},
        lambda _: [],
    ],
)
def test_an_answer_that_does_not_prove_the_pinned_key_gives_no_token(served: Served, spoil: Spoil) -> None:
    with lying(served, spoil) as origin, served.keying(origin=origin) as keying:
        assert code(keying.tokens, KEYS) == "wrong-proof"


def test_another_key_than_the_pinned_one_is_found_out(served: Served) -> None:
    with served.keying(public_key=served.public["k2"]) as keying:
        assert code(keying.tokens, KEYS) == "wrong-proof"


def test_an_answer_that_is_no_json_is_as_good_as_none(served: Served) -> None:
    with lying(served, lambda _: b"<html>") as origin, served.keying(origin=origin) as keying:
        assert code(keying.tokens, KEYS) == "token-service-down"


def test_what_nobody_signed_moves_no_terminal(served: Served) -> None:
    said = {"code": "too-many", "detail": "\x1b[2J" + "a" * 5000, "retry_after": 7, "title": "\x1b"}
    with (
        lying(served, lambda _: said, 429) as origin,
        served.keying(origin=origin) as keying,
        pytest.raises(Refusal) as found,
    ):
        keying.tokens(KEYS)
    assert (found.value.code, found.value.more) == ("too-many", {"retry_after": 7})
    assert found.value.detail.isprintable()
    assert len(found.value.detail) == 300
    for bad in ([], {}, {"code": "\x1b[2J"}, {"code": 5}):
        with lying(served, lambda _, bad=bad: bad, 403) as origin, served.keying(origin=origin) as keying:
            assert code(keying.tokens, KEYS) == "token-service-down"


def test_an_answer_that_got_lost_is_not_evaluated_twice(served: Served) -> None:
    """The line is cut behind the answer: the second try is a replay, which gives nothing, and the tokens come later."""

    class Cutting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request("POST", self.server.target, tuple(self.headers.items()), body)  # type: ignore[attr-defined]
            try:
                served.service.evaluate(request)
            except Refusal as refusal:
                data = write_json({"code": refusal.code, "detail": refusal.detail})
                self.send_response(401)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Cutting)
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    server.target = f"{origin}/v1/evaluations"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with served.keying(origin=origin) as keying:
        assert code(keying.tokens, KEYS) == "token-service-down"
    server.shutdown()
    thread.join()
    server.server_close()
    assert [one.n for one, _ in batchlog.read(served.folder)] == [len(KEYS)]


def test_what_the_service_refuses_is_told_with_its_own_code(served: Served, tmp_path: Path) -> None:
    with served.keying(who=authority(tmp_path, "by-border")) as stranger:
        assert code(stranger.tokens, KEYS) == "unknown-key"
    members.set_state(served.folder, "lt-asylum", members.SUSPENDED)
    with served.keying() as keying:
        assert code(keying.tokens, KEYS) == "member-suspended"
        members.set_state(served.folder, "lt-asylum", members.ACTIVE)
        members.set_quota(served.folder, "lt-asylum", 4, MOST)
        assert code(keying.tokens, KEYS) == "too-many"
        keysets.set_state(served.folder, "k1", keysets.RETIRED)
        assert code(keying.tokens, KEYS) == "keyset-not-active"


def test_keys_that_are_none_are_refused_and_shown_nowhere(served: Served) -> None:
    for said in ({"shared": b"short"}, {"fill": b""}, {"public_key": b64encode(bytes(31))}, {"public_key": "!"}):
        assert code(lambda said=said: served.keying(**said)) == "bad-keying"
    shown = repr(Pinned("http://x.example", "k1", served.public["k1"], K, FILL))
    assert repr(K) not in shown
    assert K.hex() not in shown
