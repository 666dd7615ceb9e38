"""The step `link`: find which notices concern the same person."""

from datetime import datetime

from exchange import reading
from exchange.deps import Hub
from exchange.store import links, notices, outbox
from exchange.store.session import Tx


def link(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Record the evidence that ties a notice to others, then promise to deliver it and to judge the person anew."""
    links.hold(tx)
    tokens = reading.parts(notices.one(tx, subject))["hub"].get("tokens", {}).get("values", [])
    links.add_tokens(tx, subject, [(hub.token_hash(token), token.partition(".")[0]) for token in tokens])
    related = links.find_agreements(tx, subject) + links.same_case(tx, subject)
    links.bring_together(tx, subject, related)
    outbox.promise(tx, [("deliver", subject, cause), ("detect", subject, cause)], now)
