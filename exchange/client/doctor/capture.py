"""A request as a client sent it, read from a file: strictly what the hub reads, and loosely what was meant.

The loose reading serves only to tell every mistake at once. What the hub would say is asked of the hub's own code.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from exchange.client.doctor.findings import Finding, fine, wrong
from exchange.wire.messages import Request

_LINE: Final = re.compile(r"([^ ]+) ([^ ]+) HTTP/1\.[01]")
_END: Final = re.compile(rb"\r?\n\r?\n")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LOOSE: Final = re.compile(r"\s*([^=\s(]+)\s*=\s*(\(([^()]*)\)([^,]*))")
_PARAMETER: Final = re.compile(r';\s*([A-Za-z]+)=(?:"([^"]*)"|([^;",\s]*))')
_COMPONENT: Final = re.compile(r"\"[^\"]*\"(?:;[a-z]+(?:=\"[^\"]*\")?)*")


class NoRequest(Exception):  # noqa: N818 -- it says what the file is not
    """The file holds no HTTP/1.1 request; the message says why."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A request from a file. `target` is as it stands in the request line; `request` is as the hub would see it."""

    request: Request
    target: str
    findings: tuple[Finding, ...]


def read(raw: bytes, base_url: str) -> Captured:
    """Return the request in a file: request line, header fields, an empty line, the body; lines end in LF or CR LF.

    Raises NoRequest.
    """
    head, body = _halves(raw)
    first, *lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    match = _LINE.fullmatch(first)
    if match is None:
        raise NoRequest("The first line is no request line of HTTP/1.1, like: POST /v1/notices HTTP/1.1")
    method, target = match.groups()
    headers = tuple(_fields(lines))
    path, told = _path(target, base_url)
    body, counted = _body(body, headers)
    return Captured(Request(method, base_url + path, headers, body), target, (told, counted))


def _halves(raw: bytes) -> tuple[bytes, bytes]:
    match = _END.search(raw)
    if match is None:
        return raw.rstrip(b"\r\n"), b""
    return raw[: match.start()], raw[match.end() :]


def _fields(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for number, line in enumerate(lines, 2):
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise NoRequest(f"Line {number} is no header field: a name, a colon and a value, on one line.")
        yield name, value.strip(" \t")


def _path(target: str, base_url: str) -> tuple[str, Finding]:
    """Return path and query as the hub gets them."""
    if target.startswith("/"):
        return target, fine("target", f"The target is {base_url}{target}")
    if target.startswith(base_url + "/"):
        return target.removeprefix(base_url), fine("target", f"The target is {target}")
    parts = _split(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    words = f"The request is addressed to another place than {base_url}, which is pinned of the hub."
    return path, wrong("target", words, "wrong-target")


def _split(target: str) -> SplitResult:
    try:
        return urlsplit(target)
    except ValueError:  # brackets that hold no address
        return urlsplit("")


def _body(body: bytes, headers: Iterable[tuple[str, str]]) -> tuple[bytes, Finding]:
    """Return the body as a server reads it, by Content-Length."""
    fields = {name.lower(): value for name, value in headers}
    if "transfer-encoding" in fields:
        words = "The body is sent in pieces (Transfer-Encoding). It is looked at as it stands in the file."
        return body, wrong("body", words, next_step="Send the body whole, with Content-Length.")
    length = fields.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,9}", length):
        return body, fine("body", f"The body has {len(body)} bytes; there is no Content-Length to compare.")
    if int(length) > len(body):
        words = f"Content-Length says {length} bytes, and {len(body)} stand in the file."
        return body, wrong("body", words, next_step="Capture the bytes as they are sent; keep CR LF inside the body.")
    more = len(body) - int(length)
    tail = f"; {more} more in the file are left out" if more else ""
    return body[: int(length)], fine("body", f"The body has {length} bytes, as Content-Length says{tail}.")


@dataclass(frozen=True, slots=True)
class Said:
    """What a signature says of itself, read loosely. `as_sent` is the member of Signature-Input without its label."""

    label: str
    as_sent: str
    components: tuple[str, ...]
    parameters: Mapping[str, str | int]
    signature: bytes | None = field(repr=False)


def said(request: Request) -> Said | None:
    """Return what the first signature of a request says, or None when there is none to be made out."""
    match = _LOOSE.match(request.header("signature-input") or "")
    if match is None:
        return None
    label, as_sent, covered, told = match.groups()
    parameters: dict[str, str | int] = {}
    for name, text, bare in _PARAMETER.findall(told):
        parameters.setdefault(name, int(bare) if re.fullmatch("[0-9]{1,15}", bare) else text or bare)
    components = tuple(_COMPONENT.findall(covered))
    return Said(label, as_sent.rstrip(), components, parameters, _signature(request.header("signature") or ""))


def _signature(value: str) -> bytes | None:
    match = re.search(r"=\s*:?([A-Za-z0-9+/_-]+=*):?", value)
    if match is None:
        return None
    text = match[1].rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return None


def base_over(request: Request, signed: Said) -> str:
    """Return the base over the components that the signature names, whichever they are (RFC 9421 section 2.5)."""
    lines = [f"{name}: {_value(request, name)}" for name in signed.components]
    return "\n".join([*lines, f'"@signature-params": {signed.as_sent}'])


def _value(request: Request, component: str) -> str:
    parts = _split(request.target_uri)
    query = f"?{parts.query}"
    derived = {
        "@method": request.method,
        "@target-uri": request.target_uri,
        "@authority": parts.netloc.lower(),
        "@scheme": parts.scheme,
        "@path": parts.path,
        "@query": query,
        "@request-target": parts.path + (query if parts.query else ""),
    }
    name = component.strip('"')
    return derived.get(name, request.header(name.lower()) or "")
