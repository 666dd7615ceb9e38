"""Which notices concern one person: graded, from evidence, undoable because it is computed anew each time.

Evidence (two notices hold equal tokens) is a fact about two notices and never changes; a judgement of caseworkers
stands over it. A link is what follows from both among the notices that one reader may know of: `resolve` is run on
each projection, so that a hidden notice cannot show through a link that it made or prevented (rule L22).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from exchange.domain.notice import Notice

Agreements = Mapping[tuple[int, int], str]
"""(lower number, higher number) of two notices -> grade of the evidence between them: one of `GRADES`."""
DOUBTED, PARTED = "doubted", "parted"
GRADES: Final = ("confirmed", "probable", "possible", "refused", "tied", DOUBTED, PARTED)
"""Grades of evidence. `refused`: judged to concern two persons; it holds, and ties them no less for what is withheld
(L24). `tied`: a correction and what it names, which are nobody's together for that. `doubted` and `parted`: confirmed
and refused by words of which one does not count (`exchange.domain.judgements`): nobody is joined, and monitors are told
what would show if they were one."""
JUDGED: Final = frozenset({"confirmed", "refused", DOUBTED, PARTED})
"""The grades that caseworkers give."""
_APART: Final = ("refused", PARTED)
MOST_DOUBTED: Final = 5
"""So many persons that one authority speaks of are held against one person by `doubtful`, at most: whoever invents
more of them makes nobody else's stay unseen."""
MOST_ALONE: Final = 25
"""Pairs within one authority's own words that `doubtful` returns at most: invented ones may fit one another, too."""
Case = tuple[str, str]
"""Slug of an authority, and its case reference."""


@dataclass(frozen=True, slots=True)
class Person:
    """Notices that are taken to concern one person. `grade` is that of the weakest link inside.

    A single case is confirmed by its authority, and so are cases that caseworkers of both authorities have confirmed;
    more is probable (L17). `possible` has only what `doubtful` makes: two persons as one, the numbers of whose notices
    are `halves`.
    """

    notices: tuple[Notice, ...]
    grade: str = "confirmed"
    halves: tuple[frozenset[int], ...] = ()

    def beside(self, anchor: int) -> int:
        """Return the lowest number of the half in which an anchor is not, by which a doubtful person is known there.

        0 for everybody else.
        """
        return next((min(half) for half in self.halves if anchor not in half), 0)


@dataclass(eq=False, slots=True)
class _Group:
    """What is one person's so far.

    `barred` are the numbers of notices refused with one of these; `within` are states of which two authorities have
    confirmed two of these cases.
    """

    notices: list[Notice] = field(default_factory=list)
    barred: set[int] = field(default_factory=set)
    has_confirmed: bool = False
    has_probable: bool = False
    within: set[str] = field(default_factory=set)

    @property
    def is_strong(self) -> bool:
        """Whether more than tokens or more than one authority speak for it."""
        return self.has_confirmed or len({n.author.slug for n in self.notices}) > 1

    def clashes(self, other: "_Group") -> bool:
        """Tell whether caseworkers have refused that a notice here and one there concern one person."""
        return any(n.no in self.barred for n in other.notices) or any(n.no in other.barred for n in self.notices)

    def take(self, other: "_Group") -> None:
        """Let the notices of another group be this person's too."""
        self.notices += other.notices
        self.barred |= other.barred
        self.has_confirmed |= other.has_confirmed
        self.has_probable |= other.has_probable
        self.within |= other.within

    def is_carried(self, other: "_Group", mine: str, theirs: set[str], *, confirms: bool = False) -> bool:
        """Tell whether only a confirmation within one state would carry cases of other states to one another.

        `mine` is the state of the notice that is joined, `theirs` are those of the notices that its evidence is with.
        Two authorities of one state are one voice: two strangers are not one person by its word alone.
        """
        within = self.within | other.within | ({mine} if confirms and theirs == {mine} else set())
        return any(
            all(any(n.author.state != state for n in g.notices) for g in (self, other))
            and (mine == state or not theirs - {state})
            for state in within
        )


