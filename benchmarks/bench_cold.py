"""What it costs that tokens are encrypted at rest: at acceptance, at linking, and whenever rules read a notice.

    PYTHONPATH=.:benchmarks .venv/bin/python benchmarks/bench_cold.py

CPU microseconds, the least of some rounds, for a hub part with 96 tokens.
"""

import json
import time
from collections.abc import Callable

from measuring import figure

from exchange.wire import cold, sdjwt
from exchange.wire.encoding import b64encode

ROUNDS, CALLS, PEPPER = 20, 200, bytes(32)
VALUES = [f"C2D.{b64encode(bytes([n]) * 32)}" for n in range(96)]
HUB = {
    "subject": {"nationality": ["AFG"], "feared": ["RUS"]},
    "tokens": {"profile": "N1", "keyset": "k2026", "values": list[object](VALUES)},
    "case": "LT-2026-1",
    "aud": [f"urn:asylum-exchange:authority:a{n}" for n in range(4)],
    "seq": 7,
    "prev": b64encode(bytes(32)),
    "source": "own_act",
    "purpose": "protection_of_vital_interests",
    "legal_basis": "national_law",
}


def least(act: Callable[[], object]) -> float:
    """Return CPU microseconds of one call."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(CALLS):
            act()
        found.append((time.process_time() - start) / CALLS)
    return 1e6 * min(found)


def main() -> None:
    """Measure."""
    given = b64encode(json.dumps([b64encode(bytes(32)), "hub", HUB], separators=(",", ":")).encode())
    made = cold.cut(given, "tokens", PEPPER, "1")
    assert made is not None
    assert cold.whole(made, PEPPER, "1") == given
    figure("cold.cut", least(lambda: cold.cut(given, "tokens", PEPPER, "1")), "µs", 100)
    figure("cold.whole", least(lambda: cold.whole(made, PEPPER, "1")), "µs", 100)
    clear, rest = least(lambda: sdjwt.disclosed(given)), least(lambda: sdjwt.disclosed(made.rest))
    figure("cold.read_of_the_rules", rest, "µs", clear)


if __name__ == "__main__":
    main()
