"""docs/operations.md, section by section, as officers read it: its commands are run as they stand."""

import contextlib
import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from exchange.cli.main import cli
from exchange.domain.errors import Refusal
from exchange.embedded.postgres import NOT_DURABLE
from exchange.embedded.up import Exchange, Plan

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PEOPLE = ("anna", "boris", "chiara")


def lines_of(section: str) -> list[str]:
    """The commands in the blocks of a section."""
    blocks = re.findall(r"```\n(.*?)```", TEXT.partition(f"## {section}\n")[2].partition("\n## ")[0], re.DOTALL)
    return [line.strip() for block in blocks for line in block.strip().splitlines()]


@dataclass(frozen=True)
class Desk:
    """A folder in which commands are typed, with the settings of a running exchange."""

    folder: Path
    settings: dict[str, str]

    def run(self, line: str, **known: str) -> Result:
        for name, value in known.items():
            line = line.replace(f"${name}", value)
        _, *rest = shlex.split(line.partition(" > ")[0])
        with contextlib.chdir(self.folder):
            done = CliRunner().invoke(cli, rest, env=self.settings)
        if " > " in line:
            (self.folder / line.partition(" > ")[2]).write_text(done.stdout)
        return done

    def do(self, line: str, **known: str) -> Any:
        done = self.run(line, **known)
        assert done.exit_code == 0, (line, done.stderr, done.exception)
        return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout.strip()

    def refused(self, line: str, **known: str) -> str:
        done = self.run(line, **known)
        assert isinstance(done.exception, Refusal), (line, done.stdout)
        return done.exception.code


def for_each(desk: Desk, line: str, **known: str) -> None:
    """Let each of the three do what the document shows for the first."""
    for name in PEOPLE:
        changed = re.sub(r"--as anna > anna", f"--as {name} > {name}", line).replace(
            "key anna anna", f"key {name} {name}"
        )
        desk.do(changed, **known)


def begin(desk: Desk) -> None:
    make, sign, start = lines_of("How a secretariat begins")
    for_each(desk, make, EX=desk.settings["ASYLUM_EXCHANGE_ID"])
    for name in PEOPLE:
        shutil.copy(desk.folder / name / "officer.json", desk.folder / f"{name}.json")
    for_each(desk, sign)
    assert desk.refused(start.replace(" chiara.list", "")) == "bad-history"
    desk.do(start)
    assert desk.refused(start) == "bad-history"


def enrol(desk: Desk) -> dict[str, str]:
    """Enrol an authority as the table says; returns its kids."""
    spoken = "asylum-exchange authority --folder office"
    desk.do(f"{spoken} keys pl-asylum --kind asylum_office --state POL")
    desk.do("asylum-exchange officer invite office/enrolment.json --as anna > invitation.json")
    fingerprint = desk.do(f"{spoken} answer invitation.json")
    desk.do("asylum-exchange officer enrol office/bundle.jws --as anna")
    approve = f"asylum-exchange officer approve --authority pl-asylum --fingerprint {fingerprint}"
    assert desk.refused(f"{approve} --as anna") == "not-your-approval"
    assert not desk.do(f"{approve} --as boris")["took_effect"]
    assert desk.refused(f"{approve} --as boris") == "not-your-approval"
    assert desk.do(f"{approve} --as chiara")["took_effect"]
    desk.do("asylum-exchange officer introduction > hub.json")
    desk.do(f"{spoken} pin hub.json")
    told = json.loads((desk.folder / "office" / "enrolment.json").read_text())
    return {purpose: jwk["kid"] for purpose, jwk in told["keys"].items()}


def change_the_directory(desk: Desk) -> None:
    """Enter the shipped entry of Ukraine, and change it as the document shows."""
    shutil.copy(ROOT / "exchange" / "data" / "neighbours" / "UKR.json", desk.folder / "UKR.json")
    show, ask, approve = lines_of("How the directory of neighbours is changed")
    first = desk.do(ask.replace("--replaces 1", "--replaces 0"))
    assert desk.do(approve, COMMAND=first["command"])["took_effect"]
    assert desk.do(show)["state"] == "UKR"
    path = desk.folder / "UKR.json"
    path.write_text(path.read_text().replace('"in_force",', '"suspended",', 1))
    asked = desk.do(ask)
    assert asked["changes"] == ["readmission.0.status: in_force -> suspended"]
    assert desk.do(approve, COMMAND=asked["command"])["took_effect"]
    assert desk.refused(ask) == "stale-version"


def test_the_secretariat_begins_enrols_revokes_and_changes(tmp_path: Path) -> None:
    with Exchange(tmp_path / "var", Plan(postgres_settings=NOT_DURABLE), tell=lambda _: None) as exchange:
        told = exchange.start().environment
        desk = Desk(tmp_path, {name: value for name, value in told.items() if name.startswith("ASYLUM_EXCHANGE_")})
        begin(desk)
        kids = enrol(desk)
        change_the_directory(desk)
        ask, approve = lines_of("When a key of an authority is in other hands")
        asked = desk.do(ask, KID=kids["notice"])
        assert not asked["took_effect"]
        assert desk.do(approve, COMMAND=asked["command"])["took_effect"]
        assert f"{kids['notice']} is ended" in desk.run("asylum-exchange doctor --folder office").stdout
        desk.do("asylum-exchange officer key dora dora --exchange $EX", EX=desk.settings["ASYLUM_EXCHANGE_ID"])
        appointing = desk.do("asylum-exchange officer appoint dora/officer.json --as anna")["command"]
        (shown,) = desk.do("asylum-exchange officer waiting")
        assert shown["kid"] == json.loads((tmp_path / "dora" / "officer.json").read_text())["key"]["kid"]
        assert not desk.do(f"asylum-exchange officer approve {appointing} --as boris")["took_effect"]
        assert desk.do(f"asylum-exchange officer approve {appointing} --as chiara")["took_effect"]
        leaving = desk.do("asylum-exchange officer suspend anna --as boris")["command"]
        assert desk.refused(f"asylum-exchange officer approve {leaving} --as anna") == "not-your-approval"
        assert desk.do(f"asylum-exchange officer approve {leaving} --as dora")["took_effect"]
        assert desk.refused("asylum-exchange officer suspend boris --as anna") == "not-an-officer"
