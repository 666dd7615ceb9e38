"""The whole ceremony as people go it: by files and commands, each answer read as a tired officer would."""

import json
from pathlib import Path
from typing import Any

import click.testing
import pytest

from exchange.cli.main import cli
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.deps import Hub
from exchange.domain.errors import Refusal

PEOPLE = ("anna", "boris", "chiara")
EXAMPLE = Path(__file__).parents[2] / "examples" / "notice.json"


class Desk:
    """A folder with the files of everybody, and the terminal."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder, self.hub = folder, hub
        self.told = ""

    def run(self, *words: object, typed: str | None = None) -> str:
        """What a command printed to be kept; what it said besides is in `told`. A refusal is raised."""
        done = click.testing.CliRunner().invoke(cli, [str(word) for word in words], input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        self.told = done.stderr
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    def officer(self, *words: object, me: str = "anna", typed: str | None = None) -> Any:
        said = self.run("officer", *words, "--as", self.folder / me, typed=typed)
        return json.loads(said[said.index("{") :]) if said.endswith("}") else said  # a prompt may stand before it

    def office(self, *words: object) -> str:
        return self.run("authority", "--folder", self.folder / "office", *words)

    def refused(self, *words: object, me: str = "anna") -> Refusal:
        with pytest.raises(Refusal) as raised:
            self.officer(*words, me=me)
        return raised.value

    def keep(self, name: str, said: object) -> Path:
        path = self.folder / name
        path.write_text(said if isinstance(said, str) else json.dumps(said))
        return path

    def waiting(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("officer", "waiting"))
        return found


@pytest.fixture
def desk(tmp_path: Path, hub: Hub, web: str, told: None) -> Desk:
    """Three officers have begun."""
    assert (web, told) == (hub.origin, None)
    made = Desk(tmp_path, hub)
    entries = [made.run("officer", "key", tmp_path / name, name, "--exchange", hub.exchange_id) for name in PEOPLE]
    lists = [made.keep(f"{name}.list", made.officer("sign-list", *entries, me=name)) for name in PEOPLE]
    first = made.run("officer", "begin", *lists)
    assert "note the hash" in made.told
    assert first == json.loads(made.run("officer", "introduction"))["secretariat"]
    return made


def enrolled(desk: Desk) -> dict[str, str]:
    """Go the whole way; returns the kids of the authority."""
    enrolment = desk.office("keys", "pl-border", "--kind", "border_guard", "--state", "POL")
    invitation = desk.keep("invitation.json", desk.officer("invite", enrolment))
    assert "pl-border" in desk.told
    assert "seven days" in desk.told
    fingerprint = desk.office("answer", invitation)
    asked = desk.officer("enrol", desk.folder / "office" / "bundle.jws")
    assert asked["fingerprint"] == fingerprint
    assert "2 other officers" in desk.told
    assert "approve --authority pl-border" in desk.told
    (shown,) = desk.waiting()
    assert (shown["asked_by"], shown["approved_by"], shown["still_needed"]) == ("anna", [], 2)
    assert (shown["kind"], shown["state"], shown["act"]) == ("border_guard", "POL", "enrol")
    approve = ("approve", "--authority", "pl-border")
    wrong = fingerprint[:-1] + ("A" if fingerprint[-1] != "A" else "E")
    assert desk.refused(*approve, "--fingerprint", wrong, me="boris").code == "wrong-fingerprint"
    assert desk.refused("approve", asked["command"], "--fingerprint", wrong, me="boris").code == "wrong-fingerprint"
    assert desk.waiting() == [shown]
    assert not desk.officer(*approve, me="boris", typed=f"{fingerprint}\n")["took_effect"]
    assert "as the authority read it to you" in desk.told
    assert desk.waiting()[0]["approved_by"] == ["boris"]
    assert desk.refused(*approve, "--fingerprint", fingerprint).code == "not-your-approval"
    assert desk.officer(*approve, "--fingerprint", fingerprint, me="chiara")["took_effect"]
    assert "took effect" in desk.told
    assert "officer waiting" in desk.refused(*approve, "--fingerprint", fingerprint, me="boris").detail
    desk.office("pin", desk.keep("hub.json", desk.run("officer", "introduction")))
    kids: dict[str, str] = shown["kids"]
    return kids


def test_the_whole_way_by_files_from_keys_to_a_notice(desk: Desk) -> None:
    enrolled(desk)
    receipt = json.loads(desk.office("post", EXAMPLE))
    assert receipt["state"] == "accepted"


def test_revoking_appointing_and_suspending(desk: Desk) -> None:
    kids = enrolled(desk)
    asked = desk.officer("revoke", kids["notice"], "--ending", "compromised", "--since", "2026-11-01T06:00:00Z")
    assert not asked["took_effect"]
    assert "1 other officer:" in desk.told
    assert asked["command"] in desk.told
    assert desk.waiting()[0]["since"] == 1793512800
    assert desk.refused("approve", asked["command"]).code == "not-your-approval"
    assert desk.officer("approve", asked["command"], me="boris")["took_effect"]
    entry = desk.run("officer", "key", desk.folder / "dora", "dora", "--exchange", desk.hub.exchange_id)
    asked = desk.officer("appoint", entry)
    (shown,) = desk.waiting()
    assert shown["kid"] == json.loads(Path(entry).read_text())["key"]["kid"]
    assert not {"possession", "nonce", "key"} & set(shown)
    desk.officer("approve", asked["command"], me="boris")
    assert "another officer" in desk.told
    assert desk.officer("approve", asked["command"], me="chiara")["took_effect"]
    asked = desk.officer("suspend", "anna", me="boris")
    assert desk.refused("approve", asked["command"]).code == "not-your-approval"
    assert desk.officer("approve", asked["command"], me="dora")["took_effect"]
    assert desk.refused("suspend", "boris").code == "not-an-officer"
    assert desk.refused("revoke", "x" * 43, "--ending", "superseded", me="boris").code == "unknown-key"


def test_erasing_and_a_caseworkers_account(desk: Desk) -> None:
    enrolled(desk)
    with Speaker(Folder(desk.folder / "office")) as speaker:
        sent = speaker.post({**notice(), "safeguards": {"codes": ["torture_survivor"]}})
    iss = "urn:asylum-exchange:authority:pl-border"
    words = ("erase", iss, sent["id"], "--part", "safeguards", "--reason", "unlawful")
    asked = desk.officer(*words)
    assert desk.waiting()[0]["notice"] == {"iss": iss, "id": sent["id"]}
    assert desk.officer("approve", asked["command"], me="chiara")["took_effect"]
    done = desk.officer("caseworker", "pl-border", "cw-1", typed="a long enough password\na long enough password\n")
    assert not done["took_effect"]
    assert desk.officer("approve", done["command"], me="boris")["took_effect"]
    assert "a long enough password" not in json.dumps(done) + desk.told
    again = ("caseworker", "pl-border", "cw-1", "--password", "x" * 20)
    assert desk.refused(*again).code == "already-enrolled"
    assert desk.refused("caseworker", "xx-none", "cw-1", "--password", "x" * 20).code == "no-such-authority"


def notice() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLE.read_text())
    return found


def test_a_command_that_is_named_wrongly_is_told_what_to_name(desk: Desk) -> None:
    done = click.testing.CliRunner().invoke(cli, ["officer", "approve", "--as", str(desk.folder / "anna")])
    assert done.exit_code == 2
    assert "Name COMMAND" in done.output
    for digest in ("x" * 43, "-" + "x" * 42, "--" + "x" * 41):  # base64url may begin with hyphens
        assert desk.refused("approve", digest).code == "no-such-command"
        assert desk.refused("revoke", digest, "--ending", "superseded").code == "unknown-key"
    assert desk.refused("appoint", desk.keep("x.json", {})).code == "bad-enrolment"
