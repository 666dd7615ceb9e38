"""All patterns, in the order of their ids."""

from typing import Final

from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.p01 import P01
from exchange.domain.patterns.p03 import P03
from exchange.domain.patterns.p04 import P04
from exchange.domain.patterns.p05 import P05
from exchange.domain.patterns.p07 import P07
from exchange.domain.patterns.p13 import P13
from exchange.domain.patterns.p19 import P19
from exchange.domain.patterns.p21 import P21
from exchange.domain.patterns.p22 import P22

PATTERNS: Final[tuple[Pattern, ...]] = (P01, P03, P04, P05, P07, P13, P19, P21, P22)
