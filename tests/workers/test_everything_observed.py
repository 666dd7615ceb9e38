"""L22 over the whole system: all that a member observes is equal, whatever stands in the notices hidden from it.

A random world with all kinds of notices is played twice over real HTTP and worked through by the steps. The second
time every notice that the watched member may not know of is replaced by one about a stranger, so that even the ledger
has the same size. Compared is everything that the member gets to see: receipts and refusals, references to notices
that are not for it, inbox, listings, readings, alerts with their history, links, answers to queries, its own log, the
report for a data subject, the console's pages, and how much the ledger grew by each request. All ask before removals,
too: the member gets its own answers, and must observe nothing of what others asked and were told.
"""

import contextlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uuid_utils
from flask.testing import FlaskClient

from authorities import PASSWORD, Office, hire, tokens
from builders import reader
from conftest import Enrol, free_port, settings_for
from exchange import clock, reading
from exchange.app import make_app
from exchange.client.line import JSON, Refused
from exchange.deps import Hub, open_hub
from exchange.domain import acceptance, references
from exchange.domain.kinds import ENUMERATED, KINDS
from exchange.domain.projection import projections
from exchange.store.session import rows
from exchange.wire import sdjwt, statements
from exchange.wire.encoding import write_json
from steps import keep_all, wake

WORLDS = 2
MOST_WORLDS = 40
"""The dice are thrown on until a world hides something from a member to whom something is told."""
SAID = 14
"""Notices of a world."""
MEMBERS = [
    reader("by-asylum", "asylum_office", "BLR"),
    reader("by-border", "border_guard", "BLR"),
    reader("by-monitor", "monitor", "BLR"),
    reader("ua-asylum", "asylum_office", "UKR"),
    reader("ua-return", "return_unit", "UKR"),
    reader("sk-border", "border_guard", "SVK"),
    reader("sk-asylum", "asylum_office", "SVK"),
    reader("sk-court", "court_liaison", "SVK"),
    reader("unhcr", "monitor", "UNO"),
]
WATCHED = ("by-asylum", "by-asylum", "by-border", "by-monitor", "ua-asylum", "ua-return")
SUBJECTS: list[dict[str, list[str]]] = [
    {"nationality": ["KAZ"]},
    {"nationality": ["KAZ"], "feared": ["BLR"]},
    {"nationality": ["KAZ"], "feared": ["UKR"]},
    {"origin": ["KAZ"], "former_residence": ["UKR"]},
    {"nationality": ["RUS"]},
    {},
]
STATES = ("BLR", "UKR", "SVK")
DECOY = "safeguard"
"""The kind that anybody may say of anybody, and that nobody is told by itself."""
IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")
ROWS = re.compile(r"<tr role=\"row\">.*?</tr>", re.DOTALL)
MOMENTS = re.compile(
    r"\d{4}-\d\d-\d\dT[0-9:.]+Z?|\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d( UTC)?|name=\"csrf\" value=\"[^\"]*\""
)
FRESH = {"leaf", "sha256", "received", "iat", "jti", "pad", "raised_at", "changed_at", "at", "time", "no", "due", "jws"}
FRESH |= {"notice", "receipt", "view", "prev", "since", "made_at", "issued_at", "checkpoint", "signature", "digest"}
FRESH |= {"until"}
"""Members that differ between any two playings, whoever may know what; of JWS the content is compared."""


@dataclass(frozen=True)
class Saying:
    """A notice of a world before it is said. `refers`: member of the event, and the place of an earlier own notice."""

    slug: str
    kind: str
    person: int
    case: int
    how: dict[str, Any]
    refers: tuple[str, int] | None = None


def facts_of(rng: random.Random, kind: str, other: str) -> dict[str, Any]:
    made: dict[str, Any] = {name: rng.choice(values) for name, values in ENUMERATED[kind].items()}
    needed = {
        "admissibility_decision": {"named_country": other},
        "return_decision": {"destinations": [other]},
        "removal_planned": {"destination": other},
        "removal_executed": {"destination": other},
        "information_request": {"asked": ["stage"]},
        "interim_measure": {"in_force_until": "2099"},
        "hold_request": {"step": "asked", "hold_until": "2099"},
        "correction": rng.choice(({"act": "withdraw"}, {"act": "erase", "parts": ["safeguards"]})),
    }
    return made | needed.get(kind, {})


