"""What benchmarks share: CPU time of processes, and one JSON line for each figure."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "linkage" / "data"
"""Records and spellings to measure linkage on, where they are laid beside the repository."""


def there(name: str, *paths: Path) -> bool:
    """Tell whether what a benchmark reads is there; when it is not, print one line that says so."""
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        print(
            json.dumps({"name": name, "not_measured": f"no {', '.join(missing)}: name where the data is"}), flush=True
        )
    return not missing


def figure(name: str, value: float, unit: str, target: float, *, at_most: bool = True) -> None:
    """Print one figure: whether it holds is said, never asserted, since machines are shared."""
    holds = value <= target if at_most else value >= target
    line = {"name": name, "value": round(value, 4), "unit": unit, "target": target, "holds": holds}
    print(json.dumps(line), flush=True)


def with_children(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            waiting += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time that these processes have used, from the scheduler's own counters."""
    total = 0
    for pid in pids:
        for stat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(stat.read_text().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue  # a thread that ended between listing and reading
    return total / 1e9


def own_cpu() -> float:
    """Return the CPU time of this process."""
    return cpu_seconds([os.getpid()])
