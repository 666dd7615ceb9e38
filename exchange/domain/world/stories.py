"""All stories, and how often each is told in the mix."""

from dataclasses import replace
from itertools import accumulate
from typing import Final

from exchange.domain.world.scenes import refused_at_post
from exchange.domain.world.steps import hours
from exchange.domain.world.stories_border import BORDER
from exchange.domain.world.stories_lawful import LAWFUL
from exchange.domain.world.stories_path import PATH
from exchange.domain.world.story import Story, unlawful

TOGETHER: Final = replace(
    unlawful("refused together", 1, "P20:A", (hours(refused_at_post("A", "B"), 0, 0),), "edge"), vulnerable=False
)
"""The story of a whole group, at one post within one minute, asked nothing."""
_TOGETHER_SHARE: Final = 0.03
"""Of the groups of a world in which nobody is treated lawfully."""
LAWFUL_SHARE: Final = 0.85
"""Persons of whom nothing may be found, in the realistic mix."""


class Mix:
    """Stories with their weights: a number between 0 and 1 names one."""

    def __init__(self, lawful_share: float, *, live: bool = False) -> None:
        """`lawful_share` is between 0 and 1; `live` leaves out the stories whose truth needs time to pass."""
        lawful = [story for story in LAWFUL if story.live or not live]
        others = [story for story in (*PATH, *BORDER) if story.live or not live]
        self.stories: tuple[Story, ...] = (*lawful, *others)
        weights = [*_shares(lawful, lawful_share), *_shares(others, 1 - lawful_share)]
        self.sums: tuple[float, ...] = tuple(accumulate(weights))
        self.steps = sum(weight * len(story.steps) for weight, story in zip(weights, self.stories, strict=True))
        """Steps of a story, on the average."""
        self.together = 0.0 if live else _TOGETHER_SHARE * (1 - lawful_share)
        """Share of groups that are refused together."""


def _shares(stories: list[Story], share: float) -> list[float]:
    whole = sum(story.often for story in stories)
    return [story.often / whole * share for story in stories]
