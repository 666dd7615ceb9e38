"""False links within families: how often brothers and sisters, twins and namesakes are taken for one person.

    PYTHONPATH=.:benchmarks .venv/bin/python benchmarks/bench_families.py [ROWS [FAMILIES]]

ROWS is a file of JSON lines like persons-dev-a.jsonl.gz (default: that one in ../shared/linkage/data, when present):
its names, dates and nationalities make the families, and its persons are the population among whom tokens are rare.
Each family is two records by two authorities, spelled alike to the letter, without documents (unless they share one):
the worst case. Match keys, weights and thresholds are the real ones; tokens are match keys unhashed, which agree as
hashes do. Prints, for each kind of family, the share of pairs that would be linked as probable (silently) and as
possible (for review); the last kind is one person twice, for comparison.
"""

import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path

from measuring import figure

from exchange.client.linkage.keying import chosen
from exchange.client.linkage.keys import MatchKey
from exchange.client.linkage.record import of_row
from exchange.domain.errors import Refusal
from exchange.domain.weighing import evidence, scoring, weights
from exchange.domain.weighing.evidence import Agreed, Evidence

SEED = 20261201
ROWS = Path(__file__).resolve().parents[2] / "shared" / "linkage" / "data" / "persons-dev-a.jsonl.gz"
FAMILIES = 1000
COUNTED = 5
"""Persons of one authority that are counted at most, as the hub's index counts."""
Row = dict[str, str]
Keys = Mapping[str, frozenset[MatchKey]]


def main() -> None:
    """Measure each kind of family."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    if not source.exists():
        print(json.dumps({"name": "families", "not_measured": "no such data: name a file of rows"}))
        return
    data = source.read_bytes()
    rows = [json.loads(line) for line in (gzip.decompress(data) if source.suffix == ".gz" else data).splitlines()]
    print(json.dumps({"name": "families.seed", "value": SEED}))
    index = Index(rows)
    shipped = weights.read(json.loads(files("exchange.data").joinpath("link-weights.json").read_text()))
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else FAMILIES
    for name, make in KINDS.items():
        pairs = [pair for pair, _ in zip(_families(rows, make), range(wanted), strict=False)]
        grades = [scoring.score(index.evidence(*pair), shipped).grade for pair in pairs]
        most = 1.0 if name == "same_person" else MOST
        for grade in ("probable", "possible"):
            figure(
                f"families.{name}.{grade}",
                grades.count(grade) / len(grades),
                "share",
                most if grade == "probable" else 1,
            )


MOST = 0.001
"""The largest share of a family's pairs that may be joined silently."""


