"""Seconds from an empty folder to the alerts of the demo: clone, `make setup` with a warm package cache, `up`."""

import subprocess
import tempfile
import time
from pathlib import Path

from measuring import figure

ROOT = Path(__file__).parents[1]
TARGET = 30.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "a clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        start = time.perf_counter()
        subprocess.run(["make", "setup"], cwd=clone, check=True, capture_output=True)
        ready = time.perf_counter()
        command = [str(clone / ".venv/bin/python"), "-m", "exchange.cli.main", "up", "--exit-after-demo", "--json"]
        subprocess.run(command, cwd=clone, check=True, capture_output=True)
        figure("first_run.setup", ready - start, "s", TARGET)
        figure("first_run.to_alert_and_clean_end", time.perf_counter() - start, "s", TARGET)


if __name__ == "__main__":
    main()
