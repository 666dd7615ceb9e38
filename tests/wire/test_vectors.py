"""The golden vectors: made again byte for byte, each read as it says, and none missing."""

import ast
import base64
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from exchange.api.problems import STATUS
from exchange.domain.errors import Refusal
from exchange.domain.merkle import leaf_hash
from exchange.wire import httpsig, jws, key_history, key_judging, key_statements, keys, sdjwt, statements
from exchange.wire.encoding import b64decode, b64encode, read_json, write_json
from exchange.wire.messages import Answer, Request
from schemas.catalogue import served

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "vectors"
PAGES = (
    *("requests", "answers", "notices", "statements", "check_answers"),
    *("keys", "encoding", "key_statements", "key_history"),
)
ACCEPTED = "accepted"
CHECK, CHECK_ANSWER = (Draft202012Validator(served(name)) for name in ("check", "check-answer"))


@cache
def page(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def vectors(name: str) -> Any:
    made = page(name)["vectors"]
    return pytest.mark.parametrize("vector", made, ids=[vector["name"] for vector in made])


@cache
def key_of(name: str, key: str) -> keys.PublicKey:
    enrolled = page(name)["keys"][key]
    return keys.public_from_jwk(enrolled["jwk"], enrolled["purpose"])


def verdict(act: Callable[..., Any], *given: Any) -> tuple[str, Any]:
    """The code of a refusal, or `accepted` and what was read."""
    try:
        return ACCEPTED, act(*given)
    except Refusal as refusal:
        return refusal.code, None


def test_they_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(FOLDER / "make.py"), str(tmp_path)], check=True, cwd=tmp_path)
    for name in PAGES:
        assert (tmp_path / f"{name}.json").read_bytes() == (FOLDER / f"{name}.json").read_bytes(), name
    assert {path.stem for path in tmp_path.iterdir()} == set(PAGES)


def test_what_makes_them_shares_no_code_with_what_reads_them() -> None:
    for path in (FOLDER / f"{name}.py" for name in ("make", *(f"make_{part}" for part in _makers()))):
        tree = ast.parse(path.read_text())
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert not {name for name in imported if name.partition(".")[0] in {"exchange", "schemas", "wire"}}, path


def _makers() -> tuple[str, ...]:
    return (
        *("kit", "requests", "answers", "notices", "parts", "statements", "check_answers"),
        *("encoding", "keys_said", "key_history"),
    )


# What reads each page.


def request_of(sent: dict[str, Any]) -> Request:
    headers = tuple((name, value) for name, value in sent["headers"])
    return Request(sent["method"], sent["target_uri"], headers, base64.b64decode(sent["body"]))


def answer_of(sent: dict[str, Any]) -> Answer:
    headers = tuple((name, value) for name, value in sent["headers"])
    return Answer(sent["status"], headers, base64.b64decode(sent["body"]))


def read_request(vector: dict[str, Any]) -> httpsig.VerifiedRequest:
    inspected = httpsig.inspect(request_of(vector["request"]))
    enrolled = {key_of("requests", name).kid: key_of("requests", name) for name in page("requests")["keys"]}
    assert keys.is_thumbprint(inspected.keyid), "only a thumbprint is looked up"
    if inspected.keyid not in enrolled:
        raise Refusal("unknown-key", "as a hub says")
    return httpsig.verify_request(
        inspected, enrolled[inspected.keyid], datetime.fromtimestamp(page("requests")["now"], UTC)
    )


def read_answer(vector: dict[str, Any]) -> None:
    request, answer = request_of(vector["request"]), answer_of(vector["answer"])
    httpsig.verify_answer(answer, request, key_of("answers", vector["key"]))


def read_notice(vector: dict[str, Any]) -> sdjwt.Notice:
    verify = sdjwt.verify_shown if vector.get("shown") else sdjwt.verify
    return verify(sdjwt.read(vector["notice"]), key_of("notices", vector["key"]), page("notices")["ex"])


