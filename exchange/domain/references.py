"""What a notice may say of other notices: that it answers one, corrects it or withdraws it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.errors import Refusal

MEMBERS: Final = ("in_reply_to", "corrects", "withdraws")
"""Members of `event` that name another notice. `replaced_by` of a correction names one in its facts."""
_PREFIX: Final = "urn:asylum-exchange:notice:"
_AUTHORITY: Final = "urn:asylum-exchange:authority:"
_NEEDS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = MappingProxyType(
    {
        "replace": (frozenset({"corrects"}), frozenset({"replaced_by"})),
        "withdraw": (frozenset({"withdraws"}), frozenset()),
        "erase": (frozenset({"withdraws"}), frozenset({"parts"})),
        "add_tokens": (frozenset({"corrects"}), frozenset()),
        "shrink_subject": (frozenset({"corrects"}), frozenset({"replaced_by", "approved_by"})),
        "agree": (frozenset({"in_reply_to"}), frozenset()),
        "disagree": (frozenset({"in_reply_to"}), frozenset()),
    }
)
"""act of a correction -> the members of event, and of the facts beside act and reason, that it has, and no others."""
ANSWERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "responsibility_reply": "responsibility_request",
        "information_reply": "information_request",
        "hold_request": "hold_request",
        "correction": "correction",
    }
)
"""kind -> the kind of what it answers; a notice of another kind may answer any that was given to its author."""
ANSWERS: Final = frozenset({"held", "refused"})
"""Steps of a hold request that answer one."""


def name(urn: str) -> tuple[str, str]:
    """Return (URN of the author, id) of the notice that a URN names."""
    slug, _, notice_id = urn.removeprefix(_PREFIX).partition(":")
    return _AUTHORITY + slug, notice_id


def urn(author: str, notice_id: str) -> str:
    """Return the URN of a notice of an author, who is given by URN."""
    return f"{_PREFIX}{author.rpartition(':')[2]}:{notice_id}"


def agree(event: Mapping[str, str], facts: Mapping[str, object]) -> None:
    """Return if a notice names others as its kind demands. Raises Refusal `contradictory-references`."""
    named = frozenset(member for member in MEMBERS if member in event)
    if event["kind"] == "correction":
        _correction(str(facts["act"]), named, frozenset(facts) - {"act", "reason"})
    elif named - {"in_reply_to"}:
        raise Refusal("contradictory-references", "Only a notice of the kind correction corrects or withdraws another.")
    if event["kind"] == "information_reply" and ("in_reply_to" in named) == ("mailbox" in facts):
        raise Refusal(
            "contradictory-references", "An information_reply answers a notice, or a mailbox: one of the two."
        )
    if event["kind"] == "hold_request" and (facts["step"] in ANSWERS) != ("in_reply_to" in named):
        raise Refusal(
            "contradictory-references", "Who holds or refuses to says in_reply_to; who asks or lifts does not."
        )


def _correction(act: str, named: frozenset[str], members: frozenset[str]) -> None:
    if act not in _NEEDS or (named, members) != _NEEDS[act]:
        needs = " and ".join(sorted(frozenset().union(*_NEEDS.get(act, ({"corrects"}, {"replaced_by"})))))
        raise Refusal("contradictory-references", f"A correction that says {act} has {needs}, and names nothing else.")
