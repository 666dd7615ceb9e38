"""Records of key events built in memory, as a secretariat, an authority or a captured hub may write them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

import uuid_utils

from exchange.wire import key_history, key_judging, key_statements, keys, sealing_keys
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64encode, read_json, write_json
from exchange.wire.key_history import SECRETARIAT, Event, History
from exchange.wire.key_statements import KEY, OFFICER, OFFICER_URN, SIGNING
from exchange.wire.keys import PrivateKey

EX = "test-exchange"
PL, UA = "urn:asylum-exchange:authority:pl-sg", "urn:asylum-exchange:authority:ua-border"
AT = 1_795_000_000
"""The time of the first record, in Unix seconds; each is an hour after the one before."""
HOUR = 3600
NONCE = b64encode(bytes(31) + b"\1")
OTHER_NONCE = b64encode(bytes(31) + b"\2")
NAMES = ("anna", "boris", "chiara")
Held = dict[str, Any]


@cache
def key(name: str, purpose: str) -> PrivateKey:
    """One signing key for each name in this process."""
    assert name
    return keys.generate(purpose)


def held(name: str) -> Held:
    """The four keys of an authority."""
    return {**{purpose: key(name, purpose) for purpose in SIGNING}, "seal": seal(name)}


@cache
def seal(name: str) -> sealing_keys.SealPrivateKey:
    assert name
    return sealing_keys.generate()


def claims(iss: str, ex: str = EX) -> Claims:
    return Claims(ex, str(uuid_utils.uuid7()), iss, AT)


def jwk(of: Any) -> dict[str, Json]:
    return key_statements.jwk_of(of.public)


def digest(text: str) -> str:
    """What an approval names of a command, and the fingerprint of a bundle."""
    return b64encode(hashlib.sha256(text.rpartition(".")[0].encode()).digest())


def command(name: str, act: str, members: Mapping[str, Json], by: PrivateKey | None = None, ex: str = EX) -> str:
    signer = by or key(name, "officer")
    return key_statements.sign({"act": act, **members}, claims(OFFICER_URN + name, ex), OFFICER, signer)


def backed(act: str, names: Sequence[str], members: Mapping[str, Json]) -> list[str]:
    """The command of the first officer, and the approvals of the others."""
    asked = command(names[0], act, members)
    return [asked, *(command(name, "approve", {"what": digest(asked)}) for name in names[1:])]


def founding(names: Sequence[str] = NAMES, told: Sequence[tuple[str, PrivateKey]] | None = None) -> list[str]:
    listed = told if told is not None else [(name, key(name, "officer")) for name in names]
    entries: list[Json] = [{"name": name, "key": keys.public_to_jwk(one.public)} for name, one in listed]
    held_by = dict(listed)
    return [command(name, "found", {"officers": entries}, held_by.get(name)) for name in names]


def bundle(of: Held, iss: str = PL, **changes: Any) -> str:
    """A bundle; `changes` replaces members. `by` is who signs, `ex` the exchange."""
    ex = changes.pop("ex", EX)
    signer = changes.pop("by", of["recovery"])
    shown: dict[str, Json] = {p: proof(of[p], iss) for p in ("request", "notice")}
    usual: dict[str, Json] = {
        "nonce": NONCE,
        "kind": "border_guard",
        "state": "POL",
        "keys": {purpose: jwk(one) for purpose, one in of.items()},
        "possession": {**shown, "seal": NONCE},
    }
    return key_statements.sign({**usual, **changes}, claims(iss, ex), key_statements.ENROLMENT, signer)


def proof(of: PrivateKey, iss: str = PL, nonce: str = NONCE, **members: Json) -> str:
    said: dict[str, Json] = {"nonce": nonce, "purpose": of.purpose, **members}
    return key_statements.sign(said, claims(iss), key_statements.POSSESSION, of)


def enrolment(text: str, names: Sequence[str] = NAMES) -> list[str]:
    return [text, *backed("enrol", names, {"bundle": digest(text)})]


def rotation(by: PrivateKey, old: Any, new: Any, iss: str = PL, **changes: Json) -> str:
    purpose = old.purpose if isinstance(old, PrivateKey) else "seal"
    shown = proof(new, iss) if isinstance(new, PrivateKey) else NONCE
    members: dict[str, Json] = {"act": "rotate", "purpose": purpose, "predecessor": old.public.kid, "key": jwk(new)}
    return key_statements.sign({**members, "nonce": NONCE, "possession": shown, **changes}, claims(iss), KEY, by)


def revocation(kid: str, by: PrivateKey, iss: str = PL, **members: Json) -> str:
    usual: dict[str, Json] = {"act": "revoke", "kid": kid, "as": "superseded"}
    return key_statements.sign({**usual, **members}, claims(iss), KEY, by)


def appointment(name: str, new: PrivateKey, names: Sequence[str] = NAMES, **changes: Json) -> list[str]:
    members: dict[str, Json] = {"officer": name, "key": keys.public_to_jwk(new.public), "nonce": NONCE}
    return backed("appoint", names, {**members, "possession": proof(new, OFFICER_URN + name), **changes})


class Scene:
    """A history with three officers and one authority, `PL`, with its four keys."""

    def __init__(self) -> None:
        self.history = History(EX)
        self.leaf, self.at = 0, AT
        self.put(SECRETARIAT, "found", founding())
        self.pl = held("pl")
        self.put(PL, "enrol", enrolment(bundle(self.pl)))

    def write(self, of: str, act: str, said: Sequence[str], /, **changes: Any) -> bytes:
        """The next record; `changes` replaces members, None takes one away."""
        told = read_json(key_history.write(self.history, (of, act), self.at + HOUR, said))
        assert isinstance(told, dict)
        return write_json({name: value for name, value in {**told, **changes}.items() if value is not None})

    def add(self, record: bytes) -> Event:
        event = key_judging.add(self.history, record, self.leaf + 3)
        self.leaf, self.at = event.leaf, self.at + HOUR
        return event

    def put(self, of: str, act: str, said: Sequence[str]) -> Event:
        return self.add(self.write(of, act, said))


def copied(history: History) -> History:
    """The same history, that can be compared and gone on with."""
    own: dict[str, Any] = {
        one.name: type(value)(value)
        for one in fields(history)
        if isinstance(value := getattr(history, one.name), dict | list | set)
    }
    return replace(history, **own)
