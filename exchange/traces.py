"""Timelines as Parquet files, so that all of history can be read again quickly.

A folder holds buckets: persons by a hash of their number, each bucket two files sorted by person, and `manifest.json`
with the SHA-256 of every file. Nobody writes into a folder that has a manifest: another history is another folder.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from exchange.domain.edtf import Interval
from exchange.domain.errors import Refusal
from exchange.domain.manifest import VERSION, Manifest, bucket, events_file, of_members, persons_file
from exchange.domain.timeline import Event, Timeline, build

__all__ = ["EVENTS", "FORMAT", "MANIFEST", "PERSONS", "ROWS", "Manifest", "bucket", "check", "events_file", "manifest"]
__all__ += ["persons_file", "read", "seal", "timelines", "write"]
Batches = Iterable[pa.RecordBatch]
MANIFEST: Final = "manifest.json"
ROWS: Final = 1 << 15
"""Events of one piece that is written or read at once."""
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
_MOMENT: Final = pa.timestamp("us", tz="UTC")
EVENTS: Final = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        pa.field("ref", pa.int64(), nullable=False),
        pa.field("index", pa.int64(), nullable=False),
        pa.field("kind", _WORD, nullable=False),
        pa.field("state", _WORD, nullable=False),
        pa.field("counterpart", _WORD),
        pa.field("earliest", _MOMENT, nullable=False),
        pa.field("latest", _MOMENT, nullable=False),
        pa.field("recorded", _MOMENT, nullable=False),
        pa.field("exact", pa.bool_(), nullable=False),
        pa.field("author_state", _WORD, nullable=False),
        pa.field("author_kind", _WORD, nullable=False),
        pa.field("source", _WORD, nullable=False),
        pa.field("grade", _WORD, nullable=False),
        pa.field("flagged", pa.bool_(), nullable=False),
        pa.field("facts", pa.string(), nullable=False),
    ],
    metadata={"schema": f"events/{VERSION}"},
)
"""One row for each event. `facts` is a JSON object with sorted members, tuples as lists; "" when there are none."""
PERSONS: Final = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        pa.field("danger", pa.list_(pa.string()), nullable=False),
        pa.field("safeguards", pa.list_(pa.string()), nullable=False),
        pa.field("doubted", pa.list_(pa.string()), nullable=False),
        pa.field("onward", pa.list_(pa.string()), nullable=False),
    ],
    metadata={"schema": f"persons/{VERSION}"},
)
"""One row for each person: the sets of their timeline, sorted. The participants stand in the manifest."""
_RISING: Final = {"ref": "DELTA_BINARY_PACKED", "index": "DELTA_BINARY_PACKED"}
_OTHERS: Final = [name for name in EVENTS.names if name not in _RISING]
FORMAT: Final[Mapping[str, Any]] = MappingProxyType(
    {"compression": "zstd", "use_dictionary": _OTHERS, "column_encoding": _RISING}
)
"""How files are written. Numbers that rise are kept as differences: smaller, and read in a third of the time."""
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def _text(facts: Mapping[str, str | tuple[str, ...]]) -> str:
    return json.dumps(dict(facts), sort_keys=True, ensure_ascii=False, separators=(",", ":")) if facts else ""


@lru_cache(maxsize=1 << 14)
def _facts(text: str) -> Mapping[str, str | tuple[str, ...]]:
    said: dict[str, str | list[str]] = json.loads(text) if text else {}
    return MappingProxyType({name: tuple(v) if isinstance(v, list) else v for name, v in said.items()})


def _row(person: int, event: Event) -> tuple[Any, ...]:
    moments = ((at - _EPOCH) // _MICROSECOND for at in (event.when.earliest, event.when.latest, event.recorded))
    who = (event.author_state, event.author_kind, event.source, event.grade, event.flagged)
    order = (person, event.ref, event.index, event.kind, event.state, event.counterpart)
    return (*order, *moments, event.when.exact, *who, _text(event.facts))


def _array(values: Any, kind: pa.DataType) -> pa.Array:  # noqa: ANN401 -- a column of any type
    if pa.types.is_dictionary(kind):
        return pa.array(values, pa.string()).dictionary_encode()
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)


def _table(schema: pa.Schema, rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [_array(values, part.type) for values, part in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


@dataclass(slots=True)
class _File:
    """One file while it is written: rows that wait, and whether persons came in order so far."""

    path: Path
    schema: pa.Schema
    order: tuple[str, ...]
    writer: pq.ParquetWriter
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    latest: int | None = None
    sorted: bool = True

    def add(self, person: int, rows: list[tuple[Any, ...]], most: int) -> None:
        self.sorted = self.sorted and (self.latest is None or self.latest < person)
        self.latest = person
        self.rows += rows
        if len(self.rows) >= most:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            self.writer.write_table(_table(self.schema, self.rows), row_group_size=len(self.rows))
            self.rows = []

    def close(self) -> None:
        """Close the file; one in which persons came out of order is sorted, in memory, and written once more."""
        self.flush()
        self.writer.close()
        if not self.sorted:
            whole = pq.read_table(self.path).sort_by([(name, "ascending") for name in self.order])
            pq.write_table(whole, self.path, row_group_size=ROWS, **FORMAT)


def write(
    folder: Path, timelines: Iterable[tuple[int, Timeline]], buckets: int, about: Mapping[str, str] | None = None
) -> Manifest:
    """Write timelines (person, timeline), each person once, into a new folder; returns the manifest.

    Memory: some 4 x ROWS events that wait, whatever there is in all; when persons do not come in rising order, also
    one bucket. Raises Refusal `bad-traces` when the folder is taken, ValueError when participants differ.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / MANIFEST).exists():
        raise Refusal("bad-traces", "This folder holds a history already; write into another.")
    most, participants = max(256, min(ROWS, 4 * ROWS // buckets)), None
    with ExitStack() as opened:
        files = [
            (
                _begin(opened, folder / events_file(number), EVENTS, ("person", "index")),
                _begin(opened, folder / persons_file(number), PERSONS, ("person",)),
            )
            for number in range(buckets)
        ]
        for person, timeline in timelines:
            if participants not in (None, timeline.participants):
                raise ValueError("The timelines of one folder have the same participants.")
            participants = timeline.participants
            events, persons = files[bucket(person, buckets)]
            events.add(person, [_row(person, event) for event in sorted(timeline.events, key=lambda e: e.index)], most)
            sets = (timeline.danger, timeline.safeguards, timeline.doubted, timeline.onward)
            persons.add(person, [(person, *(sorted(one) for one in sets))], most)
        for file in (file for both in files for file in both):
            file.close()
    return seal(folder, buckets, participants or frozenset(), about or {})


def _begin(opened: ExitStack, path: Path, schema: pa.Schema, order: tuple[str, ...]) -> _File:
    return _File(path, schema, order, opened.enter_context(pq.ParquetWriter(path, schema, **FORMAT)))


def seal(folder: Path, buckets: int, participants: frozenset[str], about: Mapping[str, str]) -> Manifest:
    """Write the manifest of files that lie in a folder, sorted, after looking whether they are of this form."""
    files, counts = {}, {"events": 0, "persons": 0}
    for number in range(buckets):
        for name, schema in ((events_file(number), EVENTS), (persons_file(number), PERSONS)):
            rows = _opened(folder / name, schema).metadata.num_rows
            counts[name.partition("-")[0]] += rows
            files[name] = (rows, _digest(folder / name))
    made = Manifest(buckets, participants, counts["persons"], counts["events"], files, dict(about))
    (folder / MANIFEST).write_text(made.text, encoding="utf-8")
    return made


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(name: str, why: str) -> Refusal:
    return Refusal("bad-traces", f"{name} {why}. Export the history again with this version of the exchange.")


def manifest(folder: Path) -> Manifest:
    """Return the manifest of a folder. Raises Refusal `bad-traces`."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            raise _refused(MANIFEST, f"is of another version than {VERSION}")
        return of_members(told)
    except FileNotFoundError:
        raise _refused(MANIFEST, "is not there: this folder holds no whole history") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refused(MANIFEST, "is not of the form that the exchange writes") from None


def check(folder: Path, told: Manifest, number: int) -> None:
    """Return if a bucket's files are those of the manifest, byte for byte. Raises Refusal `bad-traces`."""
    for name in (events_file(number), persons_file(number)):
        if not (folder / name).exists() or told.files.get(name, (0, ""))[1] != _digest(folder / name):
            raise _refused(name, "is not the file that the manifest names")


def _opened(path: Path, schema: pa.Schema) -> pq.ParquetFile:
    try:
        opened = pq.ParquetFile(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        raise _refused(path.name, "is not there, or is no Parquet file") from None
    if (opened.schema_arrow.metadata or {}).get(b"schema") != schema.metadata[b"schema"]:
        raise _refused(path.name, f"is not of the form {schema.metadata[b'schema'].decode()}")
    if not opened.schema_arrow.equals(schema):
        raise _refused(path.name, "lacks columns, or has others")
    return opened


def read(folder: Path, number: int) -> Iterator[tuple[int, Timeline]]:
    """Yield (person, timeline) of a bucket, in pieces of ROWS events. Raises Refusal `bad-traces`."""
    told = manifest(folder)
    events = _opened(folder / events_file(number), EVENTS).iter_batches(batch_size=ROWS)
    persons = _opened(folder / persons_file(number), PERSONS).iter_batches(batch_size=ROWS)
    return timelines(events, persons, told.participants)


def timelines(events: Batches, persons: Batches, participants: frozenset[str]) -> Iterator[tuple[int, Timeline]]:
    """Yield (person, timeline) of rows as in EVENTS and PERSONS, both in rising order of persons."""
    following = _runs(events)
    person, some = next(following, (None, []))
    for who, danger, safeguards, doubted, onward in _sets(persons):
        theirs: list[Event] = []
        while some and person == who:
            theirs += some
            person, some = next(following, (None, []))
        built = build(tuple(theirs), danger, safeguards, participants, doubted)
        yield who, replace(built, onward=onward) if onward else built
    if some:
        raise _refused("The file of events", "names a person that the file of persons does not")


def _sets(persons: Batches) -> Iterator[tuple[Any, ...]]:
    shared = lru_cache(maxsize=4096)(lambda *codes: frozenset(codes))
    for batch in persons:
        for who, *sets in zip(*(_column(batch.column(name)) for name in PERSONS.names), strict=True):
            yield who, *(shared(*codes) for codes in sets)


def _runs(batches: Batches) -> Iterator[tuple[int, list[Event]]]:
    """Yield (person, events) in the order of the rows; a person comes again where a batch ends among their events."""
    for batch in batches:
        persons, *columns = (_column(batch.column(name)) for name in EVENTS.names)
        events = [
            Event(r, k, s, o, _interval(b, e, x), _moment(t), i, by, office, source, grade, _facts(said), flagged)
            for r, i, k, s, o, b, e, t, x, by, office, source, grade, flagged, said in zip(*columns, strict=True)
        ]
        if persons != sorted(persons):
            raise _refused("The file of events", "is not in the order of persons")
        start = 0
        while start < len(persons):
            end = bisect_right(persons, persons[start], start)
            yield persons[start], events[start:end]
            start = end


def _column(values: Any) -> Any:  # noqa: ANN401 -- of any type
    """Return a column as Python values: moments as microseconds, one string for all equal words."""
    if pa.types.is_timestamp(values.type):
        return values.cast(pa.int64()).to_pylist()
    if pa.types.is_dictionary(values.type):
        words = [*values.dictionary.to_pylist(), None]
        return [words[-1 if place is None else place] for place in values.indices.to_pylist()]
    if pa.types.is_list(values.type):
        members = values.values.to_pylist()
        return [members[start:end] for start, end in pairwise(values.offsets.to_pylist())]
    return values.to_pylist()


@lru_cache(maxsize=1 << 14)
def _interval(first: int, last: int, exact: bool) -> Interval:  # noqa: FBT001 -- the key of a cache
    return Interval(_moment(first), _moment(last), exact)


@lru_cache(maxsize=1 << 14)
def _moment(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND
