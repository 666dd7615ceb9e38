import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.patterns import histories
from exchange import traces
from exchange.domain.errors import Refusal
from exchange.domain.timeline import ERASED, Timeline


def some_histories(rng: random.Random, count: int) -> Iterator[tuple[int, Timeline]]:
    """Random histories, with what rarely occurs: flagged events, doubted states, unusual words, no events at all."""
    for person in range(1, count + 1):
        told, _ = histories.history(rng, rng.choice((1, 9)))
        events = tuple(replace(event, flagged=rng.random() < 0.1, ref=person * 100 + n)
                       for n, event in enumerate(told.events if rng.random() < 0.95 else ()))  # fmt: skip
        if events and rng.random() < 0.2:
            events = (replace(events[0], facts={"b": ("x", 'ý"'), "a": "", "c": ()}), *events[1:])
        doubted = frozenset({"UKR"} if rng.random() < 0.1 else ())
        onward = frozenset({"SVK", "HUN"} if rng.random() < 0.1 else ())
        sets = {"doubted": doubted, "safeguards": told.safeguards | {ERASED}, "onward": onward}
        yield person, replace(told, events=events, **sets)


def written(folder: Path, count: int = 50, buckets: int = 3) -> traces.Manifest:
    return traces.write(folder, some_histories(random.Random(count), count), buckets, {"at": "2026-12-01T00:00:00Z"})


@pytest.mark.parametrize("rising", [True, False])
def test_what_is_written_is_read_back_exactly(tmp_path: Path, rising: bool) -> None:  # noqa: FBT001 -- both ways
    seed = random.randrange(2**32)
    print("seed", seed)
    told = dict(some_histories(random.Random(seed), 400))
    order = sorted(told) if rising else random.Random(seed).sample(sorted(told), len(told))
    made = traces.write(tmp_path / "all", ((person, told[person]) for person in order), 5)
    assert made == traces.manifest(tmp_path / "all")
    assert (made.persons, made.events) == (len(told), sum(len(one.events) for one in told.values()))
    back = [list(traces.read(tmp_path / "all", number)) for number in range(5)]
    assert {person: timeline for bucket in back for person, timeline in bucket} == told
    for number, bucket in enumerate(back):
        persons = [person for person, _ in bucket]
        assert persons == sorted(p for p in told if traces.bucket(p, 5) == number)
        table = pq.read_table(tmp_path / "all" / traces.events_file(number), columns=["person", "index"])
        rows = list(zip(*table.to_pydict().values(), strict=True))
        assert rows == sorted(rows)


def test_the_bucket_of_a_person_never_changes() -> None:
    assert [traces.bucket(person, 16) for person in (0, 1, 2, 3, 2**62)] == [15, 1, 14, 13, 11]
    spread = [traces.bucket(person, 8) for person in range(0, 80_000, 8)]
    assert max(spread.count(n) for n in range(8)) < 1.2 * len(spread) / 8


def test_a_folder_is_written_once_and_the_same_history_gives_the_same_hash(tmp_path: Path) -> None:
    assert written(tmp_path / "one").sha256 == written(tmp_path / "two").sha256
    assert written(tmp_path / "three", count=51).sha256 != written(tmp_path / "four").sha256
    with pytest.raises(Refusal, match="bad-traces"):
        written(tmp_path / "one")


def test_a_changed_file_is_not_that_of_the_manifest(tmp_path: Path) -> None:
    made = written(tmp_path)
    for number in range(made.buckets):
        traces.check(tmp_path, made, number)
    path = tmp_path / traces.events_file(1)
    table = pq.read_table(path)
    pq.write_table(table.slice(0, len(table) - 1), path)
    with pytest.raises(Refusal, match="is not the file"):
        traces.check(tmp_path, made, 1)


def test_files_of_another_form_are_refused_in_plain_words(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / traces.events_file(0)
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["facts"]), path)
    with pytest.raises(Refusal, match="lacks columns"):
        list(traces.read(tmp_path, 0))
    pq.write_table(table.replace_schema_metadata({"schema": "events/0"}), path)
    with pytest.raises(Refusal, match="is not of the form events/1"):
        list(traces.read(tmp_path, 0))
    path.write_bytes(b"no Parquet")
    with pytest.raises(Refusal, match="no Parquet file"):
        list(traces.read(tmp_path, 0))


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"version": "0"}, "another version"), ({"files": []}, "not of the form"), (None, "no whole")],
)
def test_a_manifest_of_another_form_is_refused(tmp_path: Path, changes: dict[str, object] | None, words: str) -> None:
    written(tmp_path)
    path = tmp_path / traces.MANIFEST
    if changes is None:
        path.unlink()
    else:
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(Refusal, match=words):
        list(traces.read(tmp_path, 0))


def test_timelines_of_one_folder_have_the_same_participants(tmp_path: Path) -> None:
    one, other = (timeline for _, timeline in some_histories(random.Random(1), 2))
    with pytest.raises(ValueError, match="participants"):
        traces.write(tmp_path, [(1, one), (2, replace(other, participants=frozenset({"SVK"})))], 2)


def test_a_person_without_a_row_of_their_own_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    events = pq.ParquetFile(tmp_path / traces.events_file(0)).iter_batches()
    with pytest.raises(Refusal, match="names a person"):
        list(traces.timelines(events, [], frozenset()))


def test_events_out_of_order_are_refused_and_given_to_nobody(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / traces.events_file(0)
    table = pq.read_table(path)
    pq.write_table(table.take([len(table) - 1, *range(len(table) - 1)]), path)
    with pytest.raises(Refusal, match="not in the order of persons"):
        list(traces.read(tmp_path, 0))


def test_reading_holds_a_piece_at_a_time(tmp_path: Path) -> None:
    written(tmp_path, count=400)
    asked = 0

    def pieces() -> Iterator[pa.RecordBatch]:
        nonlocal asked
        for piece in pq.ParquetFile(tmp_path / traces.events_file(0)).iter_batches(batch_size=64):
            asked += 1
            yield piece

    persons = pq.ParquetFile(tmp_path / traces.persons_file(0)).iter_batches()
    following = traces.timelines(pieces(), persons, frozenset())
    for _ in range(10):
        next(following)
    assert asked <= 3
    assert len(list(following)) > 100
    assert asked > 5
