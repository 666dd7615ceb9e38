"""The step `link`: find which notices concern the same person. And `weigh`: decide it anew, by other weights."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exchange import cold, keysets, link_weights, reading
from exchange.deps import Hub
from exchange.domain import corrections, references, withdrawals
from exchange.domain.errors import Refusal
from exchange.domain.weighing import scoring
from exchange.domain.weighing.evidence import Evidence
from exchange.domain.weighing.scoring import Score
from exchange.domain.weighing.weights import Weights
from exchange.logs import log
from exchange.store import clocks, links, notices, outbox, tokens, weighing
from exchange.store.links import Decision
from exchange.store.notices import Stored
from exchange.store.session import Tx
from exchange.store.tokens import Candidate, Holder

BEST: Final = 5
"""Cases of one author that are recorded as possible links of a notice at most, the best first."""
REINDEXED: Final = "token index"
"""Cause of the step for what was linked before links were scored (migration 0020)."""
UNNAMED: Final = "keyset_not_named"
"""Cause of the step `report`: an author is told that its tokens are not compared."""
TOGETHER: Final = 100
"""Notices that are weighed anew in one transaction."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A notice's tokens as the index knows them, and the weights of their profile."""

    holder: Holder
    hashed: Sequence[tuple[int, str]]
    weights: Weights


