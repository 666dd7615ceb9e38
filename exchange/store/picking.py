"""How the conditions of `necessary` become SQL for DuckDB.

All text of a query is ours: notions, kinds, states and members of facts are constants of the code, never data.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Final

from exchange.domain.patterns import necessary
from exchange.domain.patterns.changes import CHANGED
from exchange.domain.patterns.necessary import Condition, Lack, Need
from exchange.domain.patterns.shapes import NOBODY, SHAPES
from exchange.store import forms

MOST_BITS: Final = 62
"""Notions, and patterns, that one sweep tells apart."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sweep asks: the conditions of each pattern, and the bit of each notion that they need, or say is missing.

    Of a notion that has no bit nothing is asked.
    """

    wanted: Sequence[Sequence[Condition]]
    bits: Mapping[str, int]
    lacking: Mapping[str, int]

    @property
    def conditions(self) -> list[Condition]:
        """All conditions."""
        return [condition for conditions in self.wanted for condition in conditions]


def asked(wanted: Sequence[Sequence[Condition]]) -> Asked:
    """Return what is asked for these patterns, each by its conditions."""
    every = [condition for conditions in wanted for condition in conditions]
    needed, lacking = (
        {notion: 1 << place for place, notion in enumerate(notions[:MOST_BITS])}
        for notions in (necessary.notions(every), necessary.lacking(every))
    )
    return Asked(wanted, needed, lacking)


def gathering(of: Asked) -> list[str]:
    """Return the statements that gather from the views `events` and `persons` what is known of whom.

    The table `seen` (person, bits) has the persons of whom all that some condition needs is there, by the notions.
    """
    apart = reduce(or_, (of.bits.get(notion, 0) for one in of.conditions for notion in _told_apart(one)), 0)
    return [
        f"CREATE OR REPLACE TEMP VIEW formed AS {forms.formed(of.bits, of.lacking)}",
        f"CREATE OR REPLACE TEMP TABLE forms AS {forms.forms(of.bits, of.lacking, apart)}",
        f"CREATE OR REPLACE TEMP TABLE seen AS {_seen(of.conditions, of.bits)}",
        "CREATE OR REPLACE TEMP TABLE sets AS SELECT p.* FROM persons p SEMI JOIN seen USING (person)",
        f"CREATE OR REPLACE TEMP TABLE told AS {_TOLD}",
        f"CREATE OR REPLACE TEMP TABLE edges AS {_EDGES}",
        f"CREATE OR REPLACE TEMP TABLE sure AS {_SURE}",
        *(f"DROP TABLE {table}" for table in ("forms", "told")),
        f"CREATE OR REPLACE TEMP TABLE changed AS {_changed(of.bits.get(necessary.REJECTED, 0))}",
    ]


def choosing(of: Asked, there: Collection[int]) -> list[str]:
    """Return the statements that fill the table `picked` (person, patterns) from what was gathered.

    `there` are the sets of notions, as bits, that the persons in `seen` have: what none of them can meet is not asked.
    """
    hits = (
        f"INSERT INTO hits {_of_condition(one, of, 1 << place)}"
        for place, conditions in enumerate(of.wanted)
        for one in conditions
        if _can_be_met(one, of, there)
    )
    return [
        "CREATE OR REPLACE TEMP TABLE hits (person BIGINT, pattern BIGINT)",
        *hits,
        "CREATE OR REPLACE TEMP TABLE picked AS SELECT person, bit_or(pattern) AS patterns FROM hits GROUP BY person",
        *(f"DROP TABLE {table}" for table in ("edges", "sure", "seen", "sets", "changed", "hits")),
    ]


def _can_be_met(condition: Condition, of: Asked, there: Collection[int]) -> bool:
    needed = _needed(condition, of.bits)
    return _is_cut(condition, of) or any(bits & needed == needed for bits in there) or not needed


def _is_cut(condition: Condition, of: Asked) -> bool:
    """Tell whether a condition needs a notion that has no bit: then it is taken to be met by everybody."""
    return any(need.notion not in of.bits for need in condition.needs)


_OF_FORM: Final = "formed JOIN forms USING (kind, facts, paired, office)"
_TOLD: Final = f"""
SELECT person, index, state, counterpart, flagged, epoch_us(earliest) AS b, epoch_us(latest) AS e,
       coalesce(known, epoch_us(latest)) AS k, towards & apart AS towards, back & apart AS back,
       ordered & apart AS ordered, sure, sure_back, CASE WHEN NOT flagged THEN served END AS served, undone,
       CASE WHEN ordered <> 0 THEN list_append(named, counterpart) END AS places
  FROM {_OF_FORM} SEMI JOIN seen USING (person)
 WHERE (towards | back | ordered) & apart <> 0 OR (sure | sure_back) <> 0 OR served IS NOT NULL OR undone
