"""The longer runs that CONTRIBUTING.md names are there and work: each is started with few cases."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = re.findall(
    r"^PYTHONPATH=(\S+) \.venv/bin/python (\S+) (?:--\S+ )?(\d+)$",
    (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
FEW = {
    "tests/wire/differential.py": "200",
    "tests/wire/fuzz.py": "40",
    "tests/fuzz_notices.py": "5",
    "benchmarks/bench_memory.py": "1",
    "benchmarks/bench_silence.py": "3",
    "tests/domain/patterns/oracle.py": "200",
    "benchmarks/bench_replay.py": "2000",
    "benchmarks/bench_verdict.py": "1",
    "benchmarks/bench_check.py": "1",
    "benchmarks/bench_candidates.py": "--persons 500 --queries 20",
}


def test_they_are_those_that_are_tried_here() -> None:
    assert {script for _, script, _ in COMMANDS} == set(FEW)


@pytest.mark.parametrize(("path", "script"), [(path, script) for path, script, _ in COMMANDS])
def test_a_longer_run_works_with_few_cases(path: str, script: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": path}
    command = [sys.executable, script, *FEW[script].split()]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    assert done.stdout.strip()
