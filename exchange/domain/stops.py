"""Why a person must not be moved yet, by what one reader knows: rules L03, L12, L13 and L14, each a function.

A stop decides nothing (L11): it asks whoever plans a removal to look. A word that is doubted, withdrawn or contested
may make a stop and never ends one (L23).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain import edtf
from exchange.domain.disclosure import MOVERS, REFERRING
from exchange.domain.notice import Notice, Reader, as_event
from exchange.domain.patterns import endings, examination

MOVES: Final = frozenset({"removal_planned", "removal_executed"})
CLAIMS: Final = frozenset({"claim_expressed", "claim_registered", "claim_not_taken"})
CHILD: Final = frozenset({"unaccompanied_minor", "age_disputed"})
"""Who counts as a child: a disputed age does too, until somebody corrects the code (L12)."""
TRAFFICKED: Final = frozenset({"trafficking_indicator"})
NOTICE_FOR_A_CHILD: Final = timedelta(days=21)
"""Implementing Regulation (EU) 2025/2055 Article 25(3)."""
RECOVERY: Final = timedelta(days=30)
"""Council of Europe Convention on Action against Trafficking, Article 13."""
_MAY_BIND: Final = frozenset({"indicated", "not_recorded"})
"""The steps of a measure that make a stop: who leaves the step out gains nothing (L23)."""
_LIFTING: Final = frozenset({"court_liaison", "monitor"})
_ASKING: Final = frozenset({"removal_planned", "removal_executed", "origin_contact"})
"""What its author is told of a stop for, whatever the rule is."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A reason not to move a person: its rule, the notices that it rests on, and until when; None is open-ended.

    `binds` are the states that it binds; empty means every state.
    """

    rule: str
    notices: tuple[int, ...]
    until: datetime | None
    binds: frozenset[str] = frozenset()


def origin_asked(notices: Sequence[Notice], now: datetime) -> Stop | None:  # noqa: ARG001 -- every rule is called alike
    """Return a stop when the state of origin was asked in a way that L03 forbids.

    Forbidden is every contact while a claim is not examined in full, and one without written consent afterwards.
    Regulation (EU) 2024/1348 Article 7(2)(b).
    """
    counted = _counted(notices)
    claims = [n for n in counted if n.kind in CLAIMS]
    contacts = [n for n in counted if n.kind == "origin_contact"]
    wrong = [c for c in contacts if is_forbidden(c, [n for n in claims if _may_precede(n, c)], notices)]
    if not wrong:
        return None
    before = [n for n in claims if any(_may_precede(n, c) for c in wrong)]
    return Stop("L03", _numbers([*wrong, *before]), None)


def is_forbidden(contact: Notice, claims: Sequence[Notice], notices: Sequence[Notice]) -> bool:
    """Tell whether a contact with the state of origin is forbidden, given the claims that may have come before it."""
    if not claims:
        return False
    examined = any(_examined_before(n, contact) for n in notices)
    consent = contact.facts.get("basis") == "written_consent" and "approval_reference" in contact.facts
    return not (examined and consent)


def child_unprepared(notices: Sequence[Notice], now: datetime) -> Stop | None:
    """Return a stop when an unaccompanied child is to be moved unprepared (L12).

    Needed are a guardian, an assessment of best interests, and 21 days between the plan and the day.
    """
    signs = [n for n in _counted(notices) if _may_have(n, CHILD)]
    if not signs:
        return None
    missing = [m for m in ("guardian_appointed", "best_interests_assessed") if not _is_said(m, notices)]
    plans = [n for n in _counted(notices) if n.kind == "removal_planned" and n.facts.get("cancelled") != "yes"]
    early = [n for n in plans if _starts(n) < n.received_at + NOTICE_FOR_A_CHILD]
    if missing:
        return Stop("L12", _numbers([*signs, *plans]), None)
    until = max((n.received_at + NOTICE_FOR_A_CHILD for n in early), default=now)
    return Stop("L12", _numbers([*signs, *early]), until) if until > now else None


def in_recovery(notices: Sequence[Notice], now: datetime) -> Stop | None:
    """Return a stop during the recovery period of somebody with a sign of trafficking (L13)."""
    signs = [n for n in _counted(notices) if _may_have(n, TRAFFICKED)]
    if not signs:
        return None
    until = min(n.received_at for n in signs) + RECOVERY
    return Stop("L13", _numbers(signs), until) if until > now else None


def measure_in_force(notices: Sequence[Notice], now: datetime) -> Stop | None:
    """Return a stop while an interim measure of a court or committee is in force (L14).

    It is lifted by a later word of a court's liaison, or of a monitor, that the very body lifted it: an office of the
    state that it binds says so in vain, and the liaison of its own court does of what another body indicated (L23).
    """
    held = [n for n in _counted(notices) if n.kind == "interim_measure" and n.facts.get("step") in _MAY_BIND]
    held = [n for n in held if not any(_lifts(other, n) for other in notices)]
    ends = {n.no: _ends(n) for n in held}
    held = [n for n in held if (end := ends[n.no]) is None or end >= now]
    if not held:
        return None
    known = [end for n in held if (end := ends[n.no]) is not None]
    until = max(known) if len(known) == len(held) else None
    return Stop("L14", _numbers(held), until, frozenset(n.event["state"] for n in held))


RULES: Final[MappingProxyType[str, Callable[[Sequence[Notice], datetime], Stop | None]]] = MappingProxyType(
    {"L03": origin_asked, "L12": child_unprepared, "L13": in_recovery, "L14": measure_in_force}
)
"""Rule -> what says whether it stops a removal of the person that these notices are about."""


def stops(notices: Sequence[Notice], now: datetime) -> tuple[Stop, ...]:
    """Return every stop for a person, by what one reader knows of it as of `now`."""
    return tuple(found for rule in RULES.values() if (found := rule(notices, now)) is not None)


def concerns(notices: Iterable[Notice]) -> bool:
    """Tell whether any stop could rest on these notices, or could have."""
    kinds = {"origin_contact", "interim_measure"}
    return any(n.kind in kinds or _may_have(n, CHILD | TRAFFICKED) for n in notices)


def for_case(found: Iterable[Stop], own: Sequence[Notice], reader: Reader) -> tuple[Stop, ...]:
    """Return the stops that an authority is told of for a case of its own, of which these are its notices.

    All of them when it plans, has carried out, or asked the state of origin; before that, a measure that binds its
    state, so that it knows in time (L14).
    """
    asking = any(n.kind in _ASKING and n.facts.get("cancelled") != "yes" and n.stands for n in own)
    bound = reader.kind in MOVERS
    return tuple(s for s in found if asking or (bound and reader.state in s.binds))


def sees_why(reader: Reader) -> bool:
    """Tell whether a reader is told which rules stop a removal: border guards and return units never are (L08, L13)."""
    return reader.kind not in REFERRING


def _counted(notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices that can make a stop: what was taken back counts until somebody agreed to that."""
    return [n for n in notices if n.stands or not n.corrected.agreed]


