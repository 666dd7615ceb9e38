"""Judging the records of key events: each is taken in only when the statements in it bear it out.

The hub judges a record before it stores it, by this very code; clients and courts judge it again.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NoReturn, cast

from exchange.domain import two_officers
from exchange.domain.errors import Refusal
from exchange.wire import hub_keys, key_statements
from exchange.wire.encoding import Json, read_json
from exchange.wire.key_history import OVERLAP, SECRETARIAT, TYP, Event, History, Life, hash_of
from exchange.wire.key_statements import ENDINGS, HUB_URN, KEY, OFFICER, SEAL, Statement
from exchange.wire.keys import PublicKey

_MEMBERS: Final = frozenset({"v", "typ", "ex", "of", "no", "at", "act", "said"})
_KINDS: Final = {"v": int, "no": int, "at": int, "of": str, "act": str}
_REVOKE: Final = ("act", "kid", "as", "since")
_ROTATE: Final = ("act", "purpose", "predecessor", "key", "nonce", "possession")


def add(history: History, record: bytes, leaf: int) -> Event:
    """Judge the next record, whose leaf has this index, and take in what it says.

    Raises Refusal `bad-history` for one that does not follow, or is not borne out; `already-enrolled`, `not-its-key`;
    those of `exchange.wire.key_statements`. Nothing is taken in then.
    """
    told = _read(record, history.ex)
    of, no = told["of"], told["no"]
    if (no - 1, told.get("prev")) != history.last.get(of, (0, None)):
        _bad("A record is missing, or stands twice: number or hash do not follow the one before.")
    if history.events and leaf <= history.events[-1].leaf:
        _bad("The records do not stand in the order of the ledger.")
    event = Event(of, no, told["act"], told["at"], leaf, hash_of(record), tuple(told["said"]))
    judge = _ACTS.get((of == SECRETARIAT, event.act))
    if judge is None:
        _bad("This act is not known.")
    named = {text.rpartition(".")[0] for text in event.said}  # of one statement there may be two signatures (ES256)
    if history.used.intersection(named):
        _bad("A statement that bears this out has served before.")
    judge(history, event)
    history.used.update(named)
    history.last[of] = (no, event.hash)
    history.events.append(event)
    return event


def signed(history: History, command: Statement) -> str:
    """Return the name of the officer who signed a command. Raises Refusal `not-an-officer`, `bad-notice-signature`."""
    name = key_statements.officer_name(command)
    if name not in history.officers:
        raise Refusal("not-an-officer", "Nobody of this name is an officer of the secretariat.")
    command.verify(history.officers[name])
    return name


def _carried(history: History, event: Event, said: Sequence[str], concerned: str = "") -> Statement:
    """Return the command in `said`, a command and its approvals, once enough officers stand behind it."""
    if not said:
        _bad("No officer asked for this.")
    command, *approvals = [key_statements.read(text, OFFICER, history.ex) for text in said]
    names = [signed(history, one) for one in (command, *approvals)]
    if any(one.members.get("act") != "approve" or one.members.get("what") != command.digest for one in approvals):
        _bad("An approval is of something else.")
    for one in approvals:
        one.need("act", "what")
    _require_act(command, event)
    if not two_officers.is_carried(event.act, names[0], names[1:], history.active, concerned):
        _bad("Not enough other officers who are active stand behind this.")
    return command


def _read(record: bytes, ex: str) -> dict[str, Any]:
    told = read_json(record)
    if not isinstance(told, dict) or set(told) - {"prev"} != _MEMBERS or (told["v"], told["typ"]) != (1, TYP):
        _bad("This is no record of a key event.")
    said = told["said"]
    if told["ex"] != ex or any(type(told[name]) is not kind for name, kind in _KINDS.items()):
        _bad("The record is of another exchange, or malformed.")
    if not isinstance(said, list) or not said or not all(isinstance(one, str) for one in said):
        _bad("The record holds no statements.")
    return cast("dict[str, Any]", told)


def _enrol(history: History, event: Event) -> None:
    bundle = key_statements.read_bundle(event.said[0], history.ex)
    if bundle.statement.claims.iss != event.of:
        _bad("The bundle is of another authority.")
    command = _carried(history, event, event.said[1:])
    if command.members.get("bundle") != bundle.fingerprint:
        _bad("The command is about another bundle.")
    owner, known = event.of, history.who.get(event.of)
    if known is not None and known != (bundle.kind, bundle.state):
        _bad("An authority that is enrolled anew has the kind and the state that it had.")
    if any(history.has(key.kid) for key in bundle.keys.values()):
        raise Refusal("already-enrolled", "One of these keys is enrolled already, or was once.")
    for life in [one for one in history.lives.values() if one.owner == owner and one.is_good(event.at)]:
        history.end(life, event, (life.ended_as or "superseded", event.at, life.compromised_since))
    for purpose, key in bundle.keys.items():
        history.take(Life(key, owner, purpose, event.leaf, event.at))
    history.who[owner] = (bundle.kind, bundle.state)
    history.fingerprints[owner] = bundle.fingerprint


def _rotate(history: History, event: Event) -> None:
    if len(event.said) != 1:
        _bad("A rotation is borne out by one statement.")
    said = key_statements.read(event.said[0], KEY, history.ex)
    said.need(*_ROTATE)
    _require_act(said, event)
    purpose = said.text("purpose")
    old = history.lives.get(said.text("predecessor"))
    _require_owner(said, event, old)
    if old is None or old.purpose != purpose or purpose not in key_statements.PURPOSES:
        _bad("The predecessor is no key of this authority for this purpose.")
    newest = history.of(event.of, purpose)[-1]
    if newest.kid != old.kid:
        _bad("The predecessor has a successor already.")
    _require_signer(history, said, event, _may_introduce(old))
    fresh = key_statements.public_key(said.members["key"], purpose)
    if isinstance(fresh, PublicKey):
        of = (history.ex, event.of)
        key_statements.check_possession(said.members["possession"], of, said.text("nonce"), fresh)
    history.take(Life(fresh, event.of, purpose, event.leaf, event.at, predecessor=old.kid))
    if old.ended_as is None:
        history.end(old, event, ("superseded", event.at + OVERLAP, None))


def _may_introduce(old: Life) -> Callable[[Life], bool]:
    """Say who may introduce a successor: the recovery key, the predecessor; for a seal key, the notice key."""
    return lambda by: by.purpose == "recovery" or by.kid == old.kid or (old.purpose == SEAL and by.purpose == "notice")


def _revoke(history: History, event: Event) -> None:
    if len(event.said) == 1:
        said = key_statements.read(event.said[0], KEY, history.ex)
        _require_signer(history, said, event, lambda by: by.purpose == "recovery")
    else:
        said = _carried(history, event, event.said)
    _require_act(said, event)
    life = history.lives.get(said.text("kid"))
    if life is None or life.owner != event.of:
        _bad("The key that is revoked is none of this authority.")
    if len(event.said) == 1:
        _require_owner(said, event, life)
    history.end(life, event, ending(said, event.at, life))


def ending(said: Statement, at: int, life: Life) -> tuple[str, int, int | None]:
    """Return how a key ends that a statement revokes: as what, from when it does not verify, compromised since.

    A key that was compromised before stays so, since the earlier time. Raises Refusal `bad-key-statement`.
    """
    said.need(*(name for name in _REVOKE if name != "since" or "since" in said.members))
    how, since = said.text("as"), said.members.get("since")
    if how not in ENDINGS or (type(since) is int) != (how == "compromised"):
        raise Refusal("bad-key-statement", "as is superseded, or compromised with since, in whole seconds.")
    if type(since) is int and not 0 <= since <= at:
        raise Refusal("bad-key-statement", "since is a time that has passed.")
    earliest = min([one for one in (since, life.compromised_since) if type(one) is int], default=None)
    return ("superseded" if earliest is None else "compromised"), min(at, life.ends_at or at), earliest


def _require_act(said: Statement, event: Event) -> None:
    if said.members.get("act") != event.act:
        _bad("The statement is of another act.")


def _require_owner(said: Statement, event: Event, life: Life | None) -> None:
    if said.claims.iss != event.of or (life is not None and life.owner != event.of):
        _bad("The statement is of another authority.")


def _require_signer(history: History, said: Statement, event: Event, may: Callable[[Life], bool]) -> None:
    by = history.lives.get(said.unverified.kid)
    if by is None or by.owner != event.of or not isinstance(by.key, PublicKey) or not may(by):
        raise Refusal("not-its-key", "This is not signed with a key that may say it: see docs/wire-format.md, Keys.")
    if by.ended_as is not None:
        raise Refusal("not-its-key", "The key that signed this was ended before.")
    said.verify(by.key)


def _found(history: History, event: Event) -> None:
    if history.officers:
        _bad("The secretariat begins once.")
    first = [key_statements.read(text, OFFICER, history.ex) for text in event.said]
    told = first[0].members.get("officers")
    if any(one.members.get("act") != "found" or one.members.get("officers") != told for one in first):
        _bad("The first officers do not all say the same.")
    for one in first:
        one.need("act", "officers")
    named = _named(told)
    signed = {key_statements.officer_name(one): one for one in first}
    if set(signed) != set(named) or len(first) != len(named) or len(named) < two_officers.FOUNDERS:
        _bad(f"The first officers are at least {two_officers.FOUNDERS}, and each of them signs.")
    if len({key.kid for key in named.values()}) != len(named):
        _bad("Each officer has a key of their own.")
    for name, one in signed.items():
        one.verify(named[name])
    for name, key in named.items():
        history.appoint(name, key)


def _named(told: Json) -> dict[str, PublicKey]:
    entries = told if isinstance(told, list) else []
    found: dict[str, PublicKey] = {}
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != {"name", "key"} or not isinstance(entry["name"], str):
            _bad("An officer has name and key.")
        if entry["name"] in found:
            _bad("Two of the first officers have one name.")
        found[entry["name"]] = cast("PublicKey", key_statements.public_key(entry["key"], "officer"))
    return found


def _appoint(history: History, event: Event) -> None:
    command = _carried(history, event, event.said)
    command.need("act", "officer", "key", "nonce", "possession")
    name = command.text("officer")
    key = cast("PublicKey", key_statements.public_key(command.members.get("key"), "officer"))
    of = (history.ex, key_statements.OFFICER_URN + name)
    key_statements.check_possession(command.members.get("possession"), of, command.text("nonce"), key)
    if history.has(key.kid) or name in history.active:
        raise Refusal("already-enrolled", "This officer is active, or the key is known already.")
    history.appoint(name, key)


def _hub_key(history: History, event: Event) -> None:
    """Take in a key of the hub that follows another; the first that is followed is one that clients pinned."""
    told = hub_keys.read(event.said[0], history.ex)
    if _carried(history, event, event.said[1:]).members.get("statement") != told.digest:
        _bad("The command is about another key.")
    newest = history.of(HUB_URN, told.purpose)
    if newest and newest[-1].kid != told.predecessor.kid:
        _bad("The predecessor has a successor already.")
    if history.has(told.key.kid) or told.key.kid == told.predecessor.kid:
        raise Refusal("already-enrolled", "This key is enrolled already, or was once.")
    if not newest:
        history.take(Life(told.predecessor, HUB_URN, told.purpose, event.leaf, event.at))
    old = history.lives[told.predecessor.kid]
    history.take(Life(told.key, HUB_URN, told.purpose, event.leaf, event.at, predecessor=old.kid))
    history.end(old, event, ("superseded", event.at + OVERLAP, None))


def _suspend(history: History, event: Event) -> None:
    command = key_statements.read(event.said[0], OFFICER, history.ex)
    command.need("act", "officer")
    name = command.text("officer")
    _carried(history, event, event.said, concerned=name)
    if name not in history.active:
        _bad("That officer is not active.")
    history.active.remove(name)


def _bad(words: str) -> NoReturn:
    raise Refusal("bad-history", words)


_ACTS: Final[Mapping[tuple[bool, str], Callable[[History, Event], None]]] = MappingProxyType(
    {
        (False, "enrol"): _enrol,
        (False, "rotate"): _rotate,
        (False, "revoke"): _revoke,
        (True, "found"): _found,
        (True, "appoint"): _appoint,
        (True, "suspend"): _suspend,
        (True, "hub-key"): _hub_key,
    }
)
