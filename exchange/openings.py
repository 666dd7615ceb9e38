"""The openings of one notice: what its party needs, beside the published files, to prove what became of it.

Acts stand in the tree of their minute under salts of their own, so that the path of one tells nothing of the others.
Handing openings out is itself an act.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from exchange.deps import Hub
from exchange.domain import merkle
from exchange.domain.errors import Refusal
from exchange.store import ledger, notices, openings
from exchange.store.notices import Stored
from exchange.store.openings import Act, Minute, Opening
from exchange.store.session import Tx
from exchange.wire.encoding import b64encode

TYP: Final = "asylum-exchange-openings"


def hand_out(hub: Hub, iss: str, notice_id: str, to: str | None, now: datetime) -> dict[str, Any]:
    """Return the openings of a notice, and note that they were handed out.

    `to` is the slug of an authority that gets what it said, read and was shown itself, and no word of other readers;
    without it everything is told. Raises Refusal `not-found`.
    """
    with hub.database.transaction() as tx:
        stored = notices.of_id(tx, iss, notice_id)
        if stored is None:
            raise Refusal("not-found", "There is no such notice.")
        acts, minutes, rest = _told(tx, _acts(tx, stored, to))
        made = {
            "v": 1,
            "typ": TYP,
            "ex": hub.exchange_id,
            "iss": iss,
            "id": notice_id,
            "to": to,
            "notice": stored.jws,
            "receipt": notices.receipt(tx, stored.no),
            "answer": _opened(openings.of_leaf(tx, openings.leaf_of_notice(tx, stored.no) + 1)),
            "acknowledgements": list(_acknowledgements(tx, stored.no, to)),
            "minutes": minutes,
            "acts": acts,
            **rest,
        }
        about = f"{iss} {notice_id}" + (f" {to}" if to else "")
        ledger.act(tx, {"at": now, "what": "openings", "object": about, "purpose": ""})
    return made


def _acts(tx: Tx, stored: Stored, to: str | None) -> list[Act]:
    """Return the acts about a notice, with those by which its readers were shown the items that hold it."""
    about = openings.acts_about(tx, stored.author.urn, stored.id)
    shown = [
        act
        for one in about
        if one.what == "delivered" and one.slug is not None
        for act in openings.acts_showing(tx, one.slug, int(one.object.split(" ")[-1]))
    ]
    mine = {act.no: act for act in [*about, *shown] if to is None or act.slug == to}
    return [mine[no] for no in sorted(mine)]


def _told(tx: Tx, acts: list[Act]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, int]]:
    """Return acts with their places, the leaves of their minutes, and how many acts cannot be told.

    `waiting` are those whose minute is not closed yet. `bare` are those in whose minute acts without salts stand:
    their paths would tell of others.
    """
    made: list[dict[str, Any]] = []
    minutes: dict[int, dict[str, Any]] = {}
    rest = {"waiting": 0, "bare": 0}
    last: tuple[Minute, list[list[bytes]]] | None = None
    for act in acts:
        if last is None or act.no not in last[0].numbers:
            minute = openings.minute_of(tx, act.no)
            last = None if minute is None else (minute, merkle.paths(minute.entries) if minute.salted else [])
        if last is None:
            rest["waiting"] += 1
        elif act.salt is None or not last[0].salted or (leaf := openings.of_leaf(tx, last[0].leaf)) is None:
            rest["bare"] += 1
        else:
            minutes[leaf.index] = {"leaf": _leaf(leaf), "size": len(last[0].entries)}
            made.append(_placed(act, last[0], last[1]))
    return made, list(minutes.values()), rest


def _placed(act: Act, minute: Minute, paths: list[list[bytes]]) -> dict[str, Any]:
    at = minute.numbers.index(act.no)
    path = [b64encode(node) for node in paths[at]]
    salt = b64encode(act.salt or b"")
    return {"record": act.record, "salt": salt, "minute": minute.leaf, "position": at, "path": path}


def _acknowledgements(tx: Tx, number: int, to: str | None) -> Iterator[dict[str, Any]]:
    for slug, jws, leaf in openings.acknowledged(tx, number):
        opening = openings.of_leaf(tx, leaf)
        if to in (None, slug) and opening is not None:
            yield {"jws": jws, "leaf": _leaf(opening)}


def _opened(opening: Opening | None) -> dict[str, Any] | None:
    return None if opening is None else {"record": opening.record.decode(), "leaf": _leaf(opening)}


def _leaf(opening: Opening) -> dict[str, Any]:
    leaf_hash = b64encode(merkle.leaf_hash(opening.entry))
    return {"index": opening.index, "hash": leaf_hash, "salt": b64encode(opening.salt)}
