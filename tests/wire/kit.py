"""What the tests of the wire share: keys, a clock that stands still, requests, and what a refusal said."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.domain.errors import Refusal
from exchange.wire import httpsig, keys, sdjwt
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64encode
from exchange.wire.messages import Answer, Request, digest_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NONCE = bytes(range(16))
EX = "test-exchange"
NOTICE_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
CLAIMS = Claims(EX, NOTICE_ID, "urn:asylum-exchange:authority:pl-sg", 1795419000)
PARTS: dict[str, Any] = {"hub": {"seq": 1}, "event": {"kind": "encounter"}, "facts": {"place": ["a", "b"]}}
TARGET = "https://hub.example/v1/notices"
COMPONENTS = '"@method" "@target-uri" "content-type" "content-digest"'


def code(act: Callable[..., object], *given: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as refused:
        act(*given, **named)
    return refused.value.code


def b64(text: str | bytes) -> str:
    return b64encode(text.encode() if isinstance(text, str) else text)


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def salts() -> Callable[[int], bytes]:
    """Bytes that differ from call to call and are the same in every run."""
    counter = iter(range(256))
    return lambda size: bytes([next(counter)]) * size


def a_notice(key: keys.PrivateKey, **parts: Any) -> str:
    return sdjwt.issue(CLAIMS, {**PARTS, **parts}, key, salts())


def a_request(body: bytes = b'{"notice":"x"}', **changes: Any) -> Request:
    """An unsigned POST."""
    given: dict[str, Any] = {"method": "POST", "target_uri": TARGET, "headers": (("Content-Type", "text/x"),)}
    return Request(**(given | changes), body=body)


def signed_by_hand(key: keys.PrivateKey, request: Request | None = None, **how: Any) -> Request:
    """A request signed as RFC 9421 section 2.5 says, by this file alone: with any mistake that a test wants.

    `components`, `label`, `digest` and the parameters `created`, `expires`, `keyid`, `alg`, `nonce`, `tag` may be
    given; a parameter that is None is left out, `more` is put behind the parameters.
    """
    request = request or a_request()
    digest = how.pop("digest", digest_of(request.body))
    components = how.pop("components", COMPONENTS)
    label, more = how.pop("label", "ax"), how.pop("more", "")
    created = int(NOW.timestamp())
    parameters: dict[str, Any] = {
        "created": created,
        "keyid": key.kid,
        "alg": {"Ed25519": "ed25519", "ES256": "ecdsa-p256-sha256"}[key.alg],
        "expires": created + 120,
        "nonce": b64(NONCE),
        "tag": "asylum-exchange-request/v1",
        **how,
    }
    told = "".join(f";{k}={v}" if isinstance(v, int) else f';{k}="{v}"' for k, v in parameters.items() if v is not None)
    signature_params = f"({components}){told}{more}"
    fields = {name.lower(): value for name, value in request.headers} | {"content-digest": digest}
    values = {'"@method"': request.method, '"@target-uri"': request.target_uri}
    values |= {f'"{name}"': value for name, value in fields.items()}
    lines = [f"{name}: {values.get(name, '')}" for name in components.split(" ") if name]
    base = "\n".join([*lines, f'"@signature-params": {signature_params}'])
    signature = base64.b64encode(key.sign(base.encode())).decode()
    headers = (*request.headers, ("Content-Digest", digest), ("Signature-Input", f"{label}={signature_params}"))
    return Request(
        request.method, request.target_uri, (*headers, ("Signature", f"{label}=:{signature}:")), request.body
    )


def verified(request: Request, key: keys.PrivateKey, later: float = 1) -> httpsig.VerifiedRequest:
    return httpsig.verify_request(httpsig.inspect(request), key.public, NOW + timedelta(seconds=later))


def with_header(message: Any, name: str, value: str | None) -> Any:
    """The message with another value of one field, or without it."""
    kept = tuple((n, v) for n, v in message.headers if n.lower() != name)
    headers = kept if value is None else (*kept, (name, value))
    if isinstance(message, Answer):
        return Answer(message.status, headers, message.body)
    return Request(message.method, message.target_uri, headers, message.body)
