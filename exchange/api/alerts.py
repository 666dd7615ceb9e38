"""Addresses for a caseworker's queue."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Response
from marshmallow import Schema

from exchange import alert_room, clock
from exchange.alerts import Act, is_open_work
from exchange.api.parameters import given
from exchange.api.signed import answer, caller, hub, need_media_type
from exchange.domain.errors import Refusal
from exchange.wire.encoding import read_json, write_json
from schemas.messages import ACT, AGREEMENT, CLOSING, COMMENT, DISAGREEMENT, REOPENING, SNOOZE
from schemas.reading import read

JSON = "application/json"

alerts = Blueprint("alerts", __name__, url_prefix="/v1/alerts")


_SAYS: Final[Mapping[str, Schema]] = MappingProxyType(
    {
        "take": ACT,
        "acknowledge": ACT,
        "close": CLOSING,
        "reopen": REOPENING,
        "comment": COMMENT,
        "snooze": SNOOZE,
        "unsnooze": ACT,
        "agree": AGREEMENT,
        "disagree": DISAGREEMENT,
    }
)
"""Act -> what its body says."""


@alerts.get("")
def get_queue() -> Response:
    """Answer with the caller's queue, the worst first, or with `which=closed` what it closed last."""
    which = given("which").get("which", "waiting")
    if which not in {"waiting", "closed"}:
        raise Refusal("bad-parameter", "which is waiting or closed.")
    read_it = alert_room.queue if which == "waiting" else alert_room.closed
    found = read_it(caller(), hub(), clock.now())
    return answer(write_json({"alerts": found, "open_work": sum(map(is_open_work, found))}), JSON)


@alerts.get("/<alert_id>")
def get_alert(alert_id: str) -> Response:
    """Answer with one alert and its history."""
    return answer(write_json(alert_room.alert(caller(), alert_id, hub(), clock.now())), JSON)


@alerts.post("/<alert_id>/take")
def post_take(alert_id: str) -> Response:
    """Take an alert."""
    return _act("take", alert_id)


@alerts.post("/<alert_id>/acknowledge")
def post_acknowledge(alert_id: str) -> Response:
    """Acknowledge an alert for a time."""
    return _act("acknowledge", alert_id)


@alerts.post("/<alert_id>/close")
def post_close(alert_id: str) -> Response:
    """Close an alert, or ask for its closing when it is critical."""
    return _act("close", alert_id)


@alerts.post("/<alert_id>/reopen")
def post_reopen(alert_id: str) -> Response:
    """Open a closed alert again."""
    return _act("reopen", alert_id)


@alerts.post("/<alert_id>/comment")
def post_comment(alert_id: str) -> Response:
    """Put a code into the history of an alert."""
    return _act("comment", alert_id)


@alerts.post("/<alert_id>/snooze")
def post_snooze(alert_id: str) -> Response:
    """Put aside what there is of a pattern about a person."""
    return _act("snooze", alert_id)


@alerts.post("/<alert_id>/unsnooze")
def post_unsnooze(alert_id: str) -> Response:
    """Bring back what was put aside."""
    return _act("unsnooze", alert_id)


@alerts.post("/<alert_id>/agree")
def post_agree(alert_id: str) -> Response:
    """Agree, as a monitor, to a closing that an authority asks for."""
    return _act("agree", alert_id)


@alerts.post("/<alert_id>/disagree")
def post_disagree(alert_id: str) -> Response:
    """Speak against a closing that is asked for."""
    return _act("disagree", alert_id)


def _act(name: str, alert_id: str) -> Response:
    need_media_type(JSON)
    said = dict(read(_SAYS[name], read_json(caller().request.body), "act"))
    pseudonym = said.pop("caseworker")
    return answer(alert_room.act(caller(), pseudonym, Act(name, alert_id, **said), hub(), clock.now()), JSON)
