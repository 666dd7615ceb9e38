"""Signed notices come in, one or many. The journey is told in docs/notice-journey.md."""

from collections.abc import Callable, Sequence
from datetime import datetime

from exchange import accepting
from exchange.accepting import Entry, Job, Known, Outcome, Receipt
from exchange.access import Caller
from exchange.checking import check
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store import notices
from exchange.wire import sdjwt
from exchange.wire.encoding import Json, read_json
from schemas.messages import SHELL
from schemas.reading import read


def receive(caller: Caller, body: bytes, hub: Hub, now: datetime) -> Receipt:
    """Accept a notice; the same bytes again give the stored receipt.

    Raises Refusal with the code of the first check that fails; then nothing is stored but the refusal, except a
    second notice under a used id, which is kept.
    """
    entry = _entry(caller, read_json(body), hub, now)
    if isinstance(entry, Refusal):
        raise entry
    (outcome,) = accepting.accept(hub, Job(caller, [entry], now, batch=False, tell=_receipt)).outcomes
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def receive_batch(
    caller: Caller, body: bytes, hub: Hub, now: datetime, tell: Callable[[Sequence[Outcome]], bytes]
) -> bytes:
    """Accept 1 to 500 notices, each for itself, in one transaction; `tell` makes the answer of the outcomes.

    Raises Refusal when the body is no batch, or the request was replayed.
    """
    envelopes = read(SHELL, read_json(body), "batch")["notices"]
    entries = [_entry(caller, envelope, hub, now) for envelope in envelopes]
    return accepting.accept(hub, Job(caller, entries, now, batch=True, tell=tell)).body


def _entry(caller: Caller, envelope: Json, hub: Hub, now: datetime) -> Entry:
    """Return what an envelope holds, checked; or the notice as known, when it was accepted before; or the refusal."""
    try:
        return check(caller, envelope, hub, now)
    except Refusal as refusal:
        return _known(caller, envelope, hub) or refusal


def _known(caller: Caller, envelope: Json, hub: Hub) -> Known | None:
    """Return a notice that the caller sent before: a key that has ended since, or a part erased, loses no receipt."""
    text = envelope.get("notice") if isinstance(envelope, dict) else None
    if not isinstance(text, str):
        return None
    try:
        claims = sdjwt.read(text).claims
    except Refusal:
        return None
    sha256 = sdjwt.identity(text.partition("~")[0])
    with hub.database.reading() as tx:
        found = notices.of_id(tx, claims.iss, claims.id)
    if found is None or found.author != caller.authority or sdjwt.identity(found.jws) != sha256:
        return None
    return Known(claims.id, sha256)


def _receipt(outcomes: Sequence[Outcome]) -> bytes:
    (outcome,) = outcomes
    return outcome.jws.encode() if isinstance(outcome, Receipt) else b""
