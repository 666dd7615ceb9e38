"""Each dangerous act has one home. These tests read the source, so that a second home cannot slip in."""

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("exchange", "schemas", "workers")
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts
)
MOST_LINES = 300


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> set[str]:
    """Return every call in a module as dotted text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def attributes(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


HOMES = {
    "datetime.now": {"exchange/clock.py"},
    "time.time": set(),
    "datetime.utcnow": set(),
    "time.sleep": {"exchange/clock.py"},
    "app.send_task": {"exchange/cli/working.py"},
    # files that this very program wrote
    "json.loads": {"exchange/cli/up.py", "exchange/embedded/state.py", "exchange/traces.py"},
    "orjson.loads": set(),
    "ConnectionPool": {"exchange/store/session.py"},
    "settings.load": {
        "exchange/cli/officer.py",
        "exchange/cli/processes.py",
        "exchange/cli/up.py",
        "exchange/wsgi.py",
        "workers/hub.py",
    },
}


@pytest.mark.parametrize("act", sorted(HOMES))
def test_an_act_has_one_home(act: str) -> None:
    homes = {name_of(path) for path in SOURCES if act in calls(path)}
    assert homes <= HOMES[act]


def test_only_settings_reads_the_environment() -> None:
    readers = {name_of(path) for path in SOURCES if "os.environ" in attributes(path) or "os.getenv" in calls(path)}
    assert readers <= {"exchange/settings.py"}


def test_only_the_session_commits() -> None:
    committing = {
        name_of(path) for path in SOURCES if any(call.endswith((".commit", ".rollback")) for call in calls(path))
    }
    assert committing == set()
    opening = {name_of(path) for path in SOURCES if "connection.transaction" in calls(path)}
    assert opening == {"exchange/store/session.py"}


def test_sql_stands_in_the_store_only() -> None:
    executing = {
        name_of(path) for path in SOURCES if any(call.endswith((".execute", ".executemany")) for call in calls(path))
    }
    assert {name for name in executing if not name.startswith("exchange/store/")} == set()


def test_modules_are_short() -> None:
    long = {
        name_of(path): n for path in SOURCES if (n := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_packages_hold_one_docstring_and_nothing_else() -> None:
    for package in (path for path in SOURCES if path.name == "__init__.py"):
        body = ast.parse(package.read_text(encoding="utf-8")).body
        assert len(body) == 1, package
        assert isinstance(body[0], ast.Expr), package


def test_nothing_is_mocked_and_nothing_sleeps_in_tests() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "unittest" + ".mock" not in text, path
        assert "monkeypatch" + ".setattr" not in text, path
        assert "time" + ".sleep(" not in text, path


def test_every_module_but_wsgi_imports_in_an_empty_environment() -> None:
    modules = [
        name_of(p)[:-3].replace("/", ".").removesuffix(".__init__")
        for p in SOURCES
        if p.name not in ("wsgi.py", "env.py")
    ]
    assert "exchange.app" in modules
    code = f"import importlib\nfor name in {modules!r}:\n    importlib.import_module(name)"
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_no_host_of_a_registry_and_no_path_of_one_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    hosts = (
        "pypi." + "org",
        "pythonhosted." + "org",
        "registry.npm" + "js.org",
        "deb." + "debian.org",
        "/wo" + "rk/",
        "/ro" + "ot/",
    )
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".txt", ".in", ".toml", ".yml", ".json", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert [h for h in hosts if h in text] == [], name


def test_two_times_the_task_limit_stay_below_the_visibility_timeout() -> None:
    app = importlib.import_module("workers.app")
    assert 2 * app.TASK_TIME_LIMIT < app.VISIBILITY_TIMEOUT


def test_every_promised_step_is_a_task() -> None:
    steps = importlib.import_module("workers.steps")
    tasks = set(importlib.import_module("workers.app").app.tasks)
    promised = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "outbox.promise":
                found = [e for e in ast.walk(node.args[1]) if isinstance(e, ast.Tuple)]
                promised |= {e.elts[0].value for e in found if isinstance(e.elts[0], ast.Constant)}
    promised |= {"link", "report"}  # written as rows by exchange.accepting
    named = {
        "link",
        "weigh",
        "deliver",
        "detect",
        "alert",
        "report",
        "acknowledged",
        "queried",
        "checked",
        "advise",
        "correct",
        "remind",
    }
    assert promised == named
    assert promised <= tasks
    assert steps
