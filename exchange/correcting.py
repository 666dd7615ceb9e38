"""The step `correct`: do what a correction asks of the hub itself, once it is in force.

What it means for persons is worked out anew by `detect`, and who is told of it is `deliver`'s to say.
"""

from datetime import datetime

from exchange import delivering, reading
from exchange.deps import Hub
from exchange.domain import corrections, disclosure, references, third_country
from exchange.domain.notice import Notice
from exchange.domain.projection import holding, projections
from exchange.reading import Around
from exchange.store import boxes, directory, ledger, links, notices
from exchange.store.boxes import Item
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json

AT_ONCE = frozenset({"safeguards", "sealed"})
"""Parts that go on their author's word alone: no pattern asks which safeguard it was, but that there was one."""


def correct(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
    """Erase what an author has erased of its own notice, and tell the monitors of a subject made smaller (L24).

    Facts that can raise an alarm wait until somebody else has agreed (L23); the agreement promises this step again.
    """
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject, now)
    said = next(n for n in around.notices if n.no == subject)
    match said.facts.get("act"):
        case "erase":
            _erase(tx, said, around, now)
        case "shrink_subject":
            _tell_monitors(tx, hub, around, said, now)


def _erase(tx: Tx, said: Notice, around: Around, now: datetime) -> None:
    """Erase parts of a notice, with an act each, by what the author knows: it sees what is gone (L22).

    A holder that may not hear of the erasure goes on seeing what it has (L21): until nobody does, the row stays.
    """
    urn = corrections.target(said)
    mine = holding(projections(said.author, around.notices, around.agreements, around.standing), said.no)
    known = () if mine is None else mine.notices
    named = next((n for n in known if references.urn(n.author.urn, n.id) == urn), None)
    if named is None or named.author != said.author:
        return
    free = corrections.only_weakens(named) or corrections.is_agreed(said, known)
    asked = set(said.facts.get("parts", ()))
    names = sorted((asked if free else asked & AT_ONCE) - notices.erased(tx, named.no))
    reason, holders = str(said.facts["reason"]), _unaware(tx, said, named, around)
    if holders:
        done = [name for name in names if notices.erase_but_for(tx, named.no, name, (reason, now), holders)]
    else:
        done = [name for name in names if notices.erase(tx, named.no, name, reason, now)]
    about = f"{named.author.urn} {named.id}"
    ledger.acts(tx, [{"at": now, "what": f"erased {name}", "object": about, "purpose": reason} for name in done])


def _unaware(tx: Tx, said: Notice, named: Notice, around: Around) -> list[str]:
    """Return who holds a notice and is not given the correction that erases from it."""
    holders = [r for r in directory.authorities(tx) if boxes.delivered(tx, r.slug, named.no) is not None]
    given = {r.slug: delivering.given_as(tx, r, said, around) for r in holders}
    return [r.slug for r in holders if not (given[r.slug][1] and delivering.may_have(r, given[r.slug][0], around))]


def _tell_monitors(tx: Tx, hub: Hub, around: Around, said: Notice, now: datetime) -> None:
    """Put a word into the inbox of the monitors: the states that a person is kept from became fewer.

    Not into that of one seated where nothing may be told (L25), nor past the third-country gate (L07).
    """
    word: dict[str, Json] = {"word": "subject_shrunk", "iss": said.author.urn, "id": said.id}
    body = {"type": "word", "jws": statements.state(statements.WORD, word, hub.keys["words"])}
    for monitor in (one for one in directory.authorities(tx) if one.kind == corrections.MONITOR):
        known = holding(projections(monitor, around.notices, around.agreements, around.standing), said.no)
        told = known is not None and disclosure.may_receive(monitor, known.notices, around.standing)
        if told and third_country.may_hint(monitor, said):
            boxes.put(tx, Item(monitor.slug, f"shrunk:{said.no}", body), now)
