"""The log in several files: each links to the one before, old ones may be taken away, and no crash breaks the chain."""

from pathlib import Path

import pytest

from exchange.domain.errors import Refusal
from exchange.token_service import batchlog
from exchange.token_service.batchlog import Batch, Log
from token_service.kit import Desk, run

SMALL = 400
"""Bytes of a file: it holds three batches."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Log(tmp_path, largest=SMALL) as log:
        add(log, *range(1, 11))
    return tmp_path


def add(log: Log, *numbers: int) -> None:
    for n in numbers:
        log.add(Batch(1000 * n, "lt-asylum", n, "k1", "A" * 43))


def put_aside(folder: Path) -> list[Path]:
    return sorted(folder.glob("evaluations-*.jsonl"))


def told(folder: Path) -> list[int]:
    return [one.n for one, _ in batchlog.read(folder)]


def test_a_large_file_is_put_aside_and_the_next_one_links_to_it(folder: Path) -> None:
    assert told(folder) == list(range(1, 11))
    assert [path.name for path in put_aside(folder)] == [f"evaluations-{n:012d}.jsonl" for n in (3, 7, 11)]
    assert [place.number for _, place in batchlog.read(folder)] == [1, 2, 3, 5, 6, 7, 9, 10, 11, 13]
    assert (folder / batchlog.FILE).read_bytes().count(b"\n") == 2
    with Log(folder, since=6500, largest=SMALL) as log:
        assert [one.n for one in log.before] == [7, 8, 9, 10]
        add(log, 11)
    assert told(folder) == list(range(1, 12))


def test_old_files_may_be_taken_away_and_none_in_between(folder: Path) -> None:
    first, second, _ = put_aside(folder)
    kept = first.read_bytes()
    first.unlink()
    assert told(folder) == list(range(4, 11))
    first.write_bytes(kept)
    second.unlink()
    with pytest.raises(Refusal) as found:
        told(folder)
    assert found.value.code == "bad-token-service"


def test_what_was_changed_in_a_file_that_was_put_aside_is_found(folder: Path) -> None:
    path = put_aside(folder)[1]
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    for changed in (content.replace(b'"n":5', b'"n":4'), b"".join(lines[1:]), b"".join(lines[:-1]), content[:-1], b""):
        path.write_bytes(changed)
        with pytest.raises(Refusal):
            told(folder)
    path.write_bytes(content)
    assert told(folder) == list(range(1, 11))


def test_whoever_is_stopped_while_a_file_is_put_aside_goes_on_with_the_next(folder: Path) -> None:
    with Log(folder, largest=SMALL) as log:
        add(log, 11, 12)
    (folder / batchlog.FILE).rename(folder / "evaluations-000000000015.jsonl")  # and there the power failed
    assert told(folder) == list(range(1, 13))
    with Log(folder, largest=SMALL) as log:
        add(log, 13)
    assert told(folder) == list(range(1, 14))
    assert (folder / batchlog.FILE).read_bytes().count(b"\n") == 2


def test_a_report_tells_of_files_that_are_not_here(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.service.__exit__()
    with Log(desk.folder, largest=SMALL) as log:
        add(log, *range(1, 8))
    whole = run("token-service", "--folder", desk.folder, "report")
    assert "not here" not in whole
    put_aside(desk.folder)[0].unlink()
    cut = run("token-service", "--folder", desk.folder, "report")
    assert "Lines 1 to 3 are in files that are not here" in cut
    assert cut.splitlines()[-1] == whole.splitlines()[-1]
