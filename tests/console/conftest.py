"""A real database, the real app on a real port, a real browser; and offices with caseworkers and alerts in them."""

import os
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from uuid_utils import uuid7
from werkzeug.serving import make_server

from console.offices import Office
from exchange import clock
from exchange.app import make_app
from exchange.deps import Hub, make_secrets
from exchange.domain.notice import Reader
from exchange.embedded.ports import free_port
from exchange.embedded.postgres import NOT_DURABLE, start_postgres
from exchange.store import directory
from exchange.store.migrating import migrate
from exchange.store.session import Database
from exchange.wire import keys

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("console")
    postgres = start_postgres(folder / "postgres", free_port(), settings=NOT_DURABLE)
    migrate(postgres.url)
    make_secrets(folder / "secrets")
    database = Database(postgres.url, most=8)
    yield Hub(database, "ex-test", "http://127.0.0.1:8420", 1.0, {"answer": keys.generate("answer")}, b"pepper")
    database.close()
    postgres.stop()


@pytest.fixture
def new_office(hub: Hub) -> Callable[[], Office]:
    def make() -> Office:
        slug, now = f"sk-asylum-{next(_NUMBERS)}", clock.now()
        with hub.database.transaction() as tx:
            reader = Reader(slug, f"urn:asylum-exchange:authority:{slug}", "asylum_office", "SVK")
            directory.add_authority(tx, reader, now)
            key = {"kid": f"kid-{slug}", "purpose": "notice", "alg": "Ed25519", "jwk": "{}"}
            directory.add_key(tx, slug, key, 0, now)
            tx.execute(
                "INSERT INTO notice (no, slug, id, sha256, jws, kid, kind, event_time, authored_at, received_at,"
                " case_ref, seq, leaf_index) SELECT coalesce(max(no), 0) + 1, %s, %s, %s, '', %s, 'encounter',"
                " '2010-09-23', %s, %s, 'SK-1', 1, 0 FROM notice",
                (slug, str(uuid7()), bytes(32), key["kid"], now, now),
            )
        return Office(hub, slug)

    return make


@pytest.fixture
def office(new_office: Callable[[], Office]) -> Office:
    return new_office()


@pytest.fixture
def client(hub: Hub) -> FlaskClient:
    return make_app(hub).test_client()


@pytest.fixture(scope="session")
def origin(hub: Hub) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, make_app(hub), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        words = "Chromium is not on this machine (apt-get install chromium): the console's pages were not tried in it."
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser profile of its own; whatever the page complains of fails the test at its end."""
    opened, complaints = [], []

    def make(**options: Any) -> Page:
        context = browser.new_context(**options)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in opened:
        context.close()
    # a refused act is answered by a 4xx page, which Chromium reports too
    assert [said for said in complaints if "the server responded with a status of 4" not in said] == []


@pytest.fixture
def album(tmp_path: Path) -> Callable[[Page, str], None]:
    """Keep pictures of pages: in the folder that CONSOLE_PICTURES names, or in the test's own."""
    folder = Path(os.environ.get("CONSOLE_PICTURES") or tmp_path)

    def keep(page: Page, name: str) -> None:
        picture = folder / f"{name}.png"
        page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 0

    return keep
