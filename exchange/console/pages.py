"""The pages of a caseworker: sign in, the queue, one alert, and what can be done about it."""

import re
from typing import Any, Final, cast

from flask import Blueprint, Response, abort, redirect, request, url_for

from exchange import clock, desk, signing_in
from exchange.alerts import Act, is_open_work
from exchange.console import answers, session, showing
from exchange.console.answers import STATUS, page
from exchange.domain import alertlife
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.vocabulary import CLOSING_REASONS
from schemas.messages import OWN_UUID

LARGEST_FORM: Final = 8 * 1024
"""Bytes of a form."""
LARGEST_ACT: Final = 64 * 1024
"""Bytes of the form of an act: that of a snooze names every alert that it puts aside."""
LONGEST_NAME: Final = 128
_NOT_YOU: Final = "Your password is wrong."
"""What a failed re-authentication is told: whoever reads it is signed in, so there is no account to hide."""
_DAYS: Final = tuple(str(days) for days in range(1, alertlife.LONGEST_SNOOZE + 1))
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
OPEN: Final = frozenset({"console.static", "console.get_sign_in", "console.post_sign_in"})
"""The endpoints that nobody needs to be signed in for."""

console = Blueprint("console", __name__, url_prefix=session.PATH, template_folder="templates", static_folder="static")
answers.install(console)


@console.before_request
def _only_for_caseworkers() -> Any:  # noqa: ANN401 -- an answer in place of the page, or nothing
    """Let nobody in who is not signed in, and no form that was not made here for them."""
    request.max_content_length = LARGEST_ACT if request.endpoint == "console.post_act" else LARGEST_FORM
    if request.method == "POST":
        session.check_site()
    if request.endpoint in OPEN:
        return None
    if session.who() is None:
        return _see("get_sign_in")
    if request.method == "POST":
        session.check_form()
    return None


@console.get("/sign-in")
def get_sign_in() -> Response:
    """Show the form to sign in with."""
    return page("sign_in.html") if session.who() is None else _see("get_queue")


@console.post("/sign-in")
def post_sign_in() -> Response:
    """Start a session; an unknown account and a wrong password are answered alike."""
    slug, pseudonym = _text("authority"), _text("pseudonym")
    try:
        token = signing_in.sign_in(session.hub(), slug, pseudonym, request.form.get("password", ""), clock.now())
    except Refusal as refusal:
        return page("sign_in.html", STATUS[refusal.code], error=refusal.detail, authority=slug, pseudonym=pseudonym)
    return session.start(_see("get_queue"), token)


@console.post("/sign-out")
def post_sign_out() -> Response:
    """End the session."""
    return session.end(_see("get_sign_in"))


@console.get("/")
def get_queue() -> Response:
    """Show the queue, the worst first; what was withdrawn stands apart, so that nobody goes on acting on it."""
    found = desk.queue(session.hub(), _who(), clock.now())
    live = [alert for alert in found if alert["status"] in alertlife.LIVE]
    return page(
        "queue.html",
        dossiers=showing.dossiers([alert for alert in live if "snooze" not in alert]),
        waiting=sum(map(is_open_work, found)),
        aside=[alert for alert in live if "snooze" in alert],
        gone=[alert for alert in found if alert not in live],
        by_id={alert["id"]: alert for alert in found},
        showing=showing,
    )


@console.get("/closed")
def get_closed() -> Response:
    """Show what was closed last, so that it can be opened again."""
    found = desk.closed(session.hub(), _who(), clock.now())
    return page("closed.html", closed=found, by_id={}, showing=showing)


@console.get("/alerts/<alert_id>")
def get_alert(alert_id: str) -> Response:
    """Show one alert."""
    return _alert_page(alert_id)


@console.post(f"/alerts/<alert_id>/<any({', '.join(alertlife.ACTS)}):act>")
def post_act(alert_id: str, act: str) -> Response:
    """Do an act on an alert, with the password again; what does not go is said on the alert's page."""
    try:
        desk.act(session.hub(), _who(), _deed(alert_id, act), clock.now())
    except Refusal as refusal:
        if refusal.code == "no-such-alert":
            raise
        return _alert_page(alert_id, act, refusal)
    return _see("get_alert", alert_id=alert_id, done=act)


@console.get("/<path:_elsewhere>")
def get_elsewhere(_elsewhere: str) -> Response:
    """Answer for every other address here in the console's own words."""
    abort(404)


def _alert_page(alert_id: str, act: str = "", refusal: Refusal | None = None) -> Response:
    alert = desk.alert(session.hub(), _who(), alert_id, clock.now())
    return page(
        "alert.html",
        STATUS[refusal.code] if refusal else 200,
        alert=alert,
        acts=desk.offered(_who(), alert),
        reasons=CLOSING_REASONS,
        life=alertlife,
        showing=showing,
        tried=act,
        refused=_NOT_YOU if refusal and refusal.code == "sign-in-failed" else refusal and refusal.detail,
        done=request.args.get("done") in alertlife.ACTS,
    )


def _deed(alert_id: str, act: str) -> desk.Deed:
    """Read the form of an act. Raises Refusal `bad-parameter`."""
    said = _said(act)
    seen = request.form.get("seen", "")
    if not _NUMBER.fullmatch(seen):
        raise Refusal("bad-parameter", "This form is out of date. Read the alert again.")
    return desk.Deed(Act(act, alert_id, **said), request.form.get("password", ""), int(seen))


def _said(act: str) -> dict[str, Any]:
    """Read what an act says beside who does it. Raises Refusal `bad-parameter`."""
    match act:
        case "close":
            return {"reason": _one_of(CLOSING_REASONS, "reason", "Choose a reason for closing.")}
        case "reopen":
            return {"reason": _one_of(alertlife.REOPENING_REASONS, "reason", "Choose a reason for opening it again.")}
        case "comment":
            code = _one_of(alertlife.COMMENTS, "code", "Choose what to note.")
            reference = _text("reference").lower()
            if reference and not OWN_UUID.fullmatch(reference):
                raise Refusal("bad-parameter", "The reference must be a UUID of your own file, or nothing.")
            return {"code": code, "reference": reference or None}
        case "snooze":
            return {"days": int(_one_of(_DAYS, "days", "Choose for how many days.")), "seen": _read_with()}
        case "agree" | "disagree":
            return {"authority": _text("of") or None}
        case _:
            return {}


def _read_with() -> list[dict[str, str]]:
    """Return the alerts that the form names, as they were when its page was made."""
    pairs = (one.partition(" ") for one in request.form.getlist("read"))
    return [{"id": alert_id, "changed_at": changed_at} for alert_id, _, changed_at in pairs]


def _one_of(listed: tuple[str, ...], name: str, otherwise: str) -> str:
    said = request.form.get(name, "")
    if said not in listed:
        raise Refusal("bad-parameter", otherwise)
    return said


def _text(name: str) -> str:
    # PostgreSQL knows no NUL in a text, and no account has one
    return request.form.get(name, "").strip()[:LONGEST_NAME].replace("\0", "")


def _who() -> Caseworker:
    return cast("Caseworker", session.who())


def _see(endpoint: str, **values: Any) -> Response:  # noqa: ANN401 -- what an address is built from
    return cast("Response", redirect(url_for(f"console.{endpoint}", **values), 303))
