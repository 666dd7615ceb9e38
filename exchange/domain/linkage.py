"""Which notices concern one person: graded, from evidence, undoable because it is computed anew each time.

Evidence (two notices hold equal tokens) is a fact about two notices and never changes. A link is what follows from the
evidence among the notices that one reader may know of: `resolve` is run on each projection, so that a hidden notice
cannot show through a link that it made or prevented (rule L22).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.domain.notice import Notice

Agreements = Mapping[tuple[int, int], frozenset[str]]
"""(lower number, higher number) of two notices -> types of the tokens that are equal; none for a correction and what it
names, which ties them together and makes them nobody's."""
PROBABLE_TYPES = 2
"""Tokens of so many different types must agree for a probable link; fewer give a possible one."""


@dataclass(frozen=True, slots=True)
class Person:
    """Notices that confirmed and probable links join. `several` says that more than one case of an authority is in."""

    notices: tuple[Notice, ...]
    several: bool

    @property
    def grade(self) -> str:
        """Grade of the weakest link inside: a single case is confirmed by its authority, more is probable (L17)."""
        return "probable" if self.several else "confirmed"


def grade(types: frozenset[str]) -> str:
    """Return the grade that equal tokens of these types give: at most probable (L17)."""
    return "probable" if len(types) >= PROBABLE_TYPES else "possible"


def resolve(notices: Sequence[Notice], agreements: Agreements) -> tuple[Person, ...]:
    """Join notices, in the order of the ledger.

    A notice joins its author's own case (confirmed), and the one person whose notices it agrees with (probable). A
    notice that fits two persons joins neither before a review, and a case that holds tokens already, or another
    authority's notices, is not moved by a later notice: else one notice could weld two strangers together (L17).
    """
    groups: list[list[Notice]] = []
    present = {n.no for n in notices}
    with_tokens = {no for pair, types in agreements.items() if types and present.issuperset(pair) for no in pair}
    for notice in sorted(notices, key=lambda n: n.no):
        own = [g for g in groups if any(_same_case(notice, other) for other in g)]
        alike = [g for g in groups if g not in own and _agrees(notice, g, agreements)]
        joined = own + (alike if len(alike) == 1 and all(_is_loose(g, notice, with_tokens) for g in own) else [])
        groups = [g for g in groups if g not in joined]
        groups.append([n for g in joined for n in g] + [notice])
    return tuple(Person(tuple(g), several=len({(n.author.slug, n.case) for n in g}) > 1) for g in groups)


def components(notices: Sequence[Notice], agreements: Agreements) -> tuple[tuple[Notice, ...], ...]:
    """Part notices into those that any evidence among them ties together, each in the order given.

    Evidence through a notice that is not among them does not count: a reader must not lose, or get, anything because
    a notice that it may not know of ties two others together (L22).
    """
    left = list(notices)
    found = []
    while left:
        tied, waiting = [left[0]], [left.pop(0)]
        while waiting:
            one = waiting.pop()
            near = [n for n in left if _is_tied(one, n, agreements)]
            left = [n for n in left if n not in near]
            tied += near
            waiting += near
        found.append(tuple(n for n in notices if n in tied))
    return tuple(found)


def _is_tied(one: Notice, other: Notice, agreements: Agreements) -> bool:
    return _same_case(one, other) or (min(one.no, other.no), max(one.no, other.no)) in agreements


def _same_case(one: Notice, other: Notice) -> bool:
    return one.author.slug == other.author.slug and one.case == other.case


def _agrees(notice: Notice, group: list[Notice], agreements: Agreements) -> bool:
    pairs = ((min(notice.no, other.no), max(notice.no, other.no)) for other in group)
    return any(grade(agreements.get(pair, frozenset())) == "probable" for pair in pairs)


def _is_loose(group: list[Notice], notice: Notice, with_tokens: set[int]) -> bool:
    """Tell whether a case may still be joined to a person: it has agreed with nobody and is one author's alone."""
    return all(_same_case(notice, other) and other.no not in with_tokens for other in group)
