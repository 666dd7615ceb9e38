"""`linkage evaluate`: two files of records through real tokens and a real index, and files that nobody has checked."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import click.testing
import pytest

from exchange.cli.main import cli
from exchange.domain.errors import Refusal

SEED = 20261201
GIVEN = ("Olena", "Marta", "Yuliya", "Darya", "Nino", "Tamar", "Leyla", "Zahra", "Amina", "Hanna", "Sofiya", "Irina")
FAMILY = ("Kovalenko", "Shevchuk", "Beridze", "Karimi", "Hosseini", "Abebe", "Petrova", "Yilmaz", "Haddad", "Sarkar")
FIGURES = ("precision", "recall", "f1", "recall_at_p99", "top5_recall")


def run(*words: object) -> click.testing.Result:
    return click.testing.CliRunner().invoke(cli, ["linkage", "evaluate", *map(str, words)])


def refusal(*words: object) -> Refusal:
    done = run(*words)
    assert isinstance(done.exception, Refusal), done.exception
    return done.exception


def row(side: str, number: int, **more: Any) -> dict[str, Any]:
    blank = {
        "given": "",
        "family": "",
        "pat": "",
        "dob": "",
        "sex": "F",
        "nat": "UA",
        "doc": "",
        "loc": "uk",
        "auth": "DE",
    }
    return {"id": f"{side}{number}", **blank, **more}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Forty persons of either side, thirty of them on both; one side is compressed."""
    print("seed", SEED)
    rng = random.Random(SEED)
    people = [
        {
            "given": rng.choice(GIVEN),
            "family": rng.choice(FAMILY),
            "dob": f"{rng.randint(1960, 2005)}-{rng.randint(1, 12):02}-{rng.randint(2, 28):02}",
        }
        for _ in range(50)
    ]
    folder = tmp_path_factory.mktemp("rows")
    a, b = folder / "a.jsonl", folder / "b.jsonl.gz"
    a.write_text("".join(json.dumps(row("a", n, **people[n])) + "\n" for n in range(40)))
    b.write_bytes(gzip.compress("".join(json.dumps(row("b", n, **people[n])) + "\n" for n in range(10, 50)).encode()))
    return a, b


def test_records_are_linked_and_measured(files: tuple[Path, Path]) -> None:
    done = run(*files, "--json")
    assert done.exception is None, done.output
    told = json.loads(done.output)
    assert {*FIGURES, "recall_by_origin", "tokens_per_record", "ms_per_record", "ms_per_query", "weights"} == set(told)
    assert told["recall"] == told["top5_recall"] == told["recall_by_origin"]["uk"] == 1
    assert told["precision"] > 0.9
    assert 32 <= told["tokens_per_record"] <= 128


def test_records_are_linked_without_labels(files: tuple[Path, Path]) -> None:
    done = run(*files, "--labels", "none")
    assert done.exception is None, done.output
    assert "learned without labels" in done.output
    assert "recall of uk" in done.output


@pytest.mark.parametrize(
    "line",
    [
        "Olena Kovalenko",
        "[]",
        '{"id": "b1", "given": "Olena"}',
        '{"id": 1, "given": "Olena"}',
        '{"id": "a0", "given": "Olena"}',
        '{"id": "a1", "given": ["Olena"]}',
        '{"id": "a1", "given": "' + "O" * 1000 + '"}',
        "[" * 50_000,
    ],
    ids=lambda line: line[:40],
)
def test_a_bad_line_is_named_by_its_number_alone(line: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row("a", 0, given="Marta", family="Shevchuk")) + "\n\n" + line + "\n")
    told = refusal(file, file)
    assert told.code == "bad-rows"
    assert "Line 3 of file a" in told.detail
    assert "Olena" not in str(told)


def test_a_file_that_is_cut_off_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(files[1].read_bytes()[:200])
    assert refusal(files[0], cut).code == "bad-rows"


def test_records_that_say_nothing_are_refused(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text(json.dumps(row("a", 1)))
    b.write_text(json.dumps(row("b", 1)))
    assert refusal(a, b).code == "bad-rows"


@pytest.mark.parametrize("labels", ["all", "missing-a,missing-b"])
def test_labels_are_none_or_two_files(labels: str, files: tuple[Path, Path]) -> None:
    assert refusal(*files, "--labels", labels).code == "bad-rows"
