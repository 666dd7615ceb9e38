"""Questions about a match that the clause algebra would contort: plain functions with a name.

Each is asked with what is known of the person, the match so far and the names of the clauses that it is about, and
answers `yes`, `no`, or `perhaps`: the clause holds, but not for certain.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from exchange.domain.patterns.algebra import Match
from exchange.domain.patterns.known import Known

Answer = Literal["yes", "no", "perhaps"]

QUESTIONS: Final[Mapping[str, Callable[[Known, Match, tuple[str, ...]], Answer]]] = MappingProxyType({})
