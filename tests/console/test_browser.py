"""The console in a real browser: the journey of a caseworker, with a keyboard, on a narrow screen, in the dark."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from console.offices import PASSWORD, Office

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 640}
"""What is left of 1280 CSS pixels at 400 % (WCAG 2.2, 1.4.10)."""
Opener = Callable[..., Page]


def sign_in(page: Page, origin: str, office: Office, pseudonym: str) -> None:
    page.goto(f"{origin}/console/")
    page.get_by_label("Authority").fill(office.slug)
    page.get_by_label("Pseudonym").fill(pseudonym)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")


def problems(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core finds wrong with a page."""
    page.evaluate(AXE)
    found = page.evaluate("levels => axe.run({runOnly: {type: 'tag', values: levels}})", LEVELS)
    return [{"id": v["id"], "at": [n["html"] for n in v["nodes"]]} for v in found["violations"]]


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_caseworker_takes_an_alert(
    new_page: Opener, origin: str, office: Office, album: Callable[[Page, str], None]
) -> None:
    office.hires("NN-1")
    found = office.gets()
    page = new_page()
    sign_in(page, origin, office, "NN-1")
    page.get_by_role("link", name="P04 Chain completed").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Critical P04 Chain completed")
    take = page.get_by_role("form", name="Take")
    take.get_by_label("Your password, again").fill("a wrong password")
    take.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("This was not done")
    expect(page).to_have_title(re.compile("Not done: P04 Chain completed"))
    expect(page.get_by_role("alert")).to_be_focused()
    assert problems(page) == []
    album(page, "refused")
    take.get_by_label("Your password, again").fill(PASSWORD)
    take.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("Taken.")
    assert office.status(found) == "taken"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_two_close_a_critical_alert(
    new_page: Opener, origin: str, office: Office, album: Callable[[Page, str], None]
) -> None:
    office.hires("NN-1")
    office.hires("NN-2", "supervisor")
    found = office.gets()
    page = new_page()
    sign_in(page, origin, office, "NN-1")
    page.goto(f"{origin}/console/alerts/{found}")
    page.get_by_role("form", name="Take").get_by_label("Your password, again").fill(PASSWORD)
    page.get_by_role("form", name="Take").get_by_role("button").click()
    closing = page.get_by_role("form", name="Ask for the closing")
    closing.get_by_label("Reason").select_option("The removal was stopped")
    closing.get_by_label("Your password, again").fill(PASSWORD)
    closing.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("a second person must agree")
    second = new_page()
    sign_in(second, origin, office, "NN-2")
    second.get_by_role("link", name="P04 Chain completed").click()
    album(second, "agree")
    closing = second.get_by_role("form", name="Agree to the closing")
    expect(closing.get_by_label("Reason")).to_have_value("removal_stopped")
    closing.get_by_label("Your password, again").fill(PASSWORD)
    closing.get_by_role("button").click()
    expect(second.get_by_role("status")).to_have_text("Closed.")
    assert office.status(found) == "closed"


LOOKS = {
    f"{width}-{scheme}": {"color_scheme": scheme, "viewport": size}
    for scheme in ("light", "dark")
    for width, size in (("wide", {"width": 1280, "height": 900}), ("narrow", NARROW))
}


def fill(office: Office) -> tuple[str, str]:
    """Put all kinds of alerts into a queue; returns a critical one, and one that can be put aside."""
    critical = office.gets()
    office.gets(pattern="P13", title="Lost after handover", severity="medium", stage="risk", certainty="possible")
    office.gets(pattern="P09", title="Nobody examines", severity="high", your_cases=[], link="confirmed")
    office.gets(pattern="P08", title="Status elsewhere ignored", severity="info", stage="imminent")
    office.learns(office.gets(), status="withdrawn")
    aside = office.gets(pattern="P13", title="Lost after handover", severity="medium", stage="risk")
    office.learns(office.gets(), status="superseded", by=critical)
    office.meets()
    office.gets(pattern="P17", title="Loop", severity="high", stage="done", your_cases=[], of={"rests_on": [1, 2]})
    office.gets(pattern="P13", title="Lost after handover", severity="medium", stage="risk", of={"rests_on": [1]})
    return critical, aside


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible(
    new_page: Opener, origin: str, office: Office, album: Callable[[Page, str], None], look: str
) -> None:
    office.hires("NN-1", "supervisor")
    page = new_page(**LOOKS[look])

    def looks_right(what: str) -> None:
        album(page, f"{what}-{look}")
        assert problems(page) == []
        assert not is_wider_than_the_screen(page)

    page.goto(f"{origin}/console/sign-in")
    looks_right("sign-in")
    page.get_by_label("Authority").fill(office.slug)
    page.get_by_label("Pseudonym").fill("NN-9")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    looks_right("sign-in-failed")
    sign_in(page, origin, office, "NN-1")
    looks_right("queue-empty")
    critical, aside = fill(office)
    page.goto(f"{origin}/console/alerts/{aside}")
    page.get_by_text("Note something, or put it aside").click()
    looks_right("more")
    form = page.get_by_role("form", name="Put aside")
    form.get_by_label("Days").select_option("7")
    form.get_by_label("Your password, again").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("Put aside.")
    page.goto(f"{origin}/console/")
    looks_right("queue")
    page.goto(f"{origin}/console/alerts/{critical}")
    looks_right("alert")
    page.goto(f"{origin}/console/elsewhere")
    looks_right("no-such-page")


def test_the_keyboard_reaches_everything(new_page: Opener, origin: str, office: Office) -> None:
    office.hires("NN-1")
    found = office.gets()
    page = new_page()
    sign_in(page, origin, office, "NN-1")
    page.goto(f"{origin}/console/alerts/{found}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.closest('main') !== null")
    assert focused
    take = page.get_by_role("form", name="Take").get_by_label("Your password, again")
    for _ in range(40):
        if take.evaluate("field => field === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(take).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Taken.")


def test_axe_sees_what_is_wrong(new_page: Opener) -> None:
    page = new_page()
    page.set_content("<html lang=en><title>t</title><main><h1>h</h1><input></main></html>")
    assert [found["id"] for found in problems(page)] == ["label"]


def test_the_policy_keeps_a_planted_script_from_running(browser: Browser, origin: str, office: Office) -> None:
    office.hires("NN-1")
    page = browser.new_page()
    sign_in(page, origin, office, "NN-1")
    reported = page.evaluate(
        """() => new Promise(resolve => {
            document.addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective));
            const planted = document.createElement('script');
            planted.textContent = 'window.planted = true';
            document.body.append(planted);
        })"""
    )
    assert reported == "script-src-elem"
    assert page.evaluate("window.planted") is None
    page.close()
