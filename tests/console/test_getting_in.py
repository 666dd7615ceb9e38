"""Who gets in, and what every answer of the console carries."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from console.offices import MISSING, PASSWORD, Office, hidden, sign_in
from exchange.app import make_app
from exchange.deps import Hub
from exchange.store.session import row


@pytest.mark.parametrize("path", ["/console/", f"/console/alerts/{MISSING}", "/console/anything/else"])
def test_nobody_gets_in_without_signing_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, "/console/sign-in")


@pytest.mark.parametrize("path", [f"/console/alerts/{MISSING}/take", "/console/sign-out"])
def test_nobody_acts_without_signing_in(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/console/sign-in")


def test_sign_in_leads_to_the_queue(client: FlaskClient, office: Office) -> None:
    answer = sign_in(client, office, office.hires("NN-1"))
    assert (answer.status_code, answer.location) == (303, "/console/")
    assert "The queue is empty" in client.get("/console/").text
    assert client.get("/console/sign-in").location == "/console/"


def test_sign_in_failures_are_alike(client: FlaskClient, office: Office, new_office: Callable[[], Office]) -> None:
    office.hires("NN-1")
    answers = [
        sign_in(client, office, "NN-1", "a wrong password"),
        sign_in(client, office, "NN-2", "a wrong password"),
        sign_in(client, new_office(), "NN-1"),
    ]
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(pages) == 1
    assert {answer.status_code for answer in answers} == {403}
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_a_name_with_a_nul_is_an_unknown_name(client: FlaskClient, office: Office) -> None:
    assert sign_in(client, office, "NN\0-1").status_code == 403


def test_too_many_tries_must_wait(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    for _ in range(5):
        sign_in(client, office, "NN-1", "a wrong password")
    answer = sign_in(client, office, "NN-1")
    assert answer.status_code == 429
    assert "Wait five minutes" in answer.text


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient, office: Office, hub: Hub) -> None:
    office.hires("NN-1")
    cookie = sign_in(client, office, "NN-1").headers["Set-Cookie"]
    assert cookie.startswith("asylum-exchange=")
    assert {"HttpOnly", "Path=/console", "SameSite=Strict"} == set(cookie.split("; ")[1:])
    secure = make_app(replace(hub, origin="https://exchange.example")).test_client()
    cookie = sign_in(secure, office, "NN-1").headers["Set-Cookie"]
    assert cookie.startswith("__Secure-asylum-exchange=")
    assert {"HttpOnly", "Path=/console", "SameSite=Strict", "Secure"} == set(cookie.split("; ")[1:])


def test_a_second_sign_in_ends_the_first_session(client: FlaskClient, office: Office, hub: Hub) -> None:
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    sign_in(client, office, "NN-1")
    with hub.database.transaction() as tx:
        found = row(tx, "SELECT count(*) FROM console_session WHERE slug = %s", (office.slug,))
    assert found == (1,)


def test_sign_out_ends_the_session_on_the_server(client: FlaskClient, office: Office, hub: Hub) -> None:
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    stolen = client.get_cookie("asylum-exchange", path="/console")
    assert stolen
    client.post("/console/sign-out", data={"csrf": hidden(client.get("/console/"), "csrf")})
    assert client.get("/console/").status_code == 303
    thief = make_app(hub).test_client()
    thief.set_cookie("asylum-exchange", stolen.value, path="/console")
    assert thief.get("/console/").status_code == 303


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/", "/console/static/console.css", "/console/alerts"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert ("no-store" in headers["Cache-Control"]) is not path.endswith(".css")


def test_a_wrong_method_carries_the_headers_too(client: FlaskClient) -> None:
    answer = client.put("/console/")
    assert answer.status_code == 405
    assert "Content-Security-Policy" in answer.headers


def test_a_form_of_another_site_is_refused(client: FlaskClient, office: Office) -> None:
    office.hires("NN-1")
    form = {"authority": office.slug, "pseudonym": "NN-1", "password": PASSWORD}
    answer = client.post("/console/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_form_that_is_too_large_is_refused(client: FlaskClient) -> None:
    assert client.post("/console/sign-in", data={"password": "x" * 9000}).status_code == 413


def test_without_a_database_the_page_says_so(hub: Hub) -> None:
    class Unreachable:
        def transaction(self) -> Any:
            raise psycopg.OperationalError("secret of the server")

    client = make_app(replace(hub, database=Unreachable())).test_client()  # type: ignore[arg-type]
    client.set_cookie("asylum-exchange", "anything", path="/console")
    answer = client.get("/console/")
    assert answer.status_code == 503
    assert "cannot reach its database" in answer.text
    assert "secret" not in answer.text
