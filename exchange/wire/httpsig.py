"""HTTP message signatures (RFC 9421) with Content-Digest (RFC 9530): the one profile of this protocol.

`http-message-signatures` builds the signature base and checks the signature. Everything that it leaves to its caller
is decided here, strictly: which label, which components, which parameters, how long, which nonce, which digest. The
sender chooses nothing that matters.
"""

import base64
import re
from dataclasses import InitVar, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from http_message_signatures import HTTPMessageSigner, InvalidSignature
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.checked import Mark
from exchange.wire.encoding import b64decode, b64encode
from exchange.wire.library import Message, OneKey, Response, Verifier, message
from exchange.wire.messages import Answer, Request, digest_of, stands_twice

LABEL: Final = "ax"
REQUEST_TAG: Final = "asylum-exchange-request/v1"
ANSWER_TAG: Final = "asylum-exchange-answer/v1"
LONGEST: Final = timedelta(seconds=300)
"""Longest time between created and expires."""
AHEAD: Final = timedelta(seconds=5)
"""So far may `created` lie ahead of the hub's clock."""
NONCE_BYTES: Final = 16
LARGEST_HEADERS: Final = 8 * 1024
WITH_BODY: Final = ("@method", "@target-uri", "content-type", "content-digest")
WITHOUT_BODY: Final = ("@method", "@target-uri")
_PARAMETERS: Final = frozenset({"created", "keyid", "alg", "expires", "nonce", "tag"})
_ANSWER_PARAMETERS: Final = frozenset({"created", "keyid", "tag"})
_INPUT: Final = re.compile(r'([a-z*][a-z0-9_.*-]*)=\(([^()]*)\)((?:;[a-z]+=(?:"[ !#-\[\]-~]*"|0|[1-9][0-9]{0,14}))*)')
_PARAMETER: Final = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|([0-9]+))')
_SIGNATURE: Final = re.compile(LABEL + r"=:[A-Za-z0-9+/]{85}[AQgw]==:")  # 64 bytes, canonical
_REQUEST_SIGNATURE: Final = f'"signature";req;key="{LABEL}"'
_MARK: Final = Mark("httpsig.verify_request")
_ALGORITHMS: Final[dict[str, Any]] = {keys.ED25519: ED25519, keys.ES256: ECDSA_P256_SHA256}


@dataclass(frozen=True, slots=True)
class Inspected:
    """A signature that is well formed and of this profile. Nobody has checked it: use `keyid` to find the key."""

    request: Request
    keyid: str
    alg: str
    nonce: str
    created: datetime
    expires: datetime


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
    if sum(len(name) + len(value) + 4 for name, value in request.headers) > LARGEST_HEADERS:
        raise Refusal("headers-too-large", f"The header fields of a request have at most {LARGEST_HEADERS} bytes.")
    covered, parameters = _signature_input(request, "Signature-Input")
    if parameters.get("tag") != REQUEST_TAG:
        raise Refusal("wrong-tag", f"The tag of the signature must be {REQUEST_TAG}.")
    if "nonce" not in parameters:
        raise Refusal("no-nonce", f"The signature needs a nonce of {NONCE_BYTES} random bytes in base64url.")
    if set(parameters) != _PARAMETERS:
        raise Refusal("bad-signature-header", f"The parameters are exactly {', '.join(sorted(_PARAMETERS))}.")
    _components(covered, [f'"{name}"' for name in _covered(request)])
    if len(b64decode(str(parameters["nonce"]), "no-nonce")) != NONCE_BYTES:
        raise Refusal("no-nonce", f"The nonce must be {NONCE_BYTES} random bytes in base64url.")
    keyid = str(parameters["keyid"])
    if not keys.is_thumbprint(keyid):
        raise Refusal("unknown-key", "keyid must be the RFC 7638 SHA-256 thumbprint of the key.")
    return Inspected(
        request=request,
        keyid=keyid,
        alg=str(parameters["alg"]),
        nonce=str(parameters["nonce"]),
        created=_moment(parameters["created"]),
        expires=_moment(parameters["expires"]),
    )


