"""Addresses of the directory of neighbours: the same for every authority."""

from typing import Final

from flask import Blueprint, Response

from exchange import clock, directory_room
from exchange.api.parameters import given, number
from exchange.api.signed import caller, hub, tagged

JSON: Final = "application/json"

directory = Blueprint("directory", __name__, url_prefix="/v1/directory")


@directory.get("")
def get_directory() -> Response:
    """Answer with the newest version of every entry, and with every enrolled authority."""
    given()
    return tagged(directory_room.all_entries(caller(), hub(), clock.now()), JSON)


@directory.get("/<state>")
def get_entry(state: str) -> Response:
    """Answer with the entry of a state, the newest version or the one that is asked for."""
    version = number(given("version"), "version")
    return tagged(directory_room.one_entry(caller(), (state, version), hub(), clock.now()), JSON)
