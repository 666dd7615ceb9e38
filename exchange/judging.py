"""Links between cases, for those who may judge them: seen, confirmed, refused, and a word taken back (L17, L23)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple

from exchange import link_keeping, link_weights, reading
from exchange.deps import Hub
from exchange.domain import disclosure, judgements, link_memory, link_words, linked
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.judgements import Pair, Word
from exchange.domain.linked import Link
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import projections
from exchange.domain.weighing import scoring
from exchange.domain.weighing.evidence import Evidence
from exchange.domain.weighing.scoring import Score
from exchange.domain.weighing.weights import Weights
from exchange.reading import Around
from exchange.store import directory, outbox
from exchange.store import judgements as stored
from exchange.store.judgements import Said
from exchange.store.links import Decision
from exchange.store.session import Tx
from exchange.wire import opaque

MOST: Final = 100
"""Links that are listed at most; others are found by naming the case."""
WAITING, DONE = WHICH = ("waiting", "judged")
"""Links on which the reader could say something and has not; and the others."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What a caseworker says of a link: one of `judgements.ACTS`, and the identifiers that they compared.

    `kid` is the key that signed it; there is none at the console.
    """

    name: str
    link_id: str
    compared: tuple[str, ...] = ()
    kid: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A link as a reader may know it, the notices around it, and the strongest decision about two of its notices.

    `was` is what was kept of one that it is shown as it was last (`exchange.link_keeping`); there is no decision then.
    """

    link: Link
    around: Around
    why: Decision | None
    was: dict[str, Any] | None = None

    @property
    def bits(self) -> float:
        """The score by which it is ranked."""
        if self.was is not None:
            return float(self.was.get("why", {}).get("bits", 0.0))
        return self.why.bits if self.why else 0.0


class Asked(NamedTuple):
    """Which links are listed: `which` is one of `WHICH`; `case` is one of the reader's, or empty for all; how many."""

    which: str
    case: str = ""
    most: int = MOST


def in_view(tx: Tx, hub: Hub, who: Reader, asked: Asked, now: datetime) -> list[dict[str, Any]]:
    """Return links that an authority may judge, or has: `asked` says which of them.

    A monitor is shown those that somebody contests, then those that are for review, the best first.
    """
    which, case, most = asked
    is_monitor = who.kind == judgements.MONITOR
    everybody = [one.slug for one in directory.authorities(tx)] if is_monitor and not case else []
    places = stored.anywhere(tx, everybody, most) if everybody else stored.own(tx, who.slug, case)
    found: list[_Found] = []
    near: list[tuple[Around, list[_Found]]] = []
    seen: set[int] = set()
    for number in places:
        if len(found) >= most and not is_monitor:
            break
        if number not in seen:
            around = reading.around(tx, number, now)
            seen |= {n.no for n in around.notices}
            near.append((around, _found(tx, who, around)))
            found += [one for one in near[-1][1] if _is_asked(one.link, who, which, case)]
    listed = (_reviewed(found) if is_monitor else sorted(found, key=lambda one: -_newest(one.link, who)))[:most]
    for of in near:
        _keep(tx, who, of, {one.link.first for one in listed}, now)
    return [_view(tx, hub, who, one) for one in listed]


def _is_asked(link: Link, who: Reader, which: str, case: str) -> bool:
    return (not case or (who.slug, case) in link.cases) and _waits(link, who) == (which == WAITING)


def _newest(link: Link, who: Reader) -> int:
    """Return the number of a reader's newest notice in a link: what ties two of its cases together moves no link."""
    return max((n.no for n in chain(*link.notices) if n.author.slug == who.slug), default=0)


class Seen(NamedTuple):
    """A link as a reader may see it, and what keeps that it was shown (`exchange.link_keeping`)."""

    view: dict[str, Any]
    keep: Callable[[], None]


def show(tx: Tx, hub: Hub, who: Reader, link_id: str, now: datetime) -> dict[str, Any]:
    """Return one link as an authority may see it. Raises Refusal `no-such-link`."""
    seen = see(tx, hub, who, link_id, now)
    seen.keep()
    return seen.view


