"""How the console answers: pages with their headers, and refusals as pages in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from exchange.console import session, when, words
from exchange.deps import UNREACHABLE
from exchange.domain import aggregates
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.logs import log

_SECURITY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "bad-form": 403,
        "bad-parameter": 400,
        "changed-since-read": 409,
        "four-eyes": 403,
        "never-snoozed": 409,
        "no-closing-asked": 409,
        "no-such-alert": 404,
        "no-such-link": 404,
        "not-yours-to-judge": 403,
        "not-found": 404,
        "not-yours-to-read": 403,
        "sign-in-failed": 403,
        "supervisors-only": 403,
        "sign-in-waits": 429,
        "wrong-status": 409,
    }
)
"""code of a refusal -> HTTP status on the console. There is no 401: it would promise another way to sign in."""
_PLAIN: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        404: ("There is no such page", "There is nothing here for you. It may be gone, or the address may be wrong."),
        405: ("This cannot be done here", "Go back to the queue and start from there."),
        413: ("That was too much", "The form held more than this page reads. Nothing was done."),
        500: ("Something failed", "Something failed inside the exchange. Nothing was changed. Try again."),
        503: ("Not ready", "The exchange cannot reach its database now. Nothing was changed. Try again."),
    }
)


def page(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 -- whatever a template shows
    """Return a page for whoever is signed in."""
    who = session.who()
    shown = {"who": who, "menu": _menu(who), "csrf": session.form_token(), "words": words, "when": when}
    return make_response(render_template(f"console/{template}", **shown, **values), status)


def _menu(who: Caseworker | None) -> tuple[tuple[str, str], ...]:
    """Return the pages that somebody is offered, as (endpoint, name)."""
    if who is None:
        return ()
    report = (("get_reports", "Report"),) if who.authority.kind in aggregates.READERS else ()
    log = (("get_log", "Log"),) if who.role == "supervisor" else ()
    return (
        ("get_queue", "Queue"),
        ("get_links", "Links"),
        ("get_due", "Due"),
        ("get_directory", "Directory"),
        *report,
        *log,
    )


def install(console: Blueprint) -> None:
    """Put the headers on everything under the console's path, and words on everything that goes wrong there."""
    console.after_app_request(_guard)
    console.register_error_handler(Refusal, _refused)
    console.register_error_handler(HTTPException, _http)
    for error in UNREACHABLE:
        console.register_error_handler(error, _not_ready)
    console.register_error_handler(Exception, _failed)


def _guard(response: Response) -> Response:
    if request.path.startswith(session.PATH):
        response.headers.update(_SECURITY)
        if request.endpoint != "console.static":
            response.headers["Cache-Control"] = "no-store"
    return response


def _refused(refusal: Refusal) -> Response:
    status = STATUS[refusal.code]
    if status == 404:  # noqa: PLR2004 -- an alert of somebody else and an address that is not there look alike
        return _words(status)
    return page("failed.html", status, title="This was not done", detail=refusal.detail)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return _words(status if status in _PLAIN else 400)


def _words(status: int) -> Response:
    title, detail = _PLAIN.get(status, ("This was not done", "The request was not one that this console reads."))
    return page("failed.html", status, title=title, detail=detail)


def _not_ready(error: Exception) -> Response:
    log().warning("database not reached", error=error)
    return _alone(503)


def _failed(error: Exception) -> Response:
    log().error("page failed", error=error)
    return _alone(500)


def _alone(status: int) -> Response:
    """Answer without touching the database, which may be what failed."""
    title, detail = _PLAIN[status]
    text = render_template("console/failed.html", who=None, title=title, detail=detail)
    return make_response(text, status)
