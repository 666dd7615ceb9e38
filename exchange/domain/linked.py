"""The links between cases, as one reader may know of them (rules L17, L21 and L22)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from exchange.domain import addressing, disclosure, judgements, linkage, third_country
from exchange.domain.judgements import Judged, Pair
from exchange.domain.linkage import DOUBTED, PARTED, Agreements
from exchange.domain.members import Standing
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import Projection

NO_STATE: Final = "UNO"
"""Where UNHCR and the like are seated: it is nobody's state of danger."""
REVIEWED: Final = 5
"""So many possible links of one case are for review, the best first."""
SHOWN: Final = 50
"""Notices of one case that a link shows at most, the last ones: an authority can put any number into a case."""
GRADES: Final = ("confirmed", "probable", "possible", "refused")
_BETTER: Final = ("tied", PARTED, "refused", DOUBTED, "possible", "probable", "confirmed")
_SHOWN_AS: Final = {DOUBTED: "possible", PARTED: "refused"}
"""What is doubted is shown as the grade that it has without the words that do not count."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two cases that evidence ties together, with the notices of each that the reader knows.

    `notices` are those of the first case and of the second, `grade` is one of `GRADES`. `is_joined`: on what the reader
    knows the two are of one person; not so where a notice fits two persons, or they were refused.
    """

    cases: Pair
    notices: tuple[tuple[Notice, ...], tuple[Notice, ...]]
    grade: str
    judged: Judged
    is_joined: bool = True

    @property
    def first(self) -> tuple[int, int]:
        """The number of the first notice of each case, by which the exchange knows the link."""
        return self.notices[0][0].no, self.notices[1][0].no

    @property
    def sides(self) -> tuple[Reader, Reader]:
        """The authorities of the two cases."""
        return self.notices[0][0].author, self.notices[1][0].author

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of all the notices."""
        return frozenset(n.no for n in chain(*self.notices))

    def is_of(self, reader: Reader) -> bool:
        """Tell whether one of the two cases is the reader's own."""
        return reader.slug in {side.slug for side in self.sides}


def links(
    reader: Reader, known: Sequence[Projection], evidence: tuple[Agreements, Mapping[Pair, Judged]], standing: Standing
) -> list[Link]:
    """Return the links that a reader may know of, on its own projections.

    An authority knows those of its own cases, never such as are only possible, unless they were confirmed by a word
    that does not count any more; a monitor all. Nobody in a withheld or
    suspended state knows of any, and past the third-country gate nobody whom a notice must not reach. Where the hub
    part of a notice was erased, whom the person is withheld from is not known any more: no state is told of a link.
    """
    agreements, said = evidence
    found = [
        link
        for projection in known
        if disclosure.may_receive(reader, projection.notices, standing) and _is_whole(reader, projection.notices)
        for link in _among(projection.notices, agreements, said)
    ]
    if reader.kind == judgements.MONITOR:
        return [one for one in found if _may_pass(reader, one)]
    if reader.kind not in disclosure.SERVED_KINDS:
        return []
    own = [one for one in found if one.is_of(reader) and (one.grade != "possible" or one.judged.is_doubted)]
    return [one for one in own if _may_pass(reader, one)]


def _is_whole(reader: Reader, notices: Sequence[Notice]) -> bool:
    """Tell whether all is known that says from whom notices are withheld, or the reader is of no state."""
    return sees_all(reader) or all(n.case for n in notices)


def _among(notices: Sequence[Notice], agreements: Agreements, said: Mapping[Pair, Judged]) -> list[Link]:
    """Return every link between two cases of these notices: the best evidence between them, if any.

    What was erased is in no case any more.
    """
    by_no = {n.no: n for n in notices if n.case}
    best: dict[Pair, str] = {}
    for (a, b), grade in agreements.items():
        if grade != "tied" and a in by_no and b in by_no:
            pair = judgements.pair_of(by_no[a], by_no[b])
            if pair[0] != pair[1]:
                best[pair] = max(best.get(pair, grade), grade, key=_BETTER.index)
    of_case: dict[Any, list[Notice]] = {}
    for notice in sorted(notices, key=lambda n: n.no):
        of_case.setdefault((notice.author.slug, notice.case), []).append(notice)
    person = {n.no: place for place, p in enumerate(linkage.resolve(notices, agreements)) for n in p.notices}
    return [
        Link(
            pair,
            (tuple(of_case[pair[0]]), tuple(of_case[pair[1]])),
            _SHOWN_AS.get(grade, grade),
            said.get(pair, Judged()),
            person[of_case[pair[0]][0].no] == person[of_case[pair[1]][0].no],
        )
        for pair, grade in best.items()
    ]


