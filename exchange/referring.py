"""References of a notice to others: they must be to what its author may know of.

A notice that does not exist, and one that the author was never given, are answered alike (wire.md).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from exchange import reading
from exchange.deps import Hub
from exchange.domain import corrections, references
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store import accounts, boxes, notices
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import sdjwt


def check(
    author: Reader, event: Mapping[str, str], facts: Mapping[str, Any], part: Mapping[str, Any], hub: Hub
) -> None:
    """Return if every notice and mailbox that a notice, with this hub part, names is one that its author has.

    Raises Refusal `unknown-reference`, `contradictory-references`, `unknown-caseworker`, `four-eyes`.
    """
    named = {member: event[member] for member in references.MEMBERS if member in event}
    if not named and "mailbox" not in facts:
        return
    with hub.database.reading() as tx:
        if "in_reply_to" in named:
            _answers(event["kind"], _given(tx, author, named["in_reply_to"]))
        _corrects(tx, author, named, facts, part["case"])
        if "mailbox" in facts:
            _to_the_asker(tx, author, facts["mailbox"], part["aud"])


def _corrects(tx: Tx, author: Reader, named: Mapping[str, str], facts: Mapping[str, Any], case: str) -> None:
    """Return if what is corrected, and what replaces it, are the author's own and fit each other."""
    for urn in (named.get("corrects"), named.get("withdraws"), facts.get("replaced_by")):
        if urn is not None:
            _own(tx, author, urn, facts)
    if "approved_by" in facts:
        _approved(tx, author, facts["approved_by"])
    if facts.get("act") == "add_tokens" and reading.decode(_own(tx, author, named["corrects"])).case != case:
        raise Refusal("contradictory-references", "Tokens are added in the case of the notice that they are for.")
    if "replaced_by" in facts:
        _alike(_own(tx, author, named["corrects"]), _own(tx, author, facts["replaced_by"]))


def _own(tx: Tx, author: Reader, urn: str, facts: Mapping[str, Any] = MappingProxyType({})) -> Stored:
    """Return a notice of the author itself. It is no correction, but for a supplement that `facts` withdraw."""
    found = notices.of_id(tx, *references.name(urn))
    if found is None or found.author != author or not _correctable(found, facts):
        raise Refusal("unknown-reference", "There is no such notice of yours that could be corrected.")
    return found


def _correctable(stored: Stored, facts: Mapping[str, Any]) -> bool:
    if _event(stored)["kind"] != corrections.KIND:
        return True
    return corrections.may_withdraw(facts, reading.parts(stored).get("facts", {}))


def _given(tx: Tx, author: Reader, urn: str) -> Stored:
    """Return a notice that the author was given, or that is its own."""
    found = notices.of_id(tx, *references.name(urn))
    if found is None or (found.author != author and boxes.delivered(tx, author.slug, found.no) is None):
        raise Refusal("unknown-reference", "There is no such notice that was given to you.")
    return found


def _to_the_asker(tx: Tx, author: Reader, mailbox: str, aud: list[str]) -> None:
    """Return if a mailbox is one that the author was told of, and the reply is for whoever asked, and nobody else."""
    asker = boxes.asked_by(tx, author.slug, mailbox)
    if asker is None:
        raise Refusal("unknown-reference", "The exchange told you of no such mailbox.")
    if aud != [asker]:
        raise Refusal(
            "contradictory-references", "A reply to a mailbox has in aud the one that asked, and nobody else."
        )


def _answers(kind: str, answered: Stored) -> None:
    if references.ANSWERED.get(kind) not in {None, _event(answered)["kind"]}:
        raise Refusal("contradictory-references", "in_reply_to names a notice that this kind does not answer.")


def _alike(wrong: Stored, right: Stored) -> None:
    if wrong.no == right.no or _event(wrong)["kind"] != _event(right)["kind"]:
        raise Refusal("contradictory-references", "replaced_by names another notice of the same kind.")


def _event(stored: Stored) -> dict[str, str]:
    event: dict[str, str] = sdjwt.disclosed(stored.disclosures["event"])
    return event


def _approved(tx: Tx, author: Reader, pseudonyms: list[str]) -> None:
    """Two caseworkers of the authority, one of them a supervisor, stand behind what takes protection away (L24)."""
    who = [accounts.find(tx, author.slug, pseudonym) for pseudonym in pseudonyms]
    if None in who:
        raise Refusal("unknown-caseworker", "approved_by names somebody who is no caseworker of yours.")
    if pseudonyms[0] == pseudonyms[1] or not any(one is not None and one.role == "supervisor" for one in who):
        raise Refusal("four-eyes", "approved_by names two different caseworkers, one of them a supervisor.")
