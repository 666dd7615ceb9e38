"""From notices to findings and back to plain values that can be stored."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from exchange.domain import disclosure, onward, timeline
from exchange.domain.linkage import Person
from exchange.domain.members import STATES
from exchange.domain.notice import as_event
from exchange.domain.patterns.evaluator import CERTAINTIES, SEVERITIES, STAGES, Finding
from exchange.domain.timeline import ERASED, Timeline

_DOUBTFUL: Final = "doubtful"
Found = Mapping[tuple[str, int], dict[str, Any]]
"""(family, anchor) -> finding."""


def of_person(person: Person) -> Timeline:
    """Return the timeline of a person: its notices as events, the states of danger, the safeguards.

    What was withdrawn or replaced is no event. What it says of the person counts on until somebody agreed to that, and
    does not count where the absence of danger is asked for; so it is with a subject that was made smaller.
    """
    counted = [n for n in person.notices if n.counts]
    said = [notice.corrected.formerly or notice.subject for notice in counted]
    danger = disclosure.danger(said)
    erased = {ERASED} if any(notice.corrected.erased for notice in counted) else frozenset[str]()
    built = timeline.build(
        tuple(as_event(notice, person.grade) for notice in counted if notice.stands),
        danger,
        frozenset().union(erased, *(notice.safeguards for notice in counted)),
        STATES,
        danger - disclosure.danger(notice.subject for notice in counted if notice.stands and not notice.doubted),
    )
    sent_on = frozenset[tuple[str, str]]().union(*(notice.sent_on for notice in counted))
    return replace(built, onward=onward.senders(sent_on, said)) if sent_on else built


def as_body(finding: Finding, grade: str = "confirmed") -> dict[str, Any]:
    """Return a finding as JSON that says everything about it but whom it is told.

    About a person whose links are of the grade `possible` nothing is surer than that.
    """
    return {
        "pattern": finding.pattern.id,
        "version": finding.pattern.version,
        "title": finding.pattern.title,
        "meaning": finding.pattern.meaning,
        "question": finding.pattern.question,
        "severity": finding.severity,
        "certainty": CERTAINTIES[0] if grade == "possible" else finding.certainty,
        "stage": finding.stage,
        "acting": list(finding.acting),
        "complained_of": sorted(finding.complained_of),
        "destination": finding.destination,
        "clauses": [{"clause": c.clause, "words": c.words, "events": list(c.events)} for c in finding.clauses],
        "suppressors": [{"code": s.code, "words": s.words} for s in finding.suppressors],
    }


def doubted(name: str, beside: int) -> str:
    """Return the name under which findings about a doubtful person of a projection are stored, for monitors alone.

    `beside` as in `exchange.domain.linkage.Person.beside`: what shows with one takes no place from what shows with
    another.
    """
    return f"{_DOUBTFUL}:{beside}:{name}"


def of_doubtful(stored: Mapping[str, Found], name: str) -> Iterator[tuple[int, Found]]:
    """Yield what is stored under the names that `doubted` makes for a projection, each with its `beside`."""
    for full, found in stored.items():
        if full.startswith(f"{_DOUBTFUL}:"):
            _, beside, of = full.split(":", 2)
            if of == name:
                yield int(beside), found


def is_worse(body: Mapping[str, Any], than: Mapping[str, Any] | None) -> bool:
    """Tell whether a finding is worse, or as bad and further on, than another of its family and anchor, if any."""
    return than is None or _rank(body) > _rank(than)


def _rank(body: Mapping[str, Any]) -> tuple[int, int]:
    return SEVERITIES.index(body["severity"]), STAGES.index(body["stage"])
