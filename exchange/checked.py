"""The step `checked`: what follows from a check after its answer was made, whatever the answer is.

The asker is told by its own projection; the monitors are told by theirs, which for those who may know is the whole of
the person (L15, L22). So a state that is kept from knowing of a claim learns nothing by asking, and what it is about to
do does not stay unseen. Nobody else observes that somebody asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from exchange import alerts, check_alerts, queried, reading
from exchange.check_alerts import FAMILY, Check, Knowing
from exchange.deps import Hub
from exchange.domain import alertlife, disclosure, hypothesis
from exchange.domain.hypothesis import Removal
from exchange.domain.notice import Reader
from exchange.domain.patterns.evaluator import SEVERITIES
from exchange.domain.projection import holding, projections
from exchange.store import boxes, directory, ledger, links, notices, queue
from exchange.store.boxes import Query
from exchange.store.notices import Stored
from exchange.store.queue import Alert
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import read_json
from schemas.checks import CHECK
from schemas.reading import read


def tell(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Keep the step: `subject` is a notice of the asker's own case, `cause` the id of its check."""
    links.lock_neighbourhood(tx, subject)
    own = notices.one(tx, subject)
    asker = own.author
    query = boxes.query(tx, asker.slug, cause)
    check = _check(tx, hub, asker, query.case, cause)
    around = reading.around(tx, subject, now)
    if asker.state in disclosure.withheld(around.notices, around.standing).states:
        queried.note_probe(tx, hub, (asker, query, cause), now)
    told = []
    for reader in directory.authorities(tx):
        known = holding(projections(reader, around.notices, around.agreements, around.standing), check.first)
        if reader.kind != "monitor" or reader == asker or known is None:
            continue
        of = Knowing(reader, known, around, now)
        wanted = check_alerts.wanted(check, of) if of.may_hear else None
        if wanted is not None and _raise(tx, check, wanted, now):
            told.append(_act(own, query, reader.slug, now))
    ledger.acts(tx, told)


def _check(tx: Tx, hub: Hub, asker: Reader, case: str, cause: str) -> Check:
    """Return what was asked and told. The means are left out: an alert does not keep them, and is judged again."""
    said, told = boxes.said_and_told(tx, asker.slug, cause)
    _, members = statements.said(statements.payload(said), hub.exchange_id)
    asked = hypothesis.asked(asker, read(CHECK, members, "check"))
    answer = cast("Mapping[str, Any]", read_json(statements.payload(told)))
    first = notices.of_case(tx, asker.slug, case)[0]
    return Check(first, cause, Removal(asker, asked.to, asked.date), str(answer["answer"]))


def _raise(tx: Tx, check: Check, wanted: Alert, now: datetime) -> bool:
    """Make the alert about a check say this; says whether anything changed.

    Of several checks the worst stands, of two alike the last: asking once more, for another day, makes nothing look
    better than it was (L23). What a monitor has closed hides no check that came after it, be it a milder one.
    """
    held = queue.about(tx, wanted.slug, FAMILY, str(wanted.about))
    if held is not None and check_alerts.is_forgotten(held):
        return False
    if held is not None:
        (worse, stood), (bad, came) = (_place(tx, check, one) for one in (held, wanted))
        if (worse, stood) > (bad, came) and (held.status in alertlife.LIVE or (worse >= bad and stood > came)):
            return False
    alerts.stand(tx, held, wanted, now)
    return held is None or held.body != wanted.body


def _place(tx: Tx, check: Check, alert: Alert) -> tuple[int, tuple[datetime, str]]:
    """Return the order of alerts about checks of one case: how bad it is, when it was asked and under which id."""
    asked = str(alert.body["check"]["id"])
    when = boxes.query(tx, check.removal.by.slug, asked).received_at
    return SEVERITIES.index(alert.severity), (when, asked)


def _act(of: Stored, query: Query, slug: str, now: datetime) -> dict[str, object]:
    """Return the act that a monitor was told of a check: the person can ask later who asked, and why (L10)."""
    about = f"{of.author.urn} {of.id} {of.author.urn} {query.legal_basis}"
    return {"at": now, "slug": slug, "what": "check_told", "object": about, "purpose": query.purpose}
