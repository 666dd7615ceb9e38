"""Who was told what of notices, as far as one reader may know it: for the disclosure report (rules L10 and L22).

A reader that knows all there is of a person is told what happened. One that must not know of others' words is told what
would have happened had nobody else spoken, as docs/decisions/0005 has it for alerts: else what is missing, or what came
of a hidden notice, would tell of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from exchange import delivering, reading
from exchange.domain import addressing, corrections, disclosure, linkage, references, third_country
from exchange.domain.linkage import Person
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import Projection, projections
from exchange.reading import Around
from exchange.store import boxes, directory, disclosures, links, members, queue
from exchange.store.disclosures import Done
from exchange.store.session import Tx

DELIVERED: Final = "delivered"
READ: Final = "notice"
"""What an act says of a notice that its addressee read by its name."""


@dataclass(frozen=True)
class Known:
    """What a reader knows of the person of a notice, with what surrounds it in the store."""

    tx: Tx
    reader: Reader
    projection: Projection
    around: Around

    @property
    def whole(self) -> bool:
        """Whether nothing of the person is hidden from the reader."""
        return self.projection.name == "whole"

    @cached_property
    def everybody(self) -> Mapping[str, Reader]:
        """Every authority, by its slug."""
        return {one.slug: one for one in directory.authorities(self.tx)}

    @cached_property
    def _numbers(self) -> list[int]:
        return sorted(self.projection.numbers)

    @cached_property
    def _acts(self) -> list[Done]:
        names = [name(n) for n in self.projection.notices]
        return disclosures.acts(self.tx, names, (DELIVERED, READ))

    @cached_property
    def _acknowledged(self) -> Mapping[int, list[tuple[str, str, datetime]]]:
        return disclosures.acknowledged(self.tx, self._numbers)

    @cached_property
    def _found(self) -> Mapping[str, Mapping[queue.Key, dict[str, Any]]]:
        return queue.findings(self.tx, self._numbers)

    @cached_property
    def _shown(self) -> Mapping[tuple[str, int], datetime]:
        places = [(one.slug, int(one.rest[-1])) for one in self._acts if one.what == DELIVERED]
        return disclosures.first_shown(self.tx, places)

    def told(self, notice: Notice) -> list[dict[str, Any]]:
        """Return to whom a notice was delivered: whom, when, which parts, when shown, what was acknowledged."""
        mine = [one for one in self._acts if one.notice == name(notice)]
        made = [
            {
                **_who(self.everybody[one.slug]),
                "at": _seconds(one.at),
                "parts": _parts(one.rest[0], notice, self._seen_as(one.slug, notice)),
                **self._since(one, mine),
                **self._answers(notice, one.slug),
            }
            for one in mine
            if one.what == DELIVERED
        ]
        if not self.whole:
            had = {str(one["to"]) for one in made}
            made += [self._as_given(notice, one) for one in self.as_if(notice, had)]
        return sorted(made, key=lambda one: (one["at"], one["to"]))

    def _seen_as(self, slug: str, notice: Notice) -> str:
        given = boxes.delivered(self.tx, slug, notice.no)
        return str(given["seen_as"]) if given else third_country.column(self.everybody[slug], notice, "probable")

    def _since(self, one: Done, about: Sequence[Done]) -> dict[str, Any]:
        """Return when an addressee first saw what was delivered: in a page of its inbox, or by its name."""
        seen = [other.at for other in about if other.what == READ and other.slug == one.slug and other.at >= one.at]
        paged = self._shown.get((one.slug, int(one.rest[-1])))
        first = min([*seen, *([] if paged is None else [paged])], default=None)
        return {} if first is None else {"shown": _seconds(first)}

    def _answers(self, notice: Notice, slug: str) -> dict[str, Any]:
        said = [
            {"state": state, "at": _seconds(at)}
            for who, state, at in self._acknowledged.get(notice.no, ())
            if who == slug
        ]
        return {"acknowledged": said} if said else {}

    @staticmethod
    def _as_given(notice: Notice, one: dict[str, Any]) -> dict[str, Any]:
        told = {member: one[member] for member in ("to", "state", "kind", "at")}
        return {**told, "parts": _parts(one["named"], notice, one["seen_as"])}

    def as_if(self, notice: Notice, had: set[str]) -> Iterator[dict[str, Any]]:
        """Yield the deliveries that there would have been had nobody spoken but those whom the reader knows of.

        Each as to, state, kind, at, and the parts as an act would have `named` them, `seen_as` a column.
        """
        at = disclosures.kept_at(self.tx, "deliver", [notice.no]).get(notice.no)
        if at is None:
            return
        since = disclosures.enrolled_at(self.tx)
        linked = disclosures.kept_at(self.tx, "link", self._numbers)  # the step judged by what had been linked by then
        until_then = tuple(n for n in self.projection.notices if n.no in linked and linked[n.no] <= at)
        then = replace(self.around, notices=until_then, standing=members.standing(self.tx, at))
        late = self._told_of_what_it_corrects(notice)
        for one in self.everybody.values():
            is_for = disclosure.is_addressed(one, notice) or one.urn in late
            if is_for and one.urn not in had and since[one.slug] <= at and delivering.may_have(one, notice, then):
                column = third_country.column(one, notice, "probable")
                parts = delivering.parts_for(self.tx, one, self.around.stored[notice.no], column)
                yield {**_who(one), "at": _seconds(at), "named": parts, "seen_as": column}

    def _told_of_what_it_corrects(self, notice: Notice) -> set[str]:
        """Return who would have got what a notice corrects: a correction is for them too (L10)."""
        urn = corrections.target(notice)
        wrong = next((n for n in self.projection.notices if urn == references.urn(n.author.urn, n.id)), None)
        return set() if wrong is None else {str(one["to"]) for one in self.told(wrong)}

    def alerts(self, notice: Notice) -> list[dict[str, Any]]:
        """Return the alerts that rest on a notice, and in whose queues they are."""
        found = [told for rests_on, told in self._alerts if notice.no in rests_on]
        return sorted(found, key=lambda one: (one["at"], one["pattern"], one["to"]))

    @cached_property
    def _alerts(self) -> list[tuple[frozenset[int], dict[str, Any]]]:
        found = list(self._raised() if self.whole else self._would_raise())
        return [(rests_on, told) for rests_on, told in found if self._may_hint(rests_on)]

    def _raised(self) -> Iterator[tuple[frozenset[int], dict[str, Any]]]:
        for one in disclosures.alerts(self.tx, self._numbers):
            bodies = [
                known[one.family, one.anchor] for known in self._found.values() if (one.family, one.anchor) in known
            ]
            rests_on = frozenset().union([one.anchor], *(_events(body) for body in bodies))
            body = {"pattern": one.pattern, "title": one.title, "severity": one.severity}
            yield rests_on, {**_who(self.everybody[one.slug]), "at": _seconds(one.raised_at), **body}

    def _would_raise(self) -> Iterator[tuple[frozenset[int], dict[str, Any]]]:
        tied, standing = self.projection.notices, self.around.standing
        readers = tuple(self.everybody.values())
        sharing = [r for r in readers if self._shares(r)]
        for (_, anchor), body in self._found.get(self.projection.name, {}).items():
            rests_on = frozenset({anchor}) | _events(body)
            at = disclosures.kept_at(self.tx, "alert", [max(rests_on)]).get(max(rests_on))
            if at is None or anchor not in self.projection.numbers:
                continue
            told = {"at": _seconds(at)} | {member: body[member] for member in ("pattern", "title", "severity")}
            for one in addressing.recipients(body, sharing, tied, readers, standing):
                yield rests_on, {**_who(one), **told}

    def _shares(self, reader: Reader) -> bool:
        of = (self.projection.notices, self.around.agreements, self.around.standing)
        return any(p.numbers == self.projection.numbers for p in projections(reader, *of))

    def _may_hint(self, rests_on: frozenset[int]) -> bool:
        """Tell whether a reader past the third-country gate may learn of all that an alert rests on (L07)."""
        return all(third_country.may_hint(self.reader, n) for n in self.projection.notices if n.no in rests_on)


def of_notices(tx: Tx, reader: Reader, numbers: Sequence[int], now: datetime) -> list[tuple[Known, int]]:
    """Return what a reader knows around each of these notices, which it may know of; each around is loaded once."""
    links.hold_for_judging(tx)
    made: list[tuple[Known, int]] = []
    for number in numbers:
        held = next((known for known, _ in made if number in known.projection.numbers), None)
        if held is None:
            around = reading.around(tx, number, now)
            for projection in projections(reader, around.notices, around.agreements, around.standing):
                if number in projection.numbers:
                    held = Known(tx, reader, projection, around)
        if held is not None:
            made.append((held, number))
    return made


def person(known: Known, number: int) -> Person:
    """Return the person of a notice as a reader knows it."""
    persons = linkage.resolve(known.projection.notices, known.around.agreements)
    return next(person for person in persons if number in {n.no for n in person.notices})


def names_of(named: str) -> list[str]:
    """Return the names of parts, whole or not, from how an act of delivery has them."""
    return [part for part in named.replace(";view:", ",").split(",") if part not in ("", "-")]


def name(notice: Notice) -> str:
    """Return a notice as an act names it."""
    return f"{notice.author.urn} {notice.id}"


def _who(reader: Reader) -> dict[str, Any]:
    return {"to": reader.urn, "state": reader.state, "kind": reader.kind}


def _parts(named: str, notice: Notice, column: str) -> list[dict[str, Any]]:
    """Return the parts that an act of delivery names, each whole or not, with the members that a reader may see."""
    whole, _, view = named.partition(";view:")
    shown = disclosure.shown(notice, column)
    made = []
    for names, is_whole in ((whole, "yes"), (view, "no")):
        for part in names.split(","):
            if part not in ("", "-"):
                seen = shown.get(part)
                members_of = {"members": sorted(seen)} if isinstance(seen, Mapping) and seen else {}
                made.append({"part": part, "whole": is_whole, **members_of})
    return made


def _events(body: Mapping[str, Any]) -> frozenset[int]:
    return frozenset(no for clause in body["clauses"] for no in clause["events"])


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
