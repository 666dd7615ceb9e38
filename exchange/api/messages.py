"""Addresses for authorities: notices, acknowledgements and queries that they send."""

from collections.abc import Sequence

from flask import Blueprint, Response

from exchange import acknowledging, clock, intake, queries
from exchange.accepting import Outcome, Receipt
from exchange.api import problems
from exchange.api.asking import JOSE, at_deadline
from exchange.api.signed import answer, caller, hub, need_media_type
from exchange.wire.encoding import Json, write_json

ENVELOPE = "application/vnd.asylum-exchange.envelope+json"
BATCH = "application/vnd.asylum-exchange.batch+json"
JSON = "application/json"

messages = Blueprint("messages", __name__, url_prefix="/v1")


@messages.post("/notices")
def post_notice() -> Response:
    """Accept one notice; answer with its receipt."""
    need_media_type(ENVELOPE)
    return receipt(intake.receive(caller(), caller().request.body, hub(), clock.now()))


@messages.post("/notices/batch")
def post_batch() -> Response:
    """Accept up to 500 notices; answer with what became of each."""
    need_media_type(BATCH)
    return answer(intake.receive_batch(caller(), caller().request.body, hub(), clock.now(), _outcomes), JSON)


@messages.post("/acknowledgements")
def post_acknowledgement() -> Response:
    """Accept an acknowledgement; answer with its receipt."""
    need_media_type(JOSE)
    return receipt(acknowledging.acknowledge(caller(), caller().request.body, hub(), clock.now()))


@messages.post("/queries")
def post_query() -> Response:
    """Answer a query at its deadline, whatever the answer is."""
    return at_deadline(queries.ask)


def receipt(given: Receipt) -> Response:
    """Return the answer that a receipt is."""
    return answer(given.jws.encode(), JOSE, 200 if given.again else 201)


def _outcomes(outcomes: Sequence[Outcome]) -> bytes:
    return write_json({"outcomes": [_outcome(one) for one in outcomes]})


def _outcome(outcome: Outcome) -> Json:
    if isinstance(outcome, Receipt):
        return {"status": 200 if outcome.again else 201, "receipt": outcome.jws}
    status, document = problems.document(outcome)
    return {"status": status, "problem": document}
