"""Delivery: the steps that fill inboxes, and how what is in one is shown to its reader.

An inbox holds as what its reader may see a notice, never a copy of it: what is erased is gone there too.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from exchange import reading
from exchange.deps import Hub
from exchange.domain import clocks, corrections, disclosure, exposure, references, retention, stops, third_country
from exchange.domain.notice import FLAG, Notice, Reader
from exchange.domain.projection import holding, projections
from exchange.reading import Around
from exchange.store import acknowledgements, boxes, directory, ledger, links, notices, outbox
from exchange.store.boxes import Item
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import sdjwt, statements
from exchange.wire.encoding import Json

_AFTER: Final = "after:"
"""Begins the cause of handing out a correction again, after what it corrects was handed out late."""


def deliver(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Deliver a notice to every addressee that nothing forbids which it may know of the person (L01, L21, L22).

    A correction is for those too who got what it corrects. Each delivery is an act, which names the notice, the parts
    that the reader may see, and the number in its inbox.
    """
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject, now)
    notice = next(n for n in around.notices if n.no == subject)
    done: list[dict[str, object]] = []
    readers = directory.authorities(tx)
    for reader in readers:
        given, seen_as = given_as(tx, reader, notice, around)
        if seen_as and may_have(reader, given, around) and not _had(tx, reader, subject):
            body = {"type": "notice", "seen_as": seen_as, "sealed": _places(tx, subject, reader)}
            seq = boxes.put(tx, Item(reader.slug, f"notice:{subject}:{cause}", body, notice=subject), now)
            if seq is not None:
                parts = _named(*_seen(tx, around.stored[subject], seen_as), sealed=bool(body["sealed"]))
                told = f"{notice.author.urn} {notice.id} {parts} {seq}"
                done.append({"at": now, "slug": reader.slug, "what": "delivered", "object": told, "purpose": ""})
    if done:  # whoever got it late, when it was corrected already, must get the corrections too
        urn = references.urn(notice.author.urn, notice.id)
        late = [n.no for n in around.notices if corrections.target(n) == urn]
        outbox.promise(tx, [("deliver", no, f"{_AFTER}{subject}:{cause}") for no in late], now)
    if any(clocks.duty(n) for n in around.notices):
        outbox.promise(tx, [("remind", subject, cause)], now)
    now_said = corrections.corrected(around.notices)
    if stops.concerns(now_said) or exposure.exposed(around.notices, readers, around.standing):
        outbox.promise(tx, [("advise", subject, cause)], now)
    ledger.acts(tx, done)


def given_as(tx: Tx, reader: Reader, notice: Notice, around: Around) -> tuple[Notice, str]:
    """Return a notice as the rules must judge it for a reader, and the column of its reader; empty if it is for others.

    A correction is also for whoever got what it corrects, in the same column (L10). The basis on which that left the
    Union covers its correction: Regulation (EU) 2016/679 Article 19 has recipients told (L07).
    """
    got, basis = _got(tx, reader, notice, around)
    given = replace(notice, transfer=notice.transfer or basis)
    if disclosure.is_addressed(reader, given):
        return given, third_country.column(reader, given, "probable")
    kept = third_country.is_barred(notice.author, reader, notice.received_at, transfer=given.transfer)
    return given, disclosure.PROBABLE if got and kept else got


def _got(tx: Tx, reader: Reader, notice: Notice, around: Around) -> tuple[str, bool]:
    """Return the column in which a reader got what a notice corrects, and whether that had a basis for a transfer."""
    urn = corrections.target(notice)
    wrong = next((n for n in around.notices if urn == references.urn(n.author.urn, n.id)), None)
    got = None if wrong is None else boxes.delivered(tx, reader.slug, wrong.no)
    return (str(got["seen_as"]), wrong.transfer) if wrong is not None and got is not None else ("", False)


def parts_for(tx: Tx, reader: Reader, stored: Stored, seen_as: str) -> str:
    """Return the names of the parts that a reader would get of a notice, as an act of delivery has them."""
    return _named(*_seen(tx, stored, seen_as), sealed=bool(_places(tx, stored.no, reader)))


def _named(whole: set[str], rest: Mapping[str, object], *, sealed: bool) -> str:
    """Return the names of the parts that a reader may see, like `event,sealed;view:facts,stop`; `-` for none."""
    shown = ",".join([*sorted(whole), *(["sealed"] if sealed else [])])
    return (shown + (f";view:{','.join(sorted(rest))}" if rest else "")) or "-"


def may_have(reader: Reader, notice: Notice, around: Around) -> bool:
    """Tell whether a reader may have a notice by what it may know of the person, and by what the author may know.

    The second, since the author may hear that the notice arrived: an arrival must not rest on what is hidden from it
    (docs/decisions/0013). Past the third-country gate the reader must be one who may learn so much as that (L07).
    """
    if reader.kind not in disclosure.SERVED_KINDS or not third_country.may_hint(reader, notice):
        return False
    for member in (reader, notice.author):
        known = holding(projections(member, around.notices, around.agreements, around.standing), notice.no)
        if known is None or not disclosure.may_receive(reader, known.notices, around.standing):
            return False
    return True


def _had(tx: Tx, reader: Reader, number: int) -> bool:
    """Tell whether a reader got a notice before: it is handed out again when a suspension was lifted."""
    return boxes.delivered(tx, reader.slug, number) is not None


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
    if "stop" in seen and "safeguards" in notices.erased(tx, stored.no) - set(stored.disclosures):
        seen.pop("stop")  # that there is none is not known any more
    whole = {name for name, value in reading.parts(stored).items() if _is_whole(name, value, seen)}
    return whole, {name: value for name, value in seen.items() if name not in whole}


def as_held(tx: Tx, stored: Stored, to: tuple[str, datetime]) -> tuple[Stored, frozenset[str]]:
    """Return a notice as an authority (slug) has it at a moment, and the names of the parts that are still in sight.

    With parts that were erased for all others, if it must not hear of that; without those that are out of sight.
    """
    slug, now = to
    whole = {**stored.disclosures, **notices.kept(tx, stored.no, slug)}
    sight = retention.in_sight(reading.decode(replace(stored, disclosures=whole)), now)
    return replace(stored, disclosures={name: text for name, text in whole.items() if name in sight}), sight


def shown(tx: Tx, hub: Hub, stored: Stored, delivered: Mapping[str, Any], to: tuple[str, datetime]) -> dict[str, Any]:
    """Return a delivered notice as its reader may still see it: `notice`, perhaps `view`, and `sealed`.

    The signed part comes with the Disclosures that the reader may have whole. Of a part that it may see only in part
    it gets those members in a view, which the hub signs (wire.md, Parts). What was erased is in neither. `to` is
    the reader's slug, and the moment.
    """
    stored, sight = as_held(tx, stored, to)
    whole, rest = _seen(tx, stored, delivered["seen_as"])
    if "safeguards" not in sight:
        rest.pop("stop", None)  # that there is none is not known any more
    blobs = notices.sealed(tx, stored.no, to[0]) if delivered["sealed"] and "sealed" in sight else {}
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
