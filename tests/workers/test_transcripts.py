"""L22 through the database: a member's transcript is the same with and without the notices that it may not know of.

Random worlds are posted over HTTP and worked through by the steps: once whole, and once more as fresh persons with
those notices alone that one member may know of in the end. What that member gets to see must be equal: receipts, inbox,
alerts with their history, answers to queries. The rules alone are tested on many more worlds by
tests/domain/test_projection.py.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uuid_utils

from authorities import Office, tokens
from builders import AF_BORDER, READERS, reader
from exchange import clock, reading
from exchange.client import opening
from exchange.deps import Hub
from exchange.domain.projection import projections
from exchange.store.session import rows
from exchange.wire import sdjwt, statements
from steps import keep_all, keep_all_at, wake
from worlds import served

WORLDS = 15
MOST_WORLDS = 100
"""The dice are thrown on until a world tells something; a test in which none ever does tests nothing."""
WATCHED = ("by-asylum", "by-asylum", "by-asylum", "by-border", "by-monitor", "ua-asylum", "sk-asylum", "af-asylum")
MEMBERS = [
    *(who for who in READERS if who != AF_BORDER),
    reader("by-border", "border_guard", "BLR"),
    reader("by-monitor", "monitor", "BLR"),
    reader("af-asylum", "asylum_office", "AFG"),
]
STATE = {who.slug: who.state for who in MEMBERS}
SUBJECTS: list[dict[str, list[str]]] = [
    {"nationality": ["KAZ"]},
    {"nationality": ["KAZ"], "feared": ["BLR"]},
    {"nationality": ["KAZ"], "feared": ["RUS", "UKR"]},
    {"nationality": ["AFG"]},
    {"origin": ["KAZ"], "former_residence": ["UKR"]},
    {"nationality": ["XXA"]},
    {},
]
USUALLY = 0.7
FRESH = {"leaf", "sha256", "received", "id", "iat", "jti", "pad", "mailbox", "raised_at", "changed_at", "at", "due"}
FRESH |= {"dossier", "inhibited_by", "superseded_by", "by"}
"""What differs between any two notices, answers and alerts, whoever may know of them."""


@pytest.fixture(scope="module")
def world(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A hub that answers queries almost at once: here it is what they say that counts, not when."""
    folder = tmp_path_factory.mktemp("world")
    with served(server_url, secrets_folder, folder, MEMBERS, query_deadline=0.01) as made:
        yield made


@pytest.fixture
def hub(world: dict[str, Any]) -> Hub:
    hub: Hub = world["hub"]
    return hub


@pytest.fixture
def offices(world: dict[str, Any]) -> dict[str, Office]:
    offices: dict[str, Office] = world["offices"]
    return offices


@dataclass(frozen=True)
class Saying:
    """A notice of a world, before it is said: by whom, of which of the world's persons, and how."""

    slug: str
    kind: str
    person: int
    stranger: int | None
    case: int
    how: dict[str, Any]


@dataclass(frozen=True)
class Chance:
    """What leads the dice of one world: who speaks most, and what is said of each person unless something else is."""

    rng: random.Random
    loudest: str
    usual: tuple[dict[str, list[str]], ...]

    def subject(self, person: int) -> dict[str, list[str]]:
        return self.usual[person] if self.rng.random() < USUALLY else self.rng.choice(SUBJECTS)


def chance(rng: random.Random, loudest: str) -> Chance:
    return Chance(rng, loudest, (rng.choice(SUBJECTS), rng.choice(SUBJECTS)))


def random_saying(lead: Chance) -> Saying:
    rng = lead.rng
    loud = [m for m in MEMBERS if m.state == lead.loudest]
    who = rng.choice(loud if loud and rng.random() < 0.5 else MEMBERS)
    state = who.state if who.state != "UNO" else rng.choice(("SVK", "BLR"))
    other = rng.choice([s for s in ("BLR", "UKR", "SVK", "AFG") if s != state])
    kinds = {"border_guard": ["removal_executed"] * 3 + ["return_decision", "encounter", "claim_expressed"]}
    others = ["claim_expressed", "arrival", "claim_expressed", "return_decision", "hold_request"]
    kind = rng.choice(kinds.get(who.kind, others))
    person = rng.randint(0, 1)
    how = {
        "event_time": f"2025-0{rng.randint(1, 9)}-01",
        "state": state,
        "subject": lead.subject(person),
        "aud": rng.sample([m.urn for m in MEMBERS if m != who], rng.randint(0, 3)),
    }
    if kind in {"removal_executed", "return_decision"}:
        name, named = ("destination", other) if kind == "removal_executed" else ("destinations", [other])
        how |= {"counterpart": other, "facts": {name: named}}
    if kind == "hold_request":
        how |= {"counterpart": other, "facts": {"step": rng.choice(("asked", "asked", "lifted"))}}
    if rng.random() < 0.2:
        how["safeguards"] = ["torture_survivor"]
    stranger = rng.randint(0, 1) if rng.random() < 0.2 else None
    return Saying(who.slug, kind, person, stranger, rng.randint(1, 2), how)


