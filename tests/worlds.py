"""One hub for a whole file of tests, each about persons of its own: enrolling and hiring take longer than the tests."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import uuid_utils
from werkzeug.serving import make_server

import authorities
from authorities import Office
from conftest import TEMPLATE, database_of, free_port, settings_for
from exchange.app import make_app
from exchange.deps import Hub, open_hub
from exchange.domain.notice import Reader
from exchange.store.session import rows


@contextmanager
def served(
    server_url: str, secrets: Path, folder: Path, readers: Sequence[Reader], **settings: Any
) -> Iterator[dict[str, Any]]:
    """Serve a hub on an empty database over HTTP, with these authorities enrolled; yields `hub` and `offices`."""
    name = f"world_{uuid_utils.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url, port = database_of(server_url, name), free_port()
    hub = open_hub(replace(settings_for(url, secrets, f"http://127.0.0.1:{port}"), **settings), connections=8)
    server = make_server("127.0.0.1", port, make_app(hub), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        offices = {who.slug: Office(folder / who.slug, who) for who in readers}
        authorities.enrolled(hub, *offices.values())
        yield {"hub": hub, "offices": offices}
        for office in offices.values():
            office.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        hub.database.close()


@dataclass(frozen=True)
class Stage:
    """A test's own part of a world: its persons and cases bear its mark, and only alerts about these are looked at."""

    hub: Hub
    offices: dict[str, Office]
    mark: str

    def say(self, slug: str, kind: str, **said: Any) -> dict[str, Any]:
        """Let an authority post a notice, about a person and a case of this test."""
        return self.offices[slug].speaker.post(self.parts(slug, kind, **said))

    def parts(self, slug: str, kind: str, **said: Any) -> dict[str, Any]:
        person = {"person": f"{self.mark}-{said.pop('person')}"} if said.get("person") else {}
        case = f"{self.mark}-{said.pop('case', slug)}"
        return self.offices[slug].parts(kind, **{"case": case, **said, **person})

    def leg(self, slug: str, to: str, **said: Any) -> dict[str, Any]:
        by_agreement = {"destination": to, "legal_act": "readmission_agreement"}
        return self.say(slug, "removal_executed", counterpart=to, facts=by_agreement, **said)

    def alerts(self, slug: str, pattern: str = "") -> list[dict[str, Any]]:
        """The alerts of a pattern in a queue with their histories, the first raised first."""
        with self.hub.database.transaction() as tx:
            sql = "SELECT a.id::text FROM alert a JOIN notice n ON n.no = a.anchor WHERE starts_with(n.case_ref, %s)"
            ours = {found for (found,) in rows(tx, sql, (self.mark,))}
        speaker = self.offices[slug].speaker
        found = sorted(a["id"] for a in speaker.alerts() if a["id"] in ours and pattern in a["pattern"])
        return [speaker.alert(one) for one in found]

    def alert(self, slug: str, pattern: str) -> dict[str, Any]:
        """The one alert of a pattern in a queue."""
        (found,) = self.alerts(slug, pattern)
        return found

    def again(self, alert: dict[str, Any], slug: str) -> dict[str, Any]:
        """An alert as it stands now."""
        return self.offices[slug].speaker.alert(alert["id"])


def stage(world: dict[str, Any]) -> Stage:
    """Return a part of a world in which nothing has happened; no deadline of another test strikes in it."""
    with world["hub"].database.transaction() as tx:
        tx.execute("DELETE FROM timer")
    return Stage(world["hub"], world["offices"], str(uuid_utils.uuid4())[:8])
