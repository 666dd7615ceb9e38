"""Authorities for tests: each with its own folder of keys, speaking real HTTP through the client that users have."""

import atexit
import hashlib
import hmac
import json
import secrets
import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import uuid_utils

from builders import facts
from exchange import alerts
from exchange.alerts import Act
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.clock import now
from exchange.demo.ceremony import Secretariat, begin
from exchange.deps import Hub
from exchange.domain.notice import Reader
from exchange.store import accounts
from exchange.wire import sdjwt
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64encode, write_json

PASSWORD = "a long enough password"  # noqa: S105 -- of caseworkers who live for one test
TYPES = (
    *("C1D", "C1MD", "C2D", "C2MD", "C2NS", "C2Y", "DOB", "DOC", "DOCE", "E2Y", "F2Y"),
    *("V1D", "V1Y", "V2NS", "V2Y", "VGD", "W1D", "W2Y", "X1D", "X2Y"),
)
"""What a record with two names, a full birth date and a document has: notices that agree in all are probable links."""


def tokens(person: str) -> dict[str, Any]:
    """Tokens of an invented person, as a sandbox makes them."""
    values = [f"{t}.{b64encode(hmac.digest(b'sandbox', f'{t}|{person}'.encode(), hashlib.sha256))}" for t in TYPES]
    return {"profile": "N1", "keyset": "test", "values": values}


_OFFICERS = Path(tempfile.mkdtemp(prefix="officers-"))
"""Keys of the three officers of every exchange in this process, by the exchange's id."""
atexit.register(shutil.rmtree, _OFFICERS, ignore_errors=True)


def secretariat_of(hub: Hub) -> Secretariat:
    """The three officers of a hub, who begin with it when nobody has."""
    return begin(hub, _OFFICERS / hub.exchange_id)


def enrolled(hub: Hub, *offices: "Office") -> None:
    """Enrol authorities, by the whole ceremony; each pins the hub."""
    secretariat = secretariat_of(hub)
    for office in offices:
        secretariat.enrol(office.folder)


def hire(hub: Hub, authority: str, pseudonym: str, role: str = "caseworker") -> None:
    """Give a caseworker of an authority an account, with the password that all have here."""
    secretariat_of(hub).hire(authority, (pseudonym, role), PASSWORD)


def signed_in(hub: Hub, authority: str, pseudonym: str, done: Act) -> dict[str, Any]:
    """Do an act on an alert as a caseworker who has signed in does on the console."""
    with hub.database.transaction() as tx:
        who = accounts.find(tx, authority, pseudonym)
        assert who is not None
        return alerts.act(tx, who, done, now())


class Office:
    """An authority of a test."""

    def __init__(self, path: Path, who: Reader, alg: str = "Ed25519") -> None:
        self.who = who
        self.folder = Folder(path)
        self.enrolment = json.loads(self.folder.make(who.slug, who.kind, who.state, alg).read_text())

    @cached_property
    def speaker(self) -> Speaker:
        return Speaker(self.folder)

    def close(self) -> None:
        if "speaker" in self.__dict__:
            self.speaker.close()

    def parts(self, kind: str = "encounter", **said: Any) -> dict[str, Any]:
        """A notice of this authority. Keywords: event_time, state, counterpart, facts, subject, case, person, aud.

        It may leave the European Union, unless `transfer` is None.
        """
        event = {
            "kind": kind,
            "event_time": said.get("event_time", "2026-10-01"),
            "state": said.get("state", self.who.state),
        }
        if "counterpart" in said:
            event["counterpart_state"] = said["counterpart"]
        hub = {
            "subject": said.get("subject", {"nationality": ["AFG"]}),
            "case": said.get("case", f"{self.who.slug}-1"),
            "aud": said.get("aud", []),
            "source": "own_act",
            "purpose": "protection_of_vital_interests",
            "legal_basis": "national_law",
        }
        transfer = said.get("transfer", {"basis": "gdpr_49_1_f_vital_interests", "necessity": ["prevent_refoulement"]})
        if transfer is not None:
            hub["transfer"] = transfer
        if "person" in said:
            hub["tokens"] = tokens(said["person"])
        made = {"hub": hub, "event": event, "facts": facts(kind, **said.get("facts", {}))}
        if "safeguards" in said:
            made["safeguards"] = {"codes": said["safeguards"]}
        return made

    def post(self, kind: str = "encounter", **said: Any) -> dict[str, Any]:
        return self.speaker.post(self.parts(kind, **said))

    def leg(self, to: str, **said: Any) -> dict[str, Any]:
        return self.post(
            "removal_executed", counterpart=to, **said, facts={"destination": to, "legal_act": "readmission_agreement"}
        )

    def ask(self, case: str, person: str) -> dict[str, Any]:
        asked = {"purpose": "examining_the_application", "legal_basis": "national_law", "case": case}
        return self.speaker.query({**asked, "tokens": tokens(person)["values"]})

    def sign(self, parts: dict[str, Any] | None = None, **head: Any) -> bytes:
        """An envelope signed with this authority's notice key, to be posted in ways the client never would."""
        given = {
            "ex": "test-exchange",
            "id": str(uuid_utils.uuid7()),
            "iss": self.who.urn,
            "iat": int(now().timestamp()),
        }
        made = parts or self.parts()
        made = {**made, "hub": {"seq": 1, **made["hub"]}}
        text = sdjwt.issue(Claims(**(given | head)), made, self.folder.key("notice"), secrets.token_bytes)
        return write_json({"notice": text})
