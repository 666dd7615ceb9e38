"""Delivery: the steps that fill inboxes, and how what is in one is shown to its reader.

An inbox holds as what its reader may see a notice, never a copy of it: what is erased is gone there too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from exchange import reading
from exchange.deps import Hub
from exchange.domain import disclosure
from exchange.domain.notice import FLAG, Notice, Reader
from exchange.domain.projection import holding, projections
from exchange.reading import Around
from exchange.store import acknowledgements, boxes, directory, ledger, links, notices
from exchange.store.boxes import Item
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import sdjwt, statements
from exchange.wire.encoding import Json


def deliver(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Deliver a notice to every addressee that nothing forbids which it may know of the person (L01, L21, L22).

    Each delivery is an act, which names the notice, the parts that the reader may see, and the number in its inbox.
    """
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject)
    notice = next(n for n in around.notices if n.no == subject)
    done: list[dict[str, object]] = []
    for reader in directory.authorities(tx):
        if reader.urn in notice.aud and _may_have(reader, notice, around):
            seen_as = disclosure.column(reader, notice, "probable")
            body = {"type": "notice", "seen_as": seen_as, "sealed": _places(tx, subject, reader)}
            seq = boxes.put(tx, Item(reader.slug, f"notice:{subject}:{cause}", body, notice=subject), now)
            if seq is not None:
                parts = _named(*_seen(tx, around.stored[subject], seen_as), sealed=bool(body["sealed"]))
                told = f"{notice.author.urn} {notice.id} {parts} {seq}"
                done.append({"at": now, "slug": reader.slug, "what": "delivered", "object": told, "purpose": ""})
    ledger.acts(tx, done)


def _named(whole: set[str], rest: Mapping[str, object], *, sealed: bool) -> str:
    """Return the names of the parts that a reader may see, like `event,sealed;view:facts,stop`; `-` for none."""
    shown = ",".join([*sorted(whole), *(["sealed"] if sealed else [])])
    return (shown + (f";view:{','.join(sorted(rest))}" if rest else "")) or "-"


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


def _seen(tx: Tx, stored: Stored, seen_as: str) -> tuple[set[str], dict[str, object]]:
    """Return the names of the parts that a column may see whole, and what it may see of the others."""
    seen = disclosure.shown(reading.decode(stored), seen_as)
    if "stop" in seen and "safeguards" in notices.erased(tx, stored.no):
        seen.pop("stop")  # that there is none is not known any more
    whole = {name for name, value in reading.parts(stored).items() if _is_whole(name, value, seen)}
    return whole, {name: value for name, value in seen.items() if name not in whole}


def shown(tx: Tx, hub: Hub, stored: Stored, delivered: Mapping[str, Any]) -> dict[str, Any]:
    """Return a delivered notice as its reader may still see it: `notice`, perhaps `view`, and `sealed`.

    The signed part comes with the Disclosures that the reader may have whole. Of a part that it may see only in part
    it gets those members in a view, which the hub signs (wire.md, Parts). What was erased is in neither.
    """
    whole, rest = _seen(tx, stored, delivered["seen_as"])
    blobs = notices.sealed(tx, stored.no) if delivered["sealed"] else {}
    names = {*whole, *(["sealed"] if delivered["sealed"] else [])}
    kept = [stored.disclosures[name] for name in sdjwt.PARTS if name in names and name in stored.disclosures]
    told: dict[str, Any] = {"notice": sdjwt.present(stored.jws, kept), **({"flag": FLAG} if stored.flagged else {})}
    if rest:
        members: dict[str, Json] = {"iss": stored.author.urn, "id": stored.id, **cast("dict[str, Json]", rest)}
        told["view"] = statements.state(statements.VIEW, members, hub.keys["words"])
    return told | {"sealed": [blobs[n][0] for n in delivered["sealed"] if n in blobs]}


def acknowledged(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Keep the step `acknowledged`: hand an acknowledgement on to the author of the notice, as it was signed."""
    author, jws = acknowledgements.of_number(tx, subject)
    boxes.put(tx, Item(author, f"acknowledgement:{subject}", {"type": "acknowledgement", "jws": jws}), now)
