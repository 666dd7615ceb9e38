"""Delivery: the steps that fill inboxes, and how what is in one is shown to its reader.

An inbox holds which parts of a notice its reader was given, never a copy of them: what is erased is gone there too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from exchange import reading
from exchange.deps import Hub
from exchange.domain import disclosure
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import holding, projections
from exchange.reading import Around
from exchange.store import acknowledgements, boxes, directory, links, notices
from exchange.store.boxes import Item
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
            body = item(hub, stored, notice, reader) | {"sealed": _places(tx, subject, reader)}
            boxes.put(tx, Item(reader.slug, f"notice:{subject}:{cause}", body, notice=subject), now)


def _may_have(reader: Reader, notice: Notice, around: Around) -> bool:
    known = holding(projections(reader, around.notices, around.agreements), notice.no)
    return known is not None and disclosure.may_receive(reader, known.notices)


def _places(tx: Tx, number: int, reader: Reader) -> list[int]:
    return [n for n, (_, recipients) in notices.sealed(tx, number).items() if reader.slug in recipients]


def item(hub: Hub, stored: Stored, notice: Notice, reader: Reader) -> dict[str, Any]:
    """Return how a notice is delivered: the names of the parts whose Disclosures the reader may have whole.

    Of a part that it may see only in part it gets those members in a view, which the hub signs (wire.md, Parts).
    """
    shown = disclosure.shown(notice, disclosure.column(reader, notice, "probable"))
    parts = reading.parts(stored)
    whole = {name for name, value in parts.items() if _is_whole(name, value, shown)}
    rest = {name: value for name, value in shown.items() if name not in whole}
    delivered: dict[str, Any] = {"type": "notice", "parts": [name for name in sdjwt.PARTS if name in whole]}
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


def shown(tx: Tx, stored: Stored, delivered: Mapping[str, Any]) -> dict[str, Any]:
    """Return a delivered notice as its reader may still see it: `notice`, perhaps `view`, and `sealed`."""
    blobs = notices.sealed(tx, stored.no) if delivered["sealed"] else {}
    names = {*delivered["parts"], *(["sealed"] if delivered["sealed"] else [])}
    kept = [stored.disclosures[name] for name in sdjwt.PARTS if name in names and name in stored.disclosures]
    seen: dict[str, Any] = {"notice": sdjwt.present(stored.jws, kept)}
    if "view" in delivered and not notices.erased(tx, stored.no) - {"sealed"}:
        seen["view"] = delivered["view"]
    return seen | {"sealed": [blobs[n][0] for n in delivered["sealed"] if n in blobs]}


def acknowledged(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Keep the step `acknowledged`: hand an acknowledgement on to the author of the notice, as it was signed."""
    author, jws = acknowledgements.of_number(tx, subject)
    boxes.put(tx, Item(author, f"acknowledgement:{subject}", {"type": "acknowledgement", "jws": jws}), now)
