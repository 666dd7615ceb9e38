"""An officer of the secretariat: a folder with their own key, and the commands that they sign with it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import uuid_utils

from exchange import clock
from exchange.client.folder import Folder
from exchange.wire import key_statements, keys
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64encode, read_json
from exchange.wire.key_statements import OFFICER, OFFICER_URN

KEY = "officer"
ENTRY = "officer.json"


@dataclass(frozen=True)
class Officer:
    """The folder of an officer, on their own machine. The key never leaves it, and is never overwritten."""

    path: Path

    def make(self, name: str, ex: str) -> Path:
        """Make a key for a new officer; returns the file to hand to the others: name, key, proof of possession."""
        key = keys.generate(KEY)
        folder = Folder(self.path)
        folder.put_key(KEY, key)
        nonce = b64encode(secrets.token_bytes(32))
        possession = key_statements.prove_possession(_claims(ex, name), nonce, key)
        told = {"name": name, "ex": ex, "key": keys.public_to_jwk(key.public), "nonce": nonce, "possession": possession}
        return folder.keep("", ENTRY, json.dumps(told, indent=1).encode())

    @property
    def entry(self) -> dict[str, Any]:
        """What `make` wrote."""
        return cast("dict[str, Any]", read_json((self.path / ENTRY).read_bytes()))

    def command(self, act: str, members: Mapping[str, Json]) -> str:
        """Return a signed command, or an approval."""
        key = keys.private_from_pem((self.path / f"{KEY}.pem").read_bytes(), KEY)
        entry = self.entry
        return key_statements.sign({"act": act, **members}, _claims(entry["ex"], entry["name"]), OFFICER, key)

    def sign_list(self, entries: Sequence[Mapping[str, Any]]) -> str:
        """Return this officer's word that these are the first officers of the exchange."""
        return self.command("found", {"officers": [{"name": one["name"], "key": one["key"]} for one in entries]})


def _claims(ex: str, name: str) -> Claims:
    return Claims(ex, str(uuid_utils.uuid7()), OFFICER_URN + name, int(clock.now().timestamp()))
