"""The step `queried`: what follows from a query after its answer was made, whatever the answer is.

It is promised for every query, so that the work before the answer is the same for each. Holders are told that somebody
asks. And whoever asks again and again about persons who are kept from its own state, its nationals among them, is
shown to the secretariat, and to nobody else: the asker sees no difference.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from exchange import alerts, reading
from exchange.deps import Hub
from exchange.domain import disclosure
from exchange.domain.notice import Reader
from exchange.store import boxes, directory, ledger, notices, probing, queue
from exchange.store.boxes import Item, Query
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json

PROBING: Final = "Q01"


def tell(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Keep the step: `subject` is a notice of the asker's own case, `cause` the id of its query."""
    of = notices.one(tx, subject)
    asker, query = of.author, boxes.query(tx, of.author.slug, cause)
    item = f"query:{asker.slug}:{cause}"
    told = [s for s in query.holders if boxes.put(tx, Item(s, item, _word(hub, asker, query)), now) is not None]
    around = reading.around(tx, subject, now)
    if asker.state in disclosure.withheld(around.notices, around.standing).states:
        note_probe(tx, hub, (asker, query, cause), now)
    ledger.acts(tx, [_act(of, query, slug, now) for slug in told])


def _act(of: Stored, query: Query, slug: str, now: datetime) -> dict[str, object]:
    """Return the act that a holder was told of a query: the person can ask later who asked, and why (L10)."""
    about = f"{of.author.urn} {of.id} {of.author.urn} {query.legal_basis}"
    return {"at": now, "slug": slug, "what": "query_told", "object": about, "purpose": query.purpose}


def _word(hub: Hub, asker: Reader, query: Query) -> dict[str, Any]:
    members: dict[str, Json] = {
        "word": "query",
        "mailbox": query.mailbox,
        "asked_by": asker.urn,
        "purpose": query.purpose,
        "legal_basis": query.legal_basis,
    }
    return {"type": "word", "jws": statements.state(statements.WORD, members, hub.keys["words"])}


def note_probe(tx: Tx, hub: Hub, asked: tuple[Reader, Query, str], now: datetime) -> None:
    """Count a query or a check, as (asker, what was asked, id), about a person who is kept from the asker's state.

    From so many cases of its own on, as the settings say, the secretariat is told of the asker.
    """
    asker, query, query_id = asked
    most, days = hub.probing
    probing.hold(tx, asker.slug)
    probing.note(tx, (asker.slug, query_id), query.case, query.received_at)
    count = probing.cases(tx, asker.slug, now - timedelta(days=days))
    if count >= most:
        for one in directory.authorities(tx):
            if one.kind == "secretariat":
                _raise(tx, (one.slug, asker), _body(asker, count, days), now)


def _raise(tx: Tx, of: tuple[str, Reader], body: dict[str, Any], now: datetime) -> None:
    """Make the alert of a secretariat about an asker say this; nothing happens when it does already."""
    slug, asker = of
    wanted = replace(alerts.fresh((slug, PROBING), body, now), about=asker.slug)
    alerts.stand(tx, queue.about(tx, slug, PROBING, asker.slug), wanted, now)


def _body(asker: Reader, count: int, days: int) -> dict[str, Any]:
    """Return what the secretariat is told: who asked, how often, in what time; no person, no case, no notice."""
    asked = f"{asker.slug} asked in {count} cases of its own within {days} days"
    return {
        "pattern": PROBING,
        "title": "Repeated probing",
        "meaning": "An authority asks again and again about persons who are kept from its own state: its nationals,"
        " persons who come from it, or who fear it. It was answered as everybody is, and told nothing. Such questions"
        " can be meant to find out who has asked for protection elsewhere.",
        "severity": "high",
        "certainty": "certain",
        "question": "Why does this authority ask, and for whom?",
        "clauses": [
            {"clause": "queries", "words": f"{asked} about persons who are kept from its state.", "notices": []}
        ],
        "notices": [],
        "suppressors": [],
        "probing": {"asked_by": asker.urn, "cases": count, "days": days},
    }
