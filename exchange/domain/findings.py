"""From notices to findings and back to plain values that can be stored."""

from typing import Any

from exchange.domain import disclosure, timeline
from exchange.domain.linkage import Person
from exchange.domain.notice import as_event
from exchange.domain.patterns.evaluator import Finding
from exchange.domain.timeline import Timeline
from exchange.domain.vocabulary import PARTICIPANTS


def of_person(person: Person) -> Timeline:
    """Return the timeline of a person: its notices as events, the states of danger, the safeguards."""
    danger = disclosure.danger(notice.subject for notice in person.notices)
    return timeline.build(
        tuple(as_event(notice, person.grade) for notice in person.notices),
        danger,
        frozenset().union(*(notice.safeguards for notice in person.notices)),
        PARTICIPANTS,
        danger - disclosure.danger(notice.subject for notice in person.notices if not notice.flagged),
    )


def as_body(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON that says everything about it but whom it is told."""
    return {
        "pattern": finding.pattern.id,
        "version": finding.pattern.version,
        "title": finding.pattern.title,
        "meaning": finding.pattern.meaning,
        "question": finding.pattern.question,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "stage": finding.stage,
        "acting": list(finding.acting),
        "complained_of": sorted(finding.complained_of),
        "destination": finding.destination,
        "clauses": [{"clause": c.clause, "words": c.words, "events": list(c.events)} for c in finding.clauses],
        "suppressors": [{"code": s.code, "words": s.words} for s in finding.suppressors],
    }