def end_of_inbox(office: Office) -> int:
    after = 0
    while (page := office.speaker.inbox(after))["items"]:
        after = page["next"]
    return after


class Play:
    """One playing of a world: the same notices said of fresh persons under fresh cases."""

    def __init__(self, hub: Hub, offices: dict[str, Office], watched: str) -> None:
        self.hub, self.offices, self.watched = hub, offices, offices[watched]
        self.mark = str(uuid_utils.uuid4())[:8]
        self.receipts: list[Any] = []
        self.numbers: list[int] = []
        self.seen_before = {a["id"] for a in self.watched.speaker.alerts()}
        self.after = end_of_inbox(self.watched)

    def _tokens(self, saying: Saying) -> dict[str, Any]:
        made = tokens(f"{self.mark}-{saying.person}")
        if saying.stranger is not None:
            made["values"][0] = tokens(f"{self.mark}-{saying.stranger}")["values"][0]
        return made

    def say(self, saying: Saying) -> None:
        office = self.offices[saying.slug]
        parts = office.parts(saying.kind, case=f"{self.mark}-{saying.case}", **saying.how)
        parts["hub"]["tokens"] = self._tokens(saying)
        receipt = office.speaker.post(parts)
        if office is self.watched:
            self.receipts.append(plain(receipt))
        with self.hub.database.transaction() as tx:
            ((number,),) = rows(tx, "SELECT max(no) FROM notice")
        self.numbers.append(number)

    def ask(self, saying: Saying) -> Any:
        asked = {"purpose": "examining_the_application", "legal_basis": "national_law"}
        tokens_of_it = self._tokens(saying)["values"]
        case = f"{self.mark}-{saying.case}"
        return self.offices[saying.slug].speaker.query({**asked, "case": case, "tokens": tokens_of_it})

    def known(self) -> list[bool]:
        """Of each notice said, whether the one watched may know of it in the end."""
        found = set()
        with self.hub.database.transaction() as tx:
            for number in self.numbers:
                around = reading.around(tx, number, clock.now())
                for known in projections(self.watched.who, around.notices, around.agreements, around.standing):
                    found |= known.numbers
        return [number in found for number in self.numbers]

    def transcript(self) -> str:
        """All that the one watched sees of this playing, a month later: absence was judged too."""
        wake(self.hub, clock.now() + timedelta(days=30))
        alerts = [a for a in self.watched.speaker.alerts() if a["id"] not in self.seen_before]
        told = sorted(str(plain(self.watched.speaker.alert(a["id"]))) for a in alerts)
        items = self.watched.speaker.inbox(self.after)["items"]
        inbox = [(item["seq"] - self.after, self._opened(item)) for item in items]
        lines = [*map(str, self.receipts), *told, *map(str, inbox)]
        return "\n".join(lines).replace(self.mark, "MARK")

    def _opened(self, item: dict[str, Any]) -> Any:
        pinned = self.watched.folder.hub_key("words")
        if item["type"] == "word":
            return plain(statements.heard(item["jws"], statements.WORD, pinned))
        text = item["notice"]
        view = plain(statements.heard(item["view"], statements.VIEW, pinned)) if "view" in item else None
        disclosed = sorted(str(sdjwt.disclosed(one)) for one in text.split("~")[1:] if one)
        return disclosed, view


