"""The released table: what is counted, how it is rounded, and that no attacker recovers what is suppressed."""

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest

from exchange.domain import aggregates, quarters, suppression
from exchange.domain.aggregates import ALL, MEASURES, SUPPRESSED, TABLES, Counted
from exchange.domain.members import STATES
from exchange.domain.quarters import SETTLED, Quarter
from exchange.domain.suppression import LEAST, WIDTH, Cell, Name

SEED = random.randrange(2**32)
TOTAL = "total"


def table(counts: dict[Name, int], rows: str, columns: str) -> list[Cell]:
    return suppression.cells(counts, list(rows), list(columns), TOTAL)


def arcs(shown: list[Cell]) -> dict[Name, tuple[str, str]]:
    """Return the table as a flow, from the names of its cells alone: out of the rows, into the columns, and round."""
    columns = {c for _, c in (cell.name for cell in shown) if c != TOTAL}
    made = {}
    for row, column in (cell.name for cell in shown):
        tail = "in" if (row, column) == (TOTAL, TOTAL) else f"column {column}" if row == TOTAL else f"row {row}"
        head = "out" if (row, column) == (TOTAL, TOTAL) else "in" if row == TOTAL else f"column {column}"
        if column == TOTAL and row != TOTAL:
            tail, head = "out", f"row {row}" if columns else "in"
        made[row, column] = (tail, head)
    return made


def ranges(shown: list[Cell], gone: frozenset[Name]) -> dict[Name, tuple[float, float]]:
    """Return between what an attacker who solves the linear bounds places each hidden cell.

    Whatever set of nodes one looks at, as much flows in as out (Hoffman, 1960): of all such sets the tightest bound is
    the exact one. The attacker knows shown counts exactly, and that a hidden one is 1 or more.
    """
    ends = arcs(shown)
    low = {cell.name: 1.0 if cell.name in gone else cell.value for cell in shown}
    high = {cell.name: math.inf if cell.name in gone else cell.value for cell in shown}
    found = {name: (low[name], high[name]) for name in gone}
    nodes = sorted({node for pair in ends.values() for node in pair})
    for some in (set(x) for size in range(1, len(nodes)) for x in combinations(nodes, size)):
        leaving = [n for n, (tail, head) in ends.items() if tail in some and head not in some]
        entering = [n for n, (tail, head) in ends.items() if tail not in some and head in some]
        for those, rest in ((leaving, entering), (entering, leaving)):
            most, least = sum(high[n] for n in rest), sum(low[n] for n in rest)
            for name in (n for n in those if n in gone):
                others_low = sum(low[n] for n in those if n != name)
                others_high = sum(high[n] for n in those if n != name)
                found[name] = (max(found[name][0], least - others_high), min(found[name][1], most - others_low))
    return found


def recovered(shown: list[Cell], gone: frozenset[Name]) -> list[Name]:
    """Return the hidden cells that the attacker pins down: to less than `WIDTH`; a small count within 1 to 4."""
    weak = []
    values = {cell.name: cell for cell in shown}
    for name, (low, high) in ranges(shown, gone).items():
        cell = values[name]
        assert low <= cell.value <= high
        small = cell.inner and cell.value < LEAST
        if high - low < WIDTH or (small and (low > 1 or high < LEAST - 1)):
            weak.append(name)
    return weak


def test_the_attacker_is_right() -> None:
    """Its bounds are those that trying every table gives, as far as tables are tried."""
    rng = random.Random(SEED)
    for _ in range(4):
        shown = table({n: rng.randint(0, 3) for n in product("ab", "xy")}, "ab", "xy")
        gone = frozenset(cell.name for cell in shown if cell.value and (cell.inner or rng.random() < 0.3))
        known = {cell.name: cell.value for cell in shown if cell.name not in gone}
        tried: dict[Name, set[int]] = {name: set() for name in gone}
        for values in product(range(8), repeat=4):
            inner = dict(zip(product("ab", "xy"), values, strict=True))
            world = {cell.name: cell.value for cell in table(inner, "ab", "xy")}
            if all(world[n] == v for n, v in known.items()) and all(world[n] >= 1 for n in gone):
                for name in gone:
                    tried[name].add(world[name])
        for name, (low, high) in ranges(shown, gone).items():
            assert min(tried[name]) == low, (SEED, known, name)
            assert max(tried[name]) == high or max(tried[name]) >= 7, (SEED, known, name)


def random_table(rng: random.Random) -> list[Cell]:
    rows, columns = "abc"[: rng.choice((1, 2, 3))], "xy"[: rng.choice((0, 1, 2, 2))]
    largest = rng.choice((2, 6, 12))
    names = product(rows, columns or [TOTAL])
    return table({n: rng.choice((0, rng.randint(1, largest), rng.randint(1, 4))) for n in names}, rows, columns)


@pytest.mark.rule("L26")
def test_no_attacker_recovers_what_is_suppressed() -> None:
    rng = random.Random(SEED)
    companions = exposed = 0
    for _ in range(120):
        shown = random_table(rng)
        gone = suppression.hidden(shown)
        primary = frozenset(cell.name for cell in shown if 0 < cell.value < LEAST)
        told = {cell.name: cell.value for cell in shown}
        assert primary <= gone, (SEED, told)
        assert not any(told[name] == 0 for name in gone), (SEED, told)
        assert recovered(shown, gone) == [], (SEED, told, sorted(gone))
        companions += bool(gone - primary)
        exposed += bool(recovered(shown, primary))
    # without companions this very attacker wins: it is no straw man
    assert exposed > 20, SEED
    assert companions >= exposed, SEED


