"""Keysets that officers named: what they said of each, which only grows; the last word on one counts."""

from dataclasses import dataclass
from datetime import datetime

from exchange.store.session import Tx, row, rows


@dataclass(frozen=True, slots=True)
class Keyset:
    """What officers said of a keyset: how its tokens are made, the service's public key, the check of the shared key.

    `mode` is `voprf` or `hmac`, `state` is `compared` or `ended`; `public_key` and `check` are base64url.
    """

    keyset: str
    profile: str
    mode: str
    public_key: str
    check: str
    state: str


@dataclass(frozen=True, slots=True)
class Named:
    """What was said last of a keyset: since when it counts, the digest of the command behind it, its leaf."""

    what: Keyset
    at: datetime
    command: str
    leaf: int


_SAID = "SELECT keyset, profile, mode, public_key, key_check, state, at, command, leaf_index FROM keyset"


def name(tx: Tx, one: Named) -> None:
    """Keep what officers said. The caller holds the end of the ledger."""
    what = one.what
    tx.execute(
        "INSERT INTO keyset (keyset, profile, mode, public_key, key_check, state, at, command, leaf_index)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (what.keyset, what.profile, what.mode, what.public_key, what.check, what.state, one.at, one.command, one.leaf),
    )


def last(tx: Tx, profile: str, keyset: str) -> Keyset | None:
    """Return what was said last of a keyset; None when it was never named."""
    said = _SAID + " WHERE keyset = %s AND profile = %s ORDER BY leaf_index DESC LIMIT 1"
    found = row(tx, said, (keyset, profile))
    return None if found is None else Keyset(*found[:6])


def all_of_them(tx: Tx) -> list[Named]:
    """Return what was said last of each keyset, in the order in which that was said."""
    said = {found[:2]: found for found in rows(tx, _SAID + " ORDER BY leaf_index")}
    return [Named(Keyset(*found[:6]), *found[6:]) for found in sorted(said.values(), key=lambda found: found[-1])]
