"""The address at which an authority asks before it removes somebody."""

from flask import Blueprint, Response

from exchange import checks as asked
from exchange.api.asking import at_deadline

checks = Blueprint("checks", __name__, url_prefix="/v1")


@checks.post("/checks")
def post_check() -> Response:
    """Answer a check at its deadline, whatever the answer is."""
    return at_deadline(asked.ask)
