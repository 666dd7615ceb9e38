"""The OpenAPI document is true: of the URL map, of the codes, of what the running hub answers; and its page works."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from playwright.sync_api import Browser, expect, sync_playwright

from authorities import Office, hire
from builders import AF_BORDER, READERS, SK_ASYLUM, SK_BORDER
from conftest import Enrol
from console.conftest import CHROMIUM, FLAGS
from exchange.api import openapi
from exchange.api.operations import OPERATIONS, codes
from exchange.api.problems import STATUS
from exchange.app import make_app
from exchange.client.speaker import Refused
from exchange.clock import now
from exchange.deps import Hub
from exchange.wire import httpsig, jws, statements
from exchange.wire.encoding import b64encode, read_json
from exchange.wire.messages import Answer, Request
from schemas import examples
from schemas.catalogue import CATALOGUE, served
from steps import keep_all

DOCS = Path(openapi.__file__).parent / "docs"
NO_ADDRESS_SAYS = {"method-not-allowed"}
"""The code of a method that an address lacks: such a method is not in the document."""


def rules(hub: Hub) -> frozenset[tuple[str, str]]:
    return openapi.addresses_of((rule.rule, rule.methods or ()) for rule in make_app(hub).url_map.iter_rules())


def whole() -> dict[str, Any]:
    return openapi.document("https://exchange.example", OPERATIONS)


def fits(name: str, value: object) -> None:
    """Fail unless a message is as its JSON Schema says."""
    assert [error.message for error in Draft202012Validator(served(name)).iter_errors(value)] == []


def call(office: Office, target: str, **headers: str) -> Answer:
    """Send a signed GET and verify the answer."""
    request = Request("GET", office.folder.hub["base_url"] + target, (), b"")
    signed = httpsig.sign_request(request, office.folder.key("request"), now(), secrets.token_bytes(16))
    got = httpx.get(signed.target_uri, headers=dict(signed.headers) | headers, trust_env=False)
    answer = Answer(got.status_code, tuple(got.headers.multi_items()), got.content)
    httpsig.verify_answer(answer, signed, office.folder.hub_key("answer"))
    return answer


def test_the_document_has_the_addresses_of_the_url_map_and_no_other(hub: Hub) -> None:
    assert rules(hub) == OPERATIONS.keys()


def test_the_document_is_openapi_3_1() -> None:
    document = whole()
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()
    assert {(m.upper(), path) for path, methods in document["paths"].items() for m in methods} == OPERATIONS.keys()


def test_every_code_has_a_status_and_an_address() -> None:
    said: set[str] = set()
    for operation in OPERATIONS.values():
        for status, found in codes(operation).items():
            assert {STATUS[code] for code in found} == {status}
            said.update(found)
    assert said == STATUS.keys() - NO_ADDRESS_SAYS
    named = {code for operation in OPERATIONS.values() for code in operation.codes.split()}
    assert named <= STATUS.keys()


def test_the_examples_in_the_document_are_valid() -> None:
    seen = 0
    for methods in whole()["paths"].values():
        for operation in methods.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (kind for body in bodies for kind in body.get("content", {}).values()):
                if "example" in content:
                    fits(content["schema"]["$ref"].rpartition("/")[2], content["example"])
                    seen += 1
    assert seen > 10


def test_the_document_and_its_page_are_open_and_say_what_they_may_load(web: str, hub: Hub) -> None:
    got = httpx.get(f"{web}/openapi.json", trust_env=False)
    assert got.headers["content-type"] == "application/json"
    document = got.json()
    assert document["servers"] == [{"url": hub.origin}]
    again = httpx.get(f"{web}/openapi.json", headers={"If-None-Match": got.headers["etag"]}, trust_env=False)
    assert again.status_code == 304
    page = httpx.get(f"{web}/docs/", trust_env=False)
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "style=" not in page.text
    for target in ("/docs/", "/docs/page.js", "/docs/swagger-ui.css", "/docs/nothing.js"):
        policy = httpx.get(web + target, trust_env=False).headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "unsafe" not in policy


def test_what_is_vendored_is_what_the_readme_says() -> None:
    lines = (DOCS / "README.md").read_text(encoding="utf-8").splitlines()
    said = dict(reversed(line.split()) for line in lines if line.startswith("    "))
    assert said == {name: hashlib.sha256((DOCS / name).read_bytes()).hexdigest() for name in said}
    ours = {"README.md", "LICENSE-swagger-ui", "swagger-ui-bundle.js.LICENSE.txt", "index.html", "page.js"}
    assert {path.name for path in DOCS.iterdir()} == ours | said.keys()


def test_schemas_are_served_signed_with_their_etag(web: str, enrol: Enrol) -> None:
    assert web
    office = enrol()
    names = json.loads(call(office, "/v1/schemas").body)
    fits("schema-names", names)
    assert names["schemas"] == sorted(CATALOGUE)
    for name in names["schemas"]:
        answer = call(office, f"/v1/schemas/{name}")
        document = read_json(answer.body)
        assert document == served(name)
        assert answer.header("content-type") == "application/schema+json"
        tag = f'"{b64encode(hashlib.sha256(answer.body).digest())}"'
        assert answer.header("etag") == tag
        same = call(office, f"/v1/schemas/{name}", **{"If-None-Match": tag})
        assert (same.status, same.body, same.header("etag")) == (304, b"", tag)
        assert call(office, f"/v1/schemas/{name}", **{"If-None-Match": f'"{examples.ZEROS}"'}).status == 200
    missing = call(office, "/v1/schemas/nothing")
    assert missing.status == 404
    fits("problem", json.loads(missing.body))


def test_a_schema_is_not_served_twice_to_one_signature(web: str, enrol: Enrol) -> None:
    office = enrol()
    for target in ("/v1/schemas", "/v1/schemas/batch"):
        request = Request("GET", web + target, (), b"")
        signed = httpsig.sign_request(request, office.folder.key("request"), now(), secrets.token_bytes(16))
        answers = [httpx.get(web + target, headers=dict(signed.headers), trust_env=False) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 401]
        assert answers[1].json()["code"] == "nonce-replayed"


@pytest.fixture
def offices(hub: Hub, web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    made = {who.slug: enrol(who) for who in READERS}
    hire(hub, SK_ASYLUM.slug, "one-1", "supervisor")
    return made


def payload(text: str) -> Any:
    return read_json(jws.parse(text, statements.RECEIPT).payload)


def test_what_the_hub_answers_is_as_the_schemas_say(hub: Hub, offices: dict[str, Office]) -> None:
    border, asylum = offices["sk-border"], offices["ua-asylum"]
    aud = [asylum.who.urn, offices["unhcr"].who.urn]
    fits("receipt", border.leg("UKR", person="one", event_time="2026-09-01", case="s-1", aud=aud))
    fits("receipt", border.post(aud=[AF_BORDER.urn, SK_ASYLUM.urn], safeguards=["elderly"]))
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01", case="u-1", aud=[SK_BORDER.urn])
    offices["ua-asylum"].post("claim_registered", person="one", case="a-1", event_time="2026-10-02")
    keep_all(hub)
    fits("answer", asylum.ask("a-1", "one"))
    for office in offices.values():
        page = office.speaker.inbox()
        fits("inbox-page", page)
        for item in page["items"]:
            if "view" in item:
                fits("view", statements.heard(item["view"], statements.VIEW, office.folder.hub_key("words")))
            if item["type"] == "word":
                fits("word", statements.heard(item["jws"], statements.WORD, office.folder.hub_key("words")))
        found = office.speaker.alerts()
        fits("alert-queue", {"alerts": found, "open_work": office.speaker.open_work()})
        for alert in found:
            fits("alert", office.speaker.alert(alert["id"]))
        links = office.speaker.links.index()
        fits("links", {"links": links})
        for link in links:
            fits("link", office.speaker.links.one(link["id"]))
    assert border.speaker.links.index()


def test_what_an_act_answers_is_as_the_schemas_say(hub: Hub, offices: dict[str, Office]) -> None:
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01", case="s-1")
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01", case="u-1")
    keep_all(hub)
    speaker = offices["sk-asylum"].speaker
    number = speaker.alerts()[0]["id"]
    close, comment = {"reason": "too_late"}, {"code": "see_own_file", "reference": examples.UUID}
    for name, said in (("take", {}), ("acknowledge", {}), ("close", close), ("disagree", {}), ("comment", comment)):
        fits("alert", speaker.act(number, name, {"caseworker": "one-1", **said}))
    with pytest.raises(Refused) as refused:
        speaker.act(number, "take", {"caseworker": "nobody-1"})
    assert refused.value.code == "unknown-caseworker"


def test_a_refusal_is_as_the_schema_says(web: str) -> None:
    got = httpx.get(f"{web}/v1/inbox", trust_env=False)
    fits("problem", got.json())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        words = "Chromium is not on this machine (apt-get install chromium): the page of the API was not tried in it."
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


def test_the_page_shows_the_document_and_asks_no_other_host(web: str, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{web}/docs/")
    shown = page.locator(".opblock-summary-path")
    expect(shown.first).to_be_visible()
    document = httpx.get(f"{web}/openapi.json", trust_env=False).json()
    assert shown.count() == sum(len(methods) for methods in document["paths"].values())
    for name in ("/v1/notices", "/v1/alerts/{alert_id}/close"):
        page.locator(".opblock-post").filter(has=page.locator(f'[data-path="{name}"]')).locator("button").first.click()
    expect(page.get_by_text("Signature-Input").first).to_be_visible()
    expect(page.get_by_text("component-missing").first).to_be_attached()
    assert page.get_by_role("button", name="Try it out").count() == 0
    page.close()
    assert complaints == []
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(web).netloc}
