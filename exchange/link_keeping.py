"""What a reader is shown of links is kept, and stands when its state becomes withheld from the person (L21, L22)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from exchange.domain import judgements, link_memory, linked
from exchange.domain.linked import Link
from exchange.domain.notice import Reader
from exchange.domain.projection import Projection
from exchange.reading import Around
from exchange.store import judgements as stored
from exchange.store import link_shown
from exchange.store.link_shown import First
from exchange.store.session import Tx


@dataclass(frozen=True, slots=True)
class Remembered:
    """A link as it was shown last, with the words on it that had been said by then, and the reader's own since."""

    link: Link
    body: dict[str, Any]


def remembered(
    tx: Tx, who: Reader, around: Around, known: tuple[Projection, ...], live: Collection[First]
) -> list[Remembered]:
    """Return the links that a reader was shown, and would see vanish because of what others said of the person.

    `known` are its own projections; `live` are the links that it may know of now.
    """
    if linked.sees_all(who) or not link_memory.is_blind(who, around.notices, around.standing):
        return []
    found = []
    for first, was in link_shown.of(tx, who.slug, [n.no for n in around.notices]).items():
        if first not in live and link_memory.still_has(who, first, known, around.standing):
            link = link_memory.remembered(first, around.notices, known, who, was.body["grade"])
            if link is not None:
                judged = judgements.judged(link.sides, stored.as_shown(tx, link.cases, who.slug, was.at))
                link = replace(link, judged=judged, grade=judged.stands or link.grade)
                found.append(Remembered(link, was.body))
    return found


Live = Mapping[First, Callable[[], dict[str, Any]]]
"""Links that a reader may know of, each with what makes its `link_memory.kept`."""


def keep(tx: Tx, who: Reader, around: Around, found: tuple[Live, Collection[First]], now: datetime) -> None:
    """Keep what a reader is shown: `found` are its links among these notices, and which of them it is shown this time.

    Those that are not shown this time, and were before, are brought up to date, or forgotten when they are gone:
    nothing that it saw go may come back when its state becomes withheld. One whose state is withheld keeps nothing new.
    """
    if linked.sees_all(who):
        return
    live, shown = found
    before = link_shown.of(tx, who.slug, [n.no for n in around.notices])
    if link_memory.is_blind(who, around.notices, around.standing):
        link_shown.change(tx, who.slug, {}, before.keys() & live.keys(), now)
        return
    bodies = {first: make() for first, make in live.items() if first in shown or first in before}
    changed = {first: body for first, body in bodies.items() if first not in before or before[first].body != body}
    link_shown.change(tx, who.slug, changed, before.keys() - live.keys(), now)
