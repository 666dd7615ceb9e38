from typing import Any

import pytest

from exchange.wire import jws, keys, statements
from exchange.wire.encoding import read_json, write_json
from wire.kit import CLAIMS, EX, b64, code, salts

KEYS = {purpose: keys.generate(purpose) for purpose in ("receipt", "words", "notice", "answer")}
TYPS = sorted(statements.KEY_OF)
ASKED = {"purpose": "court_order", "legal_basis": "court_order", "case": "A-1", "tokens": ["t"]}


def key_of(typ: str) -> keys.PrivateKey:
    return KEYS[statements.KEY_OF[typ]]


def pad(size: int) -> str:
    return b64(salts()(size))[:size]


@pytest.mark.parametrize("typ", TYPS)
def test_there_and_back(typ: str) -> None:
    members: dict[str, Any] = {"iss": CLAIMS.iss, "id": CLAIMS.id, "leaf": {"index": 5}}
    assert statements.heard(statements.state(typ, members, key_of(typ)), typ, key_of(typ).public) == members


@pytest.mark.parametrize("typ", TYPS)
def test_no_kind_can_be_shown_as_another(typ: str) -> None:
    text = statements.state(typ, {}, key_of(typ))
    for other in set(TYPS) - {typ}:
        assert code(statements.heard, text, other, key_of(other).public) == "wrong-typ"


@pytest.mark.parametrize("typ", TYPS)
def test_each_kind_has_its_key(typ: str) -> None:
    for purpose, key in KEYS.items():
        if purpose == statements.KEY_OF[typ]:
            continue
        with pytest.raises(ValueError, match="key for"):
            statements.state(typ, {}, key)
        assert code(statements.heard, jws.sign(b"{}", typ, key), typ, key.public) == "wrong-purpose"


def test_only_the_pinned_key_is_believed() -> None:
    typ, other = statements.RECEIPT, keys.generate("receipt")
    assert code(statements.heard, statements.state(typ, {}, other), typ, key_of(typ).public) == "unknown-key"


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b'{"a":1,"a":2}', b"\xff", b"NaN"])
def test_a_statement_is_a_strict_object(payload: bytes) -> None:
    text = jws.sign(payload, statements.VIEW, KEYS["words"])
    assert code(statements.heard, text, statements.VIEW, KEYS["words"].public) == "bad-json"


def test_every_answer_to_a_query_has_one_size() -> None:
    answers: list[dict[str, Any]] = [{"answer": "nothing_to_tell"}, {"mailbox": "x" * 36, "jti": "j" * 22}, {"a": "é"}]
    made = [statements.state_padded(statements.ANSWER, members, KEYS["words"], pad) for members in answers]
    assert len({len(text) for text in made}) == 1
    for text, members in zip(made, answers, strict=True):
        heard = statements.heard(text, statements.ANSWER, KEYS["words"].public)
        assert {name: value for name, value in heard.items() if name != "pad"} == members


def test_an_answer_that_does_not_fit_is_a_fault() -> None:
    with pytest.raises(ValueError, match="fixed size"):
        statements.state_padded(statements.ANSWER, {"a": "x" * statements.ANSWER_BYTES}, KEYS["words"], pad)


def test_a_query_there_and_back() -> None:
    payload = write_json({**CLAIMS.members(), **ASKED})  # type: ignore[dict-item]  # a list of strings is JSON
    assert statements.said(payload, EX) == (CLAIMS, ASKED)
    assert code(statements.said, payload, "another") == "wrong-exchange"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"id": "x"},
        {"iss": "x"},
        {"iat": "x"},
        {"ex": 5},
    ],
)
def test_a_query_with_odd_claims_is_refused(change: dict[str, Any]) -> None:
    made = {**CLAIMS.members(), **ASKED, **change}
    payload = write_json({name: value for name, value in made.items() if value is not None})
    assert code(statements.said, payload, EX) == "bad-query"


def test_a_query_is_an_object() -> None:
    assert code(statements.said, b"[]", EX) == "bad-query"
    assert code(statements.said, b'{"v":1,"v":1}', EX) == "bad-json"
    assert read_json(b"{}") == {}
