"""How well skeletons hold the spellings of one name together, and how often they join two names by chance.

Recall and chance are counted over all pairs, not over a sample: two runs on one file say the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from exchange.client.linkage.folding import script_of

Skeletons = Callable[[str], frozenset[str]]
OTHER: Final = "Other"
"""Spellings in a script that has no letter table."""
_OF: Final = 10_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted: groups and pairs of spellings of one name, and of spellings of two names (`strangers`)."""

    groups: int
    pairs: int
    matching: int
    shares: float
    strangers: int
    by_chance: int

    @property
    def recall(self) -> float:
        """Share of the pairs within groups that match, from 0 to 1; 1 without a pair."""
        return self.matching / self.pairs if self.pairs else 1.0

    @property
    def recall_of_groups(self) -> float:
        """Share of pairs that match, as a mean over the groups: a name of forty spellings counts like one of two."""
        return self.shares / self.groups if self.groups else 1.0

    @property
    def chance(self) -> float:
        """Pairs of two names that match, of 10,000 such pairs."""
        return _OF * self.by_chance / self.strangers if self.strangers else 0.0


class _Words:
    """The spellings in one script: how many there are, and how many hold each set of up to three skeletons."""

    def __init__(self) -> None:
        self.number = 0
        self.sets: Counter[frozenset[str]] = Counter()
        self._holding: Counter[frozenset[str]] = Counter()

    def add(self, found: frozenset[str]) -> None:
        self.number += 1
        self.sets[found] += 1
        self._holding.update(_subsets(found))

    def sharing(self, found: frozenset[str]) -> int:
        """Return the number of spellings that share a skeleton with these, by inclusion and exclusion."""
        return sum(self._holding[part] * (1 if len(part) % 2 else -1) for part in _subsets(found))


def measure(groups: Iterable[Sequence[str]], skeletons: Skeletons) -> Mapping[str, Figures]:
    """Return the figures of each pair of scripts ("Arabic-Latin") and of all spellings (""), by name of the pair.

    A group holds the spellings of one name. Equal spellings of a group count once.
    """
    words: dict[str, _Words] = defaultdict(_Words)
    inside: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for group in groups:
        held = [(_script(one), skeletons(one)) for one in dict.fromkeys(group)]
        for script, found in held:
            words[script].add(found)
            words[""].add(found)
        for name, counted in _pairs(held).items():
            inside[name].append(counted)
    names = [("", "", "")]
    names += [(f"{one}-{other}", one, other) for one, other in product(sorted(filter(None, words)), repeat=2)]
    return {name: _figures(inside[name], words[one], words[other]) for name, one, other in names if name in inside}


def _figures(inside: Sequence[tuple[int, int]], one: _Words, other: _Words) -> Figures:
    pairs, matching = sum(of for of, _ in inside), sum(found for _, found in inside)
    if one is other:
        every = one.number * (one.number - 1) // 2
        itself = sum(number for found, number in one.sets.items() if found)
        meeting = (sum(number * one.sharing(found) for found, number in one.sets.items()) - itself) // 2
    else:
        every = one.number * other.number
        meeting = sum(number * other.sharing(found) for found, number in one.sets.items())
    shares = sum(found / of for of, found in inside)
    return Figures(len(inside), pairs, matching, shares, every - pairs, meeting - matching)


def _pairs(held: Sequence[tuple[str, frozenset[str]]]) -> Mapping[str, tuple[int, int]]:
    """Return how many pairs of a group there are and how many match, by the name of their scripts; all under ""."""
    number: Counter[str] = Counter()
    matching: Counter[str] = Counter()
    for (script, one), (other_script, other) in combinations(held, 2):
        name = f"{min(script, other_script)}-{max(script, other_script)}"
        number[name] += 1
        matching[name] += not one.isdisjoint(other)
    if number:
        number[""], matching[""] = number.total(), matching.total()
    return {name: (number[name], matching[name]) for name in number}


def _script(word: str) -> str:
    return script_of(word).capitalize() or OTHER


def _subsets(found: frozenset[str]) -> Iterator[frozenset[str]]:
    for size in range(1, len(found) + 1):
        yield from map(frozenset, combinations(sorted(found), size))
