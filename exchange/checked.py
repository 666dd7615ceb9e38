"""The step `checked`: what follows from a check after its answer was made, whatever the answer is.

The asker is told by its own projection; the monitors are told by theirs, which for those who may know is the whole of
the person (L15, L22). So a state that is kept from knowing of a claim learns nothing by asking, and what it is about to
do does not stay unseen. Nobody else observes that somebody asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, cast

from exchange import alerts, queried, reading
from exchange.deps import Hub
from exchange.domain import addressing, alertlife, disclosure, findings, hypothesis
from exchange.domain.hypothesis import Removal, Shown
from exchange.domain.linkage import Person
from exchange.domain.notice import Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import SEVERITIES
from exchange.domain.projection import holding, projections
from exchange.reading import Around
from exchange.store import boxes, directory, ledger, links, notices, queue
from exchange.store.boxes import Query
from exchange.store.notices import Stored
from exchange.store.queue import Alert
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import read_json
from schemas.checks import CHECK
from schemas.reading import read

FAMILY: Final = "check"
WORST: Final = frozenset({"high", "critical"})
"""Severities of which the monitors hear."""
_TOLD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "patterns": "that something speaks against it",
        "stop": "to stop",
        "nothing_to_tell": "that nothing can be told",
    }
)


@dataclass(frozen=True, slots=True)
class _Check:
    """A check that was answered: the asker's notice that it is about, its id, what it asked, and what it was told."""

    of: Stored
    id: str
    query: Query
    removal: Removal
    told: str

    def about(self, tx: Tx) -> str:
        """Return what an alert about it is known by: asking again in the same case changes it, and adds none."""
        first = notices.of_case(tx, self.of.author.slug, self.query.case)[0]
        return f"check:{first}:{self.removal.to}"


def tell(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Keep the step: `subject` is a notice of the asker's own case, `cause` the id of its check."""
    links.lock_neighbourhood(tx, subject)
    check = _check(tx, hub, subject, cause)
    around = reading.around(tx, subject, now)
    asker = check.of.author
    if asker.state in disclosure.withheld(around.notices, around.standing).states:
        queried.note_probe(tx, hub, (asker, check.query, cause), now)
    told = []
    for reader in directory.authorities(tx):
        if reader.kind == "monitor" and reader != asker:
            wanted = _wanted(reader, check, around, now)
            if wanted is not None and _raise(tx, check, replace(wanted, about=check.about(tx)), now):
                told.append(_act(check, reader.slug, now))
    ledger.acts(tx, told)


def _check(tx: Tx, hub: Hub, subject: int, cause: str) -> _Check:
    of = notices.one(tx, subject)
    said, told = boxes.said_and_told(tx, of.author.slug, cause)
    _, members = statements.said(statements.payload(said), hub.exchange_id)
    removal = hypothesis.asked(of.author, read(CHECK, members, "check"))
    answer = cast("Mapping[str, Any]", read_json(statements.payload(told)))
    return _Check(of, cause, boxes.query(tx, of.author.slug, cause), removal, str(answer["answer"]))


def _wanted(reader: Reader, check: _Check, around: Around, now: datetime) -> Alert | None:
    """Return the alert that a monitor must have, by its own projection; None when it is not to be told.

    A monitor that is seated in a withheld or suspended state is not told (L16, L25).
    """
    of = (around.notices, around.agreements, around.standing)
    known = holding(projections(reader, *of), check.of.no)
    if known is None or not disclosure.may_receive(reader, known.notices, around.standing):
        return None
    person = hypothesis.person(known.notices, around.agreements, check.of.no)
    shown = hypothesis.outlook(person, check.removal, PATTERNS, now).shown
    bad = [one for one in shown if one.finding.severity in WORST]
    if not bad:
        return None
    body = _body(bad, person, check, reader)
    numbers = sorted(n.no for n in person.notices)
    return replace(alerts.fresh((reader.slug, FAMILY), body, now), person=numbers, rests_on=list(bad[0].notices))


def _raise(tx: Tx, check: _Check, wanted: Alert, now: datetime) -> bool:
    """Make the alert about a check say this; says whether anything changed.

    Of several checks the worst stands, of two alike the last: asking once more, for another day, makes nothing look
    better than it was (L23). What a monitor has closed hides no check that came after it, be it a milder one.
    """
    held = queue.about(tx, wanted.slug, FAMILY, str(wanted.about))
    if held is not None and "check" not in held.body:  # the person was forgotten meanwhile
        return False
    if held is not None:
        (worse, stood), (bad, came) = (_place(tx, check, one) for one in (held, wanted))
        if (worse, stood) > (bad, came) and (held.status in alertlife.LIVE or (worse >= bad and stood > came)):
            return False
    alerts.stand(tx, held, wanted, now)
    return held is None or held.body != wanted.body


def _place(tx: Tx, check: _Check, alert: Alert) -> tuple[int, tuple[datetime, str]]:
    """Return the order of alerts about checks of one case: how bad it is, when it was asked and under which id."""
    asked = str(alert.body["check"]["id"])
    when = boxes.query(tx, check.of.author.slug, asked).received_at
    return SEVERITIES.index(alert.severity), (when, asked)


def _body(bad: Sequence[Shown], person: Person, check: _Check, reader: Reader) -> dict[str, Any]:
    """Return what a monitor is told: the worst pattern with its evidence, who asked what, and what it was told."""
    worst = bad[0]
    finding = findings.as_body(worst.finding)
    finding["clauses"] = [_clause(clause, worst.removal) for clause in finding["clauses"]]
    body = addressing.seen(finding, person, reader)
    removal, patterns = check.removal, [one.finding.pattern.id for one in bad]
    asked: dict[str, Any] = {"asked_by": removal.by.urn, "id": check.id}
    asked |= {"destination": removal.to, "date": removal.date}
    asked |= {"told": check.told, "patterns": patterns}
    words = (
        f"{removal.by.slug} asked before a removal to {removal.to} ({removal.date}), and was told {_TOLD[check.told]}."
        f" On all that you may know, it shows {', '.join(patterns)}."
    )
    clauses = [{"clause": "check", "words": words, "notices": []}, *body["clauses"]]
    return {**body, "clauses": clauses, "check": asked}


def _clause(clause: Mapping[str, Any], removal: int) -> dict[str, Any]:
    """Return a clause of a finding on a removal that was asked about: what is not so yet is said to be so asked."""
    events = [no for no in clause["events"] if no != removal]
    asked = len(events) < len(clause["events"])
    return {**clause, "events": events, "words": hypothesis.IF_DONE + clause["words"] if asked else clause["words"]}


def _act(check: _Check, slug: str, now: datetime) -> dict[str, object]:
    """Return the act that a monitor was told of a check: the person can ask later who asked, and why (L10)."""
    of, query = check.of, check.query
    about = f"{of.author.urn} {of.id} {of.author.urn} {query.legal_basis}"
    return {"at": now, "slug": slug, "what": "check_told", "object": about, "purpose": query.purpose}
