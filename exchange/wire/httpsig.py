"""HTTP message signatures (RFC 9421) with Content-Digest (RFC 9530): the one profile of this protocol.

Everything that the RFC leaves to an application is decided here, strictly: which label, which components, which
parameters, how long, which nonce, which digest. The sender chooses nothing that matters. The hub's side (`inspect`,
`verify_request`, `sign_answer`) writes the signature base out itself; a client's side goes by the library.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from exchange.domain.errors import Refusal
from exchange.wire import keys, library
from exchange.wire.checked import Mark
from exchange.wire.encoding import b64encode
from exchange.wire.messages import Answer, Request, digest_of, stands_twice
from exchange.wire.signature_base import (
    LABEL,
    SIGNATURE,
    WITH_BODY,
    answer_base,
    answer_covered,
    covered_by,
    has_body,
    request_base,
)

REQUEST_TAG: Final = "asylum-exchange-request/v1"
ANSWER_TAG: Final = "asylum-exchange-answer/v1"
LONGEST: Final = timedelta(seconds=300)
"""Longest time between created and expires."""
AHEAD: Final = timedelta(seconds=5)
"""So far may `created` lie ahead of the hub's clock."""
NONCE_BYTES: Final = 16
LARGEST_HEADERS: Final = 8 * 1024
ALGORITHMS: Final[Mapping[str, str]] = {keys.ED25519: "ed25519", keys.ES256: "ecdsa-p256-sha256"}
"""alg of an enrolled key -> its name in RFC 9421 section 6.2.2."""
_PARAMETERS: Final = frozenset({"created", "keyid", "alg", "expires", "nonce", "tag"})
_ANSWER_PARAMETERS: Final = frozenset({"created", "keyid", "tag"})
# More than sixteen parameters are refused unread: to read hundreds is work that a stranger must not order.
_INPUT: Final = re.compile(
    r"([a-z*][a-z0-9_.*-]*)=(\(([^()]*)\)"
    r'((?:;[a-z]+=(?:"[ !#-\[\]-~]*"|0|[1-9][0-9]{0,14})){0,16}))'
)
_PARAMETER: Final = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|([0-9]+))')
# Canonical base64url of 16 and of 32 bytes: the bits that are left over are zero.
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_MARK: Final = Mark("httpsig.verify_request")


@dataclass(frozen=True, slots=True)
class Inspected:
    """A signature that is well formed and of this profile. Nobody has checked it: use `keyid` to find the key.

    `parameters` is what the signature says that it is over, as it was sent: for `signature_base.request_base`.
    """

    request: Request
    keyid: str
    alg: str
    nonce: str
    created: datetime
    expires: datetime
    parameters: str = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """A request whose signature was checked; only `verify_request` makes one. The caller spends the nonce."""

    keyid: str
    nonce: str
    created: datetime
    expires: datetime
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        """Refuse to be made by anybody else."""
        _MARK.demand(mark)


def inspect(request: Request) -> Inspected:
    """Read the one signature of a request.

    Raises:
        Refusal: `headers-too-large`, `unsigned`, `bad-signature-header`, `wrong-label`, `wrong-tag`, `no-nonce`,
            `component-missing`, `component-extra`, `unknown-key` (keyid is no thumbprint).
    """
    if sum([len(name) + len(value) + 4 for name, value in request.headers]) > LARGEST_HEADERS:
        raise Refusal("headers-too-large", f"The header fields of a request have at most {LARGEST_HEADERS} bytes.")
    sent = _signature_sent(request)
    parameters = sent.parameters
    if parameters.get("tag") != REQUEST_TAG:
        raise Refusal("wrong-tag", f"The tag of the signature must be {REQUEST_TAG}.")
    if "nonce" not in parameters:
        raise Refusal("no-nonce", f"The signature needs a nonce of {NONCE_BYTES} random bytes in base64url.")
    if parameters.keys() != _PARAMETERS:
        raise Refusal("bad-signature-header", f"The parameters are exactly {', '.join(sorted(_PARAMETERS))}.")
    _require(sent.covered, tuple([f'"{name}"' for name in covered_by(request)]))
    nonce, keyid = str(parameters["nonce"]), str(parameters["keyid"])
    if not _NONCE.fullmatch(nonce):
        raise Refusal("no-nonce", f"The nonce must be {NONCE_BYTES} random bytes in base64url.")
    if not _THUMBPRINT.fullmatch(keyid):
        raise Refusal("unknown-key", "keyid must be the RFC 7638 SHA-256 thumbprint of the key.")
    return Inspected(
        request=request,
        keyid=keyid,
        alg=str(parameters["alg"]),
        nonce=nonce,
        created=_moment(parameters["created"]),
        expires=_moment(parameters["expires"]),
        parameters=sent.as_sent,
        signature=sent.signature,
    )


