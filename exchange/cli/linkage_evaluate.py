"""The command that links the records of two files as authorities and the hub do, and tells how well that went."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

import click

from exchange import link_weights, linkage_evaluating
from exchange.cli.patterns import print_json, with_json
from exchange.client.linkage.keys import ORDER
from exchange.client.linkage.record import of_row
from exchange.domain.errors import Refusal
from exchange.domain.weighing import em, scoring, training, weights
from exchange.domain.weighing.measures import Judged, Measures, measure
from exchange.domain.weighing.training import Labelled
from exchange.domain.weighing.weights import Weights
from exchange.linkage_evaluating import Found, Row, Search
from exchange.wire.encoding import read_json

_GZIP: Final = b"\x1f\x8b"
_LONGEST: Final = 100_000
"""Bytes of a line."""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("a", type=_FILE)
@click.argument("b", type=_FILE)
@click.option("--labels", help="`none` to learn without labels, or two files with known pairs, FILE,FILE.")
@with_json
def evaluate(a: Path, b: Path, labels: str | None, *, as_json: bool) -> None:
    """Link the records of two files, A and B, and measure it.

    Each line is a JSON object: id, given, family, pat, dob, sex, nat, doc, loc, auth; files may be compressed (gzip).
    Ids aN and bN with one N are one person. Tokens are made and padded as authorities do, under a key made for this
    run; a PostgreSQL of its own holds the index. By default the shipped weights and their threshold count.
    """
    files = None if labels in (None, "none") else _labelled(str(labels))
    rows = _both(a, b)
    found = linkage_evaluating.search(rows, em.start(ORDER) if labels else link_weights.shipped())
    try:
        known = link_weights.shipped() if not labels else _with_labels(*files) if files else _without_labels(found)
    except ValueError:
        raise Refusal("bad-rows", "There are too few pairs to learn from.") from None
    _tell(_measured(found, known), found, known, as_json=as_json)


def _labelled(labels: str) -> tuple[Path, Path]:
    """Return the two files that a text names. Raises Refusal `bad-rows`."""
    files = [Path(name) for name in labels.split(",")]
    if len(files) != 2 or not all(file.is_file() for file in files):  # noqa: PLR2004 -- two sides
        raise Refusal("bad-rows", "The option --labels takes `none`, or two files with a comma between them.")
    return files[0], files[1]


def _both(a: Path, b: Path) -> list[Row]:
    return [*_rows(a, "a"), *_rows(b, "b")]


def _without_labels(found: Search) -> Weights:
    """Learn from the pairs across the two files, and from those within one file, which nobody is in twice."""
    across = [one.evidence for one in found.found if found.rows[one.held].side == "b"]
    within = [one.evidence for one in found.found if found.rows[one.held].side == "a"]
    a, b = (sum(row.side == side for row in found.rows) for side in "ab")
    return weights.read(em.learn(across, within, b / max(1, a - 1), len(found.rows)))


def _with_labels(a: Path, b: Path) -> Weights:
    """Learn from two files of which the pairs are known."""
    known = linkage_evaluating.search(_both(a, b), em.start(ORDER))
    pairs = [Labelled(one.evidence, _same(known, one)) for one in known.found if known.rows[one.held].side == "b"]
    return weights.read(training.train(pairs, len(known.rows), "of these labels").document)


def _same(found: Search, one: Found) -> bool:
    asked, held = found.rows[one.asked], found.rows[one.held]
    return asked.side != held.side and asked.number == held.number


def _measured(found: Search, known: Weights) -> Measures:
    numbers = {row.number for row in found.rows if row.side == "b"}
    true = {row.number: row.origin for row in found.rows if row.side == "a" and row.number in numbers}
    judged = [
        Judged(found.rows[one.asked].number, _same(found, one), scoring.score(one.evidence, known).bits)
        for one in found.found
        if found.rows[one.held].side == "b"
    ]
    return measure(judged, true, known.shipped)


def _tell(told: Measures, found: Search, known: Weights, *, as_json: bool) -> None:
    figures = {name: value for name, value in asdict(told).items() if name != "recall_by_origin"}
    origins = {origin: round(share, 4) for origin, share in told.recall_by_origin.items()}
    costs = {name: round(getattr(found, name), 2) for name in ("tokens", "ms_per_record", "ms_per_query")}
    costs["tokens_per_record"] = costs.pop("tokens")
    rounded = {name: round(float(value), 4) for name, value in figures.items()}
    if as_json:
        print_json({**rounded, "recall_by_origin": origins, **costs, "weights": known.version})
        return
    click.echo(f"weights {known.version}, linked from {known.shipped} bits")
    for name, value in {**rounded, **costs}.items():
        click.echo(f"{name:<20}{value:>10}")
    for origin, share in origins.items():
        click.echo(f"  recall of {origin:<10}{share:>8}")


def _rows(file: Path, side: str) -> Iterator[Row]:
    """Yield the rows of a file. Raises Refusal `bad-rows`, which says the line and not what stands in it."""
    seen: set[str] = set()
    for number, line in _lines(file):
        row = _row(line, side)
        if row is None or row.number in seen:
            raise Refusal("bad-rows", f"Line {number} of file {side} is not a record with an id of its own, as JSON.")
        seen.add(row.number)
        yield row


def _row(line: bytes, side: str) -> Row | None:
    try:
        said: Any = read_json(line)
        number, author, origin = (said.get(name, "") for name in ("id", "auth", "loc"))
        texts = all(isinstance(one, str) for one in (number, author, origin))
        return Row(number[1:], side, author, origin, of_row(said)) if texts and number[:1] == side else None
    except (ValueError, AttributeError, RecursionError, Refusal):
        return None


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty, with their numbers."""
    number = 0
    try:
        with file.open("rb") as opened, _plain(opened) as plain:
            while line := plain.readline(_LONGEST):
                number += 1
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error):
        raise Refusal("bad-rows", f"The file cannot be read after line {number}.") from None


def _plain(opened: IO[bytes]) -> IO[bytes]:
    packed = opened.read(len(_GZIP)) == _GZIP
    opened.seek(0)
    return gzip.open(opened) if packed else opened  # type: ignore[return-value]  # GzipFile reads like a file
