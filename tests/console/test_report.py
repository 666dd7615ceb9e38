"""The printed page of the aggregate report: who sees it, what it says, on a screen and on paper."""

import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from console.offices import Office, sign_in
from console.test_browser import LOOKS, NARROW, is_wider_than_the_screen, problems
from console.test_browser import sign_in as sign_in_browser
from exchange.console import plots
from exchange.console.report import WORDS
from exchange.deps import Hub
from exchange.domain import aggregates
from exchange.domain.notice import Reader
from exchange.domain.quarters import Quarter
from exchange.releasing import record
from exchange.store import directory, ledger, releases
from exchange.store.releases import Release

QUARTER = Quarter(2026, 3)
AT = datetime(2026, 10, 1, 1, tzinfo=UTC)
SVK = {
    "claims_referred": 62,
    "claims_not_referred": 41,
    "claims_registered": 58,
    "entry_refusals": 143,
    "removals_executed": 37,
    "alerts_critical": 2,
    "alerts_high": 9,
}
COUNTS = Counter(
    {("SVK", m): n for m, n in SVK.items()}
    | {(s, m): n * factor // 3 for s, factor in (("POL", 8), ("UKR", 5), ("LTU", 2)) for m, n in SVK.items()}
    | {("HUN", "entry_refusals"): 3, ("ROU", "entry_refusals"): 6}
)


@pytest.fixture(scope="module")
def monitor(hub: Hub) -> Office:
    """UNHCR with a caseworker, and one quarter that is released."""
    body = record("ex-test", QUARTER, COUNTS)
    with hub.database.transaction() as tx:
        directory.add_authority(tx, Reader("unhcr", "urn:asylum-exchange:authority:unhcr", "monitor", "UNO"), AT)
        (leaf,) = ledger.append(tx, AT, [(body, bytes(32))])
        releases.add(tx, Release(QUARTER.name, body.decode(), bytes(32), AT, leaf.index, bytes(32)))
    office = Office(hub, "unhcr")
    office.hires("UN-1")
    return office


def test_only_its_readers_see_it(client: FlaskClient, monitor: Office, office: Office) -> None:
    assert client.get("/console/report").status_code == 303
    office.hires("NN-1")
    sign_in(client, office, "NN-1")
    assert "/console/report" not in client.get("/console/").text
    for path in ("/console/report", "/console/report/2026-Q3", "/console/report/2001-Q1"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "monitors, observers and the secretariat" in answer.text
        assert "SVK" not in answer.text
    assert not [what for _, what, _ in office.acts() if what == "aggregates"]
    sign_in(client, monitor, "UN-1")
    assert '<a href="/console/report">Report</a>' in client.get("/console/").text
    assert '<a href="/console/report/2026-Q3">2026-Q3</a>' in client.get("/console/report").text
    assert client.get("/console/report/2001-Q1").status_code == 404
    assert client.get("/console/report/2026-Q3").status_code == 200
    assert monitor.acts()[-2:] == [("UN-1", "aggregates", ""), ("UN-1", "aggregates", "2026-Q3")]


def test_the_table_and_the_chart_say_what_was_released(client: FlaskClient, monitor: Office) -> None:
    sign_in(client, monitor, "UN-1")
    text = client.get("/console/report/2026-Q3").text
    assert not re.search(r"<script|<style|style=|\son\w+=|https?://", text)
    rows = {row["state"]: row for row in aggregates.released(COUNTS)}
    assert rows["HUN"]["entry_refusals"] == rows["ROU"]["entry_refusals"] == "suppressed"
    for total, parts in aggregates.TABLES.items():
        section = text[text.index(f'<h2 id="{total}">') :].partition("</section>")[0]
        cells = re.findall(r"<td>(?:<span class=\"gone\">)?(\w+)", section)
        assert cells == [str(row[m]) for row in rows.values() for m in (total, *parts)]
        assert re.findall(r'class="says"[^>]*>(\w+)', section) == [
            str(row[total]) for s, row in rows.items() if s != "ALL"
        ]
        said = re.search(r"<desc[^>]*>Bars: (.*)\. The table", section)
        assert said
        assert f"Slovakia {rows['SVK'][total]}" in said[1].split("; ")
    assert WORDS.keys() == set(aggregates.MEASURES)


def test_a_bar_is_as_long_as_its_count_and_a_suppressed_one_tells_nothing() -> None:
    made: list[dict[str, Any]] = [
        {"state": s, "n": n} for s, n in (("A", 0), ("B", 50), ("C", 100), ("D", "suppressed"))
    ]
    widths = [bar.width for bar in plots.chart("n", made).bars]
    assert widths == [0, widths[2] // 2, plots.WIDTH - plots.LABELS - plots.VALUES, plots.HIDDEN]
    other: list[dict[str, Any]] = [{"state": "A", "n": "suppressed"}, {"state": "B", "n": 0}]
    assert [(bar.width, bar.is_hidden) for bar in plots.chart("n", other).bars] == [(plots.HIDDEN, True), (0, False)]


def test_it_is_accessible_and_prints_on_a4(
    new_page: Callable[..., Page], origin: str, monitor: Office, album: Callable[[Page, str], None], tmp_path: Path
) -> None:
    page = new_page(**LOOKS["wide-light"])
    sign_in_browser(page, origin, monitor, "UN-1")

    def looks_right(name: str) -> None:
        album(page, name)
        assert problems(page) == []
        assert not is_wider_than_the_screen(page)

    page.goto(f"{origin}/console/report")
    looks_right("reports")
    page.get_by_role("link", name=QUARTER.name).click()
    looks_right("report-wide-light")
    bars = page.locator(".bar").evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    assert max(bars) > 100
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    looks_right("report-narrow-dark")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins, in CSS pixels
    looks_right("report-print")
    printed = page.pdf(
        path=Path(os.environ.get("CONSOLE_PICTURES") or tmp_path) / "report.pdf", prefer_css_page_size=True
    )
    assert re.search(rb"/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", printed)
    assert 1 <= len(re.findall(rb"/Type /Page\b", printed)) <= 4
