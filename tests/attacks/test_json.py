"""Bytes that two readers could take for two things are refused wherever JSON stands: in a body, in a JWS, in a part."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from attacks.kit import (
    Webs,
    a_notice,
    acknowledgement,
    batch,
    disclosure,
    envelope,
    jws_of,
    parts_of,
    query,
)
from authorities import Office
from exchange.wire.encoding import b64decode, write_json
from wire.kit import compact

BAD_JSON = (400, "bad-json")

VALUES: dict[str, bytes] = {
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "minus Infinity": b"-Infinity",
    "overflow": b"1e400",
    "negative overflow": b"-1e400",
    "2^53": b"9007199254740992",
    "-2^53": b"-9007199254740992",
    "2^64": b"18446744073709551616",
    "a huge integer": b"9" * 5000,
    "a lone surrogate": rb'"\ud800"',
    "a lone low surrogate": rb'"\udfff"',
    "surrogates in the wrong order": rb'"\udc00\ud800"',
    "a surrogate as a member": rb'{"\ud800":1}',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "no UTF-8": b'"\xff"',
    "overlong UTF-8": b'"\xc0\xaf"',
    "deep lists": b"[" * 17 + b"]" * 17,
    "deep objects": b'{"a":' * 17 + b"1" + b"}" * 17,
    "very deep lists": b"[" * 20_000 + b"]" * 20_000,
    "very deep, not closed": b"[" * 20_000,
    "a member twice": b'{"a":1,"a":1}',
    "a member twice, once escaped": rb'{"a":1,"\u0061":2}',
    "a member twice, deep": b'[[[{"b":{"a":1,"c":[],"a":1}}]]]',
    "an empty member twice": b'{"":1,"":2}',
    "a leading zero": b"01",
    "a plus": b"+1",
    "hexadecimal": b"0x10",
    "a comment": b"1/**/",
    "a trailing comma": b"[1,]",
    "single quotes": b"'a'",
    "a control character": b'"\x01"',
    "nothing": b"",
    "two values": b"1 2",
}


def bodies(office: Office, value: bytes) -> Iterator[tuple[str, bytes, tuple[int, str]]]:
    """The value in every place of a message that is JSON, all signatures and digests right."""
    key = office.folder.key("notice")
    yield "/v1/notices", value, BAD_JSON
    yield "/v1/notices", b'{"notice":' + value + b"}", BAD_JSON
    yield "/v1/notices", b'{"notice":"x","sealed":[' + value + b",1]}", BAD_JSON
    yield "/v1/notices/batch", b'{"notices":[' + value + b",1]}", BAD_JSON
    yield "/v1/alerts/01931d3c-0000-7000-8000-000000000001/take", b'{"caseworker":' + value + b"}", BAD_JSON
    yield "/v1/queries", jws_of(head(key, "query+jws"), b'{"v":' + value + b"}", key).encode(), BAD_JSON
    yield "/v1/acknowledgements", jws_of(head(key, "ack+jws"), b'{"v":' + value + b"}", key).encode(), BAD_JSON
    header = b'{"alg":' + value + b"}"
    # A header with room for far more than its three members is not read at all.
    expected = BAD_JSON if len(header) < 300 else (400, "bad-jws")
    yield "/v1/notices", envelope(jws_of(header, b"{}", key) + "~"), expected
    yield "/v1/notices", envelope(a_notice(office, good(office), payload=lambda _: b'{"v":' + value + b"}")), BAD_JSON


def head(key: Any, typ: str) -> bytes:
    return write_json({"alg": key.alg, "kid": key.kid, "typ": f"asylum-exchange-{typ}"})


def good(office: Office) -> list[str]:
    return [disclosure(name, value) for name, value in parts_of(office).items()]


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_could_be_read_as_two_is_refused_in_every_place(webs: Webs, name: str) -> None:
    office = webs.enrol()
    for path, body, expected in bodies(office, VALUES[name]):
        assert webs.post(office, path, body).verdict == expected, (path, body[:80])
    for part in ("hub", "event", "facts", "safeguards", "sealed"):
        said = {p: v for p, v in parts_of(office).items() if p != part}
        spoiled = disclosure(part, b'{"codes":' + VALUES[name] + b"}")
        notice = a_notice(office, [*(disclosure(*one) for one in said.items()), spoiled])
        assert webs.post(office, "/v1/notices", envelope(notice)).verdict == BAD_JSON, part
        found = webs.post(office, "/v1/notices/batch", batch(envelope(notice), office.sign()))
        assert found.outcomes[0] == BAD_JSON
        assert found.outcomes[1][0] == 201  # and takes no good one with it
    assert webs.post(office, "/v1/notices", office.sign()).verdict == (201, "")


def doubled(value: Any) -> Iterator[bytes]:
    """The value as JSON text, once for each of its objects and each way to give the first member twice."""
    if isinstance(value, dict):
        first = next(iter(value), "a")
        own = compact(value).removeprefix("{").encode()
        for again in (value.get(first, 1), "another"):
            yield f"{{{json.dumps(first)}:{compact(again)},".encode() + own if value else b'{"a":1,"a":1}'
        for name, inner in value.items():
            rest = {n: v for n, v in value.items() if n != name}
            before = compact(rest).removesuffix("}").encode() + (b"," if rest else b"")
            yield from (before + json.dumps(name).encode() + b":" + text + b"}" for text in doubled(inner))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            left, right = (b"".join(compact(v).encode() + b"," for v in value[:at]), value[at + 1 :])
            after = b"".join(b"," + compact(v).encode() for v in right)
            yield from (b"[" + left + text + after + b"]" for text in doubled(inner))


def test_a_member_twice_is_refused_at_every_depth_of_every_part(webs: Webs) -> None:
    office = webs.enrol()
    parts = parts_of(office, person="one", safeguards=["torture_survivor"])
    parts["hub"]["subject"] = {"nationality": ["AFG"], "feared": ["AFG"]}
    spoiled = []
    for part, value in parts.items():
        for text in doubled(value):
            own = [disclosure(n, text if n == part else v) for n, v in parts.items()]
            spoiled.append(envelope(a_notice(office, own)))
    assert len(spoiled) >= 12
    found = webs.post(office, "/v1/notices/batch", batch(*spoiled, envelope(a_notice(office, good(office)))))
    assert found.outcomes == [BAD_JSON] * len(spoiled) + [(201, "")]


def test_a_member_twice_is_refused_at_every_depth_of_every_message(webs: Webs) -> None:
    office = webs.enrol()
    key = office.folder.key("notice")
    for path, make in (("/v1/queries", query), ("/v1/acknowledgements", acknowledgement)):
        head_text, payload, _ = make(office).decode().split(".")
        for text in doubled(json.loads(b64decode(payload))):
            assert webs.post(office, path, jws_of(b64decode(head_text), text, key).encode()).verdict == BAD_JSON
        for text in doubled(json.loads(b64decode(head_text))):
            assert webs.post(office, path, jws_of(text, b64decode(payload), key).encode()).verdict == BAD_JSON
    one = json.loads(office.sign())
    for path, body in (("/v1/notices", one), ("/v1/notices/batch", {"notices": [one]})):
        for text in doubled(body):
            assert webs.post(office, path, text).verdict == BAD_JSON
    issued = one["notice"].partition("~")[0]
    for text in doubled(json.loads(b64decode(issued.split(".")[1]))):
        bad = a_notice(office, good(office), payload=lambda _, text=text: text)
        assert webs.post(office, "/v1/notices", envelope(bad)).verdict == BAD_JSON
    assert webs.counts(office)["notice"] == 0


def test_what_an_odd_number_stands_for_is_refused_where_a_number_belongs(webs: Webs) -> None:
    office = webs.enrol()
    for value in (b"1.0", b"1e0", b"10e-1", b"true", b'"1"', b"null", b"-0", b"0", b"[1]", b"9007199254740991"):
        text = compact(parts_of(office)["hub"]).replace('"seq":1', '"seq":' + value.decode()).encode()
        own = [disclosure(n, text if n == "hub" else v) for n, v in parts_of(office).items()]
        expected = (201, "") if value == b"9007199254740991" else (400, "bad-schema")
        assert webs.post(office, "/v1/notices", envelope(a_notice(office, own))).verdict == expected, value
    for value in (b"1.0", b"true", b'"1"', b"null", b"2"):
        bad = a_notice(office, good(office), payload=lambda p, v=value: p.replace(b'"v":1', b'"v":' + v))
        assert webs.post(office, "/v1/notices", envelope(bad)).verdict == (400, "bad-notice"), value


def test_deepest_nesting_is_taken_as_far_as_the_page_says(webs: Webs) -> None:
    # 16 levels are JSON that we read, so the verdict is the schema's; the seventeenth is the reader's.
    office = webs.enrol()
    for depth, code in ((15, "bad-schema"), (16, "bad-json")):
        value = b"[" * depth + b"]" * depth
        assert webs.post(office, "/v1/notices", b'{"notice":' + value + b"}").code == code
    for depth, code in ((14, "bad-schema"), (15, "bad-json")):  # a Disclosure is an array around an object
        own = [disclosure(n, b'{"kind":' + b"[" * depth + b"]" * depth + b"}") for n in ("hub", "event", "facts")]
        assert webs.post(office, "/v1/notices", envelope(a_notice(office, own))).code == code


def random_spoils(seed: int, text: bytes, many: int) -> Iterator[bytes]:
    """The text with bytes changed, cut out or put in."""
    dice = random.Random(seed)
    pieces = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\0", b"\xff", b"\\ud800", b"1e999", b"NaN", b" ", b"e"]
    for _ in range(many):
        at = dice.randrange(len(text))
        yield text[:at] + dice.choice(pieces) + text[at + dice.randrange(3) :]


def test_whatever_is_broken_is_refused_and_nothing_is_stored_of_it(webs: Webs) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    office = webs.enrol()
    body = office.sign()
    for text in random_spoils(seed, body, 60):
        said = webs.post(office, "/v1/notices", text)
        stored = webs.counts(office)["notice"]
        assert said.status in {400, 403, 401, 201, 200}, text
        assert (said.status in {200, 201}) == (stored == 1), text
        if stored:
            break  # white space, or a byte of a signature's spelling that means the same: never another notice
