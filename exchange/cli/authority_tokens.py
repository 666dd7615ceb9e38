"""Commands of an authority for linkage tokens: how they are made, notices with them, and what is added later."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from exchange import clock
from exchange.cli.authority import JSON_FILE, authority, load
from exchange.client import token_keys
from exchange.client import tokens as own
from exchange.client.folder import Folder
from exchange.client.line import Refused
from exchange.client.linkage import record as records
from exchange.client.linkage.keying import says_enough, tokens_part
from exchange.client.linkage.record import Record
from exchange.client.speaker import Speaker
from exchange.domain.errors import Refusal
from exchange.wire.encoding import b64decode, b64encode, read_json

_LOUD: Final = (
    "HMAC MODE: one key alone makes these tokens, and whoever has it can try names and dates at home. "
    "For a sandbox; a real exchange refuses them."
)
_NOT_NAMED: Final = (
    "The officers have not named this keyset: tokens under it are kept, and compared with nobody's until they have. "
    "`authority keyset` prints what to hand to them."
)
_NOT_COMPARED: Final = "The exchange gave no answer: the keys are compared with what its officers named later on."


@authority.command("token-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def token_key(file: Path) -> None:
    """Make the key that the authorities share, in FILE. Hand it to them alone, never to the hub or the service."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refusal("bad-keying", "There is such a file already: a key is never overwritten.") from None
    with os.fdopen(number, "w", encoding="ascii") as made:
        made.write(b64encode(secrets.token_bytes(token_keys.KEY_BYTES)) + "\n")


@authority.command()
@click.argument("key", type=JSON_FILE, required=False)
@click.argument("introduction", type=JSON_FILE, required=False)
@click.option("--keyset", default="", help="Which keyset, when the introduction has several.")
@click.option("--hmac", is_flag=True, help="By the key alone, or the sandbox's own without KEY: in a sandbox.")
@click.pass_obj
def keying(folder: Folder, /, key: Path | None, introduction: Path | None, keyset: str, *, hmac: bool) -> None:
    """Keep how tokens are made: by the shared KEY and the token service whose operator printed INTRODUCTION.

    Pin another keyset to change keys; then `retokenise`.
    """
    shared = b64decode(key.read_text(encoding="ascii", errors="replace").strip(), "bad-keying") if key else b""
    if hmac:
        click.echo(token_keys.pin_hmac(folder, shared))
        click.echo(_LOUD, err=True)
    elif introduction is None:
        raise click.UsageError("Tokens are made by KEY and INTRODUCTION, or in a sandbox by --hmac.")
    else:
        named = _named(folder)
        pinned = token_keys.pin(folder, shared, load(introduction), keyset, named or ())
        click.echo(pinned)
        if pinned not in [one["keyset"] for one in named or ()]:
            click.echo(_NOT_NAMED if named is not None else _NOT_COMPARED, err=True)


@authority.command("keyset")
@click.pass_obj
def keyset_entry(folder: Folder) -> None:
    """Print what officers name the pinned keyset by. One of the authorities hands it to them; nothing in it is secret.

    Others compare `check` in it with theirs, over a second channel.
    """
    _print(token_keys.entry(folder))


@authority.command()
@click.argument("record", type=JSON_FILE)
@click.pass_obj
def tokens(folder: Folder, record: Path) -> None:
    """Print the member `tokens` of a notice's hub part for the person in RECORD; the record itself is not sent."""
    _warn(folder)
    with token_keys.keying(folder) as by:
        _print(tokens_part(records.read(load(record), clock.now().date()), by))


@authority.command("post-person")
@click.argument("notice", type=JSON_FILE)
@click.argument("record", type=JSON_FILE)
@click.pass_obj
def post_person(folder: Folder, notice: Path, record: Path) -> None:
    """Post a notice as `post` does, with the tokens of the person in RECORD.

    When tokens cannot be made it is posted without them, and `complete` adds them later: protection comes first.
    """
    person = _read_or_none(record)
    why: Refusal | None
    with Speaker(folder) as speaker:
        if isinstance(person, Refusal):
            receipt, why = speaker.post(load(notice)), person
        else:
            _warn(folder)
            receipt, why = own.post(speaker, load(notice), person)
    _print(receipt)
    if why is not None:
        click.echo(f"posted WITHOUT tokens: {why}\n`authority complete` adds them.", err=True)


@authority.command("without-tokens")
@click.pass_obj
def without_tokens(folder: Folder) -> None:
    """List the notices that were posted without tokens and still have none: case and URN."""
    for one in own.without_tokens(folder):
        click.echo(f"{one.case} {one.urn}")


