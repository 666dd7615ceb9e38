"""The step `advise`: what the hub itself says when a notice came, in words of its own.

To monitors, what a state was shown before it became one that must not learn of the person (L21). To an authority that
plans a removal, that something stops it (L03, L12, L13, L14). Each is computed on the projection of its reader, once
for each thing that it says, and never told to a withheld state.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from exchange import delivering, reading, tellings
from exchange.deps import Hub
from exchange.domain import disclosure, exposure, stops
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import holding, projections
from exchange.domain.stops import Stop
from exchange.store import advice, boxes, directory, ledger, links
from exchange.store.boxes import Item
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.tellings import Known
from exchange.wire import statements
from exchange.wire.encoding import Json

SHOWN_BEFORE: Final = "shown_before"
STOP: Final = "stop"


def advise(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Say what is to be said because of a notice, to everybody who is to hear it, each word an act."""
    links.lock_neighbourhood(tx, subject)
    done: list[dict[str, object]] = []
    around = reading.around(tx, subject, now)
    for reader in directory.authorities(tx):
        held = holding(projections(reader, around.notices, around.agreements, around.standing), subject)
        if held is not None and disclosure.may_receive(reader, held.notices, around.standing):
            known = Known(tx, reader, held, around)
            items = chain(_shown_before(known, hub, subject), _stops(known, hub, subject, now))
            done += [act for item, act in items if boxes.put(tx, item, now) is not None]
    ledger.acts(tx, [{**act, "at": now, "purpose": ""} for act in done])


Said = tuple[Item, dict[str, object]]
"""An item for an inbox, and the act that it leaves, without its time."""


def _shown_before(known: Known, hub: Hub, subject: int) -> Iterator[Said]:
    """Yield, for a monitor, each state that is withheld by now with what it was shown and nobody told of yet."""
    reader, tx = known.reader, known.tx
    if reader.kind != "monitor":
        return
    found = exposure.exposed(known.projection.notices, known.everybody.values(), known.around.standing)
    for state, notices in found.items():
        prefix = f"{SHOWN_BEFORE}:{state}:"
        told = {name for cause in advice.causes(tx, reader.slug, prefix) for name in cause.split(":")[3].split(",")}
        shown = {_place(one): one for n in notices for one in _shown(known, n, state)}
        fresh = {name: one for name, one in shown.items() if name not in told}
        if fresh:
            says: dict[str, Json] = {
                "word": SHOWN_BEFORE,
                "state": state,
                "notices": [one for _, one in fresh.values()],
            }
            cause = f"{prefix}{subject}:{','.join(fresh)}"
            yield _said(hub, reader, cause, says), _act(reader, known.around.stored[subject], SHOWN_BEFORE, state)


def _shown(known: Known, notice: Notice, state: str) -> list[tuple[int, dict[str, Json]]]:
    """Return what authorities of a state were given of a notice, as (number of the notice, what the word says)."""
    there = [one for one in known.everybody.values() if one.state == state]
    stored = known.around.stored[notice.no]
    given = advice.given(known.tx, [one.slug for one in there], [notice.no])
    told: list[dict[str, Any]] = [
        {
            "to": known.everybody[one.slug].urn,
            "at": int(one.at.timestamp()),
            "parts": delivering.parts_for(known.tx, known.everybody[one.slug], stored, one.seen_as),
        }
        for one in given
    ]
    if not known.whole:
        told += [
            {"to": one["to"], "at": one["at"], "parts": one["named"]}
            for one in known.as_if(notice, {str(one["to"]) for one in told})
            if one["state"] == state
        ]
    head: dict[str, Json] = {"iss": notice.author.urn, "id": notice.id}
    return [(notice.no, {**head, **one, "parts": list[Json](tellings.names_of(one["parts"]))}) for one in told]


def _place(shown: tuple[int, dict[str, Json]]) -> str:
    number, told = shown
    return f"{str(told['to']).rpartition(':')[2]}/{number}"


def _stops(known: Known, hub: Hub, subject: int, now: datetime) -> Iterator[Said]:
    """Yield, for each case of the reader in the person of the notice, what stops it, when that is new."""
    reader, tx = known.reader, known.tx
    if not stops.concerns(known.projection.notices):
        return
    person = tellings.person(known, subject)
    found = stops.stops(person.notices, now)
    own = [n for n in person.notices if n.author == reader]
    for case in sorted({n.case for n in own if n.case}):
        told = stops.for_case(found, [n for n in own if n.case == case], reader)
        as_told = _as_told(told, reader)
        prefix = f"{STOP}:{case}:"
        last = ([cause.split(":")[3] for cause in advice.causes(tx, reader.slug, prefix)] or [""])[-1]
        if as_told != last:
            says = _says(case, told, reader)
            stored = known.around.stored[max(n.no for n in own if n.case == case)]
            yield (
                _said(hub, reader, f"{prefix}{subject}:{as_told}", says),
                _act(reader, stored, STOP, as_told or "none"),
            )


def _as_told(found: Sequence[Stop], reader: Reader) -> str:
    """Return what a reader is told of stops, in short: a change of what it never sees is no news to it."""
    if not stops.sees_why(reader):
        return "yes" if found else ""
    return ",".join(f"{one.rule}" + (f"@{one.until:%Y%m%d}" if one.until else "") for one in found)


def _says(case: str, found: Sequence[Stop], reader: Reader) -> dict[str, Json]:
    says: dict[str, Json] = {"word": STOP, "case": case, "stop": "yes" if found else "no"}
    if not found or not stops.sees_why(reader):
        return says
    rules: list[Json] = [
        {"rule": one.rule, **({"until": int(one.until.timestamp())} if one.until else {})} for one in found
    ]
    return {**says, "rules": rules}


def _act(reader: Reader, about: Stored, word: str, more: str) -> dict[str, object]:
    return {"slug": reader.slug, "what": f"word_{word}", "object": f"{about.author.urn} {about.id} {more}"}


def _said(hub: Hub, reader: Reader, cause: str, says: dict[str, Json]) -> Item:
    return Item(reader.slug, cause, {"type": "word", "jws": statements.state(statements.WORD, says, hub.keys["words"])})
