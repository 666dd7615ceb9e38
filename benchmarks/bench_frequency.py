"""The frequency attack on the hub's token index: what counting says to whoever has the database and lacks the keys.

The attacker holds every row of the index (hash, type, notice), the nationality that a notice's hub part says in clear,
and a public population: persons whose names and birth dates are distributed as those in the index. For each type he
ranks the hashes by how many notices hold them, ranks the values that his population would make by the same code, and
takes the first for the first, the second for the second, and so on; ranked over all, or within each nationality.

    PYTHONPATH=.:benchmarks .venv/bin/python benchmarks/bench_frequency.py
        [--data FOLDER] [--records N] [--population N]

One JSON line per type: `mentions` (rows of the type, fill included), `share` of these that are guessed right, `within`
the same when nationality is used, `top` the share of the hundred most frequent hashes that are guessed right, `exact`
the share for an attacker who knows how often each value stands in the index itself, which no public list says: what
ranking can tell at most. The control lines (`control: ...`) are tokens of one field, which this exchange does not make:
they show that the attack works. Figures are means over several drawings of ties.
"""

import argparse
import gzip
import hashlib
import hmac
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from measuring import DATA, there

from exchange.client.linkage.keying import HmacKeying, chosen, keyed, token
from exchange.client.linkage.keys import MatchKey
from exchange.client.linkage.padding import padded
from exchange.client.linkage.parts import parts
from exchange.client.linkage.record import Record, of_row
from exchange.client.linkage.skeletons import coarse
from exchange.domain.errors import Refusal

KEY, PEPPER = hashlib.sha256(b"a key that the attacker lacks").digest(), hashlib.sha256(b"the hub's pepper").digest()
TIES = 3
SEED = 7
NAME_ONLY, WITH_DATE = 0.005, 0.0001
WITHOUT_A_DATE = frozenset({"C2NS", "F2NS", "V2NS"})
"""Types of two name parts, with windows of twenty years at most."""

Rows = list[tuple[str, str, int]]


def rows(folder: Path, names: Sequence[str], most: int) -> Iterator[dict[str, str]]:
    for name in names:
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number == most:
                    break
                yield json.loads(line)


def keys(record: Record) -> list[MatchKey]:
    """The match keys of a record, with those of the control, which say one field each."""
    try:
        found = chosen(record)
    except Refusal:
        found = []
    for day in record.days:
        found.append(MatchKey("ZYEAR", str(day.year)))
    for spelling in record.names:
        for kind, word in (("ZGIVEN", spelling.given), ("ZFAMILY", spelling.family)):
            found += [MatchKey(kind, text) for one in parts(word)[:1] for text in sorted(coarse(one.text))]
    return found


def population(said: list[dict[str, str]], most: int, drawn: random.Random) -> Iterator[dict[str, str]]:
    """Persons made of the parts of others: given name, family name and birth date of one nationality and sex each."""
    pools: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in said:
        for name in ("given", "family", "pat", "dob"):
            pools[row["nat"], row["sex"]][name].append(row[name])
    for _ in range(most):
        like = drawn.choice(said)
        pool = pools[like["nat"], like["sex"]]
        yield like | {name: drawn.choice(pool[name]) for name in ("given", "family", "dob")} | {"doc": ""}


class Index:
    """What the hub stores, and beside it what only this benchmark knows: the value behind each hash."""

    def __init__(self) -> None:
        self.notices: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.states: list[str] = []
        self.truth: dict[tuple[str, int], str] = {}

    def add(self, record: Record) -> None:
        notice = len(self.states)
        self.states.append(next(iter(record.nationalities), ""))
        wanted = keys(record)
        made = [token(key.type, keyed(KEY, key)) for key in wanted]
        for key, text in zip(wanted, made, strict=True):
            self.truth[key.type, stored(text)] = key.value
        real = [text for text in made if not text.startswith("Z")]
        control = [text for text in made if text.startswith("Z")]
        for text in padded(real, HmacKeying(KEY, "bench").fill_key) + control:
            self.notices[text.partition(".")[0]][stored(text)].add(notice)

    def types(self) -> list[str]:
        return sorted(self.notices)

    def counted(self, kind: str) -> dict[str, Counter[int]]:
        """Notices that hold each hash: over all (`all`), and of each nationality."""
        found: dict[str, Counter[int]] = defaultdict(Counter)
        for value, notices in self.notices[kind].items():
            found["all"][value] = len(notices)
            for one in notices:
                found[self.states[one]][value] += 1
        return found


