"""Whether the time of an answer tells of a hit that may not be told: `bench_silence.py [pairs]`, 2,000 unless told.

A real client asks a real server, over HTTP, about persons of whom much is known that must not reach it, and about
persons of whom nothing is known: two queries in random order make a pair, and eight clients ask at once. The two
samples of times are compared by the tests of Mann and Whitney and of Kolmogorov and Smirnov, each two-sided at ALPHA.
Beside their p stands the smallest shift that the first would have found with POWER: samples are drawn from all the
times measured, and one of the two is shifted. And where the deadline is taken away, half as many pairs must show the
difference, or the tests would have no teeth. Web and PostgreSQL run, the workers do not.
"""

import bisect
import math
import random
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import uuid_utils
from measuring import figure

from authorities import Office, enrolled, tokens
from builders import BY_ASYLUM, SK_ASYLUM
from exchange import clock
from exchange.client.line import JOSE
from exchange.deps import open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.wire import httpsig, jws, statements
from exchange.wire.encoding import write_json
from exchange.wire.messages import Request
from steps import keep_all

USUAL, CLIENTS, FEW_CLIENTS, PERSONS, NOTICES = 2000, 8, 2, 20, 12
DEADLINE, NO_DEADLINE = 0.25, 0.0001
ALPHA, POWER, DRAWS = 0.01, 0.9, 100
LARGEST_SHIFT = 0.002
"""Seconds; a shift of so much must be found."""
ENOUGH = 200
"""Pairs from which on the run without a deadline makes sense."""
HIDDEN, NOTHING = "hidden", "nothing"


def prepare(sk: Office, by: Office, persons: int) -> None:
    """Tell much of some persons, which must not reach Belarus, and let Belarus have a case of each person."""
    said = {"subject": {"nationality": ["KAZ"], "feared": ["RUS"]}}
    for person in range(persons):
        case = f"{HIDDEN}-{person}"
        sk.speaker.post_batch([sk.parts("claim_registered", person=case, case=case, **said) for _ in range(NOTICES)])
    for kind in (HIDDEN, NOTHING):
        cases = [f"{kind}-{person}" for person in range(persons)]
        own = {"subject": {"nationality": ["KAZ"]}}
        by.speaker.post_batch([by.parts("claim_registered", person=case, case=case, **own) for case in cases])


def query(office: Office, case: str) -> bytes:
    asked = {"purpose": "examining_the_application", "legal_basis": "national_law", "case": case}
    said = {"v": 1, "ex": office.folder.hub["ex"], "id": str(uuid_utils.uuid7()), "iss": office.who.urn}
    said |= {"iat": int(clock.now().timestamp()), **asked, "tokens": tokens(case)["values"]}
    return jws.sign(write_json(said), statements.QUERY, office.folder.key("notice")).encode()


class Asking:
    """Clients that ask in pairs, and what they measured."""

    def __init__(self, office: Office, origin: str, persons: int) -> None:
        self._office, self._target, self._persons = office, f"{origin}/v1/queries", persons
        self._here = threading.local()
        self.took: dict[str, list[float]] = {HIDDEN: [], NOTHING: []}
        self.sizes: set[tuple[int, ...]] = set()

    def pair(self, number: int) -> None:
        """Ask about two persons, in random order; the first pair of each client is not measured."""
        cold = not hasattr(self._here, "http")
        if cold:
            self._here.http = httpx.Client(trust_env=False, timeout=60)
        kinds = [HIDDEN, NOTHING]
        if secrets.randbelow(2):
            kinds.reverse()
        for kind in kinds:
            took = self._ask(f"{kind}-{number % self._persons}")
            if not cold:
                self.took[kind].append(took)

    def _ask(self, case: str) -> float:
        request = Request("POST", self._target, (("content-type", JOSE),), query(self._office, case))
        key = self._office.folder.key("request")
        signed = httpsig.sign_request(request, key, clock.now(), secrets.token_bytes(16))
        start = time.perf_counter()
        got = self._here.http.post(signed.target_uri, headers=list(signed.headers), content=signed.body)
        took = time.perf_counter() - start
        assert got.status_code == 200, got.text
        told = statements.heard(got.text, statements.ANSWER, self._office.folder.hub_key("words"))
        assert told["answer"] == "nothing_to_tell", told
        self.sizes.add((len(got.content), *(len(value) for _, value in sorted(got.headers.items()))))
        return took