def random_saying(rng: random.Random, usual: tuple[dict[str, list[str]], ...], said: list[Saying]) -> Saying:
    while True:
        who, kind = rng.choice(MEMBERS), rng.choice([k for k in KINDS if k != "information_reply"])
        state = who.state if who.state != "UNO" else rng.choice(STATES)
        other = rng.choice([s for s in (*STATES, "KAZ") if s != state])
        person = rng.randint(0, 1)
        how: dict[str, Any] = {
            "event_time": f"2026-0{rng.randint(1, 9)}-01",
            "state": state,
            "subject": usual[person] if rng.random() < 0.7 else rng.choice(SUBJECTS),
            "aud": rng.sample([m.urn for m in MEMBERS if m != who], rng.randint(0, 4)),
            "facts": facts_of(rng, kind, other),
        }
        if rng.random() < 0.3:
            how["safeguards"] = ["unaccompanied_minor"]
        own = [place for place, one in enumerate(said) if one.slug == who.slug and one.kind != "correction"]
        refers = ("withdraws", rng.choice(own)) if kind == "correction" and own else None
        if kind in acceptance._NEEDS_COUNTERPART or kind == "return_decision":  # noqa: SLF001 -- the table itself
            how["counterpart"] = other
        event = {"kind": kind, "event_time": how["event_time"], "state": state}
        event |= {"counterpart_state": other} if "counterpart" in how else {}
        event |= {"withdraws": "x"} if refers else {}
        try:
            acceptance.accept(who, event, how["facts"])
            acceptance.agree(event, how["facts"], clock.now(), clock.now())
        except Exception:  # noqa: BLE001, S112 -- whatever may not be said is thrown again
            continue
        return Saying(who.slug, kind, person, rng.randint(1, 2), how, refers)


