"""The browser's side of a session: an opaque cookie, and the token that ties a form to it."""

import hashlib
import hmac
from typing import Final, cast

from flask import Response, current_app, g, request

from exchange import clock, signing_in
from exchange.deps import Hub
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal

PATH: Final = "/console"
FIELD: Final = "csrf"
"""The form field that holds the token."""


def hub() -> Hub:
    """Return the hub that this app serves."""
    return cast("Hub", current_app.extensions["hub"])


def who() -> Caseworker | None:
    """Return the caseworker who is signed in, or None; asked of the database once a request."""
    if "who" not in g:
        g.token = request.cookies.get(_cookie(), "")
        g.who = signing_in.signed_in(hub(), g.token, clock.now()) if g.token else None
    return cast("Caseworker | None", g.who)


def start(response: Response, token: str) -> Response:
    """Hand a new session to the browser; a session that it held before ends here."""
    _drop()
    response.set_cookie(_cookie(), token, path=PATH, httponly=True, samesite="Strict", secure=_secure())
    return response


def end(response: Response) -> Response:
    """End the session, here and in the browser."""
    _drop()
    response.delete_cookie(_cookie(), path=PATH, httponly=True, samesite="Strict", secure=_secure())
    return response


def _drop() -> None:
    if who() is not None:
        signing_in.sign_out(hub(), g.token)


def form_token() -> str:
    """Return the token that the forms of this session carry: whoever lacks the cookie cannot make it."""
    return hmac.new(g.get("token", "").encode(), b"csrf", hashlib.sha256).hexdigest()


def check_form() -> None:
    """Raise Refusal `bad-form` when a form was not made for this session."""
    if not hmac.compare_digest(request.form.get(FIELD, "").encode(), form_token().encode()):
        raise Refusal("bad-form", "This form is out of date. Open the page again and repeat what you did.")


def check_site() -> None:
    """Raise Refusal `bad-form` when the browser says that another site sent this request.

    This guards the sign-in, which has no session to tie its form to. Browsers send the header (W3C Fetch Metadata)
    over https and to the machine itself; SameSite and the form's token guard the rest.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Refusal("bad-form", "Another site sent this form. Open this console itself and repeat what you did.")


def _secure() -> bool:
    return hub().origin.startswith("https:")


def _cookie() -> str:
    # a browser takes a cookie of this name over https only, so that nobody can plant one over http
    return "__Secure-asylum-exchange" if _secure() else "asylum-exchange"
