"""The pages of the directory of neighbours, for every caseworker who is signed in."""

from typing import Final, cast

from flask import Response, request

from exchange import clock, directory_room
from exchange.console import neighbour_words, session, words
from exchange.console.answers import page
from exchange.console.pages import console
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.neighbours import differences

__all__ = ["console"]
_MOST_DIGITS: Final = 9


@console.get("/directory")
def get_directory() -> Response:
    """Show every entry in a line, and every authority of the exchange."""
    found = directory_room.overview(session.hub(), _who(), clock.now())
    entries = sorted(found["entries"], key=lambda one: words.said("state", one["state"]))
    return page("directory.html", entries=entries, authorities=found["authorities"], said=neighbour_words)


@console.get("/directory/<state>")
def get_neighbour(state: str) -> Response:
    """Show a version of the entry of a state, with its sources, and what differs from the version before."""
    found = directory_room.look(session.hub(), _who(), (state, _version()), clock.now())
    changed = [] if found["before"] is None else differences(found["before"], found["entry"])
    sections = neighbour_words.sections(found["entry"])
    return page("neighbour.html", found=found, changed=changed, sections=sections, said=neighbour_words)


def _version() -> int:
    text = request.args.get("version", "0")
    if not (text.isascii() and text.isdecimal()) or len(text) > _MOST_DIGITS:
        raise Refusal("not-found", "There is no such version.")
    return int(text)


def _who() -> Caseworker:
    return cast("Caseworker", session.who())
