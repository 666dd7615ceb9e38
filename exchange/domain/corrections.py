"""What corrections make of the notices that they name (rules L10, L23, L24).

Who sends a correction takes back its own word. Nobody's own word may hide what it is complained of: a notice that can
raise an alarm stays an event, which may protect and never suppresses, until a monitor, or an authority of a state that
has no part in it, has agreed. What only speaks against alarms goes at once.

Everything is worked out anew, from the notices that one reader knows, in the order of the ledger: so nobody's timeline
depends on an agreement that it may not know of (L22), and there is no state in which it could get stuck. Of two
corrections of one notice the later decides. A notice that was named wrong once and right later stands again, and stays
one that never suppresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from exchange.domain import references
from exchange.domain.notice import CONTESTED, REPLACED, WITHDRAWN, Corrected, Notice, Subject

KIND: Final = "correction"
MONITOR: Final = "monitor"
WRONG_PERSON: Final = "wrong_person"
SUPPLEMENT: Final = "add_tokens"
"""The one act whose correction can be withdrawn itself: it says nothing but that its tokens are the person's."""
DONE: Final = frozenset(
    {
        *("removal_executed", "removal_planned", "return_decision", "entry_refused", "admissibility_decision"),
        *("responsibility_request", "responsibility_reply", "claim_not_taken", "voluntary_return"),
    }
)
"""Kinds that say who put a person out, or meant to, and to whom."""
_HOW: Final = {"withdraw": WITHDRAWN, "replace": REPLACED}


def only_weakens(notice: Notice) -> bool:
    """Tell whether a notice, as an event, can do nothing but speak against a finding: a removal called off.

    Whatever else there is may raise an alarm, if not today then by the next pattern: an old rejection is what P18
    rests on, an encounter what P11 does. Contested, they speak against nothing any more.
    """
    return notice.kind == "removal_planned" and notice.facts.get("cancelled") == "yes"


def named(notice: Notice) -> tuple[str, ...]:
    """Return the URNs of the notices that a correction names; nothing for any other notice."""
    if notice.kind != KIND:
        return ()
    urns = [notice.event[member] for member in references.MEMBERS if member in notice.event]
    by = notice.facts.get("replaced_by")
    return (*urns, by) if isinstance(by, str) else tuple(urns)


def target(correction: Notice) -> str | None:
    """Return the URN of the notice that a correction changes; None for agreement, and for what is no correction."""
    if correction.kind != KIND:
        return None
    return correction.event.get("corrects") or correction.event.get("withdraws")


def may_withdraw(facts: Mapping[str, object], of: Mapping[str, object]) -> bool:
    """Tell whether a correction with these facts may be about another one, by the facts of that."""
    return facts.get("act") == "withdraw" and of.get("act") == SUPPLEMENT