def test_a_single_small_count_takes_companions_with_it() -> None:
    counts = dict.fromkeys(product("abc", "xyz"), 20) | {("a", "x"): 2, ("b", "y"): 9}
    shown = table(counts, "abc", "xyz")
    primary = frozenset({("a", "x")})
    assert set(recovered(shown, primary)) == {("a", "x")}
    gone = suppression.hidden(shown)
    assert len(gone) >= 4
    assert recovered(shown, gone) == []


def test_what_is_not_small_is_shown() -> None:
    shown = table(dict.fromkeys(product("ab", "xy"), 5), "ab", "xy")
    assert suppression.hidden(shown) == frozenset()
    assert suppression.hidden(table({}, "ab", "xy")) == frozenset()


def test_a_release_of_full_size_is_made_and_its_rows_follow_the_rule() -> None:
    rng = random.Random(SEED)
    named = [m for total, parts in TABLES.items() for m in parts or (total,)]
    counts = {(s, m): rng.choice((0, 1, 3, rng.randint(0, 40), 200)) for s in {*STATES, "UNO"} for m in named}
    made = aggregates.released(counts)
    assert [row["state"] for row in made] == [*sorted({*STATES, "UNO"}), ALL]
    for row in made:
        assert row.keys() == {"state", *MEASURES}
        for total, parts in TABLES.items():
            for measure in parts or (total,):
                inside = [s for s in {*STATES, "UNO"} if row["state"] in (ALL, s)]
                count = sum(counts[s, measure] for s in inside)
                assert row[measure] == SUPPRESSED or row[measure] == aggregates.rounded(count), SEED
                assert row[measure] == SUPPRESSED or count not in range(1, LEAST), SEED
    assert aggregates.released(counts) == made
    for total, parts in TABLES.items():
        shown = suppression.cells(counts, sorted({*STATES, "UNO"}), parts, total)
        gone = suppression.hidden(shown)
        assert all(suppression._is_safe(shown, gone, cell) for cell in shown if cell.name in gone)  # noqa: SLF001


def test_a_quarter_with_nothing_is_a_table_of_zeros() -> None:
    made = aggregates.released({})
    assert [row["state"] for row in made] == [*sorted(STATES), ALL]
    assert {row[m] for row in made for m in MEASURES} == {0}


def test_rounding_is_to_the_nearest_and_leans_to_no_side() -> None:
    for count in range(2000):
        assert aggregates.rounded(count) % 5 == 0
        assert abs(aggregates.rounded(count) - count) <= 2
    assert sum(aggregates.rounded(n) - n for n in range(8, 2008)) == 0


@pytest.mark.parametrize(
    ("kind", "author", "forwarded", "measure"),
    [
        ("claim_expressed", "border_guard", True, "claims_referred"),
        ("claim_expressed", "border_guard", False, "claims_not_referred"),
        ("claim_expressed", "monitor", True, "claims_not_referred"),
        ("claim_registered", "asylum_office", False, "claims_registered"),
        ("entry_refused", "border_guard", False, "entry_refusals"),
        ("removal_executed", "return_unit", False, "removals_executed"),
    ],
)
def test_what_a_notice_counts_as(kind: str, author: str, *, forwarded: bool, measure: str) -> None:
    assert aggregates.of_notice(Counted(kind, author, "SVK", forwarded)) == ("SVK", measure)


def test_a_claim_counts_once_whether_it_was_referred_or_not() -> None:
    counts = {("SVK", "claims_referred"): 12, ("SVK", "claims_not_referred"): 9}
    row = next(row for row in aggregates.released(counts) if row["state"] == "SVK")
    assert (row["claims_expressed"], row["claims_referred"], row["claims_not_referred"]) == (20, 10, 10)


def test_a_quarter_comes_when_it_is_over_and_settled_and_none_is_left_out() -> None:
    third = Quarter(2026, 3)
    assert (third.name, third.start, third.end) == ("2026-Q3", day(2026, 7, 1), day(2026, 10, 1))
    assert Quarter.of(day(2026, 10, 1)) == third.next == Quarter(2026, 4)
    assert Quarter.of(day(2026, 10, 1) - timedelta(microseconds=1)) == third
    assert (Quarter(2026, 4).next, quarters.read("2026-Q4")) == (Quarter(2027, 1), Quarter(2026, 4))
    assert {quarters.read(name) for name in ("2026-Q5", "2026-Q0", "26-Q1", "2026-q1", "2026-Q1\n", "")} == {None}
    begun, over = day(2026, 8, 20), third.end + SETTLED
    assert quarters.due(None, None, over) is None
    assert quarters.due(None, begun, over - timedelta(microseconds=1)) is None
    assert quarters.due(None, begun, over) == third
    assert quarters.due(third, begun, over) is None
    assert quarters.due(None, begun, day(2028, 1, 1)) == third
    assert quarters.due(third, begun, day(2028, 1, 1)) == Quarter(2026, 4)


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)
