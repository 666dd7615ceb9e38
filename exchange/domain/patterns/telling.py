"""Tell a short history in a line for each event, for the examples of the patterns.

A line is `2026-01-03 removal_executed SVK>UKR means=air`: time (EDTF), kind, state and perhaps the other state, then
facts; a comma makes a list, and `author`, `by`, `recorded`, `grade` and `flagged` are of the event itself. Lines
stand in the ledger's order.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from exchange.domain import edtf, timeline
from exchange.domain.members import STATES
from exchange.domain.patterns.algebra import Example
from exchange.domain.timeline import Event


def event(ref: int, line: str) -> Event:
    """Return the event that a line tells. `ref` is its number and its place in the ledger."""
    time, kind, states, *members = line.split()
    state, _, counterpart = states.partition(">")
    facts: dict[str, Any] = dict(member.split("=") for member in members)
    when = edtf.read(time)
    recorded = facts.pop("recorded", None)
    return Event(
        ref=ref,
        kind=kind,
        state=state,
        counterpart=counterpart or None,
        when=when,
        recorded=edtf.read(recorded).latest if recorded else when.latest,
        index=ref,
        author_state=facts.pop("author", state),
        author_kind=facts.pop("by", "border_guard"),
        source="own_act",
        grade=facts.pop("grade", "confirmed"),
        flagged=facts.pop("flagged", "no") == "yes",
        facts={name: tuple(value.split(",")) if name == "destinations" else value for name, value in facts.items()},
    )


def events(lines: str) -> tuple[Event, ...]:
    """Return the events of several lines."""
    told = (line for line in lines.splitlines() if line.strip())
    return tuple(event(ref, line) for ref, line in enumerate(told, start=1))


def told(lines: str, danger: str = "", safeguards: str = "") -> timeline.Timeline:
    """Return the timeline of several lines; `danger` and `safeguards` are words with spaces between."""
    return timeline.build(events(lines), frozenset(danger.split()), frozenset(safeguards.split()), STATES)


def last(history: timeline.Timeline) -> datetime:
    """Return the moment when everything told had happened and stood in the ledger."""
    return max(max(e.when.latest, e.recorded) for e in history.events)


def finds(variants: str, words: str, lines: str, danger: str = "", now: str = "") -> Example:
    """Return an example that shows these variants (names with ` + ` between), judged at its end or on a day."""
    history = told(lines, danger)
    names = frozenset(name for name in variants.split(" + ") if name)
    return Example(words, history, edtf.read(now).latest if now else last(history), names)


def silent(words: str, lines: str, danger: str = "", now: str = "") -> Example:
    """Return an example in which the pattern must find nothing."""
    return finds("", words, lines, danger, now)


def of(safeguards: str, example: Example) -> Example:
    """Return an example about somebody with these safeguards (words with spaces between)."""
    return replace(example, timeline=replace(example.timeline, safeguards=frozenset(safeguards.split())))