def plain(value: Any) -> Any:
    """A value without what is fresh each time."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items() if name not in FRESH}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return IDS.sub("ID", value) if isinstance(value, str) else value


@dataclass
class Play:
    """One playing of a world for one member: what it does, and what it gets to see."""

    hub: Hub
    offices: dict[str, Office]
    watched: Office
    page: FlaskClient
    strangers: bool
    mark: str = field(default_factory=lambda: str(uuid_utils.uuid4())[-8:])
    urns: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.alerts_before = {a["id"] for a in self.watched.speaker.alerts()}
        self.before = {name: self._end(read) for name, read in self._pages().items()}
        self.leaves = self._leaves()

    def _pages(self) -> dict[str, Any]:
        speaker = self.watched.speaker
        return {"inbox": speaker.inbox, "quarantine": speaker.quarantine, "acts": speaker.acts}

    def _end(self, read: Any) -> int:
        after = 0
        while (found := read(after))["items"] and found["next"] - after == 100:
            after = found["next"]
        return int(found["next"])

    def _leaves(self) -> int:
        with self.hub.database.reading() as tx:
            return int(rows(tx, "SELECT count(*) FROM leaf")[0][0])

    def _grew(self) -> None:
        leaves = self._leaves()
        self.seen.append(f"leaves {leaves - self.leaves}")
        self.leaves = leaves

    def say(self, saying: Saying, *, known: bool) -> None:
        """Say a notice; one that is not to be known is said about a stranger who fears the state watched."""
        office = self.offices[saying.slug]
        if not known:
            hides = {"nationality": ["KAZ"], "feared": [self.watched.who.state]}
            parts = office.parts(DECOY, case=str(uuid_utils.uuid4()), subject=hides, person=str(uuid_utils.uuid4()))
        else:
            parts = office.parts(saying.kind, case=f"{self.mark}-{saying.case}", **saying.how)
            parts["hub"]["tokens"] = tokens(f"{self.mark}-{saying.person}")
            if saying.refers:
                parts["event"][saying.refers[0]] = self.urns[saying.refers[1]]
        receipt = office.speaker.post(parts)
        if office is self.watched:
            self.seen.append(str(plain(receipt)))
        self.urns.append(references.urn(office.who.urn, receipt["id"]))
        with self.hub.database.reading() as tx:
            self.numbers.append(rows(tx, "SELECT max(no) FROM notice")[0][0])
        self._grew()

    def known(self) -> list[bool]:
        """Of each notice said, whether the one watched may know of it in the end."""
        found: set[int] = set()
        with self.hub.database.transaction() as tx:
            for number in self.numbers:
                around = reading.around(tx, number, clock.now())
                for known in projections(self.watched.who, around.notices, around.agreements, around.standing):
                    found |= known.numbers
        return [number in found for number in self.numbers]

    def look(self, world: list[Saying], known: list[bool]) -> None:
        """Look at everything, a month later: absence was judged too."""
        wake(self.hub, clock.now() + timedelta(days=30))
        self._let_others_check(world)
        self._ask(world)
        self._refer([urn for urn, is_known in zip(self.urns, known, strict=True) if not is_known])
        self._judge(world)
        speaker = self.watched.speaker
        for alert in [a for a in speaker.alerts() if a["id"] not in self.alerts_before]:
            self.seen.append(str(plain(speaker.alert(alert["id"]))))
            self._show(f"/console/alerts/{alert['id']}")
        self._show_rows("/console/", [f"/console/alerts/{a['id']}" for a in speaker.alerts()])
        self._show_rows("/console/due", [references.name(urn)[1] for urn in self.urns])
        for item in speaker.inbox(self.before["inbox"])["items"]:
            self.seen.append(f"{item['seq'] - self.before['inbox']} {self._opened(item)}")
        for name in ("quarantine", "acts"):
            found = self._pages()[name](self.before[name])["items"]
            self.seen += [re.sub(r"'object': '[0-9 ]+'", "", str(plain(one))) for one in found]  # places in its inbox
        owed = [one for one in speaker.due() if references.urn(one["iss"], one["id"]) in self.urns]
        self.seen += [str(plain(one)) for one in owed]
        self._show("/console/directory")
        self._grew()
        keep_all(self.hub)  # what follows from the questions belongs to this playing

    def _ask(self, world: list[Saying]) -> None:
        """Ask about each own case; a report for the person; what is refused is seen too."""
        own = {(s.person, s.case) for s in world if s.slug == self.watched.who.slug}
        for person, case in sorted(own):
            asked = {
                "purpose": "examining_the_application",
                "legal_basis": "national_law",
                "case": f"{self.mark}-{case}",
            }
            asking = tokens(f"{self.mark}-{person}")["values"]
            self._tried(lambda a=asked, t=asking: self.watched.speaker.query({**a, "tokens": t}))
            for state in ("BLR", "UKR", "KAZ"):
                self._tried(lambda s=state, p=person, c=case: self._check(self.watched, p, c, s))
        for case in sorted({case for _, case in own}):
            wanted = {"purpose": "supervision", "legal_basis": "national_law", "for": "person"}
            wanted["case"] = f"{self.mark}-{case}"
            self._tried(lambda a=wanted: self._report(a))

    def _judge(self, world: list[Saying]) -> None:
        """Read the links of each own case, here and on the console, and say a word on each; read them again."""
        links, ids = self.watched.speaker.links, {references.name(urn)[1] for urn in self.urns}
        cases = sorted({f"{self.mark}-{s.case}" for s in world if s.slug == self.watched.who.slug})
        monitors = self.watched.who.kind == "monitor"
        for which in ("waiting", "judged", "judged"):
            found = [one for case in ([""] if monitors else cases) for one in links.index(which, case)]
            if monitors:  # all that are for review: those of the playings before, too
                found = [one for one in found if ids.issuperset(n["id"] for n in one["notices"])]
            for one in found:
                page = MOMENTS.sub("", IDS.sub("ID", self.page.get(f"/console/links/{one['id']}").text))
                shown = plain({**one, "why": {**one["why"], "bits": 0}})  # the prior grows with each playing
                self.seen.append(str(shown) + re.sub(r"<strong>[0-9-]+ bits", "", page))
            for one in found if which == "waiting" else ():
                with contextlib.suppress(Refused):  # whether it is refused shows when they are read again
                    links.say(one["id"], "refuse", "case-1", ("name",))
            keep_all(self.hub)

    def _let_others_check(self, world: list[Saying]) -> None:
        """Have everybody else ask before a removal in each case; where only strangers are in it, they are refused."""
        for slug, person, case in sorted({(s.slug, s.person, s.case) for s in world}):
            if slug != self.watched.who.slug:
                with contextlib.suppress(Refused):
                    self._check(self.offices[slug], person, case, "KAZ")
        keep_all(self.hub)

    def _check(self, office: Office, person: int, case: int, destination: str) -> Any:
        asked: dict[str, Any] = {"purpose": "implementing_a_return_decision", "legal_basis": "national_law"}
        asked |= {"case": f"{self.mark}-{case}", "tokens": tokens(f"{self.mark}-{person}")["values"]}
        return office.speaker.check({**asked, "destination": destination, "date": "2030-01-01"})

    def _report(self, wanted: dict[str, str]) -> Any:
        """What a report says; nobody waits for the ledger's signer here, which does not run."""
        speaker = self.watched.speaker
        body = speaker._line.call("POST", "/v1/disclosure-reports", write_json(dict(wanted)), JSON)  # noqa: SLF001
        answer: dict[str, Any] = json.loads(body)
        return self.watched.folder.heard(answer["report"], statements.DISCLOSURE_REPORT)

    def _refer(self, hidden: list[str]) -> None:
        """Refer to, and read, what one may not know of: it must look like what does not exist."""
        authors = [references.name(urn)[0] for urn in hidden[:2]] or [self.offices["unhcr"].who.urn]
        nothing = [references.urn(author, str(uuid_utils.uuid7())) for author in authors]
        for urn in nothing if self.strangers or not hidden else hidden[:2]:
            parts = self.watched.parts(DECOY, case=f"{self.mark}-9", subject={"nationality": ["KAZ"]})
            parts["event"]["in_reply_to"] = urn
            self._tried(lambda p=parts: self.watched.speaker.post(p))
            self._tried(lambda u=urn: self.watched.speaker.notice(*references.name(u)))

    def _tried(self, act: Any) -> None:
        try:
            self.seen.append(str(plain(act())))
        except Refused as refused:
            self.seen.append(IDS.sub("ID", str(refused)))

    def _show(self, path: str) -> None:
        self.seen.append(MOMENTS.sub("", IDS.sub("ID", self.page.get(path).text)))

    def _show_rows(self, path: str, about: list[str]) -> None:
        """Look at those rows of a page that are about this playing: the page holds those of the ones before too."""
        new = [one for one in about if one.rpartition("/")[2] not in self.alerts_before]
        found = [row for row in ROWS.findall(self.page.get(path).text) if any(one in row for one in new)]
        self.seen += [MOMENTS.sub("", IDS.sub("ID", row)) for row in found]

    def _opened(self, item: dict[str, Any]) -> Any:
        pinned = self.watched.folder.hub_key("words")
        if item["type"] == "word":
            return plain(statements.heard(item["jws"], statements.WORD, pinned))
        if item["type"] != "notice":
            return item["type"]
        view = plain(statements.heard(item["view"], statements.VIEW, pinned)) if "view" in item else None
        return sorted(str(plain(sdjwt.disclosed(one))) for one in item["notice"].split("~")[1:] if one), view

    def transcript(self) -> list[str]:
        return [line.replace(self.mark, "MARK") for line in self.seen]


