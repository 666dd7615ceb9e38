"""Disclosures: each is one that the author signed for this very notice, once, with a salt that nobody guesses."""

import json
from typing import Any

import pytest

from attacks.kit import (
    Webs,
    a_notice,
    acknowledgement,
    batch,
    digest,
    disclosure,
    envelope,
    parts_of,
    query,
    signed,
)
from authorities import Office
from exchange.wire.encoding import b64encode
from wire.kit import compact

PARTS = ("hub", "event", "facts")


def good(office: Office, **said: Any) -> dict[str, str]:
    return {name: disclosure(name, value) for name, value in parts_of(office, **said).items()}


def post(webs: Webs, office: Office, notice: str) -> tuple[int, str]:
    """The verdict on a notice posted alone; the verdict on it in a batch must be the same."""
    said = webs.post(office, "/v1/notices", envelope(notice))
    (outcome,) = webs.post(office, "/v1/notices/batch", batch(envelope(notice))).outcomes
    assert outcome == said.verdict
    return said.verdict


@pytest.mark.parametrize("name", PARTS)
def test_a_disclosure_that_stands_twice(webs: Webs, name: str) -> None:
    office = webs.enrol()
    own = good(office)
    shown = [*own.values(), own[name]]
    assert post(webs, office, a_notice(office, list(own.values()), shown=shown)) == (400, "repeated-disclosure")
    twin = disclosure(name, parts_of(office)[name])  # another salt, signed too: still one part twice
    assert post(webs, office, a_notice(office, [*own.values(), twin])) == (400, "repeated-disclosure")


@pytest.mark.parametrize("name", PARTS)
def test_a_disclosure_that_is_missing(webs: Webs, name: str) -> None:
    office = webs.enrol()
    own = good(office)
    shown = [one for part, one in own.items() if part != name]
    assert post(webs, office, a_notice(office, list(own.values()), shown=shown)) == (400, "part-missing")
    assert post(webs, office, a_notice(office, list(own.values()), shown=[])) == (400, "part-missing")
    assert post(webs, office, a_notice(office, shown)) == (400, "part-missing")  # never signed


@pytest.mark.parametrize("name", PARTS)
def test_a_disclosure_that_was_not_signed(webs: Webs, name: str) -> None:
    office, other = webs.enrol(), webs.enrol()
    own = good(office)
    for foreign in (
        disclosure(name, parts_of(office)[name]),
        good(other)[name],
        own[name][:-1] + ("A" if own[name][-1] != "A" else "B"),
        disclosure(name, {}),
    ):
        shown = [foreign if part == name else one for part, one in own.items()]
        status, code = post(webs, office, a_notice(office, list(own.values()), shown=shown))
        assert (status, code) in {(400, "foreign-disclosure"), (400, "bad-json"), (400, "bad-disclosure")}
    added = [*own.values(), disclosure("safeguards", {"codes": []})]
    assert post(webs, office, a_notice(office, list(own.values()), shown=added)) == (400, "foreign-disclosure")


@pytest.mark.parametrize("name", PARTS)
def test_disclosures_swapped_between_two_notices(webs: Webs, name: str) -> None:
    office = webs.enrol()
    one, other = good(office, case="case-1"), good(office, case="case-2")
    assert webs.post(office, "/v1/notices", envelope(a_notice(office, list(other.values())))).verdict == (201, "")
    shown = [other[part] if part == name else own for part, own in one.items()]
    assert post(webs, office, a_notice(office, list(one.values()), shown=shown)) == (400, "foreign-disclosure")


def test_disclosures_swapped_between_the_notices_of_a_batch(webs: Webs) -> None:
    office = webs.enrol()
    one, other = (json.loads(office.sign())["notice"] for _ in range(2))
    (jws_one, *own), (jws_other, *others) = one.split("~"), other.split("~")
    found = webs.post(
        office,
        "/v1/notices/batch",
        batch(envelope("~".join([jws_one, *others])), envelope("~".join([jws_other, *own])), office.sign()),
    )
    assert found.outcomes == [(400, "foreign-disclosure")] * 2 + [(201, "")]


SALTS: list[tuple[object, str]] = [
    (b64encode(bytes(range(16))), "16 bytes, as others use"),
    (b64encode(bytes(31)), "a byte too few"),
    (b64encode(bytes(33)), "a byte too many"),
    ("", "none"),
    ("salt", "a word"),
    (b64encode(bytes(range(32)))[:-1] + "9", "bits that are left over"),
    (b64encode(bytes(range(32))) + "=", "padded"),
    (" " + b64encode(bytes(range(32))), "a space"),
    (7, "a number"),
    (None, "null"),
    ([b64encode(bytes(range(32)))], "a list"),
    (True, "a boolean"),
]