class Index:
    """Who holds which match key, as the hub's index counts persons: at most five of one authority."""

    def __init__(self, rows: list[Row]) -> None:
        self._holders: dict[MatchKey, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in rows:
            for key in _keys(row):
                self._holders[key][row["auth"]] += 1
        self._population = evidence.magnitude(len(rows))

    def evidence(self, one: Row, other: Row) -> Evidence:
        """Return the evidence of two records that are new to the index."""
        left, right = (_by_type(_keys(row)) for row in (one, other))
        both = left.keys() & right.keys()
        shared = {kind: left[kind] & right[kind] for kind in sorted(both)}
        agree = tuple(
            Agreed(kind, len(keys), evidence.band(min(2 + self._held(key) for key in keys)))
            for kind, keys in shared.items()
            if keys
        )
        return Evidence(agree, frozenset(kind for kind, keys in shared.items() if not keys), self._population)

    def _held(self, key: MatchKey) -> int:
        return sum(min(persons, COUNTED) for persons in self._holders.get(key, {}).values())


def _keys(row: Row) -> list[MatchKey]:
    """Return the match keys that a notice has room for; none of a record that holds too little."""
    try:
        return chosen(of_row(row))
    except Refusal:
        return []


def _by_type(keys: list[MatchKey]) -> Keys:
    found: dict[str, set[MatchKey]] = defaultdict(set)
    for key in keys:
        found[key.type].add(key)
    return {kind: frozenset(of) for kind, of in found.items()}


class Town:
    """Given names that are borne in one place, by sex."""

    def __init__(self, rows: list[Row], rng: random.Random) -> None:
        self.rng = rng
        self._given: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            if row["given"] and row["family"]:
                self._given[row["loc"], row["sex"]].append(row["given"])

    def other(self, row: Row) -> str:
        """Return a given name of the same place and sex, not this one."""
        names = [name for name in self._given[row["loc"], row["sex"]] if name != row["given"]]
        return self.rng.choice(names) if names else ""

    def alike(self, row: Row) -> str:
        """Return the most similar other given name of the same place and sex out of sixty, as twins often bear."""
        names = [name for name in (self.other(row) for _ in range(60)) if name]
        return max(
            names, key=lambda name: SequenceMatcher(None, name.lower(), row["given"].lower()).ratio(), default=""
        )


Make = Callable[[Row, Town], Row]


def _families(rows: list[Row], make: Make) -> Iterator[tuple[Row, Row]]:
    """Yield pairs of records: one person, and one of the family by another authority. Endless."""
    rng = random.Random(SEED)  # noqa: S311 - invented families
    town = Town(rows, rng)
    usable = [row for row in rows if row["given"] and row["family"] and row["sex"] and _day(row["dob"])]
    while True:
        one = rng.choice(usable) | {"doc": "", "auth": "X1"}
        other = make(one, town)
        if other["given"]:
            first = one | {name: other.pop(f"{name} of the first", one[name]) for name in ("given", "dob", "doc")}
            yield first, other | {"auth": "X2"}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _later(row: Row, town: Town, least: int, most: int) -> str:
    """Return a birth date so many days before or after, within the bounds."""
    days = town.rng.choice((-1, 1)) * town.rng.randint(least, most)
    return (date.fromisoformat(row["dob"]) + timedelta(days=days)).isoformat()


def _sibling(least: int, most: int) -> Make:
    return lambda row, town: row | {"given": town.other(row), "dob": _later(row, town, least, most)}


def _new_year(years: int) -> Make:
    """Siblings whose dates nobody knew: 1 January, of years so far apart."""

    def make(row: Row, town: Town) -> Row:
        year = int(row["dob"][:4])
        born = {"dob": f"{year + years}-01-01", "dob of the first": f"{year}-01-01"}
        return row | {"given": town.other(row), **born}

    return make


def _of_two(row: Row, town: Town) -> Row:
    """Return a twin who shares the first of two given names."""
    first = row["given"].split()[0]
    second = row | {"given": town.other(row)}
    return row | {"given of the first": f"{first} {second['given']}", "given": f"{first} {town.other(second)}"}


def _namesake(row: Row, town: Town) -> Row:
    """Return a stranger of the same full name, born in the same year on another day."""
    start = date(int(row["dob"][:4]), 1, 1)
    return row | {"dob": (start + timedelta(days=town.rng.randrange(365))).isoformat()}


def _on_one_document(row: Row, town: Town) -> Row:
    """Return a child that stands on the document of this parent."""
    number = f"P{town.rng.randrange(10**7, 10**8)}"
    born = {"dob": _later(row, town, 6500, 13000)}
    return row | born | {"given": town.other(row), "doc": number, "doc of the first": number}


def _brother_or_sister(row: Row, town: Town) -> Row:
    """Return the twin of the other sex."""
    sex = "M" if row["sex"] == "F" else "F"
    return row | {"given": town.other(row | {"sex": sex}), "sex": sex}


KINDS: Mapping[str, Make] = {
    "twins": lambda row, town: row | {"given": town.other(row)},
    "twins_of_similar_names": lambda row, town: row | {"given": town.alike(row)},
    "twins_of_a_shared_first_name": _of_two,
    "brother_and_sister_twins": _brother_or_sister,
    "siblings_days_apart": _sibling(1, 3),
    "siblings_a_year_apart": _sibling(270, 420),
    "siblings_years_apart": _sibling(420, 4500),
    "siblings_of_similar_names": lambda row, town: (
        row | {"given": town.alike(row), "dob": _later(row, town, 270, 1500)}
    ),
    "siblings_same_1_january": _new_year(0),
    "siblings_next_1_january": _new_year(1),
    "namesakes_same_year": _namesake,
    "namesakes_years_apart": lambda row, town: row | {"dob": _later(row, town, 400, 2000)},
    "parent_and_child_of_one_name": lambda row, town: row | {"dob": _later(row, town, 6500, 13000)},
    "parent_and_child_on_one_document": _on_one_document,
    "same_person": lambda row, _: dict(row),
}


if __name__ == "__main__":
    main()