def read_statement(vector: dict[str, Any]) -> Any:
    key = key_of("statements", vector["key"])
    if vector["typ"] in statements.KEY_OF:
        return statements.heard(vector["jws"], vector["typ"], key)
    verified = jws.verify(jws.parse(vector["jws"], vector["typ"]), key, "notice")
    claims, others = statements.said(verified.payload, page("statements")["ex"])
    return {**claims.members(), **others}


def read_check_answer(vector: dict[str, Any]) -> tuple[str, Any]:
    """What a court does with a check and its answer: who asked, what the hub said, and that it said so to this."""
    name = "check_answers"
    asked = jws.verify(jws.parse(vector["check"], statements.CHECK), key_of(name, vector["asker"]), "notice")
    statements.said(asked.payload, page(name)["ex"])
    told = statements.heard(vector["answer"], statements.CHECK_ANSWER, key_of(name, vector["key"]))
    statements.require_answer(told, vector["check"])
    return asked.signing_input.decode(), told


def read_key(vector: dict[str, Any]) -> keys.PublicKey:
    return keys.public_from_jwk(vector["jwk"], vector.get("purpose", "notice"))


def read_encoding(vector: dict[str, Any]) -> Any:
    return b64decode(vector["text"]) if "text" in vector else read_json(base64.b64decode(vector["body"]))


def read_key_statement(vector: dict[str, Any]) -> key_statements.Statement:
    text, typ, ex = vector["jws"], vector["typ"], page("key_statements")["ex"]
    if typ == key_statements.ENROLMENT:
        bundle = key_statements.read_bundle(text, ex)
        assert bundle.fingerprint == bundle.statement.digest
        return bundle.statement
    key = key_of("key_statements", vector["key"])
    if typ == key_statements.POSSESSION:
        key_statements.check_possession(text, (ex, vector["iss"]), vector["nonce"], key)
    statement = key_statements.read(text, typ, ex)
    statement.verify(key)
    return statement


def history_after(name: str) -> key_history.History:
    """The history when the records of a vector and of all before it were judged; their leaves are over them."""
    if not name:
        return key_history.History(page("key_history")["ex"])
    vector = next(one for one in page("key_history")["vectors"] if one["name"] == name)
    history, record, leaf = history_after(vector["after"]), vector["record"].encode(), vector["leaf"]
    entry = hashlib.sha256(b64decode(leaf["salt"]) + record).digest()
    assert b64encode(leaf_hash(entry)) == leaf["hash"]
    key_judging.add(history, record, leaf["index"])
    return history


def read_key_event(vector: dict[str, Any]) -> key_history.History:
    return history_after(vector["name"])


READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "requests": read_request,
    "answers": read_answer,
    "notices": read_notice,
    "statements": read_statement,
    "check_answers": read_check_answer,
    "keys": read_key,
    "encoding": read_encoding,
    "key_statements": read_key_statement,
    "key_history": read_key_event,
}


@vectors("requests")
def test_requests(vector: dict[str, Any]) -> None:
    told, read = verdict(read_request, vector)
    assert told == vector["expect"]
    assert (read is None) or b64decode(read.nonce) == bytes(range(16))


@vectors("answers")
def test_answers(vector: dict[str, Any]) -> None:
    assert verdict(read_answer, vector)[0] == vector["expect"]


@vectors("notices")
def test_notices(vector: dict[str, Any]) -> None:
    told, read = verdict(read_notice, vector)
    assert told == vector["expect"]
    assert (read.sha256.hex() if read else None) == vector.get("sha256")


@vectors("statements")
def test_statements(vector: dict[str, Any]) -> None:
    told, read = verdict(read_statement, vector)
    assert told == vector["expect"]
    assert read == vector.get("says")


