"""What a signature is over: the signature base (RFC 9421 section 2.5) of a request and of an answer, written out.

There is one profile, so there is one list of components for each, and no choice is left to read out of a message.
Whatever the RFC would change before it is signed (spaces around a field, a folded line, a user or a fragment in a
URI) is refused: what was signed is exactly what came.
"""

import re
from ipaddress import IPv6Address
from typing import Final

from exchange.domain.errors import Refusal
from exchange.wire.messages import Answer, Request

LABEL: Final = "ax"
WITH_BODY: Final = ("@method", "@target-uri", "content-type", "content-digest")
WITHOUT_BODY: Final = ("@method", "@target-uri")
SIGNATURE: Final = re.compile(LABEL + r"=:([A-Za-z0-9+/]{85}[AQgw]==):")  # 64 bytes, canonical
_REQUEST_SIGNATURE: Final = f'"signature";req;key="{LABEL}"'
_METHOD: Final = re.compile(r"[A-Z0-9!#$%&'*+.^_`|~-]+")  # a token (RFC 9110 section 5.6.2), in upper case
_FIELD: Final = re.compile(r"(?:[!-~](?:[ -~\t]*[!-~])?)?")  # printable ASCII with no space at its ends
_ESCAPE: Final = "%[0-9A-Fa-f]{2}"
_IN_HOST: Final = r"A-Za-z0-9._~!$&'()*+,;=\-"
_TARGET_URI: Final = re.compile(  # RFC 3986 appendix A, without user and fragment, and with a path
    rf"https?://(?:\[[0-9A-Fa-f:.]++\]|(?:[{_IN_HOST}]++|{_ESCAPE})++)(?::[0-9]*+)?"
    rf"/(?:[{_IN_HOST}:@/]++|{_ESCAPE})*+(?:\?(?:[{_IN_HOST}:@/?]++|{_ESCAPE})*+)?"
)


def has_body(request: Request) -> bool:
    """Tell whether the signature must cover a body: always but for a GET that has none."""
    return request.method != "GET" or request.body != b""


def covered_by(request: Request) -> tuple[str, ...]:
    """Return the components that the signature of a request covers, in this order."""
    return WITH_BODY if has_body(request) else WITHOUT_BODY


def request_base(request: Request, parameters_as_sent: str) -> str:
    """Return the signature base of a request.

    `parameters_as_sent` is the member of Signature-Input without its label, `("@method" ...);created=...`. All of the
    base is what the sender sent.

    Raises:
        Refusal: `bad-signature` when there is no base: a covered field is absent, or a value cannot stand in one as it
            came.
    """
    lines = [f'"@method": {_method(request.method)}', f'"@target-uri": {_target_uri(request.target_uri)}']
    if has_body(request):
        lines += [f'"{name}": {_field(request.header(name))}' for name in WITH_BODY[2:]]
    return "\n".join([*lines, f'"@signature-params": {parameters_as_sent}'])


def answer_covered(answer: Answer, request: Request) -> tuple[str, ...]:
    """Return the components that the signature of an answer covers, in this order; what is absent is left out."""
    digest = request.header("content-digest") or ""
    own = ['"@status"', '"content-type"' if answer.header("content-type") else "", '"content-digest"']
    asked = ['"@method";req', '"@target-uri";req', '"content-digest";req' if digest and digest.isascii() else ""]
    with_signature = SIGNATURE.fullmatch(request.header("signature") or "") is not None
    return tuple(filter(None, [*own, *asked, _REQUEST_SIGNATURE if with_signature else ""]))


def answer_base(answer: Answer, request: Request, parameters: str) -> str:
    """Return the signature base of an answer that has its Content-Digest, to the request as it came."""
    values = {
        '"@status"': str(answer.status),
        '"content-type"': answer.header("content-type"),
        '"content-digest"': answer.header("content-digest"),
        '"@method";req': request.method,
        '"@target-uri";req': request.target_uri,
        '"content-digest";req': request.header("content-digest"),
        _REQUEST_SIGNATURE: (request.header("signature") or "").removeprefix(f"{LABEL}="),
    }
    lines = [f"{name}: {values[name]}" for name in answer_covered(answer, request)]
    return "\n".join([*lines, f'"@signature-params": {parameters}'])


def _method(method: str) -> str:
    if not _METHOD.fullmatch(method):
        raise Refusal("bad-signature", "A method is a token in upper case.")
    return method


def _target_uri(uri: str) -> str:
    if not _TARGET_URI.fullmatch(uri) or ("[" in uri and not _names_ipv6(uri)):
        raise Refusal("bad-signature", "The target is an absolute URI in ASCII, with a path, no user and no fragment.")
    return uri


def _names_ipv6(uri: str) -> bool:
    try:
        IPv6Address(uri[uri.index("[") + 1 : uri.index("]")])
    except ValueError:
        return False
    return True


def _field(value: str | None) -> str:
    if value is None or not _FIELD.fullmatch(value):
        raise Refusal("bad-signature", "A signed field is there, in printable ASCII, with no space at its ends.")
    return value