@pytest.mark.parametrize("name", PARTS)
def test_a_weak_salt(webs: Webs, name: str) -> None:
    office = webs.enrol()
    parts = parts_of(office)
    for salt, why in SALTS:
        spoiled = b64encode(compact([salt, name, parts[name]]).encode())
        own = [spoiled if part == name else one for part, one in good(office).items()]
        assert post(webs, office, a_notice(office, own)) == (400, "bad-disclosure"), why


def test_a_disclosure_of_another_form(webs: Webs) -> None:
    office = webs.enrol()
    salt, value = b64encode(bytes(range(32))), parts_of(office)["facts"]
    for items in ([salt, value], [salt, "facts", value, 1], [salt], [], {"facts": value}, salt, [salt, 5, value]):
        own = [*list(good(office).values())[:2], b64encode(compact(items).encode())]
        assert post(webs, office, a_notice(office, own)) == (400, "bad-disclosure"), items
    for name in ("Facts", "facts ", "_sd", "...", "__proto__", "iss", ""):
        own = [*good(office).values(), disclosure(name, value)]
        assert post(webs, office, a_notice(office, own)) == (400, "bad-disclosure"), name
    own = [*good(office).values()]
    for spelled in (own[2] + "=", own[2] + "A", own[2].replace(own[2][7], "+", 1), own[2] + "\n", "", "~"):
        assert post(webs, office, a_notice(office, [*own[:2], spelled]))[0] == 400, spelled
    assert post(webs, office, a_notice(office, own, shown=[*own, *own]))[1] == "bad-notice"


def test_a_digest_inside_a_part_hides_nothing(webs: Webs) -> None:
    # RFC 9901 lets `_sd` and `...` stand anywhere in the claims. Here they are members like any other: unknown.
    office = webs.enrol()
    parts = parts_of(office)
    hidden = disclosure("facts", {"a": 1})
    for part, value in (
        ("facts", {**parts["facts"], "_sd": [digest(hidden)]}),
        ("event", {**parts["event"], "_sd_alg": "sha-256"}),
        ("hub", {**parts["hub"], "aud": [{"...": digest(hidden)}]}),
    ):
        own = [disclosure(n, value if n == part else v) for n, v in parts.items()]
        assert post(webs, office, a_notice(office, own)) == (400, "bad-schema")


def test_a_claim_beside_the_parts_and_digests_of_another_order_or_number(webs: Webs) -> None:
    office = webs.enrol()
    own = list(good(office).values())
    digests = sorted([*map(digest, own), digest("a"), digest("b")])
    changes: list[tuple[dict[str, Any], Any]] = [
        ({"cnf": {"jwk": {}}}, digests),
        ({"facts": {}}, digests),
        ({"exp": 1}, digests),
        ({}, digests[::-1]),
        ({}, digests[:4]),
        ({}, [*digests, digest("c")]),
        ({}, [*digests[:4], digests[3]]),
        ({}, [*digests[:4], "x"]),
        ({"id": "01931d3c-0000-4000-8000-000000000001"}, digests),
        ({"id": "01931D3C-0000-7000-8000-00000000000A"}, digests),
        ({"iat": -1}, digests),
        ({"iat": True}, digests),
        ({"iat": "1"}, digests),
    ]
    for change, _sd in changes:
        assert post(webs, office, a_notice(office, own, change=change, _sd=_sd)) == (400, "bad-notice"), (change, _sd)
    assert post(webs, office, a_notice(office, own) + "a.b.c")[0] == 400  # key binding


@pytest.mark.parametrize("ex", ["other-exchange", "TEST-EXCHANGE", "test-exchange ", "test-exchange\u200b", ""])
def test_a_message_for_another_exchange(webs: Webs, ex: str) -> None:
    office = webs.enrol()
    printable = ex.isprintable() and ex != ""
    expected = (403, "wrong-exchange") if printable else (400, "bad-notice")
    assert post(webs, office, a_notice(office, list(good(office).values()), change={"ex": ex})) == expected
    for path, make in (("/v1/queries", query), ("/v1/acknowledgements", acknowledgement)):
        said = webs.send(signed(office, path, make(office, ex=ex)))
        assert said.verdict == ((403, "wrong-exchange") if printable else (400, "bad-query")), path
    assert webs.counts(office)["notice"] == 0


def test_nothing_of_a_refused_disclosure_is_repeated_in_the_refusal(webs: Webs) -> None:
    office = webs.enrol()
    mark = "Canary-of-a-name"
    for notice in (
        a_notice(office, [disclosure(mark, {})]),
        a_notice(office, [disclosure("hub", {mark: mark})]),
        a_notice(office, list(good(office).values()), change={"ex": mark}),
        a_notice(office, [disclosure("hub", b'{"' + mark.encode() + b'":1,"' + mark.encode() + b'":1}')]),
    ):
        body = webs.post(office, "/v1/notices", envelope(notice)).body
        assert mark.encode() not in body
