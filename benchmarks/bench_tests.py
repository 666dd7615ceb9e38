"""Seconds that `make test` takes."""

import subprocess
import time
from pathlib import Path

from measuring import figure

ROOT = Path(__file__).parents[1]
TARGET = 300.0


def main() -> None:
    start = time.perf_counter()
    subprocess.run(["make", "test"], cwd=ROOT, check=True, capture_output=True)
    figure("tests.duration", time.perf_counter() - start, "s", TARGET)


if __name__ == "__main__":
    main()
