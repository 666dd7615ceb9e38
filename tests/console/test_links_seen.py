"""The pages of links in a real browser: accessible, on a narrow screen, in the dark, without any script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from authorities import PASSWORD
from console.test_browser import LOOKS, is_wider_than_the_screen, problems
from console.test_links import SK, address, play, world
from worlds import Stage

__all__ = ["play", "world"]


@pytest.mark.parametrize("look", ["narrow-dark"])
def test_the_pages_of_links_are_accessible(
    play: Stage, new_page: Callable[..., Page], album: Callable[[Page, str], None], look: str
) -> None:
    page, at = new_page(**LOOKS[look]), address(play, SK)
    page.goto(f"{play.hub.origin}/console/")
    for label, text in (("Authority", SK), ("Pseudonym", "one-1"), ("Password", PASSWORD)):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Sign in").click()
    for name, where in (("links", "/console/links"), ("link", at)):
        page.goto(f"{play.hub.origin}{where}")
        album(page, f"{name}-{look}")
        assert problems(page) == []
        assert not is_wider_than_the_screen(page)
    form = page.get_by_role("form", name="Confirm that this is one person")
    form.get_by_label("Document").check()
    form.get_by_label("Photograph").check()
    form.get_by_label("Your password, again").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("It takes a second one to have an effect.")
    assert problems(page) == []
