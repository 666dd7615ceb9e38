"""A hub that is in the hands of somebody else: it writes what it likes into a ledger that holds, and signs it."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import uuid_utils

from exchange.domain.merkle import leaf_hash
from exchange.mirror.published_keys import KEYS
from exchange.wire import key_history, key_judging, key_statements, keys, sdjwt, sealing_keys, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64encode
from exchange.wire.key_history import SECRETARIAT, History
from exchange.wire.key_statements import KEY, OFFICER, OFFICER_URN
from ledger.kit import publish, put

EX = "test-exchange"
SK = "urn:asylum-exchange:authority:sk-border"
AT = 1_795_000_000
"""When everything begins, in Unix seconds; each event is an hour after the one before."""
HOUR = 3600


def claims(iss: str, at: int) -> Claims:
    return Claims(EX, str(uuid_utils.uuid7()), iss, at)


class Captured:
    """A hub with officers, an authority and a ledger."""

    def __init__(self) -> None:
        self.officers = {name: keys.generate("officer") for name in ("anna", "boris", "clara")}
        self.receipt = keys.generate("receipt")
        self.leaves: list[tuple[bytes, bytes]] = []
        self.events: list[dict[str, Any]] = []
        self.history = History(EX)
        self.at = AT
        entries: list[Json] = [
            {"name": name, "key": keys.public_to_jwk(key.public)} for name, key in self.officers.items()
        ]
        first = [self.command(name, "found", {"officers": entries}) for name in self.officers]
        self.enter(SECRETARIAT, "found", first)
        self.held = self.enrol(SK)

    def command(self, name: str, act: str, members: Mapping[str, Json]) -> str:
        head = claims(OFFICER_URN + name, self.at)
        return key_statements.sign({"act": act, **members}, head, OFFICER, self.officers[name])

    def approved(self, act: str, members: Mapping[str, Json], names: Sequence[str] = ("boris", "clara")) -> list[str]:
        """Anna asks; others approve."""
        command = self.command("anna", act, members)
        digest = key_statements.read(command, OFFICER, EX).digest
        return [command, *(self.command(name, "approve", {"what": digest}) for name in names)]

    def add(self, record: bytes) -> dict[str, Any]:
        salt = secrets.token_bytes(32)
        hashed = leaf_hash(hashlib.sha256(salt + record).digest())
        self.leaves.append((salt, hashed))
        return {"index": len(self.leaves) - 1, "hash": b64encode(hashed), "salt": b64encode(salt)}

    def enter(self, of: str, act: str, said: Sequence[str]) -> None:
        """A key event as it must be."""
        self.at += HOUR
        record = key_history.write(self.history, (of, act), self.at, said)
        leaf = self.add(record)
        key_judging.add(self.history, record, leaf["index"])
        self.events.append({"record": record.decode(), "leaf": leaf})

    def slip_in(self, of: str, act: str, said: Sequence[str]) -> None:
        """A key event that nobody judged: number, hash and leaf are right."""
        self.at += HOUR
        record = key_history.write(self.history, (of, act), self.at, said)
        self.events.append({"record": record.decode(), "leaf": self.add(record)})

    def bundle(self, iss: str) -> tuple[str, dict[str, Any]]:
        held: dict[str, Any] = {purpose: keys.generate(purpose) for purpose in key_statements.SIGNING}
        held["seal"] = sealing_keys.generate()
        given = {"nonce": b64encode(secrets.token_bytes(32)), "opened": b64encode(secrets.token_bytes(32))}
        who = {"kind": "border_guard", "state": "SVK"}
        return key_statements.bundle(who, claims(iss, self.at), given, held), held

    def enrol(self, iss: str, names: Sequence[str] = ("boris", "clara"), *, judged: bool = True) -> dict[str, Any]:
        bundle, held = self.bundle(iss)
        said = self.approved("enrol", {"bundle": key_statements.read_bundle(bundle, EX).fingerprint}, names)
        (self.enter if judged else self.slip_in)(iss, "enrol", [bundle, *said])
        return held

    def revoke(self, key: keys.PrivateKey, ending: str, since: int | None = None) -> None:
        members: dict[str, Json] = {"act": "revoke", "kid": key.kid, "as": ending}
        members |= {} if since is None else {"since": since}
        said = key_statements.sign(members, claims(SK, self.at), KEY, self.held["recovery"])
        self.enter(SK, "revoke", [said])

    def rotate(self, known: keys.PrivateKey | None = None) -> keys.PrivateKey:
        fresh, nonce = known or keys.generate("notice"), b64encode(secrets.token_bytes(32))
        old, head = self.held["notice"], claims(SK, self.at)
        members: dict[str, Json] = {
            "act": "rotate",
            "purpose": "notice",
            "predecessor": old.kid,
            "key": keys.public_to_jwk(fresh.public),
            "nonce": nonce,
            "possession": key_statements.prove_possession(head, nonce, fresh),
        }
        self.enter(SK, "rotate", [key_statements.sign(members, head, KEY, old)])
        return fresh

    def accept(self, key: keys.PrivateKey, at: int | None = None, iss: str = SK) -> dict[str, Any]:
        """Accept a notice under a key, whatever it is, at a time; returns its openings."""
        self.at += HOUR
        head = claims(iss, self.at)
        parts: dict[str, Json] = {"hub": {}, "event": {}, "facts": {}}
        signed = sdjwt.issue(head, parts, key, secrets.token_bytes).partition("~")[0]
        leaf = self.add(signed.rpartition(".")[0].encode())
        told: dict[str, Json] = {
            "iss": head.iss,
            "id": head.id,
            "sha256": b64encode(sdjwt.identity(signed)),
            "state": "accepted",
            "received": at or self.at,
            "leaf": leaf,
        }
        receipt = statements.state(statements.RECEIPT, told, self.receipt)
        answer = {"record": receipt, "leaf": self.add(receipt.encode())}
        made = {"v": 1, "typ": "asylum-exchange-openings", "ex": EX, "iss": head.iss, "id": head.id, "to": None}
        made |= {"notice": signed, "receipt": receipt, "answer": answer, "acknowledgements": [], "minutes": []}
        return made | {"acts": [], "waiting": 0, "bare": 0}

    def publish(self, folder: Path) -> None:
        publish(folder, [hashed for _, hashed in self.leaves], [len(self.leaves)])
        put(folder / KEYS, json.dumps({"ex": EX, "events": self.events}).encode())
