"""The OpenAPI 3.1 document of this app: made from the URL map, the table of operations and the schemas."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from apispec import APISpec

from exchange.api import problems
from exchange.api.operations import CSV, JOSE, OPERATIONS, SCHEMA, TEXT, Body, Operation, codes
from schemas.catalogue import CATALOGUE, served

Shape = dict[str, Any]
PREFIX: Final = "/v1/"
_VARIABLE: Final = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_DESCRIPTION: Final = """Signed notices about individual asylum cases, between authorities.

Every address under /v1 takes a signed request and gives a signed answer, refusals included (RFC 9421, RFC 9530). The
page that shows this document cannot sign, so it sends nothing."""
_SIGNATURE: Final = """HTTP Message Signature (RFC 9421) with the authority's key of purpose `request`. Label `ax`.
Covered, exactly and in this order: `"@method" "@target-uri"`, and for a request with a body `"content-type"
"content-digest"` after them. Parameters, exactly: `created`, `keyid` (RFC 7638 thumbprint), `alg` (`ed25519` or
`ecdsa-p256-sha256`), `expires` (at most 300 s after `created`), `nonce` (16 random bytes in base64url, used once),
`tag="asylum-exchange-request/v1"`."""
_JWS: Final = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
_DIGEST: Final = r"^sha-256=:[A-Za-z0-9+/]{43}=:$"
_SIGNED: Final = r"^ax=:[A-Za-z0-9+/]{86}==:$"
_REQUEST_HEADERS: Final = {
    "Signature-Input": (r"^ax=\(.*\);.*$", "What is signed, and how: see the security scheme."),
    "Signature": (_SIGNED, "The signature, 64 bytes."),
    "Content-Digest": (_DIGEST, "SHA-256 of the body as it is sent (RFC 9530)."),
}
_ANSWER_HEADERS: Final = {
    "Content-Digest": (_DIGEST, "SHA-256 of the body (RFC 9530)."),
    "Signature-Input": (
        r'^ax=\(.*\);created=[0-9]+;keyid="[A-Za-z0-9_-]{43}";tag="asylum-exchange-answer/v1"$',
        "What the hub signed: status, media type and digest; of the request its method, target, digest and signature.",
    ),
    "Signature": (_SIGNED, "The hub's signature, by its key of purpose `answer`."),
}
_PATH: Final = {
    "alert_id": {"schema": {"type": "string", "format": "uuid"}, "description": "id of an alert"},
    "iss": {
        "schema": {"type": "string", "pattern": "^urn:asylum-exchange:authority:[a-z0-9]+(-[a-z0-9]+)*$"},
        "description": "URN of the author, its colons not encoded",
    },
    "index": {"schema": {"type": "string", "pattern": "^[0-9]{1,15}$"}, "description": "index of a leaf"},
    "link_id": {"schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "description": "the caller's id of a link"},
    "notice_id": {"schema": {"type": "string", "format": "uuid"}, "description": "id of the notice"},
    "quarter": {
        "schema": {"type": "string", "pattern": "^[1-9][0-9]{3}-Q[1-4]$"},
        "description": "name of a quarter, like 2026-Q3",
    },
    "name": {"schema": {"type": "string", "enum": sorted(CATALOGUE)}, "description": "name of a schema"},
    "state": {"schema": {"type": "string", "pattern": "^[A-Z]{3}$"}, "description": "ISO 3166-1 alpha-3"},
}


def document(origin: str, addresses: Iterable[tuple[str, str]]) -> Shape:
    """Return the document of an app that answers these (method, path) under `origin`, paths as OpenAPI writes them.

    Raises KeyError for an address that the table of operations lacks.
    """
    spec = APISpec(
        "Asylum exchange",
        "1",
        "3.1.0",
        info={"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        servers=[{"url": origin}],
        security=[{"signature": []}],
        tags=[],
    )
    spec.components.security_scheme("signature", {"type": "http", "scheme": "signature", "description": _SIGNATURE})
    for name in CATALOGUE:
        spec.components.schema(name, _bare(served(name)))
    for name, (pattern, words) in _REQUEST_HEADERS.items():
        spec.components.parameter(name, "header", _field(pattern, words))
    for name, (pattern, words) in _ANSWER_HEADERS.items():
        spec.components.header(name, _field(pattern, words))
    for method, path in sorted(addresses, key=lambda address: (address[1], address[0])):
        operation = OPERATIONS[method, path]
        spec.path(path, operations={method.lower(): _operation(method, path, operation)})
    return spec.to_dict()


def _bare(shape: Shape) -> Shape:
    return {name: value for name, value in shape.items() if name not in ("$schema", "$id")}


def _field(pattern: str, words: str) -> Shape:
    return {"required": True, "description": words, "schema": {"type": "string", "pattern": pattern}}


def _operation(method: str, path: str, operation: Operation) -> Shape:
    names = [piece.split("}")[0] for piece in path.split("{")[1:]]
    headers = list(_REQUEST_HEADERS) if operation.takes else [n for n in _REQUEST_HEADERS if n != "Content-Digest"]
    path_parameters = [{"name": name, "in": "path", "required": True, **_PATH[name]} for name in names]
    query = [{"name": name, "in": "query", "required": False, **said} for name, said in operation.query.items()]
    made: Shape = {
        "operationId": "_".join(
            [method.lower(), *path.removeprefix("/v1/").replace("{", "").replace("}", "").split("/")]
        ),
        "summary": operation.summary,
        "parameters": [*path_parameters, *query, *headers],
        "responses": _answers(operation) | _refusals(operation),
    }
    if operation.takes:
        made["requestBody"] = {"required": True, "content": _content(operation.takes)}
    return made


def _answers(operation: Operation) -> Shape:
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "headers": _headers(etag=HTTPStatus.NOT_MODIFIED in operation.answers),
            **({"content": _content(body)} if body else {}),
        }
        for status, body in operation.answers.items()
    }


_RETRY_AFTER: Final = {"Retry-After": _field("^[0-9]{1,15}$", "Seconds until the same may be sent again.")}


def _headers(*, etag: bool = False) -> Shape:
    """Return what stands on every answer: apispec turns the names of components into references."""
    headers: Shape = {name: name for name in _ANSWER_HEADERS}
    if etag:
        headers["ETag"] = _field(
            '^"[A-Za-z0-9_-]{43}"$', "SHA-256 of the schema in base64url; give it in If-None-Match."
        )
    return headers


def _refusals(operation: Operation) -> Shape:
    """Return a problem document for each status, with the codes that may stand in it."""
    return {
        str(status): {
            "description": f"{problems.TITLES[status]} Codes: {', '.join(f'`{code}`' for code in found)}.",
            "headers": _headers() | (_RETRY_AFTER if status == HTTPStatus.TOO_MANY_REQUESTS else {}),
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": {
                        "allOf": [
                            {"$ref": "#/components/schemas/problem"},
                            {"properties": {"status": {"const": status}, "code": {"enum": found}}},
                        ]
                    }
                }
            },
        }
        for status, found in codes(operation).items()
    }


def _content(body: Body) -> Shape:
    if body.media_type == SCHEMA:
        return {SCHEMA: {"schema": {"type": "object", "required": ["$schema", "$id", "title", "examples"]}}}
    if body.media_type == TEXT:
        return {TEXT: {"schema": {"type": "string", "pattern": "^[^\\r]*$", "description": body.schema}}}
    if body.media_type == CSV:
        return {CSV: {"schema": {"type": "string", "description": body.schema}}}
    if body.media_type != JOSE:
        example = CATALOGUE[body.schema].example
        return {body.media_type: {"schema": {"$ref": f"#/components/schemas/{body.schema}"}, "example": example}}
    payload = f"A compact JWS of typ {body.typ}; its payload is described by the schema {body.schema}."
    return {JOSE: {"schema": {"type": "string", "pattern": _JWS, "description": payload}}}


def addresses_of(rules: Iterable[tuple[str, Iterable[str]]]) -> frozenset[tuple[str, str]]:
    """Return the (method, path) under /v1 of (rule, methods) of a URL map, without HEAD and OPTIONS."""
    found = set()
    for rule, methods in rules:
        if rule.startswith(PREFIX):
            path = _VARIABLE.sub(r"{\1}", rule)
            found |= {(method, path) for method in methods if method not in ("HEAD", "OPTIONS")}
    return frozenset(found)
