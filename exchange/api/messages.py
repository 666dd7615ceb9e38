"""Addresses for authorities: notices, the inbox, queries."""

from flask import Blueprint, Response, request

from exchange import clock, intake, queries, reading_room
from exchange.api.signed import answer, caller, hub, need_media_type
from exchange.domain.errors import Refusal
from exchange.wire.encoding import write_json

ENVELOPE = "application/vnd.asylum-exchange.envelope+json"
JOSE = "application/jose"
JSON = "application/json"

messages = Blueprint("messages", __name__, url_prefix="/v1")


@messages.post("/notices")
def post_notice() -> Response:
    """Accept one notice; answer with its receipt."""
    need_media_type(ENVELOPE)
    receipt = intake.receive(caller(), request.get_data(), hub(), clock.now())
    return answer(receipt.jws.encode(), JOSE, 200 if receipt.again else 201)


@messages.get("/inbox")
def get_inbox() -> Response:
    """Answer with the items of the caller's inbox above `after`."""
    page = reading_room.inbox(caller(), _after(), hub(), clock.now())
    return answer(write_json(page), JSON)


@messages.post("/queries")
def post_query() -> Response:
    """Answer a query at its deadline, whatever the answer is."""
    need_media_type(JOSE)
    now = clock.now()
    jws = queries.ask(caller(), request.get_data(), hub(), now)
    clock.wait_until(queries.deadline(hub(), now))
    return answer(jws.encode(), JOSE)


def _after() -> int:
    given = request.args.to_dict(flat=False)
    (after,) = given.pop("after", ["0"]) if len(given.get("after", [""])) == 1 else ("",)
    if given or not after.isascii() or not after.isdecimal() or len(after) > 18:  # noqa: PLR2004 -- digits of a bigint
        raise Refusal("bad-parameter", "The inbox takes one parameter: after, a whole number.")
    return int(after)