def see(tx: Tx, hub: Hub, who: Reader, link_id: str, now: datetime) -> Seen:
    """Return one link as an authority may see it, for the caller to keep that it was shown. Raises as `show`."""
    found, near = _find(tx, hub, who, link_id, now)
    keep = partial(_keep, tx, who, (found.around, near), {found.link.first}, now)
    return Seen(_view(tx, hub, who, found), keep)


def act(tx: Tx, hub: Hub, who: Caseworker, done: Judging, now: datetime) -> Seen:
    """Say something of a link; returns it as it stands then. The same word again, straight away, changes nothing.

    The caller keeps what is shown, once it holds the end of the ledger: whoever keeps waits for nobody who waits for
    that. Nothing before it waits for anybody but who speaks on the same link.

    When the word has an effect, everybody whom the two cases concern is judged anew. Of a link that is shown as it was
    last, nobody else hears it, and nobody is. Raises Refusal `no-such-link`, and those of
    `exchange.domain.judgements.speak`.
    """
    by = who.authority
    stored.hold(tx, _find(tx, hub, by, done.link_id, now)[0].link.cases)
    found, _ = _find(tx, hub, by, done.link_id, now)  # as it stands now that nobody else speaks
    link = found.link
    word = Word(by, judgements.ACTS[done.name], tuple(sorted(set(done.compared))))
    last = link.judged.last
    if last != word or last.is_doubted:  # a client that got no answer sends its message again
        judgements.speak(link.sides, link.judged, word)
        said = Said(who.pseudonym, now, done.kid)
        if found.was is not None:
            stored.add(tx, link.first, word, said, heard=False)
        else:
            _require_unseen(found, by)
            _speak(tx, found, word, said)
    return see(tx, hub, by, done.link_id, now)


def _speak(tx: Tx, found: _Found, word: Word, said: Said) -> None:
    """Store a word, and have everybody judged anew whom its effect concerns, if it has one."""
    link, around = found.link, found.around
    number = stored.add(tx, link.first, word, said)
    words = {link.cases: stored.around(tx, link.first[0])()[link.cases]}
    after = link_memory.judged(around.notices, words, around.standing)[link.cases]
    if after.grade != link.judged.grade:
        steps = [(step, no, f"judged:{number}") for no in link.first for step in ("detect", "remind")]
        outbox.promise(tx, steps, said.at)


def offered(shown: dict[str, Any]) -> list[str]:
    """Return the acts that a reader could do to a link, as it is shown to them."""
    mine = {word["verdict"] for word in shown["words"] if word["by"] == "you"}
    known = {*mine, *(() if "doubted" in shown else (shown["grade"],))}
    acts = ["confirm"] if len(shown.get("your_cases", ())) == 1 and judgements.CONFIRMED not in known else []
    acts += ["refuse"] if judgements.REFUSED not in known else []
    return [*acts, "withdraw"] if mine else acts


def _found(tx: Tx, who: Reader, around: Around) -> list[_Found]:
    known = projections(who, around.notices, around.agreements, around.standing)
    seen = linked.links(who, known, (around.agreements, around.judged), around.standing)
    why = stored.evidence(tx, sorted(frozenset[int]().union(*(link.numbers for link in seen))))
    best = _best({n.no: n for link in seen for n in chain(*link.notices)}, why)
    was = link_keeping.remembered(tx, who, around, known, {link.first for link in seen})
    found = [_Found(link, around, best.get(link.cases)) for link in seen]
    found += [_Found(one.link, around, None, one.body) for one in was]
    return sorted(found, key=lambda one: sorted(one.link.first))  # so that none moves when it is shown as it was


def _keep(tx: Tx, who: Reader, near: tuple[Around, list[_Found]], shown: set[tuple[int, int]], now: datetime) -> None:
    """Keep what a reader is shown of the links among some notices."""
    around, found = near
    if not linked.sees_all(who):
        live = {one.link.first: partial(_kept, tx, who, one) for one in found if one.was is None}
        link_keeping.keep(tx, who, around, (live, shown), now)


