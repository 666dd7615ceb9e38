"""When the time for an answer ends (see `clocks`). Never early: from the later of event time and ledger time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain import edtf, workdays
from exchange.domain.notice import Notice, as_event
from exchange.domain.timeline import Event

ACKNOWLEDGE: Final = timedelta(hours=24)
REGISTER: Final = timedelta(days=3)
"""Working days of the state."""
HOLD: Final = timedelta(hours=24)
INFORM: Final = timedelta(weeks=5)
CORRECT: Final = timedelta(days=7)
_MONTH: Final = timedelta(days=31)
RESPOND: Final[Mapping[str, timedelta]] = MappingProxyType({"take_charge": _MONTH, "take_back": timedelta(weeks=2)})
"""Type of request -> time; for readmission and transit each agreement has its own, and none is recorded here."""
_RESPOND_TO_HIT: Final = timedelta(weeks=2)
_HITS: Final = frozenset({"earlier_application", "visa"})
"""Evidence that a search in Eurodac or the Visa Information System gave."""


def started(notice: Notice) -> datetime:
    """Return when the clock of a notice starts: at the later of event time and ledger time."""
    return max(notice.happened.latest, notice.received_at)


def due(name: str, notice: Notice, person: Iterable[Notice]) -> datetime | None:
    """Return when the time of a notice ends, by the row `name` of the table; None when no time is recorded for it.

    `person` are the notices of the same person that the reader knows.
    """
    return _DUE[name](notice, person)


def _referral(notice: Notice, _: Iterable[Notice]) -> datetime:
    return workdays.after(started(notice), REGISTER.days, notice.event["state"])


def _hold(notice: Notice, person: Iterable[Notice]) -> datetime:
    asked = as_event(notice, "probable")
    others = {n.event["state"] for n in person} - {notice.event["state"]}
    states = {asked.counterpart} if asked.counterpart else others
    return hold_due(asked, [as_event(n, "probable") for n in person if n.event["state"] in states], HOLD)


def _information(notice: Notice, _: Iterable[Notice]) -> datetime:
    return _named(notice.facts.get("due_at"), notice.received_at) or started(notice) + INFORM


def _responsibility(notice: Notice, _: Iterable[Notice]) -> datetime | None:
    named = _named(notice.facts.get("due_at"), notice.received_at)
    within = RESPOND.get(str(notice.facts.get("request_type")))
    if named is not None or within is None:
        return named
    return started(notice) + (_RESPOND_TO_HIT if _HITS.intersection(notice.facts.get("evidence", ())) else within)


def _correction(notice: Notice, _: Iterable[Notice]) -> datetime:
    return started(notice) + CORRECT


_DUE: Final[Mapping[str, Callable[[Notice, Iterable[Notice]], datetime | None]]] = MappingProxyType(
    {
        "referral": _referral,
        "hold": _hold,
        "information": _information,
        "responsibility": _responsibility,
        "correction": _correction,
    }
)


def hold_due(asked: Event, others: Iterable[Event], window: timedelta) -> datetime:
    """Return when a hold request must be answered.

    That is `due_at`, or a window; and the beginning of a removal that `others` plan and have not cancelled, when that
    is sooner. A plan that gives a day is for its beginning; on the day itself, for its end. What had passed when the
    request came brings nothing forward.
    """
    found = tuple(others)
    named = _named(asked.facts.get("due_at"), asked.recorded)
    limits = [named or max(asked.when.latest, asked.recorded) + window]
    for plan in found:
        at = plan.facts.get("planned_at")
        if plan.kind == "removal_planned" and isinstance(at, str) and _stands(plan, found):
            day = edtf.read(at)
            limits += [moment for moment in (day.earliest, day.latest) if moment > asked.recorded][:1]
    return min(limits)


def _named(text: object, after: datetime) -> datetime | None:
    """Return the end of a time that a notice names; a time that had passed already is none to answer by."""
    named = edtf.read(text).latest if isinstance(text, str) else None
    return named if named is not None and named > after else None


def _stands(plan: Event, among: Iterable[Event]) -> bool:
    if plan.facts.get("cancelled") == "yes":
        return False
    return not any(
        e.kind == plan.kind and e.facts.get("cancelled") == "yes" and e.index > plan.index
        for e in among
        if (e.state, e.counterpart) == (plan.state, plan.counterpart)
    )
