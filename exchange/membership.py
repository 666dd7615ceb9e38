"""What officers say of members and allies: admit a state, suspend it, lift that, add an ally or end one (L16, L24)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from exchange.commands import Acting
from exchange.deps import Hub
from exchange.domain import members
from exchange.domain.errors import Refusal
from exchange.domain.members import ALL, FULL, LEFT, OBSERVER, SUSPENDED, AllyChange, Change
from exchange.domain.vocabulary import ACTING_STATES, PERSON_STATES
from exchange.store import members as stored
from exchange.store import outbox
from exchange.store.key_events import StoredCommand
from exchange.wire import key_statements
from exchange.wire.encoding import Json
from exchange.wire.key_statements import OFFICER, Statement

MEMBER, SUSPEND, ALLY, END_ALLY = "member", "suspend-member", "ally", "end-ally"
_NOTHING: Final[Mapping[str, Json]] = MappingProxyType({})


def check(acting: Acting, said: Statement, _: object) -> Mapping[str, Json]:
    """Check what a command says of a state by itself. Raises Refusal `bad-membership`, `bad-key-statement`."""
    change = _change(said, acting)
    standing = stored.standing(acting.book.tx, acting.book.now)
    status = standing.status(change.state)
    if change.state not in ACTING_STATES or change.scope not in PERSON_STATES | {ALL}:
        raise Refusal("bad-membership", "state or scope is not in the closed list.")
    if change.status == SUSPENDED and status not in {FULL, SUSPENDED}:
        raise Refusal("bad-membership", "Only a member can be suspended.")
    if change.scope != ALL and change.status not in {FULL, SUSPENDED}:
        raise Refusal("bad-membership", "A state is an observer, or leaves, for all.")
    closed = change.scope in standing.closed(change.state)
    if change.status == status if change.scope == ALL else closed == (change.status == SUSPENDED):
        raise Refusal("bad-membership", "That is how the state stands already.")
    return _NOTHING


def follow(acting: Acting, command: StoredCommand, _: object) -> None:
    """Let it stand, at once. What was kept back while a suspension lasted is done when it is lifted."""
    change = _change(key_statements.read(command.jws, OFFICER, acting.history.ex), acting)
    tx, now = acting.book.tx, acting.book.now
    before = stored.standing(tx, now)
    number = stored.add(tx, change, command.digest)
    since = before.suspended_since(change.state, change.scope)
    if change.status == FULL and since is not None:
        cause = f"{stored.LIFTED}{number}"
        missed = stored.received_since(tx, since)
        outbox.promise(tx, [(step, no, cause) for no in missed for step in ("deliver", "detect")], now)


def _change(said: Statement, acting: Acting) -> Change:
    suspends = said.text("act") == SUSPEND
    said.need(*("act", "state", "scope"), *(() if suspends else ("status",)))
    status = SUSPENDED if suspends else said.text("status")
    if not suspends and status not in {OBSERVER, FULL, LEFT}:
        raise Refusal("bad-membership", "status is observer, full or left; to suspend is an act of its own.")
    return Change(said.text("state"), status, said.text("scope"), acting.book.now)


def check_ally(acting: Acting, said: Statement, _: object) -> Mapping[str, Json]:
    """Check what a command says of an alliance. Raises Refusal `bad-membership`, `bad-key-statement`."""
    change = _ally(said, acting)
    if {change.state, change.of} - ACTING_STATES or change.state == change.of:
        raise Refusal("bad-membership", "An alliance is of two states of the closed list.")
    allies = stored.standing(acting.book.tx, acting.book.now).allies
    lasts = any((a.state, a.of, a.until) == (change.state, change.of, None) for a in allies)
    if lasts != change.ended:
        raise Refusal("bad-membership", "That is how the alliance stands already.")
    return _NOTHING


def follow_ally(acting: Acting, command: StoredCommand, _: object) -> None:
    """Let it stand: who is to be withheld from is decided anew whenever something is to be told."""
    change = _ally(key_statements.read(command.jws, OFFICER, acting.history.ex), acting)
    stored.add_ally(acting.book.tx, change, command.digest)


def _ally(said: Statement, acting: Acting) -> AllyChange:
    said.need("act", "state", "of")
    return AllyChange(said.text("state"), said.text("of"), said.text("act") == END_ALLY, acting.book.now)


ACTS: Final = MappingProxyType(
    {
        MEMBER: (check, follow),
        SUSPEND: (check, follow),
        ALLY: (check_ally, follow_ally),
        END_ALLY: (check_ally, follow_ally),
    }
)
"""Act -> how it is checked, and what it does, as `exchange.officers.Act` has them."""


def table(hub: Hub, now: datetime) -> dict[str, Json]:
    """Return how every state of which something was said stands, and the alliances, as JSON."""
    with hub.database.reading() as tx:
        standing = stored.standing(tx, now)
    told: list[Json] = [
        {
            "state": state,
            "status": standing.status(state),
            "suspended_for": list[Json](sorted(standing.closed(state))),
            "track": members.track(state),
        }
        for state in sorted({change.state for change in standing.changes})
    ]
    allies: list[Json] = [
        {"state": a.state, "of": a.of, "since": a.since.isoformat(), "until": a.until.isoformat() if a.until else None}
        for a in standing.allies
    ]
    return {"members": told, "allies": allies}
