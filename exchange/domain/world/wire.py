"""A notice of an invented person as its authority would send it: the parts, but for tokens and references."""

from collections.abc import Callable
from typing import Any, Final

from exchange.domain.world.dealing import Dealt, moment
from exchange.domain.world.plans import NOBODY
from exchange.domain.world.steps import OFFICE
from exchange.domain.world.telling import DAYS

ANSWERS: Final = {"information_reply": "information_request", "hold_request": "hold_request"}
"""Kinds that name the notice which they answer -> the kind of that."""
UrnOf = Callable[[str, str], str]
"""(state, kind of authority) -> URN."""


def parts(dealt: Dealt, place: int, case: str, urn_of: UrnOf) -> dict[str, Any]:
    """Return the parts of a notice. A notice that asks is addressed to the asylum office that is asked."""
    step = dealt.told[place].step
    event = {"kind": step.kind, "event_time": event_time(dealt, place), "state": _state(dealt, dealt.told[place].by)}
    to = dealt.told[place].to
    if to != NOBODY:
        event["counterpart_state"] = _state(dealt, to)
    hub: dict[str, Any] = {
        "subject": {"nationality": [dealt.danger], "origin": [dealt.danger]},
        "case": case,
        "aud": [urn_of(_state(dealt, to), OFFICE)] if _asks(dealt, place) else [],
        "source": step.source,
        "purpose": "protection_of_vital_interests",
        "legal_basis": "national_law",
        "transfer": {"basis": "gdpr_49_1_f_vital_interests", "necessity": ["prevent_refoulement"]},
    }
    if step.source == "counsel_or_ngo":
        hub["accreditation"] = "WORLD-1"
    made: dict[str, Any] = {"hub": hub, "event": event, "facts": _facts(dealt, place)}
    if step.kind == "safeguard":
        made["safeguards"] = {"codes": list(dealt.safeguards)}
    return made


def event_time(dealt: Dealt, place: int) -> str:
    """Return when a notice says that it happened, in EDTF: a minute, a day, or about a day."""
    first, last = dealt.earliest[place], dealt.latest[place]
    if first == last:
        return moment(first).strftime("%Y-%m-%dT%H:%M:%SZ")
    return DAYS[dealt.middle_day(place)] + ("" if dealt.exact[place] else "~")


def answered(dealt: Dealt, place: int) -> int | None:
    """Return the place of the notice that a notice must name, because it answers it; None when there is none."""
    told = dealt.told[place]
    wanted = ANSWERS.get(told.step.kind)
    if wanted is None or _asks(dealt, place):
        return None
    asked = [
        other
        for other, one in enumerate(dealt.told)
        if one.step.kind == wanted
        and (one.by, one.to) == (told.to, told.by)
        and dealt.recorded[other] < dealt.recorded[place]
    ]
    return asked[-1] if asked else None


def is_answer(dealt: Dealt, place: int) -> bool:
    """Tell whether a notice must name one that it answers."""
    return dealt.told[place].step.kind in ANSWERS and not _asks(dealt, place)


def _asks(dealt: Dealt, place: int) -> bool:
    step = dealt.told[place].step
    return step.kind == "information_request" or (step.kind == "hold_request" and step.facts["step"] == "asked")


def _facts(dealt: Dealt, place: int) -> dict[str, Any]:
    said = dealt.said(place)
    return {member: list(value) if isinstance(value, tuple) else value for member, value in said.items()}


def _state(dealt: Dealt, role: int) -> str:
    return dealt.states[role]
