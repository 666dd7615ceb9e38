"""Stored notices, decoded for the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from exchange.domain import judgements, link_memory
from exchange.domain.judgements import Judged, Pair
from exchange.domain.linkage import Agreements
from exchange.domain.members import Standing, Words
from exchange.domain.notice import Notice, Subject, Value
from exchange.domain.onward import SentOn, counting, of_entry
from exchange.store import judgements as spoken
from exchange.store import links, members, neighbours, notices
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import sdjwt
from exchange.wire.encoding import read_json


@dataclass(frozen=True, slots=True)
class Around:
    """Every notice that any evidence ties to one, with the evidence; in the order of the ledger.

    `agreements` are with what caseworkers made of them, which `judged` says of every link that somebody spoke of.
    `standing` is how the states stand at the moment for which it was loaded.
    """

    notices: tuple[Notice, ...]
    agreements: Agreements
    stored: Mapping[int, Stored]
    standing: Standing
    judged: Mapping[Pair, Judged] = field(default_factory=dict)


def around(tx: Tx, number: int, now: datetime, *, said_until: datetime | None = None) -> Around:
    """Load the neighbourhood of a notice, to be judged as of `now`; with `said_until` by the words said until then.

    Without it every word on a link counts: the clock of whoever stored one may be ahead of ours.
    """
    stored, stand, onward = notices.around(tx, number), members.ask_standing(tx, now), neighbours.onward(tx, now)
    said, evidence = spoken.around(tx, number, said_until), links.ask_agreements_around(tx, number)
    found, standing, told = stored(), stand(), sent_on(onward(), now)
    decoded = [decode(one, standing, told) for one in found]
    judged = link_memory.judged(decoded, said(), standing)
    return Around(
        notices=tuple(decoded),
        agreements=judgements.over(evidence(), decoded, judged),
        stored={one.no: one for one in found},
        standing=standing,
        judged=judged,
    )


def sent_on(found: Iterable[tuple[str, str]], now: datetime) -> SentOn:
    """Return what entries of the directory (state, onward returns as text) say of states that sent persons on."""
    said = ((state, cast("list[dict[str, Any]]", read_json(text.encode()))) for state, text in found)
    return counting((one for state, entries in said for one in of_entry(state, entries)), now)


def parts(stored: Stored) -> dict[str, Any]:
    """Return the parts of a stored notice by name."""
    return {name: sdjwt.disclosed(text) for name, text in stored.disclosures.items()}


def decode(stored: Stored, standing: Standing | None = None, told: SentOn = frozenset()) -> Notice:
    """Return a stored notice as the rules see it; a part that was erased is empty.

    `standing` says how its author's state stood when it said so, `told` which states sent persons on.
    """
    part = parts(stored)
    hub, event, facts = part.get("hub", {}), part["event"], part.get("facts", {})
    words = Words(subject(hub.get("subject", {})), stored.received_at)
    return Notice(
        no=stored.no,
        id=stored.id,
        author=stored.author,
        subject=words.subject,
        case=hub.get("case", ""),
        aud=frozenset(hub.get("aud", ())),
        source=hub.get("source", "not_recorded"),
        event=event,
        facts={name: _value(value) for name, value in facts.items()},
        safeguards=frozenset(part.get("safeguards", {}).get("codes", ())),
        received_at=stored.received_at,
        flagged=stored.flagged,
        cautioned=standing is not None and standing.doubts(stored.author.state, words),
        sent_on=told,
        transfer="transfer" in hub,
    )


def subject(said: Mapping[str, list[str]]) -> Subject:
    """Return `subject` of a hub part as sets of states."""
    return Subject(*(frozenset(said.get(n, ())) for n in ("nationality", "origin", "former_residence", "feared")))


def _value(value: object) -> Value:
    return tuple(cast("list[str]", value)) if isinstance(value, list) else cast("str", value)
