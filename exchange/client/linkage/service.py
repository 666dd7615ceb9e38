"""Keying by two keys: the authorities' HMAC first, then the token service on what is blinded (RFC 9497, VOPRF mode).

The service sees neither names nor what the HMAC made of them, the hub holds neither key, and an authority's key alone
enumerates nothing. The proof that the service used the key that is pinned here is checked for every batch.
"""

import math
import re
import secrets
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx
from voprf import ristretto

from exchange import clock
from exchange.client.line import AGAIN, JSON, Refused
from exchange.client.linkage.keying import PROFILE, SHORTEST_KEY, keyed, token
from exchange.client.linkage.keys import MatchKey
from exchange.domain.errors import Refusal
from exchange.wire import httpsig
from exchange.wire.encoding import Json, b64decode, b64encode, is_hash, read_json, write_json
from exchange.wire.keys import PrivateKey
from exchange.wire.messages import Request

EVALUATIONS: Final = "/v1/evaluations"
TOGETHER: Final = 512
"""Elements of one request at most: while the service evaluates them, the ones before are unblinded here."""
TOKEN_BYTES: Final = 32
TRIES: Final = 2
LONGEST: Final = 45.0
"""Seconds for one answer, whatever the service does: one that says a byte now and then would hold up a notice."""
LARGEST: Final = 128 * 1024
"""Bytes of an answer, unpacked: more than any that is asked for."""
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_CODE: Final = re.compile(r"[a-z]+(-[a-z]+){0,5}")
_LONGEST_WORDS: Final = 300
_PATIENCE: Final = httpx.Timeout(20.0, connect=3.0)  # seconds: a notice waits for its tokens, and not for long
_PAUSE: Final = 0.3  # seconds between two tries

