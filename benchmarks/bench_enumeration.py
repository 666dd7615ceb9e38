"""The enumeration attack: somebody has the key that authorities share, and tries names and dates.

    python benchmarks/bench_enumeration.py

With the HMAC key alone the work is the machine's; with the token service it is what an admitted authority's quota
lets through, and it stands in the service's log. Said is how long each takes for three spaces of candidates, and which
shapes the service's report sees of it, and when. A token that was found says nothing by itself: it must still be
compared with what the hub holds, which is hashed under a key of the hub.
"""

import hashlib
import hmac
import random
import time
from datetime import UTC, datetime

from measuring import figure
from voprf import ristretto

from exchange.domain.errors import Refusal
from exchange.token_service.batchlog import Batch
from exchange.token_service.evaluating import DEFAULT_QUOTA, MOST
from exchange.token_service.quotas import DAY, Counted
from exchange.token_service.shapes import HOUR, shapes

DAYS_OF_BIRTH = 90 * 365
SPACES = {
    "one known name, every birth date": DAYS_OF_BIRTH,
    "one known name, every birth date, every spelling class (50)": 50 * DAYS_OF_BIRTH,
    "the 1,000 most frequent given names x 1,000 surnames x every birth date": 10**6 * DAYS_OF_BIRTH,
}
"""Candidates of one type of match key."""
START = int(datetime(2026, 12, 7, tzinfo=UTC).timestamp())
QUIET_DAYS, ATTACK_DAYS = 28, 3


def per_second() -> tuple[float, float]:
    """Return what one core does without any quota: HMACs, and evaluations with both sides of the VOPRF."""
    values = [b"N1|C2D|%d" % number for number in range(50_000)]
    before = time.process_time()
    for value in values:
        hmac.digest(bytes(32), value, hashlib.sha256)
    hashed = len(values) / (time.process_time() - before)
    evaluator = ristretto.Evaluator(bytes(31) + b"\1")
    before = time.process_time()
    clients = [ristretto.Client.blind(value) for value in values[:MOST]]
    answer = evaluator.evaluate_batch([blinded for _, blinded in clients])
    ristretto.Client.finalize_batch([client for client, _ in clients], answer, evaluator.public_key)
    return hashed, MOST / (time.process_time() - before)


def attack(batch: int, pause: int, hours: range) -> list[Batch]:
    """Return what the service lets through of an attacker who asks every so many seconds, in these hours of days."""
    chance = random.Random(5)  # noqa: S311 -- invented days need no secrets
    office = [
        Batch(START + day * DAY + chance.randrange(7 * HOUR, 18 * HOUR), "a", chance.randrange(40, 71), "k1", "")
        for day in range(-QUIET_DAYS, 0)
        for _ in range(chance.randrange(60, 120))
    ]
    let_through = sorted(office, key=lambda one: one.at)
    counted = Counted(let_through, START)
    for at in range(START, START + ATTACK_DAYS * DAY, pause):
        if (at - START) % DAY // HOUR not in hours:
            continue
        try:
            counted.require_room("a", batch, DEFAULT_QUOTA, at)
        except Refusal:
            continue
        one = Batch(at, "a", batch, "k1", "")
        counted.took(one)
        let_through.append(one)
    return let_through


def main() -> None:
    hashed, evaluated = per_second()
    figure("HMAC key alone: candidates a second, one core", hashed, "1/s", 0, at_most=False)
    figure("VOPRF without a quota: candidates a second, one core", evaluated, "1/s", hashed)
    for name, size in SPACES.items():
        figure(f"{name}: HMAC key alone", size / hashed / HOUR, "hours", 0, at_most=False)
        figure(f"{name}: by the quota of one authority", size / DEFAULT_QUOTA.per_day, "days", 0, at_most=False)
    plans = {
        "as fast as it goes": (MOST, 10, range(24)),
        "evenly over the day": (MOST, 1800, range(24)),
        "in office hours, like records": (63, 60, range(7, 18)),
        "slowly, in office hours": (63, 600, range(7, 18)),
    }
    for name, plan in plans.items():
        seen = attack(*plan)
        n = sum(batch.n for batch in seen if batch.at >= START) / ATTACK_DAYS
        told = shapes(seen, {"a": DEFAULT_QUOTA}, {"a": 120})
        days = {one.name: one.day - START // DAY for one in reversed(told) if one.day >= START // DAY}
        false = [one for one in told if one.day < START // DAY]
        figure(f"{name}: let through a day", n, "elements", DEFAULT_QUOTA.per_day)
        figure(f"{name}: seen as {', '.join(sorted(days)) or 'nothing'}", len(days), "shapes", 0, at_most=False)
        figure(f"{name}: false shapes in the quiet days before", len(false), "shapes", 0)


if __name__ == "__main__":
    main()