"""  # noqa: S608 -- constants
"""The events of persons who are seen, of which more is asked than that there is such an event."""
_EDGES: Final = """
WITH decisions AS MATERIALIZED (
    SELECT person, arg_min(served, index) AS served, min(index) AS decided FROM told
     WHERE served IS NOT NULL OR undone GROUP BY person HAVING NOT bool_or(undone)),
each AS (
    SELECT person, index, b, e, k, state AS one, counterpart AS other, towards AS bits FROM told WHERE towards <> 0
     UNION ALL
    SELECT person, index, b, e, k, counterpart, state, back FROM told WHERE back <> 0
     UNION ALL
    SELECT person, index, b, e, k, state, unnest(places), ordered FROM told WHERE ordered <> 0)
SELECT person, one, other, bits, NOT coalesce(b > served AND index > decided, false) AS fresh,
       min(b) AS b0, max(b) AS b1, min(e) AS e0, max(e) AS e1, max(k) AS k1, min(index) AS i0, max(index) AS i1
  FROM each LEFT JOIN decisions USING (person) GROUP BY ALL
"""
"""What is between two states: which notions, when first and last, told when.

`fresh` is false where the full decision on the merits that was told first, of those served on a certain day, was served
before the event and told before it: then the event is examined whoever says so (`Known.unexamined`). Of a person in
whose case a decision was annulled, or a status withdrawn, nothing is taken for examined.
"""
_SURE: Final = """
SELECT person, index, b, e, state AS one, counterpart AS other, sure AS bits FROM told WHERE sure <> 0 AND NOT flagged
 UNION ALL
