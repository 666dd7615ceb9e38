"""The verdict of the library `http-message-signatures` on a request: what the hub ran before it had its own verifier.

Kept as it was, with its own reading of the header fields, and shared with nothing of `exchange.wire.httpsig`: two
readings by two pieces of code, to be compared.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from http_message_signatures import InvalidSignature
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.encoding import b64decode
from exchange.wire.library import OneKey, Verifier, message
from exchange.wire.messages import Request, digest_of

ACCEPTED: Final = "accepted"
_ALGORITHMS: Final[dict[str, Any]] = {"Ed25519": ED25519, "ES256": ECDSA_P256_SHA256}
_TAG: Final = "asylum-exchange-request/v1"
_WITH_BODY: Final = ("@method", "@target-uri", "content-type", "content-digest")
_PARAMETERS: Final = {"created", "keyid", "alg", "expires", "nonce", "tag"}
_INPUT: Final = re.compile(r'([a-z*][a-z0-9_.*-]*)=\(([^()]*)\)((?:;[a-z]+=(?:"[ !#-\[\]-~]*"|0|[1-9][0-9]{0,14}))*)')
_PARAMETER: Final = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|([0-9]+))')
_SIGNATURE: Final = re.compile(r"ax=:[A-Za-z0-9+/]{85}[AQgw]==:")


def library_verdict(request: Request, key: keys.PublicKey, now: datetime) -> str:
    """The code of the refusal, or `accepted`."""
    try:
        parameters = _inspect(request)
        _verify(request, parameters, key, now)
    except Refusal as refusal:
        return refusal.code
    return ACCEPTED


def _header(request: Request, name: str) -> str | None:
    found = [value for key, value in request.headers if key.lower() == name]
    return ", ".join(found) if found else None


def _stands_twice(request: Request) -> bool:
    lower = [key.lower() for key, _ in request.headers]
    return any(lower.count(name) > 1 for name in _WITH_BODY)


def _covered(request: Request) -> tuple[str, ...]:
    return _WITH_BODY if request.method != "GET" or request.body else _WITH_BODY[:2]


def _inspect(request: Request) -> dict[str, Any]:
    if sum(len(name) + len(value) + 4 for name, value in request.headers) > 8 * 1024:
        raise Refusal("headers-too-large", "")
    covered, parameters = _signature_input(request)
    if parameters.get("tag") != _TAG:
        raise Refusal("wrong-tag", "")
    if "nonce" not in parameters:
        raise Refusal("no-nonce", "")
    if set(parameters) != _PARAMETERS:
        raise Refusal("bad-signature-header", "")
    _components(covered, [f'"{name}"' for name in _covered(request)])
    if len(b64decode(str(parameters["nonce"]), "no-nonce")) != 16:
        raise Refusal("no-nonce", "")
    if not keys.is_thumbprint(str(parameters["keyid"])):
        raise Refusal("unknown-key", "")
    return {**parameters, **{name: _moment(parameters[name]) for name in ("created", "expires")}}


def _signature_input(request: Request) -> tuple[list[str], dict[str, str | int]]:
    given, signature = _header(request, "signature-input"), _header(request, "signature")
    if given is None or signature is None:
        raise Refusal("unsigned", "")
    match = _INPUT.fullmatch(given)
    if match is None or _stands_twice(request):
        raise Refusal("bad-signature-header", "")
    if match[1] != "ax":
        raise Refusal("wrong-label", "")
    if not _SIGNATURE.fullmatch(signature):
        raise Refusal("bad-signature-header", "")
    found = _PARAMETER.findall(match[3])
    parameters: dict[str, str | int] = {key: int(number) if number else text for key, text, number in found}
    if len(parameters) != len(found) or type(parameters.get("created")) is not int:
        raise Refusal("bad-signature-header", "")
    return match[2].split(" "), parameters


def _components(covered: list[str], expected: list[str]) -> None:
    if any(name not in covered for name in expected):
        raise Refusal("component-missing", "")
    if covered != expected:
        raise Refusal("component-extra", "")


def _moment(seconds: str | int) -> datetime:
    if not isinstance(seconds, int):
        raise Refusal("bad-signature-header", "")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refusal("bad-signature-header", "") from None


def _verify(request: Request, parameters: dict[str, Any], key: keys.PublicKey, now: datetime) -> None:
    if key.kid != parameters["keyid"]:
        raise Refusal("bad-signature", "")
    if key.purpose != "request":
        raise Refusal("wrong-purpose", "")
    if str(parameters["alg"]) != _ALGORITHMS[key.alg].algorithm_id:
        raise Refusal("wrong-alg", "")
    _fresh(parameters["created"], parameters["expires"], now)
    covered = _covered(request)
    if len(covered) > 2 and _header(request, "content-digest") != digest_of(request.body):
        raise Refusal("wrong-digest", "")
    came = {f'"{name}"': _header(request, name) for name in covered}
    if _signed_values(request, key) != {**came, '"@method"': request.method, '"@target-uri"': request.target_uri}:
        raise Refusal("bad-signature", "")


def _fresh(created: datetime, expires: datetime, now: datetime) -> None:
    if not timedelta(0) < expires - created <= timedelta(seconds=300):
        raise Refusal("window-too-long", "")
    if now > expires:
        raise Refusal("stale", "")
    if created > now + timedelta(seconds=5):
        raise Refusal("ahead", "")


def _signed_values(request: Request, key: keys.PublicKey) -> dict[str, str]:
    verifier = Verifier(signature_algorithm=_ALGORITHMS[key.alg], key_resolver=OneKey(key.key))
    try:
        (found,) = verifier.verify(message(request), max_age=None, expect_tag=_TAG, expect_label="ax")
    except (InvalidSignature, HTTPMessageSignaturesException):
        raise Refusal("bad-signature", "") from None
    return {name: value for name, value in found.covered_components.items() if name != '"@signature-params"'}
