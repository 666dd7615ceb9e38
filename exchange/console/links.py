"""The pages of the links between cases: which there are, why, and what a caseworker can say of each."""

from typing import Any, Final, cast

from flask import Response, redirect, request, url_for

from exchange import clock, judging, link_desk
from exchange.console import session, showing
from exchange.console.answers import STATUS, page
from exchange.console.pages import console
from exchange.domain import judgements
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.judging import Judging
from exchange.link_desk import Said

__all__ = ["console"]
_NOT_YOU: Final = "Your password is wrong."


@console.get("/links")
def get_links() -> Response:
    """Show the links that wait for a word of the caseworker's authority."""
    return _list(judging.WAITING)


@console.get("/links/judged")
def get_judged_links() -> Response:
    """Show the links on which there is a word already."""
    return _list(judging.DONE)


@console.get("/links/<link_id>")
def get_link(link_id: str) -> Response:
    """Show one link."""
    return _link_page(link_id)


@console.post(f"/links/<link_id>/<any({', '.join(judgements.ACTS)}):act>")
def post_link_act(link_id: str, act: str) -> Response:
    """Say something of a link, with the password again; what does not go is said on the link's page."""
    compared = tuple(one for one in request.form.getlist("compared") if one in judgements.COMPARED)
    said = Said(Judging(act, link_id, compared), request.form.get("password", ""), request.form.get("seen", ""))
    try:
        link_desk.act(session.hub(), _who(), said, clock.now())
    except Refusal as refusal:
        if refusal.code == "no-such-link":
            raise
        return _link_page(link_id, act, refusal)
    return cast("Response", redirect(url_for("console.get_link", link_id=link_id, done=act), 303))


def _list(which: str) -> Response:
    found = link_desk.links(session.hub(), _who(), which, clock.now())
    return page("links.html", links=found, which=which, most=judging.MOST)


def _link_page(link_id: str, act: str = "", refusal: Refusal | None = None) -> Response:
    found: dict[str, Any] = link_desk.link(session.hub(), _who(), link_id, clock.now())
    return page(
        "link.html",
        STATUS[refusal.code] if refusal else 200,
        link=found,
        seen=link_desk.state(found),
        judgements=judgements,
        showing=showing,
        tried=act,
        refused=_NOT_YOU if refusal and refusal.code == "sign-in-failed" else refusal and refusal.detail,
        done=request.args.get("done") if request.args.get("done") in judgements.ACTS else None,
    )


def _who() -> Caseworker:
    return cast("Caseworker", session.who())
