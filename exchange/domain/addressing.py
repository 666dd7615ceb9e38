"""Who is told of a finding, and what each may see of it (rules L01, L08, L15, L17, L21, L22)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exchange.domain import contradictions, disclosure, third_country
from exchange.domain.linkage import Person
from exchange.domain.members import Standing
from exchange.domain.notice import FLAG, Notice, Reader

Finding = Mapping[str, Any]
"""A finding as it is stored: what `exchange.domain.findings.as_body` makes."""


def recipients(
    finding: Finding,
    readers: Iterable[Reader],
    tied: Sequence[Notice],
    everybody: Iterable[Reader],
    standing: Standing,
) -> tuple[Reader, ...]:
    """Return those of `readers` who are told of a finding; all of them share the projection that it was found on.

    `tied` are the notices that any evidence ties to the person on that projection. Told are the asylum offices of the
    states that act, the monitors, and of a critical finding the observers; nobody in a withheld or suspended state.
    When nobody in the directory, `everybody`, is a monitor that these notices let be told, a state that the finding
    complains of is not told alone: an observer is no such monitor. Whether the monitor is in fact told, by its own
    projection, must not show.
    """
    able = [r for r in readers if disclosure.may_receive(r, tied, standing)]
    offices = [r for r in able if r.kind == "asylum_office" and r.state in finding["acting"]]
    if not any(r.kind == "monitor" and disclosure.may_receive(r, tied, standing) for r in everybody):
        offices = [r for r in offices if r.state not in finding["complained_of"]]
    others = {"monitor", "observer"} if finding["severity"] == "critical" else {"monitor"}
    return (*offices, *(r for r in able if r.kind in others))


def seen(finding: Finding, person: Person, reader: Reader) -> dict[str, Any]:
    """Return the evidence of a finding as the disclosure table lets this reader see it.

    Each clause has its words, and the notices that it rests on as `reader` may see them; notices are numbered within
    the alert, oldest first, so that two clauses on one notice can be told from clauses on two. Notices of the person
    that contradict one another are shown with them, side by side (L18).
    """
    by_no = {notice.no: notice for notice in person.notices}
    is_in = any(notice.author.urn == reader.urn for notice in person.notices)
    views = {no: view(notice, reader, person.grade if is_in else "probable") for no, notice in by_no.items()}
    against = tuple(contradictions.found([n for n in person.notices if n.counts], views))
    used = sorted({no for c in finding["clauses"] for no in c["events"]} | {no for _, pair in against for no in pair})
    number = {no: place for place, no in enumerate(used, start=1)}
    notices = [{"number": number[no], **views[no]} for no in used]
    clauses = [
        {"clause": c["clause"], "words": c["words"], "notices": sorted(number[no] for no in c["events"])}
        for c in finding["clauses"]
    ]
    cases = sorted({n.case for n in person.notices if n.author.urn == reader.urn})
    body = {
        "pattern": finding["pattern"],
        "title": finding["title"],
        "meaning": finding["meaning"],
        "severity": finding["severity"],
        "certainty": finding["certainty"],
        "stage": finding["stage"],
        "link": person.grade,
        "question": finding["question"],
        "clauses": clauses,
        "notices": notices,
        "suppressors": list(finding["suppressors"]),
        "contradictions": [{"words": words, "notices": sorted(number[no] for no in pair)} for words, pair in against],
    }
    return body | ({"your_cases": cases} if cases else {})


def view(notice: Notice, reader: Reader, grade: str = "probable") -> dict[str, Any]:
    """Return a notice as the disclosure table lets a reader see it, whose own case is linked to it by this grade.

    Equal tokens give at most a probable link, and a confirmed one needs caseworkers of both authorities (L17).
    """
    seen_as = third_country.column(reader, notice, grade)
    shown: dict[str, Any] = disclosure.shown(notice, seen_as)
    if seen_as in {disclosure.MONITOR, disclosure.AUTHOR}:
        shown["author"] = notice.author.urn
        shown["id"] = notice.id
        if notice.flagged:  # to others it would name the author: everybody knows whose key was in other hands
            shown["flag"] = FLAG
    if notice.corrected.how:
        shown["corrected"] = notice.corrected.how
    return {"seen_as": seen_as, **shown}
