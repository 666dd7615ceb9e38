"""The index of linkage tokens: which notices share tokens with one, how rare those are, and what differs.

A row is a token of a notice. The table has no more than `MOST` rows of one token by one author, so that ten thousand
invented notices of an authority neither make a search slow nor hide what others told: the first ones stay.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exchange.domain.weighing import evidence
from exchange.domain.weighing.evidence import Agreed, Evidence
from exchange.domain.weighing.weights import Weights
from exchange.store.session import Tx, many, row, rows

MOST: Final = 32
"""Rows of one token by one author in the index at most; also notices of one author among the candidates."""
TYPES: Final = 63
"""Types of tokens that the index can tell apart."""
COUNTED: Final = 5
"""Persons of one author that are counted at most when it is asked how many hold a token.

Cases that are linked already, even if only possibly, are one person: somebody whom ten authorities met is no crowd.
"""
LOOKED: Final = 80
"""Rows of a token that are looked at first: mostly these say already that it is crowded."""
SCORED: Final = 200
"""Candidates at most."""
FIRST: Final = 8
"""Candidates of each author that come before what others have more of."""

Hashed = Sequence[tuple[int, str]]
"""Tokens as (hash, type); `exchange.deps.Hub.token_hash` makes the hash."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds tokens: the number of a notice (0 for what is no notice), its author's slug, and its case there."""

    notice: int
    slug: str
    case: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A notice that shares tokens: its number, number of its author, number of its case in the index, and evidence."""

    notice: int
    author: int
    person: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Place:
    """Numbers of an author and a case (0 when they are not in the index), and of each type."""

    author: int
    person: int
    numbers: Mapping[str, int]


def add(tx: Tx, holder: Holder, tokens: Hashed, kinds: Collection[str]) -> None:
    """Index the tokens of a notice that are of these kinds. A second call changes nothing.

    The caller has the right to rearrange neighbourhoods (`exchange.store.links.hold`): nobody else adds meanwhile.
    """
    if row(tx, "SELECT 1 FROM token WHERE notice = %s LIMIT 1", (holder.notice,)) is not None:
        return
    place = _enter(tx, holder, kinds)
    tx.execute(_ADD, _mine(tokens, place) | {"notice": holder.notice})


_ADD: Final = """
INSERT INTO token (hash, notice, held, person, author, type)
SELECT m.hash, %(notice)s, %(held)s, %(person)s, %(author)s, m.type
  FROM unnest(%(hashes)s::bigint[], %(types)s::smallint[]) AS m (hash, type)
 WHERE (SELECT count(*) FROM (SELECT author FROM token t WHERE t.hash = m.hash OFFSET 0) same
         WHERE same.author = %(author)s) < %(most)s
"""


def indexed(tx: Tx, notices: Sequence[int]) -> list[int]:
    """Return which of these notices have tokens in the index."""
    found = rows(tx, "SELECT DISTINCT notice FROM token WHERE notice = ANY(%s) ORDER BY notice", (list(notices),))
    return [no for (no,) in found]


def has_room(tx: Tx, kinds: Collection[str]) -> bool:
    """Tell whether the index can tell these types apart, beside those that it knows: it has a bit for each."""
    return len(set(kinds).union(name for (name,) in rows(tx, "SELECT name FROM token_type"))) <= TYPES


def drop(tx: Tx, notices: Sequence[int]) -> None:
    """Take the tokens of notices out of the index, and of their cases those that have no tokens there any more."""
    tx.execute("DELETE FROM token WHERE notice = ANY(%s)", (list(notices),))
    tx.execute(_DROP_CASES, (list(notices),))


_DROP_CASES: Final = """
WITH gone AS (
    DELETE FROM token_case c USING token_author a, notice n
     WHERE n.no = ANY(%s) AND a.slug = n.slug AND c.author = a.no AND c.case_ref = n.case_ref AND NOT EXISTS (
           SELECT 1 FROM notice m JOIN token t ON t.notice = m.no WHERE m.slug = n.slug AND m.case_ref = n.case_ref)
    RETURNING c.author)
