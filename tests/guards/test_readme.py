"""The commands of the README are run: those for an authority against a running exchange, the others by make itself."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from exchange import settings
from exchange.demo import ceremony
from exchange.deps import open_hub
from exchange.embedded.postgres import NOT_DURABLE
from exchange.embedded.services import Running
from exchange.embedded.up import Exchange, Plan

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def test_make_knows_the_targets_that_the_readme_names() -> None:
    named = set(re.findall(r"make ([a-z-]+)", " ".join([*BLOCKS, *re.findall(r"`([^`]+)`", README)])))
    assert {"run", "test"} <= named
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def hire_officers(running: Running) -> None:
    """As `make run` does."""
    hub = open_hub(settings.load(running.environment), connections=1)
    try:
        ceremony.begin(hub, running.var / "officers")
    finally:
        hub.database.close()


def test_an_authority_can_be_played_as_the_readme_says(tmp_path: Path) -> None:
    block = "".join(b for b in BLOCKS if "authority" in b)
    with Exchange(tmp_path / "var", Plan(postgres_settings=NOT_DURABLE), tell=lambda _: None) as exchange:
        running = exchange.start()
        hire_officers(running)
        lines = "".join(f"{n}='{v}'\n" for n, v in running.environment.items() if n.startswith("ASYLUM_EXCHANGE_"))
        (tmp_path / "var" / "environment").write_text(lines)
        shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("node"))
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
        script = "set -e\nshopt -s expand_aliases\n" + block
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT}:{':'.join(p for p in sys.path if 'site-packages' in p)}",
        }
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    assert '"state": "accepted"' in done.stdout
    assert '"written": "Maryam Rahimi"' in done.stdout
    assert "WRONG" not in done.stdout
