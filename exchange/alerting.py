"""The step `alert`: address findings to caseworkers, and keep the alerts that stand true."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import uuid_utils

from exchange import reading
from exchange.deps import Hub
from exchange.domain import addressing, alertlife, disclosure, linkage
from exchange.domain.linkage import Agreements, Person
from exchange.domain.notice import Notice, Reader
from exchange.store import directory, links, queue
from exchange.store.queue import Alert
from exchange.store.session import Tx

ACTOR = "exchange"
Found = dict[str, dict[queue.Key, dict[str, Any]]]
"""name of a projection -> (family, anchor) -> finding."""
Wanted = dict[tuple[str, str, int], tuple[str, dict[str, Any]]]
"""(slug, family, anchor) of an alert that must stand -> name of the projection and what the reader may see."""


@dataclass(frozen=True, slots=True)
class _Audience:
    """The readers who share a projection, with what each knows and the persons that it holds."""

    readers: tuple[Reader, ...]
    notices: tuple[Notice, ...]
    persons: tuple[Person, ...]


def alert(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- every step is called alike
    """Raise, change and withdraw alerts so that they are what the stored findings say.

    What a reader holds from a projection that it no longer has stays as it is: a state that has become withheld is
    told nothing, not even by a withdrawal (L21).
    """
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject)
    audiences = _audiences(directory.authorities(tx), around.notices, around.agreements)
    numbers = [n.no for n in around.notices]
    found = queue.findings(tx, numbers)
    if _is_stale(found, audiences):
        return  # notices were linked since: `detect` is promised for them, and `alert` after it
    wanted = _wanted(found, audiences, around.agreements)
    standing = {(a.slug, a.family, a.anchor): a for a in queue.standing(tx, numbers)}
    for key, (projection, body) in wanted.items():
        _settle(tx, standing.get(key), key, (projection, body), now)
    projection_of = {r.slug: name for name, audience in audiences.items() for r in audience.readers}
    for key, held in standing.items():
        if key not in wanted and held.status in alertlife.LIVE and projection_of[held.slug] == held.projection:
            _withdraw(tx, held, now)


def _audiences(readers: list[Reader], notices: tuple[Notice, ...], agreements: Agreements) -> dict[str, _Audience]:
    shared: dict[str, tuple[list[Reader], tuple[Notice, ...]]] = {}
    for reader in readers:
        name, known = disclosure.projection(reader, notices)
        shared.setdefault(name, ([], known))[0].append(reader)
    return {
        name: _Audience(tuple(who), known, linkage.resolve(known, agreements)) for name, (who, known) in shared.items()
    }


def _person(audience: _Audience, anchor: int, finding: dict[str, Any]) -> Person | None:
    """Return the person that a finding is about: the one whose notices hold all that it rests on."""
    needed = {anchor, *(no for clause in finding["clauses"] for no in clause["events"])}
    return next((p for p in audience.persons if needed <= {n.no for n in p.notices}), None)


def _is_stale(found: Found, audiences: dict[str, _Audience]) -> bool:
    return any(
        _person(audience, anchor, finding) is None
        for name, audience in audiences.items()
        for (_, anchor), finding in found.get(name, {}).items()
    )


def _wanted(found: Found, audiences: dict[str, _Audience], agreements: Agreements) -> Wanted:
    wanted: Wanted = {}
    everybody = [reader for audience in audiences.values() for reader in audience.readers]
    for name, audience in audiences.items():
        for (family, anchor), finding in found.get(name, {}).items():
            person = _person(audience, anchor, finding)
            if person is None:
                continue
            tied = linkage.component(audience.notices, agreements, person.notices[0])
            for reader in addressing.recipients(finding, audience.readers, tied, everybody):
                wanted[reader.slug, family, anchor] = (name, addressing.seen(finding, person, reader))
    return wanted


def _settle(
    tx: Tx, held: Alert | None, key: tuple[str, str, int], content: tuple[str, dict[str, Any]], now: datetime
) -> None:
    """Make one alert stand with this content; nothing happens when it does already, or was closed as it is."""
    projection, body = content
    if held is None:
        slug, family, anchor = key
        number = str(uuid_utils.uuid7())
        raised = Alert(
            id=number, slug=slug, family=family, anchor=anchor, projection=projection, status="open",
            pattern=body["pattern"], severity=body["severity"], body=body, raised_at=now, changed_at=now,
            taken_by=None, expires_at=None, closing_by=None,
        )  # fmt: skip
        queue.put(tx, raised, _event(now, "raised", body))
    elif held.projection == projection and (held.body != body or held.status == "withdrawn"):
        status = alertlife.after_change(held.status, taken=held.taken_by is not None)
        changed = replace(
            held, status=status, pattern=body["pattern"], severity=body["severity"], body=body, changed_at=now,
            expires_at=None, closing_by=None,
        )  # fmt: skip
        queue.put(tx, changed, _event(now, "changed" if held.status in alertlife.LIVE else "reopened", body))


def _withdraw(tx: Tx, held: Alert, now: datetime) -> None:
    gone = replace(held, status="withdrawn", changed_at=now, expires_at=None, closing_by=None)
    queue.put(tx, gone, _event(now, "withdrawn", held.body))


def _event(now: datetime, act: str, body: dict[str, Any]) -> dict[str, Any]:
    detail = {name: body[name] for name in ("pattern", "severity", "certainty", "stage")}
    return {"at": now, "act": act, "actor": ACTOR, "detail": detail}


def run_out(tx: Tx, now: datetime) -> int:
    """Put acknowledged alerts back into their queues when the acknowledgement has run out; returns how many."""
    over = queue.expired(tx, now)
    for held in over:
        again = replace(held, status="taken" if held.taken_by else "open", changed_at=now, expires_at=None)
        queue.put(tx, again, _event(now, "run_out", held.body))
    return len(over)
