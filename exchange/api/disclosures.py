"""Address of the disclosure report: who was told what of the person of an own case."""

from flask import Blueprint, Response

from exchange import clock, disclosing
from exchange.api.operations import JSON
from exchange.api.signed import answer, caller, hub, need_media_type
from exchange.wire.encoding import read_json, write_json
from schemas.disclosure_reports import ASKED
from schemas.reading import read

disclosures = Blueprint("disclosures", __name__, url_prefix="/v1")


@disclosures.post("/disclosure-reports")
def post_report() -> Response:
    """Make a disclosure report of an own case; answer with it and its place in the ledger."""
    need_media_type(JSON)
    asked = read(ASKED, read_json(caller().request.body), "request for a report")
    return answer(write_json(disclosing.make(caller(), asked, hub(), clock.now())), JSON)
