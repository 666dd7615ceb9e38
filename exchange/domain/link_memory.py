"""Links as they were last shown to a reader who may hear nothing new of the person any more (rules L21 and L22).

A link that left its list the moment another state names the reader's as feared would tell of that word. So it stands as
it was shown last, as alerts on another's word do; of the reader's own notices and words it shows what there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from exchange.domain import corrections, disclosure, judgements, linked
from exchange.domain.judgements import Judged, Pair, Word
from exchange.domain.linked import Link
from exchange.domain.members import Standing, Words
from exchange.domain.notice import Notice, Reader, Subject
from exchange.domain.projection import Projection

NOTHING_SAID: Final = Subject(*[frozenset[str]()] * 4)


def is_blind(reader: Reader, around: Sequence[Notice], standing: Standing) -> bool:
    """Tell whether a reader knows only what its own state told: its state is withheld, or suspended for the person."""
    said = corrections.corrected(around)
    return reader.state in disclosure.withheld(said, standing).states or standing.hides(reader.state, said)


def judged(notices: Sequence[Notice], said: Mapping[Pair, Sequence[Word]], standing: Standing) -> dict[Pair, Judged]:
    """Return what stands of every link among these notices of which something was said.

    Who may hear nothing of the person, by what had been told when a word came, makes up no confirmation with it; and
    what a state says while it is suspended does not count.
    """

    def blind(reader: Reader, at: datetime | None) -> bool:
        if at is None:
            return False
        return is_blind(reader, [n for n in notices if n.received_at <= at], replace(standing, now=at))

    def heard(word: Word) -> Word:
        told = Words(NOTHING_SAID, word.at or standing.now)
        return replace(word, is_doubted=word.is_doubted or standing.doubts(word.by.state, told))

    return judgements.all_judged(notices, {pair: [heard(one) for one in words] for pair, words in said.items()}, blind)


def still_has(reader: Reader, first: tuple[int, int], known: Sequence[Projection], standing: Standing) -> bool:
    """Tell whether a blind reader has a link as it was shown last, by what its own state told, which `known` are.

    Not when its state is shut out of everything, which is open (L16), nor when its own words are why it is told nothing
    any more, nor when its own case was erased: it would have lost it with nobody else speaking, too.
    """
    own = [p.notices for p in known if not p.numbers.isdisjoint(first)]
    return not standing.is_shut(reader.state) and all(
        all(n.case for n in told)
        and reader.state not in disclosure.withheld(told, standing).states
        and not standing.hides(reader.state, told)
        for told in own
    )


def kept(link: Link, reader: Reader, why: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what is kept of a link as a reader is shown it: not its own notices, which it will know anyway."""
    body = linked.seen(link, reader)
    numbers = [n.no for _, n in linked.sided(link, reader)]
    others = [
        {"no": no, **{name: value for name, value in view.items() if name != "number"}}
        for no, view in zip(numbers, body["notices"], strict=True)
        if view["side"] != "yours"
    ]
    found = {"grade": body["grade"], "words": body["words"], "notices": others}
    found |= {"other_state": body["other_state"]} if "other_state" in body else {}
    return found | ({"why": dict(why)} if why else {})


def remembered(
    first: tuple[int, int], around: Sequence[Notice], known: Sequence[Projection], reader: Reader, grade: str
) -> Link | None:
    """Return a link that was shown to a reader, with its own notices as they are; None when a case of it was erased."""
    now_known = {n.no: n for p in known for n in p.notices}
    by_no = {n.no: now_known.get(n.no, n) for n in around}
    if any(no not in by_no or not by_no[no].case for no in first):
        return None
    one, other = (_of_case(by_no[no], by_no, reader) for no in first)
    cases = ((one[0].author.slug, one[0].case), (other[0].author.slug, other[0].case))
    return Link(cases, (one, other), grade, Judged())


def _of_case(start: Notice, by_no: Mapping[int, Notice], reader: Reader) -> tuple[Notice, ...]:
    if start.author.slug != reader.slug:
        return (start,)
    mine = (n for n in by_no.values() if (n.author.slug, n.case) == (reader.slug, start.case))
    return tuple(sorted(mine, key=lambda n: n.no))


def shown(link: Link, reader: Reader, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a link as it was shown last, `body` being what was kept, with the reader's own notices and words."""
    found = linked.seen(link, reader)
    mine = [view for view in found["notices"] if view["side"] == "yours"]
    views = [*mine, *({name: value for name, value in view.items() if name != "no"} for view in body["notices"])]
    found |= {"other_state": body["other_state"]} if "other_state" in body else {}
    return {**found, "notices": [{**view, "number": number} for number, view in enumerate(views, start=1)]}


def ordered(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Return a value with the members of its objects sorted: what was kept looks like what is made anew."""
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value)}
    return [ordered(one) for one in value] if isinstance(value, (list, tuple)) else value
