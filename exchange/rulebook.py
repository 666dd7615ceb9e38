"""Which rules count: those whose replay two officers have read and signed.

The report of differences comes with the command that asks for it, and its digest is in the command. Once another
officer approves, the report has a leaf of its own, and the rules that it names count from then on.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, cast

from exchange.commands import Acting, Given
from exchange.deps import Hub
from exchange.domain import difference
from exchange.domain.errors import Refusal
from exchange.store import ledger, replays
from exchange.store.key_events import StoredCommand
from exchange.store.replays import SignedRules
from exchange.wire import key_statements
from exchange.wire.encoding import Json, read_json, write_json
from exchange.wire.key_statements import OFFICER, Statement

ACT: Final = "replay"
TYP: Final = "asylum-exchange-rules"
_COUNTS: Final = ("same", *difference.KINDS)


def read_report(text: str) -> dict[str, Any]:
    """Return the report in a text. Raises Refusal `bad-json`, `bad-replay` when it is none, or written otherwise."""
    told: Any = read_json(text.strip().encode())
    whole = isinstance(told, dict) and {"typ", "rules", "input", "against", *_COUNTS} <= set(told)
    if not whole or told["typ"] != difference.TYP or difference.canonical(told).decode() != text.strip():
        raise Refusal("bad-replay", "This is no report of a replay as `patterns replay --json` prints it.")
    return cast("dict[str, Any]", told)


def members(text: str) -> dict[str, Json]:
    """Return what the command says that asks for a report to be signed. Raises as `read_report`."""
    told = read_report(text)
    return {"report": difference.digest(told), "definition": told["rules"]["definition"]}


def attached(said: Statement, text: str) -> dict[str, Any]:
    """Return the report that came with a command, if it is the one that the command names. Raises as `check`."""
    if {name: said.members.get(name) for name in ("report", "definition")} != members(text):
        raise Refusal("bad-key-statement", "The command is about another report than the one that came with it.")
    return read_report(text)


def summary(told: Mapping[str, Any]) -> dict[str, Json]:
    """Return what an officer must see of a report before anything else: how much changes, and of what."""
    return {name: told[name] for name in ("rules", "against", "input", *_COUNTS)}


def check(acting: Acting, said: Statement, given: Given) -> Mapping[str, Json]:
    """Check a command by itself. Raises Refusal `bad-replay`, `bad-json`, `bad-key-statement`."""
    said.need("act", "report", "definition")
    told = attached(said, given.bundle or "")
    if replays.is_signed(acting.book.tx, said.text("report")):
        raise Refusal("bad-replay", "Two officers stand behind this report already.")
    return summary(told)


def follow(acting: Acting, command: StoredCommand, _: list[str]) -> None:
    """Let the rules count: a leaf over the report's digest, and an act."""
    said = key_statements.read(command.jws, OFFICER, acting.history.ex)
    tx, now, report = acting.book.tx, acting.book.now, said.text("report")
    if replays.is_signed(tx, report):
        raise Refusal("bad-replay", "Two officers stand behind this report already.")
    record: dict[str, Json] = {
        "v": 1,
        "typ": TYP,
        "ex": acting.history.ex,
        "at": int(now.timestamp()),
        "report": report,
        "definition": said.text("definition"),
        "command": command.digest,
    }
    leaf = acting.book.add(write_json(record), secrets.token_bytes(32))
    replays.sign(tx, SignedRules(report, said.text("definition"), command.digest, now, leaf.index))
    ledger.act(tx, {"at": now, "what": "rules signed", "object": report, "purpose": ACT})


ACTS: Final = MappingProxyType({ACT: (check, follow)})
"""Act -> how it is checked, and what it does, as `exchange.officers.Act` has them."""


def counts(hub: Hub, definition: str) -> datetime | None:
    """Return since when rules of this definition count; None when nobody has signed a report of them."""
    with hub.database.reading() as tx:
        found = replays.signed(tx, definition)
    return None if found is None else found.at
