"""Addresses at which an authority reads what is its own: inbox, notices, quarantine, keys and sequence."""

import re
from typing import Final

from flask import Blueprint, Response

from exchange import clock, log_room, owing, reading_room
from exchange.api.parameters import given, number
from exchange.api.signed import answer, caller, hub
from exchange.domain.errors import Refusal
from exchange.wire.encoding import write_json

JSON: Final = "application/json"
LONGEST_WAIT: Final = 30
NIL: Final = "00000000-0000-0000-0000-000000000000"
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

readings = Blueprint("readings", __name__, url_prefix="/v1")


@readings.get("/inbox")
def get_inbox() -> Response:
    """Answer with the items of the caller's inbox above `after`; wait up to `wait` seconds for one."""
    asked = given("after", "wait")
    wait = number(asked, "wait", most=LONGEST_WAIT)
    return answer(write_json(reading_room.inbox(caller(), number(asked, "after"), wait, hub(), clock.now())), JSON)


@readings.get("/notices")
def get_notices() -> Response:
    """Answer with which notices the caller sent, or with `which=addressed` those that it was given."""
    asked = given("which", "after")
    which = asked.get("which", "own")
    if which == "addressed":
        page = reading_room.addressed_notices(caller(), number(asked, "after"), hub(), clock.now())
    elif which == "own":
        page = reading_room.own_notices(caller(), _id(asked), hub(), clock.now())
    else:
        raise Refusal("bad-parameter", "which is own or addressed.")
    return answer(write_json(page), JSON)


@readings.get("/notices/<iss>/<notice_id>")
def get_notice(iss: str, notice_id: str) -> Response:
    """Answer with one notice, as far as the caller may have it."""
    given()
    if not _UUID.fullmatch(notice_id):
        raise Refusal("not-found", "There is no such notice for you.")
    return answer(write_json(reading_room.notice(caller(), iss, notice_id, hub(), clock.now())), JSON)


@readings.get("/due")
def get_due() -> Response:
    """Answer with what the caller owes an answer."""
    given()
    return answer(write_json({"owed": owing.for_caller(caller(), hub(), clock.now())}), JSON)


@readings.get("/quarantine")
def get_quarantine() -> Response:
    """Answer with why messages of the caller were refused."""
    after = number(given("after"), "after")
    return answer(write_json(reading_room.quarantine(caller(), after, hub(), clock.now())), JSON)


@readings.get("/acts")
def get_acts() -> Response:
    """Answer with what the caller itself read and did."""
    after = number(given("after"), "after")
    return answer(write_json(log_room.page(caller(), after, hub(), clock.now())), JSON)


@readings.get("/self")
def get_self() -> Response:
    """Answer with who the caller is to the exchange: keys, sequence, the hub's time."""
    given()
    return answer(write_json(reading_room.own_state(caller(), hub(), clock.now())), JSON)


@readings.get("/keysets")
def get_keysets() -> Response:
    """Answer with the keysets under which tokens are compared."""
    given()
    return answer(write_json(reading_room.named_keysets(caller(), hub(), clock.now())), JSON)


def _id(asked: dict[str, str]) -> str:
    text = asked.get("after", NIL)
    if not _UUID.fullmatch(text):
        raise Refusal("bad-parameter", "after is the id of a notice, as the last page gave it in next.")
    return text
