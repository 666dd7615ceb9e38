"""The life of an alert: open, taken, acknowledged (for a time), closed; withdrawn when its evidence is gone.

Nothing about a person is decided here: an alert only asks somebody to look (rule L11).
"""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain.errors import Refusal

LIVE: Final = ("open", "taken", "acknowledged")
ACKNOWLEDGED_FOR: Final = timedelta(hours=72)
"""An acknowledgement runs out, so that an alert cannot be silenced by one click."""
_FROM: Final = MappingProxyType(
    {
        "take": frozenset({"open", "taken"}),
        "acknowledge": frozenset({"open", "taken"}),
        "close": frozenset({"taken", "acknowledged"}),
    }
)
ACTS: Final = tuple(_FROM)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act makes of an alert: its status, and who has asked for the closing, if it waits for a second."""

    status: str
    closing_by: str | None


def act(status: str, severity: str, closing_by: str | None, done: tuple[str, str, str]) -> Outcome:
    """Return the outcome of an act, given as (act, pseudonym of the caseworker, role).

    A critical alert is closed by two: the first asks, and a supervisor who is somebody else agrees. Raises Refusal
    `wrong-status`, or `four-eyes` when the second is no supervisor or is the first again.
    """
    name, who, role = done
    if status not in _FROM[name]:
        raise Refusal("wrong-status", f"An alert that is {status} cannot be the object of: {name}.")
    if name != "close":
        return Outcome("taken" if name == "take" else "acknowledged", closing_by)
    if severity != "critical":
        return Outcome("closed", None)
    if closing_by is None or closing_by == who:
        return Outcome(status, who)
    if role != "supervisor":
        raise Refusal("four-eyes", "A critical alert is closed by a second caseworker who is a supervisor.")
    return Outcome("closed", None)


def after_change(status: str, *, taken: bool) -> str:
    """Return the status of an alert whose evidence changed: whatever it was, somebody must look again."""
    if status in LIVE:
        return "taken" if taken else "open"
    return "open"