@dataclass(slots=True)
class _Joining:
    """Persons so far. `near` are, of each notice, the others with evidence: grade -> numbers."""

    near: Mapping[int, Mapping[str, list[int]]]
    of: dict[int, _Group] = field(default_factory=dict)
    of_case: dict[Case, _Group] = field(default_factory=dict)

    def add(self, notice: Notice) -> None:
        """Join one notice, the next of the ledger, to what is its own, what is confirmed, and what it fits alone."""
        near = self.near.get(notice.no, {})
        group = _Group([notice], {no for grade in _APART for no in near.get(grade, ())})
        own = self.of_case.get(_case(notice))
        is_free = own is None or all(_case(n) == _case(notice) and not self._has_evidence(n) for n in own.notices)
        if own is not None:
            group = self._join(own, group)
        else:
            self._place(group)
        state = notice.author.state
        for other in self._groups(near.get("confirmed", ())):
            theirs = _states(other, near["confirmed"])
            if other is group or group.clashes(other) or group.is_carried(other, state, theirs, confirms=True):
                continue
            group = self._join(group, other)
            group.has_confirmed = True
            group.within |= {state} if theirs == {state} else set()
        alike = [g for g in self._groups(near.get("probable", ())) if g is not group and not group.clashes(g)]
        alike = [g for g in alike if not group.is_carried(g, state, _states(g, near["probable"]))]
        if is_free and len(alike) == 1 and not (group.is_strong and alike[0].is_strong):
            self._join(group, alike[0]).has_probable = True

    def _groups(self, numbers: Iterable[int]) -> list[_Group]:
        return list(dict.fromkeys(self.of[no] for no in numbers if no in self.of))

    def _join(self, one: _Group, other: _Group) -> _Group:
        """Make one group of two; the smaller goes into the larger."""
        large, small = (one, other) if len(one.notices) >= len(other.notices) else (other, one)
        large.take(small)
        self._place(large, small.notices)
        return large

    def _place(self, group: _Group, new: Sequence[Notice] = ()) -> None:
        for notice in new or group.notices:
            self.of[notice.no] = self.of_case[_case(notice)] = group

    def _has_evidence(self, notice: Notice) -> bool:
        return any(grade != "tied" for grade in self.near.get(notice.no, ()))


def _states(group: _Group, numbers: Collection[int]) -> set[str]:
    """Return the states of those of a group's notices that have these numbers."""
    return {n.author.state for n in group.notices if n.no in numbers}


def resolve(notices: Sequence[Notice], agreements: Agreements) -> tuple[Person, ...]:
    """Join notices, in the order of the ledger.

    A notice joins its author's own case, those whose cases are confirmed to be the same person's, and the one person
    whose notices it agrees with (probable). A notice that fits two persons joins neither before a review, and a case
    that holds tokens already, or another authority's notices, is not moved by a later notice: else one notice could
    weld two strangers together (L17). What was withdrawn as of another person links to nobody any more. Nobody joins a
    person who holds a case that was refused with theirs, and no probable evidence joins two persons who each rest on
    several authorities, or on a judgement. What two authorities of one state confirm carries no third one's case to a
    fourth one's.
    """
    joining = _Joining(_near(notices, _standing(notices, agreements)))
    for notice in sorted(notices, key=lambda n: n.no):
        joining.add(notice)
    groups = dict.fromkeys(joining.of[n.no] for n in sorted(notices, key=lambda n: n.no))
    return tuple(
        Person(tuple(sorted(g.notices, key=lambda n: n.no)), "probable" if g.has_probable else "confirmed")
        for g in groups
    )


