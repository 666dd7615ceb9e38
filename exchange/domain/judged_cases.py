"""Files of judged cases, as anybody may hand them in: checked first, then judged, one bad case beside good ones.

A case needs `id` and `events`, an event `seq`, `state` and `event`. Without a date an event takes its place by `seq`;
a date without a precision is a day, and an approximate day is about that day. Everything else may be missing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from exchange.domain import asof, edtf, judged
from exchange.domain.asof import AsOf
from exchange.domain.errors import Refusal
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.timeline import Timeline

MOST_EVENTS: Final = 2000
"""Events of one case. A person has some seventeen; a longer history is no person, and would hold up the others."""
YEARS: Final = range(1900, 2200)
"""Years of dates: windows reach years back and on, and the calendar ends."""
LONGEST: Final = 500
"""Characters of a text that is worked with."""
_DATE: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?)?)?")
_DAY: Final = len("2026-11-24")


class Unreadable(Exception):  # noqa: N818 -- it says what is wrong with a file, not that code failed
    """A file, or one of its cases, is not of the form; the message names the case and the member."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case that was checked. `said` has every member that judging asks for."""

    id: str
    title: str
    outcome: str
    said: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


IN_A_WORSE_ONE: Final = "shows, and stands in a worse finding of its family"


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what the patterns say of it, the timeline that was judged, and what was left out, in words.

    `why_not` says of every pattern of which there is no finding, by its id, why there is none.
    """

    case: Case
    timeline: Timeline
    findings: tuple[Finding, ...]
    why_not: Mapping[str, str]
    warnings: tuple[str, ...]


def listed(document: object) -> list[object]:
    """Return the cases of a file, unchecked. Raises Unreadable."""
    if not isinstance(document, dict):
        raise Unreadable("The file holds no object with the member cases.")
    found = document.get("cases")
    if not isinstance(found, list):
        raise Unreadable("The member cases is missing, or no list.")
    return found


def check(said: object, place: int, today: datetime) -> Case:
    """Return a case of a file, if it is of the form. `place` is its number in the file, from 1 on.

    `today` stands for the day of the judgment where the file does not say it. Raises Unreadable.
    """
    if not isinstance(said, dict):
        raise Unreadable(f"case number {place}: it is no object")
    name = said.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
        raise Unreadable(f"case number {place}: id is missing, or no text of up to {LONGEST} characters")
    member = _Members(f"case {name}", said)
    events, warnings = _events(member)
    made: dict[str, Any] = {
        "date": member.read("date", _day, f"{today:%Y-%m-%d}"),
        "country_of_origin": member.read("country_of_origin", _text, ""),
        "feared_states": member.read("feared_states", _texts, []),
        "vulnerability": member.read("vulnerability", _texts, []),
        "events": events,
    }
    title, outcome = (member.read(one, _text, "") for one in ("name", "chain_refoulement"))
    return Case(name, title, outcome, made, tuple(warnings))


def judge(case: Case, patterns: Sequence[Pattern], as_of: AsOf | None = None) -> Judged:
    """Judge a case as of its last event, or as of twice; a moment that is not given is no limit."""
    history, unknown = judged.timeline(case.said)
    moment = judged.last_moment(case.said)
    if as_of is not None:
        history = asof.timeline(history, as_of)
        moment = as_of.judged if as_of.happened < asof.FOR_EVER else min(moment, as_of.known)
    verdict = evaluate(history, patterns, moment)
    shown = {one.pattern.id for one in verdict.findings}
    why_not = {one.id: verdict.why_not.get(one.id, IN_A_WORSE_ONE) for one in patterns if one.id not in shown}
    return Judged(case, history, verdict.findings, why_not, (*case.warnings, *unknown))


def as_json(one: Judged) -> dict[str, Any]:
    """Return what was found in a case: events by clause, by their `seq`, where the clause rests on any."""
    findings = [
        {
            "pattern": found.pattern.id,
            "severity": found.severity,
            "certainty": found.certainty,
            "stage": found.stage,
            "events": _by_clause(found),
        }
        for found in one.findings
    ]
    return {"id": one.case.id, "findings": findings, "why_not": dict(one.why_not)}


def _by_clause(found: Finding) -> dict[str, list[int]]:
    events: dict[str, list[int]] = {}
    for clause in found.clauses:  # the legs before a chain share one name
        if clause.events:
            events.setdefault(clause.clause, []).extend(clause.events)
    return events


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of an object of a file, and what to call it in a complaint."""

    named: str
    said: Mapping[str, Any]

    def read(self, member: str, reader: Callable[[object], Any], otherwise: Any) -> Any:  # noqa: ANN401 -- of a file
        """Return a member, or what stands for one that is missing, null or blank. Raises Unreadable."""
        value = self.said.get(member)
        is_blank = value is None or (isinstance(value, str) and not value.strip())
        return otherwise if is_blank else self.need(member, reader)

    def need(self, member: str, reader: Callable[[object], Any]) -> Any:  # noqa: ANN401 -- of a file
        """Return a member that must be there. Raises Unreadable."""
        try:
            return reader(self.said.get(member))
        except (TypeError, ValueError) as reason:
            raise Unreadable(f"{self.named}: {member} is {reason}") from None