def _may_have(notice: Notice, codes: frozenset[str]) -> bool:
    """Tell whether a notice has one of these safeguards, or had safeguards that its author alone had erased (L23)."""
    return bool(notice.safeguards & codes) or notice.corrected.erased


def _is_said(member: str, notices: Sequence[Notice]) -> bool:
    """Tell whether somebody who does not move the person out says that this was done (L23)."""
    said = [n for n in notices if n.kind == "safeguard" and n.stands and not n.doubted]
    said = [n for n in said if n.author.kind not in REFERRING]
    return any(n.facts.get(member) == "yes" for n in said)


def _may_precede(one: Notice, other: Notice) -> bool:
    return edtf.read(one.event["event_time"]).earliest <= edtf.read(other.event["event_time"]).latest


def _examined_before(decision: Notice, contact: Notice) -> bool:
    """Tell whether a notice is a full decision on the merits that was certainly served before a contact."""
    full = decision.kind == "merits_decision" and decision.facts.get("merits_scope") == "full"
    served = decision.facts.get("served_at", decision.event["event_time"])
    if not full or not decision.stands or decision.doubted or not isinstance(served, str):
        return False
    return edtf.read(served).before(edtf.read(contact.event["event_time"]))


def _starts(plan: Notice) -> datetime:
    """Return when a removal may begin, at the earliest; at once, when the plan names no day."""
    planned = plan.facts.get("planned_at")
    return edtf.read(planned).earliest if isinstance(planned, str) else plan.received_at


def _lifts(later: Notice, measure: Notice) -> bool:
    """Tell whether a notice says that a measure is lifted, and may say so (`endings`, as for P06).

    What a stop is asked about is still to come, so every lifting that was told was told before it.
    """
    says = later.kind == "interim_measure" and later.facts.get("step") == "lifted" and later.no > measure.no
    if not says or later.author.kind not in _LIFTING or not later.stands or later.doubted:
        return False
    given, end = as_event(measure, "confirmed"), as_event(later, "confirmed")
    same = end.state == given.state and endings.alike(given, end) == "yes" and examination.precedes(given, end)
    return same and not endings.is_vain(given, end, frozenset({given.state}))


def _ends(measure: Notice) -> datetime | None:
    until = measure.facts.get("in_force_until")
    return edtf.read(until).latest if isinstance(until, str) else None


def _numbers(notices: Iterable[Notice]) -> tuple[int, ...]:
    return tuple(sorted({n.no for n in notices}))
