"""The command that measures the skeletons of names on a file of spellings."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

import click

from exchange.cli.patterns import print_json, with_json
from exchange.client.linkage.measuring import Figures, measure
from exchange.client.linkage.skeletons import coarse, fine
from exchange.domain.errors import Refusal

_GZIP: Final = b"\x1f\x8b"
_LONGEST: Final = 1_000_000
"""Bytes of a line."""
_LEVELS: Final = {"coarse": coarse, "fine": fine}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--level", type=click.Choice(tuple(_LEVELS)), default="coarse", help="Skeletons to compare: those of keys C or F."
)
@with_json
def names(file: Path, level: str, *, as_json: bool) -> None:
    """Measure on FILE how many spellings of one name match, and how many of two names do by chance.

    Each line is a group of spellings of one name: an id, a tab, the spellings with commas between them; the file may be
    compressed (gzip). Two spellings match when they share a skeleton. Every pair is counted, none is drawn by lot.
    """
    found = measure(_groups(file).values(), _LEVELS[level])
    if not found:
        raise Refusal("bad-names", "No line of the file holds two spellings: there is no pair to measure.")
    if as_json:
        pairs = {name: _told(one) for name, one in found.items() if name}
        print_json({"level": level, **_told(found[""]), "by_scripts": pairs})
        return
    click.echo(f"{level} skeletons; every pair counted\n")
    click.echo(f"{'scripts':<22}{'groups':>9}{'pairs':>9}{'recall':>9}{'by group':>10}{'chance in 10,000':>18}")
    for name, one in sorted(found.items(), key=lambda each: -each[1].pairs):
        counted = f"{name or 'all':<22}{one.groups:>9}{one.pairs:>9}"
        click.echo(f"{counted}{one.recall:>9.4f}{one.recall_of_groups:>10.4f}{one.chance:>18.1f}")


def _told(one: Figures) -> dict[str, object]:
    return {
        "groups": one.groups,
        "pairs": one.pairs,
        "recall": round(one.recall, 5),
        "recall_of_groups": round(one.recall_of_groups, 5),
        "chance_per_10000": round(one.chance, 3),
    }


def _groups(file: Path) -> Mapping[str, list[str]]:
    """Return the spellings by group. Raises Refusal `bad-names`, which says the line and not what stands in it."""
    groups: dict[str, list[str]] = {}
    for number, line in enumerate(_lines(file), 1):
        try:
            group, forms = line.decode("utf-8").rstrip("\r\n").split("\t")
        except ValueError:
            raise _refused(number) from None
        found = [form.strip() for form in forms.split(",")]
        if not group.strip() or not all(found):
            raise _refused(number)
        groups.setdefault(group, []).extend(found)
    return groups


def _lines(file: Path) -> Iterator[bytes]:
    number = 0
    try:
        with file.open("rb") as opened, _plain(opened) as plain:
            while line := plain.readline(_LONGEST):
                number += 1
                if len(line) == _LONGEST:
                    raise _refused(number)
                yield line
    except (OSError, EOFError, zlib.error):
        raise Refusal("bad-names", f"The file cannot be read after line {number}.") from None


def _plain(opened: IO[bytes]) -> IO[bytes]:
    packed = opened.read(len(_GZIP)) == _GZIP
    opened.seek(0)
    return gzip.open(opened) if packed else opened  # type: ignore[return-value]  # GzipFile reads like a file


def _refused(number: int) -> Refusal:
    return Refusal("bad-names", f"Line {number} is not an id, a tab and spellings with commas between them, in UTF-8.")
