"""The history of keys, judged anew from its open records by whoever wants to: hub, client, court.

A record is JSON: `{v, typ, ex, of, no, prev?, at, act, said}`. `of` is an authority, or the secretariat for the keys
of its officers; the records of one are numbered from 1 and each names the hash of the one before, so that none in
between can be kept back. `said` holds the signed statements by which it came about. Nothing in a record is believed
that a statement in it does not bear out.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from exchange.domain.errors import Refusal
from exchange.wire.encoding import Json, b64encode, write_json
from exchange.wire.key_statements import AnyKey
from exchange.wire.keys import PublicKey

TYP: Final = "asylum-exchange-key-event"
SECRETARIAT: Final = "urn:asylum-exchange:secretariat"
OVERLAP: Final = 30 * 24 * 3600
"""Seconds for which a key that was superseded by rotation still verifies."""


@dataclass(frozen=True, slots=True)
class Life:
    """One key: whose it is and from when to when it is good. Leaves are indices in the ledger, times Unix seconds.

    `ends_at` is when it stops to verify, `ended_as` why; `ended_leaf` is the event that said so. A key is revoked from
    `ended_leaf` on when `ends_at` is the time of that event, and superseded with overlap when it is later.
    `compromised_since` is the time from which what it signed is flagged.
    """

    key: AnyKey
    owner: str
    purpose: str
    first_leaf: int
    first_at: int
    predecessor: str | None = None
    ends_at: int | None = None
    ended_leaf: int | None = None
    ended_as: str | None = None
    compromised_since: int | None = None

    @property
    def kid(self) -> str:
        """The thumbprint of the key."""
        return self.key.kid

    def is_good(self, at: int) -> bool:
        """Tell whether it verifies at a time."""
        return self.ends_at is None or at < self.ends_at


@dataclass(frozen=True, slots=True)
class Event:
    """A record of the history that was judged: its number for its owner, the act, when, its leaf, its hash."""

    of: str
    no: int
    act: str
    at: int
    leaf: int
    hash: str
    said: tuple[str, ...]


@dataclass
class History:
    """What the records so far make of the keys. `exchange.wire.key_judging.add` alone changes it.

    `last` maps owner -> number and hash of its last record; `officers` maps name -> key, and `active` holds the names
    of those who are not suspended; `who` maps authority -> kind and state; `fingerprints` authority -> fingerprint of
    the bundle with which it was enrolled last; `used` holds the signing inputs of the statements of all records;
    `officer_kids` holds every key that an officer has or had.
    """

    ex: str
    lives: dict[str, Life] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    last: dict[str, tuple[int, str]] = field(default_factory=dict)
    officers: dict[str, PublicKey] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)
    who: dict[str, tuple[str, str]] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set, repr=False)
    officer_kids: set[str] = field(default_factory=set, repr=False)

    def of(self, owner: str, purpose: str) -> list[Life]:
        """Return the keys of an authority for a purpose, the newest last."""
        return [life for life in self.lives.values() if (life.owner, life.purpose) == (owner, purpose)]

    def current(self, owner: str, purpose: str) -> Life | None:
        """Return the key that an authority uses now, if it was not ended."""
        left = [life for life in self.of(owner, purpose) if life.ended_as is None]
        return left[-1] if left else None

    def take(self, life: Life) -> None:
        """Take in a key. Raises Refusal `already-enrolled` when anybody has it, or had it once."""
        if self.has(life.kid):
            raise Refusal("already-enrolled", "This key is enrolled already, or was once.")
        self.lives[life.kid] = life

    def has(self, kid: str) -> bool:
        """Tell whether a key is, or was, that of anybody here, an officer included."""
        return kid in self.lives or kid in self.officer_kids

    def appoint(self, name: str, key: PublicKey) -> None:
        """Let somebody be an officer, with this key."""
        self.officers[name] = key
        self.officer_kids.add(key.kid)
        self.active.add(name)

    def end(self, life: Life, event: Event, how: tuple[str, int, int | None]) -> None:
        """Let a key end: how (an ending, from when it does not verify, compromised since)."""
        ended_as, ends_at, since = how
        self.lives[life.kid] = replace(
            life, ended_as=ended_as, ends_at=ends_at, ended_leaf=event.leaf, compromised_since=since
        )


def hash_of(record: bytes) -> str:
    """Return the hash by which the next record names this one."""
    return b64encode(hashlib.sha256(record).digest())


def write(history: History, what: tuple[str, str], at: int, said: Sequence[str]) -> bytes:
    """Return the next record of an owner: `what` is (owner, act)."""
    of, act = what
    no, prev = history.last.get(of, (0, None))
    members: dict[str, Json] = {"v": 1, "typ": TYP, "ex": history.ex, "of": of, "no": no + 1}
    if prev is not None:
        members["prev"] = prev
    return write_json({**members, "at": at, "act": act, "said": list[Json](said)})
