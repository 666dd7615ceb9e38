"""What describes this API: the OpenAPI document with its page, open to everybody, and the signed schemas."""

from functools import lru_cache
from types import MappingProxyType
from typing import Final, cast

from flask import Blueprint, Response, current_app, request

from exchange import clock, reading_room
from exchange.api.openapi import addresses_of, document
from exchange.api.operations import JSON, SCHEMA
from exchange.api.signed import caller, hub, tagged
from exchange.wire.encoding import write_json

_PAGE: Final = MappingProxyType(
    {
        # Swagger UI's style sheet holds its icons as data: images; it sets styles from script, which needs no more.
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
OPEN: Final = frozenset({"documents.static", "documents.get_openapi", "documents.get_page"})
"""The endpoints that everybody may read: they tell nothing of any person, authority or key."""

documents = Blueprint("documents", __name__, static_folder="docs", static_url_path="/docs")


@documents.get("/openapi.json")
def get_openapi() -> Response:
    """Answer with the OpenAPI document of this very app."""
    rules = addresses_of((rule.rule, rule.methods or ()) for rule in current_app.url_map.iter_rules())
    made = Response(_openapi(hub().origin, rules), content_type=JSON)
    made.add_etag()
    return cast("Response", made.make_conditional(request))


@documents.get("/docs/")
def get_page() -> Response:
    """Show the page that shows the document."""
    return documents.send_static_file("index.html")


@documents.get("/v1/schemas")
def get_schemas() -> Response:
    """Answer with the names of the schemas."""
    return tagged(reading_room.schemas(caller(), hub(), clock.now()), JSON)


@documents.get("/v1/schemas/<name>")
def get_schema(name: str) -> Response:
    """Answer with the JSON Schema of a message and an example of it."""
    return tagged(reading_room.schema(caller(), name, hub(), clock.now()), SCHEMA)


@documents.after_request
def _guard(response: Response) -> Response:
    if request.path.startswith("/docs/"):
        response.headers.update(_PAGE)
    return response


@lru_cache(maxsize=4)
def _openapi(origin: str, addresses: frozenset[tuple[str, str]]) -> bytes:
    return write_json(document(origin, addresses))