def _kept(tx: Tx, who: Reader, one: _Found) -> dict[str, Any]:
    return link_memory.kept(one.link, who, _told(tx, who, one.why) if one.why else None)


def _best(of: Mapping[int, Notice], why: Mapping[tuple[int, int], Decision]) -> dict[Pair, Decision]:
    """Return the strongest decision about a notice of the one case and one of the other, of every two cases."""
    found: dict[Pair, Decision] = {}
    for (a, b), one in why.items():
        pair = judgements.pair_of(of[a], of[b])
        if pair not in found or one.bits > found[pair].bits:
            found[pair] = one
    return found


def _reviewed(found: Sequence[_Found]) -> list[_Found]:
    """Return, for a monitor, what is contested, and of the rest the best of each case."""
    by_link = {id(one.link): one for one in found}
    contested = [one for one in found if one.link.judged.is_contested]
    rest = ((one.bits, one.link) for one in found if not one.link.judged.is_contested)
    return contested + [by_link[id(link)] for link in linked.best(rest)]


def _waits(link: Link, who: Reader) -> bool:
    """Tell whether a link waits for a word of the reader: nothing stands, and it has said nothing."""
    return not link.judged.stands and who.slug not in link.judged.words


def _find(tx: Tx, hub: Hub, who: Reader, link_id: str, now: datetime) -> tuple[_Found, list[_Found]]:
    """Return a link, and all links around it.

    One of others, one that is hidden and one that does not exist are answered alike. Raises Refusal `no-such-link`.
    """
    first = opaque.numbers(hub.pepper, who.slug, link_id)
    if first is not None and stored.is_linked(tx, first[0]):
        near = _found(tx, who, reading.around(tx, first[0], now))
        for one in near:
            if one.link.first == first:
                return one, near
    raise Refusal("no-such-link", "There is no such link that you may know of.")


def _require_unseen(found: _Found, by: Reader) -> None:
    """Return if a monitor's word can show nowhere where nothing may be told. Raises Refusal `not-yours-to-judge`.

    In a withheld state the notices of its own authorities are judged together, by what that state said. A monitor's
    word may rest on what others said of the person: it must not part, or join, what is told there (L21, L22).
    """
    if by.kind != judgements.MONITOR:
        return
    of = (found.around.notices, found.around.agreements, found.around.standing)
    for side in found.link.sides:
        for known in projections(side, *of):
            blind = not disclosure.may_receive(side, known.notices, found.around.standing)
            if blind and known.numbers.issuperset(found.link.first):
                raise Refusal("not-yours-to-judge", "Both cases are of a state that may hear nothing of this person.")


def _view(tx: Tx, hub: Hub, who: Reader, found: _Found) -> dict[str, Any]:
    view: dict[str, Any] = {"id": opaque.name(hub.pepper, who.slug, found.link.first)}
    if found.was is not None:
        view |= link_memory.shown(found.link, who, found.was)
        view |= {"why": found.was["why"]} if "why" in found.was else {}
    else:
        view |= linked.seen(found.link, who)
        view |= {"why": _told(tx, who, found.why)} if found.why else {}
    told: dict[str, Any] = link_memory.ordered(view | {"acts": offered(view)})
    return told


def _told(tx: Tx, who: Reader, why: Decision) -> dict[str, Any]:
    """Return a decision as it is shown, by the weights under which it was made.

    Who may not see how rare tokens are is told what agrees and differs, weighed as if nobody else held any.
    """
    weights = link_weights.of_version(tx, why.weights)
    if weights is None:
        return link_words.told(Score(0, 0, 0, why.grade, ()), why.weights)
    if linked.sees_all(who):
        return link_words.told(scoring.score(why.evidence, weights), why.weights)
    found = scoring.score(_unshared(why.evidence, weights), weights)
    return link_words.told(replace(found, parts=tuple(replace(part, band=0) for part in found.parts)), why.weights)


def _unshared(evidence: Evidence, weights: Weights) -> Evidence:
    agree = tuple(replace(one, band=1) for one in evidence.agree)
    return Evidence(agree, evidence.differ, weights.trained_on)
