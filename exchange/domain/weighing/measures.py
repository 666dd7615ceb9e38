"""How well scores tell pairs that are one person from pairs that are not."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PRECISE: Final = 0.99
TOP: Final = 5
"""Candidates that a person would look at."""


@dataclass(frozen=True)
class Judged:
    """A pair that was found: who was asked about, whether it is one person, and its bits."""

    asked: str
    same: bool
    bits: float


@dataclass(frozen=True)
class Measures:
    """Shares between 0 and 1; recall is of all true pairs, also of those that were not found at all."""

    precision: float
    recall: float
    f1: float
    recall_at_p99: float
    top5_recall: float
    recall_by_origin: Mapping[str, float]


def measure(pairs: Sequence[Judged], true: Mapping[str, str], threshold: float) -> Measures:
    """Return the measures of pairs at a threshold in bits. `true`: who has a true pair -> origin."""
    linked = [pair for pair in pairs if pair.bits >= threshold]
    right = {pair.asked for pair in linked if pair.same}
    wrong = sum(not pair.same for pair in linked)
    precision = len(right) / (len(right) + wrong) if linked else 0.0
    recall = _share(len(right), len(true))
    whole = Counter(true.values())
    found = Counter(true[asked] for asked in right)
    return Measures(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if right else 0.0,
        recall_at_p99=_share(_right_while_precise(pairs), len(true)),
        top5_recall=_share(_in_top(pairs), len(true)),
        recall_by_origin={origin: found[origin] / number for origin, number in sorted(whole.items())},
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _right_while_precise(pairs: Sequence[Judged]) -> int:
    """Return how many true pairs are linked at the lowest threshold at which links are as precise as `PRECISE`."""
    right = best = 0
    ranked = sorted(pairs, key=lambda pair: -pair.bits)
    for linked, pair in enumerate(ranked, 1):
        right += pair.same
        last = linked == len(ranked) or ranked[linked].bits < pair.bits
        if last and right >= PRECISE * linked:
            best = right
    return best


def _in_top(pairs: Sequence[Judged]) -> int:
    """Return for how many the true pair is among the `TOP` best, where equals count as if they stood before it."""
    by_asked: dict[str, list[Judged]] = defaultdict(list)
    for pair in pairs:
        by_asked[pair.asked].append(pair)
    found = 0
    for each in by_asked.values():
        true = max((pair.bits for pair in each if pair.same), default=None)
        found += true is not None and sum(pair.bits >= true and not pair.same for pair in each) < TOP
    return found
