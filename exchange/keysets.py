"""Under which keysets tokens are compared: those that two officers named.

An entry says how the tokens of a keyset are made, the token service's public key, and the check value of the key that
authorities share: by it an authority that holds another key learns so before it tells anything. A real exchange names
no keyset of tokens by HMAC alone. A notice under a keyset that nobody named is accepted, since protection comes first;
its tokens are not compared, its author is told, and once the keyset is named every notice is looked at again.
"""

import re
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from exchange import sandbox
from exchange.commands import Acting
from exchange.domain.errors import Refusal
from exchange.store import keysets as stored
from exchange.store import ledger, outbox
from exchange.store.key_events import StoredCommand
from exchange.store.keysets import Keyset, Named
from exchange.store.session import Tx
from exchange.wire import key_statements
from exchange.wire.encoding import Json, is_hash, write_json
from exchange.wire.key_statements import OFFICER, Statement

ACT: Final = "keyset"
TYP: Final = "asylum-exchange-keyset"
ENTRY: Final = ("keyset", "profile", "mode", "public_key", "check")
"""Members of an entry, as `authority keyset` prints it; the command has `state` beside them."""
VOPRF, HMAC = "voprf", "hmac"
COMPARED, ENDED = "compared", "ended"
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_PROFILE: Final = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_CHECK: Final = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")


def read(told: object, state: str = COMPARED) -> Keyset:
    """Return a keyset's entry. Raises Refusal `bad-keyset`."""
    if not isinstance(told, Mapping) or set(told) != set(ENTRY):
        raise Refusal("bad-keyset", f"A keyset has {', '.join(ENTRY)}, as `authority keyset` prints it.")
    one = Keyset(**{name: str(told[name]) for name in ENTRY}, state=state)
    if not _ID.fullmatch(one.keyset) or not _PROFILE.fullmatch(one.profile) or one.mode not in {VOPRF, HMAC}:
        raise Refusal("bad-keyset", "keyset has a-z, 0-9 and -; profile is like N1; mode is voprf or hmac.")
    if not _CHECK.fullmatch(one.check) or (one.mode == VOPRF) != is_hash(one.public_key):
        raise Refusal("bad-keyset", "check is 16 bytes, and public_key 32 bytes when the mode is voprf.")
    if (one.mode == HMAC) != (one.keyset == sandbox.KEYSET) or state not in {COMPARED, ENDED}:
        raise Refusal("bad-keyset", "The keyset `sandbox`, and no other, is by hmac; state is compared or ended.")
    return one


def members(one: Keyset) -> dict[str, Json]:
    """Return what the command says that names a keyset."""
    return {**{name: getattr(one, name) for name in ENTRY}, "state": one.state}


def check(acting: Acting, said: Statement, _: object) -> Mapping[str, Json]:
    """Check a command by itself. Raises Refusal `bad-key-statement`, `bad-keyset`, `sandbox-tokens`."""
    said.need("act", "state", *ENTRY)
    one = _said(said)
    if one.mode == HMAC and not sandbox.is_one(acting.history.ex):
        raise Refusal("sandbox-tokens", "A real exchange compares no tokens by HMAC alone.")
    before = stored.last(acting.book.tx, one.profile, one.keyset)
    if before == one:
        raise Refusal("bad-keyset", "Two officers have said so already.")
    if before is not None and (before.public_key, before.check) != (one.public_key, one.check):
        raise Refusal("bad-keyset", "A keyset never changes its keys: name a new one.")
    return {"was": before.state if before else None}


def follow(acting: Acting, command: StoredCommand, _: list[str]) -> None:
    """Let the word count: a leaf over it, an act, and the promise to look again at what was not compared so far."""
    said = key_statements.read(command.jws, OFFICER, acting.history.ex)
    check(acting, said, None)  # another command about this keyset may have taken effect meanwhile
    tx, now, one = acting.book.tx, acting.book.now, _said(said)
    record: dict[str, Json] = {
        "v": 1,
        "typ": TYP,
        "ex": acting.history.ex,
        "at": int(now.timestamp()),
        **members(one),
        "command": command.digest,
    }
    leaf = acting.book.add(write_json(record), secrets.token_bytes(32))
    stored.name(tx, Named(one, now, command.digest, leaf.index))
    ledger.act(tx, {"at": now, "what": f"keyset {one.state}", "object": one.keyset, "purpose": ACT})
    if one.state == COMPARED:
        outbox.promise(tx, [("weigh", 0, f"keyset {one.keyset} {leaf.index}")], now)


ACTS: Final = MappingProxyType({ACT: (check, follow)})
"""Act -> how it is checked, and what it does, as `exchange.officers.Act` has them."""


def _said(said: Statement) -> Keyset:
    return read({name: said.text(name) for name in ENTRY}, said.text("state"))


def is_compared(tx: Tx, ex: str, tokens: Mapping[str, Any]) -> bool:
    """Tell whether tokens, as a notice has them, are of a keyset that is compared; a sandbox compares all but ended."""
    named = stored.last(tx, tokens["profile"], tokens["keyset"])
    return sandbox.is_one(ex) if named is None else named.state == COMPARED


def listed(tx: Tx) -> list[dict[str, Json]]:
    """Return what was said last of each keyset, as everybody is told it."""
    return [
        {**members(one.what), "at": int(one.at.timestamp()), "command": one.command, "leaf": one.leaf}
        for one in stored.all_of_them(tx)
    ]
