"""Who is told of a finding, and what each may see of it (rules L01, L08, L15, L17, L21, L22)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from exchange.domain import contradictions, disclosure, third_country
from exchange.domain.disclosure import Withheld
from exchange.domain.linkage import Person
from exchange.domain.members import Standing
from exchange.domain.notice import FLAG, Notice, Reader

Finding = Mapping[str, Any]
"""A finding as it is stored: what `exchange.domain.findings.as_body` makes."""


def recipients(
    finding: Finding,
    readers: Collection[Reader],
    tied: Sequence[Notice],
    everybody: Collection[Reader],
    standing: Standing,
) -> tuple[Reader, ...]:
    """Return those of `readers` who are told of a finding; all of them share the projection that it was found on.

    `tied` are the notices that any evidence ties to the person on that projection. Told are the asylum offices of the
    states that act, the monitors, and of a critical finding the observers; nobody in a withheld or suspended state.
    When nobody in the directory, `everybody`, is a monitor that these notices let be told, a state that the finding
    complains of is not told alone: an observer is no such monitor. Whether the monitor is in fact told, by its own
    projection, must not show.
    """
    audience = Audience(tied, everybody, standing)
    told = [r for r in readers if audience.is_told(finding, r)]
    return (*(r for r in told if r.kind == "asylum_office"), *(r for r in told if r.kind != "asylum_office"))


@dataclass(frozen=True)
class Audience:
    """Who is told of findings about what is tied together on one projection; see `recipients`."""

    tied: Sequence[Notice]
    everybody: Collection[Reader]
    standing: Standing

    @cached_property
    def _hidden(self) -> Withheld:
        return disclosure.withheld(self.tied, self.standing)

    @cached_property
    def _is_watched(self) -> bool:
        return any(r.kind == "monitor" and self._is_able(r) for r in self.everybody)

    def _is_able(self, reader: Reader) -> bool:
        return disclosure.is_open_to(reader, self._hidden) and not self.standing.hides(reader.state, self.tied)

    def is_told(self, finding: Finding, reader: Reader) -> bool:
        """Tell whether a reader who shares the projection is told of a finding."""
        if reader.kind == "asylum_office":
            is_meant = reader.state in finding["acting"]
            is_alone = reader.state in finding["complained_of"] and not self._is_watched
            return is_meant and not is_alone and self._is_able(reader)
        is_meant = reader.kind == "monitor" or (reader.kind == "observer" and finding["severity"] == "critical")
        return is_meant and self._is_able(reader)


@dataclass(frozen=True, eq=False)
class Shown:
    """A person whose evidence is shown to readers: what is the same for all of them is worked out once."""

    person: Person

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of the person's notices."""
        return frozenset(n.no for n in self.person.notices)

    @cached_property
    def contradictions(self) -> tuple[Sequence[contradictions.Said], ...]:
        """What contradicts what among them, whoever may see it."""
        return contradictions.among([n for n in self.person.notices if n.counts])


class Views(dict[int, dict[str, Any]]):
    """A person's notices, by number, as the disclosure table lets one reader see them; made when asked for."""

    def __init__(self, person: Person, reader: Reader) -> None:
        super().__init__()
        is_in = any(notice.author.urn == reader.urn for notice in person.notices)
        self._by_no = {notice.no: notice for notice in person.notices}
        self._as = reader, person.grade if is_in else "probable"

    def __missing__(self, number: int) -> dict[str, Any]:
        self[number] = view(self._by_no[number], *self._as)
        return self[number]


class Sight:
    """What one reader may see of a person. It is made once for all that is told to the reader about the person."""

    def __init__(self, of: Shown, reader: Reader) -> None:
        self._grade, self._views = of.person.grade, Views(of.person, reader)
        self._against = tuple(contradictions.found(of.contradictions, self._views))
        self._cases = sorted({n.case for n in of.person.notices if n.author.urn == reader.urn})

    def of(self, finding: Finding) -> dict[str, Any]:
        """Return the evidence of a finding, see `seen`."""
        against = self._against
        used = sorted(
            {no for c in finding["clauses"] for no in c["events"]} | {no for _, pair in against for no in pair}
        )
        number = {no: place for place, no in enumerate(used, start=1)}
        clauses = [
            {"clause": c["clause"], "words": c["words"], "notices": sorted(number[no] for no in c["events"])}
            for c in finding["clauses"]
        ]
        body = {
            **{name: finding[name] for name in ("pattern", "title", "meaning", "severity", "certainty", "stage")},
            "link": self._grade,
            "question": finding["question"],
            "clauses": clauses,
            "notices": [{"number": number[no], **self._views[no]} for no in used],
            "suppressors": list(finding["suppressors"]),
            "contradictions": [{"words": w, "notices": sorted(number[no] for no in pair)} for w, pair in against],
        }
        return body | ({"your_cases": self._cases} if self._cases else {})


def seen(finding: Finding, person: Person, reader: Reader) -> dict[str, Any]:
    """Return the evidence of a finding as the disclosure table lets this reader see it.

    Each clause has its words, and the notices that it rests on as `reader` may see them; notices are numbered within
    the alert, oldest first, so that two clauses on one notice can be told from clauses on two. Notices of the person
    that contradict one another are shown with them, side by side (L18).
    """
    return Sight(Shown(person), reader).of(finding)


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