def doubtful(persons: Sequence[Person], agreements: Agreements) -> tuple[Person, ...]:
    """Return the persons that there would be if two of these were one.

    Two are taken as one where there is probable evidence between them, or a judgement that is doubted. For monitors
    alone, at most `possible`: a notice that fits two persons is nobody's before a review, and an invented one must not
    blind the exchange to a real one (L17). Each is two of `persons` and no more, so that a third cannot speak against
    what two of them show.
    """
    if len(persons) <= 1:
        return ()
    of = {n.no: (place, n) for place, p in enumerate(persons) for n in p.notices}
    standing = _standing([n for p in persons for n in p.notices], agreements)
    among = [(pair, grade) for pair, grade in standing.items() if pair[0] in of and pair[1] in of]
    among.sort(key=lambda one: (one[1] == "probable", one[0]))  # what two had to say first: tokens one can invent alone
    refused = {_places(of, pair) for pair, grade in among if grade == "refused"}
    against: Counter[tuple[int, str]] = Counter()
    found: dict[tuple[int, int], Person] = {}
    for pair, grade in among:
        places = _places(of, pair)
        if grade not in {"probable", DOUBTED, PARTED} or places[0] == places[1] or places in refused or places in found:
            continue
        (one, first), (other, second) = (of[no] for no in pair)
        mine, theirs = first.author.slug, second.author.slug
        counts = [((one, theirs), MOST_DOUBTED), ((other, mine), MOST_DOUBTED)]
        counts += [((-1, mine), MOST_ALONE)] if mine == theirs else []
        if all(against[key] < most for key, most in counts):
            against.update(key for key, _ in counts)
            both = (persons[one].notices, persons[other].notices)
            halves = tuple(frozenset(n.no for n in half) for half in both)
            found[places] = Person(tuple(sorted(chain(*both), key=lambda n: n.no)), "possible", halves)
    return tuple(found.values())


def components(notices: Sequence[Notice], agreements: Agreements) -> tuple[tuple[Notice, ...], ...]:
    """Part notices into those that any evidence among them ties together, each in the order given.

    Evidence through a notice that is not among them does not count: a reader must not lose, or get, anything because
    a notice that it may not know of ties two others together (L22).
    """
    near = _near(notices, agreements)
    of_case: dict[Case, list[int]] = defaultdict(list)
    for notice in notices:
        of_case[_case(notice)].append(notice.no)
    by_no = {notice.no: notice for notice in notices}
    found: list[tuple[Notice, ...]] = []
    seen: set[int] = set()
    for notice in notices:
        if notice.no in seen:
            continue
        tied, waiting = {notice.no}, [notice.no]
        while waiting:
            no = waiting.pop()
            beside = {*of_case.pop(_case(by_no[no]), ()), *(o for others in near.get(no, {}).values() for o in others)}
            waiting += beside - tied
            tied |= beside
        seen |= tied
        found.append(tuple(n for n in notices if n.no in tied))
    return tuple(found)


def _standing(notices: Sequence[Notice], agreements: Agreements) -> Agreements:
    """Return the evidence without what tokens of a notice that went astray say; judgements of its case stand."""
    astray = {n.no for n in notices if n.corrected.astray}
    if not astray:
        return agreements
    return {pair: grade for pair, grade in agreements.items() if grade in JUDGED or astray.isdisjoint(pair)}


def _near(notices: Sequence[Notice], agreements: Agreements) -> dict[int, dict[str, list[int]]]:
    """Return the evidence among these notices: number -> grade -> the numbers of the others, ascending."""
    present = {n.no for n in notices}
    near: dict[int, dict[str, list[int]]] = {}
    for (a, b), grade in sorted(agreements.items()):
        if a in present and b in present:
            near.setdefault(a, {}).setdefault(grade, []).append(b)
            near.setdefault(b, {}).setdefault(grade, []).append(a)
    return near


def _places(of: Mapping[int, tuple[int, Notice]], pair: tuple[int, int]) -> tuple[int, int]:
    one, other = sorted(of[no][0] for no in pair)
    return one, other


def _case(notice: Notice) -> Case:
    return notice.author.slug, notice.case