def verify_request(inspected: Inspected, key: keys.PublicKey, now: datetime) -> VerifiedRequest:
    """Return the request as verified if `key`, enrolled for `request`, signed it and it is fresh at `now`.

    Raises:
        Refusal: `wrong-purpose`, `wrong-alg`, `window-too-long`, `stale`, `ahead`, `wrong-digest`, `bad-signature`.
    """
    if key.kid != inspected.keyid:
        raise Refusal("bad-signature", "The signature names another key.")
    if key.purpose != "request":
        raise Refusal("wrong-purpose", "Requests are signed with a key of purpose request.")
    algorithm = _ALGORITHMS[key.alg]
    if inspected.alg != algorithm.algorithm_id:
        raise Refusal("wrong-alg", f"alg must be {algorithm.algorithm_id}, for which the key is enrolled.")
    _fresh(inspected, now)
    request = inspected.request
    if _has_body(request) and request.header("content-digest") != digest_of(request.body):
        raise Refusal("wrong-digest", "Content-Digest is not the SHA-256 of the body that came, alone.")
    covered = _verify(message(request), key, REQUEST_TAG)
    # The library strips spaces from fields and user and fragment from a URI: what was signed must be what came.
    came = {f'"{name}"': request.header(name) for name in _covered(request)}
    if covered != {**came, '"@method"': request.method, '"@target-uri"': request.target_uri}:
        raise Refusal("bad-signature", "The signature is not over the target and the fields as they came.")
    return VerifiedRequest(inspected.keyid, inspected.nonce, inspected.created, inspected.expires, _MARK)


def sign_request(request: Request, key: keys.PrivateKey, created: datetime, nonce: bytes) -> Request:
    """Return the request with Content-Digest and signature. `nonce` is 16 random bytes, used once."""
    fields = {name.lower(): value for name, value in request.headers}
    if _has_body(request):
        fields["content-digest"] = digest_of(request.body)
    message = Message(request.method, request.target_uri, fields)
    _signer(key).sign(
        message,
        key_id=key.kid,
        created=created,
        expires=created + timedelta(seconds=120),
        nonce=b64encode(nonce),
        label=LABEL,
        tag=REQUEST_TAG,
        covered_component_ids=_covered(request),
        use_existing_digest=_has_body(request),
    )
    return Request(request.method, request.target_uri, tuple(message.headers.items()), request.body)


def sign_answer(answer: Answer, request: Request, key: keys.PrivateKey, created: datetime) -> Answer:
    """Return the answer with Content-Digest and a signature that binds it to the request.

    The base is written out here (RFC 9421 section 2.5): the library takes longer for it than for all else that an
    answer costs. Whoever verifies an answer, our client first of all, does it by the library.
    """
    digest = digest_of(answer.body)
    values = {
        '"@status"': str(answer.status),
        '"content-type"': answer.header("content-type"),
        '"content-digest"': digest,
        '"@method";req': request.method,
        '"@target-uri";req': request.target_uri,
        '"content-digest";req': request.header("content-digest"),
        _REQUEST_SIGNATURE: (request.header("signature") or "").removeprefix(f"{LABEL}="),
    }
    covered = _answer_covered(answer, request)
    created_at = int(created.timestamp())
    parameters = f'({" ".join(covered)});created={created_at};keyid="{key.kid}";tag="{ANSWER_TAG}"'
    lines = [f"{name}: {values[name]}" for name in covered]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    signature = base64.b64encode(key.sign(base.encode("ascii"))).decode()
    signed = (
        ("content-digest", digest),
        ("signature-input", f"{LABEL}={parameters}"),
        ("signature", f"{LABEL}=:{signature}:"),
    )
    return Answer(answer.status, (*answer.headers, *signed), answer.body)


def verify_answer(answer: Answer, request: Request, key: keys.PublicKey) -> None:
    """Return if `key` signed this answer to this very request.

    Raises:
        Refusal: `unsigned`, `bad-signature-header`, `wrong-label`, `wrong-tag`, `component-missing`,
            `component-extra`, `wrong-digest`, `unknown-key`, `bad-signature`.
    """
    covered, parameters = _signature_input(answer, "Signature-Input")
    if parameters.get("tag") != ANSWER_TAG:
        raise Refusal("wrong-tag", f"The tag of an answer's signature is {ANSWER_TAG}.")
    if set(parameters) != _ANSWER_PARAMETERS:
        raise Refusal("bad-signature-header", "An answer's signature has created, keyid and tag.")
    if parameters["keyid"] != key.kid:
        raise Refusal("unknown-key", "The answer is not signed with the pinned key of the hub.")
    _components(covered, list(_answer_covered(answer, request)))
    if answer.header("content-digest") != digest_of(answer.body):
        raise Refusal("wrong-digest", "Content-Digest is not the SHA-256 of the answer's body.")
    fields = {name.lower(): value for name, value in answer.headers}
    _verify(Response(answer.status, fields, message(request)), key, ANSWER_TAG)