UPDATE token_author SET cases = cases - n FROM (SELECT author, count(*) n FROM gone GROUP BY author) g WHERE no = author
"""


def population(tx: Tx) -> int:
    """Return how many persons the index knows, as far as weights must care: never fewer than `FEWEST`.

    Every author counts for no more than all others together: none can blind the hub by inventing half of its persons.
    """
    counts = [int(cases) for (cases,) in rows(tx, "SELECT cases FROM token_author WHERE cases > 0")]
    whole = sum(counts)
    return max(FEWEST, sum(min(one, max(whole - one, FEWEST)) for one in counts))


FEWEST: Final = 1000
"""Persons that there are at least: an exchange that has begun to collect does not make it likelier to meet somebody."""


def candidates(tx: Tx, holder: Holder, tokens: Hashed, weights: Weights) -> list[Candidate]:
    """Return the notices of other cases that share tokens with these and may be possible links, with the evidence.

    One statement, whether there are any or none. `differ` leaves out a type where the index may not show all.
    """
    place = _look_up(tx, holder, weights.kinds)
    known = evidence.magnitude(population(tx))
    agreeing = [(place.numbers[t], b, bits) for t, each in weights.agree.items() for b, bits in enumerate(each, 1)]
    least = _whole(weights.possible - weights.prior(known) - weights.near)
    differ = {place.numbers[kind]: _whole(bits) for kind, bits in weights.differ.items()}
    values = _mine(tokens, place) | {
        "worth_types": [number for number, _, _ in agreeing],
        "worth_bands": [band for _, band, _ in agreeing],
        "worth_bits": [_whole(bits) for _, _, bits in agreeing],
        "differ_types": list(differ),
        "differ_bits": list(differ.values()),
        "bands": list(evidence.BANDS),
        "least": least,
        "least_agreeing": least - sum(bits for bits in differ.values() if bits > 0),
        "crowded": evidence.CROWDED,
        "looked": LOOKED,
        "counted": COUNTED,
        "scored": SCORED,
        "first": FIRST,
    }
    tx.execute(_PLANNED, ("off",))
    found = rows(tx, _CANDIDATES, values)
    tx.execute(_PLANNED, ("on",))
    names = {number: name for name, number in place.numbers.items()}
    told = {one: _evidence(*one, names, known) for one in {(differ, agree) for *_, differ, agree in found}}
    return [Candidate(no, author, case, told[differ, agree]) for no, author, case, differ, agree in found]


def _whole(bits: float) -> int:
    """Return a weight in thousandths of a bit: whole numbers add up to the same in whatever order."""
    return round(bits * 1000)


def _evidence(differ: int, agree: str, names: Mapping[int, str], population: int) -> Evidence:
    """Return the evidence of bits of types that differ, and of types that agree: number, tokens and band of each."""
    each = [tuple(map(int, one.split())) for one in agree.split(",")]
    agreed = sorted((Agreed(names[number], count, band) for number, count, band in each), key=_by_type)
    return Evidence(
        tuple(agreed), frozenset(name for number, name in names.items() if differ >> number & 1), population
    )


def _by_type(one: Agreed) -> str:
    return one.type


_PLANNED: Final = "SELECT set_config('enable_nestloop', %s, true)"
"""PostgreSQL cannot know that a flood makes many rows of few tokens: it must not plan for few, in quadratic time."""
_CANDIDATES: Final = """
WITH mine AS MATERIALIZED (
    SELECT * FROM unnest(%(hashes)s::bigint[], %(types)s::smallint[]) AS m (hash, type)),
hit AS MATERIALIZED (
    SELECT m.hash, m.type, t.* FROM mine m CROSS JOIN LATERAL (
        SELECT notice, person, author, held, row_number() OVER () AS place FROM token WHERE hash = m.hash OFFSET 0) t),
busy AS MATERIALIZED (
    SELECT hash, count(*) AS held_by FROM hit GROUP BY 1 HAVING count(*) >= (%(bands)s::int[])[1]),
few AS MATERIALIZED (
    SELECT h.notice, h.person, coalesce((SELECT n.no FROM neighbourhood n WHERE n.notice = h.notice), -h.person) AS one
      FROM (SELECT DISTINCT notice, person FROM hit
             WHERE person = %(person)s OR place <= %(looked)s AND hash IN (SELECT hash FROM busy)) h),
mine_is AS MATERIALIZED (SELECT coalesce(min(one), 0) AS one FROM few WHERE person = %(person)s),
crowded AS MATERIALIZED (
    SELECT hash FROM (
        SELECT hash, author, count(*)::int AS persons FROM (
            SELECT hash, one, min(author) AS author FROM busy JOIN hit USING (hash) JOIN few USING (notice)
             WHERE held_by > %(looked)s AND place <= %(looked)s GROUP BY 1, 2) AS first GROUP BY 1, 2) AS each
     GROUP BY 1 HAVING sum(least(persons, %(counted)s)) > (%(bands)s::int[])[%(crowded)s - 1]),
rest AS MATERIALIZED (SELECT hash, held_by FROM busy WHERE hash NOT IN (SELECT hash FROM crowded)),
one AS MATERIALIZED (
    SELECT notice, one FROM few UNION ALL
    SELECT h.notice, coalesce((SELECT n.no FROM neighbourhood n WHERE n.notice = h.notice), -h.person)
      FROM (SELECT DISTINCT notice, person FROM rest JOIN hit USING (hash) WHERE held_by > %(looked)s
               AND notice NOT IN (SELECT notice FROM few)) h),
holding AS (
    SELECT hash, one, min(author) AS author FROM (
        SELECT hash, one, author FROM rest JOIN hit USING (hash) JOIN one USING (notice)
         UNION ALL SELECT hash, one, %(author)s FROM rest, mine_is) AS each GROUP BY 1, 2),
rare AS (
    SELECT hash, width_bucket(sum(least(persons, %(counted)s))::int - 1, %(bands)s::int[]) + 1 AS band
      FROM (SELECT hash, author, count(*)::int AS persons FROM holding GROUP BY 1, 2) AS each GROUP BY 1
     UNION ALL SELECT hash, %(crowded)s FROM crowded),
