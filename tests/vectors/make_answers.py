"""answers.json: signed HTTP answers, each to one request."""

from typing import Any

import make_requests
from make_kit import ES256, NOW, Key, b64, digest_of, keys_of, trailing, twin
from make_requests import OK, PL, TARGET, plain, signed

HUB = Key("hub-answer", "answer")
HSM = Key("hub-answer-es256", "answer", ES256)
OTHER = Key("other-hub", "answer")
TAG = "asylum-exchange-answer/v1"
BODY = b"eyJ.eyJ.AAA"
ASKED = signed()
GET = signed(PL, plain(b"", method="GET", headers=[]))


def said(name: str, message: dict[str, Any]) -> str | None:
    """Return the value of a field."""
    return next((value for n, value in message["headers"] if n.lower() == name), None)


def covered(answer: dict[str, Any], request: dict[str, Any], extra: str = "") -> dict[str, str]:
    """Return what an answer's signature covers, with the values; what is absent is left out."""
    lines = {
        '"@status"': str(answer["status"]),
        '"content-type"': said("content-type", answer),
        '"content-digest"': said("content-digest", answer),
        '"@method";req': request["method"],
        '"@target-uri";req': request["target_uri"],
        '"content-digest";req': said("content-digest", request),
        '"signature";req;key="ax"': (said("signature", request) or "").removeprefix("ax=") or None,
    }
    if extra:
        lines[extra] = said(extra.strip('"'), answer)
    return {name: value for name, value in lines.items() if value is not None}


def answered(request: dict[str, Any] = ASKED, key: Key = HUB, **how: Any) -> dict[str, Any]:
    """Return a signed answer, with any mistake that a vector wants.

    `status`, `type`, `body`, `digest`, `label`, `without` (a component), `extra` (a component), `signature` (64 bytes
    to other bytes), `more` and the parameters `created`, `keyid`, `tag` may be given.
    """
    body = how.pop("body", BODY)
    kind = how.pop("type", "application/jose")
    extra = how.pop("extra", "")
    fields = [["content-type", kind]] if kind else []
    fields += [[extra.strip('"'), "z"]] if extra else []
    digest = how.pop("digest", digest_of(body))
    answer = {"status": how.pop("status", 201), "headers": [*fields, ["content-digest", digest]], "body": body}
    label, more, change = how.pop("label", "ax"), how.pop("more", ""), how.pop("signature", bytes)
    lines = covered(answer, request, extra)
    lines.pop(how.pop("without", ""), None)
    parameters = {"created": NOW, "keyid": key.kid, "tag": TAG, **how}
    told = "".join(f";{n}={v}" if isinstance(v, int) else f';{n}="{v}"' for n, v in parameters.items() if v is not None)
    params = f"({' '.join(lines)}){told}{more}"
    base = "\n".join([*(f"{name}: {value}" for name, value in lines.items()), f'"@signature-params": {params}'])
    signature = b64(change(key.sign(base)))
    headers = [*answer["headers"], ["signature-input", f"{label}={params}"], ["signature", f"{label}=:{signature}:"]]
    return {**answer, "headers": headers}


Case = tuple[str, str, dict[str, Any], dict[str, Any], str, str]


def good() -> list[Case]:
    unsigned = {**plain(), "headers": [*plain()["headers"], ["Content-Digest", digest_of(plain()["body"])]]}
    odd = make_requests.field(ASKED, "Signature", "garbage")
    to_odd = answered(odd, without='"signature";req;key="ax"')
    problem = {"type": "application/problem+json", "body": b'{"code":"unsigned"}', "status": 401}
    rule = "an answer covers its status, type and digest, and the request's method, target, digest and signature"
    bare = {"type": None, "body": b"", "status": 304}
    seen = make_requests.field(answered(), "x-note", "y")
    return [
        ("good/created", rule, ASKED, answered(), HUB.name, OK),
        ("good/es256", rule, ASKED, answered(key=HSM), HSM.name, OK),
        ("good/es256-twin", rule, ASKED, answered(key=HSM, signature=lambda made: twin(made, ES256)), HSM.name, OK),
        ("good/get", "a GET has no digest to bind", GET, answered(GET), HUB.name, OK),
        ("good/no-type", "what is absent is left out", GET, answered(GET, **bare), HUB.name, OK),
        (
            "good/unsigned",
            "an unsigned question has no signature to bind",
            unsigned,
            answered(unsigned, **problem),
            HUB.name,
            OK,
        ),
        ("good/refused", "a refusal is signed like any answer", ASKED, answered(**problem), HUB.name, OK),
        ("good/more-fields", "fields that are not covered say nothing", ASKED, seen, HUB.name, OK),
        ("good/to-garbage", "a signature that is none cannot be bound", odd, to_odd, HUB.name, OK),
    ]