def _may_pass(reader: Reader, link: Link) -> bool:
    return all(third_country.may_hint(reader, n) for n in chain(*link.notices) if n.author.slug != reader.slug)


def sees_all(reader: Reader) -> bool:
    """Tell whether a reader may see how rare a token is, for one: that depends on everybody who holds it.

    Nothing may be shown by which somebody learns that a notice is hidden from them (L22), so it is for those alone
    whom nothing is ever hidden from: monitors that are seated in no state.
    """
    return reader.kind == judgements.MONITOR and reader.state == NO_STATE


def best(found: Iterable[tuple[float, Link]]) -> list[Link]:
    """Return the links, given with their scores, that are for review: of each case the best few, the best first.

    Those come first of which another authority speaks than of the ones before: who invents fifty persons like one
    pushes nobody else's notice off the list. A link stands when it is among the best of both cases.
    """
    ranked = sorted(found, key=lambda one: -one[0])
    spoken: Counter[tuple[object, str]] = Counter()
    placed = []
    for score, link in ranked:
        views = [(link.cases[0], link.sides[1].slug), (link.cases[1], link.sides[0].slug)]
        placed.append((max(spoken[view] for view in views), -score, link))
        spoken.update(views)
    taken: Counter[object] = Counter()
    kept = []
    for _, _, link in sorted(placed, key=lambda one: one[:2]):
        if all(taken[case] < REVIEWED for case in link.cases):
            kept.append(link)
            taken.update(link.cases)
    return kept


def seen(link: Link, reader: Reader) -> dict[str, Any]:
    """Return what a reader is shown of a link: its grade, who has said what, its own case, and notices of both sides.

    Of the other side it is shown what an alert on such a link would show: never reference, author or id. While the two
    are not joined no alert shows anything: nor does this, but for the state to ask (L17).
    """
    grade = link.grade if link.grade == judgements.CONFIRMED and link.is_of(reader) else "probable"
    own = [case for case, side in zip(link.cases, link.sides, strict=True) if side.slug == reader.slug]
    body: dict[str, Any] = {
        "grade": link.grade,
        "contested": "yes" if link.judged.is_contested else None,
        "doubted": "yes" if link.judged.is_doubted else None,
        "your_cases": [case for _, case in own] or None,
        "other_state": _other_state(link, reader),
        "words": [
            {"by": _named(word.by, link, reader), "verdict": word.verdict, "compared": sorted(word.compared)}
            for word in link.judged.words.values()
        ],
        "notices": [
            {"number": number, "side": side, **addressing.view(notice, reader, grade)}
            for number, (side, notice) in enumerate(sided(link, reader), start=1)
        ],
    }
    return {name: value for name, value in body.items() if value is not None}


def _hides_other(link: Link, reader: Reader) -> bool:
    return link.is_of(reader) and not link.is_joined and reader.kind != judgements.MONITOR


def _other_state(link: Link, reader: Reader) -> str | None:
    """Return the state of the other side, where nothing else is shown of it."""
    others = [side.state for side in link.sides if side.slug != reader.slug]
    return others[0] if others and _hides_other(link, reader) else None


def _named(by: Reader, link: Link, reader: Reader) -> str:
    """Return who said a word, as a reader may know it: never which authority the other one is."""
    if by.slug == reader.slug:
        return "you"
    if by.slug not in {side.slug for side in link.sides}:
        return "monitor"
    return "other" if link.is_of(reader) else by.urn


def sided(link: Link, reader: Reader) -> list[tuple[str, Notice]]:
    """Return the notices that are shown, with whose they are: the reader's own first; for others the first case's."""
    names = ("first", "second")
    if link.is_of(reader):
        names = ("yours", "other") if link.sides[0].slug == reader.slug else ("other", "yours")
        names = ("yours", "yours") if link.sides[0] == link.sides[1] else names
    found = [(name, n) for name, notices in zip(names, link.notices, strict=True) for n in notices[-SHOWN:]]
    if _hides_other(link, reader):
        found = [one for one in found if one[0] == "yours"]
    return sorted(found, key=lambda one: (one[0] not in {"yours", "first"}, one[1].no))
