"""The whole way of a key into the exchange, as three officers and an authority go it: for the demo and the sandbox.

Nothing is left out: invitation, bundle over the hub's nonce, command of one officer, approvals of two others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange import clock, officers, secretariat, signing_in
from exchange.client import enrolling
from exchange.client.folder import Folder
from exchange.client.officer import Officer
from exchange.commands import Given
from exchange.deps import Hub
from exchange.secretariat import Outcome
from exchange.wire.encoding import Json, read_json

NAMES = ("officer-1", "officer-2", "officer-3")


@dataclass(frozen=True)
class Secretariat:
    """Three officers, each with a folder: the first asks, the others approve."""

    hub: Hub
    trio: tuple[Officer, Officer, Officer]

    def act(self, act: str, members: Mapping[str, Json], given: Given | None = None) -> Outcome:
        """Let the first officer ask for an act, and the others approve until it takes effect."""
        asking, *others = self.trio
        outcome = self.say(asking, act, members, given)
        for officer in others:
            if outcome.carried:
                break
            outcome = self.say(officer, "approve", {"what": outcome.digest})
        return outcome

    def say(self, officer: Officer, act: str, members: Mapping[str, Json], given: Given | None = None) -> Outcome:
        """Let an officer sign a command, and carry it to the hub. Raises as `secretariat.carry_out`."""
        return secretariat.carry_out(self.hub, officer.command(act, members), given or Given(), clock.now())

    def hire(self, authority: str, account: tuple[str, str], password: str) -> None:
        """Give a caseworker of an authority (its slug) an account: pseudonym and role. Raises Refusal."""
        pseudonym, role = account
        members: dict[str, Json] = {"authority": authority, "pseudonym": pseudonym, "role": role}
        self.act("account", members, Given(password_hash=signing_in.hash_of(password)))

    def enrol(self, folder: Folder) -> None:
        """Enrol the authority of a folder, and let it pin the hub. Raises Refusal."""
        application = read_json((folder.path / "enrolment.json").read_bytes())
        asked = officers.read_application(application)
        kids: dict[str, Json] = {purpose: key.kid for purpose, key in asked.keys.items()}
        members: dict[str, Json] = {"authority": asked.slug, "keys": kids}
        invited = self.say(self.trio[0], "invite", members, Given(application=application))
        answered = enrolling.answer(folder, invited.gave)
        self.act("enrol", {"bundle": answered.fingerprint}, Given(bundle=answered.path.read_text(encoding="ascii")))
        folder.pin(officers.introduction(self.hub))


def begin(hub: Hub, path: Path) -> Secretariat:
    """Return the three officers whose keys are in a folder, made when it has none; begin with them when nobody has."""
    first, second, third = (Officer(path / name) for name in NAMES)
    trio = (first, second, third)
    for officer, name in zip(trio, NAMES, strict=True):
        if not officer.path.exists():
            officer.make(name, hub.exchange_id)
    if not officers.introduction(hub)["secretariat"]:
        entries = [officer.entry for officer in trio]
        secretariat.begin(hub, [officer.sign_list(entries) for officer in trio], clock.now())
    return Secretariat(hub, trio)
