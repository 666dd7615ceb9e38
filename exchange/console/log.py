"""The log of what an authority read and did, for its supervisors."""

import re
from datetime import UTC, datetime
from typing import Final, cast

from flask import Response, request

from exchange import clock, log_room
from exchange.console import session
from exchange.console.answers import page
from exchange.console.pages import console
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal

__all__ = ["console"]
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,14}")


@console.get("/log")
def get_log() -> Response:
    """Show the latest hundred acts, or those before a number."""
    before = request.args.get("before")
    if before is not None and not _NUMBER.fullmatch(before):
        raise Refusal("bad-parameter", "That page of the log does not exist.")
    found = log_room.last(
        session.hub(), cast("Caseworker", session.who()), int(before) if before else None, clock.now()
    )
    return page("log.html", log=found, moment=_moment)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
