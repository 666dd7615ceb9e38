"""The real server decodes paths and joins headers before we see them: no second spelling of a request verifies."""

import http.client
import json
import secrets
from urllib.parse import urlsplit

import pytest

from authorities import Office
from builders import SK_ASYLUM
from exchange import clock
from exchange.client.speaker import ENVELOPE
from exchange.wire import httpsig
from exchange.wire.messages import Request
from journey import Journey


def send(office: Office, request: Request, extra: tuple[tuple[str, str], ...] = ()) -> tuple[int, str]:
    """Send a signed request byte for byte; returns status and code."""
    parts = urlsplit(request.target_uri)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    line.putrequest(
        request.method, request.target_uri.removeprefix(f"{parts.scheme}://{parts.netloc}"), skip_accept_encoding=True
    )
    for name, value in (*request.headers, *extra):
        line.putheader(name, value)
    if request.body:
        line.putheader("content-length", str(len(request.body)))
    line.endheaders(request.body or None)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    assert answer.getheader("signature"), office.who.slug
    return answer.status, json.loads(body).get("code", "") if answer.status >= 400 else ""


def get(office: Office, target: str) -> Request:
    request = Request("GET", office.folder.hub["base_url"] + target, (), b"")
    return httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("/v1/alerts", (200, "")),
        ("/v1/%61lerts", (401, "bad-signature")),
        ("/v1%2Falerts", (401, "bad-signature")),
        ("/v1/alerts?", (401, "bad-signature")),
        ("/v1//alerts", (404, "not-found")),
        ("/v1/./alerts", (404, "not-found")),
        ("/v1/../v1/alerts", (404, "not-found")),
        ("/v1/alerts/", (404, "not-found")),
        ("/v1/alerts/%00", (400, "bad-request")),
        ("/v1/inbox?after=%31", (400, "bad-request")),
    ],
)
def test_a_target_has_one_spelling(journey: Journey, target: str, answer: tuple[int, str]) -> None:
    (office,) = journey.enrol(SK_ASYLUM)
    assert send(office, get(office, target)) == answer


def test_a_request_for_another_origin_does_not_verify(journey: Journey) -> None:
    (office,) = journey.enrol(SK_ASYLUM)
    request = Request("GET", "http://exchange.invalid/v1/alerts", (), b"")
    signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
    moved = Request("GET", office.folder.hub["base_url"] + "/v1/alerts", signed.headers, b"")
    assert send(office, moved) == (401, "bad-signature")


@pytest.mark.parametrize(
    ("name", "code"),
    [("content-digest", "wrong-digest"), ("signature", "bad-signature-header")],
)
def test_a_covered_header_that_comes_twice_is_refused(journey: Journey, name: str, code: str) -> None:
    (office,) = journey.enrol(SK_ASYLUM)
    request = Request("POST", office.folder.hub["base_url"] + "/v1/notices", (("content-type", ENVELOPE),), b"{}")
    signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
    assert send(office, signed, ((name, signed.header(name) or ""),)) == (401, code)


def test_many_headers_are_refused_before_anything_is_parsed(journey: Journey) -> None:
    (office,) = journey.enrol(SK_ASYLUM)
    junk = tuple((f"x-{n}", "y" * 100) for n in range(90))
    status, code = send(office, get(office, "/v1/alerts"), junk)
    assert (status, code) == (431, "headers-too-large")


def test_a_body_that_is_slipped_into_a_get_is_refused(journey: Journey) -> None:
    (office,) = journey.enrol(SK_ASYLUM)
    signed = get(office, "/v1/alerts")
    assert send(office, Request("GET", signed.target_uri, signed.headers, b"{}")) == (401, "component-missing")


@pytest.mark.parametrize("name", ["Content_Type", "content_type", "Content_Length"])
def test_a_field_with_a_name_that_a_server_writes_like_another_does_not_stand_for_it(
    journey: Journey, name: str
) -> None:
    # WSGI has CONTENT_TYPE and would have HTTP_CONTENT_TYPE: what is verified must be what is then read.
    (office,) = journey.enrol(SK_ASYLUM)
    target = office.folder.hub["base_url"] + "/v1/notices"
    request = Request("POST", target, (("content-type", "text/plain"),), office.sign(ex=office.folder.hub["ex"]))
    signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
    others = tuple((n, v) for n, v in signed.headers if n != "content-type")
    swapped = Request("POST", target, (("content-type", ENVELOPE), *others), request.body)
    status, code = send(office, swapped, ((name, "text/plain"),))
    assert (status, code) == (401, "bad-signature-header" if "ype" in name else "bad-signature")
