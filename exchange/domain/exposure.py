"""What a state was told before it became one that must not learn of a person (rule L21)."""

from collections.abc import Iterable, Sequence

from exchange.domain.disclosure import is_addressed, withheld
from exchange.domain.members import Standing
from exchange.domain.notice import Notice, Reader


def exposed(notices: Sequence[Notice], readers: Iterable[Reader], standing: Standing) -> dict[str, list[Notice]]:
    """Return which notices may have reached the states that are withheld by now: state -> notices of other states.

    They were addressed to an authority there; whether they were delivered, before it became withheld, is on record.
    """
    seated = tuple(readers)
    found: dict[str, list[Notice]] = {}
    for state in sorted(withheld(notices, standing).states):
        there = [one for one in seated if one.state == state]
        others = [n for n in notices if n.author.state != state]
        told = [n for n in others if any(is_addressed(one, n) for one in there)]
        if told:
            found[state] = told
    return found
