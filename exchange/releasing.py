"""Freeze the aggregate report: one release for each quarter, made once, never again (rule L26)."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from exchange.deps import Hub
from exchange.domain import aggregates, quarters
from exchange.domain.aggregates import Counted
from exchange.domain.quarters import Quarter
from exchange.domain.suppression import Name
from exchange.store import ledger, releases
from exchange.store.releases import Release
from exchange.store.session import Tx
from exchange.wire import sdjwt
from exchange.wire.encoding import Json, b64encode, write_json

TYP = "asylum-exchange-release"


def freeze(hub: Hub, now: datetime) -> list[str]:
    """Freeze every quarter whose time has come, the earliest first, each in a transaction; returns their names."""
    frozen: list[str] = []
    while True:
        with hub.database.transaction() as tx:
            quarter = _due(tx, now)
            if quarter is None:
                return frozen
            if _freeze(tx, hub, quarter, now):
                frozen.append(quarter.name)


def _due(tx: Tx, now: datetime) -> Quarter | None:
    last = releases.last(tx)
    return quarters.due(quarters.read(last) if last else None, releases.begun(tx), now)


def _freeze(tx: Tx, hub: Hub, quarter: Quarter, now: datetime) -> bool:
    """Freeze a quarter; tells whether this was the first to do it. It counts before it holds the ledger's end."""
    body = record(hub.exchange_id, quarter, Counter(_counted(tx, quarter)))
    book = ledger.Book(tx, now)
    if _due(tx, now) != quarter:
        return False
    salt = secrets.token_bytes(32)
    leaf = book.add(body, salt)
    book.close()
    sha256 = hashlib.sha256(body).digest()
    releases.add(tx, Release(quarter.name, body.decode(), sha256, now, leaf.index, salt))
    ledger.act(tx, {"at": now, "what": "release", "object": f"{quarter.name} {b64encode(sha256)}", "purpose": ""})
    return True


def record(ex: str, quarter: Quarter, counts: Counter[Name]) -> bytes:
    """Return the record of a release: JSON without spaces, its members in this order."""
    rows: list[Json] = [{**row} for row in aggregates.released(counts)]
    made: dict[str, Json] = {
        "v": 1,
        "typ": TYP,
        "ex": ex,
        "quarter": quarter.name,
        "from": quarter.start.date().isoformat(),
        "until": quarter.end.date().isoformat(),
        "rounded_to": aggregates.ROUNDED_TO,
        "rows": rows,
    }
    return write_json(made)


def _counted(tx: Tx, quarter: Quarter) -> Iterator[Name]:
    """Yield state and measure of everything that a quarter counts."""
    for notice in releases.received(tx, quarter.start, quarter.end, list(aggregates.KINDS)):
        facts = sdjwt.disclosed(notice.facts) if notice.facts else {}
        state = _state(notice.event, notice.author_state)
        yield aggregates.of_notice(Counted(notice.kind, notice.author_kind, state, "forwarded_to" in facts))
    for alert in releases.raised(tx, quarter.start, quarter.end):
        worst = min(alert.severities, key=aggregates.SEVERITIES.index)
        yield aggregates.of_alert(_state(alert.event, alert.author_state), worst)


def _state(event: str | None, author: str) -> str:
    """Return the state that acted, as the event part says; its author's, when that part was erased."""
    return author if event is None else str(sdjwt.disclosed(event)["state"])
