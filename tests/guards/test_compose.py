"""docker-compose.yml and the Dockerfile, without an engine: their form, their safety, and the commands of `up`."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from exchange.embedded import compose_secrets, health
from exchange.embedded.ports import HOST, free_port
from exchange.embedded.processes import Command, end, launch, until
from exchange.embedded.services import MODULE, NAMES, PROCESSES, PROGRAM, Process
from exchange.embedded.valkey import Valkey, installed_program
from exchange.settings import DEFAULTS, NEEDED, PREFIX

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
BY_NAME = {process.name: process for process in PROCESSES}
STAYING = sorted(name for name in SERVICES if name not in BY_NAME or not BY_NAME[name].once)


def told(*argv: str | Path) -> tuple[int, str]:
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def line_of(instruction: str) -> Any:
    line = next(line for line in DOCKERFILE.splitlines() if line.startswith(instruction))
    return json.loads(line.removeprefix(instruction))


def test_the_compose_file_has_the_form_that_compose_asks_for() -> None:
    code, words = told(
        sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"
    )
    assert code == 0, words


def test_the_dockerfile_is_good_to_hadolint() -> None:
    code, words = told(Path(sys.executable).with_name("hadolint"), "--no-color", "Dockerfile")
    assert code == 0, words


def test_compose_and_supervisor_run_the_same_services() -> None:
    assert set(SERVICES) == set(NAMES)
    assert line_of("ENTRYPOINT") == ["python", "-m", MODULE]
    assert PROGRAM[1:] == ("-m", MODULE)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_compose_and_supervisor_run_the_same_command_after_the_same_needs(process: Process) -> None:
    service = SERVICES[process.name]
    assert service["command"] == [process.name]
    assert "entrypoint" not in service
    conditions = {name: need["condition"] for name, need in service.get("depends_on", {}).items()}
    once = {name for name in process.needs if name in BY_NAME and BY_NAME[name].once}
    assert conditions == {
        name: "service_completed_successfully" if name in once else "service_healthy" for name in process.needs
    }
    assert (service["restart"] == "no") == process.once


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_container_can_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service
    user = service.get("user") or next(line.split()[1] for line in DOCKERFILE.splitlines() if line.startswith("USER"))
    assert int(user.partition(":")[0]) > 0


def test_the_web_alone_is_published_and_the_cosigner_alone_goes_out() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8420:8420"]
    }
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if service["networks"] != ["inside"]} == {"web", "cosigner"}
    assert not any("secrets" in volume or "key" in volume for volume in SERVICES["cosigner"]["volumes"])


@pytest.mark.parametrize("name", STAYING)
def test_every_container_that_stays_is_asked_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_settings_are_known_and_secrets_come_as_files() -> None:
    known = {PREFIX + name for name in (*NEEDED, *DEFAULTS)}
    for name in BY_NAME:
        environment = SERVICES[name]["environment"]
        assert {key.removesuffix("_FILE") for key in environment} <= known
        assert {PREFIX + needed for needed in NEEDED} <= {key.removesuffix("_FILE") for key in environment}
        files = {value for key, value in environment.items() if key.endswith("_FILE")}
        assert files == {f"/run/secrets/{secret}" for secret in SERVICES[name]["secrets"]}
        assert not any("password" in str(value) or "@" in str(value) for value in environment.values())


def test_the_secrets_that_are_mounted_are_those_that_are_made(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    made = compose_secrets.make(folder)
    assert {f"./secrets/{name}" for name in made} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert folder.stat().st_mode & 0o777 == 0o700
    password = (folder / "postgres_password").read_text(encoding="ascii")
    assert (folder / "database_url").read_text(encoding="ascii") == (
        f"postgresql://exchange:{password}@postgres:5432/exchange"
    )
    assert compose_secrets.make(folder) == []
    assert (folder / "postgres_password").read_text(encoding="ascii") == password
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_redis_of_compose_starts_asks_for_its_password_and_keeps_what_the_embedded_one_keeps(
    tmp_path: Path,
) -> None:
    compose_secrets.make(tmp_path / "secrets")
    conf = tmp_path / "secrets" / "redis.conf"
    port = free_port()
    words = [str(conf) if word == "/run/secrets/redis.conf" else word for word in SERVICES["redis"]["command"]]
    argv = (str(installed_program()), *words[1:], "--port", str(port), "--bind", HOST)
    embedded = Valkey(tmp_path / "valkey", port, conf.read_text(encoding="ascii").split()[1])
    process = launch(Command(argv, folder=tmp_path), tmp_path / "log")
    try:
        assert until(lambda: process.poll() is not None or embedded.ready())
        assert process.poll() is None
    finally:
        end(process, Command(argv).end_signal)
    told_to_embedded = (tmp_path / "valkey" / "valkey.conf").read_text(encoding="ascii").replace('""', "").splitlines()
    flags = " ".join(words).split("--")[1:]
    assert {flag.strip() for flag in flags} <= {line.strip() for line in told_to_embedded}


def test_health_is_an_open_connection_or_an_answer() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert health.main(["connected", str(port)]) == 1
        with socket.create_connection((HOST, port)):
            assert health.main(["connected", str(port)]) == 0
            assert health.main(["connected", str(port), str(free_port())]) == 1
    assert health.main(["answers", str(port)]) == 1