SELECT person, index, b, e, counterpart, state, sure_back FROM told WHERE sure_back <> 0 AND NOT flagged
"""
"""The events that are of a notion for certain, and that no key in other hands signed."""


def _needed(condition: Condition, bits: Mapping[str, int]) -> int:
    """Return the notions that a condition needs, as bits."""
    return reduce(or_, (bits.get(need.notion, 0) for need in condition.needs), 0)


def _seen(conditions: Iterable[Condition], bits: Mapping[str, int]) -> str:
    """Return the query for the persons of whom all that some condition needs is there, between whichever states."""
    masks = sorted({_needed(condition, bits) for condition in conditions})
    tests = " OR ".join(f"bits & {mask} = {mask}" for mask in masks if mask) or "false"
    asked = "SELECT person, bit_or(towards | back | ordered) AS bits"
    return f"{asked} FROM {_OF_FORM} GROUP BY person HAVING {tests}"


_OVERTAKEN: Final = "EXISTS (SELECT 1 FROM changed c WHERE c.person = s.person AND n{0}.e1 >= c.since)"


def _of_condition(condition: Condition, of: Asked, pattern: int) -> str:
    """Return the query for the persons of whom a condition holds."""
    bits, lacking, needs = of.bits, of.lacking, condition.needs
    if _is_cut(condition, of):
        return f"SELECT person, {pattern}::BIGINT AS pattern FROM persons"  # noqa: S608 -- a number
    needed = _needed(condition, bits)
    named = [place for place, need in enumerate(needs) if _is_told_apart(place, need, condition)]
    of_sets = condition.among or condition.outside or condition.safeguarded
    source, tests, sets = (
        ("seen s", [f"s.bits & {needed} = {needed}"], "sets") if needed else ("persons s", [], "persons")
    )
    source += "".join(f" JOIN edges n{place} ON n{place}.person = s.person" for place in named)
    source += f" JOIN {sets} p ON p.person = s.person" if of_sets else ""
    tests += [test for place in named for test in _tests_of_need(place, needs, bits)]
    columns = _columns(needs)
    tests += _tests_of_states(condition, columns)
    tests += [_OVERTAKEN.format(place) for place in sorted(condition.overtaken)]
    lacks = [_test_of_lack(one, columns, lacking[one.notion]) for one in condition.lacks if _is_askable(one, lacking)]
    source += "".join(f" ANTI JOIN sure x ON {test}" for test in sorted(lacks))
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    return f"SELECT DISTINCT s.person, {pattern}::BIGINT AS pattern FROM {source}{where}"  # noqa: S608 -- constants


def _told_apart(condition: Condition) -> Iterator[str]:
    """Yield the notions of needs of which more is asked than that there is such an event."""
    yield from (need.notion for place, need in enumerate(condition.needs) if _is_told_apart(place, need, condition))
    yield from (necessary.REJECTED for _ in condition.overtaken)


def _is_told_apart(place: int, need: Need, condition: Condition) -> bool:
    """Tell whether more is asked of a need than that there is such an event."""
    named: set[int | None] = {other.after for other in condition.needs}
    named |= {p for one in condition.lacks for p in (one.since, one.until)}
    named |= condition.overtaken
    return bool(need.by or need.to or need.unexamined or need.after is not None or place in named)


def _tests_of_need(place: int, needs: Sequence[Need], bits: Mapping[str, int]) -> Iterator[str]:
    need = needs[place]
    yield f"n{place}.bits & {bits[need.notion]} <> 0"
    if need.to is not None:
        yield f"n{place}.other IS NOT NULL"
    if need.unexamined:
        yield f"n{place}.fresh"
    if need.after is not None:
        then, first = f"n{place}", f"n{need.after}"
        told = "" if need.unordered else f"{then}.i1 > {first}.i0 AND "
        yield f"({then}.b1 > {first}.e0 OR ({told}{then}.e1 >= {first}.b0))"
        if need.within is not None:
            since = "k1" if need.served else "e1"
            yield f"{then}.b0 <= {first}.{since} + {need.within // timedelta(microseconds=1)}"
        if need.beyond is not None and not need.served:
            yield f"{then}.e1 > {first}.b0 + {need.beyond // timedelta(microseconds=1)}"


_AMONG: Final = {
    "danger": "list_contains(p.danger, {0})",
    "participants": "{0} IN (SELECT state FROM participants)",
}
_OUTSIDE: Final = {"danger": "(NOT list_contains(p.danger, {0}) OR list_contains(p.doubted, {0}))"}
"""How it is asked whether a state is of a set, or is not."""


def _columns(needs: Sequence[Need]) -> dict[str, list[str]]:
    """Return where each state is read: in several places it is the same."""
    columns: dict[str, list[str]] = {}
    for place, need in enumerate(needs):
        for state, column in ((need.by, f"n{place}.one"), (need.to, f"n{place}.other")):
            if state is not None:
                columns.setdefault(state, []).append(column)
    return columns


def _tests_of_states(condition: Condition, columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what is asked of states: one in several places is the same, others differ or are of a set."""
    yield from (f"{of[0]} = {again}" for of in columns.values() for again in of[1:])
    yield from (f"{columns[one][0]} <> {columns[other][0]}" for one, other in sorted(condition.apart))
    tests = [(columns[state][0], _AMONG[of]) for state, of in condition.among if of in _AMONG]
    tests += [(columns[state][0], _OUTSIDE[of]) for state, of in condition.outside if of in _OUTSIDE]
    yield from (test.format(column) for column, test in sorted(tests))
    if condition.safeguarded:
        yield "len(p.safeguards) > 0"


def _is_askable(lack: Lack, lacking: Mapping[str, int]) -> bool:
    """An event towards nobody is kept with its counterpart: whether it is towards a state is not asked of it."""
    return lack.notion in lacking and not (lack.to and any(shape.to == NOBODY for shape in SHAPES[lack.notion]))


def _test_of_lack(lack: Lack, columns: Mapping[str, Sequence[str]], bit: int) -> str:
    """Return what no event `x` may be: after every event of one need, and before every event of another."""
    tests = ["x.person = s.person", f"x.bits & {bit} <> 0"]
    tests += [f"x.one = {columns[lack.by][0]}"] if lack.by else []
    tests += [f"x.other = {columns[lack.to][0]}"] if lack.to else []
    tests += [f"x.b > n{lack.since}.e1"] if lack.since is not None else []
    tests += [f"x.e < n{lack.until}.b0", f"x.index < n{lack.until}.i0"] if lack.until is not None else []
    return " AND ".join(tests)


def _changed(bit: int) -> str:
    """Return the query for when much changed at home after a rejection (a bit of notions) may have begun."""
    sinces = ", ".join(f"('{state}', {_microseconds(since)})" for state, since in sorted(CHANGED.items()))
    return f"""
WITH rejected AS MATERIALIZED (SELECT person, min(b0) AS b0 FROM edges WHERE bits & {bit} <> 0 GROUP BY person),
home AS MATERIALIZED (SELECT person, unnest(danger) AS state FROM sets SEMI JOIN rejected USING (person))
SELECT person, since FROM home JOIN (VALUES {sinces}) AS c (state, since) USING (state) JOIN rejected USING (person)
 WHERE b0 <= since
"""  # noqa: S608 -- constants


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
