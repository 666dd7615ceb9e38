"""Write an invented world as traces: the events of many persons in Parquet, and the truth about each beside them.

The same world, persons and buckets give the same files, byte for byte, with one version of the packages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from exchange import traces
from exchange.domain.kinds import KINDS
from exchange.domain.manifest import bucket
from exchange.domain.members import STATES as MEMBERS
from exchange.domain.world.dealing import MICRO, ROOM, Dealer, Dealt, World
from exchange.domain.world.geography import PLACE, POST, WORDS
from exchange.domain.world.noise import disturb
from exchange.domain.world.plans import NOBODY
from exchange.domain.world.steps import BEGINS, ENDS

TRUTH_FILE: Final = "truth.parquet"
_TEXTS: Final = pa.list_(pa.string())
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
TRUTH: Final = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        pa.field("story", _WORD, nullable=False),
        pa.field("must", _TEXTS, nullable=False),
        pa.field("never", _TEXTS, nullable=False),
        pa.field("split", pa.bool_(), nullable=False),
        pa.field("other_person", pa.int64()),
        pa.field("linked", pa.timestamp("us", tz="UTC")),
        pa.field("group", pa.int64()),
        pa.field("noise", _TEXTS, nullable=False),
    ],
    metadata={"schema": "truth/1"},
)
"""One row for each person: patterns that show when all is in and linked, and patterns that may not show as high or
critical, both as of the end of the world. A split person is two in the events, `person` and `other_person`, until
`linked`. Persons of one `group` were put out together (P20)."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BASE: Final = int((BEGINS - _EPOCH).total_seconds()) * MICRO
_KINDS, _STATES = pa.array(KINDS), pa.array(WORDS)
_AUTHORS: Final = ("asylum_office", "border_guard", "monitor", "return_unit")
_SOURCES: Final = ("counsel_or_ngo", "own_act")
_GRADES: Final = ("confirmed", "probable")
_AUTHOR, _SOURCE = ({word: at for at, word in enumerate(words)} for words in (_AUTHORS, _SOURCES))
_DICTIONARIES: Final = {
    "kind": _KINDS,
    "state": _STATES,
    "counterpart": _STATES,
    "author_state": _STATES,
    "author_kind": pa.array(_AUTHORS),
    "source": pa.array(_SOURCES),
    "grade": pa.array(_GRADES),
}
_PIECE: Final = 1 << 18
"""Events that wait in memory, all buckets together."""
_TELL_EVERY: Final = 50_000

Tell = Callable[[int, int], None]
"""Told how many persons and events there are so far."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: counts, and the SHA-256 of the manifest of the traces."""

    persons: int
    events: int
    split: int
    lawful: int
    sha256: str


