"""Addresses of the aggregate report: frozen releases, for those who may read them."""

from flask import Blueprint, Response

from exchange import clock, release_room
from exchange.api.operations import CSV, JSON
from exchange.api.parameters import given
from exchange.api.signed import answer, caller, hub
from exchange.wire.encoding import write_json

aggregates = Blueprint("aggregates", __name__, url_prefix="/v1/aggregates")


@aggregates.get("")
def get_index() -> Response:
    """Answer with which quarters are released."""
    given()
    return answer(write_json(release_room.index(caller(), hub(), clock.now())), JSON)


@aggregates.get("/<quarter>")
def get_release(quarter: str) -> Response:
    """Answer with the release of a quarter, byte for byte as it was frozen."""
    given()
    return answer(release_room.body(caller(), quarter, hub(), clock.now()), JSON)


@aggregates.get("/<quarter>.csv")
def get_table(quarter: str) -> Response:
    """Answer with the release of a quarter as CSV."""
    given()
    return answer(release_room.table(caller(), quarter, hub(), clock.now()), CSV)
