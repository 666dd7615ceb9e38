"""The hub's own reading and writing of key events: judged first by the code that outsiders judge them with."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from exchange.domain.notice import Reader
from exchange.store import directory, judgements, key_events, notices, outbox
from exchange.store.ledger import Book, Leaf
from exchange.store.session import Tx
from exchange.wire import key_history, key_judging, key_statements
from exchange.wire.encoding import write_json
from exchange.wire.key_history import SECRETARIAT, Event, History, Life
from exchange.wire.keys import PublicKey
from exchange.wire.sealing_keys import ALG

URN = "urn:asylum-exchange:authority:"


@dataclass(frozen=True, slots=True)
class Entered:
    """A key event that took effect, and its leaf."""

    event: Event
    leaf: Leaf


def load(tx: Tx, ex: str, owner: str | None = None) -> History:
    """Return the history of the officers' keys, and of those of one authority (URN)."""
    history = History(ex)
    for stored in key_events.records(tx, [SECRETARIAT, *([owner] if owner else [])]):
        key_judging.add(history, stored.record, stored.leaf)
    return history


def enter(book: Book, history: History, what: tuple[str, str], said: Sequence[str]) -> Entered:
    """Let a key event take effect: `what` is (owner, act), `said` the statements that bear it out.

    Its leaf is added to the book, which the caller closes; the tables follow what the judged history says. Whoever a
    compromised key spoke of is judged anew. Raises Refusal as `key_judging.add`, `already-enrolled`.
    """
    record = key_history.write(history, what, int(book.now.timestamp()), said)
    leaf = book.add(record, secrets.token_bytes(32))
    event = key_judging.add(history, record, leaf.index)
    _follow(book.tx, history, event, book.now)
    return Entered(event, leaf)


def note(tx: Tx, entered: Entered, digest: str | None = None, receipt: str | None = None) -> None:
    """Note which leaf a key event has, and the receipt that an authority's own statement got."""
    event = entered.event
    key_events.add(tx, {"leaf": event.leaf, "owner": event.of, "no": event.no, "digest": digest, "receipt": receipt})


def _follow(tx: Tx, history: History, event: Event, now: datetime) -> None:
    slug = event.of.removeprefix(URN)
    if event.act == "enrol" and event.no == 1:
        kind, state = history.who[event.of]
        directory.add_authority(tx, Reader(slug, event.of, kind, state), now)
    for life in history.lives.values():
        if life.owner == event.of and life.first_leaf == event.leaf:
            directory.add_key(tx, slug, _row(life), event.leaf, now)
        if life.owner == event.of and life.ended_leaf == event.leaf:
            _end(tx, life, now)


def _row(life: Life) -> dict[str, str | None]:
    key = life.key
    alg = key.alg if isinstance(key, PublicKey) else ALG
    jwk = write_json(key_statements.jwk_of(key)).decode()
    return {"kid": key.kid, "purpose": life.purpose, "alg": alg, "jwk": jwk, "predecessor": life.predecessor}


def _end(tx: Tx, life: Life, now: datetime) -> None:
    since = None if life.compromised_since is None else datetime.fromtimestamp(life.compromised_since, UTC)
    ends_at = datetime.fromtimestamp(life.ends_at or 0, UTC)
    directory.end_key(tx, life.kid, (str(life.ended_as), ends_at, life.ended_leaf, since))
    if since is not None:
        cause = f"key:{life.ended_leaf}"
        judged = judgements.signed_since(tx, life.kid, since)
        anew = dict.fromkeys([*notices.signed_since(tx, life.kid, since), *judged])
        outbox.promise(tx, [*(("detect", no, cause) for no in anew), *(("remind", no, cause) for no in judged)], now)
