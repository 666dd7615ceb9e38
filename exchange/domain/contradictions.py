"""Where the words of two authorities do not fit together (rule L18).

A sender's word is evidence, not truth: notices that contradict one another coexist, and are shown side by side, each
with its source of knowledge. Nothing here decides who is right. M.K. v. Poland; A.B. v. Poland (what the border guards
wrote down was not what had been said).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Any, Final

from exchange.domain.notice import Notice

NEAR: Final = timedelta(days=30)
"""Two words about what a person said, or where they came, are of one event when they lie no further apart."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A way in which two notices contradict each other, in words, and what must be seen of each to see it.

    `one` and `other` tell whether a notice says the one thing, or the other. `needs` are the members of `facts`, for
    the one and for the other; `danger` stands for the states that monitors see of the hub part.
    """

    words: str
    one: Callable[[Notice], bool]
    other: Callable[[Notice], bool]
    needs: tuple[frozenset[str], frozenset[str]]


def _says(kind: str, member: str = "", *values: str) -> Callable[[Notice], bool]:
    def said(notice: Notice) -> bool:
        return notice.kind == kind and (not member or notice.facts.get(member) in values)

    return said


_NO_FACTS: Final[frozenset[str]] = frozenset()
TABLE: Final = (
    Contradiction(
        "One says that the person asked for protection, another that they said there was nothing to fear.",
        _says("claim_expressed"),
        _says("encounter", "fear_answer", "no"),
        (_NO_FACTS, frozenset({"fear_answer"})),
    ),
    Contradiction(
        "One says that the person asked for protection, another that nobody heard it.",
        _says("claim_expressed"),
        _says("claim_not_taken", "reason", "not_heard", "treated_as_migrant"),
        (_NO_FACTS, frozenset({"reason"})),
    ),
    Contradiction(
        "One says that the person was put out to a state, another that they never came there.",
        _says("removal_executed"),
        _says("arrival", "outcome", "not_arrived", "refused"),
        (_NO_FACTS, frozenset({"outcome"})),
    ),
    Contradiction(
        "One says that the person arrived, another that they did not.",
        _says("arrival", "outcome", "arrived"),
        _says("arrival", "outcome", "not_arrived"),
        (frozenset({"outcome"}), frozenset({"outcome"})),
    ),
    Contradiction(
        "One says that the merits were examined in full, another that they were not.",
        _says("merits_decision", "merits_scope", "full"),
        _says("merits_decision", "merits_scope", "partial", "none"),
        (frozenset({"merits_scope"}), frozenset({"merits_scope"})),
    ),
    Contradiction(
        "They name different nationalities.",
        lambda notice: bool(notice.subject.nationality),
        lambda notice: bool(notice.subject.nationality),
        (frozenset({"danger"}), frozenset({"danger"})),
    ),
)
"""The ways, in the order in which they are shown."""
_NATIONALITY: Final = TABLE[-1]


Said = tuple[Contradiction, Notice, Notice]
"""A way, the notice that says the one thing, and that which says the other."""


def among(notices: Sequence[Notice]) -> tuple[tuple[Said, ...], ...]:
    """Return each contradiction among a person's notices, whoever may see it: the ways in which it can be read."""
    return tuple(
        said
        for way in TABLE
        for a, b in _opposed(way, notices)
        if (said := tuple((way, *pair) for pair in ((a, b), (b, a)) if _is_one(way, *pair)))
    )


def found(of: Sequence[Sequence[Said]], seen: Mapping[int, Mapping[str, Any]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield (words, numbers of the two notices) for each contradiction of `among` that a reader may see.

    `seen` gives for each notice, by number, what the disclosure table shows the reader of it. A contradiction that
    rests on a member which the reader may not see is not told: its words would tell the member.
    """
    for said in of:
        if any(_may_see(*one, seen) for one in said):
            way, a, b = said[0]
            yield way.words, (min(a.no, b.no), max(a.no, b.no))


def _opposed(way: Contradiction, notices: Sequence[Notice]) -> Iterable[tuple[Notice, Notice]]:
    """Return the pairs, in the order given, of which each notice says the one thing or the other."""
    if way is _NATIONALITY:
        named = [n for n in notices if n.subject.nationality]
        nobody_differs = not named or frozenset.intersection(*(n.subject.nationality for n in named))
        return () if nobody_differs else combinations(named, 2)
    if not (any(map(way.one, notices)) and any(map(way.other, notices))):
        return ()
    return combinations([n for n in notices if way.one(n) or way.other(n)], 2)


def _is_one(way: Contradiction, one: Notice, other: Notice) -> bool:
    """Tell whether two notices say the one thing and the other, of one person or event."""
    return way.one(one) and way.other(other) and _are_of_one(way, one, other)


def _are_of_one(way: Contradiction, one: Notice, other: Notice) -> bool:
    """Tell whether two notices of different authors speak of one thing: of a person, or of an event of one state."""
    if one.author.urn == other.author.urn:
        return False
    if way is _NATIONALITY:
        return not one.subject.nationality & other.subject.nationality
    place = one.event.get("counterpart_state") if one.kind == "removal_executed" else one.event["state"]
    a, b = one.happened, other.happened
    return place == other.event["state"] and a.earliest - b.latest <= NEAR and b.earliest - a.latest <= NEAR


def _may_see(way: Contradiction, one: Notice, other: Notice, seen: Mapping[int, Mapping[str, Any]]) -> bool:
    return all(
        needed <= {*seen[notice.no].get("facts", {}), *seen[notice.no]}
        for notice, needed in zip((one, other), way.needs, strict=True)
    )