unsure AS (
    SELECT author, bit_or(1::bigint << type) AS types
      FROM (SELECT author, type FROM busy JOIN hit USING (hash) WHERE held_by >= %(most)s
             GROUP BY hash, author, type HAVING count(*) >= %(most)s) AS each GROUP BY 1),
worth AS MATERIALIZED (
    SELECT * FROM unnest(%(worth_types)s::smallint[], %(worth_bands)s::int[], %(worth_bits)s::int[])
        AS w (type, band, bits)),
rated AS MATERIALIZED (
    SELECT hash, mine.type, coalesce(rare.band, 1) AS band, greatest(bits, 0) AS bits FROM mine
      LEFT JOIN rare USING (hash) LEFT JOIN worth w ON w.type = mine.type AND w.band = coalesce(rare.band, 1)),
near AS MATERIALIZED (
    SELECT notice, author, person, most, held & %(held)s & ~agreeing & ~coalesce(types, 0) AS differ
      FROM (SELECT notice, min(author) AS author, min(person) AS person, min(held) AS held,
                   bit_or(1::bigint << type) AS agreeing, sum(bits) AS most
              FROM hit JOIN rated USING (hash, type) WHERE person <> %(person)s GROUP BY 1) AS each
      LEFT JOIN unsure USING (author) WHERE most >= %(least_agreeing)s),
against AS MATERIALIZED (
    SELECT differ, (SELECT coalesce(sum(d.bits), 0)
                      FROM unnest(%(differ_types)s::smallint[], %(differ_bits)s::int[]) AS d (type, bits)
                     WHERE differ >> d.type & 1 = 1) AS bits
      FROM (SELECT DISTINCT differ FROM near) AS each),
likely AS MATERIALIZED (
    SELECT near.*, bits FROM near JOIN against USING (differ) WHERE most + bits >= %(least)s),
agreed AS (
    SELECT notice, type, count(*) AS n, min(band) AS band
      FROM likely JOIN hit USING (notice) JOIN rated USING (hash, type) GROUP BY 1, 2),
pair AS (
    SELECT notice, coalesce(sum(bits), 0) AS bits, string_agg(concat_ws(' ', type, n, band), ',') AS agreeing
      FROM agreed LEFT JOIN worth USING (type, band) GROUP BY 1),
best AS (
    SELECT notice, author, person, differ, agreeing, p.bits + l.bits AS cheap,
           row_number() OVER (PARTITION BY author ORDER BY p.bits + l.bits DESC, notice) AS place
      FROM pair p JOIN likely l USING (notice) WHERE p.bits + l.bits >= %(least)s)
SELECT notice, author, person, differ, agreeing FROM best WHERE place <= %(most)s
 ORDER BY place > %(first)s, cheap DESC, notice LIMIT %(scored)s
"""


def _mine(tokens: Hashed, place: _Place) -> dict[str, Any]:
    """Return the parameters that say which tokens are asked about, of whom."""
    known = sorted({(h, place.numbers[kind]) for h, kind in tokens if kind in place.numbers})
    held = 0
    for _, number in known:
        held |= 1 << number
    return {
        "hashes": _array(h for h, _ in known),
        "types": _array(number for _, number in known),
        "held": held,
        "person": place.person,
        "author": place.author,
        "most": MOST,
    }


def _array(numbers: Iterable[int]) -> str:
    """Return an array as PostgreSQL writes it: the driver takes far longer."""
    return "{" + ",".join(map(str, numbers)) + "}"


_PLACE: Final = """
SELECT a.no, c.no FROM token_author a LEFT JOIN token_case c ON c.author = a.no AND c.case_ref = %s WHERE a.slug = %s
"""


def _look_up(tx: Tx, holder: Holder, kinds: Collection[str]) -> _Place:
    """Return the numbers of a holder as far as the index has them, and those of the types, which are put there."""
    author, person = row(tx, _PLACE, (holder.case, holder.slug)) or (0, 0)
    return _Place(author, person or 0, _numbers(tx, kinds))


def _enter(tx: Tx, holder: Holder, kinds: Collection[str]) -> _Place:
    """Return the numbers of a holder, who gets them if need be."""
    place = _look_up(tx, holder, kinds)
    if not place.author:
        tx.execute("INSERT INTO token_author (slug) VALUES (%s)", (holder.slug,))
        place = _look_up(tx, holder, kinds)
    if not place.person:
        tx.execute("INSERT INTO token_case (author, case_ref) VALUES (%s, %s)", (place.author, holder.case))
        tx.execute("UPDATE token_author SET cases = cases + 1 WHERE no = %s", (place.author,))
        place = _look_up(tx, holder, kinds)
    return place


def _numbers(tx: Tx, kinds: Collection[str]) -> dict[str, int]:
    """Return the numbers of types; those that have none get the next."""
    known: dict[str, int] = dict(rows(tx, "SELECT name, no FROM token_type"))
    fresh = sorted(set(kinds) - known.keys())
    if fresh:
        many(tx, "INSERT INTO token_type (no, name) VALUES (%s, %s)", list(enumerate(fresh, len(known))))
    return {**known, **{name: number for number, name in enumerate(fresh, len(known))}}