@vectors("check_answers")
def test_check_answers(vector: dict[str, Any]) -> None:
    told, read = verdict(read_check_answer, vector)
    assert told == vector["expect"]
    if read is not None:
        signing_input, members = read
        for schema, said in ((CHECK, read_json(statements.payload(signing_input))), (CHECK_ANSWER, members)):
            assert [one.message for one in schema.iter_errors(said)] == []
        assert len(write_json(members)) == statements.BYTES_OF[statements.CHECK_ANSWER]
        for leaf, record in (
            (vector["leaves"]["check"], signing_input),
            (vector["leaves"]["answer"], vector["answer"]),
        ):
            entry = hashlib.sha256(b64decode(leaf["salt"]) + record.encode()).digest()
            assert b64encode(leaf_hash(entry)) == leaf["hash"]


@vectors("keys")
def test_keys(vector: dict[str, Any]) -> None:
    told, read = verdict(read_key, vector)
    assert told == vector["expect"]
    assert (read and (read.alg, read.kid)) == ((vector["alg"], vector["kid"]) if told == ACCEPTED else None)


@vectors("encoding")
def test_encoding(vector: dict[str, Any]) -> None:
    told, read = verdict(read_encoding, vector)
    assert told == vector["expect"]
    assert told != ACCEPTED or "text" not in vector or b64encode(read) == vector["text"]


@vectors("key_statements")
def test_key_statements(vector: dict[str, Any]) -> None:
    told, read = verdict(read_key_statement, vector)
    assert told == vector["expect"]
    assert (read and read.digest) == vector.get("digest")


@vectors("key_history")
def test_key_history(vector: dict[str, Any]) -> None:
    told, read = verdict(read_key_event, vector)
    assert told == vector["expect"]
    if read is None:
        history = history_after(vector["after"])
        with pytest.raises(Refusal):
            key_judging.add(history, vector["record"].encode(), vector["leaf"]["index"])
        assert history == history_after(vector["after"]), "nothing of it was taken in"
    else:
        assert read.events[-1].hash == vector["sha256"]
        assert read.active == set(vector.get("active", read.active))
        for life in vector.get("lives", []):
            assert {name: getattr(read.lives[life["kid"]], name) for name in life} == life


@vectors("key_history")
def test_the_hub_writes_a_record_as_it_stands_in_the_vectors(vector: dict[str, Any]) -> None:
    if vector["expect"] == ACCEPTED:
        told = json.loads(vector["record"])
        written = key_history.write(history_after(vector["after"]), (told["of"], told["act"]), told["at"], told["said"])
        assert written == vector["record"].encode()


# None is missing.


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_good_and_bad_and_says_each_thing_once(name: str) -> None:
    made = page(name)["vectors"]
    expected = Counter(vector["expect"] for vector in made)
    assert 0 < expected[ACCEPTED] < len(made)
    for once in ([one["name"] for one in made], [_content(one) for one in made]):
        assert not {one for one, times in Counter(once).items() if times > 1}
    assert all(vector["rule"] for vector in made)
    assert [one["name"] for one in made if one["name"].startswith("good/") and one["expect"] != ACCEPTED] == []


def _content(vector: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in vector.items() if name not in {"name", "rule", "expect"}})


def codes() -> set[str]:
    """Every code that a file of the wire names: what stands in the table of problems, or first in a Refusal."""
    found: set[str] = set()
    for path in sorted((ROOT / "exchange" / "wire").glob("*.py")):
        if not path.name.startswith(("sealing", "signed_note", "tlog", "witnesses")):  # has tests of its own
            found |= {code for node in ast.walk(ast.parse(path.read_text())) for code in _named(node)}
    return found


def _named(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if node.value in STATUS else []
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
        return [one.value for one in node.args[:1] if isinstance(one, ast.Constant)]
    return []


def test_every_code_of_the_wire_has_a_vector() -> None:
    expected = {vector["expect"] for name in PAGES for vector in page(name)["vectors"]} - {ACCEPTED}
    assert codes() == expected
