"""What an authority reads of its own: its inbox, its notices, its quarantine, its keys and its place in the sequence.

Every read spends the nonce of its request and is an act that enters the ledger with its minute (L20).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from exchange import access, clock, cold, delivering, keysets
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain import references
from exchange.domain.errors import Refusal
from exchange.domain.notice import FLAG
from exchange.hiding import Hiding, hiding
from exchange.store import acknowledgements, boxes, clocks, directory, notices
from exchange.store.session import Tx
from exchange.wire import sdjwt
from exchange.wire.encoding import Json, b64encode, write_json
from schemas.catalogue import CATALOGUE, served

PAGE: Final = 100
LARGEST_PAGE: Final = 4 * 1024 * 1024
"""Bytes of notices after which a page of an inbox ends early."""
LOOK_AGAIN: Final = 0.2
"""Seconds between two looks at an inbox that somebody waits for."""


def inbox(caller: Caller, after: int, wait: int, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return up to 100 items of the caller's inbox with numbers above `after`, and the number to go on from.

    When there are none, look again for `wait` seconds; an exchange that has many waiting answers at once.
    """
    slug = caller.authority.slug
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "inbox", str(after), now)
        found = boxes.has_more(tx, slug, after)
    if not found and wait:
        _await(hub, slug, after, now + timedelta(seconds=wait))
    at = clock.now() if wait else now
    with hub.database.transaction() as tx:
        there = boxes.after(tx, slug, after, PAGE)
        hidden = hiding(tx, caller.authority, at).items([seq for seq, _, _ in there])
        items = _page(tx, hub, there, (slug, at, hidden))
        last = there[len(items) - 1][0] if items else after
        access.note_shown(tx, caller, [seq for seq, _, _ in there if seq <= last and seq not in hidden], at)
    return {"items": items, "next": last}


def _await(hub: Hub, slug: str, after: int, until: datetime) -> None:
    if not hub.waiting.acquire(blocking=False):
        return
    try:
        while clock.now() < until:
            clock.pause(LOOK_AGAIN)
            with hub.database.reading() as tx:
                if boxes.has_more(tx, slug, after):
                    return
    finally:
        hub.waiting.release()


def _page(
    tx: Tx, hub: Hub, found: Sequence[tuple[int, dict[str, Any], int | None]], of: tuple[str, datetime, frozenset[int]]
) -> list[Json]:
    """Return items of an inbox as its owner may see them; `of` is its slug, the moment, and what numbers are hidden."""
    slug, now, hidden = of
    items: list[Json] = []
    size = 0
    for seq, body, notice in found:
        if seq in hidden:
            items.append({"seq": seq, "type": "hidden"})
            continue
        if notice is None:
            items.append({"seq": seq, **body})
            continue
        seen = delivering.shown(tx, hub, notices.one(tx, notice), body, (slug, now))
        size += len(seen["notice"]) + sum(map(len, seen["sealed"]))
        if items and size > LARGEST_PAGE:
            break
        items.append({"seq": seq, "type": "notice", **seen})
    return items