def link(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Record the evidence that ties a notice to others, then promise to deliver it and to judge the person anew."""
    links.hold(tx)
    stored = notices.one(tx, subject)
    said = _said(tx, hub, stored)
    held = _held(tx, hub, stored, said)
    if held is not None:
        tokens.add(tx, held.holder, held.hashed, held.weights.kinds)
        found = _found(tx, held)
        links.record(tx, subject, [*found, *(_unfounded(tx, held, found) if cause == REINDEXED else ())])
    elif said and not keysets.is_compared(tx, hub.exchange_id, said):
        outbox.promise(tx, [("report", subject, UNNAMED)], now)
    _note_answered(tx, stored)
    named = _named(tx, stored)
    tied = links.tie(tx, subject, [one.no for one in named])
    links.gather(tx, subject, tied)
    outbox.promise(tx, [("deliver", subject, cause), ("detect", subject, cause)], now)
    open_now = {one.no for one in (stored, *named) if reading.decode(one).kind == corrections.KIND}
    open_now |= set(tied) - {one.no for one in named}  # corrections of this very notice that were linked before it
    outbox.promise(tx, [("correct", no, f"{cause}:{subject}") for no in sorted(open_now)], now)


def weigh(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:
    """Decide anew, by the weights now in force, of the next notices after `subject`; promise to go on after them.

    What was decided before is scored by its own evidence, which stays what it was; beside it links are sought that
    the weights before did not make. Who is linked otherwise than before is delivered and judged anew.
    """
    links.hold(tx)
    batch = weighing.linked_after(tx, subject, TOGETHER)
    for number in batch:
        if _weigh(tx, hub, number):
            links.gather(tx, number, [])
            outbox.promise(tx, [(step, number, f"{withdrawals.WEIGHED}{cause}") for step in ("deliver", "detect")], now)
    if batch:
        outbox.promise(tx, [("weigh", batch[-1], cause)], now)


def _weigh(tx: Tx, hub: Hub, number: int) -> bool:
    """Decide anew of one notice with those before it; tells whether any grade changed."""
    stored = notices.one(tx, number)
    held = _held(tx, hub, stored, _said(tx, hub, stored))
    if held is None:
        return False
    tokens.drop(tx, [number])
    tokens.add(tx, held.holder, held.hashed, held.weights.kinds)
    before = {one.other: one for one in links.earlier(tx, number)}
    anew = [_decision(no, one.evidence, held.weights) for no, one in before.items() if one.evidence.agree]
    fresh = [one for one in _found(tx, held) if one.other < number and one.other not in before]
    links.record(tx, number, anew + fresh)
    return bool(fresh) or any(one.grade != before[one.other].grade for one in anew)


def _said(tx: Tx, hub: Hub, stored: Stored) -> dict[str, Any]:
    """Return the member `tokens` of a notice; empty, and told in the log, when it cannot be opened.

    One damaged row must not stop whatever comes after it.
    """
    try:
        return cold.tokens(tx, hub, stored)
    except Refusal as refusal:
        log().error("tokens not opened", notice=stored.no, code=refusal.code)
        return {}


def _held(tx: Tx, hub: Hub, stored: Stored, said: Mapping[str, Any]) -> _Held | None:
    """Return the tokens of a notice, `said` in its hub part, if it has any that can be scored."""
    weights = link_weights.in_force(tx, said["profile"]) if said else None
    if weights is None or not keysets.is_compared(tx, hub.exchange_id, said):
        return None
    of = (said["profile"], said["keyset"])
    hashed = [(hub.token_hash(*of, token), token.partition(".")[0]) for token in said["values"]]
    return _Held(Holder(stored.no, stored.author.slug, reading.parts(stored)["hub"]["case"]), hashed, weights)


def _found(tx: Tx, held: _Held) -> list[Decision]:
    """Return what is decided of a notice with all that share tokens with it, as far as it is possible at least."""
    found = tokens.candidates(tx, held.holder, held.hashed, held.weights)
    scores = {evidence: scoring.score(evidence, held.weights) for evidence in {one.evidence for one in found}}
    version = held.weights.version
    scored = [(one, _decided(one.notice, one.evidence, scores[one.evidence], version)) for one in found]
    return list(_worth_recording(scored))


def _unfounded(tx: Tx, held: _Held, found: Sequence[Decision]) -> list[Decision]:
    """Return that nothing links a notice to those with which it was linked before links were scored, and now is not.

    What has no tokens any more keeps the links that it had. Of two notices the one that is indexed last tells,
    whichever that is: workers keep no order.
    """
    scored = {one.other for one in found}
    before = [one.other for one in links.all_of(tx, held.holder.notice) if not one.evidence.agree]
    gone = tokens.indexed(tx, [no for no in before if no not in scored])
    return [Decision(no, "none", 0, 0, held.weights.version, Evidence((), frozenset(), 0)) for no in gone]


def _decision(other: int, evidence: Evidence, weights: Weights) -> Decision:
    return _decided(other, evidence, scoring.score(evidence, weights), weights.version)


def _decided(other: int, evidence: Evidence, score: Score, version: str) -> Decision:
    return Decision(other, score.grade, score.bits, score.weight, version, evidence)


def _worth_recording(scored: Iterable[tuple[Candidate, Decision]]) -> Iterator[Decision]:
    """Yield the probable links, and of each author those possible ones that are of its best cases.

    So neighbourhoods stay small, and an author that invents persons pushes aside nobody else's notice.
    """
    cases: dict[int, set[int]] = {}
    for one, decision in sorted(scored, key=lambda both: (-both[1].bits, both[0].notice)):
        best = cases.setdefault(one.author, set())
        if decision.grade == "probable" or (decision.grade == "possible" and (one.person in best or len(best) < BEST)):
            best.add(one.person)
            yield decision


def _note_answered(tx: Tx, stored: Stored) -> None:
    """Record which notice this one answers. It ties nothing: an answer may be about another person by mistake (L17)."""
    urn = reading.parts(stored)["event"].get("in_reply_to")
    answered = None if urn is None else notices.of_id(tx, *references.name(urn))
    if answered is not None:
        clocks.add_reply(tx, stored.no, answered.no)


def _named(tx: Tx, stored: Stored) -> list[Stored]:
    """Return the notices that a correction names: from now on they are judged together (L23)."""
    found = [notices.of_id(tx, *references.name(urn)) for urn in corrections.named(reading.decode(stored))]
    return [one for one in found if one is not None]
