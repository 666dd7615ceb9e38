"""The step `remind`: tell who must answer a notice, and whoever waits for the answer, what the clock says.

What is told is worked out for each reader on its own projection (L22): see `exchange.domain.clocks`. The words are the
hub's own. A word is told once, whatever runs twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exchange import reading
from exchange.deps import Hub
from exchange.domain import clocks, disclosure, linkage
from exchange.domain.clocks import Said, Scene
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import Projection, projections
from exchange.reading import Around
from exchange.store import boxes, directory, ledger, links, notices, outbox
from exchange.store import clocks as stored
from exchange.store.boxes import Item
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json

_STRUCK: Final = "clock:"
"""Begins the cause of a look for which a clock struck; then comes the moment."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """What stands in the boxes of everybody about some notices. Replies are decoded, by the number answered."""

    directory: tuple[Reader, ...]
    replies: dict[int, tuple[Notice, ...]]
    given: set[tuple[str, int]]
    acknowledged: set[tuple[str, int]]


def remind(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Put the words that are due into the inboxes, in the order of their times, and store when to look again.

    A look for which a clock struck tells what was due then, and no more: so what came due while nobody looked is told
    in order, whichever notices of other persons hang together with these. Each word is an act.
    """
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject, now)
    found = load(tx, [n.no for n in around.notices if clocks.duty(n)])
    until = min(now, datetime.fromisoformat(cause.removeprefix(_STRUCK))) if cause.startswith(_STRUCK) else now
    later: set[tuple[int, datetime]] = set()
    done: list[dict[str, object]] = []
    for reader in found.directory:  # by slug, as everybody takes hold of inboxes
        for notice, said in sorted(words(reader, around, found), key=lambda pair: (pair[1].at, pair[0].no)):
            item = Item(reader.slug, _cause(notice, said), _word(hub, notice, said))
            if said.at > until:
                if not boxes.has(tx, reader.slug, item.cause):
                    later.add((notice.no, said.at))
            elif (seq := boxes.put(tx, item, now)) is not None:
                about = f"{notice.author.urn} {notice.id} {said.word} {seq}"
                done.append({"at": now, "slug": reader.slug, "what": "told", "object": about, "purpose": ""})
    stored.set_clocks(tx, [n.no for n in around.notices], sorted(later))
    ledger.acts(tx, done)


def _cause(notice: Notice, said: Said) -> str:
    return f"clock:{notice.no}:{said.word}:{said.what}:{said.share}"


def told(tx: Tx, reader: Reader, around: Around, number: int) -> list[tuple[Notice, Said]]:
    """Return what a reader is told of the clock of one notice, now or later; nothing once it is answered."""
    found = load(tx, [number])
    return [(notice, said) for notice, said in words(reader, around, found) if notice.no == number]


def wake(tx: Tx, now: datetime) -> int:
    """Promise to look again at every person for whom a moment has come; returns how many moments."""
    due = sorted(stored.due(tx, now))
    outbox.promise(tx, [("remind", no, f"{_STRUCK}{at.isoformat()}") for at, no in due], now)
    return len(due)


def load(tx: Tx, numbers: list[int]) -> Boxes:
    """Return what stands in the boxes about these notices."""
    replies = stored.replies(tx, numbers)
    every = [*numbers, *(no for found in replies.values() for no in found)]
    return Boxes(
        tuple(directory.authorities(tx)),
        {to: tuple(reading.decode(notices.one(tx, no)) for no in found) for to, found in replies.items()},
        stored.given(tx, every),
        stored.acknowledged(tx, numbers),
    )


def words(reader: Reader, around: Around, found: Boxes) -> Iterator[tuple[Notice, Said]]:
    """Yield what a reader is to be told, now or later, of the notices that it knows and has."""
    for known in projections(reader, around.notices, around.agreements, around.standing):
        if _may_be_told(reader, known, around):
            for notice in filter(clocks.duty, known.notices):
                for said in clocks.words(reader, notice, _scene(reader, notice, (known, around), found)):
                    yield notice, said


def _may_be_told(reader: Reader, known: Projection, around: Around) -> bool:
    """Tell whether anything about the person may still reach a reader (L16, L21)."""
    return reader.kind in disclosure.SERVED_KINDS and disclosure.may_receive(reader, known.notices, around.standing)


def _scene(reader: Reader, notice: Notice, of: tuple[Projection, Around], found: Boxes) -> Scene:
    known, around = of
    by_no = {n.no: n for n in known.notices}  # as corrections among them make them
    persons = linkage.resolve(known.notices, around.agreements)
    own = reader.urn == notice.author.urn

    def is_known(reply: Notice) -> bool:
        if reply.author.urn == reader.urn or (reader.slug, reply.no) in found.given:
            return True
        return not own and reply.author.state == reader.state and reply.no in by_no

    return Scene(
        person=next(p.notices for p in persons if notice.no in {n.no for n in p.notices}),
        replies=tuple(by_no.get(r.no, r) for r in found.replies.get(notice.no, ()) if is_known(r)),
        directory=found.directory,
        given=own or (reader.slug, notice.no) in found.given,
        acknowledged=(reader.slug, notice.no) in found.acknowledged,
    )


def _word(hub: Hub, notice: Notice, said: Said) -> dict[str, Any]:
    members: dict[str, Json] = {
        "word": said.word,
        "iss": notice.author.urn,
        "id": notice.id,
        "due": int(said.end.timestamp()),
    }
    members |= {name: value for name, value in (("what", said.what), ("law", said.law)) if value}
    return {"type": "word", "jws": statements.state(statements.WORD, members, hub.keys["words"])}
