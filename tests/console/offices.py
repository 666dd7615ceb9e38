"""Offices with caseworkers and alerts in them, and what their caseworkers do in a browser without a screen."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient
from uuid_utils import uuid7
from werkzeug.test import TestResponse

from authorities import PASSWORD, hire
from console.evidence import body
from exchange import clock
from exchange.deps import Hub
from exchange.domain.alertlife import LIVE
from exchange.store import queue
from exchange.store.queue import Alert
from exchange.store.session import row, rows

MISSING = "019ab000-0000-7000-8000-000000000001"


@dataclass
class Office:
    """An authority with an alert queue of its own."""

    hub: Hub
    slug: str
    alerts: list[str] = field(default_factory=list)

    def hires(self, pseudonym: str, role: str = "caseworker") -> str:
        hire(self.hub, self.slug, pseudonym, role)
        return pseudonym

    def meets(self) -> None:
        """Let the alerts from now on be about another person: another notice stands behind them."""
        with self.hub.database.transaction() as tx:
            tx.execute(
                "INSERT INTO notice (no, slug, id, sha256, jws, kid, kind, event_time, authored_at, received_at,"
                " case_ref, seq, leaf_index) SELECT (SELECT max(no) FROM notice) + 1, slug, %s, sha256, jws, kid, kind,"
                " event_time, authored_at, received_at, case_ref || '+', seq + 1, leaf_index FROM notice"
                " WHERE slug = %s ORDER BY no DESC LIMIT 1",
                (str(uuid7()), self.slug),
            )

    def gets(self, **said: Any) -> str:
        """Put an alert into the queue; returns its id. `of` says more of the alert itself, such as `rests_on`."""
        of = said.pop("of", {})
        now, evidence, number = clock.now(), body(**said), str(uuid7())
        with self.hub.database.transaction() as tx:
            found = row(tx, "SELECT no FROM notice WHERE slug = %s ORDER BY no DESC LIMIT 1", (self.slug,))
            assert found
            alert = Alert(
                id=number, slug=self.slug, family=number, anchor=found[0], person=[found[0]], status="open",
                pattern=evidence["pattern"], severity=evidence["severity"], body=evidence, raised_at=now,
                changed_at=now, taken_by=None, expires_at=None, closing_by=None,
            )  # fmt: skip
            queue.put(tx, replace(alert, **of), _event("raised", evidence))
        self.alerts.append(number)
        return number

    def learns(self, alert_id: str, **said: Any) -> None:
        """Change the evidence of an alert, or its status; `by` is the alert that has taken its place."""
        with self.hub.database.transaction() as tx:
            alert = queue.one(tx, self.slug, alert_id, hold=True)
            assert alert
            status, by = said.pop("status", alert.status), said.pop("by", None)
            changed = replace(alert, status=status, superseded_by=by, body=alert.body | said, changed_at=clock.now())
            queue.put(tx, changed, _event("changed" if status in LIVE else status, changed.body))

    def acts(self) -> list[tuple[str, str, str]]:
        """Return what the ledger holds of this office: (pseudonym, what, object)."""
        with self.hub.database.transaction() as tx:
            return rows(tx, "SELECT pseudonym, what, object FROM act WHERE slug = %s ORDER BY no", (self.slug,))

    def status(self, alert_id: str) -> str:
        with self.hub.database.transaction() as tx:
            alert = queue.one(tx, self.slug, alert_id)
        assert alert
        return alert.status


def _event(act: str, evidence: dict[str, Any]) -> dict[str, Any]:
    detail = {name: evidence[name] for name in ("pattern", "severity", "certainty", "stage")}
    return {"at": clock.now(), "act": act, "actor": "exchange", "detail": detail}


def sign_in(client: FlaskClient, office: Office, pseudonym: str, password: str = PASSWORD) -> TestResponse:
    form = {"authority": office.slug, "pseudonym": pseudonym, "password": password}
    return client.post("/console/sign-in", data=form)


def hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found
    return found[1]


def act(client: FlaskClient, alert_id: str, name: str, **said: Any) -> TestResponse:
    """Do what the form on the alert's page does."""
    form: dict[str, Any] = {"password": PASSWORD}
    page = client.get(f"/console/alerts/{alert_id}")
    form |= {"csrf": hidden(page, "csrf"), "seen": "0"}
    if 'name="seen"' in page.text:
        form["seen"] = hidden(page, "seen")
    form["read"] = re.findall('name="read" value="([^"]+)"', page.text)
    return client.post(f"/console/alerts/{alert_id}/{name}", data=form | said)
