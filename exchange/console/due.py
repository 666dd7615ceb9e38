"""The page of what a caseworker's authority owes an answer, with the times."""

from typing import cast

from flask import Response

from exchange import clock, owing
from exchange.console import session
from exchange.console.answers import page
from exchange.console.pages import console
from exchange.domain.caseworker import Caseworker

__all__ = ["console"]


@console.get("/due")
def get_due() -> Response:
    """Show what waits for an answer, the soonest due first, and what is late."""
    now, who = clock.now(), cast("Caseworker", session.who())
    owed = owing.for_caseworker(session.hub(), who, now)
    late = [one for one in owed if one["due"] <= now.timestamp()]
    return page("due.html", owed=owed, late=late)
