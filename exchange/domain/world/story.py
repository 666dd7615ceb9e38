"""A story: the steps that a person goes through, and the truth about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.domain.world.steps import Step

PATTERNS: Final = tuple(f"P{number:02}" for number in range(1, 23))
"""What this world tells the truth about. P20 is about groups: where it must show, all of a group were refused."""
_NEEDED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "P06": frozenset({"interim_measure"}),
        "P07": frozenset({"remedy"}),
        "P15": frozenset({"origin_contact"}),
        "P16": frozenset({"voluntary_return"}),
        "P22": frozenset({"hold_request"}),
    }
)
"""Pattern -> kinds of which it needs one: a story without them never shows it."""
_RESTS_ON_LEDGER_TIME: Final = frozenset({"P13", "P14", "P20", "P21", "P22"})
"""Patterns of silence: their deadlines run from the ledger's time."""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """A template. `must` are patterns that show when every notice is in and linked, with the roles of who acts.

    `never` are patterns that may not show as high or critical. `often` is its weight in the mix; `pairs` the group of
    A and B (`geography.GROUPS`); `vulnerable` says that the person may have safeguards; `live` that its truth needs no
    time to pass in the ledger.
    """

    name: str
    often: int
    steps: tuple[Step, ...]
    must: Mapping[str, str]
    never: tuple[str, ...]
    pairs: str
    vulnerable: bool
    live: bool

    @property
    def lawful(self) -> bool:
        """Whether nothing may be found."""
        return not self.must

    @property
    def deniable(self) -> bool:
        """Whether border guards may note the opposite of what counsel says: the truth rests on no claim they heard."""
        heard = any(step.kind == "claim_expressed" and step.told_by == "" for step in self.steps)
        return heard and not self.lawful and "P21" not in self.must


def lawful(name: str, often: int, steps: tuple[Step, ...], *, pairs: str = "any", vulnerable: bool = False) -> Story:
    """Return a story in which nothing may be found. A promise must be fresh in the ledger's time, too."""
    promised = any(step.facts.get("intended_procedure") == "full_merits" for step in steps)
    return Story(name, often, steps, MappingProxyType({}), PATTERNS, pairs, vulnerable, live=not promised)


def unlawful(name: str, often: int, must: str, steps: tuple[Step, ...], pairs: str = "any") -> Story:
    """Return a story that must be found. `must` says `P04:BA P10:A`: the patterns, and the roles of who acts."""
    found = dict(one.split(":") for one in must.split())
    kinds = {step.kind for step in steps}
    never = tuple(pattern for pattern, needed in _NEEDED.items() if pattern not in found and not kinds & needed)
    live = not found.keys() & _RESTS_ON_LEDGER_TIME
    return Story(name, often, steps, MappingProxyType(found), never, pairs, vulnerable=True, live=live)