def stored(text: str) -> int:
    return int.from_bytes(hmac.digest(PEPPER, text.encode(), "sha256")[:8], "big", signed=True)


def guess(seen: Counter[int], known: Counter[str], drawn: random.Random) -> dict[int, str]:
    """The hash that most notices hold is the value that most persons have, and so on down both lists."""
    return dict(zip(ranked(seen, drawn), ranked(known, drawn), strict=False))


def ranked(counted: Counter[Any], drawn: random.Random) -> list[Any]:
    return sorted(counted, key=lambda one: (-counted[one], drawn.random()))


def attack(index: Index, public: "Public", kind: str, drawn: random.Random) -> dict[str, float]:
    """Shares of the rows of a type that are guessed right, by each way of guessing."""
    seen = index.counted(kind)
    whole = seen.pop("all")
    truth = {one: index.truth.get((kind, one), f"fill {one}") for one in whole}

    def right(counted: Counter[int], known: Counter[str]) -> list[int]:
        return [one for one, value in guess(counted, known, drawn).items() if truth[one] == value]

    over_all = right(whole, public.values[kind, "all"])
    first = {one for one, _ in whole.most_common(100)}
    hits = {
        "share": sum(whole[one] for one in over_all),
        "within": sum(
            counted[one] for state, counted in seen.items() for one in right(counted, public.values[kind, state])
        ),
        "exact": sum(whole[one] for one in right(whole, Counter({truth[one]: many for one, many in whole.items()}))),
    }
    shares = {name: many / whole.total() for name, many in hits.items()}
    return shares | {"top": len(first.intersection(over_all)) / len(first)}


class Public:
    """How often each value occurs in the attacker's population, over all and within each nationality."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.values: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for record in records:
            for key in keys(record):
                self.values[key.type, "all"][key.value] += 1
                for state in record.nationalities:
                    self.values[key.type, state][key.value] += 1


def told(kind: str, mentions: int, figures: dict[str, float]) -> dict[str, Any]:
    control = kind.startswith("Z")
    limit = None if control else NAME_ONLY if kind in WITHOUT_A_DATE else WITH_DATE
    line: dict[str, Any] = {"type": f"control: {kind[1:].lower()}" if control else kind, "mentions": mentions}
    line |= {name: round(value, 6) for name, value in figures.items()}
    if limit is not None:
        line |= {"limit": limit, "holds": max(figures["share"], figures["within"]) <= limit}
    return line


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--data", type=Path, default=DATA)
    asked.add_argument("--records", type=int, default=10_000, help="records of each file")
    asked.add_argument("--population", type=int, default=20_000, help="persons that the attacker knows")
    said = asked.parse_args()
    if not there("frequency", said.data):
        return 0
    drawn = random.Random(SEED)  # noqa: S311 -- a benchmark needs no secrets
    index = Index()
    for row in rows(said.data, ("persons-dev-a.jsonl.gz", "persons-dev-b.jsonl.gz"), said.records):
        index.add(of_row(row))
    train = list(rows(said.data, ("persons-train-a.jsonl.gz", "persons-train-b.jsonl.gz"), said.records))
    public = Public(of_row(row) for row in population(train, said.population, drawn))
    print(json.dumps({"notices": len(index.states), "population": said.population, "seed": SEED}))
    broken = 0
    for kind in index.types():
        tries = [attack(index, public, kind, drawn) for _ in range(TIES)]
        figures = {name: sum(one[name] for one in tries) / TIES for name in tries[0]}
        line = told(kind, index.counted(kind)["all"].total(), figures)
        broken += line.get("holds") is False
        print(json.dumps(line))
    print(json.dumps({"types over their limit": broken}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
