"""Invented persons and their tokens, as many as a country has, made and stored by columns so that it takes minutes.

Types, tokens of each and how often two strangers share one (u) are near what N1 made of `persons-train` (14
nationalities): C2NS 5e-5, DOB and V1Y 6e-5, E2Y 2e-5, C2Y and V2NS 1e-5, W2Y 7e-6, C1D0, C1MD, V1D 6e-6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import psycopg

from exchange.store import tokens

AUTHORITIES = 14
PADDED = 96
TOGETHER = 20_000
"""Persons that are copied at once."""
Column = np.ndarray[Any, Any]


@dataclass
class Persons:
    """Invented persons, a column each: parts of the name (-1 for none), days of the birth date since 1970 ..."""

    parts: Column
    days: Column
    sex: Column
    nationality: Column
    document: Column

    def of(self, rows: Column | slice) -> "Persons":
        return Persons(*(column[rows] for column in vars(self).values()))


def zipf(rng: np.random.Generator, size: int, kinds: int, offset: int) -> Column:
    """Draw so many of so many kinds, the k-th as frequent as 1 / (k + offset)."""
    weights = 1 / (np.arange(kinds) + offset)
    return rng.choice(kinds, size, p=weights / weights.sum()).astype(np.int64)


def persons(count: int, seed: int) -> Persons:
    """Return invented persons: fourteen nationalities with names of their own, two or three parts of a name."""
    rng = np.random.default_rng(seed)
    nationality = zipf(rng, count, 14, 8)
    given, family, third = zipf(rng, count, 100, 2), zipf(rng, count, 200, 3), zipf(rng, count, 100, 2)
    third = np.where(rng.random(count) < 0.3, third, -1)
    parts = np.stack([given, 1000 + family, third], axis=1)
    parts = np.where(parts >= 0, parts + 10_000 * nationality[:, None], -1)
    days = rng.integers(0, 40 * 365, count)
    days = np.where(rng.random(count) < 0.19, days // 365 * 365, days)
    document = np.where(rng.random(count) < 0.57, rng.integers(1, 1 << 60, count), 0)
    return Persons(parts, days, rng.integers(0, 2, count), nationality, document)


def changed(known: Persons, rng: np.random.Generator) -> Persons:
    """Return what another authority may have written of persons: an error in half, half of the documents unknown."""
    count = len(known.days)
    error, days = rng.integers(0, 6, count), known.days
    days = np.where(error == 1, days // 365 * 365, np.where(error == 2, days + rng.integers(1, 400, count), days))
    parts = known.parts.copy()
    parts[:, 1] = np.where(error == 0, 10_000 * known.nationality + 1000 + rng.integers(0, 200, count), parts[:, 1])
    document = np.where(rng.random(count) < 0.5, known.document, 0)
    return Persons(parts, days, known.sex, known.nationality, document)


def mixed(kind: str, holds: Column, *values: Column | int) -> tuple[str, Column]:
    """Return the hashes of a token for each person, 0 for who does not hold it."""
    found = np.full(len(holds), sum(ord(char) * 257**place for place, char in enumerate(kind)), np.uint64)
    for value in values:
        found = (found ^ np.asarray(value, np.int64).astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        found ^= found >> np.uint64(29)
    return kind, np.where(holds, (found >> np.uint64(1)).astype(np.int64), 0)


def columns(who: Persons) -> Iterator[tuple[str, Column]]:
    """Yield the tokens of persons, of each what is the first, second and so on of its type: as N1 makes them."""
    exact = who.parts
    fine, coarse = exact - (exact % 3 == 1), exact // 2
    all_of = np.ones(len(exact), bool)
    yield mixed("DOB", all_of, who.days, who.sex, who.nationality)
    yield mixed("VGD", who.days % 365 > 0, fine[:, 0], who.days)
    for one in range(3):
        yield from _of_part(who, exact[:, one], fine[:, one], coarse[:, one])
    for a, b in combinations(range(3), 2):
        holds = (exact[:, a] >= 0) & (exact[:, b] >= 0)
        both = [form[:, a] * 1_000_000 + form[:, b] for form in (exact, fine, coarse)]
        yield from _of_pair(who, holds, both)
    yield mixed("DOC", who.document > 0, who.document)
    for place in range(8):
        yield mixed("DOCE", who.document > 0, who.document, place)


def _of_part(who: Persons, exact: Column, fine: Column, coarse: Column) -> Iterator[tuple[str, Column]]:
    year, day, holds = who.days // 365, who.days % 365, exact >= 0
    yield mixed("C1D", holds & (day > 0), coarse, who.days, who.sex)
    yield mixed("C1D0", holds & (day == 0), coarse, year, who.sex, who.nationality)
    for shift in (0, 1):
        yield mixed("C1DE", holds & (day > 0), coarse, (who.days + 4 * shift) // 8, shift, who.sex)
        yield mixed("C1MD", holds & (day > 0), coarse, (day + shift) // 2, shift, year // 10, who.sex)
    yield mixed("V1D", holds, fine, who.days)
    for end in range(2):
        yield mixed("W1D", holds & (day > 0), coarse, who.days, end)
    yield mixed("V1Y", holds, fine, year, who.sex)
    yield mixed("X1D", holds, exact, who.days)


def _of_pair(who: Persons, holds: Column, both: list[Column]) -> Iterator[tuple[str, Column]]:
    year, day = who.days // 365, who.days % 365
    exact, fine, coarse = both
    yield mixed("C2D", holds, coarse, who.days)
    yield mixed("C2MD", holds & (day > 0), coarse, day)
    for shift in (0, 1):
        window = (year + shift) // 2
        yield mixed("C2Y", holds, coarse, window, shift, who.sex)
        yield mixed("C2NS", holds, coarse, who.nationality, who.sex, (year + 10 * shift) // 20, shift)
        yield mixed("V2NS", holds, fine, (year + 10 * shift) // 20, shift)
        for left in range(3):
            yield mixed("E2Y", holds, fine, left, window, shift, who.sex)
        for end in range(2):
            yield mixed("W2Y", holds, exact, end, year, shift, who.sex)
    yield mixed("F2Y", holds, fine, year, who.sex)
    yield mixed("V2Y", holds, fine, year)
    yield mixed("X2Y", holds, exact, year)


def table(who: Persons, numbers: dict[str, int], rng: np.random.Generator) -> tuple[Column, Column]:
    """Return the tokens of persons, a row each: hashes (0 where there is none) and types, padded to `PADDED`."""
    made = list(columns(who))
    types = np.array([numbers[kind] for kind, _ in made], np.int64)
    hashes = np.stack([column for _, column in made], axis=1)
    types = np.broadcast_to(types, hashes.shape)
    order = np.argsort(hashes == 0, axis=1, kind="stable")[:, :PADDED]
    hashes, types = np.take_along_axis(hashes, order, 1), np.take_along_axis(types, order, 1)
    empty = hashes == 0
    return (
        np.where(empty, rng.integers(1, 1 << 63, hashes.shape), hashes),
        np.where(empty, types[:, rng.integers(0, 40, PADDED)], types),
    )


def kept(hashes: Column, author: Column) -> Column:
    """Return which tokens the index keeps: no more than `MOST` of one by one author, the first ones."""
    flat = hashes.ravel() ^ (np.repeat(author, hashes.shape[1]) << 56)
    order = np.argsort(flat, kind="stable")
    ranked = flat[order]
    first = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    rank = np.arange(len(flat)) - np.repeat(first, np.diff(np.r_[first, len(flat)]))
    keep = np.empty(len(flat), bool)
    keep[order] = rank < tokens.MOST
    return keep.reshape(hashes.shape)


def fill(url: str, count: int, numbers: dict[str, int]) -> None:
    """Put persons into the index by COPY, as `tokens.add` would have stored them."""
    rng = np.random.default_rng(1)
    hashes, types = table(persons(count, 7), numbers, rng)
    author = rng.integers(1, AUTHORITIES + 1, count)
    keep = kept(hashes, author)
    held = np.zeros(count, np.int64)
    for column in range(PADDED):
        held |= np.int64(1) << types[:, column]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP INDEX token_hash")
        connection.execute("DROP INDEX token_notice")
        copy_in = "COPY token (hash, notice, held, person, author, type) FROM STDIN (FORMAT BINARY)"
        with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for start in range(0, count, TOGETHER):
                rows = slice(start, start + TOGETHER)
                notice = np.arange(start + 1, start + 1 + len(hashes[rows]))
                whose = (notice[:, None], held[rows, None], notice[:, None], author[rows, None])
                copy.write(_binary((hashes[rows], *whose, types[rows]), keep[rows]))
            copy.write(b"\xff\xff")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("CREATE INDEX token_hash ON token (hash) INCLUDE (notice, held, person, author, type)")
        connection.execute("CREATE INDEX token_notice ON token (notice)")
        for number in range(1, AUTHORITIES + 1):
            connection.execute(
                "INSERT INTO token_author (slug, cases) VALUES (%s, %s)", (f"office-{number}", count // AUTHORITIES)
            )
        connection.execute("SET session_replication_role = replica")
        connection.execute("INSERT INTO neighbourhood SELECT n, n FROM generate_series(1, %s) n", (count,))
        connection.execute("VACUUM ANALYZE")
        connection.execute("CREATE EXTENSION pg_prewarm")
        connection.execute(
            "SELECT pg_prewarm(i) FROM unnest('{token_hash,neighbourhood,neighbourhood_pkey}'::regclass[]) i"
        )


def _binary(values: tuple[Column, ...], keep: Column) -> bytes:
    """Return rows in PostgreSQL's binary form of COPY: for each field how many bytes it has, and those."""
    form: list[tuple[str, str]] = [("fields", ">i2")]
    for place, size in enumerate(SIZES):
        form += [(f"size{place}", ">i4"), (f"value{place}", f">i{size}")]
    made = np.empty(keep.sum(), form)
    made["fields"] = len(SIZES)
    for place, (size, value) in enumerate(zip(SIZES, values, strict=True)):
        made[f"size{place}"], made[f"value{place}"] = size, np.broadcast_to(value, keep.shape)[keep]
    return made.tobytes()


SIZES = (8, 8, 8, 4, 2, 2)
"""Bytes of the columns of `token`."""