class _Pile:
    """Rows of one file that wait, column by column, and the file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.schema = schema
        self.columns: list[list[Any]] = [[] for _ in schema]
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def flush(self, arrays: Callable[[pa.Field, list[Any]], pa.Array]) -> None:
        """Write what waits."""
        if self.columns[0]:
            made = [arrays(column, values) for column, values in zip(self.schema, self.columns, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(made, schema=self.schema), row_group_size=len(made[0]))
            for values in self.columns:
                values.clear()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


def _array(column: pa.Field, values: Sequence[Any]) -> pa.Array:
    """Return a column; words of events come as places in their list."""
    if column.name in _DICTIONARIES:
        return pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), _DICTIONARIES[column.name])
    if pa.types.is_dictionary(column.type):
        return pa.array(values, pa.string()).dictionary_encode()
    if pa.types.is_timestamp(column.type):
        return pa.array(values, pa.int64()).cast(column.type)
    return pa.array(values, column.type)


@dataclass(slots=True)
class Writer:
    """Writes persons of a world in rising order. Used in a `with` block; whatever is not closed has no manifest."""

    folder: Path
    buckets: int
    persons: int = 0
    events: int = 0
    split: int = 0
    lawful: int = 0
    _piles: list[tuple[_Pile, _Pile]] = field(default_factory=list)
    _truth: list[_Pile] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Open the files."""
        self._piles = [
            (
                _Pile(self.folder / traces.events_file(number), traces.EVENTS),
                _Pile(self.folder / traces.persons_file(number), traces.PERSONS),
            )
            for number in range(self.buckets)
        ]
        self._truth = [_Pile(self.folder / TRUTH_FILE, TRUTH)]
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Write what waits, and close the files."""
        for pile in (*(one for both in self._piles for one in both), *self._truth):
            if kind is None:
                pile.flush(_array)
            pile.close()

    def add(self, dealt: Dealt) -> None:
        """Write one person, or two of whom nobody knows yet that they are one."""
        self.persons += 1
        self.events += len(dealt.told)
        self.split += dealt.linked is not None
        self.lawful += dealt.story.lawful
        order = dealt.order() if dealt.noise else list(range(len(dealt.told)))
        if dealt.linked is None:
            self._person(dealt, dealt.person, order, 0)
        else:
            parts = [[place for place in order if dealt.alias[place] is alias] for alias in (False, True)]
            self._person(dealt, dealt.person, parts[0], 0)
            self._person(dealt, dealt.person + 1, parts[1], len(parts[0]))
        self._say(dealt)

    def _person(self, dealt: Dealt, person: int, order: list[int], first: int) -> None:
        events, persons = self._piles[bucket(person, self.buckets)]
        for values, more in zip(events.columns, _rows(dealt, person, order, first), strict=True):
            values.extend(more)
        sets: dict[str, Any] = {"person": person, "danger": [dealt.danger], "safeguards": [*dealt.safeguards]}
        for values, name in zip(persons.columns, persons.schema.names, strict=True):
            values.append(sets.get(name, []))
        if len(events.columns[0]) >= max(1024, _PIECE // self.buckets):
            events.flush(_array)
            persons.flush(_array)

    def _say(self, dealt: Dealt) -> None:
        """Write the truth about a person."""
        linked = None if dealt.linked is None else _BASE + dealt.linked
        split = linked is not None
        other = dealt.person + 1 if split else None
        of_story = (dealt.story.name, sorted(dealt.story.must), dealt.never)
        said = (dealt.person, *of_story, split, other, linked, dealt.group, sorted(dealt.noise))
        (pile,) = self._truth
        for values, one in zip(pile.columns, said, strict=True):
            values.append(one)
        if len(pile.columns[0]) >= 1 << 15:
            pile.flush(_array)


def _rows(dealt: Dealt, person: int, order: list[int], first: int) -> tuple[list[Any], ...]:
    """Return the columns of `traces.EVENTS` for the notices at these places; `first` numbers the first of them."""
    told = [dealt.told[place] for place in order]
    count = len(told)
    states = [PLACE[state] for state in dealt.states[:POST]]
    recorded = [_BASE + dealt.recorded[place] for place in order]
    number = person // 2 * 2 * ROOM + first
    return (
        [person] * count,
        list(range(number, number + count)),
        [moment + at for at, moment in enumerate(recorded)],
        [one.kind for one in told],
        [states[one.by] for one in told],
        [None if one.to == NOBODY else states[one.to] for one in told],
        [_BASE + dealt.earliest[place] for place in order],
        [_BASE + dealt.latest[place] for place in order],
        recorded,
        [dealt.exact[place] for place in order],
        [states[one.told_by] for one in told],
        [_AUTHOR[one.step.author] for one in told],
        [_SOURCE[one.step.source] for one in told],
        [_GRADES.index(dealt.grade)] * count,
        [False] * count,
        [dealt.texts[place] for place in order],
    )


def write(folder: Path, world: World, persons: int, buckets: int, tell: Tell) -> Written:
    """Write so many persons of a world into an empty folder, with a manifest; returns what was written.

    Memory does not grow with the persons. `tell` is called now and then.
    """
    dealer = Dealer(world)
    with Writer(folder, buckets) as writer:
        for serial in range(persons):
            writer.add(disturb(dealer.deal(serial), dealer.dice, world.noise))
            if serial % _TELL_EVERY == _TELL_EVERY - 1:
                tell(writer.persons, writer.events)
    about = {
        "of": "an invented world",
        "seed": str(world.seed),
        "events": str(world.events),
        "noise": str(world.noise),
        "at": ENDS.isoformat(),
    }
    sealed = traces.seal(folder, buckets, MEMBERS, about)
    return Written(writer.persons, writer.events, writer.split, writer.lawful, sealed.sha256)
