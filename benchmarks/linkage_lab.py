"""What the measurements of linkage share: rows of test data, invented persons, and the index in memory.

Tokens are match keys unhashed here, which agree as hashes do. The index counts persons as the hub's does: of one
authority at most five.
"""

import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exchange.client.linkage.keying import chosen
from exchange.client.linkage.record import of_row
from exchange.domain.errors import Refusal
from exchange.domain.weighing.evidence import Agreed, Evidence, band, magnitude

DATA = Path(__file__).resolve().parents[2] / "shared" / "linkage" / "data"
COUNTED = 5
SEED = 20261201
Row = dict[str, str]
Tokens = dict[str, tuple[str, ...]]
"""Type -> values."""


def rows(path: Path) -> list[Row]:
    """Return the rows of a file of JSON lines, plain or gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def pair_of(name: str) -> tuple[list[Row], list[Row]]:
    """Return both files of test data: `train` or `dev`."""
    a, b = (rows(DATA / f"persons-{name}-{side}.jsonl.gz") for side in "ab")
    return a, b


def same(one: Row, other: Row) -> bool:
    """Say whether two rows are one person: aN and bN are."""
    return {one["id"][0], other["id"][0]} == {"a", "b"} and one["id"][1:] == other["id"][1:]


def tokens(row: Row) -> Tokens:
    """Return the match keys of a row by type, cut at what a notice holds."""
    try:
        kept = chosen(of_row(row))
    except Refusal:
        kept = []
    found: dict[str, list[str]] = defaultdict(list)
    for key in kept:
        found[sys.intern(key.type)].append(key.value)
    return {kind: tuple(values) for kind, values in found.items()}


def strangers(source: Sequence[Row], number: int, seed: int = SEED) -> Iterator[Row]:
    """Yield persons who never were: given name, family name and birth date each of another person of one origin.

    A birthday that is not 1 January is drawn afresh, so that the persons do not share the source's.
    """
    rng = random.Random(seed)  # noqa: S311 -- invented persons
    by_origin: dict[str, list[Row]] = defaultdict(list)
    by_sex: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in source:
        by_origin[row["loc"]].append(row)
        by_sex[row["loc"], row["sex"]].append(row)
    for place in range(number):
        row = dict(rng.choice(source))
        row["given"] = rng.choice(by_sex[row["loc"], row["sex"]])["given"]
        row["family"] = rng.choice(by_origin[row["loc"]])["family"]
        row["pat"] = rng.choice(by_origin[row["loc"]])["pat"] if row["pat"] else ""
        if row["dob"]:
            year = rng.choice(source)["dob"][:4] or row["dob"][:4]
            new = row["dob"][4:] == "-01-01"
            row["dob"] = f"{year}-01-01" if new else f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        row["doc"] = "".join(rng.choice("0123456789") if c.isdigit() else c for c in row["doc"])
        yield row | {"id": f"s{seed}-{place}"}


def relatives(source: Sequence[Row], number: int, seed: int = SEED) -> Iterator[tuple[Row, Row]]:
    """Yield two of one family each: one family name and origin, other given names; one pair in ten are twins."""
    rng = random.Random(seed)  # noqa: S311 -- invented persons
    given: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in source:
        given[row["loc"], row["sex"]].append(row["given"])
    usable = [row for row in source if row["given"] and row["family"] and len(row["dob"]) == 10]
    authorities = sorted({row["auth"] for row in source})
    for place in range(number):
        first = dict(rng.choice(usable)) | {"doc": "", "id": f"r{seed}-{place}"}
        second = first | {"id": f"q{seed}-{place}", "auth": rng.choice(authorities), "sex": rng.choice("FM")}
        second["given"] = rng.choice(given[first["loc"], second["sex"]] or given[first["loc"], first["sex"]])
        if rng.random() > 0.1:
            year = int(first["dob"][:4]) + rng.choice((-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6))
            new = first["dob"].endswith("-01-01")
            second["dob"] = f"{year}-01-01" if new else f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        if second["given"] != first["given"]:
            yield first, second


@dataclass(frozen=True)
class Pair:
    """Numbers of two rows, asked and held, and their evidence."""

    asked: int
    held: int
    evidence: Evidence


class Index:
    """Rows that are held, by token."""

    def __init__(self, held: Sequence[Row], asked: Sequence[Row] = ()) -> None:
        """Index the rows held; those asked are counted too, as the hub holds both."""
        self.tokens = [tokens(row) for row in held]
        self.asked = [tokens(row) for row in asked]
        self._holders: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for number, made in enumerate(self.tokens):
            for token in _flat(made):
                self._holders[token].append(number)
                self._counts[token][held[number]["auth"]] += 1
        for row, made in zip(asked, self.asked, strict=True):
            for token in _flat(made):
                if token in self._holders:
                    self._counts[token][row["auth"]] += 1
        self.population = magnitude(len(held) + len(asked))

    def pairs(self, wanted: Iterable[int] | None = None) -> Iterator[Pair]:
        """Yield every pair of a row asked and a row held that share a token, with its evidence."""
        for number in range(len(self.asked)) if wanted is None else wanted:
            yield from self.of(number, self.asked[number])

    def of(self, number: int, mine: Tokens) -> Iterator[Pair]:
        """Yield the pairs of one set of tokens."""
        shared: dict[int, dict[str, list[int]]] = defaultdict(dict)
        for token in _flat(mine):
            holders = self._holders.get(token, ())
            rare = sum(min(persons, COUNTED) for persons in self._counts[token].values()) if holders else 0
            for other in holders:
                shared[other].setdefault(token[0], []).append(rare)
        for other, found in shared.items():
            agree = tuple(Agreed(kind, len(each), band(min(each))) for kind, each in sorted(found.items()))
            differ = frozenset(mine.keys() & self.tokens[other].keys() - found.keys())
            yield Pair(number, other, Evidence(agree, differ, self.population))


def _flat(made: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for kind, values in made.items():
        for value in values:
            yield kind, value
