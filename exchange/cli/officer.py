"""Commands of the secretariat. Every act is a command that an officer signs with their own key."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import uuid_utils

from exchange import clock, link_weights, neighbours, officers, rulebook, secretariat, settings, signing_in
from exchange.client.officer import Officer
from exchange.commands import Given
from exchange.deps import Hub, next_key, open_hub, switch_key
from exchange.domain import two_officers
from exchange.domain.errors import Refusal
from exchange.key_book import URN
from exchange.secretariat import Outcome
from exchange.store.key_events import StoredCommand
from exchange.wire import hub_keys, key_statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, read_json
from exchange.wire.key_statements import ENDINGS, HUB_URN, OFFICER

_ANY_DIGEST = {"ignore_unknown_options": True}
"""One digest in 64 begins with a hyphen: it is no option."""
_NOT_TOLD = frozenset({"key", "nonce", "possession"})
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
as_officer = click.option(
    "--as", "me", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the officer's key."
)


@contextmanager
def working_hub() -> Iterator[Hub]:
    """Lend the hub that the settings name, for as long as the block runs."""
    hub = open_hub(settings.load(), connections=1)
    try:
        yield hub
    finally:
        hub.database.close()


def say(me: Path, act: str, members: Mapping[str, Json], given: Given | None = None) -> None:
    """Sign a command as an officer, carry it to the hub, and print what became of it. Raises Refusal."""
    with working_hub() as hub:
        outcome = secretariat.carry_out(hub, Officer(me).command(act, members), given or Given(), clock.now())
    told: dict[str, Any] = {"command": outcome.digest, "took_effect": outcome.carried, **outcome.gave}
    click.echo(json.dumps(told, indent=2))
    click.echo(_next(act, outcome), err=True)


def _next(act: str, outcome: Outcome) -> str:
    if outcome.carried:
        return "It took effect."
    if act == "approve":
        return "Your approval is noted; it needs another officer's still. See `officer waiting`."
    approvals = two_officers.APPROVALS[act]
    told = f"Nothing has changed yet. Tell {approvals} other officer{'s' if approvals > 1 else ''}: each checks it with"
    if act == "enrol":
        slug = str(outcome.gave["authority"]).removeprefix(URN)
        return f"{told} the authority, by telephone, and runs `officer approve --authority {slug} --as FOLDER`."
    return f"{told} `officer waiting`, and runs `officer approve {outcome.digest} --as FOLDER`."


@click.group()
def officer() -> None:
    """Act as an officer: enrol authorities, revoke keys, appoint officers. Most acts need others who approve."""


@officer.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("name")
@click.option("--exchange", "ex", required=True, help="The id of the exchange, the `ex` of every message.")
def key(folder: Path, name: str, ex: str) -> None:
    """Make the key of a new officer in FOLDER; prints the file to hand to the others."""
    click.echo(Officer(folder).make(name, ex))


@officer.command("sign-list")
@click.argument("entries", type=_FILE, nargs=-1, required=True)
@as_officer
def sign_list(entries: tuple[Path, ...], me: Path) -> None:
    """Sign, as one of the first officers, the list of all of them, from the files that they made."""
    click.echo(Officer(me).sign_list([_entry(path) for path in entries]))


@officer.command()
@click.argument("lists", type=_FILE, nargs=-1, required=True)
def begin(lists: tuple[Path, ...]) -> None:
    """Begin with the first officers, three at least, from the list that each of them signed. It is done once."""
    with working_hub() as hub:
        secretariat.begin(hub, [path.read_text(encoding="ascii").strip() for path in lists], clock.now())
        first = officers.introduction(hub)["secretariat"]
    click.echo("The secretariat has begun. Let every officer note the hash of its first record:", err=True)
    click.echo(first)


@officer.command()
@click.argument("application", type=_FILE)
@as_officer
def invite(application: Path, me: Path) -> None:
    """Check an authority's enrolment.json; prints the invitation that it answers with `authority answer`."""
    told = read_json(application.read_bytes())
    asks = officers.read_application(told)
    kids: dict[str, Json] = {purpose: one.kid for purpose, one in asks.keys.items()}
    with working_hub() as hub:
        command = Officer(me).command("invite", {"authority": asks.slug, "keys": kids})
        outcome = secretariat.carry_out(hub, command, Given(application=told), clock.now())
    click.echo(json.dumps(dict(outcome.gave), indent=2))
    click.echo(f"Send this invitation to {asks.slug}; it answers within seven days, and hands in bundle.jws.", err=True)


