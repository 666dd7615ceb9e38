"""All patterns, in the order of their ids."""

from typing import Final

from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.p01 import P01
from exchange.domain.patterns.p02 import P02
from exchange.domain.patterns.p03 import P03
from exchange.domain.patterns.p04 import P04
from exchange.domain.patterns.p05 import P05
from exchange.domain.patterns.p06 import P06
from exchange.domain.patterns.p07 import P07
from exchange.domain.patterns.p08 import P08
from exchange.domain.patterns.p09 import P09
from exchange.domain.patterns.p10 import P10
from exchange.domain.patterns.p11 import P11
from exchange.domain.patterns.p12 import P12
from exchange.domain.patterns.p13 import P13
from exchange.domain.patterns.p14 import P14
from exchange.domain.patterns.p15 import P15
from exchange.domain.patterns.p16 import P16
from exchange.domain.patterns.p17 import P17
from exchange.domain.patterns.p18 import P18
from exchange.domain.patterns.p19 import P19
from exchange.domain.patterns.p21 import P21
from exchange.domain.patterns.p22 import P22

PATTERNS: Final[tuple[Pattern, ...]] = (
    P01,
    P02,
    P03,
    P04,
    P05,
    P06,
    P07,
    P08,
    P09,
    P10,
    P11,
    P12,
    P13,
    P14,
    P15,
    P16,
    P17,
    P18,
    P19,
    P21,
    P22,
)
