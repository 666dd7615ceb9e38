"""One evaluation, from the signed request to the answer.

1. the signature is of this profile, by the request key of an admitted authority (`access`); 2. the authority is not
suspended; 3. the body is of the form, and its elements are points of the group; 4. the keyset evaluates; 5. the batch
did not come before; 6. there is room in the authority's quotas; 7. the batch is in the log, on the disk; 8. it is
evaluated, with one proof for all its elements (RFC 9497 section 3.3.2).
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from voprf import ristretto

from exchange.domain.errors import Refusal
from exchange.token_service import files, keysets, members
from exchange.token_service.batchlog import Batch, Log
from exchange.token_service.keysets import Keyset
from exchange.token_service.members import Member
from exchange.token_service.quotas import DAY, Counted, Quota
from exchange.wire import httpsig
from exchange.wire.encoding import Json, b64decode, b64encode, is_hash, read_json
from exchange.wire.messages import Request

CONFIG: Final = "token-service.json"
MOST: Final = 2048
"""Elements of one batch."""
ELEMENT_BYTES: Final = 32
PROOF_BYTES: Final = 64
DEFAULT_QUOTA: Final = Quota(per_minute=10_000, per_day=100_000)
"""Some 2,000 notices a day; docs/token-service.md says what an attacker gets out of it."""
_MEMBERS: Final = frozenset({"origin", "bind", "per_minute", "per_day"})


@dataclass(frozen=True, slots=True)
class Config:
    """What the service is told: the origin that requests are signed for, host and port, the usual quota."""

    origin: str
    bind: tuple[str, int]
    quota: Quota


def init(folder: Path, origin: str, bind: str, quota: Quota = DEFAULT_QUOTA) -> None:
    """Make the folder of a service. Raises Refusal `bad-token-service` when there is one, or it is told nonsense."""
    if (folder / CONFIG).exists():
        raise Refusal("bad-token-service", "There is a token service in that folder already.")
    told = {"origin": origin.rstrip("/"), "bind": bind, "per_minute": quota.per_minute, "per_day": quota.per_day}
    _config(told)
    files.write(folder / CONFIG, told)


def configured(folder: Path) -> Config:
    """Return the configuration. Raises Refusal `bad-token-service`."""
    return _config(files.read(folder / CONFIG, _MEMBERS))


def _config(told: dict[str, Any]) -> Config:
    host, _, port = str(told["bind"]).rpartition(":")
    counts = (told["per_minute"], told["per_day"])
    if host != "127.0.0.1" or not port.isdecimal():
        raise Refusal("bad-token-service", "`bind` is a port of 127.0.0.1; a proxy with TLS stands in front.")
    if not all(isinstance(one, int) and one >= MOST for one in counts):
        raise Refusal("bad-token-service", f"A quota is a whole number, at least the {MOST} of one batch.")
    return Config(str(told["origin"]), (host, int(port)), Quota(*counts))


class Service:
    """A token service at work. `now` is the clock. Use it in a `with` block: it has the log to itself."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        """Read the folder. Raises Refusal `bad-token-service` for a folder that is none or is in use."""
        self.config = configured(folder)
        self._folder, self._now = folder, now
        moment = int(now().timestamp())
        self._log = Log(folder, moment - DAY)
        self._counted = Counted(self._log.before, moment)
        self._lock = threading.Lock()
        self._known: tuple[Any, dict[str, Member], dict[str, Keyset]] = (None, {}, {})

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the log."""
        self._log.__exit__()

    def keysets(self) -> dict[str, Json]:
        """Return what everybody may know of the keysets."""
        return {"keysets": [dict(one.shown()) for one in self._read()[2].values()]}

    def evaluate(self, request: Request) -> dict[str, Json]:
        """Return the evaluation of a signed batch: keyset, evaluated, proof.

        Raises Refusal: those of `httpsig`, `unknown-key`, `member-suspended`, `bad-schema`, `keyset-not-active`,
        `nonce-replayed`, `too-many`.
        """
        member = self._asks(request)
        keyset_id, blinded = _read_batch(request.body)
        keyset = self._read()[2].get(keyset_id)
        if keyset is None:
            raise Refusal("keyset-not-active", "There is no such keyset here.")
        evaluator = keyset.evaluator()
        self._account(member, keyset_id, len(blinded), request.body)
        return {"keyset": keyset_id, **_evaluated(evaluator, blinded)}

    def _asks(self, request: Request) -> Member:
        inspected = httpsig.inspect(request)
        member = next((one for one in self._read()[1].values() if one.key.kid == inspected.keyid), None)
        if member is None:
            raise Refusal("unknown-key", "No authority was admitted here with the key that signed this.")
        httpsig.verify_request(inspected, member.key, self._now())
        if member.state != members.ACTIVE:
            raise Refusal("member-suspended", "Your authority is suspended here, and gets no evaluations.")
        return member

    def _account(self, member: Member, keyset_id: str, n: int, body: bytes) -> None:
        usual = self.config.quota
        quota = Quota(member.per_minute or usual.per_minute, member.per_day or usual.per_day)
        sha256 = b64encode(hashlib.sha256(body).digest())
        with self._lock:
            now = int(self._now().timestamp())
            self._counted.require_new(member.slug, sha256, now)
            self._counted.require_room(member.slug, n, quota, now)
            batch = Batch(now, member.slug, n, keyset_id, sha256)
            self._log.add(batch)
            self._counted.took(batch)

    def _read(self) -> tuple[Any, dict[str, Member], dict[str, Keyset]]:
        """Return stamp, members and keysets as the folder has them now: a suspension holds from the next request."""
        stamp, known = files.stamp([self._folder / members.FILE, *keysets.paths(self._folder)]), self._known
        if stamp != known[0]:
            keysets.forget()
            # all at once: another thread must not find what was read before under the newer stamp
            self._known = known = (stamp, members.load(self._folder), keysets.load(self._folder))
        return known


def _read_batch(body: bytes) -> tuple[str, list[ristretto.BlindedInput]]:
    told = read_json(body)
    if not isinstance(told, dict) or told.keys() != {"keyset", "blinded"}:
        raise Refusal("bad-schema", "A batch has keyset and blinded, and nothing else.")
    keyset_id, blinded = told["keyset"], told["blinded"]
    if not isinstance(keyset_id, str) or not isinstance(blinded, list) or not 1 <= len(blinded) <= MOST:
        raise Refusal("bad-schema", f"keyset is a text, and blinded has 1 to {MOST} elements.")
    return keyset_id, [_element(one) for one in blinded]


def _element(told: Json) -> ristretto.BlindedInput:
    try:
        if isinstance(told, str) and is_hash(told):
            return ristretto.BlindedInput.deserialize(b64decode(told))
    except ValueError:
        raise Refusal("bad-schema", "A blinded element is no point of ristretto255, or is the identity.") from None
    raise Refusal("bad-schema", f"A blinded element is {ELEMENT_BYTES} bytes in base64url.")


def _evaluated(evaluator: ristretto.Evaluator, blinded: list[ristretto.BlindedInput]) -> dict[str, Json]:
    raw = evaluator.evaluate_batch(blinded).serialize()
    proof, points = raw[:PROOF_BYTES], raw[PROOF_BYTES:]
    cut = [points[at : at + ELEMENT_BYTES] for at in range(0, len(points), ELEMENT_BYTES)]
    return {"evaluated": [b64encode(one) for one in cut], "proof": b64encode(proof)}
