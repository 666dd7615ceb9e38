"""Builders: one obvious default each, keyword overrides for what a test is about."""

from datetime import UTC, datetime
from typing import Any

from exchange.domain.kinds import ENUMERATED
from exchange.domain.members import FULL, Change, Standing
from exchange.domain.notice import Notice, Reader, Subject

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def reader(slug: str = "sk-border", kind: str = "border_guard", state: str = "SVK") -> Reader:
    return Reader(slug, f"urn:asylum-exchange:authority:{slug}", kind, state)


SK_BORDER = reader()
SK_ASYLUM = reader("sk-asylum", "asylum_office", "SVK")
UA_BORDER = reader("ua-border", "border_guard", "UKR")
UA_ASYLUM = reader("ua-asylum", "asylum_office", "UKR")
AF_BORDER = reader("af-border", "border_guard", "AFG")
BY_ASYLUM = reader("by-asylum", "asylum_office", "BLR")
UNHCR = reader("unhcr", "monitor", "UNO")
STATES = ("AFG", "BLR", "HUN", "KAZ", "MDA", "POL", "RUS", "SVK", "UKR", "UNO")
ADMITTED = tuple(Change(state, FULL, "all", datetime(2026, 1, 1, tzinfo=UTC)) for state in STATES)
STANDING = Standing(NOW, ADMITTED)
"""Every state of the tests is a full member, and nobody is suspended."""
READERS = [SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, AF_BORDER, BY_ASYLUM, UNHCR]


def subject(**said: Any) -> Subject:
    given = {"nationality": {"AFG"}} | said
    return Subject(*(frozenset(given.get(n, ())) for n in ("nationality", "origin", "former_residence", "feared")))


def facts(kind: str, **said: Any) -> dict[str, Any]:
    """Every enumerated member as not recorded, but for what is said."""
    return dict.fromkeys(ENUMERATED[kind], "not_recorded") | said


def notice(no: int = 1, kind: str = "encounter", **said: Any) -> Notice:
    author = said.get("author", SK_BORDER)
    event = {"kind": kind, "event_time": said.get("event_time", "2010-09-23"), "state": said.get("state", author.state)}
    if "counterpart" in said:
        event["counterpart_state"] = said["counterpart"]
    return Notice(
        no=no,
        id=f"019ab000-0000-7000-8000-{no:012d}",
        author=author,
        subject=said.get("subject", subject()),
        case=said.get("case", f"{author.slug}-1"),
        aud=frozenset(said.get("aud", ())),
        source=said.get("source", "own_act"),
        event=event,
        facts=facts(kind, **said.get("facts", {})),
        safeguards=frozenset(said.get("safeguards", ())),
        received_at=said.get("received_at", NOW),
        transfer=said.get("transfer", True),
    )