@officer.command()
@click.argument("bundle", type=_FILE)
@as_officer
def enrol(bundle: Path, me: Path) -> None:
    """Ask for an authority to be enrolled, by its bundle. Two other officers approve."""
    text = bundle.read_text(encoding="ascii").strip()
    told = key_statements.read_bundle(text, Officer(me).entry["ex"])
    say(me, "enrol", {"bundle": told.fingerprint}, Given(bundle=text))


@officer.command()
def waiting() -> None:
    """List the commands that wait for approvals."""
    with working_hub() as hub:
        found = [_waits(one, approved, hub.exchange_id) for one, approved in secretariat.waiting(hub)]
    click.echo(json.dumps(found, indent=2))


def _waits(one: StoredCommand, approved: list[str], ex: str) -> dict[str, Any]:
    """Return what a command says, worked out from its text: an officer need not believe the tables."""
    said = key_statements.read(one.jws, OFFICER, ex)
    told: dict[str, Any] = {name: value for name, value in said.members.items() if name not in _NOT_TOLD}
    told |= {"command": said.digest, "asked_by": key_statements.officer_name(said), "approved_by": approved}
    told["still_needed"] = max(0, two_officers.APPROVALS[one.act] - len(approved))
    if "key" in said.members:  # of a new officer, who reads its kid to whoever approves
        told["kid"] = key_statements.public_key(said.members["key"], "officer").kid
    if one.act == "hub-key":
        successor = hub_keys.read(str(one.attached), ex)
        told |= {"purpose": successor.purpose, "predecessor": successor.predecessor.kid, "key": successor.key.kid}
    elif said.members["act"] == "enrol":
        bundle = key_statements.read_bundle(str(one.attached), ex)
        told |= {"authority": bundle.statement.claims.iss, "kind": bundle.kind, "state": bundle.state}
        told |= {"fingerprint": bundle.fingerprint, "kids": {name: one.kid for name, one in bundle.keys.items()}}
    elif one.act == "directory":
        told["says"] = neighbours.attached(said, str(one.attached))
    elif one.act == rulebook.ACT:
        told["says"] = rulebook.summary(rulebook.attached(said, str(one.attached)))
    elif one.act == link_weights.ACT:
        told["says"] = link_weights.attached(said, str(one.attached))
    return told


@officer.command(context_settings=_ANY_DIGEST)
@click.argument("command", required=False)
@click.option("--authority", help="Slug: approve its enrolment, instead of naming COMMAND.")
@click.option("--fingerprint", help="Of the bundle, as the authority read it to you. Asked for when it is needed.")
@as_officer
def approve(command: str | None, authority: str | None, fingerprint: str | None, me: Path) -> None:
    """Approve a command of another officer, by its digest. The last approval that is needed lets it take effect.

    An enrolment is approved by the fingerprint that the authority itself read to you, over a line that is not the
    exchange.
    """
    if (command is None) == (authority is None):
        raise click.UsageError("Name COMMAND, the digest of a command that waits, or --authority.")
    with working_hub() as hub:
        found = [_waits(one, approved, hub.exchange_id) for one, approved in secretariat.waiting(hub)]
    named = [one for one in found if command in {None, one["command"]} and _is_of(one, authority)]
    if not named:
        raise Refusal("no-such-command", "No such command waits. `officer waiting` shows those that do.")
    if "fingerprint" in named[0]:
        heard = fingerprint or click.prompt("Fingerprint, as the authority read it to you", err=True)
        named = [one for one in named if one["fingerprint"] == one["bundle"] == heard.strip()]
    if not named:
        raise Refusal("wrong-fingerprint", "Another fingerprint was read to you. Do not approve: ask again.")
    say(me, "approve", {"what": named[0]["command"]})


