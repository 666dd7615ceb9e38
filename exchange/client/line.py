"""The line to the hub: signed requests, tried until they are answered, and answers that are believed only verified."""

import secrets
from typing import Any, Final

import httpx

from exchange import clock
from exchange.client.folder import Folder
from exchange.domain.errors import Refusal
from exchange.wire import httpsig
from exchange.wire.encoding import read_json
from exchange.wire.messages import Answer, Request

ENVELOPE: Final = "application/vnd.asylum-exchange.envelope+json"
BATCH: Final = "application/vnd.asylum-exchange.batch+json"
JOSE: Final = "application/jose"
JSON: Final = "application/json"
AGAIN: Final = frozenset({500, 503})
"""What the hub answers when it could not: the same message may be sent again."""
TRIES: Final = 10
"""A request that got no answer is sent again so often: the hub never takes a notice twice."""
TOO_MANY: Final = 429
LONGEST_WAIT: Final = 60
"""Seconds that one message waits, all in all, for a quota to have room again."""
_PATIENCE: Final = 40.0  # seconds; more than the longest wait for an inbox


class Refused(Refusal):
    """The hub refused, in a problem document that it signed. `final` says that the same bytes will never be taken."""

    def __init__(self, code: str, detail: str, status: int, more: dict[str, Any] | None = None) -> None:
        super().__init__(code, detail, more)
        self.final = status in {400, 403, 404, 409, 413, 415}

    @classmethod
    def of(cls, problem: object, status: int) -> "Refused":
        """Return the refusal in a problem document (RFC 9457)."""
        if not isinstance(problem, dict):
            raise Refusal("no-answer", "The exchange refused, without a problem document.")
        return cls(str(problem.get("code")), str(problem.get("detail")), status, problem)


class Line:
    """Requests under the keys in a folder. Close it."""

    def __init__(self, folder: Folder, tries: int) -> None:
        """Each request is tried `tries` times, a second apart."""
        self._tries = tries
        self._base_url = folder.hub["base_url"]
        self._request_key = folder.key("request")
        self._answer_keys = folder.hub_keys("answer")
        self._http = httpx.Client(timeout=httpx.Timeout(_PATIENCE), trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, method: str, target: str, body: bytes, media_type: str) -> bytes:
        """Send a signed request until it is answered; returns the body of a good answer.

        Whoever sent too many waits as long as the hub says, a minute in all: then `too-many` is raised.

        Raises Refused with the code of the problem document that the hub signed, Refusal `unsigned` and other codes of
        `exchange.wire.httpsig` for an answer that does not verify, `no-answer` when there was none.
        """
        fields = (("content-type", media_type),) if body else ()
        waits, patience = 0, LONGEST_WAIT
        for left in reversed(range(self._tries)):
            clock.pause(waits)
            waits = 1
            request = Request(method, self._base_url + target, fields, body)
            signed = httpsig.sign_request(request, self._request_key, clock.now(), secrets.token_bytes(16))
            try:
                got = self._http.request(method, signed.target_uri, headers=list(signed.headers), content=body or None)
            except httpx.TransportError:
                continue
            answer = Answer(got.status_code, tuple(got.headers.multi_items()), got.content)
            httpsig.verify_answer(answer, signed, httpsig.key_named(answer, self._answer_keys))
            if answer.status == TOO_MANY:
                waits = _wait(answer, patience if left else 0)
                patience -= waits
            elif answer.status not in AGAIN:
                return _good(answer)
        raise Refusal("no-answer", f"The exchange gave no answer in {self._tries} tries. What was to be sent is kept.")

    def jws(self, target: str, body: bytes, media_type: str) -> str:
        """Post a message that is answered with a JWS; returns it, still to be verified. Raises as `call` does."""
        # what is no ASCII becomes a text that is no JWS
        return self.call("POST", target, body, media_type).decode("ascii", errors="replace")


def _wait(answer: Answer, patience: int) -> int:
    """Return the seconds to wait for room, from the signed body: the field Retry-After is not signed.

    Raises Refused `too-many` when they are too many.
    """
    refused = Refused.of(read_json(answer.body), answer.status)
    wait = refused.more.get("retry_after")
    if not isinstance(wait, int) or not 0 < wait <= patience:
        raise refused
    return wait


def _good(answer: Answer) -> bytes:
    if answer.status < 400:  # noqa: PLR2004 -- the first status of a refusal
        return answer.body
    raise Refused.of(read_json(answer.body), answer.status)
