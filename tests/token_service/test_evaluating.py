"""What the token service evaluates, for whom, how often, and what it keeps of it."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from voprf import ristretto

from exchange import sandbox
from exchange.domain.errors import Refusal
from exchange.token_service import batchlog, evaluating, keysets, members
from exchange.token_service.evaluating import MOST, Service
from exchange.token_service.quotas import DAY, Quota
from exchange.wire.encoding import b64decode, b64encode, write_json
from exchange.wire.keys import public_to_jwk
from exchange.wire.messages import Request
from token_service.kit import Desk, authority, batch

USUAL = Quota(per_minute=MOST, per_day=2 * MOST)
N = 40


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.service.__exit__()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, USUAL)
    members.set_quota(made.folder, "lt-asylum", N, 2 * N)
    yield made
    made.service.__exit__()


def code(act: object, *given: object) -> str:
    with pytest.raises(Refusal) as found:
        act(*given)  # type: ignore[operator]
    return found.value.code


def test_what_is_evaluated_is_the_function_of_the_keyset_and_proves_it(desk: Desk) -> None:
    clients = [ristretto.Client.blind(b"one"), ristretto.Client.blind(b"two")]
    body = write_json({"keyset": "k1", "blinded": [b64encode(blinded.serialize()) for _, blinded in clients]})
    told = desk.service.evaluate(desk.signed(body))
    raw = b64decode(str(told["proof"])) + b"".join(b64decode(one) for one in told["evaluated"])  # type: ignore[union-attr, arg-type]
    outputs = ristretto.VerifiableBatchOutput.deserialize(raw)
    public = ristretto.PublicKey.deserialize(b64decode(desk.public))
    evaluator = keysets.load(desk.folder)["k1"].evaluator()
    found = ristretto.Client.finalize_batch([client for client, _ in clients], outputs, public)
    assert found == [evaluator.evaluate_known_input(b"one"), evaluator.evaluate_known_input(b"two")]


def test_whoever_is_not_admitted_or_is_suspended_gets_nothing(desk: Desk, tmp_path: Path) -> None:
    stranger = authority(tmp_path, "by-border")
    assert code(desk.ask, 1, "k1", stranger) == "unknown-key"
    members.admit(desk.folder, desk.enrolment(stranger))
    assert len(desk.ask(1, who=stranger)["evaluated"]) == 1
    members.set_state(desk.folder, "by-border", members.SUSPENDED)
    assert code(desk.ask, 1, "k1", stranger) == "member-suspended"
    assert len(desk.ask(1)["evaluated"]) == 1
    members.set_state(desk.folder, "by-border", members.ACTIVE)
    assert len(desk.ask(1, who=stranger)["evaluated"]) == 1
    assert {one.of for one, _ in batchlog.read(desk.folder)} == {"by-border", "lt-asylum"}


def test_a_new_request_key_takes_the_place_of_the_old_one_and_a_suspension_stays(desk: Desk, tmp_path: Path) -> None:
    members.set_state(desk.folder, "lt-asylum", members.SUSPENDED)
    fresh = authority(tmp_path / "fresh", "lt-asylum")
    members.admit(desk.folder, desk.enrolment(fresh))
    assert code(desk.ask, 1) == "unknown-key"
    assert code(desk.ask, 1, "k1", fresh) == "member-suspended"
    impostor = {**desk.enrolment(fresh), "slug": "by-border"}
    assert code(members.admit, desk.folder, impostor) == "bad-enrolment"


def test_a_key_that_everybody_knows_is_not_admitted(desk: Desk) -> None:
    known = {
        "slug": "lt-asylum",
        "keys": {"request": public_to_jwk(sandbox.signing_key("lt-asylum", "request").public)},
    }
    assert code(members.admit, desk.folder, known) == "sandbox-key"


@pytest.mark.parametrize("change", ["method", "target", "body", "header", "unsigned"])
def test_an_altered_request_is_refused_and_counts_for_nobody(desk: Desk, change: str) -> None:
    good = desk.signed(batch(2))
    altered = {
        "method": Request("PUT", good.target_uri, good.headers, good.body),
        "target": Request("POST", good.target_uri + "?x=1", good.headers, good.body),
        "body": Request("POST", good.target_uri, good.headers, batch(2)),
        "header": Request(
            "POST", good.target_uri, tuple((k, "text/plain" if k == "content-type" else v) for k, v in good.headers),
            good.body,
        ),
        "unsigned": Request("POST", good.target_uri, (), good.body),
    }[change]  # fmt: skip
    assert code(desk.service.evaluate, altered) in {"bad-signature", "wrong-digest", "component-missing", "unsigned"}
    assert list(batchlog.read(desk.folder)) == []


def test_a_request_is_good_once_also_over_a_restart_and_not_for_long(desk: Desk) -> None:
    sent = desk.signed(batch(2))
    desk.service.evaluate(sent)
    assert code(desk.service.evaluate, sent) == "nonce-replayed"
    desk.restart()
    assert code(desk.service.evaluate, sent) == "nonce-replayed"
    desk.clock.forward(600)
    assert code(desk.service.evaluate, sent) == "stale"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"keyset":"k1","blinded":[]}', b'{"keyset":"k1","blinded":["AA"]}',
        b'{"keyset":"k1","blinded":[1]}', b'{"keyset":1,"blinded":["A"]}', b'{"keyset":"k1","blinded":{}}',
        b'{"keyset":"k1","blinded":["' + b64encode(bytes(32)).encode() + b'"]}',
        b'{"keyset":"k1","blinded":["' + b64encode(b"\xff" * 32).encode() + b'"]}',
        b'{"keyset":"k1","keyset":"k1","blinded":[]}',
        batch(1)[:-1] + b',"more":1}',
    ],
    ids=range(12),
)  # fmt: skip
def test_a_malformed_batch_is_refused_and_not_counted(desk: Desk, body: bytes) -> None:
    assert code(desk.service.evaluate, desk.signed(body)) in {"bad-schema", "bad-json"}
    assert list(batchlog.read(desk.folder)) == []


def test_a_batch_has_a_largest_size(desk: Desk) -> None:
    one = b64encode(ristretto.Client.blind(b"x")[1].serialize())
    body = write_json({"keyset": "k1", "blinded": [one] * (MOST + 1)})
    assert code(desk.service.evaluate, desk.signed(body)) == "bad-schema"


def test_keysets_evaluate_only_while_they_are_active(desk: Desk) -> None:
    keysets.make(desk.folder, "k2", 1)
    assert desk.ask(1, "k2")["keyset"] == "k2"
    assert desk.ask(1, "k1")["keyset"] == "k1"
    keysets.set_state(desk.folder, "k1", keysets.VERIFY_ONLY)
    assert code(desk.ask, 1, "k1") == "keyset-not-active"
    assert code(desk.ask, 1, "k3") == "keyset-not-active"
    keysets.set_state(desk.folder, "k1", keysets.RETIRED)
    assert b'"seed":""' in (desk.folder / "keysets" / "k1.json").read_bytes()
    assert code(keysets.set_state, desk.folder, "k1", keysets.ACTIVE) == "keyset-not-active"
    assert code(keysets.make, desk.folder, "k1", 2) == "bad-token-service"
    assert code(keysets.make, desk.folder, "sandbox", 2) == "bad-token-service"
    shown = desk.service.keysets()["keysets"]
    assert [(one["id"], one["state"]) for one in shown] == [("k1", "retired"), ("k2", "active")]  # type: ignore[union-attr, index, call-overload]


def test_keys_are_for_their_owner_alone_and_show_in_no_repr(desk: Desk) -> None:
    path = desk.folder / "keysets" / "k1.json"
    assert path.stat().st_mode & 0o777 == 0o600
    one = keysets.load(desk.folder)["k1"]
    assert b64encode(one.seed) not in repr(one)
    assert repr(one.seed) not in repr(one)
    path.chmod(0o640)
    assert code(keysets.load, desk.folder) == "bad-token-service"


def test_a_minute_and_a_day_have_their_quotas_also_over_a_restart(small: Desk) -> None:
    small.ask(N - 10)
    with pytest.raises(Refusal) as found:
        small.ask(11)
    assert found.value.code == "too-many"
    assert found.value.more == {"retry_after": 60}
    small.ask(10)
    small.restart()
    assert code(small.ask, 1) == "too-many"
    small.clock.forward(60)
    small.ask(N)
    small.clock.forward(61)
    with pytest.raises(Refusal) as found:
        small.ask(1)
    assert found.value.more == {"retry_after": DAY - 121}
    small.clock.forward(DAY - 121)
    small.ask(1)
    assert code(small.ask, N) == "too-many"


def test_the_quota_of_one_is_not_that_of_another(small: Desk, tmp_path: Path) -> None:
    other = authority(tmp_path, "pl-asylum")
    members.admit(small.folder, small.enrolment(other))
    members.set_quota(small.folder, "pl-asylum", N, N)
    small.ask(N)
    assert code(small.ask, 1) == "too-many"
    small.ask(N, who=other)
    members.set_quota(small.folder, "lt-asylum", 2 * N, 4 * N)
    small.ask(N)
    assert code(small.ask, 1) == "too-many"


def test_no_more_is_evaluated_than_the_quota_when_all_ask_at_once(small: Desk) -> None:
    requests = [small.signed(batch(N // 4)) for _ in range(8)]
    outcomes: list[str] = []

    def ask(request: Request) -> None:
        try:
            small.service.evaluate(request)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("evaluated")

    threads = [threading.Thread(target=ask, args=(request,)) for request in requests]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["evaluated"] * 4 + ["too-many"] * 4
    assert sum(one.n for one, _ in batchlog.read(small.folder)) == N


def test_the_log_says_who_when_how_many_and_nothing_of_what(desk: Desk) -> None:
    sent = [desk.signed(batch(n)) for n in (1, 3)]
    for request in sent:
        desk.service.evaluate(request)
    raw = (desk.folder / batchlog.FILE).read_bytes()
    assert raw.count(b"\n") == 2
    assert [(one.of, one.n, one.keyset) for one, _ in batchlog.read(desk.folder)] == [
        ("lt-asylum", 1, "k1"),
        ("lt-asylum", 3, "k1"),
    ]
    for request in sent:
        assert not any(element.encode() in raw for element in request.body.decode().split('"') if len(element) == 43)


def test_a_log_that_was_changed_or_shortened_inside_stops_the_service(desk: Desk) -> None:
    for n in (1, 2, 3):
        desk.ask(n)
    desk.service.__exit__()
    path = desk.folder / batchlog.FILE
    lines = path.read_bytes().splitlines(keepends=True)
    for changed in (lines[1:], [lines[0], lines[2]], [lines[0].replace(b'"n":1', b'"n":9'), *lines[1:]]):
        path.write_bytes(b"".join(changed))
        assert code(Service, desk.folder, desk.clock) == "bad-token-service"
    path.write_bytes(b"".join(lines) + lines[0][:20])  # a crash while a line was written: nobody was answered for it
    desk.service = Service(desk.folder, desk.clock)
    assert path.read_bytes() == b"".join(lines)
    desk.ask(4)
    assert [one.n for one, _ in batchlog.read(desk.folder)] == [1, 2, 3, 4]


def test_nothing_is_evaluated_that_cannot_be_logged(desk: Desk) -> None:
    desk.ask(1)
    spare = os.dup(desk.service._log._number)  # noqa: SLF001 -- the disk fails under the log
    os.close(desk.service._log._number)  # noqa: SLF001
    with pytest.raises(OSError, match="Bad file"):
        desk.ask(1)
    os.dup2(spare, desk.service._log._number)  # noqa: SLF001
    os.close(spare)
    assert [one.n for one, _ in batchlog.read(desk.folder)] == [1]


def test_a_folder_serves_once_and_is_made_once(desk: Desk) -> None:
    assert code(Service, desk.folder, desk.clock) == "bad-token-service"
    assert code(evaluating.init, desk.folder, "https://x.example", "127.0.0.1:0") == "bad-token-service"
    for bind, quota in (("0.0.0.0:1", USUAL), ("127.0.0.1:x", USUAL), ("127.0.0.1:0", Quota(1, 1))):
        assert code(evaluating.init, desk.folder / "other", "https://x.example", bind, quota) == "bad-token-service"
