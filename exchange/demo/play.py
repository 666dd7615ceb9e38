"""Play the demo: every event is posted over HTTP by the authority that caused it, with its own keys.

Nothing here reaches into the hub: authorities are enrolled by the commands of officers, as on the command line, and
everything after that goes through the client that authorities use.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from exchange import clock
from exchange.client.folder import Folder
from exchange.client.linkage import record
from exchange.client.linkage.keying import HmacKeying, tokens_part
from exchange.client.speaker import Speaker
from exchange.demo.ceremony import Secretariat
from exchange.wire.encoding import read_json

CASE: Final = Path(__file__).parent / "case.json"
PATIENCE: Final = 60.0
"""Seconds to wait for an alert that should come; an idle system needs less than one."""
SLOVAK_OFFICE, MONITOR, AFGHAN_POLICE = "sk-asylum", "unhcr", "af-border"
PSEUDONYMS: Final = (("case-1", "caseworker"), ("chief-1", "supervisor"))

Tell = Callable[[str], None]


class DemoFailed(Exception):  # noqa: N818 -- it says what did not come
    """Something that the demo promises did not happen; the message says what."""


@dataclass(frozen=True)
class Played:
    """What the demo brought about: the alerts as each reader sees them, and what the Afghan authority got."""

    imminent: dict[str, Any]
    slovak: dict[str, Any]
    monitor: dict[str, Any]
    afghan: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "imminent": self.imminent,
            "alerts": {SLOVAK_OFFICE: self.slovak, MONITOR: self.monitor},
            "afghan_authority": self.afghan,
        }


@dataclass
class Stage:
    """The demo's authorities, each with a folder of its own, and the tokens of the one person it is about."""

    case: dict[str, Any]
    speakers: dict[str, Speaker]
    token_key: bytes
    tell: Tell

    def post(self, happened: Mapping[str, Any]) -> None:
        """Post one event by the authority that caused it."""
        hub = {
            "subject": self.case["subject"],
            "tokens": self.tokens(happened["by"]),
            "case": happened["case"],
            "aud": [],
            "source": happened["source"],
            "purpose": "protection_of_vital_interests",
            "legal_basis": "national_law",
        }
        parts = {"hub": hub, "event": happened["event"], "facts": happened["facts"]}
        if "safeguards" in happened:
            parts["safeguards"] = {"codes": happened["safeguards"]}
        receipt = self.speakers[happened["by"]].post(parts)
        leaf = cast("dict[str, Any]", receipt["leaf"])["index"]
        self.tell(f"{happened['event']['event_time']:<12} {happened['by']:<10} {happened['says']}  [leaf {leaf}]")

    def tokens(self, slug: str) -> dict[str, Any]:
        """Return the tokens that an authority makes of the invented person, by its spelling, with one HMAC key."""
        return tokens_part(record.read(self.case["records"][slug]), HmacKeying(self.token_key, "sandbox", slug))

    def await_alert(self, slug: str, pattern: str) -> dict[str, Any]:
        """Return the alert of a pattern in an authority's queue, as soon as it stands. Raises DemoFailed."""
        until = clock.now().timestamp() + PATIENCE
        while clock.now().timestamp() < until:
            found = [alert for alert in self.speakers[slug].alerts() if alert["pattern"] == pattern]
            if found:
                return self.speakers[slug].alert(found[0]["id"])
            clock.pause(0.05)
        raise DemoFailed(f"{pattern} did not reach the queue of {slug} within {PATIENCE:.0f} seconds.")


def set_up(office: Secretariat, folder: Path, tell: Tell) -> Stage:
    """Enrol the demo's authorities and two caseworkers of the Slovak asylum office; their password stands in a file."""
    case = cast("dict[str, Any]", read_json(CASE.read_bytes()))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for who in case["authorities"]:
        own = Folder(folder / who["slug"])
        own.make(who["slug"], who["kind"], who["state"], "Ed25519")
        office.enrol(own)
    password = secrets.token_urlsafe(12)
    for pseudonym, role in PSEUDONYMS:
        office.hire(SLOVAK_OFFICE, (pseudonym, role), password)
    note = folder / "console-password"
    note.touch(mode=0o600)
    note.write_text(password + "\n")
    speakers = {who["slug"]: Speaker(Folder(folder / who["slug"])) for who in case["authorities"]}
    tell(f"enrolled     {', '.join(speakers)}")
    return Stage(case, speakers, secrets.token_bytes(32), tell)


def play(stage: Stage) -> Played:
    """Post the case event by event, and collect what the readers see. Raises DemoFailed."""
    stage.tell(f"case         {stage.case['title']}")
    events, imminent_after = stage.case["events"], stage.case["imminent_after"]
    for happened in events[:imminent_after]:
        stage.post(happened)
    imminent = stage.await_alert(MONITOR, "P05")
    stage.tell(f"alert        P05 {imminent['severity']}: {imminent['title']} (before the removal)")
    for happened in events[imminent_after:]:
        stage.post(happened)
    slovak, monitor = stage.await_alert(SLOVAK_OFFICE, "P04"), stage.await_alert(MONITOR, "P04")
    for slug, alert in ((SLOVAK_OFFICE, slovak), (MONITOR, monitor)):
        stage.tell(
            f"alert        P04 {alert['severity']}: {alert['title']}, in the queue of {slug} (link {alert['link']})"
        )
    for clause in slovak["clauses"]:
        stage.tell(f"             - {clause['words']}")
    return Played(imminent, slovak, monitor, _afghan(stage))


def _afghan(stage: Stage) -> dict[str, Any]:
    """Let the Afghan authority try: it reports an arrival, reads what it can, and asks about the person."""
    for happened in stage.case["afghan_events"]:
        stage.post(happened)
    speaker = stage.speakers[AFGHAN_POLICE]
    asked = {
        "purpose": "implementing_a_return_decision",
        "legal_basis": "national_law",
        "case": stage.case["afghan_events"][0]["case"],
        "tokens": stage.tokens(AFGHAN_POLICE)["values"],
    }
    answer = speaker.query(asked)
    found = {"inbox": speaker.inbox()["items"], "alerts": speaker.alerts(), "query": answer["answer"]}
    if found != {"inbox": [], "alerts": [], "query": "nothing_to_tell"}:
        raise DemoFailed("The Afghan authority learned something.")
    stage.tell("withheld     af-border: inbox empty, alerts empty, query answered nothing_to_tell")
    return found


def close(stage: Stage) -> None:
    """Close the connections of the demo's authorities."""
    for speaker in stage.speakers.values():
        speaker.close()