_AGAIN = click.option("--again", is_flag=True, help="Also those of which one was refused for good before.")


@authority.command()
@click.argument("people", type=JSON_FILE)
@_AGAIN
@click.pass_obj
def complete(folder: Folder, people: Path, *, again: bool) -> None:
    """Add tokens to the notices that were posted without any, from PEOPLE: lines of JSON, each with case and record."""
    _add(folder, lambda _: own.without_tokens(folder), people, again=again)


@authority.command()
@click.argument("people", type=JSON_FILE)
@_AGAIN
@click.pass_obj
def retokenise(folder: Folder, people: Path, *, again: bool) -> None:
    """Add tokens under the keyset that is pinned now to every case that has others, from PEOPLE as `complete` reads it.

    Both sets live side by side. What a quota stops is gone on with by the next call.
    """
    _add(folder, lambda keyset: own.under_other_keysets(folder, keyset), people, again=again)


@authority.command("withdraw-supplement")
@click.argument("urn")
@click.option("--to", multiple=True, help="URN of a monitor or another authority who is asked to agree.")
@click.pass_obj
def withdraw_supplement(folder: Folder, urn: str, to: tuple[str, ...]) -> None:
    """Withdraw the supplement under URN, whose tokens are another person's; the notice that it added them to stands.

    Its tokens count until somebody with no part in it has agreed: name one by --to.
    """
    found = next((one for one in own.told(folder) if one.urn == urn and one.adds_tokens_to), None)
    if found is None:
        raise Refusal("unknown-reference", "There is no such supplement among the notices of this folder.")
    with Speaker(folder) as speaker:
        _print(speaker.post(own.withdrawal(found, to)))


def _add(folder: Folder, look: Callable[[str], list[own.Told]], people: Path, *, again: bool) -> None:
    """Post what waits, so that it is not made once more, then supplements for what `look` finds; say how many."""
    _warn(folder)
    known = _people(people)
    with token_keys.keying(folder) as by:
        keyset = by.keyset
    with Speaker(folder) as speaker, own.adding(folder):
        speaker.send_pending()
        left = set() if again else own.refused(folder, keyset)
        all_of_them = look(keyset)
        wanted = [one for one in all_of_them if one.urn not in left]
        found = {one.case: known[one.case] for one in wanted if one.case in known}
        enough = {case: record for case, record in found.items() if says_enough(record)}
        missing, poor = len({one.case for one in wanted} - found.keys()), len(found) - len(enough)
        added = 0
        try:
            for outcome in own.add(speaker, wanted, enough):
                if isinstance(outcome, Refused):
                    click.echo(f"refused: {outcome}", err=True)
                added += not isinstance(outcome, Refused)
        finally:
            told = f"; of {poor} the record holds too little to compare" if poor else ""
            before = len(all_of_them) - len(wanted)
            told += f"; {before} were refused for good before, see --again" if before else ""
            click.echo(f"{added} of {len(wanted)} supplements posted; {missing} cases have no record{told}")


def _people(path: Path) -> dict[str, Record]:
    """Return the records by case. Raises Refusal `bad-record` with the number of the line, never what stands in it."""
    found: dict[str, Record] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            case, person = _person(line)
        except Refusal as refusal:
            raise Refusal("bad-record", f"line {number}: {refusal.detail}") from None
        if case in found:
            raise Refusal("bad-record", f"line {number}: there is another record of the same case before it.")
        found[case] = person
    return found


def _person(line: bytes) -> tuple[str, Record]:
    told = read_json(line)
    if not isinstance(told, dict) or told.keys() != {"case", "record"} or not isinstance(told["case"], str):
        raise Refusal("bad-record", "a line has case and record, and nothing else")
    return told["case"], records.read(told["record"], clock.now().date())


def _named(folder: Folder) -> list[dict[str, Any]] | None:
    """Return the keysets that officers named; None when the exchange gives no answer, or is not pinned yet."""
    try:
        with Speaker(folder, tries=1) as speaker:
            return speaker.keysets()
    except (Refusal, FileNotFoundError):
        return None


def _read_or_none(path: Path) -> Record | Refusal:
    try:
        return records.read(load(path), clock.now().date())
    except Refusal as refusal:
        return refusal


def _warn(folder: Folder) -> None:
    if token_keys.is_hmac(folder):
        click.echo(_LOUD, err=True)


def _print(value: Any) -> None:  # noqa: ANN401 -- JSON
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
