"""What each act of the secretariat is checked for, and what it does: one row for each in `ACTS`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, cast

from exchange import key_book, keysets, link_weights, membership, neighbours, possession, rulebook, sandbox, signing_in
from exchange.commands import Acting, Given
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.vocabulary import ACTING_STATES, AUTHORITY_KINDS
from exchange.key_book import URN
from exchange.store import directory, key_events, ledger, notices
from exchange.store.key_events import StoredCommand
from exchange.wire import hub_keys, key_history, key_judging, key_statements, keys
from exchange.wire.encoding import Json
from exchange.wire.key_history import SECRETARIAT
from exchange.wire.key_statements import OFFICER, SEAL, AnyKey, Statement
from exchange.wire.sealing_keys import SealPublicKey
from exchange.wire.witnesses import published

SLUG: Final = re.compile(r"(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*")
ERASABLE: Final = ("safeguards", "sealed")
"""The parts whose loss leaves a notice readable: no rule rests on what only they hold, but for the stop sign."""
ERASURE_REASONS: Final = ("retention_over", "asked_by_the_person", "unlawful", "court_order")
_SUSPENDED: Final = ("act", "officer")
_APPOINTED: Final = ("act", "officer", "key", "nonce", "possession")
ROLES: Final = ("caseworker", "supervisor")
NOTHING: Final[Mapping[str, Json]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Act:
    """An act: how a command is checked by itself, and what it does once enough officers stand behind it.

    `check` returns what the officer is given at once; `effect` gets the command and the texts of it and its approvals.
    """

    check: Callable[[Acting, Statement, Given], Mapping[str, Json]]
    effect: Callable[[Acting, StoredCommand, list[str]], None]


@dataclass(frozen=True, slots=True)
class Application:
    """An authority that asks to be enrolled, with its public keys by purpose. Nothing is shown yet."""

    slug: str
    kind: str
    state: str
    keys: Mapping[str, AnyKey]


def read_application(value: Any) -> Application:  # noqa: ANN401 -- JSON as it came
    """Check what an authority hands to the secretariat: slug, kind, state, and JWKs for each purpose.

    Raises Refusal `bad-enrolment`, `bad-key`, `weak-key`.
    """
    if not isinstance(value, dict) or set(value) != {"slug", "kind", "state", "keys"}:
        raise Refusal("bad-enrolment", "An application has slug, kind, state and keys.")
    _require_who(value["slug"], value["kind"], value["state"])
    return Application(value["slug"], value["kind"], value["state"], key_statements.read_keys(value["keys"]))


def _require_who(slug: object, kind: object, state: object) -> None:
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise Refusal("bad-enrolment", "slug is lower-case letters, digits and single hyphens.")
    if kind not in AUTHORITY_KINDS or state not in ACTING_STATES:
        raise Refusal("bad-enrolment", "kind or state is not in the closed list.")


def _invite(acting: Acting, said: Statement, given: Given) -> Mapping[str, Json]:
    """Give a nonce, and a secret sealed for the seal key, to an authority that asks to be enrolled."""
    said.need("act", "authority", "keys")
    asks = read_application(given.application)
    if (said.members["authority"], said.members["keys"]) != (asks.slug, {p: k.kid for p, k in asks.keys.items()}):
        raise Refusal("bad-enrolment", "The command is about another application.")
    sandbox.refuse_its_keys(acting.hub.exchange_id, asks.keys)
    seal = cast("SealPublicKey", asks.keys[SEAL])
    nonce = possession.nonce(acting.hub, asks.slug, seal.kid, acting.book.now)
    return {"ex": acting.hub.exchange_id, "nonce": nonce, "sealed": possession.sealed(acting.hub, nonce, seal)}


def _check_enrolment(acting: Acting, said: Statement, given: Given) -> Mapping[str, Json]:
    said.need("act", "bundle")
    bundle = key_statements.read_bundle(given.bundle or "", acting.hub.exchange_id)
    slug = bundle.statement.claims.iss.removeprefix(URN)
    _require_who(slug, bundle.kind, bundle.state)
    if said.members["bundle"] != bundle.fingerprint:
        raise Refusal("bad-enrolment", "The command is about another bundle.")
    sandbox.refuse_its_keys(acting.hub.exchange_id, bundle.keys)
    seal = cast("SealPublicKey", bundle.keys[SEAL])
    possession.check_nonce(acting.hub, slug, seal.kid, bundle.nonce, acting.book.now)
    possession.check_opened(acting.hub, bundle.nonce, seal, bundle.opened)
    if directory.keys(acting.book.tx, [key.kid for key in bundle.keys.values()], acting.book.now):
        raise Refusal("already-enrolled", "One of these keys is enrolled already, or was once.")
    return {"authority": bundle.statement.claims.iss, "fingerprint": bundle.fingerprint}


def _enrol(acting: Acting, command: StoredCommand, said: list[str]) -> None:
    bundle = str(command.attached)
    owner = key_statements.read_bundle(bundle, acting.hub.exchange_id).statement.claims.iss
    _enter(acting, (owner, "enrol"), [bundle, *said])


def _check_revocation(acting: Acting, said: Statement, _: Given) -> Mapping[str, Json]:
    found = directory.keys(acting.book.tx, [said.text("kid")], acting.book.now)
    if not found:
        raise Refusal("unknown-key", "Nobody has enrolled this key.")
    owner = found[said.text("kid")].authority.urn
    history = key_book.load(acting.book.tx, acting.hub.exchange_id, owner)
    key_judging.ending(said, int(acting.book.now.timestamp()), history.lives[said.text("kid")])
    return {"authority": owner}


def _revoke(acting: Acting, command: StoredCommand, said: list[str]) -> None:
    kid = key_statements.read(command.jws, OFFICER, acting.hub.exchange_id).text("kid")
    owner = directory.keys(acting.book.tx, [kid], acting.book.now)[kid].authority.urn
    _enter(acting, (owner, "revoke"), said)


def _check_officer(acting: Acting, said: Statement, _: Given) -> Mapping[str, Json]:
    said.need(*(_SUSPENDED if said.members["act"] == "suspend" else _APPOINTED))
    name = said.text("officer")
    if not SLUG.fullmatch(name) or (said.members["act"] == "suspend") != (name in acting.history.active):
        raise Refusal("bad-key-statement", "appoint names somebody new, suspend an officer who is active.")
    if "key" in said.members:
        key = key_statements.public_key(said.members["key"], "officer")
        sandbox.refuse_its_keys(acting.hub.exchange_id, {"officer": key})
        _refuse_key_of_authority(acting, key)
    return NOTHING


def _refuse_key_of_authority(acting: Acting, key: AnyKey) -> None:
    """Asked again when a command takes effect: an authority may have taken the key while it waited.

    The history of the secretariat that is loaded here has no keys of authorities; outsiders would refuse the record.
    """
    if directory.keys(acting.book.tx, [key.kid], acting.book.now):
        raise Refusal("already-enrolled", "This is the key of an authority.")


def _officers(acting: Acting, command: StoredCommand, said: list[str]) -> None:
    asked = key_statements.read(command.jws, OFFICER, acting.hub.exchange_id).members
    if "key" in asked:
        _refuse_key_of_authority(acting, key_statements.public_key(asked["key"], "officer"))
    _enter(acting, (SECRETARIAT, command.act), said)


def _check_hub_key(acting: Acting, said: Statement, given: Given) -> Mapping[str, Json]:
    """Check that a key of this hub follows the one in use."""
    said.need("act", "statement")
    told = hub_keys.read(given.bundle or "", acting.hub.exchange_id)
    if said.members["statement"] != told.digest or acting.hub.keys[told.purpose].kid != told.predecessor.kid:
        raise Refusal("bad-key-statement", "The command is about another statement, or the predecessor is not in use.")
    if acting.history.has(told.key.kid) or directory.keys(acting.book.tx, [told.key.kid], acting.book.now):
        raise Refusal("already-enrolled", "This key is known already.")
    return {"purpose": told.purpose, "predecessor": told.predecessor.kid, "key": told.key.kid}


def _hub_key(acting: Acting, command: StoredCommand, said: list[str]) -> None:
    _refuse_key_of_authority(acting, hub_keys.read(str(command.attached), acting.hub.exchange_id).key)
    _enter(acting, (SECRETARIAT, "hub-key"), [str(command.attached), *said])


def _enter(acting: Acting, what: tuple[str, str], said: list[str]) -> None:
    owner = None if what[0] == SECRETARIAT else what[0]
    history = key_book.load(acting.book.tx, acting.hub.exchange_id, owner) if owner else acting.history
    key_book.note(acting.book.tx, key_book.enter(acting.book, history, what, said))


def _check_erasure(acting: Acting, said: Statement, _: Given) -> Mapping[str, Json]:
    said.need("act", "notice", "part", "reason")
    if said.members["part"] not in ERASABLE or said.members["reason"] not in ERASURE_REASONS:
        raise Refusal("bad-erasure", "Only safeguards and sealed can be erased, for a reason of the closed list.")
    if notices.of_id(acting.book.tx, *_named(said)) is None:
        raise Refusal("not-found", "There is no such notice.")
    return NOTHING


def _named(said: Statement) -> tuple[str, str]:
    named = said.members["notice"]
    if (
        not isinstance(named, dict)
        or set(named) != {"iss", "id"}
        or not all(isinstance(v, str) for v in named.values())
    ):
        raise Refusal("bad-key-statement", "A notice is named by iss and id.")
    return cast("str", named["iss"]), cast("str", named["id"])


def _erase(acting: Acting, command: StoredCommand, _: list[str]) -> None:
    """Erase a part of a notice: the Disclosure here, and every sealed blob.

    Digests, signature, receipt and leaves stay, so all that was proven can be proven on; copies that were delivered
    open while their seal keys live.
    """
    said = key_statements.read(command.jws, OFFICER, acting.hub.exchange_id)
    (iss, notice_id), part, reason = _named(said), said.text("part"), said.text("reason")
    stored = notices.of_id(acting.book.tx, iss, notice_id)
    if stored is None or not notices.erase(acting.book.tx, stored.no, part, reason, acting.book.now):
        raise Refusal("not-found", "There is no such part of such a notice.")
    ledger.act(
        acting.book.tx,
        {"at": acting.book.now, "what": f"erased {part}", "object": f"{iss} {notice_id}", "purpose": reason},
    )


def _account(acting: Acting, said: Statement, given: Given) -> Mapping[str, Json]:
    """Make an account on the console for a caseworker of an authority; nobody can sign in to it yet."""
    said.need("act", "authority", "pseudonym", "role")
    if said.members["role"] not in ROLES or given.password_hash is None:
        raise Refusal("bad-key-statement", "role is not in the closed list, or there is no password.")
    authority = next((a for a in directory.authorities(acting.book.tx) if a.slug == said.members["authority"]), None)
    if authority is None:
        raise Refusal("no-such-authority", "No such authority is enrolled.")
    account = (said.text("pseudonym"), said.text("role"), given.password_hash)
    signing_in.add_account(acting.book.tx, authority, account, acting.book.now)
    return NOTHING


def _open_account(acting: Acting, command: StoredCommand, _: list[str]) -> None:
    said = key_statements.read(command.jws, OFFICER, acting.hub.exchange_id)
    signing_in.open_account(acting.book.tx, said.text("authority"), said.text("pseudonym"))


def _check_entry(acting: Acting, said: Statement, given: Given) -> Mapping[str, Json]:
    return neighbours.check(acting.book.tx, said, given.bundle or "")


def _enter_entry(acting: Acting, command: StoredCommand, _: list[str]) -> None:
    neighbours.enter(acting.book, acting.hub.exchange_id, command)


def _done(_acting: Acting, _command: StoredCommand, _said: list[str]) -> None:
    """Do nothing more: the check did it."""


_MORE: Final = membership.ACTS | rulebook.ACTS | link_weights.ACTS | keysets.ACTS
ACTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "invite": Act(_invite, _done),
        "enrol": Act(_check_enrolment, _enrol),
        "revoke": Act(_check_revocation, _revoke),
        "appoint": Act(_check_officer, _officers),
        "suspend": Act(_check_officer, _officers),
        "hub-key": Act(_check_hub_key, _hub_key),
        "erase": Act(_check_erasure, _erase),
        "account": Act(_account, _open_account),
        **{act: Act(*both) for act, both in _MORE.items()},
        "directory": Act(_check_entry, _enter_entry),
    }
)


def concerned(jws: str, ex: str) -> str:
    """Return the officer whom a command concerns, or an empty text."""
    said = key_statements.read(jws, OFFICER, ex)
    return said.text("officer") if said.members.get("act") == "suspend" else ""


def introduction(hub: Hub) -> dict[str, Any]:
    """Return what an enrolled authority must know of the hub: where it is, what it is called, and what to pin.

    `secretariat` is the hash of the record with which the first officers began.
    """
    with hub.database.reading() as tx:
        first = key_events.records(tx, [SECRETARIAT])
    return {
        "base_url": hub.origin,
        "ex": hub.exchange_id,
        "hub_keys": {purpose: keys.public_to_jwk(key.public) for purpose, key in hub.keys.items()},
        "ledger_vkey": hub.ledger_vkey,
        "secretariat": key_history.hash_of(first[0].record) if first else "",
        "witnesses": published(hub.witnesses),
    }
