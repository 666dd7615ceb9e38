"""Links on the console: the list, one link with its reasons, and what a caseworker says of it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from authorities import PASSWORD, hire
from builders import SK_ASYLUM, SK_BORDER, UA_BORDER, UNHCR
from exchange.app import make_app
from exchange.store.session import row
from steps import keep_all
from worlds import Stage, served, stage

SK, UA = SK_BORDER.slug, UA_BORDER.slug
OPENED: dict[tuple[int, str], FlaskClient] = {}


@pytest.fixture(scope="module")
def world(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    readers = (SK_BORDER, SK_ASYLUM, UA_BORDER, UNHCR)
    OPENED.clear()
    with served(server_url, secrets_folder, tmp_path_factory.mktemp("world"), readers) as made:
        for who in readers:
            hire(made["hub"], who.slug, "one-1", "caseworker")
        yield made


@pytest.fixture
def play(world: dict[str, Any]) -> Stage:
    made = stage(world)
    made.leg(SK, "UKR", person="one", event_time="2026-09-01")
    made.leg(UA, "AFG", person="one", event_time="2026-10-01")
    keep_all(made.hub)
    return made


def client(play: Stage, slug: str) -> FlaskClient:
    """The console as the caseworker of an authority has it open; signing in takes its time by design."""
    if (id(play.hub), slug) not in OPENED:
        page = OPENED[id(play.hub), slug] = make_app(play.hub).test_client()
        page.post("/console/sign-in", data={"authority": slug, "pseudonym": "one-1", "password": PASSWORD})
    return OPENED[id(play.hub), slug]


def address(play: Stage, slug: str) -> str:
    found = re.findall(
        rf'href="(/console/links/[0-9a-f]+)">[^<]*{play.mark}', client(play, slug).get("/console/links").text
    )
    return str(found[0])


def say(play: Stage, slug: str, act: str, *compared: str, **said: str) -> TestResponse:
    page, at = client(play, slug), address(play, slug)
    text = page.get(at).text
    form = {name: re.findall(f'name="{name}" value="([^"]*)"', text)[-1] for name in ("csrf", "seen")}
    answer = page.post(f"{at}/{act}", data={**form, "password": PASSWORD, "compared": list(compared), **said})
    keep_all(play.hub)
    return answer


def test_the_list_and_the_link_say_why_and_show_nothing_of_the_other_case(play: Stage) -> None:
    page = client(play, SK)
    assert '<a href="/console/links">Links</a>' in page.get("/console/").text
    text = page.get(address(play, SK)).text
    assert "Probable: tokens alone say that this is one person" in text
    assert "The same: two name parts by their consonants, and the birth date." in text
    assert f"{play.mark}-{SK}" in text
    assert f"{play.mark}-{UA}" not in text
    assert "One word alone changes nothing" in text


def test_two_refuse_at_the_console_and_the_link_is_undone(play: Stage) -> None:
    alert = play.alert(SK_ASYLUM.slug, "P04")
    mine, theirs = address(play, SK), address(play, UA)
    assert say(play, SK, "refuse", "photograph").status_code == 303
    text = client(play, UA).get(theirs).text
    assert "Contested." in text
    assert "Two cases of others" in client(play, UNHCR.slug).get("/console/links").text
    assert "The other authority said: <strong>two persons</strong>. Compared: photograph" in text
    assert say(play, UA, "refuse", "biometric").status_code == 303
    assert "Refused: taken to be two persons" in client(play, SK).get(mine).text
    assert mine in client(play, SK).get("/console/links/judged").text
    assert play.again(alert, SK_ASYLUM.slug)["status"] == "withdrawn"
    with play.hub.database.transaction() as tx:
        sql = "SELECT pseudonym FROM act WHERE slug = %s AND what = 'link_refuse' ORDER BY no DESC LIMIT 1"
        assert row(tx, sql, (SK,)) == ("one-1",)


def test_what_does_not_go_is_said_on_the_page_and_nothing_is_done(play: Stage) -> None:
    for act, compared, said, status, words in (
        ("confirm", ["name"], {}, 400, "Two identifiers are compared"),
        ("refuse", [], {}, 400, "one to refuse it"),
        ("refuse", ["<b>"], {}, 400, "one to refuse it"),
        ("refuse", ["name"], {"password": "wrong"}, 403, "Your password is wrong."),
        ("refuse", ["name"], {"seen": "probable;9"}, 409, "The link changed after you read it"),
        ("refuse", ["name"], {"csrf": "0"}, 403, "out of date"),
        ("withdraw", [], {}, 409, "no word of yours"),
    ):
        answer = say(play, SK, act, *compared, **said)
        assert (answer.status_code, words in answer.text) == (status, True), (act, answer.text)
    assert "Nothing" in client(play, SK).get("/console/links").text
    page = client(play, SK)
    for at in ("0" * 32, "nothing"):
        assert page.get(f"/console/links/{at}").status_code == 404
        assert page.post(f"/console/links/{at}/refuse").status_code == 403
    assert page.get(address(play, UA)).status_code == 404  # an id is for its reader alone
