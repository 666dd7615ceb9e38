"""`patterns why`: every past verdict can be rebuilt, for the whole and for each reader, and each look is noted."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click.testing
import pytest

from api.test_corrections import correct, urn
from authorities import Office, secretariat_of
from builders import AF_BORDER, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR
from conftest import Enrol
from exchange import clock, explaining
from exchange.cli.main import cli
from exchange.deps import Hub
from exchange.domain.asof import AsOf
from exchange.domain.errors import Refusal
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.explaining import Explained, Question
from exchange.store.session import rows
from steps import keep_all

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
BY_ID = {pattern.id: pattern for pattern in PATTERNS}
LOOKED_AT = ("P01", "P03", "P04")
Verdict = set[tuple[str, str, str]]


@dataclass
class Room:
    """A hub with its offices, and what it found at each moment of a story."""

    hub: Hub
    offices: dict[str, Office]
    moments: list[tuple[str, datetime, Verdict]] = field(default_factory=list)
    person: str = ""

    def then(self, what: str, said: Callable[[], dict[str, Any] | object]) -> dict[str, Any]:
        """Let something be said, and note the moment and what the hub finds in consequence."""
        told = said()
        keep_all(self.hub)
        with self.hub.database.transaction() as tx:
            found = rows(tx, "SELECT projection, body FROM finding")
        whole = {
            (b["pattern"], b["severity"], b["certainty"])
            for projection, b in found
            if projection == "whole" and b["pattern"] in LOOKED_AT
        }
        self.moments.append((what, clock.now(), whole))
        return told if isinstance(told, dict) else {}

    def ask(self, pattern: str = "P04", reader: str | None = None, **when: datetime) -> Explained:
        return explaining.why(self.hub, Question(self.person, BY_ID[pattern], AsOf(**when), reader), clock.now())

    def rebuilt(self, known: datetime, reader: str | None = None, of: tuple[str, ...] = LOOKED_AT) -> Verdict:
        told = {pattern: self.ask(pattern, reader, known=known) for pattern in of}
        found = [one for explained in told.values() for one in explained.findings if not explained.instead]
        return {(one.pattern.id, one.severity, one.certainty) for one in found}

    def code(self, pattern: str = "P04", reader: str | None = None, **when: datetime) -> str:
        with pytest.raises(Refusal) as refused:
            self.ask(pattern, reader, **when)
        return refused.value.code

    def acts(self) -> list[tuple[str, str]]:
        with self.hub.database.transaction() as tx:
            return rows(tx, "SELECT object, purpose FROM act WHERE what = 'explained' ORDER BY no")  # type: ignore[return-value]


@pytest.fixture
def room(hub: Hub, web: str, enrol: Enrol) -> Room:
    assert web
    return Room(hub, {who.slug: enrol(who) for who in (SK_BORDER, SK_ASYLUM, UA_ASYLUM, UA_BORDER, AF_BORDER, UNHCR)})


def story(room: Room) -> None:
    """Said, withdrawn, agreed to, forged, suspended, erased: each step changes what was known before, or after."""
    sk, office, ua, border, af, unhcr = room.offices.values()
    officers = secretariat_of(room.hub)
    hour_ago = int(clock.now().timestamp()) - 3600
    claim = room.then(
        "claim",
        lambda: sk.post(
            "claim_expressed", person="a", event_time="2026-07-01", aud=[unhcr.who.urn], safeguards=["elderly"]
        ),
    )
    room.person = urn(sk, claim)
    room.then("own word of the feared", lambda: af.leg("IRN", person="a", event_time="2026-06-01"))
    room.then("first leg", lambda: sk.leg("UKR", person="a", event_time="2026-07-02"))
    served = {"merits_scope": "full", "outcome": "rejected", "served_at": "2026-07-20"}
    room.then("merits", lambda: office.post("merits_decision", person="a", event_time="2026-07-19", facts=served))
    room.then("second leg", lambda: border.leg("AFG", person="a", event_time="2026-08-01"))
    withdrawn = room.then("withdrawal", lambda: correct(sk, "withdraw", room.person))
    room.then("agreement", lambda: correct(unhcr, "agree", urn(sk, withdrawn)))
    room.then("theft", lambda: office.speaker.keys.revoke(office.folder.kid("notice"), "compromised", hour_ago))
    room.then("suspension", lambda: officers.act("suspend-member", {"state": "UKR", "scope": "all"}))
    again = {"event_time": "2026-07-21", "facts": served | {"served_at": "2026-07-22"}}
    room.then("word of the suspended", lambda: ua.post("merits_decision", person="a", **again))
    erased = {"notice": {"iss": sk.who.urn, "id": claim["id"]}, "part": "safeguards", "reason": "unlawful"}
    room.then("erasure", lambda: officers.act("erase", erased))


def test_every_past_verdict_is_rebuilt(room: Room) -> None:
    """Also the severity that safeguards raised, which were erased since; that they were is said."""
    story(room)
    *before, (_, _, last) = room.moments
    assert len({frozenset(found) for _, _, found in before}) > 4  # the story changes the verdict again and again
    for what, known, found in before:
        assert room.rebuilt(known) == found, what
        assert room.rebuilt(known, "sk-asylum", ("P04",)) == {one for one in found if one[0] == "P04"}, what
    assert room.rebuilt(clock.now()) == last
    at = {what: moment for what, moment, _ in before}
    (lost,) = room.ask(known=at["merits"]).lost
    assert lost.startswith("safeguards of notice 1: erased since")
    assert room.ask(known=at["suspension"]).lost == ()  # withdrawn and agreed to: it did not count any more
    assert room.ask().lost == ()


def test_a_reader_is_explained_what_it_may_know_alone(room: Room) -> None:
    for room.person in ("0", "999", "9" * 40, "urn:asylum-exchange:notice:x:y", "Maryam", "1; DROP", "-1", ""):
        assert room.code() == "not-found"
    story(room)
    assert room.code(reader="af-border") == "not-found"  # of a claim that it may not know of
    assert room.acts() == []
    claim, room.person = room.person, "2"
    told = room.ask("P03", reader="af-border")
    assert [event.ref for event in told.timeline.events] == [2]
    assert sorted(event.ref for event in room.ask("P03").timeline.events) == [2, 3, 4, 5, 6, 8]
    at = {what: moment for what, moment, _ in room.moments}
    room.person = "5"  # of a border authority whose state is suspended later
    seen = [room.ask(reader="ua-asylum", known=at[what]).timeline.events for what in ("second leg", "suspension")]
    assert [sorted(event.ref for event in events) for events in seen] == [[1, 2, 3, 4, 5], [5]]
    room.person = claim
    assert room.code(reader="xx-none") == "no-such-authority"
    assert room.code(reader="sk-asylum", known=clock.now() - timedelta(days=1)) in {"no-such-authority", "not-found"}


def test_the_command_prints_numbers_kinds_states_and_dates_and_is_noted(room: Room, told: None) -> None:
    assert told is None
    story(room)

    def why(*words: str) -> str:
        done = click.testing.CliRunner().invoke(cli, ["patterns", "why", *words])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    shown = why(room.person, "P04")
    assert "shows: critical, possible, done, variant completed" in shown
    assert "  3: 2026-07-02 removal_executed SVK>UKR" in shown
    assert "elderly" not in shown
    first = why(room.person, "p04", "--at", "2026-07-15")
    assert "not shown: second_leg (IRN then sent the person on to C.); nearest: 2" in first
    assert "  5: " not in first
    commands = re.findall(r"^asylum-exchange patterns why (.+)$", OPERATIONS, re.MULTILINE)
    given = {"$NOTICE": room.person, "$DAY": f"{clock.now():%Y-%m-%d}", "$SLUG": "sk-asylum"}
    for command in commands:
        assert "P04 Chain completed" in why(*(given.get(word, word) for word in command.split()))
    why("3", "P03", "--for", "sk-asylum", "--known", "2030-01-01")
    objects = [of for of, _ in room.acts()]
    assert [of.split(" ", 2)[2].split(" ")[0] for of in objects] == ["P04", "P04", *["P04"] * len(commands), "P03"]
    assert len(commands) > 2
    assert objects[-1].endswith(" sk-asylum")
    assert {purpose for _, purpose in room.acts()} == {"explanation"}
