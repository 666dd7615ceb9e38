"""When a finding that does not show any more under one anchor shows under another: the same, moved.

An earlier leg that is reported late becomes the beginning of the chain; two persons turn out to be one; a notice is
replaced by its author. The alert about it then has a successor in the same queue, and its reader is told which.
"""

from dataclasses import dataclass
from typing import Final

from exchange.domain.patterns.catalogue import PATTERNS

MOVING: Final = frozenset(p.family for p in PATTERNS for variant in p.variants if variant.anchored != "event")
"""Families whose findings are known by the beginning of a chain, or by a way: that moves when more becomes known."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An alert of the same family and queue that stands now.

    `person` are the notices of the person, `rests_on` its evidence, `before` the notices of the person as they were in
    it until now (none, when it is new), `replaced` those of the person that their authors have replaced.
    """

    person: frozenset[int]
    rests_on: frozenset[int]
    before: frozenset[int]
    replaced: frozenset[int]


def has_moved(of: tuple[str, int, frozenset[int]], to: Moved) -> bool:
    """Tell whether a finding (family, anchor, evidence) that is gone has become another.

    The other must be about the person of the old anchor, and have become so only now: one that stood beside it before
    is another finding. Where findings are known by single notices, the two must share evidence, or the old one's must
    have been replaced.
    """
    family, anchor, rests_on = of
    if anchor not in to.person or anchor in to.before:
        return False
    return family in MOVING or not rests_on.isdisjoint(to.rests_on) or anchor in to.replaced
