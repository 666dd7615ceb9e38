"""What monitors are told of a check, and how that is kept true when more becomes known of the person (L15, L22).

An alert about a check says what the removal would show that somebody asked about, on what its reader may know. It is
judged anew with everything else about the person, and goes when its evidence does. When the removal itself is told of,
it stays as it is: what follows then is told by alerts on what happened.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from exchange import alerts
from exchange.domain import addressing, alertlife, corrections, disclosure, findings, hypothesis, withdrawals
from exchange.domain.hypothesis import Removal, Shown
from exchange.domain.linkage import Person
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.projection import Projection, holding
from exchange.domain.withdrawals import Cause, Gone
from exchange.reading import Around
from exchange.store import boxes, queue
from exchange.store.queue import Alert
from exchange.store.session import Tx

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
class Check:
    """A check that was answered: the first notice of the asker's case, its id, what it asked, and what it was told."""

    first: int
    id: str
    removal: Removal
    told: str

    @property
    def about(self) -> str:
        """What an alert about it is known by: asking again in the same case changes it, and adds none."""
        return f"check:{self.first}:{self.removal.to}"


@dataclass(frozen=True, slots=True)
class Knowing:
    """What a monitor knows of the person of a check, and the moment at which it is judged."""

    reader: Reader
    projection: Projection
    around: Around
    now: datetime

    @property
    def may_hear(self) -> bool:
        """Whether it is to be told anything: not when it is seated in a withheld or suspended state (L16, L25)."""
        return disclosure.may_receive(self.reader, self.projection.notices, self.around.standing)

    @property
    def whole(self) -> list[Notice]:
        """The notices that it knows, uncorrected, as the ledger has them."""
        return sorted((n for n in self.around.notices if n.no in self.projection.numbers), key=lambda n: n.no)


def wanted(check: Check, of: Knowing) -> Alert | None:
    """Return the alert that a monitor must have; None when nothing grave shows on what it knows."""
    person, bad = _judged(check, of.projection.notices, of)
    if not bad:
        return None
    fresh = alerts.fresh((of.reader.slug, FAMILY), _body(bad, person, check, of.reader), of.now)
    numbers = sorted(n.no for n in person.notices)
    return replace(fresh, about=check.about, person=numbers, rests_on=list(bad[0].notices))


def is_forgotten(alert: Alert) -> bool:
    """Tell whether what was asked about went with the person (`exchange.store.retention`)."""
    return "id" not in alert.body.get("check", {})


def keep(
    tx: Tx, held: Iterable[Alert], known: Mapping[Reader, Sequence[Projection]], around: Around, now: datetime
) -> None:
    """Make these alerts about checks say what shows now: change them, withdraw them, open again what was withdrawn.

    What somebody closed stays closed until the next check. That, and what stays as it is since the removal was told of,
    is recalled when it is about two persons by now. Nothing is done where the asker's case is not among these notices,
    or the reader may be told nothing.
    """
    for alert in held:
        reader = next(one for one in known if one.slug == alert.slug)
        check = None if is_forgotten(alert) else _of(alert, known)
        projection = None if check is None else holding(known[reader], check.first)
        if check is None or projection is None:
            continue
        of = Knowing(reader, projection, around, now)
        if of.may_hear:
            _keep(tx, alert, check, of)


def _keep(tx: Tx, alert: Alert, check: Check, of: Knowing) -> None:
    is_over = alert.status == "closed" or _is_done(tx, check, of)
    shows = None if is_over else wanted(check, of)
    gone = Gone(FAMILY, check.first, frozenset(alert.person))
    is_parted = bool(alert.body["clauses"]) and withdrawals.is_parted(gone, of.whole, of.around.agreements)
    if shows is not None:
        alerts.stand(tx, alert, shows, of.now)
    elif is_parted or (alert.status in alertlife.LIVE and not is_over):
        because = withdrawals.told(Cause(_took_away(alert, check, of), is_parted), of.reader)
        _withdraw(tx, alert, because, of.now)


def _withdraw(tx: Tx, held: Alert, because: dict[str, str], now: datetime) -> None:
    body = {**held.body, **(alerts.FORGOTTEN if because["because"] == withdrawals.LINK_UNDONE else {})}
    over = replace(held, status="withdrawn", changed_at=now, expires_at=None, closing_by=None, body=body)
    event = alerts.told("withdrawn", held.body, now)
    quiet = replace(over, snoozed_by=None, snoozed_until=None, monitor_disagrees=False)
    queue.put(tx, quiet, {**event, "detail": event["detail"] | because})


def _of(alert: Alert, known: Iterable[Reader]) -> Check:
    """Return the check that an alert is about, as it says itself: its own text is forgotten after thirty days."""
    said = alert.body["check"]
    by = next(one for one in known if one.urn == said["asked_by"])
    first = int(str(alert.about).split(":")[1])
    return Check(first, said["id"], Removal(by, said["destination"], said["date"]), said["told"])


def _is_done(tx: Tx, check: Check, of: Knowing) -> bool:
    """Tell whether this person's removal was told of after it was asked about: as asked it would count twice."""
    asker, to = check.removal.by, check.removal.to
    asked_at = boxes.query(tx, asker.slug, check.id).received_at
    between = {"kind": "removal_executed", "state": asker.state, "counterpart_state": to}.items()
    person = hypothesis.person(of.projection.notices, of.around.agreements, check.first)
    return any(n.stands and n.received_at > asked_at and between <= n.event.items() for n in person.notices)


def _judged(check: Check, notices: Sequence[Notice], of: Knowing) -> tuple[Person, list[Shown]]:
    """Return the person of a check among these notices, and what is grave of what the removal would show."""
    person = hypothesis.person(notices, of.around.agreements, check.first)
    shown = hypothesis.outlook(person, check.removal, PATTERNS, of.now).shown
    return person, [one for one in shown if one.finding.severity in WORST]


def _took_away(alert: Alert, check: Check, of: Knowing) -> Notice | None:
    """Return the notice before which something grave would still show, of those that came since the alert was made."""
    new = [n for n in of.whole if n.no not in alert.person and n.no > check.first][-withdrawals.MOST_TRIED :]
    before = ((one, corrections.corrected([n for n in of.whole if n.no < one.no])) for one in reversed(new))
    return next((one for one, told in before if _judged(check, told, of)[1]), None)


def _body(bad: Sequence[Shown], person: Person, check: Check, reader: Reader) -> dict[str, Any]:
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
