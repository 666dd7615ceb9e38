"""Tell events and findings in lines for people: what `telling` reads, and what `evaluate` returns."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from exchange.domain import edtf
from exchange.domain.edtf import Interval
from exchange.domain.errors import Refusal
from exchange.domain.patterns.evaluator import Evidence, Finding
from exchange.domain.timeline import Event

_END_OF_DAY = time(23, 59, 59, 999999)


def when(interval: Interval) -> str:
    """Return an interval as EDTF: the form that names just this interval, where there is one."""
    first, last = interval.earliest, interval.latest
    if first == last:
        return moment(first)
    if interval.exact and first.date() == last.date():
        return str(first.date())
    middle = (first + (last - first) / 2).date()
    return next((form for form in _approximate(middle) if _names(form, interval)), f"{first.date()}/{last.date()}")


def moment(at: datetime) -> str:
    """Return a moment as EDTF; the end of a day as the day."""
    at = at.astimezone(UTC)
    return str(at.date()) if at.time() == _END_OF_DAY else f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _approximate(day: date) -> Iterator[str]:
    text = str(day)
    for form in (text[:7], text[:4], text):
        yield from (form, f"{form}~")


def _names(form: str, interval: Interval) -> bool:
    try:
        return edtf.read(form) == interval
    except Refusal:
        return False


def line(event: Event) -> str:
    """Return an event as `telling.event` reads it, with everything that the patterns may ask about it."""
    said = {
        "author": (event.author_state, event.state),
        "by": (event.author_kind, "border_guard"),
        "recorded": (moment(event.recorded), moment(event.when.latest)),
        "grade": (event.grade, "confirmed"),
        "flagged": ("yes" if event.flagged else "no", "no"),
    }
    members = [f"{name}={value}" for name, (value, usual) in said.items() if value != usual]
    facts = [f"{name}={_fact(value)}" for name, value in event.facts.items()]
    return " ".join([brief(event), *facts, *members])


def _fact(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def brief(event: Event) -> str:
    """Return when, what and which states: nothing else that a notice says."""
    towards = f">{event.counterpart}" if event.counterpart else ""
    return f"{when(event.when)} {event.kind} {event.state}{towards}"


def clauses(finding: Finding, events: Mapping[int, Event]) -> Iterator[str]:
    """Yield the clauses of a finding with their events, and what speaks against it. `events` are by number."""
    for clause in finding.clauses:
        yield f"{clause.clause}: {clause.words}"
        yield from (f"  {number}: {brief(events[number])}" for number in clause.events)
        if clause.window is not None and not clause.events:
            yield f"  {_searched(clause)}"
    for against in finding.suppressors:
        hides = "hides it" if against.hides else "lowers its certainty"
        yield f"against it, {against.code}: {against.words}; {hides}"
        yield f"  {against.event}: {brief(events[against.event])}"


def _searched(clause: Evidence) -> str:
    since, until = clause.window or (None, None)
    first = "the beginning" if since is None else str(since)
    last = "the moment of judging" if until is None else str(until)
    return f"none from {first} to {last}"