def own_notices(caller: Caller, after: str, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return which notices of the caller were accepted, in the order of their ids, above the id `after`."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "own notices", "", now)
        found = notices.own(tx, caller.authority.slug, after, PAGE)
    items: list[Json] = [{"iss": iss, "id": no, "sha256": b64encode(sha256)} for iss, no, sha256 in found]
    return {"items": items, "next": found[-1][1] if found else after}


def addressed_notices(caller: Caller, after: int, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return which notices were delivered to the caller, in the order of its inbox, above the number `after`."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "addressed notices", str(after), now)
        found = boxes.addressed(tx, caller.authority.slug, after, PAGE)
        hidden = hiding(tx, caller.authority, now).items([seq for seq, *_ in found])
        shown = [one for one in found if one[0] not in hidden]
        access.note_shown(tx, caller, [seq for seq, *_ in shown], now, "listed")
    items: list[Json] = [{"iss": iss, "id": no, "sha256": b64encode(sha256)} for _, iss, no, sha256 in shown]
    return {"items": items, "next": found[-1][0] if found else after}


def notice(caller: Caller, iss: str, notice_id: str, hub: Hub, now: datetime) -> dict[str, Any]:
    """Return one notice with what the caller may have of it: its author all, an addressee what was delivered.

    Raises Refusal `not-found`, the same for a notice that does not exist and for one that the caller may not know of.
    """
    with hub.database.transaction() as tx:
        stored = notices.of_id(tx, iss, notice_id)
        access.note_read(tx, caller, "notice", f"{iss} {notice_id}", now)
        delivered = None if stored is None else boxes.delivered(tx, caller.authority.slug, stored.no)
        if stored is not None and stored.author == caller.authority:
            return {"iss": iss, "id": notice_id, **_as_author(tx, hub, stored, hiding(tx, caller.authority, now), now)}
        if stored is not None and delivered is not None and not hiding(tx, caller.authority, now).notice(stored.no):
            return {
                "iss": iss,
                "id": notice_id,
                **delivering.shown(tx, hub, stored, delivered, (caller.authority.slug, now)),
            }
        raise Refusal("not-found", "There is no such notice for you.")  # in here: the refusal spends the nonce


def _as_author(tx: Tx, hub: Hub, stored: notices.Stored, hidden: Hiding, now: datetime) -> dict[str, Any]:
    stored, sight = delivering.as_held(tx, stored, (stored.author.slug, now))
    stored = cold.as_signed(tx, hub, stored)
    answers = clocks.replies_given(tx, stored.no, stored.author.slug)
    kept = [stored.disclosures[name] for name in sdjwt.PARTS if name in stored.disclosures]
    return {
        "notice": sdjwt.present(stored.jws, kept),
        "sealed": [jwe for jwe, _ in notices.sealed(tx, stored.no).values()] if "sealed" in sight else [],
        "receipt": notices.receipt(tx, stored.no),
        "acknowledgements": acknowledgements.of_notice(tx, stored.no),
        "answers": [references.urn(by, no) for number, by, no in answers if not hidden.notice(number)],
        **({"flag": FLAG} if stored.flagged else {}),
    }


def quarantine(caller: Caller, after: int, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return why messages of the caller were refused, the oldest first, numbered within its own refusals."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "quarantine", str(after), now)
        found = directory.quarantine(tx, caller.authority.slug, after, PAGE)
    items: list[Json] = []
    for no, (at, code, detail, method, path, digest, entry) in enumerate(found, start=after + 1):
        told = {"no": no, "at": int(at.timestamp()), "code": code, "detail": detail, "method": method, "path": path}
        told |= {} if not digest else {"digest": digest}
        items.append(told if entry is None else {**told, "entry": entry})
    return {"items": items, "next": after + len(items)}


def own_state(caller: Caller, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return who the caller is to the exchange: its keys and their state, its place in the sequence, the hub's time."""
    slug = caller.authority.slug
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "self", "", now)
        dates = directory.key_dates(tx, slug)
        last = notices.sequence(tx, slug)
    keys: list[Json] = []
    for kid, purpose, alg, start, end in dates:
        status = "ended" if end is not None and end <= now else "future" if start > now else "active"
        key: dict[str, Json] = {"kid": kid, "purpose": purpose, "alg": alg, "active_from": int(start.timestamp())}
        keys.append({**key, **({} if end is None else {"ends_at": int(end.timestamp())}), "status": status})
    who = caller.authority
    place: dict[str, Json] = {"seq": 0} if last is None else {"seq": last[0], "prev": b64encode(last[1])}
    head: dict[str, Json] = {"iss": who.urn, "kind": who.kind, "state": who.state, "time": int(now.timestamp())}
    return {**head, "keys": keys, "sequence": place}


def named_keysets(caller: Caller, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return the keysets that officers named, with what they said last of each: the same for every caller."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "keysets", "", now)
        return {"keysets": list[Json](keysets.listed(tx))}


def schemas(caller: Caller, hub: Hub, now: datetime) -> bytes:
    """Return the names of the messages that have a schema, as JSON."""
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "schemas", "", now)
    return write_json({"schemas": list[Json](sorted(CATALOGUE))})


def schema(caller: Caller, name: str, hub: Hub, now: datetime) -> bytes:
    """Return the JSON Schema of a message, with an example of it. Raises Refusal `not-found`."""
    if name not in CATALOGUE:
        raise Refusal("not-found", "There is no schema of this name; /v1/schemas lists them.")
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, "schema", name, now)
    return write_json(served(name))
