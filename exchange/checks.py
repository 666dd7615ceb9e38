"""A check: ask before you remove. What would a removal of the person of my own open case complete or begin?

The answer is signed, in the ledger, made at a fixed time after receipt and in one size. It is what the asker's own
projection gives with the removal added (L22), never more than pattern, stage and the question to put first, and to a
border guard or a return unit `stop` alone (L08). `nothing_to_tell` is no clearance. It decides nothing (L11).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from exchange import answering, delivering, reading
from exchange.access import Caller
from exchange.answering import NOTHING_TO_TELL, Asked, Made
from exchange.checking import check_jws
from exchange.deps import Hub
from exchange.domain import disclosure, hypothesis, references, third_country
from exchange.domain.disclosure import AUTHOR, MONITOR, OFFICE, REFERRING
from exchange.domain.hypothesis import Outlook, Removal
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.projection import holding, projections
from exchange.reading import Around
from exchange.store import outbox
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json, b64encode
from schemas.checks import CHECK, MOST_NAMED
from schemas.reading import read

STOP: Final[Mapping[str, Json]] = {
    "answer": "stop",
    "words": "Do not remove this person before your asylum office has looked into it. Why is not said here.",
}
LOOK: Final = (
    "What is known speaks against this removal. This decides nothing: put the question first, look into it, and write"
    " down why you go on if you do."
)


def ask(caller: Caller, body: bytes, hub: Hub, now: datetime) -> str:
    """Answer a check. It is in the ledger before the answer is computed; the answer is put there by `answering.enter`.

    The monitors hear of it by the step `checked`, which is promised for every check, whatever was answered.

    Raises Refusal: those of the wire and the schema, `contradictory-states`, `contradictory-times`, `foreign-key`,
    `foreign-iss`, `not-a-member`, `no-own-case`, `id-conflict`, `too-many`.
    """
    asker = caller.authority
    said = check_jws(caller, body, statements.CHECK, hub, now)
    check = Asked(answering.CHECK, said, read(CHECK, said.members, "check"))
    removal = hypothesis.asked(asker, check.members)
    hypothesis.require_sense(removal, now)

    def make(tx: Tx, own: list[int]) -> Made:
        told = _told(reading.around(tx, own[0], now), removal, own[0], now)
        about: dict[str, Json] = {"id": check.id, "sha256": b64encode(said.sha256)}
        jws = answering.sign(hub, statements.CHECK_ANSWER, {**about, **told}, now)
        outbox.promise(tx, [("checked", own[0], check.id)], now)
        return Made(jws, told is not NOTHING_TO_TELL)

    return answering.answer(caller, check, make, hub, now)


def _told(around: Around, removal: Removal, own: int, now: datetime) -> Mapping[str, Json]:
    """Return what the asker is told, by its projection and nothing else.

    One that may not be told anything about the person, by what it may know itself, is told nothing (L16, L21). What
    must not pass the third-country gate is left out before persons are made of notices (L07).
    """
    asker = removal.by
    of = (around.notices, around.agreements, around.standing)
    known = holding(projections(asker, *of), own)
    if known is None or not disclosure.may_receive(asker, known.notices, around.standing):
        return NOTHING_TO_TELL
    heard = [n for n in known.notices if third_country.may_hint(asker, n)]
    person = hypothesis.person(heard, around.agreements, own)
    outlook = hypothesis.outlook(person, removal, PATTERNS, now)
    if outlook.shown and asker.kind not in REFERRING:
        return _patterns(outlook, {n.no: n for n in person.notices if _may_name(asker, n, around)})
    return STOP if outlook.shown or outlook.stop else NOTHING_TO_TELL


def _may_name(asker: Reader, notice: Notice, around: Around) -> bool:
    """Tell whether the asker has the notice, so that naming it tells nothing new."""
    seen_as = third_country.column(asker, notice, "probable")
    return seen_as == AUTHOR or (seen_as in {OFFICE, MONITOR} and delivering.may_have(asker, notice, around))


def _patterns(outlook: Outlook, known: Mapping[int, Notice]) -> Mapping[str, Json]:
    """Return the patterns, the worst first, with those notices behind them that the asker has, by their places."""
    rests_on = dict.fromkeys(no for one in outlook.shown for no in one.notices if no in known)
    place = {no: number for number, no in enumerate(list(rests_on)[:MOST_NAMED], start=1)}
    patterns = [
        {
            "pattern": one.finding.pattern.id,
            "stage": one.finding.stage,
            "shows": one.shows,
            "notices": [place[no] for no in one.notices if no in place],
        }
        for one in outlook.shown
    ]
    told: dict[str, Any] = {
        "answer": "patterns",
        "words": LOOK,
        "question": outlook.shown[0].finding.pattern.question,
        "patterns": patterns,
        "notices": [references.urn(known[no].author.urn, known[no].id) for no in place],
    }
    return cast("Mapping[str, Json]", told)