def verify_request(inspected: Inspected, key: keys.PublicKey, now: datetime) -> VerifiedRequest:
    """Return the request as verified if `key`, enrolled for `request`, signed it and it is fresh at `now`.

    1. The key is the one that the signature names, of purpose `request`, and of the algorithm that it says.
    2. The signature lives at most `LONGEST`, and now.
    3. Content-Digest is that of the body that came.
    4. The signature is over the base of this very request.

    Raises:
        Refusal: `wrong-purpose`, `wrong-alg`, `window-too-long`, `stale` and `ahead` (`more` has the hub's `time`, in
            Unix seconds), `wrong-digest`, `bad-signature` (`more` has the `signature_base`, unless there is none).
    """
    request = inspected.request
    if key.kid != inspected.keyid:
        raise _bad_signature("The signature names another key.", request_base(request, inspected.parameters))
    if key.purpose != "request":
        raise Refusal("wrong-purpose", "Requests are signed with a key of purpose request.")
    if inspected.alg != ALGORITHMS[key.alg]:
        raise Refusal("wrong-alg", f"alg must be {ALGORITHMS[key.alg]}, for which the key is enrolled.")
    _require_fresh(inspected, now)
    if has_body(request) and request.header("content-digest") != digest_of(request.body):
        raise Refusal("wrong-digest", "Content-Digest is not the SHA-256 of the body that came, alone.")
    base = request_base(request, inspected.parameters)
    try:
        key.verify(inspected.signature, base.encode("ascii"))
    except Refusal as refusal:
        raise _bad_signature(refusal.detail, base) from None
    return VerifiedRequest(inspected.keyid, inspected.nonce, inspected.created, inspected.expires, _MARK)


def sign_request(request: Request, key: keys.PrivateKey, created: datetime, nonce: bytes) -> Request:
    """Return the request with Content-Digest and signature. `nonce` is 16 random bytes, used once."""
    message = library.message(request)
    if has_body(request):
        message.headers["content-digest"] = digest_of(request.body)
    parameters = {
        "label": LABEL,
        "tag": REQUEST_TAG,
        "created": created,
        "expires": created + timedelta(seconds=120),
        "nonce": b64encode(nonce),
    }
    library.sign(message, key, covered_by(request), parameters)
    return Request(request.method, request.target_uri, tuple(message.headers.items()), request.body)


def sign_answer(answer: Answer, request: Request, key: keys.PrivateKey, created: datetime) -> Answer:
    """Return the answer with Content-Digest and a signature that binds it to the request.

    Whoever verifies an answer, our client first of all, does it by the library.
    """
    digested = Answer(answer.status, (*answer.headers, ("content-digest", digest_of(answer.body))), answer.body)
    covered = " ".join(answer_covered(digested, request))
    parameters = f'({covered});created={int(created.timestamp())};keyid="{key.kid}";tag="{ANSWER_TAG}"'
    base = answer_base(digested, request, parameters)
    signature = base64.b64encode(key.sign(base.encode("ascii"))).decode()
    signed = (("signature-input", f"{LABEL}={parameters}"), ("signature", f"{LABEL}=:{signature}:"))
    return Answer(answer.status, (*digested.headers, *signed), answer.body)


