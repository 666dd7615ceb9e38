"""Every import contract can fail: an import that it forbids is planted, and found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANTED = {
    "Imports point down the page, and every module has its place": (
        "exchange/domain/merkle.py",
        "import exchange.store.outbox",
    ),
    "Only the command line knows the workers": ("exchange/demo/play.py", "import workers.app"),
    "Schemas stand on the domain alone": ("schemas/fields.py", "import exchange.wire.jws"),
    "The domain does no input or output": ("exchange/domain/edtf.py", "import os"),
    "The web knows neither Celery nor Redis": ("exchange/intake.py", "import celery"),
    "Workers know no Flask": ("workers/promises.py", "import flask"),
    "The client has no back door into the hub": ("exchange/client/folder.py", "import exchange.store.notices"),
    "The token service knows nothing of the hub": ("exchange/token_service/quotas.py", "import exchange.store.quotas"),
    "Endpoints and pages reach data only through the use cases": (
        "exchange/api/alerts.py",
        "import exchange.store.queue",
    ),
}
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for package in ("exchange", "schemas", "workers"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_tried_here() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert text.count("[[tool.importlinter.contracts]]") == len(PLANTED)
    assert all(f'name = "{name}"' in text for name in PLANTED)


def test_planted_imports_break_every_contract(tree: Path) -> None:
    for name, planted in PLANTED.values():
        path = tree / name
        path.write_text(path.read_text(encoding="utf-8") + f"\n{planted}\n", encoding="utf-8")
    told = lint(tree).stdout
    assert [name for name in PLANTED if f"{name} BROKEN" not in told] == []


def test_a_stray_module_breaks_the_layers(tree: Path) -> None:
    (tree / "exchange" / "utils.py").write_text('"""Stray."""\n', encoding="utf-8")
    done = lint(tree)
    assert done.returncode != 0
    assert "utils" in done.stdout + done.stderr
