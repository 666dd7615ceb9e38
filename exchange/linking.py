"""The step `link`: find which notices concern the same person."""

from datetime import datetime

from exchange import reading
from exchange.deps import Hub
from exchange.domain import corrections, references
from exchange.store import clocks, links, notices, outbox
from exchange.store.notices import Stored
from exchange.store.session import Tx


def link(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Record the evidence that ties a notice to others, then promise to deliver it and to judge the person anew."""
    links.hold(tx)
    stored = notices.one(tx, subject)
    tokens = reading.parts(stored).get("hub", {}).get("tokens", {}).get("values", [])
    links.add_tokens(tx, subject, [(hub.token_hash(token), token.partition(".")[0]) for token in tokens])
    _note_answered(tx, stored)
    related = links.find_agreements(tx, subject) + links.same_case(tx, subject)
    named = _named(tx, stored)
    tied = links.tie(tx, subject, [one.no for one in named])
    links.bring_together(tx, subject, related + tied)
    outbox.promise(tx, [("deliver", subject, cause), ("detect", subject, cause)], now)
    open_now = {one.no for one in (stored, *named) if reading.decode(one).kind == corrections.KIND}
    open_now |= set(tied) - {one.no for one in named}  # corrections of this very notice that were linked before it
    outbox.promise(tx, [("correct", no, f"{cause}:{subject}") for no in sorted(open_now)], now)


def _note_answered(tx: Tx, stored: Stored) -> None:
    """Record which notice this one answers. It ties nothing: an answer may be about another person by mistake (L17)."""
    urn = reading.parts(stored)["event"].get("in_reply_to")
    answered = None if urn is None else notices.of_id(tx, *references.name(urn))
    if answered is not None:
        clocks.add_reply(tx, stored.no, answered.no)


def _named(tx: Tx, stored: Stored) -> list[Stored]:
    """Return the notices that a correction names: from now on they are judged together (L23)."""
    found = [notices.of_id(tx, *references.name(urn)) for urn in corrections.named(reading.decode(stored))]
    return [one for one in found if one is not None]
