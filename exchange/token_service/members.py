"""Who may ask: the authorities that the operator admitted, each with its request keys and perhaps quotas of its own.

What this rests on: the operator compared the file that an authority made (`authority keys` writes it) over a second
channel, as authorities do among each other. The hub's word is not asked for, so a captured hub admits nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from exchange import sandbox
from exchange.domain.errors import Refusal
from exchange.token_service import files
from exchange.wire import keys
from exchange.wire.encoding import read_json
from exchange.wire.keys import PublicKey

FILE: Final = "members.json"
ACTIVE, SUSPENDED = "active", "suspended"
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MEMBERS: Final = frozenset({"slug", "state", "request", "per_minute", "per_day"})


@dataclass(frozen=True, slots=True)
class Member:
    """An authority: its slug, its state, its request key, and how many elements it may ask for (0: the usual)."""

    slug: str
    state: str
    key: PublicKey
    per_minute: int = 0
    per_day: int = 0


def admit(folder: Path, enrolment: object) -> Member:
    """Admit the authority that made this file, or let a new request key take the place of its old one.

    Its state and quotas stay. Raises Refusal `bad-enrolment`, `bad-key`, `weak-key`, `sandbox-key`.
    """
    told = enrolment if isinstance(enrolment, Mapping) else {}
    slug, its = told.get("slug"), told.get("keys")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug) or not isinstance(its, Mapping):
        raise Refusal("bad-enrolment", "The file that an authority makes has slug, kind, state and keys.")
    jwk = its.get("request")
    if not isinstance(jwk, Mapping):
        raise Refusal("bad-enrolment", "The file has no request key.")
    key = keys.public_from_jwk(jwk, "request")
    sandbox.refuse_its_keys("", {"request": key})  # a sandbox needs no service: its tokens are by HMAC alone
    with files.alone(folder):
        known = load(folder)
        if any(one.key.kid == key.kid and one.slug != slug for one in known.values()):
            raise Refusal("bad-enrolment", "That request key is another authority's here.")
        return _kept(folder, replace(known.get(slug, Member(slug, ACTIVE, key)), key=key))


def set_state(folder: Path, slug: str, state: str) -> Member:
    """Suspend an authority, or take it up again. Raises Refusal `no-such-authority`."""
    with files.alone(folder):
        return _kept(folder, replace(_known(folder, slug), state=state))


def put_key(folder: Path, slug: str, key: PublicKey) -> Member:
    """Let a request key take the place of the one before. Raises Refusal `no-such-authority`."""
    with files.alone(folder):
        return _kept(folder, replace(_known(folder, slug), key=key))


def set_quota(folder: Path, slug: str, per_minute: int, per_day: int) -> Member:
    """Give an authority quotas of its own, in elements; 0 is the usual one. Raises Refusal `no-such-authority`."""
    with files.alone(folder):
        return _kept(folder, replace(_known(folder, slug), per_minute=per_minute, per_day=per_day))


def load(folder: Path) -> dict[str, Member]:
    """Return the members by slug. Raises Refusal `bad-token-service`."""
    path = folder / FILE
    if not path.exists():
        return {}
    told = read_json(path.read_bytes())
    listed = told.get("members") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise Refusal("bad-token-service", f"{FILE} has a list of members.")
    return {one.slug: one for one in map(_member, listed)}


def _known(folder: Path, slug: str) -> Member:
    found = load(folder).get(slug)
    if found is None:
        raise Refusal("no-such-authority", "No authority of that slug was admitted here.")
    return found


def _member(told: Any) -> Member:  # noqa: ANN401 -- JSON
    if not isinstance(told, dict) or told.keys() != _MEMBERS:
        raise Refusal("bad-token-service", f"A member in {FILE} has {', '.join(sorted(_MEMBERS))}.")
    key = keys.public_from_jwk(told["request"], "request")
    return Member(str(told["slug"]), str(told["state"]), key, int(told["per_minute"]), int(told["per_day"]))


def _kept(folder: Path, one: Member) -> Member:
    known = {**load(folder), one.slug: one}
    listed = [
        {
            "slug": member.slug,
            "state": member.state,
            "request": keys.public_to_jwk(member.key),
            "per_minute": member.per_minute,
            "per_day": member.per_day,
        }
        for _, member in sorted(known.items())
    ]
    files.write(folder / FILE, {"members": listed})
    return one
