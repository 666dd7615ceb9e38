"""Questions about a match that the clause algebra would contort: plain functions with a name.

Each is asked with what is known of the person and the places of the events that it is about, and answers `yes`, `no`,
or `perhaps`: the clause holds, but not for certain.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import accumulate
from operator import or_
from types import MappingProxyType
from typing import Final, Literal

from exchange.domain.patterns.changes import CHANGED
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.windows import WINDOWS

Answer = Literal["yes", "no", "perhaps"]

_RULED_OUT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "no_onward_removal": frozenset({"removal_executed", "removal_planned", "return_decision", "entry_refused"}),
        "access_to_procedure": frozenset(
            {
                "removal_executed",
                "removal_planned",
                "return_decision",
                "entry_refused",
                "claim_not_taken",
                "admissibility_decision",
            }
        ),
    }
)
"""What an assurance promises -> the acts of its giver that break it. A breach on record breaks any."""


def against_the_assurance(known: Known, assurance: int, breaking: int) -> Answer:
    """Tell whether an act breaks an assurance. A text that nobody recorded may promise all; no word breaks itself."""
    promised, act = known.events[assurance], known.events[breaking]
    if act.kind == "assurance":
        return "yes" if act is not promised else "no"
    text = str(promised.facts.get("text", "not_recorded"))
    if text == "not_recorded":
        return "perhaps"
    return "yes" if act.kind in _RULED_OUT.get(text, frozenset()) else "no"


def no_fresh_merits(known: Known, place: int) -> Answer:
    """Tell whether no full decision from the last twelve months was served before an act."""
    act, year = known.events[place], WINDOWS["p18.fresh"]
    served, counts = _served_before(known, place)
    if served & counts & known.order.begun_after(act.when.latest - year):
        return "no"
    return "perhaps" if served & ~known.order.ended_by(act.when.earliest - year) else "yes"


def situation_changed(known: Known, act: int) -> Answer:
    """Tell whether much changed at home between a rejection and an act, and nobody looked again."""
    changes = (CHANGED[state] for state in known.timeline.danger if state in CHANGED)
    answers = {_overtaken(known, act, since) for since in changes}
    return "yes" if "yes" in answers else "perhaps" if "perhaps" in answers else "no"


def _overtaken(known: Known, place: int, since: datetime) -> Answer:
    """Tell whether a full rejection came before a moment, an act after it, and no full decision in between."""
    order, act = known.order, known.events[place]
    rejections = known.once("rejections", lambda: known.every("rejected in full")) & order.before(place)
    served, counts = _served_before(known, place)
    if act.when.latest < since or not rejections & ~order.begun_after(since):
        return "no"
    if served & counts & order.begun_after(since):
        return "no"
    doubt = act.when.earliest < since or not rejections & order.ended_by(since) or served & ~order.ended_by(since)
    return "perhaps" if doubt else "yes"


def _served_before(known: Known, act: int) -> tuple[int, int]:
    """Return the full decisions that were certainly served before an act, and the events that count then (L23)."""
    ends, sets = known.once("served", lambda: _served(known))
    event = known.events[act]
    own = known.word_of(frozenset({event.state})) & known.order.told_after(act)
    served, at = sets[bisect_left(ends, event.when.earliest)], 1 << act
    undone = sum(1 << place for place in places(served) if known.undone(place)[0] & at)
    return served, known.trusted & ~own & ~undone


def _served(known: Known) -> tuple[list[datetime], list[int]]:
    """Return when full decisions were certainly served, in order, and the sets of the first none, one, two ..."""
    told = sorted((effect.latest, place) for place, effect in known.decisions)
    return [end for end, _ in told], list(accumulate((1 << place for _, place in told), or_, initial=0))


QUESTIONS: Final[Mapping[str, Callable[..., Answer]]] = MappingProxyType(
    {
        "against the assurance": against_the_assurance,
        "no fresh merits": no_fresh_merits,
        "situation changed": situation_changed,
    }
)
