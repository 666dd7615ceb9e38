"""An authority's own keys: one follows another, and one is revoked.

What is on its way is kept in `next/` until the exchange has taken it, so that a crash at any moment loses no key: the
very same statement is sent again, and gets the very same receipt.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import uuid_utils

from exchange import clock
from exchange.client import enrolling
from exchange.client.folder import Folder
from exchange.client.knowing import Others
from exchange.client.line import JOSE, JSON, Line
from exchange.domain.errors import Refusal
from exchange.wire import key_statements, keys, sealing_keys, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64encode, read_json, write_json
from exchange.wire.key_statements import KEY, SEAL
from exchange.wire.keys import PrivateKey
from exchange.wire.sealing_keys import SealPrivateKey

NEXT: Final = "next"
EARLIER: Final = "earlier"
_ANEW: Final = frozenset({"stale-nonce", "not-its-key", "bad-history"})
"""Why a kept statement serves no more: too old, its signer was ended since, or another key follows already."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a folder, and the line on which the exchange hears of them."""

    folder: Folder
    line: Line

    def rotate(self, purpose: str, *, by_recovery: bool = False) -> str:
        """Let a new key follow the one in use; returns its kid. The old one verifies for 30 days more.

        The old key introduces the new one, the notice key a seal key; `by_recovery` has the recovery key do it, where
        the old one may be in other hands. A rotation that was interrupted is finished. Raises Refusal: those of the
        exchange; `module-failed` for a notice key in a module, which is made there.
        """
        if purpose == "notice" and (self.folder.path / "notice.module.json").exists():
            raise Refusal("module-failed", "A notice key in a module is followed by one in a module: enrol it anew.")
        with self.folder.alone():
            fresh = self._next(purpose)
            if fresh.kid != self.folder.kid(purpose):  # else it follows already, and only the tidying was interrupted
                self._follow(purpose, fresh, by_recovery=by_recovery)
            self._succeed(purpose, fresh)
        return fresh.kid

    def _follow(self, purpose: str, fresh: PrivateKey | SealPrivateKey, *, by_recovery: bool) -> None:
        """Have the exchange take the new key: by the statement that is kept, unless that serves no more."""
        path = self.folder.path / NEXT / _statement(purpose, fresh.kid)
        if path.exists():
            try:
                self._tell(path.read_text("ascii"))
            except Refusal as refusal:
                if refusal.code not in _ANEW:
                    raise
            else:
                return
        self._tell(self._introduce(purpose, fresh, by_recovery))

    def revoke(self, kid: str, ending: str, since: int | None = None) -> None:
        """Revoke one of our keys with the recovery key: `superseded`, or `compromised` since a time (Unix seconds)."""
        members: dict[str, Json] = {"act": "revoke", "kid": kid, "as": ending}
        if since is not None:
            members["since"] = since
        self._tell(key_statements.sign(members, self._claims(), KEY, self.folder.key("recovery")))

    def _claims(self) -> Claims:
        ex, now = self.folder.hub["ex"], int(clock.now().timestamp())
        return Claims(ex, str(uuid_utils.uuid7()), self.folder.urn, now)

    def _next(self, purpose: str) -> PrivateKey | SealPrivateKey:
        """Return the key that is to follow: made now, or by a rotation that was interrupted."""
        path = self.folder.path / NEXT / _name(purpose)
        if not path.exists():
            alg = keys.ED25519 if purpose == SEAL else self.folder.key(purpose).alg
            self.folder.keep(NEXT, path.name, _private(keys.generate(purpose, alg) if purpose != SEAL else None))
        return _load(path, purpose)

    def _introduce(self, purpose: str, fresh: PrivateKey | SealPrivateKey, by_recovery: bool) -> str:  # noqa: FBT001 -- internal
        """Return the statement that a key follows, over a nonce of the exchange; it is kept before it is sent."""
        jwk = key_statements.jwk_of(fresh.public)
        asked = write_json({"purpose": purpose, "key": jwk})
        given = cast("dict[str, Any]", read_json(self.line.call("POST", "/v1/keys/challenges", asked, JSON)))
        members: dict[str, Json] = {
            "act": "rotate",
            "purpose": purpose,
            "predecessor": self._newest(purpose) if by_recovery else self.folder.kid(purpose),
            "key": jwk,
            "nonce": given["nonce"],
            "possession": self._possession(fresh, given),
        }
        signer = "recovery" if by_recovery else "notice" if purpose == SEAL else purpose
        text = key_statements.sign(members, self._claims(), KEY, self.folder.key(signer))
        self.folder.keep(NEXT, _statement(purpose, fresh.kid), text.encode())
        return text

    def _newest(self, purpose: str) -> str:
        """Return the key that the exchange holds for ours: a thief may have let one of his own follow."""
        history, _ = Others(self.folder, self.line).history(self.folder.who["slug"])
        return history.of(self.folder.urn, purpose)[-1].kid

    def _possession(self, fresh: PrivateKey | SealPrivateKey, given: Mapping[str, Any]) -> str:
        if isinstance(fresh, SealPrivateKey):
            return enrolling.opened(fresh, given["sealed"])
        return key_statements.prove_possession(self._claims(), given["nonce"], fresh)

    def _tell(self, text: str) -> None:
        """Send a statement. Raises Refusal: those of the exchange; `wrong-receipt`; those of `statements.heard`."""
        receipt = self.line.jws("/v1/keys", text.encode(), JOSE)
        told = self.folder.heard(receipt, statements.RECEIPT)
        digest = b64encode(hashlib.sha256(text.rpartition(".")[0].encode()).digest())
        if [told.get("iss"), told.get("sha256")] != [self.folder.urn, digest]:
            raise Refusal("wrong-receipt", "The receipt is for something else.")
        self.folder.keep("receipts", f"key-{digest}.jws", receipt.encode())

    def _succeed(self, purpose: str, fresh: PrivateKey | SealPrivateKey) -> None:
        """Put the new key into its place, once the exchange has taken it; the old one is kept."""
        name, old = _name(purpose), self.folder.kid(purpose)
        if old != fresh.kid:
            current = (self.folder.path / name).read_bytes()
            if _load(self.folder.path / name, purpose).kid == old:
                self.folder.keep(EARLIER, f"{old}-{name}", current)
            self.folder.keep("", name, (self.folder.path / NEXT / name).read_bytes())
            self.folder.followed(purpose, key_statements.jwk_of(fresh.public))
        for done in (_statement(purpose, fresh.kid), name):
            (self.folder.path / NEXT / done).unlink(missing_ok=True)


def _statement(purpose: str, kid: str) -> str:
    return f"{purpose}-{kid}.jws"


def _name(purpose: str) -> str:
    return "seal.jwk" if purpose == SEAL else f"{purpose}.pem"


def _private(key: PrivateKey | None) -> bytes:
    if key is None:
        return json.dumps(sealing_keys.private_to_jwk(sealing_keys.generate())).encode()
    return keys.private_to_pem(key)


def _load(path: Path, purpose: str) -> PrivateKey | SealPrivateKey:
    if purpose == SEAL:
        return sealing_keys.private_from_jwk(cast("dict[str, Json]", read_json(path.read_bytes())))
    return keys.private_from_pem(path.read_bytes(), purpose)
