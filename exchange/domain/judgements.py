"""What caseworkers say of a link between two cases, and what follows from it (rules L17 and L23).

A link is confirmed when caseworkers of both authorities have confirmed it, each by two identifiers that they compared.
It is refused when two agree who are independent of each other: authorities of both cases, of two states, or one of them
and a monitor that is not seated in its state. One word alone changes nothing: neither an invented person welded to a
victim, nor a chain cut by the state that is about to act. What follows stands until as much is said against it: words
that had an effect are used up.

A word counts for less when its key was in other hands, or its state suspended, when it was said; and when its author
may hear nothing of the person any more by the time at which it would make up the two that confirm (L21). What rests on
such a word is doubted: nobody is joined by it, and nobody who was parted by it comes together again unseen. Whoever
calls a key stolen can so lower what is certain and hide nothing (L23): monitors are told what would show (`DOUBTED`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from exchange.domain.errors import Refusal
from exchange.domain.linkage import DOUBTED, PARTED, Agreements, Case
from exchange.domain.notice import Notice, Reader

Pair = tuple[Case, Case]
"""Two cases, the lesser first."""

CONFIRMED, REFUSED, WITHDRAWN = VERDICTS = ("confirmed", "refused", "withdrawn")
ACTS: Final = {"confirm": CONFIRMED, "refuse": REFUSED, "withdraw": WITHDRAWN}
"""Act -> the verdict that it records. A word that had no effect yet can be withdrawn."""
COMPARED: Final = (
    "name",
    "birth_date",
    "document",
    "photograph",
    "biometric",
    "family",
    "place_of_origin",
    "language",
    "physical_mark",
    "route",
    "contact_details",
)
"""Identifiers that caseworkers can compare outside the exchange: what was compared, never what it says."""
LEAST_COMPARED: Final = {CONFIRMED: 2, REFUSED: 1, WITHDRAWN: 0}
"""Identifiers that must have been compared: two that are independent to confirm (L17), one that differs to refuse."""
MONITOR: Final = "monitor"


@dataclass(frozen=True, slots=True)
class Word:
    """A verdict on a link, and whose caseworker gave it; `compared` are the identifiers behind it, of `COMPARED`.

    `at` is when it was said, if that is known. `is_doubted`: its key was in other hands then, or its state suspended.
    """

    by: Reader
    verdict: str
    compared: tuple[str, ...] = ()
    at: datetime | None = field(default=None, compare=False)
    is_doubted: bool = field(default=False, compare=False)


Blind = Callable[[Reader, datetime | None], bool]
"""Tells whether somebody may hear nothing of the person at a moment."""


def nobody(_: Reader, __: datetime | None) -> bool:
    """Say of everybody that they may hear of the person."""
    return False


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands of a link by the words on it: `stands` is `confirmed`, `refused`, or empty while tokens decide.

    `words` are those that had no effect yet, by slug; `last` is the word that came last. `is_doubted`: something else
    would stand if every word on it counted, or it stands by words of which one is doubted. `pending` are the slugs of
    whoever has a word that had no effect yet, be it one that counts for less.
    """

    stands: str = ""
    words: dict[str, Word] = field(default_factory=dict)
    last: Word | None = None
    is_doubted: bool = False
    pending: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def grade(self) -> str:
        """The grade of the evidence that it makes; empty when it makes none."""
        if not self.is_doubted:
            return self.stands
        return PARTED if self.stands == REFUSED else DOUBTED

    @property
    def is_contested(self) -> bool:
        """Whether somebody has refused what stands, and nobody who counts has agreed yet."""
        return self.stands != REFUSED and any(w.verdict == REFUSED for w in self.words.values())


def pair_of(one: Notice, other: Notice) -> Pair:
    """Return the cases of two notices as a pair."""
    first, second = sorted(((one.author.slug, one.case), (other.author.slug, other.case)))
    return first, second


def judged(sides: tuple[Reader, Reader], said: Iterable[Word], blind: Blind = nobody) -> Judged:
    """Return what stands of a link between the cases of two authorities after these words, in their order.

    What is confirmed by words that count stands. What is refused stands also by others, and is doubted then.
    """
    every = list(said)
    whole = _after(sides, every, nobody)
    sure = _after(sides, [word for word in every if not word.is_doubted], blind)
    stands = REFUSED if REFUSED in {sure.stands, whole.stands} else sure.stands
    is_doubted = whole.stands not in {"", sure.stands}
    return Judged(stands, sure.words, whole.last, is_doubted, frozenset(sure.words.keys() | whole.words.keys()))