def _events(case: _Members) -> tuple[list[dict[str, Any]], list[str]]:
    told = case.need("events", _objects)
    read = [_event(_Members(f"{case.named}, event number {n}", one)) for n, one in enumerate(told, start=1)]
    made = sorted((event for event, _ in read), key=lambda event: int(event["seq"]))
    for one, other in pairwise(made):
        if one["seq"] == other["seq"]:
            raise Unreadable(f"{case.named}: seq {one['seq']} is given twice")
    return made, [warning for _, warning in read if warning]


def _event(event: _Members) -> tuple[dict[str, Any], str]:
    seq = event.need("seq", _number)
    approx = event.read("approx", _yes_or_no, otherwise=False)
    precision = event.read("precision", _precision, "day")
    precision = "about_day" if approx and precision == "day" else precision
    date = event.read("date", _day, None)
    made = {
        "seq": seq,
        "date": _as_good_as(precision, date),
        "precision": precision,
        "state": event.need("state", _word),
        "counterpart_state": event.read("counterpart_state", _word, None),
        "event": event.need("event", _word),
        "subtype": event.read("subtype", _text, ""),
    }
    unused = date is not None and precision == "unknown"
    return made, f"event {seq}: its date is of unknown precision and is not used" if unused else ""


def _as_good_as(precision: str, date: str | None) -> str | None:
    """Return a date as far as its precision bears it: none when that is unknown, no hour unless the day is certain."""
    if date is None or precision == "unknown":
        return None
    return date if precision == "day" else date[:_DAY]


def _objects(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("missing, or no list of objects")
    if len(value) > MOST_EVENTS:
        raise ValueError(f"{len(value)} long; {MOST_EVENTS} is the most")
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError("no list of texts")
    return [_text(one) for one in value]


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError(f"no text of up to {LONGEST} characters")
    return value


def _word(value: object) -> str:
    if value is None or not _text(value).strip():
        raise ValueError("missing or empty")
    return _text(value)


def _number(value: object) -> int:
    if type(value) is not int:  # True is an int, too
        raise ValueError("missing, or no whole number")
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _precision(value: object) -> str:
    if value not in judged.PRECISIONS:
        raise ValueError(f"none of {', '.join(judged.PRECISIONS)}")
    return str(value)


def _day(value: object) -> str:
    text = _text(value)
    if not _DATE.fullmatch(text):
        raise ValueError("no date like 2026-11-24")
    try:
        when = edtf.read(text)
    except Refusal:
        raise ValueError("no date like 2026-11-24") from None
    if when.earliest.year not in YEARS or when.latest.year not in YEARS:
        raise ValueError(f"not between the years {YEARS[0]} and {YEARS[-1]}")
    return text
