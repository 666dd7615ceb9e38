"""The step `detect`: judge a person on every projection that some reader has, and store what was found."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from exchange import reading
from exchange.deps import Hub
from exchange.domain import disclosure, findings, linkage
from exchange.domain.linkage import Agreements
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.store import directory, links, outbox, queue
from exchange.store.session import Tx

Found = tuple[str, str, int, dict[str, Any]]
Timer = tuple[int, str, datetime]


def detect(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- every step is called alike
    """Judge everybody that a notice may concern, replace the findings and timers that stood, promise the alerts."""
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject)
    found, timers = [], []
    for name, notices in projections(directory.authorities(tx), around.notices).items():
        for finding, due in _judge(name, notices, around.agreements, now):
            found += finding
            timers += due
    numbers = [n.no for n in around.notices]
    queue.replace_findings(tx, numbers, found, now)
    queue.set_timers(tx, numbers, timers)
    outbox.promise(tx, [("alert", subject, cause)], now)


def projections(readers: list[Reader], notices: tuple[Notice, ...]) -> dict[str, tuple[Notice, ...]]:
    """Return the distinct projections that these readers have: name -> notices. Most readers share one."""
    return dict(disclosure.projection(reader, notices) for reader in readers)


def _judge(
    name: str, notices: tuple[Notice, ...], agreements: Agreements, now: datetime
) -> Iterator[tuple[list[Found], list[Timer]]]:
    for person in linkage.resolve(notices, agreements):
        verdict = evaluate(findings.of_person(person), PATTERNS, now)
        first = min(n.no for n in person.notices)
        yield (
            [(name, f.pattern.family, f.anchor, findings.as_body(f)) for f in verdict.findings],
            [(first, timer.pattern, timer.due) for timer in verdict.timers],
        )


def wake(tx: Tx, now: datetime) -> int:
    """Promise to judge anew everybody for whom a deadline has passed; returns how many deadlines."""
    due = queue.due_timers(tx, now)
    outbox.promise(tx, [("detect", no, f"timer:{pattern}:{at.isoformat()}") for no, pattern, at in due], now)
    return len(due)