def other_question() -> list[Case]:
    rule = "an answer answers one request"
    answer, bad = answered(), "bad-signature"
    again = signed(nonce="AAAAAAAAAAAAAAAAAAAAAA")
    cases = [
        ("question/another-nonce", again, answer, bad),
        ("question/another-body", signed(PL, plain(b"other")), answer, bad),
        ("question/another-target", signed(PL, plain(target_uri=TARGET + "/x")), answer, bad),
        ("question/another-method", {**ASKED, "method": "PUT"}, answer, bad),
        ("question/unsigned", plain(), answer, "component-extra"),
        ("question/not-bound", ASKED, answered(without='"signature";req;key="ax"'), "component-missing"),
        ("question/digest-not-bound", ASKED, answered(without='"content-digest";req'), "component-missing"),
    ]
    return [(name, rule, question, one, HUB.name, code) for name, question, one, code in cases]


def touched() -> list[Case]:
    rule = "each thing that an answer says is signed, by the pinned key of the hub, in one form"
    sent, form = answered(), "bad-signature-header"
    made = said("signature", sent) or ""
    cases = [
        ("answer/status", {**sent, "status": 200}, "bad-signature"),
        ("answer/body", {**sent, "body": b"other"}, "wrong-digest"),
        ("answer/digest", answered(digest=digest_of(b"other")), "wrong-digest"),
        ("answer/sha-512", answered(digest="sha-512=:AAAA:"), "wrong-digest"),
        ("answer/type", make_requests.field(sent, "content-type", "text/html"), "bad-signature"),
        ("answer/no-type", make_requests.field(sent, "content-type", None), "component-extra"),
        ("answer/unsigned", make_requests.field(sent, "signature", None), "unsigned"),
        ("answer/no-input", make_requests.field(sent, "signature-input", None), "unsigned"),
        ("answer/another-key", answered(key=OTHER), "unknown-key"),
        ("answer/stolen-keyid", answered(key=OTHER, keyid=HUB.kid), "bad-signature"),
        (
            "answer/created",
            make_requests.replaced(sent, "signature-input", f"={NOW};", f"={NOW + 1};"),
            "bad-signature",
        ),
        ("answer/label", answered(label="bx"), "wrong-label"),
        ("answer/tag-of-requests", answered(tag="asylum-exchange-request/v1"), "wrong-tag"),
        ("answer/no-tag", answered(tag=None), "wrong-tag"),
        ("answer/alg", answered(more=';alg="ed25519"'), form),
        ("answer/no-created", answered(created=None), form),
        ("answer/no-keyid", answered(keyid=None), form),
        ("answer/tag-twice", answered(more=f';tag="{TAG}"'), form),
        ("answer/no-status", answered(without='"@status"'), "component-missing"),
        ("answer/type-not-covered", answered(without='"content-type"'), "component-missing"),
        ("answer/digest-not-covered", answered(without='"content-digest"'), "component-missing"),
        ("answer/no-method", answered(without='"@method";req'), "component-missing"),
        ("answer/no-target", answered(without='"@target-uri";req'), "component-missing"),
        ("answer/date", answered(extra='"date"'), "component-extra"),
        ("answer/short", answered(signature=lambda one: one[:63]), form),
        ("answer/spare-bits", make_requests.replaced(sent, "signature", made[-4:], trailing(made[-4]) + "==:"), form),
        ("answer/s-plus-order", answered(signature=lambda one: twin(one, HUB.alg)), "bad-signature"),
        ("answer/a-request", {"status": 200, **{n: ASKED[n] for n in ("headers", "body")}}, "wrong-tag"),
    ]
    return [(name, rule, ASKED, answer, HUB.name, code) for name, answer, code in cases]


def _page(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "body": b64(message["body"])}


def make() -> dict[str, Any]:
    cases = [*good(), *other_question(), *touched()]
    return {
        "about": "HTTP answers as a client gets them, with the request that it sent. The client pins the hub's key.",
        "keys": keys_of(HUB, HSM),
        "vectors": [
            {"name": name, "rule": rule, "expect": code, "key": key, "request": _page(request), "answer": _page(answer)}
            for name, rule, request, answer, key, code in cases
        ],
    }
