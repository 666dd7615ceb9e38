"""Which cells of a table must stay hidden, so that no small count can be worked out from its totals.

Secondary cell suppression by audit (Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001). A table
with its totals is a flow without source or sink: each cell is an arc, and what comes to a node leaves it. What a reader
can work out about a hidden cell is how far its flow can rise and fall while shown cells stand still and hidden ones
stay at 1 or more. The reader is thought to know shown counts exactly, so that rounding is protection on top.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LEAST: Final = 5
"""A count from 1 to one less than this is never shown."""
WIDTH: Final = LEAST - 2
"""What a hidden cell may be worked out to spans at least so much: from 1 to `LEAST` - 1."""

Name = tuple[str, str]
"""Row and column of a cell."""
_Arc = tuple["Cell", int]
"""A cell, and 1 to raise it or -1 to lower it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of a table, or a total of it, as an arc between two nodes. `inner` cells are no totals."""

    name: Name
    tail: str
    head: str
    value: int
    inner: bool = False


def cells(counts: Mapping[Name, int], rows: Sequence[str], columns: Sequence[str], total: str) -> list[Cell]:
    """Return the cells of a table with its totals: `total` names the row and the column of totals.

    A table without columns has one count for each row, which stands under `total`, and their sum.
    """
    made = [Cell((r, total), "out", f"row {r}", sum(counts.get((r, c), 0) for c in columns)) for r in rows if columns]
    made += [Cell((r, c), f"row {r}", f"column {c}", counts.get((r, c), 0), inner=True) for r in rows for c in columns]
    made += [Cell((total, c), f"column {c}", "in", sum(counts.get((r, c), 0) for r in rows)) for c in columns]
    if not columns:
        made += [Cell((r, total), "out", "in", counts.get((r, total), 0), inner=True) for r in rows]
    return [*made, Cell((total, total), "in", "out", sum(cell.value for cell in made if cell.inner))]


def hidden(table: Sequence[Cell]) -> frozenset[Name]:
    """Return the names of the cells to hide: the small ones, and of the others as many as must go with them.

    It ends, because with all but zeros hidden every cell can rise without end. Zeros are shown.
    """
    names = {cell.name for cell in table if 0 < cell.value < LEAST}
    while weak := next((cell for cell in table if cell.name in names and not _is_safe(table, names, cell)), None):
        names.add(_companion(table, names, weak).name)
    return frozenset(names)


def _companion(table: Sequence[Cell], names: Collection[Name], weak: Cell) -> Cell:
    """Return the shown cell to hide next: the smallest of the same row or column, or else of all."""
    shown = [cell for cell in table if cell.value and cell.name not in names]
    ends = {weak.tail, weak.head}
    return min([cell for cell in shown if ends & {cell.tail, cell.head}] or shown, key=lambda cell: cell.value)


def _is_safe(table: Sequence[Cell], names: Collection[Name], cell: Cell) -> bool:
    """Tell whether a hidden cell may be anything in a range of `WIDTH`; a small one that is no total, from 1 to 4."""
    others = [one for one in table if one.name in names and one.name != cell.name]
    rise = _most(others, (cell.head, cell.tail), WIDTH)
    fall = _most(others, (cell.tail, cell.head), min(WIDTH, cell.value - 1))
    if cell.inner and cell.value < LEAST:
        return fall == cell.value - 1 and rise >= LEAST - 1 - cell.value
    return rise + fall >= WIDTH


def _most(others: Sequence[Cell], ends: Name, limit: int) -> int:
    """Return how much more can flow from one node to another, at most `limit` (Edmonds and Karp, 1972)."""
    change = {cell.name: 0 for cell in others}
    moved = 0
    while moved < limit and (path := _path(others, change, ends)):
        step = min([limit - moved, *(cell.value + change[cell.name] - 1 for cell, way in path if way < 0)])
        for cell, way in path:
            change[cell.name] += way * step
        moved += step
    return moved


def _path(others: Sequence[Cell], change: Mapping[Name, int], ends: Name) -> list[_Arc]:
    """Return a shortest way from one node to another by cells that can still move, or nothing."""
    start, goal = ends
    came: dict[str, list[_Arc]] = {start: []}
    waiting = deque([start])
    while waiting and goal not in came:
        node = waiting.popleft()
        for cell in others:
            if cell.tail == node and cell.head not in came:
                came[cell.head] = [*came[node], (cell, 1)]
                waiting.append(cell.head)
            if cell.head == node and cell.tail not in came and cell.value + change[cell.name] > 1:
                came[cell.tail] = [*came[node], (cell, -1)]
                waiting.append(cell.tail)
    return came.get(goal, [])
