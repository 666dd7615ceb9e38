"""How much one authority may ask for: elements in any minute and in any day, counted from the log itself."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from exchange.domain.errors import Refusal
from exchange.token_service.batchlog import Batch
from exchange.wire.httpsig import AHEAD, LONGEST

MINUTE: Final = 60
DAY: Final = 24 * 3600
_REMEMBERED: Final = int((LONGEST + 2 * AHEAD).total_seconds())
"""Seconds: longer than a signed request is good."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Elements that one authority may ask for in any minute, and in any 24 hours."""

    per_minute: int
    per_day: int


@dataclass
class _Window:
    """What was asked for within so many seconds."""

    seconds: int
    asked: deque[tuple[int, int]] = field(default_factory=deque)
    total: int = 0

    def add(self, at: int, n: int) -> None:
        self.asked.append((at, n))
        self.total += n

    def wait_for(self, n: int, most: int, now: int) -> int:
        """Return in how many seconds there is room for `n` more; 0 when there is now.

        Past is what lies a whole window back; of `n` above `most` there is never room, and the whole window is said.
        """
        while self.asked and self.asked[0][0] <= now - self.seconds:
            self.total -= self.asked.popleft()[1]
        left = self.total
        if left + n <= most:
            return 0
        for at, size in self.asked:
            left -= size
            if left + n <= most:
                return max(1, at + self.seconds - now)
        return self.seconds


class Counted:
    """What each authority has asked for, as the log says. Not safe for threads: the caller holds a lock."""

    def __init__(self, batches: Iterable[Batch], now: int) -> None:
        """Count what the log has of the last day."""
        self._windows: dict[str, tuple[_Window, _Window]] = {}
        self._seen: deque[tuple[int, str, str]] = deque()
        self._sent: set[tuple[str, str]] = set()
        for batch in batches:
            if batch.at > now - DAY:
                self.took(batch)

    def require_room(self, of: str, n: int, quota: Quota, now: int) -> None:
        """Return if an authority may ask for `n` elements more. Raises Refusal `too-many`, with `retry_after`."""
        minute, day = self._of(of)
        wait = max(minute.wait_for(n, quota.per_minute, now), day.wait_for(n, quota.per_day, now))
        if wait:
            raise Refusal(
                "too-many", "Your authority has asked for as many tokens as one authority may.", {"retry_after": wait}
            )

    def require_new(self, of: str, sha256: str, now: int) -> None:
        """Return if an authority has not sent a batch before. A blinded batch never comes twice by chance.

        Raises Refusal `nonce-replayed`.
        """
        while self._seen and self._seen[0][0] < now - _REMEMBERED:
            self._sent.discard(self._seen.popleft()[1:])
        if (of, sha256) in self._sent:
            raise Refusal("nonce-replayed", "This batch came before. Blind anew what is to be sent again.")

    def took(self, batch: Batch) -> None:
        """Count a batch."""
        for window in self._of(batch.of):
            window.add(batch.at, batch.n)
        self._seen.append((batch.at, batch.of, batch.sha256))
        self._sent.add((batch.of, batch.sha256))

    def _of(self, slug: str) -> tuple[_Window, _Window]:
        return self._windows.setdefault(slug, (_Window(MINUTE), _Window(DAY)))
