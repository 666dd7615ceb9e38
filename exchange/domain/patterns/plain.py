"""Questions about a match that the clause algebra would contort: plain functions with a name.

Each is asked with what is known of the person, the match so far and the names of the clauses that it is about, and
answers `yes`, `no`, or `perhaps`: the clause holds, but not for certain.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from itertools import accumulate
from operator import or_
from types import MappingProxyType
from typing import Final, Literal

from exchange.domain.patterns import examination
from exchange.domain.patterns.algebra import Match
from exchange.domain.patterns.changes import CHANGED
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Event

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


def against_the_assurance(_: Known, match: Match, about: tuple[str, ...]) -> Answer:
    """Tell whether an act breaks an assurance: about (assurance, act). A text that nobody recorded may promise all."""
    promised, act = (match.events[name] for name in about)
    if act.kind == "assurance":
        return "yes"
    text = str(promised.facts.get("text", "not_recorded"))
    if text == "not_recorded":
        return "perhaps"
    return "yes" if act.kind in _RULED_OUT.get(text, frozenset()) else "no"


def no_fresh_merits(known: Known, match: Match, about: tuple[str, ...]) -> Answer:
    """Tell whether no full decision from the last twelve months was served before an act: about (act)."""
    act, year = match.events[about[0]], WINDOWS["p18.fresh"]
    served, counts = _served_before(known, act)
    if served & counts & known.order.begun_after(act.when.latest - year):
        return "no"
    return "perhaps" if served & ~known.order.ended_by(act.when.earliest - year) else "yes"


def situation_changed(known: Known, match: Match, about: tuple[str, ...]) -> Answer:
    """Tell whether much changed at home between a rejection and an act, and nobody looked again: about (act)."""
    act = match.events[about[0]]
    changes = (CHANGED[state] for state in known.timeline.danger if state in CHANGED)
    answers = {_overtaken(known, act, since) for since in changes}
    return "yes" if "yes" in answers else "perhaps" if "perhaps" in answers else "no"


def _overtaken(known: Known, act: Event, since: datetime) -> Answer:
    """Tell whether a full rejection came before a moment, an act after it, and no full decision in between."""
    order = known.order
    rejections = known.once("rejections", lambda: _every(known, "rejected in full")) & order.before(act)
    served, counts = _served_before(known, act)
    if act.when.latest < since or not rejections & ~order.begun_after(since):
        return "no"
    if served & counts & order.begun_after(since):
        return "no"
    doubt = act.when.earliest < since or not rejections & order.ended_by(since) or served & ~order.ended_by(since)
    return "perhaps" if doubt else "yes"


def _served_before(known: Known, act: Event) -> tuple[int, int]:
    """Return the full decisions that were certainly served before an act, and the events that count then (L23)."""
    ends, sets = known.once("served", lambda: _served(known))
    own = known.word_of(frozenset({act.state})) & known.order.told_after(act)
    served, at = sets[bisect_left(ends, act.when.earliest)], 1 << known.order.place(act)
    undone = sum(1 << place for place in places(served) if known.undone(known.order.events[place])[0] & at)
    return served, known.trusted() & ~own & ~undone


def _served(known: Known) -> tuple[list[datetime], list[int]]:
    """Return when full decisions were certainly served, in order, and the sets of the first none, one, two ..."""
    told = sorted((effect.latest, known.order.place(event)) for event, effect in examination.decisions(known.timeline))
    return [end for end, _ in told], list(accumulate((1 << place for _, place in told), or_, initial=0))


def _every(known: Known, notion: str) -> int:
    return reduce(or_, (group for towards in known.groups(notion).values() for group in towards.values()), 0)


QUESTIONS: Final[Mapping[str, Callable[[Known, Match, tuple[str, ...]], Answer]]] = MappingProxyType(
    {
        "against the assurance": against_the_assurance,
        "no fresh merits": no_fresh_merits,
        "situation changed": situation_changed,
    }
)
