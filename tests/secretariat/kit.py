"""The secretariat on a real database: what each officer says, and what stands in the tables before and after."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from authorities import Office, secretariat_of
from builders import reader
from exchange import clock, key_room, officers, secretariat
from exchange.client import enrolling
from exchange.client.officer import Officer
from exchange.commands import Given
from exchange.demo.ceremony import Secretariat
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.secretariat import Outcome
from exchange.store.session import rows
from exchange.wire import httpsig, key_judging, keys
from exchange.wire.encoding import Json, read_json
from exchange.wire.key_history import History
from exchange.wire.messages import Request

TABLES = ("leaf", "opening", "key_event", "officer_command", "command_carried", "authority", "authority_key", "act")
SOON = timedelta(minutes=1)


class Room:
    """Where the officers act. The keys of the first three are those of `authorities`."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self.hub, self.folder = hub, folder
        self.all: Secretariat = secretariat_of(hub)
        self.anna, self.boris, self.chiara = self.all.trio

    def say(self, who: Officer, act: str, members: dict[str, Json], given: Given | None = None) -> Outcome:
        return self.all.say(who, act, members, given)

    def approve(self, who: Officer, asked: Outcome) -> Outcome:
        return self.say(who, "approve", {"what": asked.digest})

    def counts(self) -> dict[str, int]:
        with self.hub.database.reading() as tx:
            return {table: rows(tx, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608 -- ours

    def refused(self, act: Callable[[], object]) -> str:
        """The code with which an act is refused; it left no leaf and no row."""
        before = self.counts()
        with pytest.raises(Refusal) as raised:
            act()
        assert self.counts() == before
        return raised.value.code

    def officer(self, name: str, folder: str = "") -> Officer:
        """Somebody with a key of their own, who is no officer yet."""
        one = Officer(self.folder / (folder or name))
        one.make(name, self.hub.exchange_id)
        return one

    def appoint(self, one: Officer) -> None:
        assert self.all.act("appoint", asking_for(one)).carried

    def suspend(self, one: Officer, *by: Officer) -> None:
        asking, approving = by
        asked = self.say(asking, "suspend", {"officer": one.entry["name"]})
        assert self.approve(approving, asked).carried

    def invite(self, office: Office, now: datetime | None = None) -> dict[str, Any]:
        told = read_json((office.folder.path / "enrolment.json").read_bytes())
        asks = officers.read_application(told)
        kids: dict[str, Json] = {purpose: key.kid for purpose, key in asks.keys.items()}
        command = self.anna.command("invite", {"authority": asks.slug, "keys": kids})
        return dict(secretariat.carry_out(self.hub, command, Given(application=told), now or clock.now()).gave)

    def bundle(self, office: Office, invitation: dict[str, Any] | None = None) -> dict[str, str]:
        answered = enrolling.answer(office.folder, invitation or self.invite(office))
        return {"bundle": answered.fingerprint, "text": answered.path.read_text("ascii")}

    def ask(self, told: dict[str, str], who: Officer | None = None) -> Outcome:
        """Ask for an enrolment."""
        return self.say(who or self.anna, "enrol", {"bundle": told["bundle"]}, Given(bundle=told["text"]))

    def applicant(self, slug: str = "pl-asylum", folder: str = "", state: str = "POL") -> Office:
        return Office(self.folder / (folder or slug), reader(slug, "asylum_office", state))

    def judged(self) -> History:
        """What an outsider makes of the records that everybody is shown, each over its leaf."""
        history = History(self.hub.exchange_id)
        for one in key_room.published(self.hub, None)["events"]:
            key_judging.add(history, one["record"].encode(), one["leaf"]["index"])
        return history

    def record_of(self, digest: str) -> tuple[bytes, bytes]:
        """The opening of a command's leaf, and the entry which that leaf is."""
        sql = (
            "SELECT o.record, l.entry = sha256(o.salt || o.record) FROM officer_command c"
            " JOIN opening o ON o.index = c.leaf_index JOIN leaf l ON l.index = c.leaf_index WHERE c.digest = %s"
        )
        with self.hub.database.reading() as tx:
            ((record, fits),) = rows(tx, sql, (digest,))
        assert fits
        return bytes(record), hashlib.sha256(bytes(record)).digest()


def asking_for(one: Officer) -> dict[str, Json]:
    entry = one.entry
    return {"officer": entry["name"], **{name: entry[name] for name in ("key", "nonce", "possession")}}


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Let acts begin together; returns what each came to, a refusal as its code."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def sent(office: Office, path: str, body: bytes, media: str, key: keys.PrivateKey) -> tuple[int, str]:
    """Post a body under any key; returns status and code of the answer."""
    as_request = keys.private_from_key(key.key, "request")
    request = Request("POST", office.folder.hub["base_url"] + path, (("content-type", media),), body)
    signed = httpsig.sign_request(request, as_request, clock.now(), hashlib.sha256(body + path.encode()).digest()[:16])
    got = httpx.post(signed.target_uri, headers=list(signed.headers), content=body, timeout=30, trust_env=False)
    return got.status_code, str(got.json()["code"])