def plain(value: Any) -> Any:
    """A value without what is fresh each time."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items() if name not in FRESH}
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.rule("L22")
def test_all_said_and_then_worked_through(hub: Hub, offices: dict[str, Office]) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    played = telling = 0
    while played < WORLDS or not telling:
        played += 1
        watched = rng.choice(WATCHED)
        lead = chance(rng, STATE[watched])
        world = [random_saying(lead) for _ in range(rng.randint(4, 8))]
        asking = rng.sample(world, 2)
        whole = Play(hub, offices, watched)
        for saying in world:
            whole.say(saying)
        keep_all(hub)
        known = whole.known()
        answers = [plain(whole.ask(s)) for s in asking]
        seen = whole.transcript()
        theirs = Play(hub, offices, watched)
        for saying, is_known in zip(world, known, strict=True):
            if is_known:
                theirs.say(saying)
        keep_all(hub)
        for saying, answer in zip(asking, answers, strict=True):
            if known[world.index(saying)]:
                again = plain(theirs.ask(saying))
                assert again == answer or saying.slug != watched, (seed, watched)
        assert theirs.transcript() == seen, (seed, watched)
        telling += bool(seen) and not all(known)
        assert played < MOST_WORLDS


def test_each_worked_through_before_the_next_is_said(hub: Hub, offices: dict[str, Office]) -> None:
    """Alerts that a state holds from its own words go on as if nobody else had spoken: no freeze, no flicker."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    late = clock.now() + timedelta(days=30)
    played = changed = 0
    while played < WORLDS // 2 or not changed:
        played += 1
        watched = rng.choice(("by-asylum", "by-monitor"))
        own, others = own_and_others(rng)
        order = in_order(rng, own, others)
        transcripts = []
        for everything in (True, False):
            play = Play(hub, offices, watched)
            for saying, is_known in order:
                if everything or is_known:
                    play.say(saying)
                    keep_all_at(hub, late)
            transcripts.append(play.transcript())
        assert transcripts[0] == transcripts[1], (seed, watched)
        changed += "'changed'" in transcripts[0]
        assert played < MOST_WORLDS


def own_and_others(rng: random.Random) -> tuple[list[Saying], list[Saying]]:
    """Words of Belarus about one person, which do not name it, and words of others, which it may not know of."""
    lead = chance(rng, "BLR")
    usual = rng.choice(({"nationality": ["KAZ"]}, {}))
    said = [replace(random_saying(lead), person=0, stranger=None) for _ in range(60)]
    own = [s for s in said if STATE[s.slug] == "BLR" and s.how["state"] == "BLR"]
    legs = [s for s in own if s.kind == "removal_executed"][:3]
    own = legs + [s for s in own if s.kind != "removal_executed"][:3]
    rng.shuffle(own)
    others = [s for s in said if STATE[s.slug] != "BLR" and s.slug != "unhcr"][:4]
    if not usual:  # origin unknown, and its asylum office not involved: closed to it, whoever else speaks
        own = [replace(s, how=s.how | {"aud": []}) for s in own if s.slug == "by-border"]
    return [replace(s, how=s.how | {"subject": usual}) for s in own], others


def in_order(rng: random.Random, own: list[Saying], others: list[Saying]) -> list[tuple[Saying, bool]]:
    """Some of a state's own words; then one that names it as feared; then the rest of both, mixed."""
    feared = {"subject": {"nationality": ["KAZ"], "feared": ["BLR"]}}
    naming = Saying("sk-asylum", "claim_expressed", 0, None, 9, feared)
    cut = rng.randint(0, len(own) - 1)
    rest = [True] * (len(own) - cut) + [False] * len(others)
    rng.shuffle(rest)
    left = {True: iter(own[cut:]), False: iter(others)}
    return [(s, True) for s in own[:cut]] + [(naming, False)] + [(next(left[is_own]), is_own) for is_own in rest]


def test_an_arrival_rests_on_nothing_that_its_author_may_not_know(hub: Hub, offices: dict[str, Office]) -> None:
    """Of unknown origin by its author's own words: whether a border guard gets it must not hang on hidden words."""
    hidden = {"subject": {"nationality": ["KAZ"], "feared": ["BLR"]}}
    guard, office = offices["sk-border"], offices["ua-asylum"]
    own = Saying("by-border", "encounter", 0, None, 1, {"subject": {}, "aud": [guard.who.urn, office.who.urn]})
    seen = []
    for others in ([], [Saying("sk-asylum", "claim_registered", 0, None, 2, hidden)]):
        ends = {addressee: end_of_inbox(addressee) for addressee in (guard, office)}
        play = Play(hub, offices, "by-border")
        for saying in (*others, own):
            play.say(saying)
        keep_all(hub)
        for addressee, end in ends.items():
            for item in addressee.speaker.inbox(end)["items"]:
                addressee.speaker.acknowledge(opening.head(item), "delivered")
        keep_all(hub)
        seen.append([item["type"] for item in offices["by-border"].speaker.inbox(play.after)["items"]])
    assert seen == [["acknowledgement"], ["acknowledgement"]]  # the asylum office's, never the guard's
