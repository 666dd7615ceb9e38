"""Seconds from the receipt of a notice to the alert in a queue, on an idle exchange; the slowest of many."""

import tempfile
import time
from pathlib import Path

from measuring import figure

from builders import SK_ASYLUM, SK_BORDER, UA_BORDER, UNHCR
from exchange.deps import open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from journey import Journey

TIMES = 20
TARGET = 1.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Exchange(Path(folder) / "var", Plan()) as exchange:
        exchange.start()
        journey = Journey(exchange, open_hub(load(exchange.running.environment), connections=1), Path(folder))
        sk, sk_asylum, ua, _ = journey.enrol(SK_BORDER, SK_ASYLUM, UA_BORDER, UNHCR)
        took = []
        for number in range(TIMES):
            person = f"person {number}"
            sk.leg("UKR", person=person, case=f"sk-{number}", event_time="2026-09-01")
            journey.settle()
            ua.leg("AFG", person=person, case=f"ua-{number}", event_time="2026-10-01")
            start = time.perf_counter()
            while len([a for a in sk_asylum.speaker.alerts() if a["pattern"] == "P04"]) <= number:
                pass
            took.append(time.perf_counter() - start)
        journey.close()
    took.sort()
    figure("alert.latency_median", took[TIMES // 2], "s", TARGET)
    figure("alert.latency_slowest", took[-1], "s", TARGET)


if __name__ == "__main__":
    main()
