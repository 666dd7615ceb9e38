"""Addresses for a caseworker's queue."""

from flask import Blueprint, Response

from exchange import alert_room, clock
from exchange.alerts import Act
from exchange.api.signed import answer, caller, hub, need_media_type
from exchange.wire.encoding import read_json, write_json
from schemas.messages import ACT, CLOSING
from schemas.reading import read

JSON = "application/json"

alerts = Blueprint("alerts", __name__, url_prefix="/v1/alerts")


@alerts.get("")
def get_queue() -> Response:
    """Answer with the caller's queue, the worst first."""
    return answer(write_json({"alerts": alert_room.queue(caller(), hub(), clock.now())}), JSON)


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


def _act(name: str, alert_id: str) -> Response:
    need_media_type(JSON)
    said = read(CLOSING if name == "close" else ACT, read_json(caller().request.body), "act")
    done = Act(name, alert_id, said.get("reason"))
    return answer(alert_room.act(caller(), said["caseworker"], done, hub(), clock.now()), JSON)