Blinded = list[tuple[ristretto.Client, ristretto.BlindedInput]]
Asked = tuple[Blinded, Future[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Pinned:
    """What an authority holds to make tokens: where the service is, the keyset with its public key, the shared key K.

    `fill` is 32 bytes of this authority's own, for the tokens that fill a record up.
    """

    origin: str
    keyset: str
    public_key: str
    shared: bytes = field(repr=False)
    fill: bytes = field(repr=False)


class ServiceKeying:
    """Tokens by the authorities' key and the token service's together. Close it, or use it in a `with` block."""

    profile = PROFILE

    def __init__(self, pinned: Pinned, request_key: PrivateKey, longest: float = LONGEST) -> None:
        """`request_key` signs what is asked, as at the hub; an answer is waited for `longest` seconds.

        Raises Refusal `bad-keying` for what is no key, or no origin.
        """
        if not _ORIGIN.fullmatch(pinned.origin):
            raise Refusal("bad-keying", "The origin of a token service is https://, a host, and perhaps a port.")
        if len(pinned.shared) < SHORTEST_KEY or len(pinned.fill) < SHORTEST_KEY:
            raise Refusal("bad-keying", f"A token key has at least {SHORTEST_KEY} bytes.")
        try:
            self._public_key = ristretto.PublicKey.deserialize(b64decode(pinned.public_key, "bad-keying"))
        except ValueError:
            raise Refusal("bad-keying", "The public key of the keyset is no point of ristretto255.") from None
        self.keyset = pinned.keyset
        self._pinned, self._request_key, self._longest = pinned, request_key, longest
        self._http = httpx.Client(timeout=_PATIENCE, trust_env=False)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def fill_key(self) -> bytes:
        """This authority's own key for filling up."""
        return self._pinned.fill

    def tokens(self, keys: Sequence[MatchKey]) -> list[str]:
        """Return one token for each match key, in their order: the first 32 bytes of the VOPRF's output.

        Raises Refusal `token-service-down` when the service gives no answer, `wrong-proof` when it gives one under
        another key than the one pinned, and as the service refused: `too-many`, `keyset-not-active`,
        `member-suspended`, `unknown-key`.
        """
        size = math.ceil(len(keys) / max(1, math.ceil(len(keys) / TOGETHER))) or 1  # alike, and as few as can be
        line = ThreadPoolExecutor(1)  # one request at a time, beside the blinding of the next
        try:
            asked = [self._asked(keys[at : at + size], line) for at in range(0, len(keys), size)]
            answered = ((blinded, answer.result(self._longest)) for blinded, answer in asked)
            made = [value for one in answered for value in self._finalized(*one)]
        except TimeoutError:
            raise _down() from None
        finally:
            line.shutdown(wait=False, cancel_futures=True)
        return [token(key.type, value[:TOKEN_BYTES]) for key, value in zip(keys, made, strict=True)]

    def _asked(self, keys: Sequence[MatchKey], line: ThreadPoolExecutor) -> Asked:
        blinded = [ristretto.Client.blind(keyed(self._pinned.shared, one)) for one in keys]
        return blinded, line.submit(self._ask, [b64encode(one.serialize()) for _, one in blinded])

    def _finalized(self, blinded: Blinded, answer: dict[str, Any]) -> list[bytes]:
        points = [b64decode(one, "wrong-proof") for one in answer["evaluated"]]
        raw = b64decode(answer["proof"], "wrong-proof") + b"".join(points)
        try:
            outputs = ristretto.VerifiableBatchOutput.deserialize(raw)
            return ristretto.Client.finalize_batch([one for one, _ in blinded], outputs, self._public_key)
        except BaseException as error:
            # for a proof that does not hold, voprf 0.2 panics: no Exception, and of a class that nobody can import
            if not isinstance(error, ValueError) and type(error).__name__ != "PanicException":
                raise
        raise Refusal("wrong-proof", "The token service did not show that it used the key that is pinned here.")

    def _ask(self, blinded: list[str]) -> dict[str, Any]:
        body = write_json({"keyset": self.keyset, "blinded": list(blinded)})
        target = self._pinned.origin + EVALUATIONS
        for left in reversed(range(TRIES)):
            # blinded elements are spent by the try that is answered; a lost answer makes the next try a replay
            request = Request("POST", target, (("content-type", JSON),), body)
            signed = httpsig.sign_request(request, self._request_key, clock.now(), secrets.token_bytes(16))
            try:
                status, answer = self._answered(signed)
            except (httpx.HTTPError, httpx.InvalidURL):
                clock.pause(_PAUSE if left else 0)
                continue
            if status not in AGAIN:
                return _read(status, answer, self.keyset, len(blinded))
        raise _down()

    def _answered(self, signed: Request) -> tuple[int, bytes]:
        """Return status and body of an answer, of which no more is read than any true one has."""
        answer = b""
        with self._http.stream(
            signed.method, signed.target_uri, headers=list(signed.headers), content=signed.body
        ) as got:
            for some in got.iter_bytes():
                answer += some
                if len(answer) > LARGEST:
                    raise _down()
            return got.status_code, answer


def _read(status: int, answer: bytes, keyset: str, n: int) -> dict[str, Any]:
    """Return what the service answered, in the form that is expected of it; whether it is true, the proof says."""
    try:
        told = read_json(answer)
    except Refusal:
        raise _down() from None
    if not httpx.codes.is_success(status):
        raise _refused(told, status)
    if not isinstance(told, dict) or told.keys() != {"keyset", "evaluated", "proof"} or told["keyset"] != keyset:
        raise Refusal("wrong-proof", "The token service answered something else than it was asked.")
    evaluated, proof = told["evaluated"], told["proof"]
    if not isinstance(evaluated, list) or len(evaluated) != n or not all(_is_element(one) for one in evaluated):
        raise Refusal("wrong-proof", "The token service answered for other elements than it was asked for.")
    if not isinstance(proof, str):
        raise Refusal("wrong-proof", "The token service gave no proof.")
    return told


def _refused(told: Json, status: int) -> Refusal:
    """Return what the service refused. Nobody signed it, so of its words only what a terminal can show is kept."""
    said = told if isinstance(told, dict) else {}
    code, wait = str(said.get("code")), said.get("retry_after")
    if not _CODE.fullmatch(code) or code == "nonce-replayed":
        return _down()
    detail = "".join(filter(str.isprintable, str(said.get("detail"))))[:_LONGEST_WORDS]
    return Refused(code, detail, status, {"retry_after": wait} if type(wait) is int else {})


def _is_element(told: object) -> bool:
    return isinstance(told, str) and is_hash(told)


def _down() -> Refusal:
    return Refusal(
        "token-service-down", "The token service gives no answer. Tell what there is to tell, and add the tokens later."
    )
