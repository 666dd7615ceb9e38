"""Quotas: how much an authority may ask for in a window of time, in each class of request.

They depend on the caller's own requests and on nothing else (L22), and each class has its own: whoever asked too often
can still send a notice. Windows are fixed, and over it a request is refused with the seconds until the next one begins
(RFC 6585 section 4). What is refused is not counted, so that nobody can lock themselves out by trying again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from exchange.domain.errors import Refusal
from exchange.settings import Settings
from exchange.store import quotas
from exchange.store.quotas import Window
from exchange.store.session import Tx

NOTICES, QUERIES, ACKNOWLEDGEMENTS, POSTS, READS = "notices", "queries", "acknowledgements", "posts", "reads"
CLASSES: Final = (NOTICES, QUERIES, ACKNOWLEDGEMENTS, POSTS, READS)
_OF_PATH: Final = {
    "/v1/notices": NOTICES,
    "/v1/notices/batch": NOTICES,
    "/v1/queries": QUERIES,
    "/v1/checks": QUERIES,
    "/v1/acknowledgements": ACKNOWLEDGEMENTS,
}
_WORDS: Final = {
    NOTICES: "notices",
    QUERIES: "queries and checks",
    ACKNOWLEDGEMENTS: "acknowledgements",
    POSTS: "requests that are neither notices, queries, checks nor acknowledgements",
    READS: "reads",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much each authority may ask for in a window of `window` seconds, by class."""

    window: int
    most: Mapping[str, int]

    def window_at(self, now: datetime) -> int:
        """Return the beginning of the window in which a moment lies, in Unix seconds."""
        return int(now.timestamp()) // self.window * self.window


def limits_of(settings: Settings | type[Settings]) -> Limits:
    """Return the limits that the settings name; of the class itself, the usual ones."""
    most = {name: int(getattr(settings, f"quota_{name}")) for name in CLASSES}
    return Limits(settings.quota_window, MappingProxyType(most))


USUAL: Final = limits_of(Settings)


def class_of(method: str, path: str) -> str:
    """Return the class of a request."""
    return READS if method == "GET" else _OF_PATH.get(path, POSTS)


def take(tx: Tx, slug: str, name: str, limits: Limits, now: datetime) -> None:
    """Count one request of an authority. Raises Refusal `too-many` when its class is used up in this window.

    Its row is held until the transaction ends: two requests of one authority and class wait for each other.
    """
    window = Window(limits.window_at(now), limits.window)
    if not quotas.take(tx, (slug, name), window, limits.most[name]):
        raise too_many(name, limits, now)


class Tally:
    """What senders have used of their quota of notices, while a group is accepted under the lock of the ledger."""

    def __init__(self, limits: Limits, stood: Mapping[str, tuple[int, int]], now: datetime) -> None:
        """`stood` maps slugs to (beginning of the window, used), as stored; `now` is when the group is accepted."""
        self._limits, self._now = limits, now
        window = Window(limits.window_at(now), limits.window)
        self._used = {slug: (begins, used) for slug, (begins, used) in stood.items() if window.is_running(begins)}
        self._changed: dict[str, tuple[int, int]] = {}

    def refusal(self, slug: str, count: int) -> Refusal | None:
        """Return why so many more cannot be taken, if they cannot. What is the first of its window always can."""
        _, used = self._used.get(slug, (0, 0))
        if used and used + count > self._limits.most[NOTICES]:
            return too_many(NOTICES, self._limits, self._now)
        return None

    def add(self, slug: str, count: int) -> None:
        """Count what was taken."""
        begins, used = self._used.get(slug, (self._limits.window_at(self._now), 0))
        self._used[slug] = self._changed[slug] = begins, used + count

    def rows(self) -> list[dict[str, object]]:
        """Return what is to be stored."""
        return [{"slug": slug, "begins": begins, "used": used} for slug, (begins, used) in self._changed.items()]


def too_many(name: str, limits: Limits, now: datetime) -> Refusal:
    """Return the refusal of a class that is used up: `retry_after` are the seconds until the next window."""
    wait = limits.window_at(now) + limits.window - int(now.timestamp())
    told = f"You have sent as many {_WORDS[name]} as one authority may in {limits.window} seconds:"
    detail = f"{told} {limits.most[name]}. Send the same again in {wait} seconds."
    return Refusal("too-many", detail, {"retry_after": wait})
