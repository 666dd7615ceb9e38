"""Frozen releases as they are read, by way of the API and at the console. Each read is an act (L20)."""

import hashlib
import io
from collections.abc import Iterable
from csv import DictWriter
from datetime import datetime
from typing import Any, cast

from exchange import access
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain import aggregates, merkle
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store import ledger, releases
from exchange.store.releases import Release
from exchange.store.session import Tx
from exchange.wire.encoding import Json, b64encode, read_json

WHAT = "aggregates"
"""What an act says of such a read."""


def index(caller: Caller, hub: Hub, now: datetime) -> dict[str, Json]:
    """Return which releases there are, the latest first. Raises Refusal `not-yours-to-read`."""
    _require_reader(caller.authority)
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, WHAT, "", now)
        return {"releases": [_named(release) for release in releases.every(tx)]}


def body(caller: Caller, quarter: str, hub: Hub, now: datetime) -> bytes:
    """Return the release of a quarter, the bytes that were frozen.

    Raises Refusal `not-yours-to-read`, `not-found`.
    """
    _require_reader(caller.authority)
    with hub.database.transaction() as tx:
        access.note_read(tx, caller, WHAT, quarter, now)
        return _one(tx, quarter).body.encode()


def table(caller: Caller, quarter: str, hub: Hub, now: datetime) -> bytes:
    """Return the release of a quarter as CSV (RFC 4180) in UTF-8. Raises as `body`."""
    return _csv(body(caller, quarter, hub, now))


def shown_index(hub: Hub, who: Caseworker, now: datetime) -> list[Release]:
    """Return the releases to a caseworker, the latest first. Raises Refusal `not-yours-to-read`."""
    _require_reader(who.authority)
    with hub.database.transaction() as tx:
        _note(tx, who, "", now)
        return releases.every(tx)


def shown(hub: Hub, who: Caseworker, quarter: str, now: datetime) -> tuple[Release, dict[str, Any]]:
    """Return the release of a quarter to a caseworker, with its members.

    Raises Refusal `not-yours-to-read`, `not-found`.
    """
    _require_reader(who.authority)
    with hub.database.transaction() as tx:
        release = _one(tx, quarter)
        _note(tx, who, quarter, now)
    return release, cast("dict[str, Any]", read_json(release.body.encode()))


def _require_reader(authority: Reader) -> None:
    if authority.kind not in aggregates.READERS:
        raise Refusal("not-yours-to-read", "Releases are for monitors, observers and the secretariat.")


def _one(tx: Tx, quarter: str) -> Release:
    found = releases.one(tx, quarter)
    if found is None:
        raise Refusal("not-found", "There is no release of that quarter.")
    return found


def _note(tx: Tx, who: Caseworker, quarter: str, now: datetime) -> None:
    by = {"slug": who.authority.slug, "pseudonym": who.pseudonym}
    ledger.act(tx, {"at": now, **by, "what": WHAT, "object": quarter, "purpose": "own_cases"})


def _named(release: Release) -> dict[str, Json]:
    """Return what a reader needs to find a release in the ledger: it is the record of a leaf of its own."""
    entry = hashlib.sha256(release.salt + release.body.encode()).digest()
    return {
        "quarter": release.quarter,
        "sha256": b64encode(release.sha256),
        "frozen_at": int(release.frozen_at.timestamp()),
        "leaf": {
            "index": release.leaf_index,
            "hash": b64encode(merkle.leaf_hash(entry)),
            "salt": b64encode(release.salt),
        },
    }


def _csv(release: bytes) -> bytes:
    """Return a release as a table. Its cells are numbers and codes: none begins as a formula of a spreadsheet does."""
    members = cast("dict[str, Any]", read_json(release))
    rows = cast("Iterable[dict[str, Any]]", members["rows"])
    text = io.StringIO(newline="")
    writer = DictWriter(text, ["quarter", "state", *aggregates.MEASURES], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({"quarter": members["quarter"], **row} for row in rows)
    return text.getvalue().encode()
