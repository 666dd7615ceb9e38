"""A signed notice comes in. The journey is told in docs/notice-journey.md."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange import access
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain import acceptance, disclosure
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.reading import subject
from exchange.store import directory, ledger, notices, outbox
from exchange.store.notices import Accepted
from exchange.store.session import Tx
from exchange.wire import sdjwt, statements
from exchange.wire.encoding import Json, b64encode, read_json
from schemas.messages import ENVELOPE
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES
from schemas.reading import read


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a notice; `again` says that it was accepted before and this is the stored one."""

    jws: str
    again: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A notice that passed every check short of the transaction; only `check` makes one."""

    notice: sdjwt.Notice
    text: str
    hub: dict[str, Any]
    event: dict[str, str]


def receive(caller: Caller, body: bytes, hub: Hub, now: datetime) -> Receipt:
    """Accept a notice: store it, give it its place in the ledger, and promise the work that follows.

    Raises Refusal with the code of the first check that fails; then nothing is stored but the refusal, except a
    second notice under a used id, which is kept.
    """
    checked = check(caller, body, hub, now)
    try:
        with hub.database.transaction() as tx:
            access.spend(tx, caller)
            book = ledger.Book(tx, now)
            leaf = book.add(checked.notice.signing_input, secrets.token_bytes(32))
            stored = _earlier(tx, caller, checked)
            answer = stored or _receipt(hub, checked, leaf, held(tx, caller.authority, checked), now)
            book.add(answer.encode(), secrets.token_bytes(32))
            book.close()
            if stored is None:
                number = notices.add(tx, _accepted(caller, checked, leaf, now), answer)
                outbox.promise(tx, [("link", number, "accepted")], now)
    except Refusal as refusal:
        if refusal.code == "id-conflict":
            _keep_conflict(hub, caller, checked, now)
        raise
    return Receipt(answer, again=stored is not None)


def check(caller: Caller, body: bytes, hub: Hub, now: datetime) -> Checked:
    """Run every check of a notice that needs no transaction, in the order of docs/notice-journey.md."""
    text = read(ENVELOPE, read_json(body), "envelope")["notice"]
    unverified = sdjwt.read(text)
    with hub.database.reading() as tx:
        key, authority = access.enrolled(tx, unverified.kid, now)
    if authority.slug != caller.authority.slug:
        raise Refusal("foreign-key", "The notice is signed with a key of another authority than the request.")
    notice = sdjwt.verify(unverified, key, hub.exchange_id)
    if notice.claims.iss != caller.authority.urn:
        raise Refusal("foreign-iss", "iss is not the authority whose key signed the notice.")
    hub_part = read(HUB, notice.parts["hub"], "hub part")
    event = read(EVENT, notice.parts["event"], "event part")
    facts = read(FACTS[event["kind"]], notice.parts["facts"], f"facts of {event['kind']}")
    if "safeguards" in notice.parts:
        read(SAFEGUARD_CODES, notice.parts["safeguards"], "safeguards part")
    if "sealed" in notice.parts:
        raise Refusal("sealed-not-carried", "This exchange does not carry sealed parts yet.")
    acceptance.accept(caller.authority, event, facts)
    acceptance.agree(event, facts, _moment(notice.claims.iat), now)
    return Checked(notice, text, hub_part, event)


def held(tx: Tx, author: Reader, checked: Checked) -> list[str] | None:
    """Return the addressees that the exchange will not serve, as far as the notice's own words tell.

    None, when the author's own state is withheld: then even that list would tell. Addressees nobody has enrolled are
    among them, so that the list gives no reason.
    """
    hidden = disclosure.withheld([subject(checked.hub["subject"])])
    if author.state in hidden.states or not checked.hub["aud"]:
        return None
    known = {a.urn: a for a in directory.authorities(tx)}
    served = {urn for urn, a in known.items() if a.state not in hidden.states}
    return [urn for urn in checked.hub["aud"] if urn not in served] or None


def _earlier(tx: Tx, caller: Caller, checked: Checked) -> str | None:
    """Return the stored receipt of the same notice. Raises Refusal `id-conflict` for another under the same id."""
    found = notices.earlier(tx, caller.authority.slug, checked.notice.claims.id)
    if found is None:
        return None
    sha256, stored = found
    if sha256 != checked.notice.sha256:
        raise Refusal("id-conflict", "Another notice of yours was accepted under this id. Both are kept.")
    return stored


def _receipt(hub: Hub, checked: Checked, leaf: ledger.Leaf, not_served: list[str] | None, now: datetime) -> str:
    members: dict[str, Json] = {
        "iss": checked.notice.claims.iss,
        "id": checked.notice.claims.id,
        "sha256": b64encode(checked.notice.sha256),
        "state": "accepted",
        "received": int(now.timestamp()),
        "leaf": {"index": leaf.index, "hash": b64encode(leaf.hash), "salt": b64encode(leaf.salt)},
    }
    if not_served:
        members["held"] = list[Json](not_served)
    return statements.state(statements.RECEIPT, members, hub.keys["receipt"])


def _accepted(caller: Caller, checked: Checked, leaf: ledger.Leaf, now: datetime) -> Accepted:
    notice = checked.notice
    return Accepted(
        author=caller.authority,
        id=notice.claims.id,
        sha256=notice.sha256,
        jws=notice.jws,
        kid=notice.kid,
        kind=checked.event["kind"],
        event_time=checked.event["event_time"],
        authored_at=_moment(notice.claims.iat),
        received_at=now,
        case=checked.hub["case"],
        seq=checked.hub["seq"],
        prev=checked.hub.get("prev"),
        leaf=leaf.index,
        disclosures=dict(notice.disclosures),
    )


def _keep_conflict(hub: Hub, caller: Caller, checked: Checked, now: datetime) -> None:
    with hub.database.transaction() as tx:
        notices.keep_conflict(
            tx,
            {
                "slug": caller.authority.slug,
                "id": checked.notice.claims.id,
                "sha256": checked.notice.sha256,
                "notice": checked.text,
                "at": now,
            },
        )


def _moment(seconds: int) -> datetime:
    """Return `iat` as a moment. Raises Refusal `contradictory-times` for one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refusal("contradictory-times", "iat is no moment between the years 1 and 9999.") from None