def _after(sides: tuple[Reader, Reader], said: Iterable[Word], blind: Blind) -> Judged:
    """Return what these words do. A confirmation that would have an effect counts while its author is not `blind`.

    Between authorities of one state it counts also then: what that state sees of its own cases must not change by what
    others said of the person (L22).
    """
    stands, words, last = "", dict[str, Word](), None
    for word in said:
        last = word
        words.pop(word.by.slug, None)
        if word.verdict == WITHDRAWN:
            continue
        words[word.by.slug] = word
        found = _effect(sides, list(words.values()))
        others = [one.by for one in words.values() if one.verdict == CONFIRMED and one.by.state != word.by.state]
        if found == CONFIRMED and (word.verdict != found or any(blind(by, word.at) for by in others)):
            continue
        if found:
            stands, words = found, {}
    return Judged(stands, words, last)


def speak(sides: tuple[Reader, Reader], so_far: Judged, word: Word) -> None:
    """Return if a word may be said of a link as it stands.

    Raises Refusal `not-yours-to-judge` for whoever is neither side nor monitor, and for a monitor that confirms;
    `bad-parameter` when too little was compared; `wrong-status` when it says what stands already, or withdraws nothing.
    """
    is_side = word.by.slug in {side.slug for side in sides}
    if not is_side and (word.by.kind != MONITOR or word.verdict == CONFIRMED):
        raise Refusal("not-yours-to-judge", "A link is confirmed by the authorities of its two cases, and nobody else.")
    if word.verdict == CONFIRMED and sides[0].slug == sides[1].slug:
        raise Refusal("not-yours-to-judge", "Both cases are yours: a second authority would have to confirm, too.")
    if len(set(word.compared)) < LEAST_COMPARED[word.verdict]:
        raise Refusal("bad-parameter", "Two identifiers are compared to confirm a link, one to refuse it.")
    if word.verdict == so_far.stands and not so_far.is_doubted:
        raise Refusal("wrong-status", f"The link is {word.verdict} already.")
    if word.verdict == WITHDRAWN and word.by.slug not in so_far.pending:
        raise Refusal("wrong-status", "There is no word of yours here that can be withdrawn: it has had its effect.")


def _effect(sides: tuple[Reader, Reader], words: Sequence[Word]) -> str:
    """Return what these words together do: `confirmed`, `refused`, or nothing."""
    slugs = {side.slug for side in sides}
    confirming = {w.by.slug for w in words if w.verdict == CONFIRMED} & slugs
    if confirming == slugs and len(slugs) == len(sides):
        return CONFIRMED
    refusing = [w.by for w in words if w.verdict == REFUSED and (w.by.slug in slugs or w.by.kind == MONITOR)]
    has_side = any(by.slug in slugs for by in refusing)
    return REFUSED if has_side and len({by.state for by in refusing}) > 1 else ""


def all_judged(
    notices: Sequence[Notice], said: Mapping[Pair, Sequence[Word]], blind: Blind = nobody
) -> dict[Pair, Judged]:
    """Return what stands of every link among these notices of which something was said."""
    authors = {(n.author.slug, n.case): n.author for n in notices}
    return {
        pair: judged((authors[pair[0]], authors[pair[1]]), words, blind)
        for pair, words in said.items()
        if pair[0] in authors and pair[1] in authors
    }


def over(agreements: Agreements, notices: Sequence[Notice], judged_of: Mapping[Pair, Judged]) -> Agreements:
    """Return the evidence with what caseworkers made of it: a judgement of two cases holds for all their notices.

    It stands between the first notices of the two, whatever tokens say, so that it holds for those to come. Where it is
    doubted whether they are one, what tokens say stands beside that.
    """
    standing = {pair: one.grade for pair, one in judged_of.items() if one.grade}
    if not standing:
        return agreements
    by_no, first = {n.no: n for n in notices}, dict[Case, int]()
    for notice in sorted(notices, key=lambda n: n.no):
        first.setdefault((notice.author.slug, notice.case), notice.no)
    found = dict(agreements)
    for (a, b), grade in agreements.items():
        if grade != "tied" and a in by_no and b in by_no:
            stands = standing.get(pair_of(by_no[a], by_no[b]), grade)
            found[a, b] = grade if stands == DOUBTED else stands
    for (one, other), stands in standing.items():
        a, b = sorted((first[one], first[other]))
        if stands != DOUBTED or found.get((a, b)) != "probable":
            found[a, b] = stands
    return found
