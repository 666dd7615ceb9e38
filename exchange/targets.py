"""Targets that a sender may have signed instead of the one that it sent its request to.

A signature over another target is refused, whoever made it. These guesses serve only to say so: "the key is wrong"
and "the target is wrong" are mended in different places.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from exchange.wire.messages import Request

ADDRESSES: Final = (
    "/v1/notices",
    "/v1/notices/batch",
    "/v1/inbox",
    "/v1/acknowledgements",
    "/v1/queries",
    "/v1/checks",
    "/v1/alerts",
    "/v1/quarantine",
    "/v1/self",
    "/v1/schemas",
)


class Budget:
    """So many guesses a second, for all callers together: whoever signs badly must not buy work with it."""

    def __init__(self, most: int) -> None:
        """Allow `most` in each second of the clock."""
        self._most = most
        self._second, self._used = 0, 0

    def allows(self, now: datetime) -> bool:
        """Take one of this second's guesses; tell whether there was one."""
        second = int(now.timestamp())
        if second != self._second:
            self._second, self._used = second, 0
        self._used += 1
        return self._used <= self._most


def likely(request: Request, origin: str) -> Iterator[str]:
    """Yield other spellings of the target, other origins for it, and the other addresses of this API, each once.

    `origin` is the configured one, with which `request.target_uri` begins.
    """
    came = request.target_uri
    seen = {came}
    for target in _guesses(came, came.removeprefix(origin), request.header("host") or "", origin):
        if target not in seen:
            seen.add(target)
            yield target


def _guesses(came: str, rest: str, host: str, origin: str) -> Iterator[str]:
    path = urlsplit(came).path
    for start in (origin, f"http://{host}", f"https://{host}", origin.replace("http:", "https:", 1), ""):
        for end in (rest, path, unquote(rest), rest.rstrip("/"), rest + "/"):
            yield start + end
    yield origin.replace("https:", "http:", 1) + rest
    for address in ADDRESSES:
        yield origin + address