def verify_answer(answer: Answer, request: Request, key: keys.PublicKey) -> None:
    """Return if `key` signed this answer to this very request.

    Raises:
        Refusal: `unsigned`, `bad-signature-header`, `wrong-label`, `wrong-tag`, `component-missing`,
            `component-extra`, `wrong-digest`, `wrong-purpose`, `unknown-key`, `bad-signature`.
    """
    sent = _signature_sent(answer)
    if sent.parameters.get("tag") != ANSWER_TAG:
        raise Refusal("wrong-tag", f"The tag of an answer's signature is {ANSWER_TAG}.")
    if sent.parameters.keys() != _ANSWER_PARAMETERS:
        raise Refusal("bad-signature-header", "An answer's signature has created, keyid and tag.")
    if key.purpose != "answer":
        raise Refusal("wrong-purpose", "Answers are signed with the hub's key of purpose answer.")
    if sent.parameters["keyid"] != key.kid:
        raise Refusal("unknown-key", "The answer is not signed with the pinned key of the hub.")
    _require(sent.covered, answer_covered(answer, request))
    if answer.header("content-digest") != digest_of(answer.body):
        raise Refusal("wrong-digest", "Content-Digest is not the SHA-256 of the answer's body.")
    fields = {name.lower(): value for name, value in answer.headers}
    library.verify(library.Response(answer.status, fields, library.message(request)), key, LABEL, ANSWER_TAG)


def key_named(answer: Answer, known: Sequence[keys.PublicKey]) -> keys.PublicKey:
    """Return the one of the hub's known keys that an answer names, else the last: `verify_answer` refuses it then."""
    told = answer.header("signature-input") or ""
    return next((key for key in known if f'keyid="{key.kid}"' in told), known[-1])


class _Sent(NamedTuple):
    covered: str
    parameters: Mapping[str, str | int]
    as_sent: str
    signature: bytes


def _signature_sent(message: Request | Answer) -> _Sent:
    given, signature = message.header("signature-input"), message.header("signature")
    if given is None or signature is None:
        raise Refusal("unsigned", "There is no signature: Signature-Input and Signature are both needed.")
    match = _INPUT.fullmatch(given)
    if match is None or stands_twice(message, WITH_BODY):
        raise Refusal("bad-signature-header", "There must be one signature of this profile; signed fields come once.")
    label, as_sent, covered, told = match.groups()
    if label != LABEL:
        raise Refusal("wrong-label", f"The label of the signature must be {LABEL}.")
    value = SIGNATURE.fullmatch(signature)
    if value is None:
        raise Refusal("bad-signature-header", f"Signature must hold {LABEL} with 64 bytes, and no other.")
    found = _PARAMETER.findall(told)
    parameters: dict[str, str | int] = {name: int(number) if number else text for name, text, number in found}
    if len(parameters) != len(found) or type(parameters.get("created")) is not int:
        raise Refusal("bad-signature-header", "A parameter is given twice, or created is no number.")
    return _Sent(covered, parameters, as_sent, base64.b64decode(value[1] + "=="))


def _require(covered: str, expected: tuple[str, ...]) -> None:
    if covered == " ".join(expected):
        return
    names = covered.split(" ")
    missing = [name for name in expected if name not in names]
    if missing:
        raise Refusal("component-missing", f"The signature must cover {', '.join(missing)}.")
    raise Refusal("component-extra", f"The signature covers exactly, and in this order: {' '.join(expected)}.")


def _moment(seconds: str | int) -> datetime:
    if not isinstance(seconds, int):
        raise Refusal("bad-signature-header", "created and expires are whole seconds since 1970.")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refusal("bad-signature-header", "created or expires is no moment.") from None


def _require_fresh(inspected: Inspected, now: datetime) -> None:
    lasts = inspected.expires - inspected.created
    if not timedelta(0) < lasts <= LONGEST:
        raise Refusal("window-too-long", f"expires lies 1 to {LONGEST.seconds} seconds after created.")
    if now > inspected.expires:
        raise _by_the_clock("stale", "has expired", now)
    if inspected.created > now + AHEAD:
        raise _by_the_clock("ahead", "was created in the future", now)


def _by_the_clock(code: str, what: str, now: datetime) -> Refusal:
    told = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Refusal(code, f"The request {what}. The exchange's clock says {told}.", {"time": int(now.timestamp())})


def _bad_signature(detail: str, base: str) -> Refusal:
    return Refusal("bad-signature", detail, {"signature_base": base})
