"""`linkage names`: figures of a file of spellings, and refusals that say the line and not what stands in it."""

import gzip
import json
from pathlib import Path

import click.testing
import pytest

from exchange.cli.main import cli
from exchange.domain.errors import Refusal

GROUPS = "Q1\tali,али,علي\nQ2\tschmidt,szmidt,шмидт\nQ3\tmaria,мария,mary\nQ4\tkohl\n"


def run(*words: object) -> click.testing.Result:
    return click.testing.CliRunner().invoke(cli, ["linkage", "names", *map(str, words)])


def refusal(held: bytes, tmp_path: Path) -> Refusal:
    file = tmp_path / "forms"
    file.write_bytes(held)
    found = run(file).exception
    assert isinstance(found, Refusal)
    assert found.code == "bad-names"
    return found


@pytest.mark.parametrize("packed", [False, True])
def test_the_figures_of_a_file(tmp_path: Path, *, packed: bool) -> None:
    file = tmp_path / "forms.tsv"
    file.write_bytes(gzip.compress(GROUPS.encode()) if packed else GROUPS.encode())
    found = json.loads(run(file, "--json").output)
    assert found["level"] == "coarse"
    assert found["groups"] == 3
    assert found["pairs"] == 9
    assert found["by_scripts"]["Arabic-Latin"] == {
        "groups": 1, "pairs": 1, "recall": 1, "recall_of_groups": 1, "chance_per_10000": 0,
    }  # fmt: skip
    assert sum(one["pairs"] for one in found["by_scripts"].values()) == 9
    told = run(file, "--level", "fine").output
    assert told.startswith("fine skeletons")
    assert "Cyrillic-Latin" in told
    assert "maria" not in told


@pytest.mark.parametrize(
    "line",
    [b"Q9 secretname,other", b"Q9\tsecretname\tother", b"Q9\tsecretname,,other", b"\tsecretname", b"Q9\t\xff\xfe", b""],
)
def test_a_bad_line_is_refused_by_its_number_alone(line: bytes, tmp_path: Path) -> None:
    found = refusal(GROUPS.encode() + line + b"\n" + GROUPS.encode(), tmp_path)
    assert "Line 5 " in found.detail
    assert "secretname" not in str(found)


def test_a_file_that_breaks_off_or_says_nothing_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(GROUPS.encode() * 500)
    assert "cannot be read" in refusal(packed[:-20], tmp_path).detail
    assert "cannot be read" in refusal(packed[:30] + b"\0" * 30, tmp_path).detail
    assert "no pair" in refusal(b"Q1\tali\n", tmp_path).detail
    assert "no pair" in refusal(b"", tmp_path).detail
    assert "Line 1 " in refusal(b"Q1\t" + b"a" * 2_000_000, tmp_path).detail
