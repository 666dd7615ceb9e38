"""Make an exchange a sandbox: enrol the authorities that everybody knows, and write down how to speak as them."""

import json
from pathlib import Path
from typing import Any, Final

from exchange import clock, officers, sandbox
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.officers import Enrolment
from exchange.wire import keys, sealing_keys
from exchange.wire.encoding import b64encode

FILE: Final = "sandbox.json"


class NotASandbox(Exception):  # noqa: N818 -- it says what stands in the way
    """This exchange cannot be made a sandbox; the message says why."""


def set_up(hub: Hub, folder: Path) -> Path:
    """Enrol the sandbox's authorities, those that are not enrolled yet, and write `sandbox.json` into a folder.

    Raises NotASandbox when authorities of the same names are enrolled with keys of their own.
    """
    if not sandbox.is_one(hub.exchange_id):
        raise NotASandbox("The id of this exchange does not say that it is a sandbox.")
    told = [_authority(hub, who.slug) for who in sandbox.authorities()]
    described = {
        "base_url": hub.origin,
        "ex": hub.exchange_id,
        "token_key": b64encode(sandbox.token_key()),
        "hub_keys": {purpose: keys.public_to_jwk(key.public) for purpose, key in hub.keys.items()},
        "ledger_vkey": hub.ledger_vkey,
        "authorities": told,
    }
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, new = folder / FILE, folder / (FILE + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps(described, indent=1), encoding="utf-8")
    return new.replace(path)


def _authority(hub: Hub, slug: str) -> dict[str, Any]:
    who = next(one for one in sandbox.authorities() if one.slug == slug)
    signing = {purpose: sandbox.signing_key(slug, purpose) for purpose in ("request", "notice")}
    seal = sandbox.seal_key(slug)
    public = {purpose: key.public for purpose, key in signing.items()}
    try:
        officers.enrol(hub, Enrolment(who, {**public, officers.SEAL: seal.public}), clock.now())
    except Refusal as refusal:
        if refusal.code != "already-enrolled" or not officers.has_key(hub, slug, seal.kid):
            raise NotASandbox(f"{slug} is enrolled with keys of its own. Start anew with --fresh.") from refusal
    private = {purpose: keys.private_to_jwk(key) for purpose, key in signing.items()}
    return {
        "id": who.urn,
        "kind": who.kind,
        "state": who.state,
        "keys": {**private, officers.SEAL: sealing_keys.private_to_jwk(seal)},
    }
