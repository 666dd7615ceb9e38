"""`asylum-exchange doctor` names what is wrong, each mistake by its own name, against a real hub."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from authorities import Office, secretariat_of
from client.altering import Asked, Between, instead, serving
from client.test_speaker import pinned, somebody
from conftest import Enrol
from exchange import clock
from exchange.api import problems
from exchange.cli.main import cli
from exchange.client.doctor import capture, identity, visiting
from exchange.client.doctor.diffing import first_difference, side_by_side
from exchange.client.doctor.examining import examine
from exchange.client.doctor.findings import NEXT
from exchange.client.doctor.identity import Identity
from exchange.client.line import ENVELOPE
from exchange.demo import sandboxing
from exchange.deps import Hub
from exchange.domain.notice import Reader
from exchange.embedded.ports import free_port
from exchange.wire import keys
from exchange.wire.encoding import b64encode
from exchange.wire.messages import Answer, Request, digest_of
from exchange.wire.signature_base import request_base
from wire.kit import COMPONENTS, NOW, signed_by_hand

HUB = "http://hub.example"
KEYS = {purpose: keys.generate(purpose) for purpose in ("request", "notice")}
ME = Identity("urn:x", HUB, {**{p: k.kid for p, k in KEYS.items()}, "seal": "-"}, KEYS, keys.generate("answer").public)


@pytest.fixture
def office(enrol: Enrol, web: str) -> Office:
    assert web
    return enrol()


def doctor(*options: object) -> Result:
    return CliRunner().invoke(cli, ["doctor", *map(str, options)])


def told(*options: object) -> tuple[int, dict[str, Any]]:
    """Exit code, and the report as JSON."""
    done = doctor(*options, "--json")
    return done.exit_code, json.loads(done.stdout)


def wrong(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in report["findings"] if not one["ok"]}


def named(report: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in report["findings"] if one["name"] == name]
    return dict(found)


# Without a request: who we are to the hub.


def test_a_good_folder_is_well(office: Office) -> None:
    code, report = told("--folder", office.folder.path)
    assert (code, wrong(report), report["authority"]) == (0, {}, office.who.urn)
    ours = {f"key {purpose}" for purpose in ("request", "notice", "recovery", "seal")}
    assert {"reached", "answer", "clock", "self", "sequence", "pending", *ours} == {
        one["name"] for one in report["findings"]
    }
    office.post()
    assert "seq 2 and prev" in named(told("--folder", office.folder.path)[1], "sequence")["words"]
    done = doctor("--folder", office.folder.path)
    assert done.exit_code == 0
    assert done.stdout.rstrip().endswith("All is well.")


def test_a_hub_that_is_down_is_told_as_such(office: Office) -> None:
    pinned(office.folder, lambda h: h.update(base_url=f"http://127.0.0.1:{free_port()}"))
    code, report = told("--folder", office.folder.path)
    assert (code, set(wrong(report))) == (1, {"reached"})
    assert "refused" in wrong(report)["reached"]["words"]


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        (b"220 mail.example ESMTP\r\n", "reached", "does not speak HTTP"),
        (b"", "reached", "without an answer"),
        (b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", "answer", "not signed"),
    ],
)
def test_what_answers_instead_of_the_hub_is_told(office: Office, answer: bytes, name: str, words: str) -> None:
    with somebody(answer) as other:
        pinned(office.folder, lambda h: h.update(base_url=other))
        code, report = told("--folder", office.folder.path)
    assert (code, set(wrong(report))) == (1, {name})
    assert words in wrong(report)[name]["words"]


def test_an_address_that_is_none_or_that_nobody_knows_is_told(office: Office) -> None:
    for base_url in ("hub.example", "ftp://hub.example", "http://hub:port", "http://[hub", "https://hub.example/v1"):
        pinned(office.folder, lambda h, to=base_url: h.update(base_url=to))  # type: ignore[misc]
        assert "no address" in doctor("--folder", office.folder.path).stderr
    pinned(office.folder, lambda h: h.update(base_url="http://hub.invalid"))
    assert set(wrong(told("--folder", office.folder.path)[1])) == {"reached"}


def test_another_answer_key_than_the_pinned_one(office: Office) -> None:
    stranger = keys.public_to_jwk(keys.generate("answer").public)
    pinned(office.folder, lambda h: h["hub_keys"].update(answer=stranger))  # type: ignore[attr-defined]
    code, report = told("--folder", office.folder.path)
    assert (code, set(wrong(report)), wrong(report)["answer"]["code"]) == (1, {"answer"}, "unknown-key")


@pytest.mark.parametrize(("minutes", "code", "which"), [(-10, "stale", "behind"), (10, "ahead", "ahead")])
def test_a_clock_that_is_off_is_told_and_the_rest_is_still_found(
    office: Office, minutes: int, code: str, which: str
) -> None:
    mine = identity.of_folder(office.folder)
    report = visiting.visit(mine, lambda: clock.now() + timedelta(minutes=minutes)).as_json()
    assert {name: one["code"] for name, one in wrong(report).items()} == {"clock": code}
    seconds, said = re.findall(r"yours is (\d+) s (\w+)\.", wrong(report)["clock"]["words"])[0]
    assert abs(int(seconds) - 600) <= 2
    assert said == which
    assert named(report, "key request")["ok"]


def test_keys_that_nobody_enrolled(office: Office, enrol: Enrol, tmp_path: Path) -> None:
    stranger = Office(tmp_path / "stranger", office.who)
    stranger.folder.pin(office.folder.hub)
    code, report = told("--folder", stranger.folder.path)
    assert (code, {n: one["code"] for n, one in wrong(report).items()}) == (1, {"self": "unknown-key"})
    assert enrol


def test_a_key_that_differs_from_the_enrolled_one(office: Office, tmp_path: Path) -> None:
    other = Office(tmp_path / "other", office.who)
    (office.folder.path / "notice.pem").write_bytes((other.folder.path / "notice.pem").read_bytes())
    found = told("--folder", office.folder.path)[1]["findings"]
    notice = [one["words"] for one in found if one["name"] == "key notice" and not one["ok"]]
    assert "differs from the hub's" in notice[0]
    assert "not the one in its enrolment.json" in notice[1]


@pytest.mark.parametrize(
    ("dates", "status"),
    [("ends_at = now()", "ended"), ("active_from = now() + interval '1 day'", "future")],
)
def test_a_key_that_is_not_active(hub: Hub, office: Office, dates: str, status: str) -> None:
    kid = office.folder.key("notice").kid
    with hub.database.transaction() as tx:
        tx.execute(f"UPDATE authority_key SET {dates} WHERE kid = %s", (kid,))  # type: ignore[arg-type]  # noqa: S608
    found = wrong(told("--folder", office.folder.path)[1])
    assert {name: one["code"] for name, one in found.items()} == {"key notice": "key-not-active"}
    assert status in found["key notice"]["words"]


def test_a_folder_that_lags_behind_and_what_waits_for_a_receipt(office: Office) -> None:
    office.post()
    before = (office.folder.path / "sequence.json").read_bytes()
    office.post()
    (office.folder.path / "sequence.json").write_bytes(before)
    office.folder.keep_pending("01890a5d-ac96-774b-bcce-b302099a8057", b"{}")
    found = wrong(told("--folder", office.folder.path)[1])
    assert set(found) == {"sequence", "pending"}
    assert "stands at seq 1, the hub at seq 2" in found["sequence"]["words"]


def test_a_folder_that_is_none_or_pins_nothing_says_what_to_do(tmp_path: Path) -> None:
    assert "authority --folder" in doctor("--folder", tmp_path / "none").stderr
    fresh = Office(tmp_path / "fresh", Reader("xx", "urn:asylum-exchange:authority:xx", "border_guard", "SVK"))
    done = doctor("--folder", fresh.folder.path)
    assert (done.exit_code, " pin FILE" in done.stderr) == (1, True)
    assert "is damaged" in doctor("--folder", _spoiled(fresh)).stderr
    for options in ([], ["--folder", tmp_path, "--send"], ["--folder", tmp_path, "--authority", "pl-sg"]):
        assert doctor(*options).exit_code == 2


def _spoiled(office: Office) -> Path:
    (office.folder.path / "notice.pem").write_text("spoiled")
    return office.folder.path


@pytest.mark.usefixtures("web")
def test_a_sandbox_serves_instead_of_a_folder(hub: Hub, tmp_path: Path) -> None:
    object.__setattr__(hub, "exchange_id", "sandbox-test")
    path = sandboxing.set_up(secretariat_of(hub), tmp_path)
    code, report = told("--sandbox", path, "--authority", "pl-asylum")
    assert (code, report["authority"]) == (0, "urn:asylum-exchange:authority:pl-asylum")
    assert "pl-asylum" in doctor("--sandbox", path, "--authority", "nobody").stderr
    path.write_text("{}")
    assert "no sandbox.json" in doctor("--sandbox", path, "--authority", "pl-asylum").stderr


# With a request: the twelve mistakes.


@dataclass
class Bench:
    """Writes requests of an office to a file, as its own client would have sent them."""

    office: Office
    folder: Path

    @property
    def key(self) -> keys.PrivateKey:
        return self.office.folder.key("request")

    def request(self, key: keys.PrivateKey | None = None, **how: Any) -> Request:
        created = int(clock.now().timestamp()) + how.pop("later", 0)
        target = how.pop("target", self.office.folder.hub["base_url"] + "/v1/notices")
        target = target if "://" in target else self.office.folder.hub["base_url"] + target
        bare = Request("POST", target, (("Content-Type", ENVELOPE), ("Accept", "*/*")), self.office.sign())
        how = {"created": created, "expires": created + 120, "nonce": b64encode(secrets.token_bytes(16)), **how}
        return signed_by_hand(key or self.key, bare, **how)

    def written(self, request: Request, path: str = "/v1/notices", end: str = "\r\n") -> Path:
        lines = [f"POST {path} HTTP/1.1", *[f"{name}: {value}" for name, value in request.headers], "", ""]
        file = self.folder / "request.http"
        file.write_bytes(end.join(lines).encode() + request.body)
        return file

    def told(self, request: Request, *more: object) -> tuple[int, dict[str, Any]]:
        return told("--folder", self.office.folder.path, "--request", self.written(request), *more)

    def base(self, request: Request, touch: Callable[[str], str] = str) -> Path:
        """The base of a request, written down, perhaps touched."""
        file = self.folder / "base.txt"
        signed = (request.header("signature-input") or "").partition("=")[2]
        file.write_bytes(touch(request_base(request, signed)).encode())
        return file


@pytest.fixture
def bench(office: Office, tmp_path: Path) -> Bench:
    return Bench(office, tmp_path)


OTHER = keys.generate("request")
MISTAKES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("wrong key", {"key": OTHER, "keyid": None}, {"signature": "bad-signature"}),
    ("unknown key", {"key": OTHER}, {"key": "unknown-key", "signature": "unknown-key"}),
    ("keyid is a name", {"keyid": "key-1"}, {"key": "unknown-key"}),
    ("stale", {"later": -600}, {"times": "stale"}),
    ("ahead", {"later": 60}, {"times": "ahead"}),
    ("window too long", {"expires": 4102444800}, {"times": "window-too-long"}),
    ("no nonce", {"nonce": None}, {"nonce": "no-nonce"}),
    ("short nonce", {"nonce": "AAAA"}, {"nonce": "no-nonce"}),
    ("digest of other bytes", {"digest": digest_of(b"other")}, {"digest": "wrong-digest"}),
    (
        "component missing",
        {"components": '"@method" "@target-uri" "content-type"'},
        {"components": "component-missing"},
    ),
    ("component too many", {"components": COMPONENTS + ' "accept"'}, {"components": "component-extra"}),
    (
        "components in another order",
        {"components": '"@target-uri" "@method" "content-type" "content-digest"'},
        {"components": "component-extra"},
    ),
    ("wrong tag", {"tag": "mine"}, {"tag": "wrong-tag"}),
    ("wrong label", {"label": "sig1"}, {"label": "wrong-label"}),
    ("wrong target", {"target": "http://127.0.0.1/v1/inbox"}, {"signature": "bad-signature"}),
    ("another address", {"target": "/v1/inbox"}, {"signature": "wrong-target"}),
    ("wrong alg", {"alg": "rsa-v1_5-sha256"}, {"alg": "wrong-alg"}),
    ("parameter too many", {"more": ";extra=1"}, {"parameters": "bad-signature-header"}),
]


@pytest.mark.parametrize(("how", "expected"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_each_mistake_is_told_by_its_own_name(bench: Bench, how: dict[str, Any], expected: dict[str, str]) -> None:
    changed = dict(how)
    if changed.get("keyid", "") is None:
        changed["keyid"] = bench.key.kid
    request = bench.request(changed.pop("key", None), **changed)
    code, report = bench.told(replace(request, target_uri=bench.office.folder.hub["base_url"] + "/v1/notices"))
    found = {name: one["code"] for name, one in wrong(report).items()}
    verdict = found.pop("verdict")
    assert (code, found) == (1, expected)
    assert verdict == next(iter(expected.values()))
    assert all(one["next_step"] for one in wrong(report).values())


@pytest.mark.parametrize("how", [row[1] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_the_hub_says_the_same(bench: Bench, how: dict[str, Any]) -> None:
    changed = dict(how)
    if changed.get("keyid", "") is None:
        changed["keyid"] = bench.key.kid
    code, report = bench.told(bench.request(changed.pop("key", None), **changed), "--send")
    found = wrong(report)
    assert (code, found["sent"]["code"]) == (1, found["verdict"]["code"])


def test_a_request_without_a_signature(bench: Bench) -> None:
    code, report = bench.told(Request("POST", "", (("Content-Type", ENVELOPE),), b"{}"))
    assert (code, {one["code"] for one in wrong(report).values()}) == (1, {"unsigned"})
    assert report["bases"] == {}


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_good_request_is_well_in_either_form(bench: Bench, end: str) -> None:
    request = bench.request()
    for path in ("/v1/notices", request.target_uri):
        file = bench.written(request, path, end)
        code, report = told("--folder", bench.office.folder.path, "--request", file, "--base", bench.base(request))
        assert (code, wrong(report)) == (0, {})
        assert report["bases"]["ours"] == report["bases"]["yours"]


def test_a_good_request_is_taken_once_and_a_replay_is_told(bench: Bench) -> None:
    request = bench.request()
    code, report = bench.told(request, "--send")
    assert (code, named(report, "sent")["words"]) == (0, "The hub took the request: status 201.")
    code, report = bench.told(request, "--send")
    assert (code, {n: one["code"] for n, one in wrong(report).items()}) == (1, {"sent": "nonce-replayed"})


def test_the_base_that_the_hub_built_is_shown_beside_ours(bench: Bench) -> None:
    request = bench.request(OTHER, keyid=bench.key.kid)
    _, report = bench.told(request, "--send")
    assert report["bases"]["hub"] == report["bases"]["ours"]
    assert named(report, "hub's base")["ok"]


@pytest.mark.parametrize("spelling", ["/v1/notices/", "/v1/inbox", "/v1/notices?a=1"])
def test_a_signature_over_another_target_names_that_target(bench: Bench, spelling: str) -> None:
    origin = bench.office.folder.hub["base_url"]
    request = bench.request(target=origin + ("/v1/notices" if "?" in spelling else spelling))
    file = bench.written(request, spelling if "?" in spelling else "/v1/notices")
    _, report = told("--folder", bench.office.folder.path, "--request", file)
    found = wrong(report)["signature"]
    assert found["code"] == "wrong-target"
    assert found["words"].endswith(request.target_uri)


def by_hand(bench: Bench, data: Callable[[str], bytes], key: keys.PrivateKey | None = None) -> Request:
    """A request whose signature is over something made of the right base."""
    request = bench.request()
    signed = (request.header("signature-input") or "").partition("=")[2]
    signature = (key or bench.key).sign(data(request_base(request, signed)))
    kept = tuple((name, value) for name, value in request.headers if name != "Signature")
    standard = b64encode(signature).replace("-", "+").replace("_", "/") + "=="
    return replace(request, headers=(*kept, ("Signature", f"ax=:{standard}:")))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda base: base.encode() + b"\n", "a line feed at its end"),
        (lambda base: base.replace("\n", "\r\n").encode(), "joined by CR LF"),
        (lambda base: base.replace('params": (', 'params": ax=(').encode(), "the label in its last line"),
        (lambda base: base.replace("POST", "post").encode(), "method in lower case"),
    ],
)
def test_usual_mistakes_in_a_base_are_named_without_the_base(
    bench: Bench, data: Callable[[str], bytes], words: str
) -> None:
    assert words in wrong(bench.told(by_hand(bench, data))[1])["signature"]["words"]


def test_a_notice_key_that_signed_the_request_is_named(bench: Bench) -> None:
    _, report = bench.told(by_hand(bench, str.encode, bench.office.folder.key("notice")))
    assert "notice key signed it" in wrong(report)["signature"]["words"]


@pytest.mark.parametrize(
    ("touch", "line", "character", "words"),
    [
        (lambda b: b.replace("\n", "\r\n"), 1, 16, "a carriage return (CR)"),
        (lambda b: b.replace("POST\n", "POST \n"), 1, 16, "a space at the end of the line"),
        (lambda b: b.replace("/v1/notices\n", "/v1/inbox\n"), 2, 42, "The target is another one"),
        (lambda b: b.replace("POST", "POST\u00a0", 1), 1, 16, "a no-break space"),
    ],
)
def test_the_first_difference_is_told_and_the_key_is_right(
    bench: Bench, touch: Callable[[str], str], line: int, character: int, words: str
) -> None:
    request = by_hand(bench, lambda base: touch(base).encode())
    code, report = bench.told(request, "--base", bench.base(request, touch))
    found = wrong(report)["base"]["words"]
    assert code == 1
    assert f"line {line}, character {character}" in found
    assert words in found
    assert wrong(report)["signature"]["words"].startswith("Your key is right; the base is not")
    page = doctor(
        "--folder", bench.office.folder.path, "--request", bench.written(request), "--base", bench.base(request, touch)
    ).stdout
    assert re.search(r"^ +\^$", page, re.MULTILINE)


def test_a_key_that_signed_neither_base_is_told(bench: Bench) -> None:
    request = bench.request(OTHER, keyid=bench.key.kid)
    _, report = bench.told(request, "--base", bench.base(request))
    assert named(report, "base")["ok"]
    assert "another key signed" in wrong(report)["signature"]["words"]


BASE = '"a": 1\n"b": 2'


@pytest.mark.parametrize(
    ("touch", "where", "yours", "words"),
    [
        (lambda b: b + "\n", (2, 7), "the end of the line (LF)", "line feed behind the last line"),
        (lambda b: b.replace("\n", "\\n"), (1, 7), "\\", "backslash"),
        (lambda b: b.replace('"', "\u201c", 1), (1, 1), "a curly quote (U+201C)", "begins otherwise"),
        (lambda b: "\ufeff" + b, (1, 1), "a byte order mark (U+FEFF)", "byte order mark"),
        (lambda b: "\n".join(reversed(b.split("\n"))), (1, 2), "b", "another order"),
        (lambda b: b.partition("\n")[0], (1, 7), "nothing more", ""),
        (lambda b: b.replace(": 2", ":\t2"), (2, 5), "a tab", ""),
    ],
)
def test_what_no_eye_sees_has_a_name(
    touch: Callable[[str], str], where: tuple[int, int], yours: str, words: str
) -> None:
    found = first_difference(BASE, touch(BASE))
    assert found is not None
    assert ((found.line, found.character), found.yours) == (where, yours)
    assert words in found.words
    assert first_difference(BASE, BASE) is None
    assert list(side_by_side(BASE, touch(BASE)))


def test_a_file_that_is_no_request_and_one_that_was_cut(bench: Bench) -> None:
    file = bench.folder / "request.http"
    for text, words in ((b"hello", "no request line"), (b"GET / HTTP/1.1\nno field\n\n", "Line 2 is no header field")):
        file.write_bytes(text)
        done = doctor("--folder", bench.office.folder.path, "--request", file)
        assert (done.exit_code, words in done.stderr) == (1, True)
    request = bench.request()
    cut = replace(request, headers=(*request.headers, ("Content-Length", str(len(request.body) + 1))))
    assert "stand in the file" in wrong(bench.told(cut)[1])["body"]["words"]
    longer = replace(request, headers=(*request.headers, ("Content-Length", str(len(request.body)))))
    file = bench.written(replace(longer, body=longer.body + b"\n"))
    assert told("--folder", bench.office.folder.path, "--request", file)[0] == 0


def test_neither_bodies_nor_private_keys_are_printed(bench: Bench) -> None:
    request = bench.request(OTHER, keyid=bench.key.kid)
    file = bench.written(request)
    secret = [(bench.office.folder.path / f"{name}.pem").read_text().split("\n")[1] for name in ("request", "notice")]
    for more in ([], ["--json"], ["--send"]):
        done = doctor("--folder", bench.office.folder.path, "--request", file, *more)
        assert [s for s in (*secret, request.body.decode()[20:80]) if s in done.output] == []


@pytest.fixture
def between(hub: Hub) -> Iterator[Between]:
    made = Between(hub)
    with serving(made):
        yield made


def test_a_hub_whose_clock_is_off_is_told(hub: Hub, between: Between, enrol: Enrol) -> None:
    def shifted(asked: Asked) -> Answer:
        answer = asked.answer()
        members = json.loads(answer.body)
        members["time"] += 600
        return instead(asked, replace(answer, body=json.dumps(members).encode()), hub.keys["answer"])

    between.touches = [shifted]
    assert set(wrong(told("--folder", enrol().folder.path)[1])) == {"clock"}


SIGNED = signed_by_hand(
    KEYS["request"], Request("POST", HUB + "/v1/notices", (("Content-Type", ENVELOPE),), b'{"notice":"x"}')
)
HEAD = ["POST /v1/notices HTTP/1.1", *[f"{name}: {value}" for name, value in SIGNED.headers], "", ""]
RAW = "\r\n".join(HEAD).encode() + SIGNED.body
PUT = [b"", b" ", b'"', b"=", b",", b";", b"[", b"\n", b"\xa0", b"A", b"1"]


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.integers(0, len(RAW) - 1), st.integers(0, 3), st.sampled_from(PUT))
def test_whatever_the_hub_refuses_a_step_explains(at: int, length: int, put: bytes) -> None:
    raw = RAW[:at] + put + RAW[at + length :]
    try:
        captured = capture.read(raw, HUB)
    except capture.NoRequest:
        return
    report = examine(ME, captured, None, NOW)
    steps = {one.name for one in report.findings if not one.ok}
    assert ("verdict" not in steps) or len(steps) > 1
    assert "verdict" in steps or steps <= {"target", "body"}


def test_every_next_step_is_for_a_code_that_there_is() -> None:
    assert set(NEXT) <= {*problems.STATUS, "no-answer"}
