"""How many officers an act of the secretariat needs, and who of them counts.

Whoever asks for an act never approves it; nobody approves an act about themselves; each counts once, and only while
active. The two officers of wire.md are two that approve where somebody new is let in, and the one who asks with one
that approves where something is taken away, which must be quick: so also where a member is suspended.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

APPROVALS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "invite": 0,
        "account": 1,
        "enrol": 2,
        "appoint": 2,
        "hub-key": 2,
        "revoke": 1,
        "suspend": 1,
        "erase": 1,
        "directory": 1,
        "replay": 1,
        "link-weights": 1,
        "keyset": 1,
        "member": 2,
        "suspend-member": 1,
        "ally": 1,
        "end-ally": 2,
    }
)
"""Act -> approvals that it needs besides the officer who asks for it."""
FOUNDERS: Final = 3
"""Fewest officers with whom a secretariat begins: one asks, two approve."""


def counting(requester: str, approvers: Collection[str], active: Collection[str], concerned: str = "") -> set[str]:
    """Return the officers whose approval counts. `concerned` is the officer that the act is about, if it is one."""
    return {name for name in approvers if name in active and name not in {requester, concerned}}


def is_carried(act: str, requester: str, approvers: Collection[str], active: Collection[str], concerned: str) -> bool:
    """Tell whether an act may take effect: its requester is active still, and enough others approve."""
    if requester not in active or requester == concerned:
        return False
    return len(counting(requester, approvers, active, concerned)) >= APPROVALS[act]
