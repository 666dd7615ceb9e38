"""The life of an alert: open, taken, acknowledged (for a time), closed; withdrawn when its evidence is gone.

One whose finding has moved to another alert of the same queue is superseded by that one. Nothing about a person is
decided here: an alert only asks somebody to look (rule L11). An act is one of `ACTS`, and what it says is of a closed
list: a hub that holds no names must hold no narratives (docs/decisions/0027).
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain.errors import Refusal

LIVE: Final = ("open", "taken", "acknowledged")
GONE: Final = ("withdrawn", "superseded")
"""What the exchange takes away when its evidence does not stand, or has moved. Nobody opens these but the exchange."""
ACKNOWLEDGED_FOR: Final = timedelta(hours=72)
"""An acknowledgement runs out, so that an alert cannot be silenced by one click."""
LONGEST_SNOOZE: Final = 14
"""Days."""
_BESIDES: Final = 2
"""Monitors that must agree besides one that spoke against a closing and does not change its mind."""
_ANY: Final = frozenset({*LIVE, *GONE, "closed"})
_FROM: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "take": frozenset({"open", "taken"}),
        "acknowledge": frozenset({"open", "taken"}),
        "close": frozenset({"taken", "acknowledged"}),
        "agree": frozenset(LIVE),
        "disagree": frozenset(LIVE),
        "snooze": frozenset(LIVE),
        "unsnooze": frozenset(LIVE),
        "reopen": frozenset({"closed"}),
        "comment": _ANY,
    }
)
ACTS: Final = tuple(_FROM)
REOPENING_REASONS: Final = (
    "closed_by_mistake",
    "new_information",
    "removal_planned_again",
    "reason_no_longer_holds",
    "asked_by_supervisor",
    "asked_by_monitor",
)
COMMENTS: Final = (
    "asked_other_state",
    "asked_own_border_guard",
    "asked_own_return_unit",
    "asked_court",
    "waiting_for_reply",
    "hold_requested",
    "file_checked",
    "link_checked",
    "person_heard",
    "counsel_informed",
    "monitor_informed",
    "referred_to_colleague",
    "see_own_file",
)


@dataclass(frozen=True, slots=True)
class Stands:
    """How an alert stands: what decides which acts can be done to it.

    `closing_by` is who has asked for the closing; `monitor_disagrees` says that a monitor has spoken against one since
    the evidence last changed; `has_evidence` is false when retention has erased what it rested on.
    """

    status: str
    severity: str
    closing_by: str | None = None
    monitor_disagrees: bool = False
    is_snoozed: bool = False
    has_evidence: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act makes of an alert: its status, and who has asked for the closing, if it waits for a second."""

    status: str
    closing_by: str | None


def act(stands: Stands, done: tuple[str, str, str]) -> Outcome:
    """Return the outcome of an act, given as (act, pseudonym of the caseworker, role).

    A critical alert is closed by two: the first asks, and a supervisor who is somebody else and has signed in agrees,
    or a monitor, see `monitored`. Raises Refusal `wrong-status`, `never-snoozed`, `no-closing-asked`, or `four-eyes`
    when the second is no supervisor or is the first again.
    """
    name, who, role = done
    if stands.status not in _FROM[name]:
        raise Refusal("wrong-status", f"An alert that is {stands.status} cannot be the object of: {name}.")
    as_it_is = Outcome(stands.status, stands.closing_by)
    match name:
        case "take" | "acknowledge":
            return replace(as_it_is, status="taken" if name == "take" else "acknowledged")
        case "close":
            return _close(stands, who, role)
        case "disagree" if stands.closing_by is not None:
            return replace(as_it_is, closing_by=None)
        case "agree" | "disagree":
            raise nothing_asked()
        case "reopen":
            return _reopen(stands)
        case _:
            _snooze(stands, name)
            return as_it_is


def holds(against: AbstractSet[str], agreed: AbstractSet[str]) -> bool:
    """Tell whether a disagreement of monitors holds, given who spoke against a closing and who agrees to it now.

    It holds until each that spoke against it agrees itself, or two that did not.
    """
    return bool(against - agreed) and len(agreed - against) < _BESIDES


def monitored(own: str, theirs: Stands, name: str, *, held: bool = False) -> Outcome:
    """Return what a monitor's word makes of an alert in another queue: `agree` closes it, `disagree` keeps it open.

    `own` is the status of the monitor's alert of the same finding. When a disagreement is `held` (`holds`), to agree
    lets the request wait. Raises Refusal `wrong-status`, `no-closing-asked`.
    """
    if own not in _FROM[name]:
        raise Refusal("wrong-status", f"An alert that is {own} cannot be the object of: {name}.")
    if theirs.closing_by is None or theirs.status not in LIVE:
        raise nothing_asked()
    if name == "agree" and held:
        return Outcome(theirs.status, theirs.closing_by)
    return Outcome("closed" if name == "agree" else theirs.status, None)


def nothing_asked() -> Refusal:
    """Return the refusal of whoever speaks on a closing that is not asked for, or not theirs to speak on."""
    return Refusal("no-closing-asked", "No closing is asked for here on which you can speak.")


def _close(stands: Stands, who: str, role: str) -> Outcome:
    if stands.severity != "critical":
        return Outcome("closed", None)
    if stands.closing_by is None or stands.closing_by == who:
        return Outcome(stands.status, who)
    if stands.monitor_disagrees:
        raise Refusal("four-eyes", "A monitor has spoken against closing this alert: only a monitor can agree to it.")
    if role != "supervisor":
        raise Refusal("four-eyes", "A critical alert is closed by a second, a supervisor who signed in on the console.")
    return Outcome("closed", None)


def _reopen(stands: Stands) -> Outcome:
    if not stands.has_evidence:
        raise Refusal("wrong-status", "What this alert rested on has been erased: there is nothing to look at again.")
    return Outcome("open", None)


def _snooze(stands: Stands, name: str) -> None:
    if name == "snooze" and stands.severity == "critical":
        raise Refusal("never-snoozed", "A critical alert is not put aside, by nobody and for no time.")
    if name == "unsnooze" and not stands.is_snoozed:
        raise Refusal("wrong-status", "This alert is not put aside.")


def after_change(status: str, *, taken: bool) -> str:
    """Return the status of an alert whose evidence changed: whatever it was, somebody must look again."""
    if status in LIVE:
        return "taken" if taken else "open"
    return "open"
