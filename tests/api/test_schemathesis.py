"""Schemathesis over the OpenAPI document and the running hub: whatever is sent, the answer is one that is described.

Every request is signed, so that it is read further than its signature; of those whose body must be signed itself, some
are, with content made from the schemas. The seed is printed with a failure. A longer run, by hand:

    SCHEMATHESIS_EXAMPLES=500 .venv/bin/python -m pytest tests/api/test_schemathesis.py
"""

import json
import os
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import schemathesis
import uuid_utils
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from authorities import Office, hire
from builders import SK_ASYLUM, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange.api import openapi
from exchange.api.operations import OPERATIONS
from exchange.clock import now
from exchange.deps import Hub
from exchange.wire import httpsig, jws, sdjwt, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import write_json
from exchange.wire.messages import Answer, Request
from schemas.catalogue import CATALOGUE, served
from steps import keep_all

SEED = int(os.environ.get("SCHEMATHESIS_SEED") or random.randrange(2**32))
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES") or 8)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
MODES = st.sampled_from(schemathesis.GenerationMode)
TIMES = ["2026-10-01", "2026-10", "2026-10-01~", "2026-11-20T10:00:00Z", "2025", "2026-09-01/2026-09-03"]


@schemathesis.serializer("application/jose")
def as_it_is(_: schemathesis.SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


class Signing(AuthBase):
    """Signs whatever goes out, last of all, and remembers it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.sent = Request("GET", "", (), b"")

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        body = prepared.body or b""
        body = body.encode() if isinstance(body, str) else body
        prepared.url = str(prepared.url).replace("%3A", ":")  # the one spelling of an {iss}
        for name in ("Signature-Input", "Signature", "Content-Digest"):
            prepared.headers.pop(name, None)
        has_body = prepared.method != "GET" or body
        kind = prepared.headers.setdefault("Content-Type", "text/plain") if has_body else ""
        fields = (("content-type", kind),) if has_body else ()
        request = Request(str(prepared.method), prepared.url, fields, body)
        self.sent = httpsig.sign_request(request, self.office.folder.key("request"), now(), secrets.token_bytes(16))
        prepared.headers.update(dict(self.sent.headers))
        return prepared


def timely(shape: Any) -> Any:
    """A JSON Schema whose times are real ones."""
    if isinstance(shape, list):
        return [timely(inner) for inner in shape]
    if not isinstance(shape, dict):
        return shape
    return {"enum": TIMES} if shape.get("format") == "edtf" else {name: timely(inner) for name, inner in shape.items()}


def made_of(*names: str) -> dict[str, st.SearchStrategy[Any]]:
    """Strategies for values that schemas accept, by name: each schema is the body of an address that only this has."""

    def body(name: str) -> dict[str, Any]:
        shape = {key: value for key, value in served(name).items() if key not in {"$id", "$schema", "examples"}}
        return {"required": True, "content": {"application/json": {"schema": timely(shape)}}}

    paths = {f"/{n}": {"post": {"requestBody": body(n), "responses": {"200": {"description": "x"}}}} for n in names}
    document = {"openapi": "3.1.0", "info": {"title": "parts", "version": "1"}, "paths": paths}
    schema = schemathesis.openapi.from_dict(document)
    return {name: schema[f"/{name}"]["POST"].as_strategy().map(lambda case: case.body) for name in names}


PARTS = made_of(*(name for name in CATALOGUE if name.startswith("facts-")), "hub", "event", "safeguards", "sealed")
SAID = made_of("query", "check", "acknowledgement")
TYPS = {"query": statements.QUERY, "check": statements.CHECK, "acknowledgement": statements.ACKNOWLEDGEMENT}


def claims(office: Office) -> Claims:
    return Claims("test-exchange", str(uuid_utils.uuid7()), office.who.urn, int(now().timestamp()))


@st.composite
def notices(draw: st.DrawFn, office: Office) -> dict[str, Any]:
    """Envelopes of signed notices whose parts are as the schemas say; many break a rule that no schema can say."""
    kind = draw(st.sampled_from(sorted(name for name in PARTS if name.startswith("facts-"))))
    parts = {"hub": draw(PARTS["hub"]), "event": draw(PARTS["event"]), "facts": draw(PARTS[kind])}
    parts["hub"]["seq"] = int(parts["hub"]["seq"])  # 1.0 is an integer to JSON Schema, and none to us
    parts["event"] |= {"kind": kind.removeprefix("facts-"), "state": office.who.state}
    for name in ("safeguards", "sealed"):
        if draw(st.integers(0, 3)) == 0:
            parts[name] = draw(PARTS[name])
    text = sdjwt.issue(claims(office), parts, office.folder.key("notice"), secrets.token_bytes)
    return {"notice": text} | draw(st.sampled_from([{}, {}, {"sealed": []}, {"sealed": ["{}"]}]))


@st.composite
def statements_of(draw: st.DrawFn, office: Office, name: str, known: dict[str, str]) -> bytes:
    """Signed queries, checks and acknowledgements; some name an own case, or a notice that was delivered."""
    said = draw(SAID[name]) | claims(office).members()
    if name in {"query", "check"} and draw(st.booleans()):
        said |= {"case": f"{office.who.slug}-1", "tokens": office.parts(person="one")["hub"]["tokens"]["values"]}
    if name == "acknowledgement" and draw(st.booleans()):
        said |= {"notice": {name: known[name] for name in ("iss", "id")}}
    return jws.sign(write_json(said), TYPS[name], office.folder.key("notice")).encode()


@pytest.fixture
def office(hub: Hub, web: str, enrol: Enrol) -> Office:
    """An asylum office with an inbox, an alert in its queue and a caseworker."""
    assert web
    office, other, _ = (enrol(who) for who in (SK_ASYLUM, UA_ASYLUM, UNHCR))
    hire(hub, SK_ASYLUM.slug, "one-1", "supervisor")
    office.post("claim_registered", person="one", event_time="2026-08-01")
    other.post("claim_registered", person="one", aud=[office.who.urn])
    inadmissible = {"named_country": "UKR", "outcome": "inadmissible", "ground": "safe_third_country"}
    office.post("admissibility_decision", counterpart="UKR", person="one", facts=inadmissible)
    keep_all(hub)
    return office


SIGNED_BODIES: dict[str, Callable[[Office, dict[str, str]], st.SearchStrategy[Any]]] = {
    "POST /v1/notices": lambda office, _: notices(office),
    "POST /v1/notices/batch": lambda office, _: st.builds(
        lambda found: {"notices": found}, st.lists(notices(office), min_size=1, max_size=3)
    ),
    "POST /v1/queries": lambda office, known: statements_of(office, "query", known),
    "POST /v1/checks": lambda office, known: statements_of(office, "check", known),
    "POST /v1/acknowledgements": lambda office, known: statements_of(office, "acknowledgement", known),
}


def settle(case: schemathesis.Case, alert: str, known: dict[str, str], *, lucky: bool) -> None:
    """Point a share of the requests at what exists, and let none wait for an inbox."""
    path = case.path_parameters or {}
    if lucky and "alert_id" in path:
        path["alert_id"] = alert
    if lucky and "link_id" in path:
        path["link_id"] = known["link"]
    if lucky and "notice_id" in path:
        path |= {"iss": known["iss"], "notice_id": known["id"]}
    if lucky and isinstance(case.body, dict) and "caseworker" in case.body:
        case.body["caseworker"] = "one-1"
    if case.query and "wait" in case.query:
        case.query["wait"] = "0"


def described(office: Office) -> Iterator[tuple[str, schemathesis.APIOperation]]:
    """Each address of the document, and the operation there."""
    base_url = office.folder.hub["base_url"]
    schema = schemathesis.openapi.from_dict(openapi.document(base_url, OPERATIONS))
    schema.config.update(base_url=base_url)
    for method, path in OPERATIONS:
        yield f"{method} {path}", schema[path][method]


def tried(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test of strategies with so many examples, from the seed that is printed."""
    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # making a failure smaller takes minutes, and its case is short as it is
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(SEED)(limits(test))


@dataclass
class Conversation:
    """An office that speaks at random: what of its own it may name, and what it was answered."""

    office: Office
    known: dict[str, str]
    alert: str
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def about(self, name: str, operation: schemathesis.APIOperation) -> None:
        signing = Signing(self.office)

        @tried(EXAMPLES)
        @given(st.data(), MODES, st.booleans())
        def speaks(data: st.DataObject, mode: schemathesis.GenerationMode, lucky: bool) -> None:  # noqa: FBT001
            case = data.draw(operation.as_strategy(generation_mode=mode))
            if lucky and name in SIGNED_BODIES:
                case.body = data.draw(SIGNED_BODIES[name](self.office, self.known))
            settle(case, self.alert, self.known, lucky=lucky)
            response = case.call(auth=signing)
            self.statuses[name, response.status_code] += 1
            case.validate_response(response, checks=CHECKS)
            headers = tuple((key, value) for key, values in response.headers.items() for value in values)
            answer = Answer(response.status_code, headers, response.content)
            httpsig.verify_answer(answer, signing.sent, self.office.folder.hub_key("answer"))

        speaks()


def test_whatever_is_sent_the_answer_is_one_that_is_described(hub: Hub, office: Office) -> None:
    print(f"SCHEMATHESIS_SEED={SEED}")
    listed = office.speaker._read("/v1/notices?which=addressed")["items"]  # noqa: SLF001 -- as the hub says it
    known = {"iss": listed[0]["iss"], "id": listed[0]["id"], "link": office.speaker.links.index()[0]["id"]}
    conversation = Conversation(office, known, office.speaker.alerts()[0]["id"])
    for name, operation in described(office):
        conversation.about(name, operation)
    print(conversation.statuses)
    reached = {status for _, status in conversation.statuses}
    assert reached >= {200, 400, 403, 404}
    keep_all(hub)
    for item in office.speaker.inbox()["items"]:
        if item["type"] == "word":
            word = statements.heard(item["jws"], statements.WORD, office.folder.hub_key("words"))
            assert list(Draft202012Validator(served("word")).iter_errors(word)) == []


def test_a_stranger_is_refused_as_it_is_described(office: Office) -> None:
    print(f"SCHEMATHESIS_SEED={SEED}")
    for _, operation in described(office):

        @tried(2)
        @given(operation.as_strategy())
        def speaks(case: schemathesis.Case) -> None:
            response = case.call()
            assert response.status_code in {400, 401}
            assert json.loads(response.content)["status"] == response.status_code
            case.validate_response(response, checks=CHECKS)

        speaks()