def _signature_input(message: Request | Answer, name: str) -> tuple[list[str], dict[str, str | int]]:
    given, signature = message.header(name.lower()), message.header("signature")
    if given is None or signature is None:
        raise Refusal("unsigned", "There is no signature: Signature-Input and Signature are both needed.")
    match = _INPUT.fullmatch(given)
    if match is None or stands_twice(message.headers, WITH_BODY):
        raise Refusal("bad-signature-header", "There must be one signature of this profile; signed fields come once.")
    if match[1] != LABEL:
        raise Refusal("wrong-label", f"The label of the signature must be {LABEL}.")
    if not _SIGNATURE.fullmatch(signature):
        raise Refusal("bad-signature-header", f"Signature must hold {LABEL} with 64 bytes, and no other.")
    found = _PARAMETER.findall(match[3])
    parameters: dict[str, str | int] = {key: int(number) if number else text for key, text, number in found}
    if len(parameters) != len(found) or type(parameters.get("created")) is not int:
        raise Refusal("bad-signature-header", "A parameter is given twice, or created is no number.")
    return match[2].split(" "), parameters


def _components(covered: list[str], expected: list[str]) -> None:
    missing = [name for name in expected if name not in covered]
    if missing:
        raise Refusal("component-missing", f"The signature must cover {', '.join(missing)}.")
    if covered != expected:
        raise Refusal("component-extra", f"The signature covers exactly, and in this order: {' '.join(expected)}.")


def _covered(request: Request) -> tuple[str, ...]:
    return WITH_BODY if _has_body(request) else WITHOUT_BODY


def _has_body(request: Request) -> bool:
    """Tell whether the signature must cover a body: always but for a GET that has none."""
    return request.method != "GET" or request.body != b""


def _answer_covered(answer: Answer, request: Request) -> tuple[str, ...]:
    digest = request.header("content-digest") or ""
    own = ['"@status"', '"content-type"' if answer.header("content-type") else "", '"content-digest"']
    asked = ['"@method";req', '"@target-uri";req', '"content-digest";req' if digest and digest.isascii() else ""]
    with_signature = _SIGNATURE.fullmatch(request.header("signature") or "") is not None
    return tuple(filter(None, [*own, *asked, _REQUEST_SIGNATURE if with_signature else ""]))


def _moment(seconds: str | int) -> datetime:
    if not isinstance(seconds, int):
        raise Refusal("bad-signature-header", "created and expires are whole seconds since 1970.")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refusal("bad-signature-header", "created or expires is no moment.") from None


def _fresh(inspected: Inspected, now: datetime) -> None:
    lasts = inspected.expires - inspected.created
    if not timedelta(0) < lasts <= LONGEST:
        raise Refusal("window-too-long", f"expires lies 1 to {LONGEST.seconds} seconds after created.")
    told = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    if now > inspected.expires:
        raise Refusal("stale", f"The request has expired. The exchange's clock says {told}.")
    if inspected.created > now + AHEAD:
        raise Refusal("ahead", f"The request was created in the future. The exchange's clock says {told}.")


def _signer(key: keys.PrivateKey) -> HTTPMessageSigner:
    return HTTPMessageSigner(signature_algorithm=_ALGORITHMS[key.alg], key_resolver=OneKey(key.key))


def _verify(message: Message | Response, key: keys.PublicKey, tag: str) -> dict[str, str]:
    """Return the values that the signature is over, by component."""
    verifier = Verifier(signature_algorithm=_ALGORITHMS[key.alg], key_resolver=OneKey(key.key))
    try:
        (found,) = verifier.verify(message, max_age=None, expect_tag=tag, expect_label=LABEL)
    except (InvalidSignature, HTTPMessageSignaturesException):
        raise Refusal("bad-signature", "The signature does not verify under the key that it names.") from None
    return {name: value for name, value in found.covered_components.items() if name != '"@signature-params"'}
