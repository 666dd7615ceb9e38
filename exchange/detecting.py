"""The step `detect`: judge a person on every projection that some reader has, and store what was found."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from exchange import reading
from exchange.deps import Hub
from exchange.domain import findings, linkage
from exchange.domain.judgements import MONITOR
from exchange.domain.linkage import Person
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.projection import Tied
from exchange.store import directory, links, outbox, queue
from exchange.store.session import Tx

Found = tuple[str, str, int, dict[str, Any]]
Timer = tuple[int, str, datetime]
Key = tuple[str, int, int]
"""(family, anchor, `Person.beside`): of one doubtful person nothing hides what shows of another."""


def detect(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- every step is called alike
    """Judge everybody that a notice may concern, replace the findings and timers that stood, promise the alerts."""
    locked, asked = links.ask_lock(tx, subject), directory.ask_authorities(tx)
    around = reading.around(tx, subject, now)
    locked()
    readers = asked()
    found: list[Found] = []
    timers: set[Timer] = set()
    tied = Tied(around.notices, around.agreements, around.standing)
    monitored = {known for reader in readers if reader.kind == MONITOR for known in tied.known_to(reader)}
    for known in dict.fromkeys(known for reader in readers for known in tied.known_to(reader)):
        persons = linkage.resolve(known.notices, around.agreements)
        stands = _judged(persons, timers, now)
        found += [(known.name, family, anchor, body) for (family, anchor, _), body in stands.items()]
        if known in monitored:
            doubted = _judged(linkage.doubtful(persons, around.agreements), timers, now)
            for (family, anchor, beside), body in doubted.items():
                if findings.is_worse(body, stands.get((family, anchor, 0))):
                    found.append((findings.doubted(known.name, beside), family, anchor, body))
    numbers = [n.no for n in around.notices]
    queue.replace_findings(tx, numbers, found, now)
    queue.set_timers(tx, numbers, sorted(timers))
    outbox.promise(tx, [("alert", subject, cause)], now)


def _judged(persons: Iterable[Person], timers: set[Timer], now: datetime) -> dict[Key, dict[str, Any]]:
    """Return what shows of persons, the worst of each key; deadlines to come are added to `timers`."""
    found: dict[Key, dict[str, Any]] = {}
    for person in persons:
        verdict = evaluate(findings.of_person(person), PATTERNS, now, explain=False)
        timers |= {(person.notices[0].no, timer.pattern, timer.due) for timer in verdict.timers}
        for one in verdict.findings:
            key = (one.pattern.family, one.anchor, person.beside(one.anchor))
            body = findings.as_body(one, person.grade)
            if findings.is_worse(body, found.get(key)):
                found[key] = body
    return found


def wake(tx: Tx, now: datetime) -> int:
    """Promise to judge anew everybody for whom a deadline has passed; returns how many deadlines."""
    due = queue.due_timers(tx, now)
    outbox.promise(tx, [("detect", no, f"timer:{pattern}:{at.isoformat()}") for no, pattern, at in due], now)
    return len(due)
