"""The step `deliver`: put a notice into the inboxes of the addressees who may have it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from exchange import reading
from exchange.deps import Hub
from exchange.domain import disclosure
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import holding, projections
from exchange.reading import Around
from exchange.store import boxes, directory, links
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import sdjwt, statements
from exchange.wire.encoding import Json


def deliver(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Deliver a notice to every addressee that nothing forbids which it may know of the person (L01, L21, L22)."""
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject)
    stored = around.stored[subject]
    notice = next(n for n in around.notices if n.no == subject)
    for reader in directory.authorities(tx):
        if reader.urn in notice.aud and _may_have(reader, notice, around):
            boxes.put(tx, reader.slug, f"notice:{subject}:{cause}", item(hub, stored, notice, reader), now)


def _may_have(reader: Reader, notice: Notice, around: Around) -> bool:
    known = holding(projections(reader, around.notices, around.agreements), notice.no)
    return known is not None and disclosure.may_receive(reader, known.notices)


def item(hub: Hub, stored: Stored, notice: Notice, reader: Reader) -> dict[str, Any]:
    """Return a notice as an inbox item: the signed part with the Disclosures that the reader may have whole.

    Of a part that it may see only in part it gets those members in a view, which the hub signs (wire.md, Parts).
    """
    shown = disclosure.shown(notice, disclosure.column(reader, notice, "probable"))
    parts = reading.parts(stored)
    whole = {name for name, value in parts.items() if _is_whole(name, value, shown)}
    text = sdjwt.present(stored.jws, [stored.disclosures[name] for name in sdjwt.PARTS if name in whole])
    rest = {name: value for name, value in shown.items() if name not in whole}
    delivered: dict[str, Any] = {"type": "notice", "notice": text}
    if rest:
        members: dict[str, Json] = {"iss": stored.author.urn, "id": stored.id, **cast("dict[str, Json]", rest)}
        delivered["view"] = statements.state(statements.VIEW, members, hub.keys["words"])
    return delivered


def _is_whole(name: str, value: Mapping[str, object], shown: Mapping[str, object]) -> bool:
    """Tell whether the reader may see all of a part, so that its Disclosure can be given as it is."""
    if name == "safeguards":
        return "safeguards" in shown
    seen = shown.get(name)
    return isinstance(seen, Mapping) and set(seen) == set(value)