def corrected(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """Return these notices, in their order, as the corrections among them make them.

    They are all that a reader knows of whatever is tied together. Total: what a correction names and the reader does
    not know, what is not its author's, what is a correction itself and no supplement, is as if it were not named.
    """
    if all(notice.kind != KIND for notice in notices):
        return tuple(notices)
    page = _Page(notices)
    for one in sorted(notices, key=lambda n: n.no):
        page.read(one)
    return tuple(page.made(notice) for notice in notices)


def is_agreed(correction: Notice, notices: Sequence[Notice]) -> bool:
    """Tell whether a correction may take away what protects: somebody with no part in it has agreed.

    That is a monitor, or an authority of a state that has no part in what was done with the person; a monitor's own
    corrections need nobody. A correction, or an agreement, that is doubted does not count, nor does the word of a state
    that the person is in danger from.
    """
    return _Page(notices).is_agreed(correction)


@dataclass
class _Page:
    """What has been read of the notices so far, by number."""

    notices: Sequence[Notice]
    by_urn: dict[str, Notice] = field(init=False)
    agreements: dict[str, list[Notice]] = field(init=False)
    done: dict[int, Corrected] = field(default_factory=dict)
    subjects: dict[int, Subject] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the notices by the names that corrections use."""
        self.by_urn = {references.urn(n.author.urn, n.id): n for n in self.notices}
        self.agreements = {}
        for one in self.notices:
            if one.kind == KIND and one.facts.get("act") == "agree" and "in_reply_to" in one.event:
                self.agreements.setdefault(one.event["in_reply_to"], []).append(one)

    @cached_property
    def danger(self) -> frozenset[str]:
        """The states that somebody named as origin, nationality or feared."""
        named = (n.subject for n in self.notices)
        return frozenset().union(*(s.nationality | s.origin | s.feared for s in named))

    @cached_property
    def acting(self) -> frozenset[str]:
        """The states that put the person out, decide it, or took the person over: two of them must not agree."""
        done = [n.event for n in self.notices if n.kind in DONE]
        return frozenset(event[name] for event in done for name in ("state", "counterpart_state") if name in event)

    def is_agreed(self, correction: Notice) -> bool:
        """As the function of this name, about one of the notices."""
        if correction.doubted:
            return False
        said = self.agreements.get(references.urn(correction.author.urn, correction.id), ())
        return correction.author.kind == MONITOR or any(self._counts(one, correction) for one in said)

    def _counts(self, agreement: Notice, correction: Notice) -> bool:
        by = agreement.author
        if agreement.doubted or agreement.no <= correction.no:
            return False
        if by.state in self.danger:
            return False
        return by.kind == MONITOR or by.state not in {correction.author.state, *self.acting}

    def read(self, one: Notice) -> None:
        """Apply one notice, if it is a correction."""
        wrong = self._own(one, target(one))
        if wrong is None:
            return
        act = one.facts.get("act")
        right = self._own(one, one.facts.get("replaced_by"))
        if act in {"withdraw", "replace"}:
            self._take_back(one, wrong, right, _HOW[str(act)])
        elif act == "shrink_subject" and right is not None:
            self._shrink(one, wrong, right)
        elif act == "erase":
            self._erase(one, wrong)

    def _own(self, correction: Notice, urn: object) -> Notice | None:
        """Return the earlier notice of a correction's own author under a URN."""
        found = self.by_urn.get(urn) if isinstance(urn, str) else None
        if found is None or found.author.urn != correction.author.urn or found.no >= correction.no:
            return None
        return found if found.kind != KIND or may_withdraw(correction.facts, found.facts) else None

    def _take_back(self, correction: Notice, wrong: Notice, right: Notice | None, how: str) -> None:
        agreed = self.is_agreed(correction)
        astray = agreed and (wrong.kind == KIND or correction.facts.get("reason") == WRONG_PERSON)
        self._note(wrong, how=how if agreed or only_weakens(wrong) else CONTESTED, agreed=agreed, astray=astray)
        if right is not None and right != wrong and self._of(right).how:
            self._note(right, how=CONTESTED, agreed=False, astray=False)

    def _shrink(self, correction: Notice, wide: Notice, narrow: Notice) -> None:
        """Let the later subject stand for the earlier one. What falls away stays a danger until somebody has agreed."""
        if correction.doubted or narrow.doubted:
            return
        self.subjects[wide.no] = narrow.subject
        agreed = self.is_agreed(correction)
        self._note(wide, formerly=None if agreed else wide.subject)

    def _erase(self, correction: Notice, from_: Notice) -> None:
        if "safeguards" in correction.facts.get("parts", ()):
            self._note(from_, erased=not self.is_agreed(correction))

    def _of(self, notice: Notice) -> Corrected:
        return self.done.get(notice.no, notice.corrected)

    def _note(self, notice: Notice, **changed: object) -> None:
        self.done[notice.no] = replace(self._of(notice), **changed)  # type: ignore[arg-type]  # names of Corrected

    def made(self, notice: Notice) -> Notice:
        """Return a notice with what was read of it."""
        said = self.subjects.get(notice.no, notice.subject)
        return replace(notice, corrected=self._of(notice), subject=said)
