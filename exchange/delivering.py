"""Delivery: the steps that fill inboxes, and how what is in one is shown to its reader.

An inbox holds as what its reader may see a notice, never a copy of it: what is erased is gone there too.
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


def deliver(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Deliver a notice to every addressee that nothing forbids which it may know of the person (L01, L21, L22)."""
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject)
    notice = next(n for n in around.notices if n.no == subject)
    for reader in directory.authorities(tx):
        if reader.urn in notice.aud and _may_have(reader, notice, around):
            seen_as = disclosure.column(reader, notice, "probable")
            body = {"type": "notice", "seen_as": seen_as, "sealed": _places(tx, subject, reader)}
            boxes.put(tx, Item(reader.slug, f"notice:{subject}:{cause}", body, notice=subject), now)


def _may_have(reader: Reader, notice: Notice, around: Around) -> bool:
    """Tell whether a reader may have a notice by what it may know of the person, and by what the author may know.

    The second, since the author may hear that the notice arrived: an arrival must not rest on what is hidden from it
    (docs/decisions/0013).
    """
    for member in (reader, notice.author):
        known = holding(projections(member, around.notices, around.agreements), notice.no)
        if known is None or not disclosure.may_receive(reader, known.notices):
            return False
    return True


def _places(tx: Tx, number: int, reader: Reader) -> list[int]:
    return [n for n, (_, recipients) in notices.sealed(tx, number).items() if reader.slug in recipients]


def _is_whole(name: str, value: Mapping[str, object], shown: Mapping[str, object]) -> bool:
    """Tell whether the reader may see all of a part, so that its Disclosure can be given as it is."""
    if name == "safeguards":
        return "safeguards" in shown
    seen = shown.get(name)
    return isinstance(seen, Mapping) and set(seen) == set(value)


def shown(tx: Tx, hub: Hub, stored: Stored, delivered: Mapping[str, Any]) -> dict[str, Any]:
    """Return a delivered notice as its reader may still see it: `notice`, perhaps `view`, and `sealed`.

    The signed part comes with the Disclosures that the reader may have whole. Of a part that it may see only in part
    it gets those members in a view, which the hub signs (wire.md, Parts). What was erased is in neither.
    """
    seen = disclosure.shown(reading.decode(stored), delivered["seen_as"])
    if "safeguards" in notices.erased(tx, stored.no):
        seen.pop("stop", None)  # that there is none is not known any more
    whole = {name for name, value in reading.parts(stored).items() if _is_whole(name, value, seen)}
    blobs = notices.sealed(tx, stored.no) if delivered["sealed"] else {}
    names = {*whole, *(["sealed"] if delivered["sealed"] else [])}
    kept = [stored.disclosures[name] for name in sdjwt.PARTS if name in names and name in stored.disclosures]
    told: dict[str, Any] = {"notice": sdjwt.present(stored.jws, kept)}
    rest = {name: value for name, value in seen.items() if name not in whole}
    if rest:
        members: dict[str, Json] = {"iss": stored.author.urn, "id": stored.id, **cast("dict[str, Json]", rest)}
        told["view"] = statements.state(statements.VIEW, members, hub.keys["words"])
    return told | {"sealed": [blobs[n][0] for n in delivered["sealed"] if n in blobs]}


def acknowledged(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Keep the step `acknowledged`: hand an acknowledgement on to the author of the notice, as it was signed."""
    author, jws = acknowledgements.of_number(tx, subject)
    boxes.put(tx, Item(author, f"acknowledgement:{subject}", {"type": "acknowledgement", "jws": jws}), now)
