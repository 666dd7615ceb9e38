"""Addresses of the ledger: for authorities under /v1, and what everybody may mirror and check."""

from flask import Blueprint, Response

from exchange import clock, ledger_room
from exchange.api.parameters import digit, given, number
from exchange.api.signed import answer, caller, hub
from exchange.wire.witnesses import MOST_ASKED

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
OPEN = frozenset({"ledger.get_published_checkpoint", "ledger.get_tile"})
"""The endpoints that everybody may read: salted hashes, and what the log says of them."""

ledger = Blueprint("ledger", __name__)


@ledger.get("/v1/ledger/checkpoint")
def get_checkpoint() -> Response:
    """Answer with the last checkpoint."""
    given()
    return answer(ledger_room.checkpoint(caller(), hub(), clock.now()).encode(), TEXT)


@ledger.get("/v1/ledger/proof/<index>")
def get_proof(index: str) -> Response:
    """Answer with the proof that a leaf is in the ledger."""
    least = digit(given("cosigned"), "cosigned", MOST_ASKED)
    leaf = number({"index": index}, "index")
    return answer(ledger_room.proof(caller(), leaf, least, hub(), clock.now()).encode(), TEXT)


@ledger.get("/v1/ledger/consistency")
def get_consistency() -> Response:
    """Answer with the proof that one checkpoint continues another."""
    asked = given("from", "to")
    sizes = (number(asked, "from"), number(asked, "to"))
    return answer(ledger_room.consistency(caller(), sizes, hub(), clock.now()).encode(), TEXT)


@ledger.get("/ledger/checkpoint")
def get_published_checkpoint() -> Response:
    """Show the last checkpoint to everybody."""
    return Response(ledger_room.published_checkpoint(hub()), content_type=TEXT)


@ledger.get("/ledger/tile/<path:path>")
def get_tile(path: str) -> Response:
    """Show a tile to everybody."""
    made = Response(ledger_room.published_tile(hub(), f"tile/{path}"), content_type=BYTES)
    made.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return made