def measured(pairs: int, deadline: float, most: int, folder: Path) -> Asking:
    """Return what so many clients measured against an exchange that answers queries at this deadline."""
    settings = {"ASYLUM_EXCHANGE_QUERY_DEADLINE": str(deadline), "ASYLUM_EXCHANGE_QUOTA_QUERIES": "1000000"}
    persons = min(PERSONS, pairs)
    with Exchange(folder / "var", Plan(only=("postgres", "hub-keys", "migrate", "web"), extra=settings)) as exchange:
        running = exchange.start()
        hub = open_hub(load(running.environment), connections=2)
        sk, by = (Office(folder / who.slug, who) for who in (SK_ASYLUM, BY_ASYLUM))
        enrolled(hub, sk, by)
        prepare(sk, by, persons)
        keep_all(hub)
        asking = Asking(by, running.origin, persons)
        clients = min(most, pairs)
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(asking.pair, range(pairs + clients)))
        hub.database.close()
        for office in (sk, by):
            office.close()
    return asking


def mann_whitney(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the two-sided p of the Mann-Whitney test, by the normal approximation with its correction for ties."""
    everything = sorted((*a, *b))
    total, ties, rank, place = len(everything), 0.0, {}, 0
    while place < total:
        end = bisect.bisect_right(everything, everything[place], place)
        rank[everything[place]] = (place + 1 + end) / 2
        ties += (end - place) ** 3 - (end - place)
        place = end
    u = sum(rank[value] for value in a) - len(a) * (len(a) + 1) / 2
    spread = math.sqrt(len(a) * len(b) / 12 * (total + 1 - ties / (total * (total - 1))))
    return math.erfc(abs(u - len(a) * len(b) / 2) / spread / math.sqrt(2)) if spread else 1.0


def kolmogorov_smirnov(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the two-sided p of the Kolmogorov-Smirnov test, by the series of its limit."""
    one, other = sorted(a), sorted(b)
    widest = max(
        abs(bisect.bisect_right(one, value) / len(one) - bisect.bisect_right(other, value) / len(other))
        for value in (*one, *other)
    )
    scaled = widest * math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    if scaled < 0.2:  # p is 1 to many digits, and the series converges slowly
        return 1.0
    return min(1.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101)))


def is_found(shift: float, times: Sequence[float], count: int, rng: random.Random) -> bool:
    """Tell whether the test of Mann and Whitney finds a shift with POWER in samples of this size."""
    found = 0
    for _ in range(DRAWS):
        moved = [value + shift for value in rng.choices(times, k=count)]
        found += mann_whitney(moved, rng.choices(times, k=count)) < ALPHA
    return found >= POWER * DRAWS


def smallest_shift(times: Sequence[float], count: int, rng: random.Random) -> float:
    """Return the smallest shift in seconds that is found with POWER, to a tenth of itself, or the whole deadline.

    In very small samples no shift at all is found.
    """
    low, high = 0.0, 0.00001
    while not is_found(high, times, count, rng):
        low, high = high, high * 2
        if high > DEADLINE:
            return DEADLINE
    while high - low > high / 10:
        middle = (low + high) / 2
        low, high = (low, middle) if is_found(middle, times, count, rng) else (middle, high)
    return high


def median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    seed = secrets.randbelow(2**32)
    print("seed of the drawn samples:", seed, file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        asking = measured(pairs, DEADLINE, CLIENTS, Path(folder))
    hidden, nothing = asking.took[HIDDEN], asking.took[NOTHING]
    times = [*hidden, *nothing]
    figure("silence.pairs", min(len(hidden), len(nothing)), "pairs", pairs, at_most=False)
    figure("silence.sizes_of_answers", len(asking.sizes), "sizes", 1)
    figure("silence.beyond_the_first_deadline", sum(t > 2 * DEADLINE for t in times) / len(times), "share", 0.01)
    figure("silence.median_difference", abs(median(hidden) - median(nothing)) * 1e3, "ms", LARGEST_SHIFT * 1e3)
    figure("silence.p_mann_whitney", mann_whitney(hidden, nothing), "p", ALPHA, at_most=False)
    figure("silence.p_kolmogorov_smirnov", kolmogorov_smirnov(hidden, nothing), "p", ALPHA, at_most=False)
    shift = smallest_shift(times, len(hidden), random.Random(seed))  # noqa: S311 -- a simulation, printed with its seed
    figure(f"silence.smallest_shift_found_with_power_{POWER}", shift * 1e3, "ms", LARGEST_SHIFT * 1e3)
    if pairs >= ENOUGH:
        with tempfile.TemporaryDirectory() as folder:
            bare = measured(pairs // 2, NO_DEADLINE, FEW_CLIENTS, Path(folder))
        figure("silence.p_without_the_deadline", mann_whitney(bare.took[HIDDEN], bare.took[NOTHING]), "p", ALPHA)


if __name__ == "__main__":
    main()
