"""The events of a timeline sorted out by what they are, and between which states.

An event is asked only about the notions that its kind can be of. What the table of shapes says in the same words of
several notions is asked once: an executed removal is a leg, and with that it is passed on, and a path.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from exchange.domain.kinds import TERMS
from exchange.domain.patterns.noting import Notion
from exchange.domain.patterns.notions import NOTIONS
from exchange.domain.patterns.shapes import SHAPES
from exchange.domain.timeline import Event

Groups = Mapping[str, Mapping[str | None, int]]
"""Who acts -> towards whom -> the set of events."""
_NONE: Final[Groups] = MappingProxyType({})
_BIT: Final[Mapping[str, int]] = MappingProxyType({kind: 1 << place for place, kind in enumerate(TERMS)})


def _meanings(notion: str) -> Mapping[str, Hashable]:
    """Return, for each kind of event that can be of a notion, what notions have in common that mean the same of it."""
    if notion not in SHAPES:
        return dict.fromkeys(TERMS, notion)
    of_kind = {one.kind: [shape for shape in SHAPES[notion] if shape.kind == one.kind] for one in SHAPES[notion]}
    return {
        kind: frozenset(shapes) if all(shape.exact for shape in shapes) else notion for kind, shapes in of_kind.items()
    }


_MEANINGS: Final[Mapping[str, Mapping[str, Hashable]]] = MappingProxyType({name: _meanings(name) for name in NOTIONS})
NEEDED: Final[Mapping[str, int]] = MappingProxyType(
    {name: sum(_BIT[kind] for kind in of_kind) for name, of_kind in _MEANINGS.items()}
)
"""Notion -> the kinds that can be of it, as a set of bits."""


class Sorted:
    """Events by kind, and by notion as far as somebody has asked."""

    def __init__(self, events: Sequence[Event]) -> None:
        """Sort events by their kind."""
        self._by_kind: dict[str, list[tuple[int, Event]]] = {}
        self._groups: dict[str, Groups] = {}
        self._pairs: dict[tuple[str, bool], list[tuple[str, Any, int]]] = {}
        self._meant: dict[tuple[str, Hashable], Groups] = {}
        for placed in enumerate(events):
            self._by_kind.setdefault(placed[1].kind, []).append(placed)
        self.kinds = sum([_BIT.get(kind, 0) for kind in self._by_kind])
        """The kinds that there are, as a set of bits."""

    def may_be(self, needed: Iterable[int]) -> bool:
        """Tell whether there are events that can be of each of some notions (`NEEDED`)."""
        for kinds in needed:  # noqa: SIM110 -- asked of every variant for every person: as a loop three times as quick
            if not self.kinds & kinds:
                return False
        return True

    def of_kinds(self, *kinds: str) -> int:
        """Return the events of these kinds."""
        return sum([1 << place for kind in kinds for place, _ in self._by_kind.get(kind, ())])

    def groups(self, notion: str) -> Groups:
        """Return the events that are of a notion, by the states between which they are."""
        found = self._groups.get(notion)
        if found is None:
            meanings = _MEANINGS[notion]
            every = [self._means(notion, kind, meanings[kind]) for kind in self._by_kind if kind in meanings]
            parts = [part for part in every if part]
            found = self._groups[notion] = parts[0] if len(parts) == 1 else _joined(parts) if parts else _NONE
        return found

    def pairs(self, notion: str, to_somebody: bool) -> list[tuple[str, Any, int]]:  # noqa: FBT001 -- part of a key
        """Return the same in a row: who acts, towards whom, and the events; those towards nobody as is said."""
        found = self._pairs.get((notion, to_somebody))
        if found is None:
            groups = self.groups(notion)
            found = self._pairs[notion, to_somebody] = [
                (by, to, group)
                for by, towards in groups.items()
                for to, group in towards.items()
                if to is not None or not to_somebody
            ]
        return found

    def _means(self, notion: str, kind: str, meaning: Hashable) -> Groups:
        found = self._meant.get((kind, meaning))
        if found is None:
            found = self._meant[kind, meaning] = self.group(NOTIONS[notion], (kind,))
        return found

    def group(self, between: Notion, kinds: Iterable[str]) -> Groups:
        """Return the events of some kinds, by the states between which they are what a function says."""
        groups: dict[str, dict[str | None, int]] = {}
        for kind in kinds:
            for place, event in self._by_kind.get(kind, ()):
                for by, to in between(event):
                    towards = groups.get(by)
                    if towards is None:
                        groups[by] = {to: 1 << place}
                    else:
                        towards[to] = towards.get(to, 0) | 1 << place
        return groups


def _joined(parts: Iterable[Groups]) -> Groups:
    joined: dict[str, dict[str | None, int]] = {}
    for part in parts:
        for by, towards in part.items():
            into = joined.setdefault(by, {})
            for to, group in towards.items():
                into[to] = into.get(to, 0) | group
    return joined
