"""Addresses at which an authority reads what is its own: inbox, notices, quarantine, keys and sequence."""

import re
from collections.abc import Collection
from typing import Final

from flask import Blueprint, Response, request

from exchange import clock, reading_room
from exchange.api.signed import answer, caller, hub
from exchange.domain.errors import Refusal
from exchange.wire.encoding import write_json

JSON: Final = "application/json"
LONGEST_WAIT: Final = 30
NIL: Final = "00000000-0000-0000-0000-000000000000"
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_DIGITS: Final = 15  # so that `next` stays below 2^53

readings = Blueprint("readings", __name__, url_prefix="/v1")


@readings.get("/inbox")
def get_inbox() -> Response:
    """Answer with the items of the caller's inbox above `after`; wait up to `wait` seconds for one."""
    given = _given("after", "wait")
    wait = _number(given, "wait", most=LONGEST_WAIT)
    return answer(write_json(reading_room.inbox(caller(), _number(given, "after"), wait, hub(), clock.now())), JSON)


@readings.get("/notices")
def get_notices() -> Response:
    """Answer with which notices the caller sent, or with `which=addressed` those that it was given."""
    given = _given("which", "after")
    which = given.get("which", "own")
    if which == "addressed":
        page = reading_room.addressed_notices(caller(), _number(given, "after"), hub(), clock.now())
    elif which == "own":
        page = reading_room.own_notices(caller(), _id(given), hub(), clock.now())
    else:
        raise Refusal("bad-parameter", "which is own or addressed.")
    return answer(write_json(page), JSON)


@readings.get("/notices/<iss>/<notice_id>")
def get_notice(iss: str, notice_id: str) -> Response:
    """Answer with one notice, as far as the caller may have it."""
    _given()
    if not _UUID.fullmatch(notice_id):
        raise Refusal("not-found", "There is no such notice for you.")
    return answer(write_json(reading_room.notice(caller(), iss, notice_id, hub(), clock.now())), JSON)


@readings.get("/quarantine")
def get_quarantine() -> Response:
    """Answer with why messages of the caller were refused."""
    after = _number(_given("after"), "after")
    return answer(write_json(reading_room.quarantine(caller(), after, hub(), clock.now())), JSON)


@readings.get("/self")
def get_self() -> Response:
    """Answer with who the caller is to the exchange: keys, sequence, the hub's time."""
    _given()
    return answer(write_json(reading_room.own_state(caller(), hub(), clock.now())), JSON)


def _given(*names: str) -> dict[str, str]:
    """Return the parameters of the request by name. Raises Refusal `bad-parameter` for another, or one given twice."""
    found = request.args.to_dict(flat=False)
    if not found.keys() <= set(names) or any(len(values) > 1 for values in found.values()):
        raise Refusal("bad-parameter", _takes(names))
    return {name: value for name, (value,) in found.items()}


def _takes(names: Collection[str]) -> str:
    return f"This address takes {', '.join(names)}, each once at most." if names else "This address takes no parameter."


def _number(given: dict[str, str], name: str, most: int | None = None) -> int:
    text = given.get(name, "0")
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise Refusal("bad-parameter", f"{name} is a whole number.")
    number = int(text)
    if most is not None and number > most:
        raise Refusal("bad-parameter", f"{name} is at most {most}.")
    return number


def _id(given: dict[str, str]) -> str:
    text = given.get("after", NIL)
    if not _UUID.fullmatch(text):
        raise Refusal("bad-parameter", "after is the id of a notice, as the last page gave it in next.")
    return text