def _is_of(waits: Mapping[str, Any], authority: str | None) -> bool:
    """Tell whether a command enrols the authority with this slug; without a slug it may be any."""
    return authority is None or ("fingerprint" in waits and waits["authority"] == URN + authority)


@officer.command()
def introduction() -> None:
    """Print what an enrolled authority pins: where the exchange is, its keys, its first officers, its witnesses."""
    with working_hub() as hub:
        click.echo(json.dumps(officers.introduction(hub), indent=2))


@officer.command(context_settings=_ANY_DIGEST)
@click.argument("kid")
@click.option("--ending", type=click.Choice(ENDINGS), required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="UTC. What it signed from then is flagged.")
@as_officer
def revoke(kid: str, ending: str, since: datetime | None, me: Path) -> None:
    """Ask for a key of an authority to be revoked. One other officer approves."""
    members: dict[str, Json] = {"kid": kid, "as": ending}
    if since is not None:
        members["since"] = int(since.replace(tzinfo=UTC).timestamp())
    say(me, "revoke", members)


@officer.command("hub-key")
@click.argument("purpose", type=click.Choice(hub_keys.PURPOSES))
@as_officer
def hub_key(purpose: str, me: Path) -> None:
    """Ask for a new key of the hub, made beside the one in use. Two other officers approve; see `switch-hub-key`."""
    loaded = settings.load()
    with working_hub() as hub:
        claims = Claims(hub.exchange_id, str(uuid_utils.uuid7()), HUB_URN, int(clock.now().timestamp()))
        statement = hub_keys.introduce(claims, hub.keys[purpose], next_key(loaded.secrets, purpose))
    say(me, "hub-key", {"statement": hub_keys.read(statement, claims.ex).digest}, Given(bundle=statement))


@officer.command("switch-hub-key")
@click.argument("purpose", type=click.Choice(hub_keys.PURPOSES))
def switch_hub_key(purpose: str) -> None:
    """Let the hub sign with its new key, 30 days after it was approved. Start its processes anew afterwards."""
    loaded = settings.load()
    with working_hub() as hub:
        secretariat.may_switch(hub, purpose, next_key(loaded.secrets, purpose).kid, clock.now())
    switch_key(loaded.secrets, purpose)


@officer.command()
@click.argument("entry", type=_FILE)
@as_officer
def appoint(entry: Path, me: Path) -> None:
    """Ask for a new officer, by the file that they made. Two other officers approve."""
    told = _entry(entry)
    say(me, "appoint", {"officer": told["name"], **{name: told[name] for name in ("key", "nonce", "possession")}})


@officer.command()
@click.argument("name")
@as_officer
def suspend(name: str, me: Path) -> None:
    """Ask for an officer to be suspended. One other officer approves; what the suspended approved counts no more."""
    say(me, "suspend", {"officer": name})


@officer.command()
@click.argument("iss")
@click.argument("notice_id")
@click.option("--part", type=click.Choice(officers.ERASABLE), required=True)
@click.option("--reason", type=click.Choice(officers.ERASURE_REASONS), required=True)
@as_officer
def erase(iss: str, notice_id: str, part: str, reason: str, me: Path) -> None:
    """Ask for a part of a notice to be erased here. One other officer approves. All that was proven stays proven."""
    say(me, "erase", {"notice": {"iss": iss, "id": notice_id}, "part": part, "reason": reason})


@officer.command()
@click.argument("authority")
@click.argument("pseudonym")
@click.option("--role", type=click.Choice(officers.ROLES), default="caseworker")
@click.password_option(help="Read from the terminal when it is not given.")
@as_officer
def caseworker(authority: str, pseudonym: str, role: str, password: str, me: Path) -> None:
    """Ask for an account on the console for a caseworker of an authority. One other officer approves."""
    members: dict[str, Json] = {"authority": authority, "pseudonym": pseudonym, "role": role}
    say(me, "account", members, Given(password_hash=signing_in.hash_of(password)))


def _entry(path: Path) -> dict[str, Any]:
    told = read_json(path.read_bytes())
    if not isinstance(told, dict) or set(told) != {"name", "ex", "key", "nonce", "possession"}:
        raise Refusal("bad-enrolment", f"{path.name} is not what `officer key` makes.")
    return told
