"""Officers: each act is a command that its officer signs, a leaf, and takes effect once enough others approve it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange import key_book, officers
from exchange.commands import Acting, Given
from exchange.deps import Hub
from exchange.domain import two_officers
from exchange.domain.errors import Refusal
from exchange.officers import NOTHING
from exchange.store import key_events
from exchange.store.key_events import StoredCommand
from exchange.store.ledger import Book
from exchange.store.session import Tx
from exchange.wire import key_judging, key_statements
from exchange.wire.encoding import Json
from exchange.wire.key_history import OVERLAP, SECRETARIAT, History
from exchange.wire.key_statements import OFFICER, Statement

FRESH: Final = 3600
"""Seconds that a command may be old, or ahead, when it comes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command: its digest, or that of the one it approves; whether that took effect; what it gave."""

    digest: str
    carried: bool
    gave: Mapping[str, Json]


def begin(hub: Hub, statements: Sequence[str], now: datetime) -> None:
    """Begin with the first officers: each signs the list of all. It can be done once.

    Raises Refusal `bad-history`, and as `exchange.wire.key_statements`.
    """
    with hub.database.transaction() as tx:
        book = Book(tx, now)
        history = key_book.load(tx, hub.exchange_id)
        key_book.note(tx, key_book.enter(book, history, (SECRETARIAT, "found"), statements))
        book.close()


def carry_out(hub: Hub, text: str, given: Given, now: datetime) -> Outcome:
    """Take a command of an officer, or an approval; let what it completes take effect.

    The very same command again changes nothing. Raises Refusal `not-an-officer`, `stale-command`, `id-conflict`,
    `no-such-command`, `already-carried`, `not-your-approval`, and whatever the act is refused for.
    """
    said = key_statements.read(text, OFFICER, hub.exchange_id)
    act = said.text("act")
    if act != "approve" and act not in officers.ACTS:
        raise Refusal("bad-key-statement", "There is no such act.")
    with hub.database.transaction() as tx:
        book = Book(tx, now)
        history = key_book.load(tx, hub.exchange_id)
        officer = _active(history, said)
        if key_events.command(tx, said.digest) is not None:
            return Outcome(said.digest, key_events.is_carried(tx, said.digest), NOTHING)
        if abs(now.timestamp() - said.claims.iat) > FRESH:
            raise Refusal("stale-command", "The command was not signed within the last hour. Sign it anew.")
        target = _target(tx, history, said, officer) if act == "approve" else None
        acting = Acting(hub, book, history)
        gave = officers.ACTS[act].check(acting, said, given) if target is None else NOTHING
        leaf = book.add(said.unverified.signing_input, secrets.token_bytes(32))
        what = None if target is None else target.digest
        stored: dict[str, object] = {
            "digest": said.digest,
            "officer": officer,
            "id": said.claims.id,
            "act": act,
            "what": what,
        }
        stored |= {
            "jws": text,
            "attached": given.bundle if act in {"enrol", "hub-key", "directory", "replay", "link-weights"} else None,
            "at": now,
            "leaf": leaf.index,
        }
        key_events.add_command(tx, stored)
        carried = _complete(acting, what or said.digest)
        book.close()
    return Outcome(what or said.digest, carried, gave)


def waiting(hub: Hub) -> list[tuple[StoredCommand, list[str]]]:
    """Return the commands that wait, each with the officers whose approvals count so far.

    Those of an officer who was suspended wait for nothing: they are not among them.
    """
    with hub.database.transaction() as tx:
        history = key_book.load(tx, hub.exchange_id)
        asked = [one for one in key_events.waiting(tx) if _stands(history, one)]
        return [(one, [a.officer for a in _approvals(tx, history, one.digest)]) for one in asked]


def may_switch(hub: Hub, purpose: str, kid: str, now: datetime) -> None:
    """Return if the hub may sign with a key that follows: every client had 30 days to take it in.

    Raises Refusal `not-yet`.
    """
    with hub.database.reading() as tx:
        life = key_book.load(tx, hub.exchange_id).lives.get(kid)
    if life is None or life.purpose != purpose or now.timestamp() < life.first_at + OVERLAP:
        raise Refusal("not-yet", "The officers must have approved this key 30 days ago: clients take it in meanwhile.")


def _active(history: History, said: Statement) -> str:
    officer = key_judging.signed(history, said)
    if officer not in history.active:
        raise Refusal("not-an-officer", "This officer is suspended.")
    return officer


def _target(tx: Tx, history: History, said: Statement, officer: str) -> StoredCommand:
    """Return the command that is approved, if this officer's approval of it can count."""
    said.need("act", "what")
    target = key_events.command(tx, said.text("what"))
    if target is None or target.act == "approve":
        raise Refusal("no-such-command", "There is no command with this digest.")
    if key_events.is_carried(tx, target.digest):
        raise Refusal("already-carried", "The command took effect before.")
    if not _stands(history, target):
        raise Refusal("no-such-command", "Whoever asked is suspended since, or was: it must be asked for again.")
    approved = {one.officer for one in _approvals(tx, history, target.digest)}
    concerned = officers.concerned(target.jws, said.claims.ex)
    if officer in approved or not two_officers.counting(target.officer, [officer], {officer}, concerned):
        raise Refusal("not-your-approval", "Whoever asked, whom it concerns, or who approved already cannot approve.")
    return target


def _stands(history: History, one: StoredCommand) -> bool:
    """Tell whether a command or approval is of an officer who is active, and signed with the key that they have now.

    Who was suspended and came back has another key, and signs anew: the earlier one may have been in other hands.
    """
    try:
        _active(history, key_statements.read(one.jws, OFFICER, history.ex))
    except Refusal:
        return False
    return True


def _approvals(tx: Tx, history: History, digest: str) -> list[StoredCommand]:
    return [one for one in key_events.approvals(tx, digest) if _stands(history, one)]


def _complete(acting: Acting, digest: str) -> bool:
    """Let a command take effect when enough officers, active at this moment, stand behind it."""
    command = key_events.command(acting.book.tx, digest)
    if command is None:
        raise LookupError("a command that was just stored")
    approvals = _approvals(acting.book.tx, acting.history, digest)
    active, concerned = acting.history.active, officers.concerned(command.jws, acting.hub.exchange_id)
    names = [one.officer for one in approvals]
    if not two_officers.is_carried(command.act, command.officer, names, active, concerned):
        return False
    counted = two_officers.counting(command.officer, names, active, concerned)
    said = [command.jws, *(one.jws for one in approvals if one.officer in counted)]
    officers.ACTS[command.act].effect(acting, command, said)
    key_events.carry(acting.book.tx, digest, acting.book.now)
    return True
