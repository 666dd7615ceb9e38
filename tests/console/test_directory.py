"""The pages of the directory of neighbours: what a caseworker reads, with sources, versions and what changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, ViewportSize, expect

from authorities import secretariat_of
from console.offices import Office, sign_in
from console.test_browser import NARROW, Opener, is_wider_than_the_screen, problems
from console.test_browser import sign_in as sign_in_page
from exchange import directory_room, neighbours
from exchange.commands import Given
from exchange.console import neighbour_words
from exchange.demo import neighbours as first
from exchange.deps import Hub
from exchange.domain.neighbours import ACCESS, ADEQUACY, AGREEMENT, MEMBERSHIP, NOT_RECORDED, SUSPENSIVE
from schemas.neighbour_examples import ENTRY

WIDE: ViewportSize = {"width": 1280, "height": 900}
MARKUP = "<b>x</b> & more"


def with_markup() -> str:
    """Poland's entry with an invented office and an unverified statement, and what breaks a page that trusts it."""
    entry = json.loads(first.shipped()["POL"])
    entry["coverage"]["offices"] = "partial"
    entry["offices"] = [{**ENTRY["offices"][0], "name": MARKUP}]
    entry["law"]["suspensive_effect"]["appeal"] = ENTRY["law"]["suspensive_effect"]["appeal"]
    entry["readmission"][0]["source"] = "A long reference " + "without-a-break-" * 12
    return json.dumps(entry)


@pytest.fixture
def filled(hub: Hub) -> None:
    """The shipped entries, and a second version of Poland's."""
    office = secretariat_of(hub)
    first.enter(office)
    if directory_room.in_force(hub, "POL")[0] == 1:
        text = with_markup()
        assert office.act("directory", neighbours.members(text, 1), Given(bundle=text)).carried


@pytest.fixture
def signed_in(client: FlaskClient, office: Office) -> FlaskClient:
    office.hires("NN-1")
    assert sign_in(client, office, "NN-1").status_code == 303
    return client


@pytest.mark.usefixtures("filled")
def test_a_caseworker_reads_the_directory_and_every_read_is_an_act(signed_in: FlaskClient, office: Office) -> None:
    page = signed_in.get("/console/directory")
    assert page.status_code == 200
    assert "style" not in page.text.replace("stylesheet", "")
    assert 'href="/console/directory/BLR"' in page.text
    assert "European Union: suspended" in page.text
    assert "A declaration at an embassy abroad must come first" in page.text
    assert f'<th scope="row" role="rowheader" data-label="Authority">{office.slug}</th>' in page.text
    one = signed_in.get("/console/directory/BLR").text
    assert "Agreement, OJ L 181, 9.6.2020, p. 3" in one
    assert "signed 8 January 2020; in force 1 July 2020; suspended since October 2021" in one
    assert "verified 24 November 2026" in one
    assert neighbour_words.UNRECORDED in one
    assert "Version 1 of 1" in one
    assert "What changed" not in one
    new = signed_in.get("/console/directory/POL").text
    assert "&lt;b&gt;x&lt;/b&gt; &amp; more" in new
    assert MARKUP not in new
    assert "What changed in version 2" in new
    assert "offices / 1 / name" in new
    assert f"<strong>{neighbour_words.UNVERIFIED}</strong>" in new
    old = signed_in.get("/console/directory/POL?version=1").text
    assert "This is an old version." in old
    assert MARKUP not in old
    for address in ("DEU", "pol", "POL?version=3", "POL?version=x", "POL?version=", "POL?version=-1", "x%00"):
        assert signed_in.get(f"/console/directory/{address}").status_code == 404, address
    read = [of for _, what, of in office.acts() if what == "directory"]
    assert read == ["", "BLR", "POL", "POL 1"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("address", ["/console/directory", "/console/directory/BLR"])
def test_nobody_reads_it_who_is_not_signed_in(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.location) == (303, "/console/sign-in")


def test_every_code_has_its_words() -> None:
    lists: dict[str, Any] = {
        "access": ACCESS, "suspensive": SUSPENSIVE, "membership": MEMBERSHIP, "adequacy": ADEQUACY,
        "agreement": AGREEMENT,
    }  # fmt: skip
    for table, codes in lists.items():
        assert set(neighbour_words.SAYS[table]) == set(codes) - {NOT_RECORDED}


@pytest.mark.usefixtures("filled")
def test_the_pages_are_accessible_and_fit_every_screen(
    new_page: Opener, origin: str, office: Office, album: Callable[[Page, str], None]
) -> None:
    office.hires("NN-1")
    page = new_page(viewport=WIDE)
    sign_in_page(page, origin, office, "NN-1")

    def looks_right(name: str) -> None:
        assert problems(page) == []
        for width, scheme, size in (("narrow", "dark", NARROW), ("wide", "light", WIDE)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            assert not is_wider_than_the_screen(page)
            album(page, f"{name}-{width}-{scheme}")

    page.get_by_role("link", name="Directory", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Directory of neighbours")
    looks_right("directory")
    page.get_by_role("link", name="Poland").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Poland")
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.get_by_role("note")).to_contain_text("This is an old version.")
    page.get_by_role("link", name="Read the one in force.").click()
    expect(page.get_by_role("heading", name="What changed in version 2")).to_be_visible()
    looks_right("neighbour")