@pytest.fixture
def hub(database_url: str, secrets_folder: Path) -> Iterator[Hub]:
    """A hub that answers queries almost at once: here it is what they say that counts, not when."""
    settings = settings_for(database_url, secrets_folder, f"http://127.0.0.1:{free_port()}")
    opened = open_hub(replace(settings, query_deadline=0.01, quota_queries=10**6), connections=8)
    yield opened
    opened.database.close()


@pytest.fixture
def offices(web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    return {who.slug: enrol(who) for who in MEMBERS}


@pytest.fixture
def pages(hub: Hub, offices: dict[str, Office]) -> dict[str, FlaskClient]:
    """The console as a caseworker of each authority that is watched sees it."""
    found = {}
    for slug in sorted(set(WATCHED)):
        hire(hub, slug, "case-1")
        found[slug] = make_app(hub).test_client()
        found[slug].post("/console/sign-in", data={"authority": slug, "pseudonym": "case-1", "password": PASSWORD})
    assert offices
    return found


def test_all_that_a_member_observes_is_equal_whatever_is_hidden_from_it(
    hub: Hub, offices: dict[str, Office], pages: dict[str, FlaskClient]
) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    played = telling = 0
    while played < WORLDS or not telling:
        played += 1
        watched = rng.choice(WATCHED)
        world: list[Saying] = []
        usual = (rng.choice(SUBJECTS), rng.choice(SUBJECTS))
        for _ in range(SAID):
            world.append(random_saying(rng, usual, world))
        whole = Play(hub, offices, offices[watched], pages[watched], strangers=False)
        for saying in world:
            whole.say(saying, known=True)
        keep_all(hub)
        known = whole.known()
        whole.look(world, known)
        theirs = Play(hub, offices, offices[watched], pages[watched], strangers=True)
        for saying, is_known in zip(world, known, strict=True):
            theirs.say(saying, known=is_known)
        keep_all(hub)
        theirs.look(world, known)
        assert theirs.transcript() == whole.transcript(), (seed, watched)
        telling += not all(known) and any("type" in line or "pattern" in line for line in whole.seen)
        assert played < MOST_WORLDS
